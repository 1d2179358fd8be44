"""The form of a prescription: asked only where the facility wants it, never lost, never in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Status
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import ChoosingPrescription, ShowingResult
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import ASKING_FORM
from tests.kiosk.flow.samples import answer


def asked(consent: str = "consent.none") -> Play:
    return Play(ASKING_FORM).until_consent().answers().taps(consent).expect("prescription")


def test_off_by_default() -> None:
    play = Play().until_consent().answers().taps("consent.none").expect("result")
    play.taps("result.next").hands_over().expect_closed(prescription=None)


def test_nothing_is_chosen_beforehand_and_both_forms_weigh_the_same() -> None:
    controls = [c for c in asked().view.controls if c.id.startswith("prescription.")]
    assert [(c.role, c.checked) for c in controls] == [("main", None), ("main", None)]


@pytest.mark.parametrize(("form", "code"), [("electronic", "1"), ("paper", "2")])
@pytest.mark.parametrize("consent", ["consent.all", "consent.none"])
def test_the_terminal_is_told_in_its_code(form: str, code: str, consent: str) -> None:
    play = asked(consent=consent).taps(f"prescription.{form}").expect("checking", fx.RegisterConsents)
    assert [e.prescription for e in play.effects if isinstance(e, fx.RegisterConsents)] == [code]
    play.registers_consents().expect("result").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, prescription=form)


def test_asked_where_no_consent_may_be_asked() -> None:
    play = Play(replace(ASKING_FORM, consent_items=())).until_consent().answers()
    play.expect("prescription").taps("prescription.paper").registers_consents().expect("result")


def test_what_the_answer_names_already_is_not_asked() -> None:
    play = Play(ASKING_FORM).until_consent().answers(replace(answer(), prescription="2")).taps("consent.none")
    play.expect("result").taps("result.next").hands_over().expect_closed(prescription="paper")


def test_back_leads_to_the_consents_and_nothing_said_before_counts() -> None:
    play = asked("consent.all").taps("back").expect("consent").taps("consent.none").expect("prescription")
    play.taps("prescription.paper").registers_consents().taps("result.next").hands_over()
    play.expect_closed(consents=(), consents_until=None, prescription="paper")


@pytest.mark.parametrize("allowed", [True, False])
def test_no_way_back_to_consents_that_were_never_asked(allowed: bool) -> None:
    """The card is gone, or its certificate gives no medical information."""
    play = Play(ASKING_FORM).until_consent()
    if allowed:
        play.answers().takes_card()
    else:
        play.answers(replace(answer(), medical_information_allowed=False))
    before = play.state
    assert not play.view.back
    for event in (ev.Tapped(play.at, "back"), ev.SentBack(play.at, "sato")):
        assert play.on(event).state == before


def test_nobody_answers_and_the_reception_goes_on() -> None:
    play = asked().waits().expect("extend_time").waits().expect_state(ShowingResult)
    play.taps("result.next").hands_over().expect_closed(status=Status.ACCEPTED, prescription=None)


def test_more_time_and_back_from_staff_lead_to_the_question() -> None:
    asked().waits().taps("extend.yes").expect_state(ChoosingPrescription)
    asked().taps("staff").taps("back").expect_state(ChoosingPrescription)


def test_a_choice_that_does_not_arrive_is_kept_and_said() -> None:
    play = asked().taps("prescription.paper").fails(fx.RegisterConsents, FailureCode.TERMINAL_SILENT)
    assert "staff.fact.prescription_not_registered" in [fact.id for fact in play.view.lane.facts]
    play.expect("result").taps("result.next").hands_over()
    play.expect_closed(prescription="paper", alerts=("prescription_not_registered",))
