"""Visits that begin at a certified reader (顔認証付きカードリーダー) beside the kiosk: its result file is all there is.

Card, identity, consents and first registration are its work. The visit goes on as if our own reader had asked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.effects import OpenVisit, TakeReading
from kiosk.flow.events import (
    AnswersLate,
    FaceFolderBack,
    FaceFolderLost,
    ForeignReadings,
    ReadingArrived,
    ReadingSetAside,
)
from kiosk.flow.states import NO_CARD, AwaitingEligibility, Finished, Idle, OutOfService, State, Visit
from kiosk.flow.table import Move, go, needs_only_a_reader, on, stay


@on(Idle, ReadingArrived, AwaitingEligibility)
@on(Finished, ReadingArrived, AwaitingEligibility)
def reading_begins_a_visit(state: Idle | Finished, event: ReadingArrived) -> Move:
    return _open(state, event.reading, event.at)


@on(OutOfService, ReadingArrived, AwaitingEligibility, OutOfService)
def reading_while_our_reader_is_away(state: OutOfService, event: ReadingArrived) -> Move:
    """Such a visit needs no reader of ours; it does need a journal."""
    if needs_only_a_reader(state):
        return _open(state, event.reading, event.at)
    return reading_waits(state, event)


@on(State, ReadingArrived)
def reading_waits(state: State, event: ReadingArrived) -> Move:
    """It never joins the visit that is on the screen: it is another person's."""
    waiting = tuple(sorted({*state.lane.readings, event.reading}))
    return stay(replace(state, lane=replace(state.lane, readings=waiting)))


def _open(state: State, reading: int, at: datetime) -> Move:
    lane = state.lane if isinstance(state, Idle) else state.lane.for_next_person()
    left = tuple(n for n in lane.readings if n != reading)
    lane, ticket = replace(lane, visits=lane.visits + 1, readings=left).with_ticket()
    visit = Visit(
        id=f"{lane.prefix}-{lane.visits:04d}",
        insertion=NO_CARD,
        beside=lane.card,
        on=at.date(),
        identity=IdentityMethod.DEVICE,
        by_device=True,
        query_ticket=ticket,
        consents=(),
    )
    return go(AwaitingEligibility(lane, visit), OpenVisit(visit.id), TakeReading(ticket, visit.id, reading))


@on(State, ReadingSetAside)
def reading_set_aside(state: State, _event: ReadingSetAside) -> Move:
    """Only an entry in the journal."""
    return stay(state)


@on(State, ForeignReadings)
def foreign_readings(state: State, event: ForeignReadings) -> Move:
    """They are nobody's visit here; until they are gone, staff are asked to look at the settings."""
    return stay(replace(state, lane=replace(state.lane, foreign_readings=event.count)))


@on(State, AnswersLate)
def answers_late(state: State, _event: AnswersLate) -> Move:
    """Only an entry in the journal: what came too late touches nobody's visit."""
    return stay(state)


@on(State, FaceFolderLost)
def face_folder_lost(state: State, _event: FaceFolderLost) -> Move:
    return stay(replace(state, lane=replace(state.lane, face_folder_gone=True)))


@on(State, FaceFolderBack)
def face_folder_back(state: State, _event: FaceFolderBack) -> Move:
    return stay(replace(state, lane=replace(state.lane, face_folder_gone=False)))
