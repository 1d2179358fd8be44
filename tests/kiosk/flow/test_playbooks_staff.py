"""Stories of people who need time or help, of languages, and of staff who come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.outcome import Document, Eligibility, Status
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.staff_events import offers
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingEligibility,
    AwaitingStaff,
    ChoosingMethod,
    Consenting,
    FallingBack,
    Finished,
    Idle,
    OutOfService,
    Registering,
    ShowingResult,
    StaffCalled,
    TakingCard,
    VisitState,
)
from kiosk.ports.face import FaceVerdict
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import AT, PERSON, PIN, answer, card

WITHOUT_TIMER = {
    "Idle": "waits for whoever comes",
    "OutOfService": "waits for the reader to be reported back",
    "OutOfService, hung": "waits for the reader to answer, or for the card to be taken: it would hang again",
    "AwaitingVisualCheck": "staff are called; to leave, the patient takes the card",
    "AwaitingVisualCheck, reading": "the same",
    "CardProblem, left": "the alarm ends when the card is taken",
    "CardForgotten": "the alarm ends when the card is taken",
    "AwaitingStaff": "staff are called, and the card lies there",
    "AwaitingStaff, unconfirmed": "the same",
    "AwaitingStaff, mismatch": "the same",
    "AwaitingStaff, other document": "the same",
    "AwaitingStaff, answered": "the same",
    "AwaitingStaff, incident": "the same",
    "OutOfService, paused": "staff paused the lane and resume it",
}
"""Where nothing happens by itself, on purpose."""


def test_where_time_does_nothing_is_on_purpose() -> None:
    assert {name for name, play in REACHED.items() if play().state.timer is None} == set(WITHOUT_TIMER)


@pytest.mark.parametrize("name", [n for n in REACHED if n not in WITHOUT_TIMER])
def test_every_other_state_moves_when_its_time_is_over(name: str) -> None:
    play = REACHED[name]()
    before = play.state
    play.waits()
    assert play.state != before


@pytest.mark.parametrize("name", REACHED)
def test_every_state_answers_a_card_that_goes(name: str) -> None:
    play = REACHED[name]()
    if play.state.lane.card is not None:
        play.takes_card()
        assert play.state.lane.card is None


@pytest.mark.parametrize("name", REACHED)
def test_every_state_answers_a_reader_that_goes(name: str) -> None:
    play = REACHED[name]().loses_reader()
    assert play.state.lane.reader_gone
    assert play.state.lane.card is None


@pytest.mark.parametrize("name", [n for n, p in REACHED.items() if isinstance(p().state, VisitState)])
def test_staff_can_take_over_every_visit(name: str) -> None:
    play = REACHED[name]().staff("take_over").expect_state(AwaitingStaff)
    play.staff("cancel").expect_closed(status=Status.HANDED_TO_STAFF)


# --- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["ChoosingMethod", "ConfirmingLastTry", "EnteringPin", "Registering", "Consenting", "ChoosingConsents"]
)
@pytest.mark.parametrize("tap", ["extend.yes", "back"])
def test_who_needs_time_gets_it(name: str, tap: str) -> None:
    play = REACHED[name]()
    before = type(play.state)
    play.waits().expect("extend_time").taps(tap).expect_state(before)


def test_time_does_not_lose_what_was_chosen() -> None:
    play = REACHED["ChoosingConsents"]().waits().taps("extend.yes")
    assert [c.id for c in play.view.controls if c.checked] == ["consent.medication"]


def test_answer_that_comes_during_the_question_is_kept() -> None:
    play = REACHED["AskingMoreTime"]().answers().expect("extend_time")
    play.taps("extend.yes", "consent.none").expect("result")


def test_answer_that_changes_all_ends_the_question() -> None:
    play = REACHED["AskingMoreTime"]().answers(answer(Eligibility.NOT_FOUND, card_registered=False))
    play.expect_state(Registering)


def test_card_taken_during_the_question_is_the_answer() -> None:
    REACHED["AskingMoreTime"]().takes_card().expect_state(AwaitingEligibility)
    REACHED["AskingMoreTime, method"]().takes_card().expect("card_problem", fx.CloseVisit, fx.ForgetVisit)


def test_who_went_away_leaves_a_closed_visit_and_a_card_to_take() -> None:
    play = REACHED["AskingMoreTime"]().waits().expect_state(TakingCard)
    play.expect_closed(status=Status.ABANDONED)
    assert "finish.stopped" in play.messages


def test_who_went_away_after_staff_were_wanted_is_theirs() -> None:
    play = Play().until_face(card(pinless=True)).judges_face(FaceVerdict.NOBODY).taps("method.face")
    for _ in range(3):
        play.judges_face(FaceVerdict.NO_MATCH)
        if not isinstance(play.state, ChoosingMethod):
            play.waits()
    play.waits().waits().expect_closed(status=Status.HANDED_TO_STAFF)


def test_who_went_away_from_the_fallback_is_known_to_staff() -> None:
    REACHED["AskingMoreTime, fallback"]().waits().expect_state(AwaitingStaff)


def test_staff_called_from_the_question() -> None:
    REACHED["AskingMoreTime"]().taps("staff").expect_state(StaffCalled)
    REACHED["AskingMoreTime, method"]().taps("staff").expect("visual")


def test_pin_during_the_question_is_not_presented() -> None:
    play = REACHED["EnteringPin"]().waits()
    play.on(ev.PinEntered(play.at, Secret(PIN))).expect_state(AskingMoreTime)


# --- staff ---------------------------------------------------------------------------------------


def test_staff_called_and_back() -> None:
    play = Play().until_consent().taps("staff").expect("staff_called").taps("back").expect_state(Consenting)
    play.answers().taps("consent.none", "result.next").hands_over()
    assert play.closed()[0].status is Status.ACCEPTED
    assert play.closed()[0].alerts == ("staff_called",)


def test_staff_called_while_the_terminal_is_slow() -> None:
    play = REACHED["StaffCalled, waiting"]().answers().expect("checking", fx.RegisterConsents)
    play.registers_consents().expect("result")


def test_staff_cancel_a_call() -> None:
    REACHED["StaffCalled"]().staff("cancel").expect_state(Consenting)
    REACHED["StaffCalledAtIdle"]().staff("cancel").expect("idle")


def test_staff_who_do_not_come_find_the_visit_prepared() -> None:
    play = REACHED["StaffCalled at the result"]().waits().expect_state(AwaitingStaff)
    assert isinstance(play.state, AwaitingStaff)
    assert play.state.eligibility is Eligibility.VALID


def test_decision_is_recorded_once_though_staff_were_called_in_between() -> None:
    play = REACHED["StaffCalled at the result"]().taps("back").expect_state(ShowingResult)
    names = [x.event for e in play.log if isinstance(e, fx.AppendJournal) for x in e.entries]
    assert names.count("decision.made") == 1


def test_staff_called_without_a_visit() -> None:
    Play().taps("staff").expect("staff_called").expect_journal("staff.called")
    Play().taps("staff").places_card().expect("reading", fx.OpenVisit, fx.ReadCard)


def test_card_is_not_forgotten_over_a_call() -> None:
    play = REACHED["StaffCalledAtIdle, card there"]().waits().expect_state(TakingCard)
    play.taps("staff").takes_card().taps("back").expect_state(Finished)


def test_call_during_an_outage_comes_back_to_it() -> None:
    REACHED["StaffCalledAtIdle, out of service"]().taps("back").expect_state(OutOfService).expect_journal()


def test_staff_free_the_screen_when_the_card_is_gone() -> None:
    REACHED["AwaitingStaff, card taken"]().staff("cancel").expect_state(Finished)
    play = REACHED["AwaitingStaff, card taken"]().waits().expect_state(Idle)
    play.expect_closed(status=Status.HANDED_TO_STAFF)


def test_who_goes_away_from_another_way_leaves_the_visit_with_staff() -> None:
    for tap in ("fallback.document", "fallback.none"):
        play = REACHED["FallingBack"]().expect_state(FallingBack).taps(tap).waits().waits()
        play.expect("staff_called", says="staff_called.documents")
        assert "patient_left" in play.state.visit.alerts  # type: ignore[attr-defined]


# --- languages -----------------------------------------------------------------------------------


def test_language_stays_within_the_visit_and_ends_with_it() -> None:
    play = Play().taps("language.en").expect_journal("language.chosen").until_face()
    assert play.view.language == "en"
    play.taps("method.pin", "back").takes_card()
    assert play.view.language == "en"
    play.places_card()
    assert play.view.language == "en", "the same person tries again"
    play.takes_card().waits().expect("idle")
    assert play.view.language == "ja"


def test_the_voice_says_it_again_and_louder_and_the_next_person_starts_anew() -> None:
    play = Play().taps("voice", "voice.repeat", "voice.louder")
    assert (play.view.voice_repeats, play.view.voice_volume) == (2, 100)
    play.taps("voice.louder")
    assert play.view.voice_volume == 100, "it stays the loudest"
    play.taps(*["voice.softer"] * 3)
    assert (play.view.voice_repeats, play.view.voice_volume) == (6, 40)
    play.taps("voice.stop")
    assert not play.view.voice_on
    play.waits()
    assert (play.view.voice_on, play.view.voice_volume) == (False, 70)


def test_language_and_voice_are_changed_in_the_middle_of_anything() -> None:
    for name in REACHED:
        play = REACHED[name]()
        before = type(play.state)
        play.taps("language.en", "voice").expect_state(before)
        assert (play.view.language, play.view.voice_on) == ("en", True)


def test_language_survives_a_question_in_between() -> None:
    play = REACHED["AskingMoreTime"]().taps("language.en", "extend.yes")
    assert play.view.language == "en"


def test_language_chosen_on_the_start_screen_does_not_wait_for_the_next_person() -> None:
    play = Play().taps("language.en", "voice").waits()
    assert (play.view.language, play.view.voice_on) == ("ja", False)
    assert play.state.timer is None


def test_who_comes_back_from_a_call_keeps_the_language() -> None:
    assert Play().taps("language.en", "staff", "back").view.language == "en"
    assert Play().taps("language.en", "staff").places_card().view.language == "en"
    assert Play().taps("language.en", "staff").waits().view.language == "ja"


def test_next_person_finds_the_facilitys_language() -> None:
    play = REACHED["Finished"]().taps("language.en").places_card()
    assert play.view.language == "ja"


def test_size_colours_and_reach_are_changed_in_the_middle_of_anything_and_end_with_the_person() -> None:
    for name in ("ReadingCard", "EnteringPin", "StaffCalled", "AskingMoreTime", "TakingCard"):
        play = REACHED[name]()
        before = type(play.state)
        play.taps("size", "contrast", "low").expect_state(before)
        assert (play.view.text_size, play.view.palette, play.view.low) == (150, "contrast", True)
        play.taps("size", "contrast", "contrast", "low")
        assert (play.view.text_size, play.view.palette, play.view.low) == (200, "light", False)
    play = REACHED["StaffCalled"]().taps("size").taps("back")
    assert play.view.text_size == 150
    play = Play().taps("size", "low").waits()
    assert (play.view.text_size, play.view.low) == (100, False)


@pytest.mark.parametrize("document", ["oral", "attestation", "certificate", None])
@pytest.mark.parametrize("around", [(), ("staff",)])
def test_staff_make_a_result_that_the_card_confirmed_no_worse(document: str | None, around: tuple[str, ...]) -> None:
    play = Play().until_result().taps(*around)
    shown = play.state
    assert play.accepts(document).state == shown
    assert "accept" not in [offer.action for offer in offers(shown, AT)]


@pytest.mark.parametrize("document", ["oral", "attestation", "certificate", "card", None])
def test_staff_accept_on_the_card_what_the_card_confirmed(document: str | None) -> None:
    """Taken over in the middle of the consents: nothing is consented, and the insurance stands."""
    for play in (
        REACHED["Consenting, answered"]().staff("take_over"),
        REACHED["Consenting, answered"](),
        REACHED["ChoosingPrescription"](),
    ):
        (offer,) = [offer for offer in offers(play.state, AT) if offer.action == "accept"]
        assert offer.documents == ()
        play.accepts(document)
        if play.requested(fx.RegisterConsents):
            play.registers_consents()
        play.expect("result").taps("result.next").hands_over()
        play.expect_closed(decision="D01", document=Document.CARD, eligibility=Eligibility.VALID)


def test_staff_accept_by_a_document_what_the_card_has_not_confirmed() -> None:
    REACHED["AwaitingEligibility"]().accepts("oral").expect("checking", fx.ReadHolder)


@pytest.mark.parametrize("document", ["oral", "attestation", None])
def test_of_several_people_staff_accept_none_without_choosing(document: str | None) -> None:
    several = answer(Eligibility.MULTIPLE, PERSON, replace(PERSON, branch="02"))
    play = Play().until_consent().answers(several).expect("staff_called")
    waiting = play.state
    assert play.accepts(document).state == waiting
    (offer,) = [offer for offer in offers(waiting, AT) if offer.action == "accept"]
    assert not {"oral", "attestation"} & set(offer.documents)
