"""How a visit ends, derived from leaving its states: nobody can forget to close or to wipe one."""

from __future__ import annotations

from kiosk.domain.outcome import Eligibility, IdentityMethod, Outcome, Status
from kiosk.flow.deciding import decided
from kiosk.flow.effects import CloseVisit, Effect, ForgetVisit
from kiosk.flow.prescription import form_of
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingStaff,
    AwaitingVisualCheck,
    CheckingStaffCode,
    ChoosingMethod,
    DecidingVisually,
    EnteringStaffCode,
    FallingBack,
    HandingOver,
    HandOverFailed,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    State,
    VisitState,
)
from kiosk.flow.states_form import FormStage


def visit_id_of(state: State) -> str | None:
    if isinstance(state, VisitState):
        return state.visit.id
    if isinstance(state, HandingOver | HandOverFailed):
        return state.visit_id
    return None


def outcome_of(state: State) -> Outcome | None:
    """The outcome if the visit ended here. None where there is no visit."""
    if isinstance(state, HandingOver | HandOverFailed):
        return state.outcome
    if not isinstance(state, VisitState):
        return None
    visit = state.visit
    eligibility = visit.answer.eligibility if visit.answer else Eligibility.UNCONFIRMED
    decision: str | None = None
    route: str | None = None
    visual = AwaitingVisualCheck | EnteringStaffCode | CheckingStaffCode | DecidingVisually
    with_staff = isinstance(state, visual | StaffCalled) or (isinstance(state, ChoosingMethod) and state.staff_wanted)
    if isinstance(state, AwaitingStaff | FallingBack):
        with_staff = True
        eligibility = state.eligibility
    if isinstance(state, FallingBack) and visit.identity is not IdentityMethod.NONE:
        stands = decided(visit, eligibility, None, visit.on, state.lane.settings)
        decision = stands.id if stands else None
    if isinstance(state, AwaitingStaff):
        decision, route = state.decision, state.claim_route
    if isinstance(state, AskingMoreTime | StaffCalled) and (inner := outcome_of(state.resume)) is not None:
        with_staff = with_staff or inner.status is Status.HANDED_TO_STAFF
        eligibility, decision, route = inner.eligibility, inner.decision, inner.claim_route
    if isinstance(state, FormStage):
        with_staff, eligibility = True, state.eligibility
    if isinstance(state, RegisteringConsents | ShowingResult):
        return state.outcome
    if visit.fallback is not None:
        with_staff, eligibility = True, visit.fallback.eligibility
        decision = visit.fallback.decision or decision
    return Outcome(
        status=Status.HANDED_TO_STAFF if with_staff else Status.ABANDONED,
        identity=visit.identity,
        eligibility=eligibility,
        consents=visit.consents or (),
        claim_route=route,
        decision=decision,
        alerts=visit.alerts,
        prescription=form_of(visit, state.lane.settings),
    )


def closing_effects(old: State, new: State, outcome: Outcome | None = None) -> tuple[Effect, ...]:
    """Close and forget the visit of `old` when `new` no longer belongs to it."""
    old_id, new_id = visit_id_of(old), visit_id_of(new)
    if old_id is None or old_id == new_id:
        return ()
    outcome = outcome or outcome_of(old)
    closing: tuple[Effect, ...] = (CloseVisit(old_id, outcome),) if outcome else ()
    return (*closing, ForgetVisit(old_id))
