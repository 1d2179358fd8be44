"""The proof of identity through the whole application: what is decided is read from the journal."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.app.tempo import READING_SECONDS
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.flow.settings import FlowSettings
from tests.kiosk.app.plays import player, shipped, written

Entry = tuple[datetime, str, dict[str, object]]


def journal(data: Path) -> list[Entry]:
    with closing(sqlite3.connect(data / "journal.sqlite")) as raw:
        rows = raw.execute("SELECT at, event, fields FROM entries ORDER BY seq").fetchall()
    return [(datetime.fromisoformat(at), event, json.loads(fields)) for at, event, fields in rows]


def test_grey_band_is_three_tries_and_then_people(tmp_path: Path) -> None:
    result = player().play(shipped("face-look-alike"), data=tmp_path)
    assert result.failure is None
    tried = [fields for _, event, fields in journal(tmp_path) if event == "face.attempted"]
    assert [(one["attempt"], one["verdict"]) for one in tried] == [(n, "review") for n in (1, 2, 3)]
    for one in tried:
        score, review, match = (one[key] for key in ("similarity", "threshold_review", "threshold_match"))
        assert isinstance(score, float)
        assert review <= score < match  # type: ignore[operator]
    assert not [event for _, event, _ in journal(tmp_path) if event == "identity.confirmed"]


SHORTER = """
settings: {flow: {face_seconds: 3, face_stage_seconds: 7.5, face_challenge_seconds: 1.5}}
steps:
  - place_card
  - expect: {screen: identify, message: face.nobody}
  - tap: method.face
  - expect: {screen: face}
  - expect: {screen: identify, message: face.give_up}
"""


def test_face_stage_ends_by_its_cap_however_it_was_used(tmp_path: Path) -> None:
    """From the photo to the last word, without the pause at the screen that asks how to go on. Half a minute is played
    by the shipped `face-stage-ends`; a fifth of it shows the same sooner."""
    assert FlowSettings().face_stage_seconds == 30
    assert player().play(written(tmp_path, SHORTER), data=tmp_path / "data").failure is None
    told = journal(tmp_path / "data")
    begun = next(at for at, event, _ in told if event == "photo.read")
    first, second = ((at - begun).total_seconds() for at, event, _ in told if event == "face.attempted")
    assert first == pytest.approx(3, abs=0.2)
    assert 3 < second - READING_SECONDS <= 7.5 - 1.5 + 0.2


def test_who_looks_like_nobody_cannot_be_put_before_the_camera(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as wrong:
        player().play(written(tmp_path, "persona: hanako\nsteps: [{camera: alike}]"))
    assert wrong.value.code is FailureCode.SCENARIO_WRONG
    assert "alike_face" in wrong.value.detail
