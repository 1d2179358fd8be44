"""The desk at which documents are shown. Files come from a watched folder, a USB stick or the staff; papers and screens
lie before a camera. Implements `kiosk.ports.document_desk.DocumentDesk`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from drivers.documents.watch import destroy, hash_of
from kiosk.domain.documents import Blocked, DocumentReading, DocumentType
from kiosk.domain.failures import FailureCode, Retriable
from kiosk.ports.clock import Clock
from kiosk.ports.documents import DocumentGuide, DocumentHint, DocumentReader
from kiosk.ports.face import Camera

WAIT_SECONDS = 0.5
"""Between two looks for a file."""

HINT_SECONDS = 1.0
"""A hint stands so long before another takes its place: nobody can follow one that changes with every frame."""


_SAVED = frozenset((DocumentType.PORTAL_PDF, DocumentType.PORTAL_SCREEN))
"""What somebody can have saved on a stick."""


class Sticks(Protocol):
    """USB sticks, looked at only while somebody is asked for a document that can lie on one."""

    def take(self, *, pdf: bool) -> bytes | None:
        """The newest file not taken yet; with `pdf` PDF files first."""

    def leave_rest(self) -> None:
        """What else lies there belongs to nobody who comes next."""


class DocumentTable:
    """`present` and `hand_in` may be called from any thread. `guide` makes the hints of one presentation; a desk
    without a camera takes files only, and a PDF is never awaited before it."""

    def __init__(
        self,
        reader: DocumentReader,
        clock: Clock,
        *,
        camera: Camera | None = None,
        guide: Callable[[], DocumentGuide] | None = None,
        sticks: Sticks | None = None,
    ) -> None:
        self._reader, self._clock = reader, clock
        self._camera, self._guide = camera, guide
        self._sticks = sticks
        self._shown: deque[Path | bytes] = deque()
        self._read: list[tuple[Path, str]] = []
        self._destroyed = 0  # how often: a reading that began before belongs to nobody any more
        self._lock = threading.Lock()

    def present(self, file: Path) -> None:
        """A file that this patient brought, to be erased once it was read. Only the newest one counts."""
        self._show(file)

    def hand_in(self, content: bytes) -> None:
        """The content of a file that stays with whoever owns it. Only the newest one counts."""
        self._show(content)

    def _show(self, shown: Path | bytes) -> None:
        with self._lock:
            self._shown.clear()
            self._shown.append(shown)

    def read(
        self, document: DocumentType, *, on_hint: Callable[[DocumentHint], None], cancelled: Callable[[], bool]
    ) -> DocumentReading:
        if self._camera is None or self._guide is None or document is DocumentType.PORTAL_PDF:
            return self._from_file(document, cancelled)
        return self._from_camera(self._camera, self._guide(), document, on_hint, cancelled)

    def destroy(self) -> bool:
        with self._lock:
            read, self._read = self._read, []
            self._shown.clear()
            self._destroyed += 1
        if self._sticks is not None:
            self._sticks.leave_rest()
        return sum(destroy(*one) for one in read) > 0

    def _from_file(self, document: DocumentType, cancelled: Callable[[], bool]) -> DocumentReading:
        while not cancelled():
            reading = self._read_shown(document)
            if reading is not None:
                return reading
            self._clock.sleep(WAIT_SECONDS)
        raise Retriable(FailureCode.CAMERA_SILENT)

    def _from_camera(
        self,
        camera: Camera,
        guide: DocumentGuide,
        document: DocumentType,
        on_hint: Callable[[DocumentHint], None],
        cancelled: Callable[[], bool],
    ) -> DocumentReading:
        said: DocumentHint | None = None
        looked = self._clock.monotonic()
        told = looked - HINT_SECONDS
        camera.open()
        try:
            while not cancelled():
                now = self._clock.monotonic()
                if self._shown or now - looked >= WAIT_SECONDS:
                    looked = now
                    reading = self._read_shown(document)
                    if reading is not None:
                        return reading
                picture = camera.next_frame().picture
                try:
                    hint = guide.look(picture)
                    ready = hint is DocumentHint.READY
                    if hint is not said and (ready or now - told >= HINT_SECONDS):
                        on_hint(hint)
                        said, told = hint, now
                    if ready:
                        return self._reader.read_picture(picture, document)
                finally:
                    picture.fill(0)
        finally:
            camera.close()
        raise Retriable(FailureCode.CAMERA_SILENT)

    def _read_shown(self, document: DocumentType) -> DocumentReading | None:
        """The reading of what was handed in or lies on a stick; None where there is nothing."""
        with self._lock:
            shown = self._shown.popleft() if self._shown else None
            began = self._destroyed
        if shown is None and self._sticks is not None and document in _SAVED:
            shown = self._sticks.take(pdf=document is DocumentType.PORTAL_PDF)
        if shown is None:
            return None
        reading = self._reader.read(shown, document)
        if isinstance(shown, Path):
            self._to_be_erased(shown, reading, began)
        return reading

    def _to_be_erased(self, file: Path, reading: DocumentReading, began: int) -> None:
        """With the visit; at once where the visit is over by now, or the file shows an Individual Number."""
        forbidden = reading.blocked is Blocked.MY_NUMBER_SEEN
        digest = reading.sha256 or _hash_or_none(file)
        with self._lock:
            at_once = forbidden or self._destroyed != began
            if digest and not at_once:
                self._read.append((file, digest))
        if digest and at_once:
            destroy(file, digest)


def _hash_or_none(file: Path) -> str | None:
    """A reading with an Individual Number brings no hash of it, nor one of a file that is too large."""
    try:
        return hash_of(file)
    except OSError:
        return None
