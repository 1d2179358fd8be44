"""Every state answers every event: with a state, a tuple of effects, and what the table says."""

from __future__ import annotations

import pytest

from kiosk.flow.all_states import ALL_STATES
from kiosk.flow.events import ALL_EVENTS
from kiosk.flow.table import expected_tickets
from tests.kiosk.flow.checks import taken
from tests.kiosk.flow.reached import REACHED, reached
from tests.kiosk.flow.samples import answers, facts

STALE = 1_000_000


def test_every_state_is_reached() -> None:
    assert {type(reached(name)) for name in REACHED} == set(ALL_STATES)


@pytest.mark.parametrize("name", REACHED)
def test_state_answers_every_event(name: str) -> None:
    state = reached(name)
    tickets = {*expected_tickets(state), STALE} | ({state.timer} if state.timer is not None else set())
    played = set()
    for event in [*facts(), *(event for ticket in sorted(tickets) for event in answers(ticket))]:
        taken(state, event)
        played.add(type(event))
    assert played == set(ALL_EVENTS)


@pytest.mark.parametrize("name", REACHED)
def test_answers_to_earlier_effects_change_nothing(name: str) -> None:
    state = reached(name)
    for event in answers(STALE):
        assert taken(state, event) == (state, ())
