"""Port of the place where patients show their documents: a file that arrives, or a paper before the camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.domain.documents import DocumentReading, DocumentType
from kiosk.ports.documents import DocumentHint


class DocumentDesk(Protocol):
    def read(
        self, document: DocumentType, *, on_hint: Callable[[DocumentHint], None], cancelled: Callable[[], bool]
    ) -> DocumentReading:
        """Waits until a document is shown, and reads it once; what cannot be read is a reading that says so. Blocks
        its worker. Raises `NeedsStaff(CAMERA_GONE | CAMERA_SILENT)` where neither way works, and whatever the reader
        raises; `Retriable(CAMERA_SILENT)` once it is cancelled."""

    def destroy(self) -> bool:
        """Erases the files that were read since the last call, and forgets what was shown and not read. True where a
        file went. One that shows an Individual Number is gone before."""
