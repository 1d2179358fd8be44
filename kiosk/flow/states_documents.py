"""The states of the guided fallback: which document, reading it, whose it is, and what else is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.documents import DocumentReading, DocumentType, FieldKey
from kiosk.domain.outcome import Eligibility
from kiosk.flow.events import StaffActed
from kiosk.flow.states import ShowingResult, State, VisitState
from kiosk.ports.documents import DocumentHint
from kiosk.ports.handover import NoteFields


@dataclass(frozen=True)
class FallbackStage(VisitState):
    """Base of the states in which another way is gone through. The card may be taken meanwhile; staff may accept."""

    @property
    def eligibility(self) -> Eligibility:
        return self.visit.fallback.eligibility if self.visit.fallback else Eligibility.UNCONFIRMED


@dataclass(frozen=True)
class ChoosingDocument(FallbackStage):
    """Which document? `notice` is a message id, or None when nothing has to be said before."""

    notice: str | None = None


@dataclass(frozen=True)
class ReadingDocument(FallbackStage):
    """The document is held before the camera, or its file is awaited. `again` says why once more (message id)."""

    ticket: int
    document: DocumentType
    hint: DocumentHint | None = None
    again: str | None = None
    tries: int = 1


@dataclass(frozen=True)
class RecallingHolder(FallbackStage):
    """Name from the card and insurance held since the last visit are looked up. `reading` waits to be compared,
    `act` of staff to be carried out."""

    ticket: int
    reading: DocumentReading | None = field(default=None, repr=False)
    act: StaffActed | None = None


@dataclass(frozen=True)
class EnteringDocument(FallbackStage):
    """One item after the other by touch: the first of `missing` now. `text` is what stands there, `first` what was
    typed the first time of two; `wrong` is a message id."""

    reading: DocumentReading = field(repr=False)
    missing: tuple[FieldKey, ...]
    text: str = field(default="", repr=False)
    first: str | None = field(default=None, repr=False)
    wrong: str | None = None


@dataclass(frozen=True)
class ConfirmingDocument(FallbackStage):
    """The patient sees, partly hidden, what was read, and says whether it is theirs."""

    reading: DocumentReading = field(repr=False)


@dataclass(frozen=True)
class QueryingNumbers(FallbackStage):
    """The terminal is asked by the numbers of the document."""

    ticket: int
    attempt: int = 1


@dataclass(frozen=True)
class AskingVisit(FallbackStage):
    """First visit here, or a return?"""


@dataclass(frozen=True)
class AskingUnchanged(FallbackStage):
    """The one question of the oral check (口頭確認): is the insurance the same as at the last visit?"""


@dataclass(frozen=True)
class ShowingDocumentResult(ShowingResult):
    """Accepted by another way: the usual share, and how it goes on. Nothing of the document is shown again. `note` is
    what goes to the レセコン."""

    note: NoteFields = field(kw_only=True, repr=False)


DOCUMENT_STATES: tuple[type[State], ...] = (
    ChoosingDocument,
    ReadingDocument,
    RecallingHolder,
    EnteringDocument,
    ConfirmingDocument,
    QueryingNumbers,
    AskingVisit,
    AskingUnchanged,
    ShowingDocumentResult,
)
