"""What the lane knows beyond its visits: whether the line works, and the modes that two members of staff declare.

Sources: eligibility interface reference 3.4; documents reference 8, D35 and D36. A mode sets a flag of the decision
table and nothing else; it takes two different people, the second within a few minutes of the first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk.domain.decision.inputs import Flag
from kiosk.domain.messages import Text
from kiosk.flow.effects import DeclareOutage
from kiosk.flow.events import LineBack, LineLost, ModeAsked
from kiosk.flow.states import Lane, ModeRequest, State
from kiosk.flow.table import Move, on, stay

MODES = {"disaster": Flag.DISASTER, "emergency": Flag.EMERGENCY}
OUTAGE = "outage"
"""Staff know that the line is down before the kiosk finds out: nobody waits for it any more."""

SECOND_PERSON_WITHIN = timedelta(minutes=5)


@on(State, LineLost)
def line_lost(state: State, _event: LineLost) -> Move:
    return stay(replace(state, lane=replace(state.lane, line_down=True)))


@on(State, LineBack)
def line_back(state: State, _event: LineBack) -> Move:
    return stay(replace(state, lane=replace(state.lane, line_down=False)))


@on(State, ModeAsked)
def mode_asked(state: State, event: ModeAsked) -> Move:
    """The first person's word is kept for a while; another person's makes it so."""
    known = event.mode == OUTAGE or event.mode in MODES
    if not known or not event.staff or holds(state.lane, event.mode) == event.begin:
        return stay(state)
    if not seconded(state.lane, event):
        request = ModeRequest(event.mode, event.begin, event.staff, event.at, event.may)
        return stay(replace(state, lane=replace(state.lane, mode_request=request)))
    lane = replace(state.lane, mode_request=None)
    if event.mode == OUTAGE:
        return stay(replace(state, lane=replace(lane, outage_declared=event.begin)), DeclareOutage(event.begin))
    flags = lane.settings.flags ^ {MODES[event.mode]}
    return stay(replace(state, lane=replace(lane, settings=replace(lane.settings, flags=flags))))


def holds(lane: Lane, mode: str) -> bool:
    return lane.outage_declared if mode == OUTAGE else MODES[mode] in lane.settings.flags


def what_holds(lane: Lane) -> tuple[Text, ...]:
    """What staff are told about the facility: the line, the modes and what they permit, one that waits for somebody."""
    said = [Text("line.down")] if lane.line_down else []
    said += [Text("mode.outage.permits")] if lane.outage_declared else []
    said += [Text(f"mode.{mode}.permits") for mode, flag in MODES.items() if flag in lane.settings.flags]
    if lane.mode_request is not None:
        said += [Text(f"mode.{lane.mode_request.mode}.permits"), Text("mode.second_person")]
    return tuple(said)


def seconded(lane: Lane, event: ModeAsked) -> bool:
    """Whether somebody else has asked for the same shortly before."""
    asked = lane.mode_request
    return (
        asked is not None
        and (asked.mode, asked.begin) == (event.mode, event.begin)
        and asked.staff != event.staff
        and (asked.may or event.may)
        and event.at - asked.at <= SECOND_PERSON_WITHIN
    )
