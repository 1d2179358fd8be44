"""Facts that reach the flow, in the past tense.

Every event carries `at`, the kiosk clock when it happened, so that the flow needs no clock. An event that answers
an effect carries the effect's ticket; the flow ignores it when the ticket is no longer the expected one.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.domain.card import CardHolder, CardSummary, CertificateInfo
from kiosk.domain.documents import DocumentReading
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode
from kiosk.domain.patients import HeldInsurance
from kiosk.domain.secret import Secret
from kiosk.ports.card import CardAttributes, CredentialResult
from kiosk.ports.documents import DocumentHint
from kiosk.ports.face import FaceHint, FaceResult


@dataclass(frozen=True)
class Event:
    at: datetime


@dataclass(frozen=True)
class Answer(Event):
    """Base of what effects report back."""

    ticket: int


# --- the reader ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardPresented(Event):
    insertion: int


@dataclass(frozen=True)
class CardRemoved(Event):
    insertion: int


@dataclass(frozen=True)
class ReaderLost(Event):
    pass


@dataclass(frozen=True)
class ReaderReturned(Event):
    pass


# --- a certified reader beside the kiosk ------------------------------------------------------------


@dataclass(frozen=True)
class ReadingArrived(Event):
    """It read a card, or tried to. `reading` names what it reported; nothing of that travels with the event."""

    reading: int


@dataclass(frozen=True)
class ReadingSetAside(Event):
    """A result that begins no visit: `why` is "repeated" or "late"."""

    why: str


@dataclass(frozen=True)
class ForeignReadings(Event):
    """So many results of another institution lie in the folder; 0 once there are none."""

    count: int


@dataclass(frozen=True)
class FaceFolderLost(Event):
    """The folder in which its results arrive cannot be reached."""


@dataclass(frozen=True)
class FaceFolderBack(Event):
    pass


@dataclass(frozen=True)
class AnswersLate(Event):
    """The terminal answered what nobody asks any more; those files were put aside."""

    count: int


# --- people -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rehearsed(Event):
    """Whoever practises touched the screen, or came to the end of the made-up visit (`over`)."""

    over: bool = False


@dataclass(frozen=True)
class Tapped(Event):
    """The patient pressed a control (design 4.2)."""

    control: str


@dataclass(frozen=True)
class PinEntered(Event):
    pin: Secret = field(repr=False, compare=False)


@dataclass(frozen=True)
class CodeEntered(Event):
    """A member of staff typed their code at the patient's screen."""

    code: Secret = field(repr=False, compare=False)


@dataclass(frozen=True)
class FormWritten(Event):
    """The whole text of one answer of the form, after each stroke."""

    field: str
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True)
class SignatureDrawn(Event):
    """What the finger drew, as a PNG picture; None when it was wiped away."""

    picture: bytes | None = field(repr=False)


@dataclass(frozen=True)
class StaffActed(Event):
    """A named member of staff did something for the visit at this lane."""

    action: str
    staff: str
    reason: str | None = None
    document: str | None = None  # of `accept`: what they saw
    index: int | None = None  # which of several, from 0
    act: str | None = None  # id of the press at the console


@dataclass(frozen=True)
class CallAnswered(Event):
    """A member of staff is on the way to this lane."""

    staff: str
    reason: str | None = None
    act: str | None = None


@dataclass(frozen=True)
class SentBack(Event):
    """Staff send the patient one step back."""

    staff: str
    reason: str | None = None
    act: str | None = None


@dataclass(frozen=True)
class IncidentOpened(Event):
    """Staff say that this visit is about somebody else than the person who stands there (取り違え)."""

    staff: str
    reason: str | None = None
    act: str | None = None


@dataclass(frozen=True)
class PauseAsked(Event):
    """Staff take the lane out of service between two visits, or put it back."""

    pause: bool
    staff: str
    reason: str | None = None
    act: str | None = None


# --- answers to effects -------------------------------------------------------------------------


@dataclass(frozen=True)
class CardRead(Answer):
    summary: CardSummary


@dataclass(frozen=True)
class PhotoRead(Answer):
    """The card-face application answered. `usable` is False where the card holds no photo."""

    holder: CardHolder
    usable: bool


@dataclass(frozen=True)
class FaceHinted(Answer):
    hint: FaceHint


@dataclass(frozen=True)
class FaceJudged(Answer):
    result: FaceResult


@dataclass(frozen=True)
class PinJudged(Answer):
    """`certificate` is that of a phone, which only a good PIN opens."""

    result: CredentialResult
    certificate: CertificateInfo | None = None


@dataclass(frozen=True)
class StaffCodeJudged(Answer):
    """Whose code it was; None for nobody's."""

    staff: str | None


@dataclass(frozen=True)
class EligibilityAnswered(Answer):
    """`last_share`: percent that the person of the answer paid at the last visit, where the facility's list is sure.
    `card_name`: the holder's name as the chip says it, where it could be read."""

    answer: EligibilityAnswer
    last_share: int | None = None
    card_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ConsentsRegistered(Answer):
    answer: EligibilityAnswer


@dataclass(frozen=True)
class CardRegistered(Answer):
    """First registration as health insurance card went through."""


@dataclass(frozen=True)
class HolderRead(Answer):
    """What the card says in words, and what the facility holds. None: not readable, nobody known."""

    attributes: CardAttributes | None = field(default=None, repr=False)
    held: HeldInsurance | None = field(default=None, repr=False)


@dataclass(frozen=True)
class FormKept(Answer):
    """The form is on paper or in its folder; not `printed`: it waits for the printer."""

    printed: bool


@dataclass(frozen=True)
class DocumentHinted(Answer):
    hint: DocumentHint


@dataclass(frozen=True)
class DocumentRead(Answer):
    reading: DocumentReading = field(repr=False)


@dataclass(frozen=True)
class HandedOver(Answer):
    file: str


@dataclass(frozen=True)
class EffectFailed(Answer):
    """Any slow effect that ended with a typed error. What the terminal says of its own error is for staff."""

    code: FailureCode
    terminal_code: str | None = None
    message: str | None = field(default=None, repr=False)


# --- the line, and modes of the facility --------------------------------------------------------


@dataclass(frozen=True)
class LineLost(Event):
    """The eligibility system does not answer any more, whoever asks."""

    code: FailureCode


@dataclass(frozen=True)
class LineBack(Event):
    """It answers again; `waiting` visits are looked up now."""

    waiting: int


@dataclass(frozen=True)
class ModeAsked(Event):
    """A member of staff asks for a mode (disaster, emergency, outage) or for its end. `may`: they have the right to
    declare it; one of the two who ask has to."""

    mode: str
    begin: bool
    staff: str
    reason: str | None = None
    may: bool = True
    act: str | None = None


@dataclass(frozen=True)
class ScreenReaderChanged(Event):
    """A screen reader was started on this kiosk, or ended: somebody is there who hears what others see."""

    on: bool


# --- time and power -----------------------------------------------------------------------------


@dataclass(frozen=True)
class TimerFired(Answer):
    pass


@dataclass(frozen=True)
class PowerBack(Event):
    """The program started after it had not been closed in good order; `unfinished` visits had been open."""

    unfinished: int


@dataclass(frozen=True)
class ProgramFailed(Event):
    """A defect of the program itself showed: nobody must be left before a screen that no longer answers."""


@dataclass(frozen=True)
class JournalFailed(Event):
    """The journal refused an entry; what cannot be recorded must not go on."""

    code: FailureCode


ALL_EVENTS: tuple[type[Event], ...] = (
    CardPresented,
    CardRemoved,
    ReaderLost,
    ReaderReturned,
    ReadingArrived,
    ReadingSetAside,
    ForeignReadings,
    FaceFolderLost,
    FaceFolderBack,
    AnswersLate,
    Tapped,
    Rehearsed,
    PinEntered,
    CodeEntered,
    FormWritten,
    SignatureDrawn,
    StaffActed,
    CallAnswered,
    SentBack,
    IncidentOpened,
    PauseAsked,
    CardRead,
    PhotoRead,
    FaceHinted,
    FaceJudged,
    PinJudged,
    StaffCodeJudged,
    EligibilityAnswered,
    ConsentsRegistered,
    CardRegistered,
    HolderRead,
    FormKept,
    DocumentHinted,
    DocumentRead,
    HandedOver,
    EffectFailed,
    LineLost,
    LineBack,
    ScreenReaderChanged,
    ModeAsked,
    TimerFired,
    PowerBack,
    JournalFailed,
    ProgramFailed,
)
