"""The lane knows about the line; a mode takes two different people within a few minutes."""

from __future__ import annotations

from datetime import timedelta

from kiosk.domain.decision.inputs import Flag
from kiosk.domain.failures import FailureCode
from kiosk.flow import events as ev
from kiosk.flow.effects import AppendJournal
from kiosk.flow.machine import initial_state, step
from kiosk.flow.outage import SECOND_PERSON_WITHIN
from kiosk.flow.states import State
from kiosk.flow.view import view
from tests.kiosk.flow.samples import AT, SETTINGS


def after(*events: ev.Event) -> tuple[State, list[str]]:
    state: State = initial_state(SETTINGS, "k")
    noted: list[str] = []
    for event in events:
        state, effects = step(state, event)
        noted += [e.event for effect in effects if isinstance(effect, AppendJournal) for e in effect.entries]
    return state, noted


def asked(staff: str, mode: str = "disaster", *, begin: bool = True, later: timedelta = timedelta()) -> ev.ModeAsked:
    return ev.ModeAsked(AT + later, mode, begin, staff)


def test_the_start_screen_says_that_the_line_is_down_and_patients_are_received() -> None:
    state, noted = after(ev.LineLost(AT, FailureCode.TERMINAL_SILENT))
    assert "outage.network" in view(state).message_ids()
    assert "idle.no_card" in view(state).control_ids()
    state, more = after(ev.LineLost(AT, FailureCode.TERMINAL_SILENT), ev.LineBack(AT, 2))
    assert "outage.network" not in view(state).message_ids()
    assert (noted, more) == (["line.lost"], ["line.lost", "line.back"])


def test_two_different_people_declare_a_disaster() -> None:
    state, noted = after(asked("sato"), asked("suzuki"))
    assert state.lane.settings.flags == {Flag.DISASTER}
    assert noted == ["mode.asked", "mode.switched"]
    assert "outage.disaster" in view(state).message_ids()


def test_one_person_twice_is_one_person() -> None:
    state, noted = after(asked("sato"), asked("sato", later=timedelta(seconds=9)), asked(""))
    assert state.lane.settings.flags == frozenset()
    assert noted == ["mode.asked", "mode.asked"]


def test_the_second_person_comes_in_time() -> None:
    late = SECOND_PERSON_WITHIN + timedelta(seconds=1)
    state, _ = after(asked("sato"), asked("suzuki", later=late))
    assert state.lane.settings.flags == frozenset()
    state, _ = after(asked("sato"), asked("suzuki", later=late), asked("sato", later=late))
    assert state.lane.settings.flags == {Flag.DISASTER}


def test_what_the_two_ask_for_is_the_same_thing() -> None:
    state, _ = after(asked("sato"), asked("suzuki", "emergency"))
    assert state.lane.settings.flags == frozenset()
    state, noted = after(asked("sato", "earthquake"), asked("suzuki", "earthquake"))
    assert (state.lane.settings.flags, noted) == (frozenset(), [])


def test_the_end_takes_two_people_as_well() -> None:
    begun = (asked("sato", "emergency"), asked("suzuki", "emergency"))
    state, _ = after(*begun, asked("sato", "emergency", begin=False))
    assert state.lane.settings.flags == {Flag.EMERGENCY}
    state, _ = after(*begun, asked("sato", "emergency", begin=False), asked("tanaka", "emergency", begin=False))
    assert state.lane.settings.flags == frozenset()


def test_what_is_already_so_needs_nobody() -> None:
    state, noted = after(asked("sato", begin=False), asked("suzuki", begin=False))
    assert (state.lane.mode_request, noted) == (None, [])


def holds(*events: ev.Event) -> list[str]:
    return [text.id for text in view(after(*events)[0]).lane.holds]


def test_staff_are_told_what_holds_and_what_a_mode_permits() -> None:
    assert holds() == []
    assert holds(ev.LineLost(AT, FailureCode.TERMINAL_SILENT)) == ["line.down"]
    assert holds(asked("sato")) == ["mode.disaster.permits", "mode.second_person"]
    assert holds(asked("sato"), asked("suzuki")) == ["mode.disaster.permits"]
    assert holds(asked("sato", "emergency"), asked("suzuki", "emergency")) == ["mode.emergency.permits"]
