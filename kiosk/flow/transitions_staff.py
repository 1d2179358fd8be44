"""Calls for staff, what staff do, languages, and the patience with a person who does nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.flow.closing import outcome_of
from kiosk.flow.confirmed import CONFIRMED, identity_confirmed, start_query
from kiosk.flow.events import (
    CardPresented,
    CardRead,
    CardRegistered,
    CardRemoved,
    ConsentsRegistered,
    DocumentHinted,
    DocumentRead,
    EffectFailed,
    EligibilityAnswered,
    Event,
    FaceHinted,
    FaceJudged,
    FormKept,
    HandedOver,
    HolderRead,
    PhotoRead,
    PinJudged,
    ReaderLost,
    StaffActed,
    Tapped,
    TimerFired,
)
from kiosk.flow.fallback_seams import ONWARD, accept_visit, go_on
from kiosk.flow.staff_choice import chosen, consent_withdrawn
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingEligibility,
    AwaitingStaff,
    AwaitingVisualCheck,
    CardForgotten,
    CardProblem,
    CardStage,
    ChoosingConsents,
    ChoosingMethod,
    ChoosingPrescription,
    ConfirmedStage,
    ConfirmingLastTry,
    Consenting,
    EnteringPin,
    FallingBack,
    Finished,
    HandingOver,
    HandOverFailed,
    Idle,
    OutOfService,
    ReadingCard,
    ReadingPhoto,
    Registering,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    StaffCalledAtIdle,
    State,
    TakingCard,
    VerifyingPin,
    Visit,
    VisitState,
)
from kiosk.flow.states_documents import FallbackStage
from kiosk.flow.states_form import FillingForm, FormStage, ReviewingForm, Signing
from kiosk.flow.table import Move, find_row, go, on, stay
from kiosk.flow.transitions_card import stop_face
from kiosk.flow.transitions_eligibility import WITHOUT_FORM, without_form
from kiosk.flow.transitions_end import CARD_BACK, card_back
from kiosk.flow.transitions_face import back_from_visual_check

# --- languages ----------------------------------------------------------------------------------


@on(State, Tapped, State, control="language.")
def language_chosen(state: State, event: Tapped) -> Move:
    code = event.control.partition(".")[2]
    if code not in state.lane.settings.languages:
        return stay(state)
    return with_lane(state, language=code)


@on(State, Tapped, State, control="voice")
def voice_switched(state: State, _event: Tapped) -> Move:
    return with_lane(state, voice_on=not state.lane.voice_on)


def with_lane(state: State, **changes: Any) -> Move:
    """The same step of the visit, in another language, voice or look."""
    lane = replace(state.lane, **changes)
    changed = replace(state, lane=lane)
    if isinstance(changed, AskingMoreTime | StaffCalled):
        changed = replace(changed, resume=replace(changed.resume, lane=lane))
    # On the start screen the choice must not outlive the person who made it: its timer starts.
    return go(changed) if isinstance(state, Idle) else stay(changed)


# --- calls for staff ----------------------------------------------------------------------------


@on(Idle, Tapped, StaffCalledAtIdle, control="staff")
@on(CardProblem, Tapped, StaffCalledAtIdle, control="staff")
@on(OutOfService, Tapped, StaffCalledAtIdle, control="staff")
@on(TakingCard, Tapped, StaffCalledAtIdle, control="staff")
@on(CardForgotten, Tapped, StaffCalledAtIdle, control="staff")
@on(Finished, Tapped, StaffCalledAtIdle, control="staff")
def staff_called_without_visit(state: State, _event: Tapped) -> Move:
    return go(StaffCalledAtIdle(state.lane, resume=state))


@on(StaffCalledAtIdle, Tapped, State, control="back")
@on(StaffCalledAtIdle, TimerFired, State)
def staff_call_over(state: StaffCalledAtIdle, event: Event) -> Move:
    """Who goes back goes on in their language; when nobody does, the next person finds the facility's."""
    resume = state.resume
    if isinstance(resume, TakingCard | CardForgotten):
        return card_back(state, event.at, resume.visit_id, resume.why, state.lane.card)
    if isinstance(resume, OutOfService) or (isinstance(resume, CardProblem) and state.lane.card is not None):
        return go(replace(resume, lane=state.lane))
    return go(Idle(state.lane.for_next_person() if isinstance(event, TimerFired) else state.lane))


@on(StaffCalledAtIdle, StaffActed, State)
def staff_came(state: StaffCalledAtIdle, event: StaffActed) -> Move:
    return staff_call_over(state, event) if event.action == "cancel" else stay(state)


@on(ConfirmedStage, Tapped, StaffCalled, control="staff")
@on(FallingBack, Tapped, StaffCalled, control="staff")
@on(FormStage, Tapped, StaffCalled, control="staff")
def staff_called(state: VisitState, _event: Tapped) -> Move:
    return go(StaffCalled(state.lane, state.visit.alert("staff_called"), resume=state))


@on(StaffCalled, Tapped, State, control="back")
def staff_call_taken_back(state: StaffCalled, _event: Tapped) -> Move:
    return _resumed(state)


@on(StaffCalled, TimerFired, AwaitingStaff)
def staff_did_not_come(state: StaffCalled, _event: TimerFired) -> Move:
    return go(_with_staff(state, state.visit))


def _with_staff(state: VisitState, visit: Visit) -> AwaitingStaff:
    """The visit as it stands, with what is already known about the eligibility."""
    outcome = outcome_of(state)
    known = outcome.eligibility if outcome else Eligibility.UNCONFIRMED
    return AwaitingStaff(state.lane, visit, "staff.need.called", known)


@on(AskingMoreTime, Tapped, AwaitingVisualCheck, StaffCalled, control="staff")
def staff_called_late(state: AskingMoreTime, event: Tapped) -> Move:
    return _forwarded(state, event)


# --- what staff do ------------------------------------------------------------------------------


@on(CardStage, StaffActed, *CONFIRMED, *ONWARD)
@on(
    AwaitingVisualCheck,
    StaffActed,
    *(*CONFIRMED, *ONWARD),
    *(ChoosingMethod, ReadingCard, ReadingPhoto, VerifyingPin),
)
def staff_acted_before_confirmation(state: CardStage, event: StaffActed) -> Move:
    stop = stop_face(state)
    if event.action == "visual_check" and state.visit.summary is not None:
        move = identity_confirmed(state.lane, _looked_at(state.visit, event), IdentityMethod.VISUAL, event.at)
        return Move(move.state, (*stop, *move.effects))
    if event.action in ("refuse", "take_over"):
        visit = replace(state.visit, staff=event.staff).alert(f"staff_{event.action}")
        return go(_with_staff(state, visit), *stop)
    if event.action == "accept":
        move = accept_visit(state, event)
        return Move(move.state, (*stop, *move.effects), stays=move.stays)
    if event.action == "cancel" and isinstance(state, AwaitingVisualCheck):
        return back_from_visual_check(state, event)
    return stay(state)


def _looked_at(visit: Visit, event: StaffActed) -> Visit:
    """A visual check names who and why."""
    reason = event.reason or ("face_failed" if visit.face_attempts else "asked")
    return replace(visit, staff=event.staff, staff_reason=reason)


@on(ConfirmedStage, StaffActed, ChoosingPrescription, RegisteringConsents, ShowingResult, *ONWARD)
@on(FallingBack, StaffActed, AwaitingEligibility, *ONWARD)
@on(StaffCalled, StaffActed, State, *ONWARD)
@on(FormStage, StaffActed, *ONWARD)
def staff_acted_later(state: VisitState, event: StaffActed) -> Move:
    if event.action == "take_over":
        return taken_over(state, event)
    if event.action == "accept":
        return accept_visit(state, event)
    if event.action == "withdraw_consent" and isinstance(state, ConfirmedStage):
        return consent_withdrawn(state, event)
    if event.action == "requery" and isinstance(state, FallingBack):
        return _asked_again(state, event)
    if event.action == "cancel" and isinstance(state, StaffCalled):
        return _resumed(state)
    return stay(state)


def taken_over(state: VisitState, event: StaffActed) -> Move:
    """Staff go on with the visit at the counter; any other act changes nothing."""
    if event.action != "take_over":
        return stay(state)
    return go(_with_staff(state, replace(state.visit, staff=event.staff).alert("staff_take_over")))


@on(
    AwaitingStaff,
    StaffActed,
    *(*CARD_BACK, *CONFIRMED, *ONWARD),
    *(AwaitingEligibility, ChoosingPrescription, ShowingResult, HandingOver, RegisteringConsents),
)
def staff_acted_on_their_visit(state: AwaitingStaff, event: StaffActed) -> Move:
    visit = state.visit
    if state.reason == "staff.need.incident" and event.action != "cancel":
        return stay(state)  # whose visit this is, nobody knows any more
    if event.action == "choose":
        return chosen(state, event)
    if event.action == "withdraw_consent":
        return consent_withdrawn(state, event)
    if event.action == "visual_check" and visit.identity is IdentityMethod.NONE and visit.summary is not None:
        return identity_confirmed(state.lane, _looked_at(visit, event), IdentityMethod.VISUAL, event.at)
    if event.action == "visual_check" and visit.identity is IdentityMethod.NONE and visit.fallback is not None:
        return go_on(state.lane, replace(_looked_at(visit, event), identity=IdentityMethod.VISUAL), event.at)
    if event.action == "accept":
        return accept_visit(state, event)
    if event.action == "requery":
        return _asked_again(state, event)
    if event.action == "cancel":
        return card_back(state, event.at, visit.id, "finish.counter", visit.to_take)
    return stay(state)


@on(HandOverFailed, StaffActed, *CARD_BACK)
def staff_acted_on_failed_hand_over(state: HandOverFailed, event: StaffActed) -> Move:
    if event.action == "cancel":
        return card_back(state, event.at, state.visit_id, "finish.counter", state.insertion)
    return stay(state)


@on(AskingMoreTime, StaffActed, State)
def staff_acted_late(state: AskingMoreTime, event: StaffActed) -> Move:
    return _forwarded(state, event)


def _asked_again(state: FallingBack | AwaitingStaff, event: StaffActed) -> Move:
    """Only for a person who was confirmed: staff may repeat the question, not skip the one before it."""
    visit = replace(state.visit, staff=event.staff, query_attempts=0)
    nobody = visit.identity is IdentityMethod.NONE
    started = None if nobody else start_query(state.lane, visit, event.at, insist=True)
    if started is None:
        return stay(state)
    lane, visit, query = started
    return go(AwaitingEligibility(lane, replace(visit, consents=visit.consents or ())), query)


# --- patience -----------------------------------------------------------------------------------


@on(ChoosingMethod, TimerFired, AskingMoreTime)
@on(ConfirmingLastTry, TimerFired, AskingMoreTime)
@on(EnteringPin, TimerFired, AskingMoreTime)
@on(Registering, TimerFired, AskingMoreTime)
@on(Consenting, TimerFired, AskingMoreTime)
@on(ChoosingConsents, TimerFired, AskingMoreTime)
@on(ChoosingPrescription, TimerFired, AskingMoreTime)
@on(FallingBack, TimerFired, AskingMoreTime)
@on(FillingForm, TimerFired, AskingMoreTime)
@on(ReviewingForm, TimerFired, AskingMoreTime)
@on(Signing, TimerFired, AskingMoreTime)
def patience_over(state: VisitState, _event: TimerFired) -> Move:
    return go(AskingMoreTime(state.lane, state.visit, resume=state))


@on(AskingMoreTime, Tapped, State, control="extend.yes")
@on(AskingMoreTime, Tapped, State, control="back")
def more_time(state: AskingMoreTime, _event: Tapped) -> Move:
    return _resumed(state)


@on(AskingMoreTime, TimerFired, *CARD_BACK, *WITHOUT_FORM, Idle)
def nobody_there(state: AskingMoreTime, event: TimerFired) -> Move:
    """The person went away. What staff already know of stays with the staff; the rest is given up."""
    if isinstance(state.resume, FallingBack | FormStage | FallbackStage):
        visit = state.visit.alert("patient_left")
        return go(AwaitingStaff(state.lane, visit, "staff.need.documents", state.resume.eligibility))
    if isinstance(state.resume, ChoosingPrescription):
        return without_form(replace(state.resume, lane=state.lane, visit=state.visit), event.at)
    if state.lane.card is not None:
        return card_back(state, event.at, state.visit.id, "finish.stopped", state.visit.to_take)
    return go(Idle(state.lane))


@on(AwaitingStaff, TimerFired, Idle)
def patient_left_for_the_counter(state: AwaitingStaff, _event: TimerFired) -> Move:
    """The card is gone and so is its holder: the visit stays with the staff, the screen becomes free."""
    return go(Idle(state.lane))


_FORWARDED: tuple[type[Event], ...] = (
    CardRead,
    PhotoRead,
    FaceHinted,
    FaceJudged,
    PinJudged,
    EligibilityAnswered,
    ConsentsRegistered,
    CardRegistered,
    FormKept,
    HolderRead,
    DocumentHinted,
    DocumentRead,
    HandedOver,
    EffectFailed,
    CardPresented,
    CardRemoved,
    ReaderLost,
)


def _forwarded(state: AskingMoreTime | StaffCalled, event: Event) -> Move:
    """Let the state underneath answer. Where it moves on, so does the screen; else the question stays."""
    inner = replace(state.resume, lane=state.lane)
    row = find_row(inner, event)
    if row is None:
        return stay(state)
    move = row.handler(inner, event)
    if move.state is inner and not move.effects:
        return stay(state)
    if isinstance(move.state, AskingMoreTime):
        # The person is asked already, or staff are on their way: neither begins anew.
        return stay(replace(state, resume=move.state.resume, lane=move.state.lane))
    if type(move.state) is type(inner):
        visit = move.state.visit if isinstance(move.state, VisitState) else state.visit
        return stay(replace(state, resume=move.state, lane=move.state.lane, visit=visit), *move.effects)
    return move


for _event_type in _FORWARDED:
    for _wrapper in (AskingMoreTime, StaffCalled):
        on(_wrapper, _event_type, State)(_forwarded)


def _resumed(state: AskingMoreTime | StaffCalled) -> Move:
    resumed = replace(state.resume, lane=state.lane)
    if isinstance(resumed, VisitState):
        resumed = replace(resumed, visit=state.visit)
    return go(resumed)
