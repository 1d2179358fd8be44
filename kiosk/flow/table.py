"""The transition table and `step`.

Handlers are registered for a state class and an event class; a handler of a base class serves all states below it.
Every row names the states it may lead to: the diagram in the handbook is drawn from the rows, and a test holds the
handlers to them. An event that has no row is a fact that changes nothing in this state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Outcome
from kiosk.flow.audit import audit
from kiosk.flow.closing import closing_effects
from kiosk.flow.effects import (
    AppendJournal,
    Effect,
    OfferReading,
    OpenVisit,
    StartTimer,
    StopCamera,
    StopDocument,
    StopTimer,
    TakeReading,
)
from kiosk.flow.events import (
    Answer,
    CallAnswered,
    CardPresented,
    Event,
    IncidentOpened,
    PauseAsked,
    SentBack,
    StaffActed,
    Tapped,
    TimerFired,
)
from kiosk.flow.states import (
    AwaitingStaff,
    ChoosingPrescription,
    DecidingVisually,
    FallingBack,
    Idle,
    OutOfService,
    Registering,
    StaffCalledAtIdle,
    State,
    TakingCard,
    VisitState,
)
from kiosk.flow.states_documents import FallbackStage, ReadingDocument, ShowingDocumentResult
from kiosk.flow.states_practice import PracticeStage
from kiosk.flow.timeouts import timer_of


@dataclass(frozen=True)
class Move:
    """What a handler decides. `stays` keeps the running timer; `outcome` replaces the one a closing visit would
    be given."""

    state: State
    effects: tuple[Effect, ...] = ()
    stays: bool = False
    outcome: Outcome | None = None


Handler = Callable[[Any, Any], Move]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    state: type[State]
    event: type[Event]
    control: str | None
    targets: tuple[type[State], ...]
    handler: Handler

    @property
    def label(self) -> str:
        return self.control or self.event.__name__


_ROWS: dict[tuple[type[State], type[Event], str | None], Row] = {}


def on(
    state: type[State], event: type[Event], *targets: type[State], control: str | None = None
) -> Callable[[Handler], Handler]:
    """Register a handler. `control` narrows `Tapped`; a control that ends with a dot covers all that begin so."""

    def register(handler: Handler) -> Handler:
        key = (state, event, control)
        if key in _ROWS:
            raise ValueError(f"two handlers for {key}")
        _ROWS[key] = Row(state, event, control, targets, handler)
        return handler

    return register


def rows() -> tuple[Row, ...]:
    return tuple(_ROWS.values())


def go(state: State, *effects: Effect) -> Move:
    """Enter a state: its timer starts anew."""
    return Move(state, effects)


def stay(state: State, *effects: Effect) -> Move:
    """Go on in the same state; the running timer is not touched."""
    return Move(state, effects, stays=True)


def find_row(state: State, event: Event) -> Row | None:
    for cls in type(state).__mro__:
        if not issubclass(cls, State):
            break
        if isinstance(event, Tapped):
            prefix = event.control.partition(".")[0] + "."
            for control in (event.control, prefix):
                row = _ROWS.get((cls, Tapped, control))
                if row:
                    return row
        row = _ROWS.get((cls, type(event), None))
        if row:
            return row
    return None


def expected_tickets(state: State) -> frozenset[int]:
    """Tickets whose answers still matter in this state."""
    tickets: set[int] = set()
    own = getattr(state, "ticket", None)
    if isinstance(own, int):
        tickets.add(own)
    if isinstance(state, VisitState) and state.visit.query_ticket is not None:
        tickets.add(state.visit.query_ticket)
    inner = getattr(state, "resume", None)
    if isinstance(inner, State):
        tickets |= expected_tickets(inner)
    return frozenset(tickets)


def is_stale(state: State, event: Event) -> bool:
    """An answer to an effect of an earlier state or an earlier patient, or an act of staff that nobody answers for."""
    if isinstance(event, TimerFired):
        return event.ticket != state.timer
    if isinstance(event, StaffActed | CallAnswered | SentBack | IncidentOpened | PauseAsked):
        return not event.staff
    return isinstance(event, Answer) and event.ticket not in expected_tickets(state)


_MAKES_ROOM = (FallingBack, AwaitingStaff, FallbackStage, ShowingDocumentResult, Registering, ChoosingPrescription)
"""Where somebody else's card on the reader ends the visit, it does so too when it was there first."""


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """The next state and what is to be done. Total: never raises for input, never waits, reads no clock."""
    new, effects = _step(state, event)
    if new is not state and isinstance(new, _MAKES_ROOM) and (card := _others_card(new)) is not None:
        new, more = _step(new, CardPresented(event.at, card))
        effects = (*effects, *more)
    return new, effects


def _others_card(state: VisitState) -> int | None:
    return state.lane.card if state.visit.waited_for_on(state.lane) else None


def _step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    if is_stale(state, event):
        return state, ()
    row = find_row(state, event)
    if row is None:
        return state, ()
    move = row.handler(state, event)
    # Whoever says "stay" of another state than this has entered it: without a timer it would wait for ever.
    stays = move.stays and type(move.state) is type(state)
    new, effects = closed_lane(move.state, move.effects)
    if isinstance(new, Idle) and new.lane.reader_gone:
        new = OutOfService(new.lane, FailureCode.READER_GONE)
    if type(new) is not type(state) and new.lane.answered_by is not None:
        new = replace(new, lane=replace(new.lane, answered_by=None))
    if isinstance(new, Idle) and not isinstance(state, Idle | StaffCalledAtIdle | PracticeStage):
        new = replace(new, lane=new.lane.for_next_person())
    if not stays and new.lane.readings and (isinstance(new, Idle) or needs_only_a_reader(new)):
        first, *others = new.lane.readings
        new = replace(new, lane=replace(new.lane, readings=tuple(others)))
        effects = (*effects, OfferReading(first))
    if not stays:
        new, timer_effects = _with_timer(new)
        effects = (*timer_effects, *effects)
    effects = (*stopped_work(state, new), *effects, *closing_effects(state, new, move.outcome))
    entries = audit(state, event, new, effects)
    if entries:
        effects = (AppendJournal(entries), *effects)
    return new, effects


def closed_lane(new: State, effects: tuple[Effect, ...]) -> tuple[State, tuple[Effect, ...]]:
    """On a paused lane no visit begins, and its start screen says so; a certified reader's result waits."""
    lane = new.lane
    if not lane.paused:
        if isinstance(new, OutOfService) and new.code is FailureCode.LANE_PAUSED:
            return Idle(lane) if lane.card is None else TakingCard(lane, new.visit_id, "finish.stopped"), effects
        return new, effects
    begun = {effect.visit_id for effect in effects if isinstance(effect, OpenVisit)}
    if begun:
        taken = {effect.reading for effect in effects if isinstance(effect, TakeReading)}
        lane = replace(lane, readings=tuple(sorted({*lane.readings, *taken})))
        effects = tuple(effect for effect in effects if getattr(effect, "visit_id", None) not in begun)
    elif not isinstance(new, Idle):
        return new, effects
    return OutOfService(lane, FailureCode.LANE_PAUSED), effects


def stopped_work(old: State, new: State) -> tuple[Effect, ...]:
    """A document that nobody waits for any more must not be read, and nobody is filmed whom staff no longer look at."""
    if isinstance(old, DecidingVisually) and not isinstance(new, DecidingVisually):
        return (StopCamera(),)
    inner = getattr(old, "resume", None) or old
    if not isinstance(inner, ReadingDocument) or inner.ticket in expected_tickets(new):
        return ()
    return (StopDocument(inner.visit.id),)


def needs_only_a_reader(state: State) -> bool:
    """Out of service for a card on our own reader, not for a visit that needs none."""
    return isinstance(state, OutOfService) and state.code in (FailureCode.READER_GONE, FailureCode.READER_HUNG)


def _with_timer(state: State) -> tuple[State, tuple[Effect, ...]]:
    spec = timer_of(state)
    if spec is None:
        return replace(state, timer=None), (StopTimer(),)
    seconds, kind = spec
    lane, ticket = state.lane.with_ticket()
    return replace(state, lane=lane, timer=ticket), (StartTimer(ticket, seconds, kind),)
