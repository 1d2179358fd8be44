"""The engine for made-up people says of a picture that comes again what it said the first time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.face.remembered import RememberingEngine, RememberingMatcher
from drivers.face.rules import load_face_rules
from kiosk.ports.face import Picture

ASSETS = Path(__file__).parents[3] / "assets"


@pytest.fixture(scope="module")
def engine() -> RememberingEngine:
    rules = load_face_rules(ASSETS / "rules" / "face.toml", date(2026, 11, 24))
    engine = RememberingMatcher(ASSETS / "models", rules).engine()
    assert isinstance(engine, RememberingEngine)
    return engine


def live(name: str) -> Picture:
    picture = cv2.imread(str(ASSETS / "personas" / name / "live_front.jpg"))
    return np.asarray(cv2.resize(picture, (640, 480)), np.uint8)


def test_the_same_picture_is_looked_at_once(engine: RememberingEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    hanako, kenji = live("hanako"), live("kenji")
    first, other = engine.look(hanako), engine.look(kenji)
    assert first.face is not None
    assert other.face is not None
    assert first.aligned is not None
    number = engine.embed(hanako, first.face, first.aligned)
    aligned, kept = first.aligned.copy(), number.copy()
    first.aligned.fill(0)  # as an attempt does with everything it was given
    number.fill(0)
    monkeypatch.setattr(engine._engine, "look", None)
    again = engine.look(hanako.copy())
    assert (again.hint, again.measures) == (first.hint, first.measures)
    assert again.face is not None
    assert again.aligned is not None
    assert np.array_equal(again.face.row, first.face.row)
    assert np.array_equal(again.aligned, aligned)
    monkeypatch.setattr(engine._engine, "embed", None)
    assert np.array_equal(engine.embed(hanako, again.face, again.aligned), kept)
    assert not np.array_equal(other.face.row, first.face.row)


def test_an_empty_room_is_remembered_too(engine: RememberingEngine) -> None:
    empty = np.full((480, 640, 3), 128, np.uint8)
    assert engine.look(empty).hint is not None
    assert engine.look(empty).hint is engine.look(empty.copy()).hint
    assert engine.only_face(empty) is None
    assert engine.only_face(empty) is None


def test_the_networks_forget_where_they_were_asked(engine: RememberingEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    forgot: list[bool] = []
    monkeypatch.setattr(engine._engine, "forget", lambda: forgot.append(True))
    engine.look(live("taro"))
    engine.forget()
    engine.look(live("taro"))
    engine.forget()
    assert forgot == [True]
