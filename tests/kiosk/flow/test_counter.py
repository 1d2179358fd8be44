"""Calls answered, a step back, incidents, a pause: what staff do from the console beside deciding about a visit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility, Status
from kiosk.domain.staff_actions import ACTIONS, BY_NAME, Scope
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.outage import SECOND_PERSON_WITHIN
from kiosk.flow.staff_events import does_something, offers, staff_event
from kiosk.flow.states import (
    AwaitingStaff,
    ChoosingMethod,
    Consenting,
    FallingBack,
    Idle,
    OutOfService,
    ReadingCard,
    StaffCalled,
    VisitState,
)
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED, reached
from tests.kiosk.flow.samples import AT, PERSON, SETTINGS, answer

PAUSE = ev.PauseAsked(AT, True, "suzuki", "cleaning", "a" * 20)
RESUME = ev.PauseAsked(AT, False, "suzuki")


def noted(play: Play, event: ev.Event) -> dict[str, dict[str, object]]:
    """The entries of one more step, by event."""
    play.on(event)
    entries = [e for effect in play.effects if isinstance(effect, fx.AppendJournal) for e in effect.entries]
    return {entry.event: entry.fields for entry in entries}


# --- the pause ------------------------------------------------------------------------------------------


def test_a_pause_closes_the_start_screen_and_resuming_opens_it() -> None:
    play = Play()
    assert noted(play, PAUSE)["lane.paused"] == {
        "lane": "test",
        "staff": "suzuki",
        "reason": "cleaning",
        "act": "a" * 20,
    }
    state = play.state
    assert isinstance(state, OutOfService)
    assert state.code is FailureCode.LANE_PAUSED
    assert "outage.paused" in play.view.message_ids()
    assert "lane.resumed" in noted(play, RESUME)
    play.expect_state(Idle)


def test_the_visit_that_runs_is_finished_first() -> None:
    play = Play().until_consent().on(PAUSE)
    play.expect_state(Consenting)
    play.answers().taps("consent.none", "result.next").hands_over().takes_card().waits()
    state = play.state
    assert isinstance(state, OutOfService)
    assert state.code is FailureCode.LANE_PAUSED


@pytest.mark.parametrize("name", ["OutOfService, paused", "Finished", "CardProblem, removed", "TakingCard"])
def test_no_visit_begins_on_a_paused_lane(name: str) -> None:
    play = REACHED[name]().on(PAUSE)
    visits = play.state.lane.visits
    play.on(ev.CardPresented(AT, 7))
    state = play.state
    assert isinstance(state, OutOfService)
    assert not any(isinstance(effect, fx.OpenVisit | fx.ReadCard) for effect in play.effects)
    assert state.lane.card == 7
    play.on(RESUME).on(ev.CardRemoved(AT, 7)).waits()
    play.expect_state(Idle).places_card().expect_state(ReadingCard)
    assert play.state.lane.visits > visits


def test_a_certified_readers_result_waits_for_the_end_of_the_pause() -> None:
    play = Play().on(PAUSE).on(ev.ReadingArrived(AT, 3))
    assert play.state.lane.readings == (3,)
    play.on(RESUME)
    assert fx.OfferReading(3) in play.effects
    late = REACHED["Finished"]().on(PAUSE).on(ev.ReadingArrived(AT, 4))
    assert late.state.lane.readings == (4,)
    assert not any(isinstance(effect, fx.TakeReading) for effect in late.effects)


def test_a_reader_that_comes_back_does_not_end_a_pause() -> None:
    play = Play().on(PAUSE).on(ev.ReaderLost(AT)).on(ev.ReaderReturned(AT))
    state = play.state
    assert isinstance(state, OutOfService)
    assert state.code is FailureCode.LANE_PAUSED
    play.on(ev.ReaderLost(AT)).on(RESUME)
    gone = play.state
    assert isinstance(gone, OutOfService)
    assert gone.code is FailureCode.READER_GONE


# --- calls ------------------------------------------------------------------------------------------------


def test_an_answered_call_is_said_to_the_patient_until_the_step_changes() -> None:
    play = Play().until_consent().taps("staff")
    play.expect_state(StaffCalled)
    entries = noted(play, ev.CallAnswered(AT, "sato", act="b" * 20))
    assert entries["staff.action"]["action"] == "answered"
    assert entries["staff.action"]["act"] == "b" * 20
    assert any(isinstance(effect, fx.StartTimer) for effect in play.effects)
    assert "staff_called.coming" in play.view.message_ids()
    play.staff("take_over")
    assert play.state.lane.answered_by is None


# --- one step back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("CheckingFace", ChoosingMethod),
        ("EnteringPin", ChoosingMethod),
        ("ConfirmingLastTry", ChoosingMethod),
        ("ChoosingConsents", Consenting),
        ("ChoosingPrescription", Consenting),
        ("AwaitingStaff, unconfirmed", ChoosingMethod),
        ("AwaitingStaff", FallingBack),
        ("ChoosingDocument", FallingBack),
        ("AwaitingStaff, mismatch", AwaitingStaff),
        ("HandingOver", type(reached("HandingOver"))),
    ],
)
def test_a_step_back(name: str, target: type) -> None:
    play = REACHED[name]()
    before = play.state
    play.on(ev.SentBack(AT, "sato"))
    assert isinstance(play.state, target)
    assert (play.state is before) == (type(before) is target)


def test_who_is_sent_back_to_the_consents_is_asked_anew() -> None:
    state = REACHED["ChoosingPrescription"]().on(ev.SentBack(AT, "sato")).state
    assert isinstance(state, Consenting)
    assert state.visit.consents is None


# --- incidents ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in REACHED if isinstance(reached(name), VisitState)])
def test_an_incident_clears_the_screen_and_nothing_more_comes_of_the_visit(name: str) -> None:
    play = REACHED[name]()
    visit = play.state
    assert isinstance(visit, VisitState)
    play.on(ev.IncidentOpened(AT, "sato", "mixed_up"))
    state = play.state
    assert isinstance(state, AwaitingStaff)
    assert (state.visit.id, state.visit.answer, state.reason) == (visit.visit.id, None, "staff.need.incident")
    assert "wrong_person" in state.visit.alerts
    assert not any(PERSON.name in str(text.values) for text in (*play.view.lane.facts, *play.view.lane.choices))
    acts = [offer.action for offer in offers(state, AT) if BY_NAME[offer.action].scope is Scope.VISIT]
    assert set(acts) <= {"answered", "cancel"}


def test_what_was_not_handed_over_yet_is_not_handed_over_after_an_incident() -> None:
    play = REACHED["HandOverFailed"]()
    entries = noted(play, ev.IncidentOpened(AT, "sato", "mixed_up"))
    assert entries["incident.opened"]["reason"] == "mixed_up"
    closed = [effect for effect in play.effects if isinstance(effect, fx.CloseVisit)]
    assert [(c.outcome.status, c.outcome.alerts[-1]) for c in closed] == [(Status.HANDED_TO_STAFF, "wrong_person")]


# --- modes ------------------------------------------------------------------------------------------------------


def test_an_outage_takes_two_people_one_of_whom_may_declare_it() -> None:
    begin = ev.ModeAsked(AT, "outage", True, "sato", "situation", may=False)
    play = Play().on(begin).on(replace(begin, staff="tanaka"))
    assert not play.state.lane.outage_declared
    play.on(replace(begin, staff="suzuki", may=True))
    assert play.state.lane.outage_declared
    assert fx.DeclareOutage(True) in play.effects
    late = AT + SECOND_PERSON_WITHIN
    play.on(replace(begin, begin=False, at=late, may=True)).on(replace(begin, begin=False, staff="tanaka", at=late))
    assert fx.DeclareOutage(False) in play.effects
    assert not play.state.lane.outage_declared


# --- what is offered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REACHED)
def test_what_is_offered_does_something_and_the_rest_does_not(name: str) -> None:
    state = reached(name)
    offered = {offer.action: offer for offer in offers(state, AT)}
    for action in ACTIONS:
        if action.scope is Scope.RECORD:
            assert action.name not in offered
            continue
        offer = offered.get(action.name)
        tries = [staff_event(AT, action.name, "tanaka", document=d) for d in (offer.documents if offer else ())]
        tries += [staff_event(AT, action.name, "tanaka", index=n) for n in range(offer.choices if offer else 0)]
        if offer is not None:
            assert any(does_something(state, event) for event in (*tries, staff_event(AT, action.name, "tanaka")))
        elif action.mode is None and isinstance(state, VisitState):
            assert not does_something(state, staff_event(AT, action.name, "tanaka")), action.name


def test_several_people_are_offered_by_number_and_documents_by_name() -> None:
    several = EligibilityAnswer(Eligibility.MULTIPLE, AT.date(), None, (PERSON, replace(PERSON, number="55509999")))
    play = Play(SETTINGS).until_consent().answers(several)
    offered = {offer.action: offer for offer in offers(play.state, AT)}
    assert offered["choose"].choices == 2
    assert "oral" in {d for name in ("AwaitingStaff",) for o in offers(reached(name), AT) for d in o.documents}
    assert answer().eligibility is Eligibility.VALID


def test_the_table_of_acts_is_whole() -> None:
    assert len({action.key for action in ACTIONS}) == len(ACTIONS) == len(BY_NAME)
    assert all(action.reasons for action in ACTIONS if action.needs_reason)
