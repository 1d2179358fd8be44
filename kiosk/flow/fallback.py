"""What the other ways of a visit have brought so far. It lives in the visit and goes with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.domain.claim_note import Numbers, Stated
from kiosk.domain.decision.inputs import NumberQuery, Says, Shown
from kiosk.domain.decision.inputs import Visit as VisitKind
from kiosk.domain.documents import DocumentReading, DocumentType, Field, FieldKey, FieldSource
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import HeldInsurance
from kiosk.ports.card import CardAttributes


@dataclass(frozen=True, repr=False)
class Fallback:
    """Why the card alone did not do, and what there is in its place.

    `with_card` is False where none was shown. `reading` is the document that was read or typed in; `shown` holds its
    kind once the patient said that it is theirs, or staff saw it. `decision` and `say` are of the row that decided.
    """

    cause: str  # message id
    eligibility: Eligibility = Eligibility.UNCONFIRMED
    with_card: bool = True
    phone: bool = False
    copied: bool = False  # what is shown is a kept picture or a printout of the portal's page, not the live one
    shown: frozenset[Shown] = frozenset()
    settled: bool = False  # asked for documents, and there is nothing else
    reading: DocumentReading | None = None
    number_query: NumberQuery | None = None
    query_code: FailureCode | None = None  # why the query by number brought nothing
    query_result: int | None = None  # ticket of the effect that brought the result file
    insured: InsuredPerson | None = None  # whom the query by number found
    kind: VisitKind | None = None
    says: Says | None = None
    form: Stated | None = None
    holder_asked: bool = False  # name and held insurance were looked up
    attributes: CardAttributes | None = None
    held: HeldInsurance | None = None
    decision: str | None = None
    say: str | None = None  # message id

    def __repr__(self) -> str:
        return f"Fallback({self.cause}, {self.decision})"

    def with_document(self, document: Shown) -> Fallback:
        return replace(self, shown=self.shown | {document})


def shown_as(document: DocumentType, *, copied: bool = False) -> Shown:
    """What a document of this kind counts as. A copy is less certain than the page itself (D12)."""
    if copied and document is DocumentType.PORTAL_SCREEN:
        return Shown.SCREENSHOT
    return Shown(document.value)


def with_value(reading: DocumentReading, key: FieldKey, value: str) -> DocumentReading:
    """The reading with one item as a person typed it."""
    typed = Field(value, FieldSource.OCR, 1.0, original=value)
    return replace(reading, fields={**reading.fields, key: typed})


def numbers_of(reading: DocumentReading | None) -> Numbers | None:
    """What a claim needs, as the document says it; None where it names no number."""
    if reading is None:
        return None
    keys = (FieldKey.INSURER_NO, FieldKey.SYMBOL, FieldKey.NUMBER, FieldKey.BRANCH)
    numbers = Numbers(*(reading.value(key) for key in keys))
    return numbers if numbers.usable else None
