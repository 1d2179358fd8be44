"""Port of the document reader: files and pictures of the papers that patients show."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from kiosk.domain.documents import DocumentReading, DocumentType
from kiosk.ports.face import Picture


class DocumentHint(StrEnum):
    """What to change before a picture is taken. Message ids are `document.hint.<value>`."""

    NO_DOCUMENT = "no_document"
    CLOSER = "closer"
    FARTHER = "farther"  # an edge is outside the picture
    DARK = "dark"
    GLARE = "glare"
    TURN = "turn"  # lies on its side
    HOLD_STILL = "hold_still"
    READY = "ready"  # sharp, flat and still: worth reading


class DocumentReader(Protocol):
    """Reads one document. What it reads never reaches a log or an exception."""

    def load(self) -> None:
        """Load the models ahead of time. Raises `Fatal(MODEL_MISSING)` naming the file."""

    def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
        """A PDF or a picture file. Bad input of every kind is a reading with `blocked`, in bounded time and memory.

        `hint` is what the patient says it is; it decides only where the title leaves two possibilities. Raises
        `NeedsStaff(PICTURE_BROKEN)` for a path that cannot be opened.
        """

    def read_picture(self, picture: Picture, hint: DocumentType | None = None) -> DocumentReading:
        """A camera frame. A frame that shows an Individual Number is overwritten before this returns."""


class DocumentGuide(Protocol):
    """Looks at the frames of one presentation, quickly enough for every frame. Not shared between patients."""

    def look(self, picture: Picture) -> DocumentHint: ...
