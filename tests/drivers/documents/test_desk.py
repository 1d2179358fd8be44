"""The table at which documents are shown: the newest file counts, and what was read can be erased."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from drivers.documents.desk import DocumentTable
from drivers.documents.watch import hash_of
from kiosk.domain.documents import DocumentReading, DocumentType
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.ports.documents import DocumentHint
from kiosk.ports.face import Frame, Picture


class Reader:
    """Says which file it was given."""

    def __init__(self) -> None:
        self.pictures = 0

    def load(self) -> None: ...

    def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
        assert isinstance(source, Path)
        return DocumentReading(hint or DocumentType.UNKNOWN, sha256=hash_of(source))

    def read_picture(self, _picture: Picture, hint: DocumentType | None = None) -> DocumentReading:
        self.pictures += 1
        return DocumentReading(hint or DocumentType.UNKNOWN)


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 24)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, _seconds: float) -> None:
        threading.Event().wait(0.001)


class Camera:
    def __init__(self) -> None:
        self.open_now = False

    def open(self) -> None:
        self.open_now = True

    def next_frame(self) -> Frame:
        return Frame(np.zeros((4, 4, 3), np.uint8), 0.0)

    def close(self) -> None:
        self.open_now = False


class Guide:
    def __init__(self) -> None:
        self.hints = iter((DocumentHint.NO_DOCUMENT, DocumentHint.GLARE, DocumentHint.GLARE, DocumentHint.READY))

    def look(self, _picture: Picture) -> DocumentHint:
        return next(self.hints)


def file(folder: Path, name: str, content: bytes = b"%PDF") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_newest_file_is_read_and_can_be_erased(tmp_path: Path) -> None:
    table = DocumentTable(Reader(), Clock())
    table.present(file(tmp_path, "old.pdf"))
    newest = file(tmp_path, "new.pdf", b"%PDF newer")
    table.present(newest)
    reading = table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False)
    assert reading.sha256 == hash_of(newest)
    assert table.destroy()
    assert not newest.exists()
    assert not table.destroy(), "it is gone already"


def test_nobody_waits_for_ever() -> None:
    with pytest.raises(KioskError) as raised:
        DocumentTable(Reader(), Clock()).read(DocumentType.NOTICE, on_hint=lambda _: None, cancelled=lambda: True)
    assert raised.value.code is FailureCode.CAMERA_SILENT


def test_camera_hints_until_the_paper_can_be_read() -> None:
    camera, reader = Camera(), Reader()
    hints: list[DocumentHint] = []
    table = DocumentTable(reader, Clock(), camera=camera, guide=Guide)
    table.read(DocumentType.NOTICE, on_hint=hints.append, cancelled=lambda: False)
    assert hints == [DocumentHint.NO_DOCUMENT, DocumentHint.GLARE]
    assert reader.pictures == 1
    assert not camera.open_now
