"""Requests of the flow, in the imperative. The runtime carries them out and reports back by ticket."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.attestation import AttestationForm
from kiosk.domain.claim_note import Numbers
from kiosk.domain.documents import DocumentType
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.outcome import IdentityMethod, Outcome
from kiosk.domain.secret import Secret
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import JournalEntry


@dataclass(frozen=True)
class Effect:
    pass


class TimerKind(StrEnum):
    PATIENCE = "patience"  # waits for a person
    MACHINE = "machine"  # goes on by itself


@dataclass(frozen=True)
class StartTimer(Effect):
    """Replaces the running timer: a state has at most one."""

    ticket: int
    seconds: float
    kind: TimerKind


@dataclass(frozen=True)
class StopTimer(Effect):
    pass


@dataclass(frozen=True)
class DeclareOutage(Effect):
    """From now on nobody waits for the line, or no longer so."""

    begin: bool


@dataclass(frozen=True)
class OpenVisit(Effect):
    visit_id: str


@dataclass(frozen=True)
class ReadCard(Effect):
    ticket: int
    visit_id: str
    insertion: int


@dataclass(frozen=True)
class ReadPhoto(Effect):
    """Card front → 照合番号B → face photo → reference template."""

    ticket: int
    visit_id: str


@dataclass(frozen=True)
class RunFace(Effect):
    """One attempt. `seconds` until it gives up for want of a usable face; the liveness check has its own time."""

    ticket: int
    visit_id: str
    seconds: float
    liveness: bool = True


@dataclass(frozen=True)
class StopFace(Effect):
    pass


@dataclass(frozen=True)
class WatchCamera(Effect):
    """Show what the camera sees of the person, for staff who look themselves, until `StopCamera`. Only a failure is
    answered."""

    ticket: int
    visit_id: str


@dataclass(frozen=True)
class StopCamera(Effect):
    pass


@dataclass(frozen=True)
class VerifyPin(Effect):
    ticket: int
    visit_id: str
    last_try_confirmed: bool
    pin: Secret = field(repr=False, compare=False)
    certificate: bool = False  # read it afterwards: a phone gives it after the PIN only


@dataclass(frozen=True)
class CheckStaffCode(Effect):
    ticket: int
    visit_id: str
    code: Secret = field(repr=False, compare=False)


@dataclass(frozen=True)
class QueryCard(Effect):
    """`insist`: staff want it asked, also where the line is known to be down."""

    ticket: int
    visit_id: str
    serial: str
    not_after: datetime
    identity: IdentityMethod
    on: date
    insist: bool = False


@dataclass(frozen=True)
class TakeReading(Effect):
    """The result of a certified reader becomes this visit's. Answered like `QueryCard`."""

    ticket: int
    visit_id: str
    reading: int


@dataclass(frozen=True)
class OfferReading(Effect):
    """The lane is free for a reading that waited. Answered by `ReadingArrived`."""

    reading: int


@dataclass(frozen=True)
class RegisterCard(Effect):
    ticket: int
    visit_id: str
    serial: str
    not_after: datetime
    identity: IdentityMethod
    on: date


@dataclass(frozen=True)
class RegisterConsents(Effect):
    """`prescription`: the code of the form that the patient chose, if any."""

    ticket: int
    visit_id: str
    items: tuple[str, ...]
    at: datetime
    prescription: str | None = None


@dataclass(frozen=True)
class ReadHolder(Effect):
    """Who the holder is in words, and what the facility holds of them: name and address from the card (照合番号B opens
    the text application), then the patient index. `known` is what somebody said or a document shows; it completes the
    card. Answered by `HolderRead`, never by a failure."""

    ticket: int
    visit_id: str
    known: InsuredPerson | None = field(default=None, repr=False)


@dataclass(frozen=True)
class KeepForm(Effect):
    """Draw the 被保険者資格申立書 and print it, or let it wait for the printer. Answered by `FormKept`."""

    ticket: int
    visit_id: str
    at: datetime
    identity: IdentityMethod
    form: AttestationForm = field(repr=False)


@dataclass(frozen=True)
class ReadDocument(Effect):
    """Wait for the document before the camera, or for its file, and read it. Hints come as `DocumentHinted`, the end
    as `DocumentRead`. What was read stays with the visit until `DestroyDocument`."""

    ticket: int
    visit_id: str
    document: DocumentType


@dataclass(frozen=True)
class StopDocument(Effect):
    """Nobody waits for the document any more."""

    visit_id: str


@dataclass(frozen=True)
class DestroyDocument(Effect):
    """The file that was read is erased, wherever the kiosk took it from."""

    visit_id: str


@dataclass(frozen=True)
class QueryNumber(Effect):
    """A look-up by the numbers of a document (OQSsiquc01req). Answered by `EligibilityAnswered`."""

    ticket: int
    visit_id: str
    numbers: Numbers
    birth_date: date = field(repr=False)
    on: date


@dataclass(frozen=True)
class HandOver(Effect):
    """Give the visit to the レセコン and the other targets, once: the result file that the effect with ticket `result`
    brought, the claim note, or both.

    A file that came too late to be compared with the card is never handed over. A note that was given once stays with
    the visit: a second attempt need not repeat it.
    """

    ticket: int
    visit_id: str
    result: int | None
    outcome: Outcome | None = None
    note: NoteFields | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ForgetVisit(Effect):
    """Wipe photo, template, result files and the card connection of this visit."""

    visit_id: str


@dataclass(frozen=True)
class CloseVisit(Effect):
    visit_id: str
    outcome: Outcome


@dataclass(frozen=True)
class RaiseAlert(Effect):
    """Something staff should see about a visit that is already closed."""

    visit_id: str
    alert: str


@dataclass(frozen=True)
class AppendJournal(Effect):
    entries: tuple[JournalEntry, ...]
