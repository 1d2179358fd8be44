"""The camera over the reading table: an empty table is no paper, and a paper on it lies as still as papers do."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from drivers.documents.guide import FrameGuide
from drivers.simulated.document_camera import SimulatedDocumentCamera
from drivers.simulated.persona import load_persona
from drivers.simulated.specimens.make import specimen_picture
from kiosk.ports.documents import DocumentHint

PERSONAS = Path(__file__).parents[3] / "assets" / "personas"


class Clock:
    """Time passes by sleeping only."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, 30)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_paper_that_is_laid_down_becomes_readable_and_the_empty_table_never() -> None:
    clock = Clock()
    camera, guide = SimulatedDocumentCamera(clock, seed=1), FrameGuide()
    camera.open()
    assert {guide.look(camera.next_frame().picture) for _ in range(5)} == {DocumentHint.NO_DOCUMENT}
    person = load_persona(PERSONAS, "kenji")
    camera.paper = specimen_picture(person, "certificate", on=date(2026, 11, 24), layout="card")
    hints = [guide.look(camera.next_frame().picture) for _ in range(5)]
    assert hints[0] is DocumentHint.HOLD_STILL
    assert hints[-1] is DocumentHint.READY
    camera.close()
