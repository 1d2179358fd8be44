"""Practice as the real lane sees it: it begins and ends, and no visit ever comes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.decision.inputs import Flag
from kiosk.domain.screen import CameraContent, PinContent, View
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.closing import visit_id_of
from kiosk.flow.practice import rehearsed
from kiosk.flow.staff_events import offers
from kiosk.flow.states import AwaitingEligibility, Idle, OutOfService, ReadingCard, StaffCalledAtIdle
from kiosk.flow.states_practice import PracticeStage, Practising, Rehearsing
from kiosk.flow.view import view
from kiosk.ports.journal import JournalEntry
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED, reached
from tests.kiosk.flow.samples import AT, SETTINGS

STAGES = ("Practising", "Practising, asking", "Practising, done", "Rehearsing")


def recorded(play: Play) -> list[JournalEntry]:
    return [entry for effect in play.log if isinstance(effect, fx.AppendJournal) for entry in effect.entries]


def test_a_rehearsal_leaves_one_entry_and_no_visit() -> None:
    play = Play().taps("idle.practice").expect("practice").taps("practice.place_card").on(ev.Rehearsed(AT))
    play.on(ev.Rehearsed(AT, over=True)).expect("practice", says="practice.done").taps("practice.end").expect("idle")
    assert recorded(play) == [JournalEntry("practice", {}, None)]
    timers = (fx.StartTimer, fx.StopTimer, fx.AppendJournal)
    assert [effect for effect in play.log if not isinstance(effect, timers)] == []
    assert play.state.lane.visits == 0


@pytest.mark.parametrize("name", STAGES)
def test_one_press_leaves_and_keeps_the_language(name: str) -> None:
    play = REACHED[name]().taps("language.en", "practice.end").expect("idle")
    assert play.state.lane.language == "en"


@pytest.mark.parametrize("name", STAGES)
def test_a_real_card_begins_a_real_visit(name: str) -> None:
    play = REACHED[name]().taps("language.en").places_card().expect_state(ReadingCard)
    assert (visit_id_of(play.state), play.state.lane.language) == ("test-0001", "en")
    assert not play.view.practice


@pytest.mark.parametrize("name", STAGES)
def test_what_staff_do_ends_it(name: str) -> None:
    assert {offer.action for offer in offers(reached(name), AT)} >= {"cancel", "pause"}
    assert not {"visual_check", "accept", "resume"} & {offer.action for offer in offers(reached(name), AT)}
    REACHED[name]().staff("cancel").expect_state(Idle)
    REACHED[name]().on(ev.PauseAsked(AT, True, "sato", "cleaning")).expect_state(OutOfService)
    REACHED[name]().on(ev.ReadingArrived(AT, 1)).expect_state(AwaitingEligibility)
    declared = (ev.ModeAsked(AT, "disaster", True, staff) for staff in ("sato", "suzuki"))
    play = REACHED[name]().on(next(declared))
    assert isinstance(play.state, PracticeStage), "one person alone declares nothing"
    play.on(next(declared)).expect_state(Idle)
    REACHED[name]().loses_reader().expect_state(OutOfService)


@pytest.mark.parametrize("name", STAGES)
def test_the_bell_is_real(name: str) -> None:
    play = REACHED[name]().taps("staff").expect_state(StaffCalledAtIdle)
    assert play.view.lane.needs
    play.taps("back").expect_state(Idle)


def test_nobody_is_left_in_practice() -> None:
    play = REACHED["Practising"]().waits().expect("extend_time").taps("extend.yes").expect("practice")
    play.waits().waits().expect_state(Idle)
    gone = REACHED["Rehearsing"]().taps("language.en").waits().expect_state(Idle).state.lane
    assert gone == gone.for_next_person(), "the next person finds the facility's language"


def test_it_is_offered_where_it_helps() -> None:
    def offered(**changes: object) -> bool:
        return "idle.practice" in Play(replace(SETTINGS, **changes)).view.control_ids()  # type: ignore[arg-type]

    assert offered()
    assert not offered(practice=False)
    assert not offered(device_beside=True), "the card is read by another machine"
    assert not offered(flags=frozenset({Flag.DISASTER}))
    Play(replace(SETTINGS, practice=False)).on(ev.Tapped(AT, "idle.practice")).expect_state(Idle)


def test_every_rehearsed_screen_is_marked_and_can_be_left() -> None:
    for name in {name.split(",")[0].split(" ")[0]: name for name in REACHED}.values():
        shown = view(reached(name))
        practised = rehearsed(shown)
        assert practised.practice, name
        assert practised.simulated is None
        assert {"practice.end", "staff"} <= practised.control_ids()
        assert practised.lane.needs == (), "nobody is called by a rehearsal"
        assert practised.lane.facts == ()
        assert shown.practice is isinstance(reached(name), PracticeStage)


def test_a_rehearsed_screen_says_what_is_different() -> None:
    def said(name: str) -> View:
        return rehearsed(view(reached(name)))

    assert isinstance(said("EnteringPin").content, PinContent)
    (pin,) = (notice.text for notice in said("EnteringPin").notices if notice.text.id == "practice.pin")
    assert dict(pin.values) == {"pin": "1234"}
    assert isinstance(said("CheckingFace").content, CameraContent)
    assert "practice.face" in said("CheckingFace").message_ids()
    assert "practice.result" in said("ShowingResult").message_ids()
    assert "practice.no_staff" in said("AwaitingVisualCheck").message_ids()
    assert "visual.code" not in said("AwaitingVisualCheck").control_ids()
    assert "finish.wait" not in said("TakingCard").message_ids(), "nobody is to wait to be called"
    assert said("TakingCard").controls[0].id == "practice.take_card"


def test_states() -> None:
    assert isinstance(reached("Practising"), Practising)
    assert isinstance(reached("Rehearsing"), Rehearsing)
