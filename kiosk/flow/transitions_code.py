"""The visual check with a staff code at the patient's screen (目視確認): who answers for it, why, and not too often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.confirmed import CONFIRMED, identity_confirmed
from kiosk.flow.effects import CheckStaffCode, WatchCamera
from kiosk.flow.events import CodeEntered, EffectFailed, Event, StaffCodeJudged, Tapped, TimerFired
from kiosk.flow.states import (
    AwaitingStaff,
    AwaitingVisualCheck,
    CheckingStaffCode,
    DecidingVisually,
    EnteringStaffCode,
    Lane,
)
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.ways import limit

REASONS = ("face_failed", "covered", "child", "pin_unknown", "asked")
"""Why staff look themselves: `visual.reason.<word>`."""

_PREFIX = "visual.reason."


@on(AwaitingVisualCheck, Tapped, EnteringStaffCode, control="visual.code")
def code_wanted(state: AwaitingVisualCheck, event: Tapped) -> Move:
    """Not while the card is busy: a check needs to know whose card it is."""
    if not code_possible(state):
        return stay(state)
    return go(EnteringStaffCode(state.lane, state.visit, resting=is_resting(state.lane, event.at)))


def code_possible(state: AwaitingVisualCheck) -> bool:
    return state.lane.settings.staff_code_pad and state.resume is None and state.visit.summary is not None


def is_resting(lane: Lane, at: datetime) -> bool:
    return lane.code_rests_until is not None and at < lane.code_rests_until


@on(EnteringStaffCode, CodeEntered, CheckingStaffCode, EnteringStaffCode)
def code_entered(state: EnteringStaffCode, event: CodeEntered) -> Move:
    if is_resting(state.lane, event.at):
        return go(replace(state, resting=True))
    lane, ticket = state.lane.with_ticket()
    return go(CheckingStaffCode(lane, state.visit, ticket), CheckStaffCode(ticket, state.visit.id, event.code))


@on(CheckingStaffCode, StaffCodeJudged, DecidingVisually, EnteringStaffCode)
def code_judged(state: CheckingStaffCode, event: StaffCodeJudged) -> Move:
    if event.staff is not None:
        lane = replace(state.lane, code_failures=0, code_rests_until=None)
        if not state.visit.photo:
            return go(DecidingVisually(lane, state.visit, event.staff))
        lane, ticket = lane.with_ticket()
        return go(DecidingVisually(lane, state.visit, event.staff, ticket), WatchCamera(ticket, state.visit.id))
    settings, day = state.lane.settings, event.at.date()
    failures = state.lane.code_failures + 1
    lane = replace(state.lane, code_failures=failures)
    if failures >= limit(settings, day, "staff_code_tries", 5):
        rest = timedelta(seconds=limit(settings, day, "staff_code_rest_s", 300))
        lane = replace(lane, code_failures=0, code_rests_until=event.at + rest)
    return go(EnteringStaffCode(lane, state.visit, refused=True, resting=is_resting(lane, event.at)))


@on(CheckingStaffCode, EffectFailed, EnteringStaffCode)
def code_not_checked(state: CheckingStaffCode, _event: EffectFailed) -> Move:
    return go(EnteringStaffCode(state.lane, state.visit, refused=True))


@on(DecidingVisually, EffectFailed, DecidingVisually)
def camera_not_there(state: DecidingVisually, _event: EffectFailed) -> Move:
    """The person stands there all the same."""
    return stay(replace(state, camera_gone=True))


@on(EnteringStaffCode, Tapped, AwaitingVisualCheck, control="back")
@on(EnteringStaffCode, TimerFired, AwaitingVisualCheck)
@on(DecidingVisually, Tapped, AwaitingVisualCheck, control="back")
@on(DecidingVisually, TimerFired, AwaitingVisualCheck)
def staff_went_away(state: EnteringStaffCode | DecidingVisually, _event: Event) -> Move:
    """A sign-in is for this one decision and goes with the screen."""
    return go(AwaitingVisualCheck(state.lane, state.visit))


@on(DecidingVisually, Tapped, *CONFIRMED, control="visual.")
def looked_at(state: DecidingVisually, event: Tapped) -> Move:
    reason = event.control.removeprefix(_PREFIX)
    if reason not in REASONS:
        return stay(state)
    visit = replace(state.visit, staff=state.staff, staff_reason=reason)
    return identity_confirmed(state.lane, visit, IdentityMethod.VISUAL, event.at)


@on(DecidingVisually, Tapped, AwaitingStaff, control="visual.refuse")
def not_recognised(state: DecidingVisually, _event: Tapped) -> Move:
    visit = replace(state.visit, staff=state.staff).alert("staff_refuse")
    return go(AwaitingStaff(state.lane, visit, "staff.need.called"))
