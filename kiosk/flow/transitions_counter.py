"""What staff do from the console beside deciding about a visit: calls answered, a step back, incidents, a pause."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.flow.events import CallAnswered, IncidentOpened, PauseAsked, SentBack, Tapped
from kiosk.flow.outage import MODES, OUTAGE
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingStaff,
    AwaitingVisualCheck,
    CardForgotten,
    CardStage,
    CheckingFace,
    CheckingStaffCode,
    ChoosingConsents,
    ChoosingMethod,
    ChoosingPrescription,
    ConfirmedStage,
    ConfirmingLastTry,
    Consenting,
    DecidingVisually,
    EnteringPin,
    EnteringStaffCode,
    FallingBack,
    HandOverFailed,
    Idle,
    OutOfService,
    PausingFace,
    ReadingCard,
    ReadingPhoto,
    StaffCalled,
    StaffCalledAtIdle,
    State,
    TakingCard,
    VerifyingPin,
    Visit,
    VisitState,
)
from kiosk.flow.states_documents import FallbackStage
from kiosk.flow.states_form import FormStage
from kiosk.flow.table import Move, closed_lane, find_row, go, on, stay
from kiosk.flow.transitions_card import stop_face
from kiosk.flow.transitions_end import CARD_BACK, card_back
from kiosk.flow.transitions_face import back_from_visual_check

INCIDENT = "staff.need.incident"
"""The reason of a visit that staff stopped: nothing more comes of it at this screen."""

UNDECIDED = frozenset(("staff.need.called", "staff.need.documents", "staff.need.reading"))
"""Reasons for which a visit lies with the staff without an answer that decided anything: the patient may go on."""

PAUSED = "paused"

# --- calls ----------------------------------------------------------------------------------------


@on(AwaitingVisualCheck, CallAnswered)
@on(AwaitingStaff, CallAnswered)
@on(HandOverFailed, CallAnswered)
@on(CardForgotten, CallAnswered)
@on(OutOfService, CallAnswered)
def call_answered(state: State, event: CallAnswered) -> Move:
    return stay(replace(state, lane=replace(state.lane, answered_by=event.staff)))


@on(StaffCalled, CallAnswered, StaffCalled)
@on(StaffCalledAtIdle, CallAnswered, StaffCalledAtIdle)
def call_answered_in_time(state: State, event: CallAnswered) -> Move:
    """Whoever knows that somebody comes has all the patience of the screen again."""
    if state.lane.answered_by == event.staff:
        return stay(state)
    return go(replace(state, lane=replace(state.lane, answered_by=event.staff)))


# --- one step back --------------------------------------------------------------------------------


@on(CheckingFace, SentBack, ChoosingMethod)
@on(PausingFace, SentBack, ChoosingMethod)
@on(EnteringPin, SentBack, ChoosingMethod)
@on(ConfirmingLastTry, SentBack, ChoosingMethod)
def back_to_the_choice(state: CardStage, _event: SentBack) -> Move:
    return go(ChoosingMethod(state.lane, state.visit), *stop_face(state))


@on(AwaitingVisualCheck, SentBack, ChoosingMethod, ReadingCard, ReadingPhoto, VerifyingPin)
def back_from_the_check(state: AwaitingVisualCheck, event: SentBack) -> Move:
    return back_from_visual_check(state, event)


@on(EnteringStaffCode, SentBack, AwaitingVisualCheck)
@on(CheckingStaffCode, SentBack, AwaitingVisualCheck)
@on(DecidingVisually, SentBack, AwaitingVisualCheck)
def back_from_the_pad(state: CardStage, _event: SentBack) -> Move:
    return go(AwaitingVisualCheck(state.lane, state.visit))


@on(ChoosingConsents, SentBack, Consenting)
def back_to_the_consents(state: VisitState, _event: SentBack) -> Move:
    """The patient is asked anew: nothing that was said before counts as their answer."""
    visit = replace(state.visit, consents=None, consented_at=None, prescription=None)
    return go(Consenting(state.lane, visit))


@on(ChoosingPrescription, SentBack, Consenting)
@on(FallbackStage, SentBack, State)
@on(FormStage, SentBack, State)
@on(StaffCalled, SentBack, State)
@on(AskingMoreTime, SentBack, State)
def back_as_the_patient(state: VisitState, event: SentBack) -> Move:
    """As the patient's own "back"; where there is none, nothing happens."""
    tap = Tapped(event.at, "back")
    row = find_row(state, tap)
    return stay(state) if row is None else row.handler(state, tap)


@on(AwaitingStaff, SentBack, ChoosingMethod, FallingBack)
def back_to_the_patient(state: AwaitingStaff, _event: SentBack) -> Move:
    """A visit that nothing was decided about goes on at the screen, while the card is there or was confirmed."""
    visit = state.visit
    if state.reason not in UNDECIDED or visit.answer is not None or visit.by_device:
        return stay(state)
    if visit.identity is not IdentityMethod.NONE or visit.fallback is not None:
        cause = visit.fallback.cause if visit.fallback else "fallback.reassure"
        return go(FallingBack(state.lane, visit, cause, state.eligibility))
    if visit.summary is None or not visit.has_card_on(state.lane):
        return stay(state)
    return go(ChoosingMethod(state.lane, visit))


# --- incidents ------------------------------------------------------------------------------------


@on(CardStage, IncidentOpened, AwaitingStaff)
@on(ConfirmedStage, IncidentOpened, AwaitingStaff)
@on(FallbackStage, IncidentOpened, AwaitingStaff)
@on(FormStage, IncidentOpened, AwaitingStaff)
@on(FallingBack, IncidentOpened, AwaitingStaff)
@on(AwaitingStaff, IncidentOpened, AwaitingStaff)
@on(StaffCalled, IncidentOpened, AwaitingStaff)
@on(AskingMoreTime, IncidentOpened, AwaitingStaff)
def incident_opened(state: VisitState, event: IncidentOpened) -> Move:
    """The screen is cleared at once, nothing goes to the レセコン, and nothing of the answer is kept."""
    if isinstance(state, AwaitingStaff) and state.reason == INCIDENT:
        return stay(state)
    visit = replace(_cleared(state.visit), staff=event.staff).alert("wrong_person")
    return go(AwaitingStaff(state.lane, visit, INCIDENT, Eligibility.UNCONFIRMED), *stop_face(state))


@on(HandOverFailed, IncidentOpened, *CARD_BACK)
def incident_at_the_hand_over(state: HandOverFailed, event: IncidentOpened) -> Move:
    """What could not be handed over yet is not handed over at all."""
    outcome = replace(state.outcome, alerts=(*state.outcome.alerts, "wrong_person"))
    return replace(card_back(state, event.at, state.visit_id, "finish.counter", state.insertion), outcome=outcome)


def _cleared(visit: Visit) -> Visit:
    return replace(visit, answer=None, last_share=None, result=None, fallback=None, query_ticket=None)


# --- a pause --------------------------------------------------------------------------------------


@on(State, PauseAsked, OutOfService, Idle, TakingCard)
def pause_asked(state: State, event: PauseAsked) -> Move:
    """A visit that runs is finished first: `step` lets no other begin."""
    if state.lane.paused == event.pause:
        return stay(state)
    changed = replace(state, lane=replace(state.lane, paused=event.pause))
    resting = isinstance(state, OutOfService) and state.code is FailureCode.LANE_PAUSED
    return go(changed) if isinstance(state, Idle) or resting else stay(changed)


def held_state(state: Idle, held: Collection[str]) -> State:
    """The start screen of a lane on which staff had switched these on before it was started: `paused`, and modes."""
    flags = {flag for mode, flag in MODES.items() if mode in held}
    settings = replace(state.lane.settings, flags=state.lane.settings.flags | flags)
    lane = replace(state.lane, settings=settings, paused=PAUSED in held, outage_declared=OUTAGE in held)
    return closed_lane(replace(state, lane=lane), ())[0]


def words_after(held: frozenset[str], lane: str, entries: Iterable[tuple[str, Mapping[str, object]]]) -> frozenset[str]:
    """What is switched on at a lane after these entries of the journal (event, fields). Modes are the facility's."""
    for event, fields in entries:
        if event == "mode.switched":
            word = {str(fields["mode"])}
            held = held | word if fields["on"] else held - word
        elif event in ("lane.paused", "lane.resumed") and fields["lane"] == lane:
            held = held | {PAUSED} if event == "lane.paused" else held - {PAUSED}
    return held
