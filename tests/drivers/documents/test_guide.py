"""Hints before a picture is taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from drivers.documents.guide import FrameGuide, load_hint_rules
from drivers.simulated.persona import load_persona
from drivers.simulated.specimens.make import specimen_picture
from kiosk.domain.failures import Fatal
from kiosk.ports.documents import DocumentHint
from kiosk.ports.face import Picture

ON = date(2026, 11, 24)
PERSONAS = Path(__file__).parents[3] / "assets" / "personas"


def frame(condition: str = "clean", document: str = "old_card", layout: str = "company") -> Picture:
    persona = load_persona(PERSONAS, "kenji")
    return specimen_picture(persona, document, on=ON, layout=layout, condition=condition)


def last_hint(*frames: Picture) -> DocumentHint:
    guide = FrameGuide()
    return [guide.look(one) for one in frames][-1]


def test_a_still_sharp_sheet_is_ready_after_a_moment() -> None:
    guide, seen = FrameGuide(), frame()
    assert [guide.look(seen) for _ in range(3)] == [
        DocumentHint.HOLD_STILL,
        DocumentHint.HOLD_STILL,
        DocumentHint.READY,
    ]


def test_a_sheet_that_moves_is_asked_to_be_held() -> None:
    seen = frame()
    moved = np.roll(seen, 60, axis=1)
    assert last_hint(seen, moved, seen, moved) is DocumentHint.HOLD_STILL


@pytest.mark.parametrize("document", ["portal_screen", "notice", "certificate"])
def test_every_kind_is_found(document: str) -> None:
    layout = {"portal_screen": "dark", "notice": "slip", "certificate": "a4"}[document]
    assert last_hint(*[frame(document=document, layout=layout)] * 3) is DocumentHint.READY


def test_what_is_wrong_is_said() -> None:
    seen = frame()
    height, width = seen.shape[:2]
    rest = np.full((3 * height, 3 * width, 3), 70, np.uint8)
    small = rest.copy()
    small[height : 2 * height, width : 2 * width] = seen
    assert last_hint(small) is DocumentHint.CLOSER
    assert last_hint(np.ascontiguousarray(seen[:, width // 5 :])) is DocumentHint.FARTHER
    assert last_hint(np.ascontiguousarray(np.rot90(seen))) is DocumentHint.TURN
    assert last_hint(frame("glaring")) is DocumentHint.GLARE
    assert last_hint(*[frame("blurred")] * 3) is DocumentHint.HOLD_STILL
    assert last_hint(np.asarray(seen // 6, np.uint8)) is DocumentHint.DARK


def test_nothing_there_and_no_light() -> None:
    assert last_hint(np.full((720, 1280, 3), 120, np.uint8)) is DocumentHint.NO_DOCUMENT
    assert last_hint(np.full((720, 1280, 3), 8, np.uint8)) is DocumentHint.DARK


def test_rules_without_a_limit_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "documents.toml"
    file.write_text('[[hint]]\nname = "search_width"\nvalue = 480\nsource = "test"\n', encoding="utf-8")
    with pytest.raises(Fatal):
        load_hint_rules(file)
