"""The acts of staff by name, as events; and which of them would do something now."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.staff_actions import ACTIONS, BY_NAME, Scope
from kiosk.flow.closing import visit_id_of
from kiosk.flow.effects import AppendJournal
from kiosk.flow.events import CallAnswered, Event, IncidentOpened, ModeAsked, PauseAsked, SentBack, StaffActed
from kiosk.flow.machine import step
from kiosk.flow.outage import holds
from kiosk.flow.states import AwaitingStaff, State, VisitState
from kiosk.flow.transitions_accept import ATTESTATION, ORAL, PAPERS, accepted_by_card
from kiosk.ports.counter import Offer

PROBE = "nobody"
"""Stands for whoever may press: the flow treats all staff alike."""


def staff_event(
    at: datetime,
    action: str,
    staff: str,
    reason: str | None = None,
    *,
    document: str | None = None,
    index: int | None = None,
    may: bool = True,
    act: str | None = None,
) -> Event:
    """`may`: they have the right that one of two people must have. An unknown action is an act without meaning."""
    row = BY_NAME.get(action)
    if row is not None and row.mode is not None:
        return ModeAsked(at, row.mode[0], row.mode[1], staff, reason, may, act)
    match action:
        case "answered":
            return CallAnswered(at, staff, reason, act)
        case "step_back":
            return SentBack(at, staff, reason, act)
        case "incident":
            return IncidentOpened(at, staff, reason, act)
        case "pause" | "resume":
            return PauseAsked(at, action == "pause", staff, reason, act)
    return StaffActed(at, action, staff, reason, document, index, act)


def offers(state: State, at: datetime) -> tuple[Offer, ...]:
    """Every act that would change something in this state, found by trying it: no second table of what is allowed."""
    found: list[Offer] = []
    for action in ACTIONS:
        if action.scope is Scope.RECORD:
            continue
        if action.mode is not None:
            if holds(state.lane, action.mode[0]) != action.mode[1]:
                found.append(Offer(action.name))
        elif action.scope is Scope.VISIT and action.name != "answered" and visit_id_of(state) is None:
            # Without a visit there are only calls, and a screen that may be left.
            if action.name == "cancel" and does_something(state, staff_event(at, action.name, PROBE)):
                found.append(Offer(action.name))
        elif action.name == "accept":
            confirmed = isinstance(state, VisitState) and accepted_by_card(state, at, PROBE) is not None
            documents = () if confirmed else tuple(name for name in _documents() if _accepts(state, at, name))
            if documents or _accepts(state, at, None):
                found.append(Offer("accept", documents))
        elif action.name == "choose":
            persons = _persons(state)
            if any(does_something(state, staff_event(at, "choose", PROBE, index=n)) for n in range(persons)):
                found.append(Offer("choose", choices=persons))
        elif does_something(state, staff_event(at, action.name, PROBE)):
            found.append(Offer(action.name))
    return tuple(found)


def does_something(state: State, event: Event) -> bool:
    after, effects = step(state, event)
    return after != state or any(not isinstance(effect, AppendJournal) for effect in effects)


def _documents() -> tuple[str, ...]:
    return (*sorted(str(paper) for paper in PAPERS), ORAL, ATTESTATION)


def _accepts(state: State, at: datetime, document: str | None) -> bool:
    return does_something(state, staff_event(at, "accept", PROBE, document=document))


def _persons(state: State) -> int:
    if not isinstance(state, AwaitingStaff) or state.visit.answer is None:
        return 0
    return len(state.visit.answer.persons)
