"""Practice: how it begins, and everything that ends it. What is rehearsed happens elsewhere."""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow.events import (
    CardPresented,
    ModeAsked,
    PauseAsked,
    ReaderLost,
    ReadingArrived,
    Rehearsed,
    StaffActed,
    Tapped,
    TimerFired,
)
from kiosk.flow.outage import mode_asked
from kiosk.flow.practice import practice_offered
from kiosk.flow.states import AwaitingEligibility, Idle, OutOfService, ReadingCard, StaffCalledAtIdle
from kiosk.flow.states_practice import PracticeStage, Practising, Rehearsing
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.transitions_card import card_presented, reader_lost
from kiosk.flow.transitions_counter import pause_asked
from kiosk.flow.transitions_device import reading_begins_a_visit

on(PracticeStage, CardPresented, ReadingCard)(card_presented)
on(PracticeStage, ReaderLost, OutOfService)(reader_lost)


@on(Idle, Tapped, Practising, control="idle.practice")
def practice_begins(state: Idle, _event: Tapped) -> Move:
    return go(Practising(state.lane)) if practice_offered(state.lane) else stay(state)


@on(Practising, Tapped, Rehearsing, control="practice.place_card")
def rehearsal_begins(state: Practising, _event: Tapped) -> Move:
    return go(Rehearsing(state.lane))


@on(Rehearsing, Rehearsed, Rehearsing, Practising)
def rehearsal_goes_on(state: Rehearsing, event: Rehearsed) -> Move:
    """Every touch gives the screen's whole patience again."""
    return go(Practising(state.lane, done=True) if event.over else state)


@on(PracticeStage, Tapped, Idle, control="practice.end")
@on(Practising, Tapped, Idle, control="back")
def practice_ends(state: PracticeStage, _event: Tapped) -> Move:
    """Whoever practised goes on in their language."""
    return go(Idle(state.lane))


@on(PracticeStage, Tapped, StaffCalledAtIdle, control="staff")
def staff_called_in_practice(state: PracticeStage, _event: Tapped) -> Move:
    """The call is a real one."""
    return go(StaffCalledAtIdle(state.lane, resume=Idle(state.lane)))


@on(PracticeStage, ReadingArrived, AwaitingEligibility)
def reading_ends_practice(state: PracticeStage, event: ReadingArrived) -> Move:
    return reading_begins_a_visit(Idle(state.lane), event)


@on(PracticeStage, PauseAsked, OutOfService)
def pause_ends_practice(state: PracticeStage, event: PauseAsked) -> Move:
    return stay(state) if state.lane.paused == event.pause else pause_asked(Idle(state.lane), event)


@on(PracticeStage, ModeAsked, PracticeStage, Idle)
def mode_ends_practice(state: PracticeStage, event: ModeAsked) -> Move:
    """A mode in which it is not offered."""
    move = mode_asked(state, event)
    return move if practice_offered(move.state.lane) else go(Idle(move.state.lane), *move.effects)


@on(PracticeStage, StaffActed, Idle)
def staff_end_practice(state: PracticeStage, event: StaffActed) -> Move:
    return go(Idle(state.lane.for_next_person())) if event.action == "cancel" else stay(state)


@on(Practising, TimerFired, Practising, Idle)
def practice_waits(state: Practising, _event: TimerFired) -> Move:
    if state.asking:
        return go(Idle(state.lane.for_next_person()))
    return go(replace(state, asking=True))


@on(Practising, Tapped, Practising, control="extend.yes")
def practice_goes_on(state: Practising, _event: Tapped) -> Move:
    return go(replace(state, asking=False))


@on(Rehearsing, TimerFired, Idle)
def rehearsal_abandoned(state: Rehearsing, _event: TimerFired) -> Move:
    """The rehearsal has asked whether anybody is there."""
    return go(Idle(state.lane.for_next_person()))
