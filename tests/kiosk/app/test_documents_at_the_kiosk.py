"""Documents before the camera, on a stick and from staff, at a kiosk with its window, on the real clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from drivers.simulated.persona import load_persona
from drivers.simulated.specimens import specimen
from drivers.simulated.specimens.make import specimen_picture
from kiosk.app.console import Console
from kiosk.app.hardware import hardware
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.run import bench_beside
from kiosk.app.stage import Stage
from kiosk.domain.documents import DocumentReading, DocumentType
from kiosk.domain.messages import Text
from kiosk.ports.face import Picture
from kiosk.runtime.clocks import RealClock
from tests.kiosk.app.plays import catalogue, unhurried

LONG_MS = 180_000
KENJI = "kenji"
MOST = 10_000_000


class Reader:
    """Keeps what reaches it. The real one has its own tests; here the way of a document counts."""

    def __init__(self) -> None:
        self.files: list[bytes] = []
        self.brightness: list[float] = []

    def load(self) -> None: ...

    def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
        self.files.append(source if isinstance(source, bytes) else source.read_bytes())
        return DocumentReading(hint or DocumentType.UNKNOWN)

    def read_picture(self, picture: Picture, hint: DocumentType | None = None) -> DocumentReading:
        self.brightness.append(float(picture.mean()))
        return DocumentReading(hint or DocumentType.UNKNOWN)


Opened = tuple[Stage, Reader]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """A kiosk on whose window somebody without a card chose a document."""
    stages: list[tuple[Stage, QTimer]] = []

    def open_(document: str, **documents: Any) -> Opened:
        chosen, clock, reader = unhurried().overridden({"documents": documents}), RealClock(), Reader()
        devices = hardware(chosen, clock, file_bytes=lambda: MOST)
        folders = DataFolders(tmp_path / "data")
        stage = Stage(chosen, folders, clock, catalogue(), documents=reader, hardware=devices)
        stage.start()
        stage.window.show()
        timer = QTimer()
        timer.timeout.connect(stage.pump)
        timer.start(20)
        stages.append((stage, timer))
        presses(qtbot, stage, "idle.no_card", "choose_document")
        presses(qtbot, stage, document, "document_reading")
        return stage, reader

    yield open_
    for stage, timer in stages:
        timer.stop()
        stage.stop()


def presses(qtbot: QtBot, stage: Stage, control: str, screen: str) -> None:
    """Until `screen` comes: a screen that has just changed does not take a touch yet."""

    def pressed() -> bool:
        came = stage.lane.view.screen == screen
        if not came:
            stage.window.press(control)
        return came

    qtbot.waitUntil(pressed, timeout=LONG_MS)


def shown(stage: Stage, message: str) -> bool:
    return catalogue().render(Text(message), "ja") in "\n".join(stage.window.texts())


def test_hints_reach_the_screen_until_the_paper_can_be_read(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., Opened]
) -> None:
    person = load_persona(ASSETS / "personas", KENJI)
    looks = [
        specimen_picture(person, "old_card", on=date(2026, 11, 24), layout="company", condition=condition)
        for condition in ("glaring", "clean")
    ]
    for number in range(1, 51):
        cv2.imwrite(str(tmp_path / f"p{number:03d}.jpg"), looks[number > 40])
    stage, reader = opened("document.certificate", camera=str(tmp_path / "p%03d.jpg"))
    qtbot.waitUntil(lambda: shown(stage, "document.hint.glare"), timeout=LONG_MS)
    qtbot.waitUntil(lambda: bool(reader.brightness), timeout=LONG_MS)
    assert reader.brightness[0] > 0, "the picture is overwritten only after it was read"


def test_a_stick_is_asked_for_and_read(qtbot: QtBot, tmp_path: Path, opened: Callable[..., Opened]) -> None:
    sticks = tmp_path / "media"
    stage, reader = opened("document.portal_pdf", usb=[str(sticks)])
    assert shown(stage, "document.show.portal_pdf")
    person = load_persona(ASSETS / "personas", KENJI)
    brought = sticks / "user" / "STICK" / "資格情報.pdf"
    brought.parent.mkdir(parents=True)
    content = specimen(person, "portal_pdf", on=date(2026, 11, 24))
    brought.write_bytes(content)
    qtbot.waitUntil(lambda: reader.files == [content], timeout=LONG_MS)
    stage.documents.destroy()
    assert brought.read_bytes() == content


def test_where_sticks_are_not_read_none_is_asked_for(opened: Callable[..., Opened]) -> None:
    stage, _ = opened("document.portal_pdf", usb=[])
    assert stage.hardware.sticks is None
    assert shown(stage, "document.show.portal_pdf.counter")
    assert not shown(stage, "document.show.portal_pdf")


def test_staff_choose_a_file(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, reader = opened("document.portal_pdf", usb=[])
    bench = bench_beside(stage, Console(catalogue(), "en"))
    qtbot.addWidget(bench)
    button = bench.findChild(QPushButton, "bench.document")
    assert button is not None
    answers = iter(("", str(tmp_path / "absent.pdf"), str(tmp_path / "chosen.pdf")))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (next(answers), ""))
    (tmp_path / "chosen.pdf").write_bytes(b"%PDF chosen")
    button.click()
    assert "K212" not in bench.lane.text()
    button.click()
    assert "K212 absent.pdf" in bench.lane.text()
    button.click()
    qtbot.waitUntil(lambda: reader.files == [b"%PDF chosen"], timeout=LONG_MS)
    stage.documents.destroy()
    assert (tmp_path / "chosen.pdf").exists()
