"""The desk at which documents are shown. Files come from a watched folder, a USB stick or the staff; papers and screens
lie before a camera. Implements `kiosk.ports.document_desk.DocumentDesk`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from drivers.documents.watch import destroy
from kiosk.domain.documents import DocumentReading, DocumentType
from kiosk.domain.failures import FailureCode, Retriable
from kiosk.ports.clock import Clock
from kiosk.ports.documents import DocumentGuide, DocumentHint, DocumentReader
from kiosk.ports.face import Camera

WAIT_SECONDS = 0.5
"""Between two looks for a file."""


class DocumentTable:
    """`present` may be called from any thread. `guide` makes the hints of one presentation; a desk without a camera
    takes files only."""

    def __init__(
        self,
        reader: DocumentReader,
        clock: Clock,
        *,
        camera: Camera | None = None,
        guide: Callable[[], DocumentGuide] | None = None,
    ) -> None:
        self._reader, self._clock = reader, clock
        self._camera, self._guide = camera, guide
        self._shown: deque[Path] = deque()
        self._read: tuple[Path, str] | None = None
        self._lock = threading.Lock()

    def present(self, file: Path) -> None:
        """A file that this patient brought. Only the newest one counts."""
        with self._lock:
            self._shown.clear()
            self._shown.append(file)

    def read(
        self, document: DocumentType, *, on_hint: Callable[[DocumentHint], None], cancelled: Callable[[], bool]
    ) -> DocumentReading:
        if self._camera is None or self._guide is None:
            return self._from_file(document, cancelled)
        guide, said = self._guide(), None
        self._camera.open()
        try:
            while not cancelled():
                if self._shown:
                    return self._from_file(document, cancelled)
                picture = self._camera.next_frame().picture
                hint = guide.look(picture)
                if hint is DocumentHint.READY:
                    return self._reader.read_picture(picture, document)
                if hint is not said:
                    on_hint(hint)
                    said = hint
        finally:
            self._camera.close()
        raise Retriable(FailureCode.CAMERA_SILENT)

    def destroy(self) -> bool:
        with self._lock:
            read, self._read = self._read, None
            self._shown.clear()
        return destroy(*read) if read is not None and read[1] else False

    def _from_file(self, document: DocumentType, cancelled: Callable[[], bool]) -> DocumentReading:
        while not cancelled():
            with self._lock:
                file = self._shown.popleft() if self._shown else None
            if file is not None:
                reading = self._reader.read(file, document)
                self._read = (file, reading.sha256)
                return reading
            self._clock.sleep(WAIT_SECONDS)
        raise Retriable(FailureCode.CAMERA_SILENT)
