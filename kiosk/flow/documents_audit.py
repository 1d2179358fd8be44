"""What the journal says about documents and claim notes: kinds, counts, ids and a digest; never what they say."""

from __future__ import annotations

from typing import Protocol

from kiosk.flow.effects import Effect, QueryNumber
from kiosk.flow.events import DocumentRead, Event, Tapped
from kiosk.flow.states import State
from kiosk.flow.states_documents import ConfirmingDocument, EnteringDocument, QueryingNumbers, ShowingDocumentResult


class Note(Protocol):
    def __call__(self, name: str, /, **fields: str | int | float | bool | None) -> None: ...


def document_entries(old: State, event: Event, new: State, effects: tuple[Effect, ...], note: Note) -> None:
    if isinstance(event, DocumentRead):
        read = event.reading
        note(
            "document.read",
            document=read.type.value,
            blocked=read.blocked.value if read.blocked else None,
            doubtful=len(read.doubtful),
            notes=",".join(read.warnings),
        )
    if isinstance(new, EnteringDocument) and not isinstance(old, EnteringDocument):
        note("document.typed", document=new.reading.type.value, items=len(new.missing))
    if isinstance(old, ConfirmingDocument) and isinstance(event, Tapped) and event.control.startswith("confirm."):
        own = event.control == "confirm.yes"
        note("document.confirmed", document=old.reading.type.value, own=own, digest=old.reading.sha256 or None)
    for effect in effects:
        if isinstance(effect, QueryNumber):
            attempt = new.attempt if isinstance(new, QueryingNumbers) else None
            note("eligibility.asked", by="insurance_number", attempt=attempt)
    if isinstance(new, ShowingDocumentResult) and not isinstance(old, ShowingDocumentResult):
        noted = new.note
        tried = ",".join(f"{route}_{reason}" for route, reason in noted.history)
        note("claim.opened", route=noted.route, row=noted.decision, missing=",".join(noted.missing), tried=tried)
