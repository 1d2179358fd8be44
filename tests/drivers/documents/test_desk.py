"""The table at which documents are shown: the newest file counts, and what was read can be erased."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from drivers.documents.desk import HINT_SECONDS, DocumentTable
from drivers.documents.sticks import UsbSticks
from drivers.documents.watch import hash_of
from kiosk.domain.documents import Blocked, DocumentReading, DocumentType
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.ports.documents import DocumentHint
from kiosk.ports.face import Frame, Picture


class Reader:
    """Says which file it was given."""

    def __init__(self) -> None:
        self.pictures = 0

    def load(self) -> None: ...

    def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
        digest = sha256(source).hexdigest() if isinstance(source, bytes) else hash_of(source)
        return DocumentReading(hint or DocumentType.UNKNOWN, sha256=digest)

    def read_picture(self, _picture: Picture, hint: DocumentType | None = None) -> DocumentReading:
        self.pictures += 1
        return DocumentReading(hint or DocumentType.UNKNOWN)


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 24)

    def __init__(self, step: float = HINT_SECONDS) -> None:
        self._now, self._step = 0.0, step

    def monotonic(self) -> float:
        self._now += self._step
        return self._now

    def sleep(self, _seconds: float) -> None:
        threading.Event().wait(0.001)


class Camera:
    def __init__(self) -> None:
        self.open_now = False
        self.opened = 0

    def open(self) -> None:
        self.open_now = True
        self.opened += 1

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


def test_what_is_still_being_read_when_the_visit_ends_is_erased_too(tmp_path: Path) -> None:
    class Slow(Reader):
        def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
            assert not table.destroy(), "nothing is known of it yet"
            return super().read(source, hint)

    table = DocumentTable(Slow(), Clock())
    brought = file(tmp_path, "portal.pdf")
    table.present(brought)
    table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False)
    assert not brought.exists()


def test_a_file_that_shows_an_individual_number_is_gone_at_once(tmp_path: Path) -> None:
    class Refuses(Reader):
        def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
            return replace(super().read(source, hint), blocked=Blocked.MY_NUMBER_SEEN, sha256="")

    table = DocumentTable(Refuses(), Clock())
    brought = file(tmp_path, "card.pdf")
    table.present(brought)
    table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False)
    assert not brought.exists()
    table.hand_in(b"%PDF of somebody")
    table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False)
    assert not table.destroy()


def test_every_file_of_a_visit_is_erased_with_it(tmp_path: Path) -> None:
    table = DocumentTable(Reader(), Clock())
    brought = [file(tmp_path, f"{n}.pdf", b"%PDF " + bytes([n])) for n in range(2)]
    for one in brought:
        table.present(one)
        table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False)
    assert table.destroy()
    assert not any(one.exists() for one in brought)


def test_nobody_waits_for_ever() -> None:
    with pytest.raises(KioskError) as raised:
        DocumentTable(Reader(), Clock()).read(DocumentType.NOTICE, on_hint=lambda _: None, cancelled=lambda: True)
    assert raised.value.code is FailureCode.CAMERA_SILENT


def test_camera_hints_until_the_paper_can_be_read() -> None:
    camera, reader = Camera(), Reader()
    hints: list[DocumentHint] = []
    table = DocumentTable(reader, Clock(), camera=camera, guide=Guide)
    table.read(DocumentType.NOTICE, on_hint=hints.append, cancelled=lambda: False)
    assert hints == [DocumentHint.NO_DOCUMENT, DocumentHint.GLARE, DocumentHint.READY]
    assert reader.pictures == 1
    assert not camera.open_now


def test_hints_do_not_flicker() -> None:
    hints: list[DocumentHint] = []
    table = DocumentTable(Reader(), Clock(HINT_SECONDS / 10), camera=Camera(), guide=Guide)
    table.read(DocumentType.NOTICE, on_hint=hints.append, cancelled=lambda: False)
    assert hints == [DocumentHint.NO_DOCUMENT, DocumentHint.READY]


def test_a_file_before_the_camera_and_a_pdf_without_it(tmp_path: Path) -> None:
    camera, reader = Camera(), Reader()
    table = DocumentTable(reader, Clock(), camera=camera, guide=Guide)
    for kind in (DocumentType.NOTICE, DocumentType.PORTAL_PDF):
        table.present(file(tmp_path, "brought.pdf"))
        assert table.read(kind, on_hint=lambda _: None, cancelled=lambda: False).sha256
    assert (reader.pictures, camera.opened) == (0, 1)


def test_what_staff_hand_in_stays_theirs() -> None:
    table = DocumentTable(Reader(), Clock())
    table.hand_in(b"%PDF")
    assert table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False).sha256
    assert not table.destroy(), "nothing of ours to erase"


def test_a_stick_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    sticks = UsbSticks([tmp_path], lambda: 100)
    table = DocumentTable(Reader(), Clock(), sticks=sticks)
    brought = file(tmp_path, "brought.pdf")
    reading = table.read(DocumentType.PORTAL_PDF, on_hint=lambda _: None, cancelled=lambda: False)
    assert reading.sha256 == hash_of(brought)
    older = file(tmp_path, "older.pdf", b"%PDF older")
    assert not table.destroy()
    assert brought.exists()
    assert older.exists()
    assert sticks.take(pdf=True) is None, "the rest of the stick is not for the next patient"


def test_sticks_are_looked_at_for_what_can_lie_on_one(tmp_path: Path) -> None:
    table = DocumentTable(Reader(), Clock(), sticks=UsbSticks([tmp_path], lambda: 100))
    file(tmp_path, "brought.pdf")
    turns = iter((False, False, True))
    with pytest.raises(KioskError):
        table.read(DocumentType.CERTIFICATE, on_hint=lambda _: None, cancelled=lambda: next(turns))
