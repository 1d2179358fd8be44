"""The states of the reception. Each holds only what it needs: personal data go away by leaving a state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.card import CardHolder, CardSummary
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility, IdentityMethod, Outcome
from kiosk.flow.fallback import Fallback
from kiosk.flow.settings import FlowSettings
from kiosk.ports.face import FaceHint

NO_CARD = -1  # the insertion of a visit that began without a card: no card that comes later is its own


@dataclass(frozen=True)
class ModeRequest:
    """One member of staff asked for a mode, or for its end; somebody else has to ask for the same."""

    mode: str
    begin: bool
    staff: str
    at: datetime
    may: bool = True  # whether they have the right to declare it


@dataclass(frozen=True)
class Lane:
    """What outlives a visit: nothing about a person."""

    settings: FlowSettings = field(default_factory=FlowSettings)
    prefix: str = "visit"  # unique for each start of the program
    visits: int = 0
    tickets: int = 0
    card: int | None = None  # insertion on the reader now
    readings: tuple[int, ...] = ()  # of a certified reader, waiting for the present visit to end
    face_folder_gone: bool = False
    foreign_readings: int = 0  # of another institution, which lie in the folder
    reader_gone: bool = False  # lost and not yet back, whatever the screen shows
    language: str = "ja"
    voice_on: bool = False
    voice_volume: int = 70  # per cent
    voice_repeats: int = 0  # how often somebody asked to hear it again
    screen_reader: bool = False  # runs on this kiosk
    text_size: int = 100  # per cent
    palette: str = "light"
    low: bool = False  # controls within reach of somebody seated
    code_failures: int = 0  # wrong staff codes in a row, whoever's visit it was
    code_rests_until: datetime | None = None
    line_down: bool = False
    outage_declared: bool = False  # staff said so: nobody waits for the line, whatever it does
    mode_request: ModeRequest | None = None
    paused: bool = False  # by staff: the visit that runs is finished, no other begins
    answered_by: str | None = None  # who is on the way to this step's call

    def for_next_person(self) -> Lane:
        settings = self.settings
        return replace(
            self,
            language=settings.default_language,
            voice_on=settings.voice,
            voice_volume=settings.voice_volume,
            text_size=settings.text_size,
            palette=settings.palette,
            low=settings.low,
        )

    def with_ticket(self) -> tuple[Lane, int]:
        return replace(self, tickets=self.tickets + 1), self.tickets + 1


@dataclass(frozen=True)
class Visit:
    """One patient's visit so far."""

    id: str
    insertion: int | None = None  # None after the reader was lost: the same card gets a new number
    beside: int | None = None  # a card that could not be used and lay there when a visit without one began
    summary: CardSummary | None = None
    holder: CardHolder | None = None
    card_name: str | None = field(default=None, repr=False)  # of the holder, from the chip's text
    photo: bool = False
    on: date = date.min  # the day it began: its rules hold to the end
    face_attempts: int = 0
    face_spent: float = 0.0  # seconds of the face stage so far
    face_since: datetime | None = None  # since when the face stage runs
    pin_tries: int | None = None
    identity: IdentityMethod = IdentityMethod.NONE
    staff: str | None = None
    staff_reason: str | None = None  # why they looked at the person themselves
    query_ticket: int | None = None
    query_attempts: int = 0
    answer: EligibilityAnswer | None = None
    last_share: int | None = None  # percent at the last visit of the person whom the answer names
    result: int | None = None  # ticket of the effect whose answer, and file, was compared with the card
    phone: bool = False  # a smartphone lies there in place of the card
    by_device: bool = False  # a certified reader did card and identity; this kiosk has seen neither
    cleared: tuple[str, ...] = ()  # reasons to call staff (message ids) that a person has settled
    decided_by: str | None = None  # row of the decision table under which staff chose among several people
    consents: tuple[str, ...] | None = None  # None: not asked yet
    consented_at: datetime | None = None
    consents_until: datetime | None = None  # the end of viewing, as far as anything is consented
    prescription: str | None = None  # electronic | paper; None: not asked yet; empty: no answer
    terminal_error: tuple[str, str] | None = None  # code and words of the terminal, for staff
    registration_offered: bool = False
    fallback: Fallback | None = None  # once another way is gone
    alerts: tuple[str, ...] = ()

    def is_of(self, insertion: int) -> bool:
        """As far as the reader can tell: whether the visit began with this card."""
        return self.insertion is None or self.insertion == insertion

    def has_card_on(self, lane: Lane) -> bool:
        return lane.card is not None and self.is_of(lane.card)

    @property
    def to_take(self) -> int | None:
        """The card that has to be taken from the reader when the visit is over; None: whichever lies there."""
        return self.insertion if self.beside is None else self.beside

    def waited_for_on(self, lane: Lane) -> bool:
        """Whether somebody else's card lies on the reader and is read as soon as this visit leaves it."""
        return lane.card is not None and lane.card != self.beside and not self.is_of(lane.card)

    def alert(self, *names: str) -> Visit:
        new = tuple(n for n in names if n not in self.alerts)
        return replace(self, alerts=self.alerts + new) if new else self


@dataclass(frozen=True)
class State:
    """Base. `timer` is the ticket of the running timer, if any."""

    lane: Lane
    timer: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Idle(State):
    """Waits for a card. `after_power_cut` shows that an earlier reception did not finish."""

    after_power_cut: bool = False


@dataclass(frozen=True)
class AwaitingPhone(State):
    """Somebody wants to be received with their smartphone: it is asked for."""


@dataclass(frozen=True)
class OutOfService(State):
    """No reader, or the journal cannot be written. `visit_id`: the closed visit whose card may still lie there."""

    code: FailureCode
    visit_id: str = ""


@dataclass(frozen=True)
class VisitState(State):
    """Base of every state that belongs to a patient."""

    visit: Visit


@dataclass(frozen=True)
class CardStage(VisitState):
    """Base of the states in which taking the card ends the visit: the bearer is not yet confirmed."""


@dataclass(frozen=True)
class ReadingCard(CardStage):
    ticket: int


@dataclass(frozen=True)
class ReadingPhoto(CardStage):
    ticket: int


@dataclass(frozen=True)
class CheckingFace(CardStage):
    """An attempt runs. `retry` says why there was one before."""

    ticket: int
    hint: FaceHint | None = None
    retry: bool = False


@dataclass(frozen=True)
class PausingFace(CardStage):
    """Between two attempts: time to read what to change. `why` is a message id."""

    hint: FaceHint | None = None
    why: str = "face.retry"


@dataclass(frozen=True)
class ChoosingMethod(CardStage):
    """The person picks how to be confirmed. `why` is a message id, or None when nothing went wrong."""

    why: str | None = None
    staff_wanted: bool = False


@dataclass(frozen=True)
class ConfirmingLastTry(CardStage):
    """One PIN try is left: a second, explicit yes is needed."""


@dataclass(frozen=True)
class EnteringPin(CardStage):
    wrong: bool = False
    last_try_confirmed: bool = False


@dataclass(frozen=True)
class VerifyingPin(CardStage):
    ticket: int


@dataclass(frozen=True)
class AwaitingVisualCheck(CardStage):
    """A member of staff has been called for a visual check (目視確認).

    `resume` is the device work that was going on: it goes on underneath, because a card must never be asked two
    things at once and the answer to a PIN must never be lost.
    """

    resume: State | None = None


@dataclass(frozen=True)
class EnteringStaffCode(CardStage):
    """A member of staff signs in at the patient's screen for this one check. `resting`: too many wrong codes."""

    refused: bool = False
    resting: bool = False


@dataclass(frozen=True)
class CheckingStaffCode(CardStage):
    ticket: int


@dataclass(frozen=True)
class DecidingVisually(CardStage):
    """This member of staff compares the person with the photo and says why, or refuses.

    `ticket` is that of the camera picture, None where the card gave no photo to compare it with.
    """

    staff: str
    ticket: int | None = None
    camera_gone: bool = False


class ProblemKind(StrEnum):
    NOT_THIS_CARD = "not_myna"
    NO_CHIP = "no_chip"
    REMOVED_EARLY = "removed_early"
    READER_BACK = "reader_back"  # nothing wrong with the card: it lay there when the reader hung


@dataclass(frozen=True)
class CardProblem(State):
    """The visit is closed; the person is told what to do with the card. `left`: it still lies there long after."""

    kind: ProblemKind
    left: bool = False


@dataclass(frozen=True)
class ConfirmedStage(VisitState):
    """Base of the states after the bearer was confirmed: the card may be taken."""


@dataclass(frozen=True)
class Registering(ConfirmedStage):
    """First registration as health insurance card (健康保険証利用の申込) is offered."""


@dataclass(frozen=True)
class AwaitingRegistration(ConfirmedStage):
    ticket: int


@dataclass(frozen=True)
class Consenting(ConfirmedStage):
    """Consent to all, to none, or item by item; the eligibility query runs meanwhile."""


@dataclass(frozen=True)
class ChoosingConsents(ConfirmedStage):
    """Item by item, a few on a screen; `page` counts from 0."""

    chosen: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True)
class AwaitingEligibility(ConfirmedStage):
    """Consents are known; the answer is not."""


@dataclass(frozen=True)
class ChoosingPrescription(ConfirmedStage):
    """The form of a prescription (処方箋発行形態), where the facility has it asked here. None is pre-selected."""


@dataclass(frozen=True)
class RegisteringConsents(ConfirmedStage):
    """`withdrawn`: what had been consented and is taken back now."""

    ticket: int
    outcome: Outcome
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShowingResult(ConfirmedStage):
    outcome: Outcome
    shown_at: datetime
    confirmed: bool = False  # the patient said "this is me": the name may be shown


@dataclass(frozen=True)
class HandingOver(State):
    """The result file is on its way to the レセコン; nothing personal is held any more."""

    visit_id: str
    outcome: Outcome
    ticket: int
    result: int | None  # as in the visit
    insertion: int | None = None  # as in the visit


@dataclass(frozen=True)
class HandOverFailed(State):
    """The result could not be given to the レセコン. The visit is with the staff; the hand-over is tried again."""

    visit_id: str
    outcome: Outcome
    ticket: int
    result: int | None
    code: FailureCode
    insertion: int | None = None


@dataclass(frozen=True)
class TakingCard(State):
    """The visit is closed; the card still lies there. `why` is the message id that says how it ended."""

    visit_id: str
    why: str = "finish.done"


@dataclass(frozen=True)
class CardForgotten(State):
    """Nobody took the card: alarm for the patient, call for staff."""

    visit_id: str
    why: str = "finish.done"


@dataclass(frozen=True)
class Finished(State):
    """The card is taken. Says goodbye for a few seconds; a new card may come at any time."""

    why: str = "finish.done"


@dataclass(frozen=True)
class FallingBack(VisitState):
    """Confirmation failed: another way is offered at once. `cause` is a message id."""

    cause: str
    eligibility: Eligibility = Eligibility.UNCONFIRMED


@dataclass(frozen=True)
class AwaitingStaff(VisitState):
    """A person comes; the visit is prepared for them. `reason` is a message id."""

    reason: str
    eligibility: Eligibility = Eligibility.UNCONFIRMED
    decision: str | None = None
    claim_route: str | None = None


@dataclass(frozen=True)
class StaffCalled(VisitState):
    """The patient pressed "ask staff" in the middle of `resume`, to which "back" returns."""

    resume: State


@dataclass(frozen=True)
class StaffCalledAtIdle(State):
    """Somebody without a visit pressed "ask staff"."""

    resume: State | None = None


@dataclass(frozen=True)
class AskingMoreTime(VisitState):
    """Nothing was pressed for a while: is the person still there? `resume` goes on meanwhile."""

    resume: State


BASE_STATES: tuple[type[State], ...] = (
    Idle,
    AwaitingPhone,
    OutOfService,
    ReadingCard,
    ReadingPhoto,
    CheckingFace,
    PausingFace,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    VerifyingPin,
    AwaitingVisualCheck,
    EnteringStaffCode,
    CheckingStaffCode,
    DecidingVisually,
    CardProblem,
    Registering,
    AwaitingRegistration,
    Consenting,
    ChoosingConsents,
    AwaitingEligibility,
    ChoosingPrescription,
    RegisteringConsents,
    ShowingResult,
    HandingOver,
    HandOverFailed,
    TakingCard,
    CardForgotten,
    Finished,
    FallingBack,
    AwaitingStaff,
    StaffCalled,
    StaffCalledAtIdle,
    AskingMoreTime,
)
