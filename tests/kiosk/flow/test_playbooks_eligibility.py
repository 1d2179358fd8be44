"""Stories of consent, the terminal's answer, the guard against a wrong person, the hand-over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility, Status
from kiosk.domain.screen import ResultContent
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingStaff,
    ConfirmedStage,
    FallingBack,
    Finished,
    HandOverFailed,
    ReadingCard,
    ShowingResult,
    TakingCard,
)
from kiosk.flow.states_documents import ShowingDocumentResult
from kiosk.ports.card import CredentialAccepted
from kiosk.ports.face import FaceVerdict
from tests.kiosk.flow.checks import parts, texts_of
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import PERSON, SETTINGS, STRANGER, answer, card_until

# --- the certificate's dates ---------------------------------------------------------------------


def test_certificate_that_ends_soon_is_told_with_the_result() -> None:
    play = Play().until_face(card_until(2026, 12, 31)).judges_face(FaceVerdict.MATCH).answers().taps("consent.none")
    play.expect("result", says="result.expiry_soon")
    play.taps("result.next").hands_over()
    assert "certificate_expires_soon" in play.closed()[0].alerts


def test_certificate_in_grace_skips_consent_and_says_until_when() -> None:
    play = Play().until_face(card_until(2026, 11, 1)).judges_face(FaceVerdict.MATCH).expect("checking", fx.QueryCard)
    play.answers(answer(medical_information_allowed=False)).expect("result", says="result.expired_grace")
    play.taps("result.next").hands_over().expect_closed(status=Status.ACCEPTED, decision="D03", consents=())


def test_lapsed_certificate_is_not_asked_with() -> None:
    play = Play().places_card().reads_card(card_until(2026, 1, 1)).expect("fallback", says="result.expired_over")
    assert play.requested(fx.QueryCard) == 0
    play.taps("fallback.document").takes_card().waits().waits().waits().expect_closed(status=Status.HANDED_TO_STAFF)


# --- the terminal --------------------------------------------------------------------------------


def test_silent_terminal_is_asked_once_more_and_then_the_patient_goes_on() -> None:
    play = Play().until_consent().fails(fx.QueryCard, FailureCode.TERMINAL_SILENT).expect("consent", fx.QueryCard)
    play.fails(fx.QueryCard, FailureCode.TERMINAL_SILENT).expect("fallback", says="outage.network")
    assert "staff.need.terminal" in [t.id for t in play.view.lane.needs]


def test_terminal_that_never_answers_is_given_up_too() -> None:
    play = Play().until_consent().taps("consent.all")
    play.waits().expect("checking", fx.QueryCard).waits().expect("fallback", says="outage.network")


@pytest.mark.parametrize(
    "code",
    [
        FailureCode.TERMINAL_ERROR,
        FailureCode.TERMINAL_FOLDER_GONE,
        FailureCode.ANSWER_DAMAGED,
        FailureCode.ANSWER_ENCRYPTED,
        FailureCode.ANSWER_FOREIGN,
        FailureCode.DISK_FULL,
        FailureCode.INTERNAL,
    ],
)
def test_failure_of_the_terminal_leads_to_the_other_ways(code: FailureCode) -> None:
    play = Play().until_consent().fails(fx.QueryCard, code).expect("fallback", says="outage.network")
    play.taps("fallback.none").expect("visit").staff("take_over").expect("staff_called")
    play.staff("cancel").expect_closed(status=Status.HANDED_TO_STAFF)


def test_staff_ask_again_when_the_line_is_back() -> None:
    play = REACHED["FallingBack"]().staff("requery").expect("checking", fx.QueryCard)
    (asked,) = (e for e in play.effects if isinstance(e, fx.QueryCard))
    assert asked.insist
    play.answers().expect("result")


@pytest.mark.parametrize(
    ("given", "screen", "message", "eligibility"),
    [
        (answer(), "consent", "consent.title", Eligibility.VALID),
        (answer(Eligibility.INVALID_NEWER), "consent", "consent.title", Eligibility.INVALID_NEWER),
        (answer(Eligibility.INVALID), "fallback", "result.not_found", Eligibility.INVALID),
        (answer(Eligibility.NOT_FOUND), "fallback", "result.not_found", Eligibility.NOT_FOUND),
        (answer(Eligibility.UNCONFIRMED), "fallback", "result.not_found", Eligibility.UNCONFIRMED),
        (answer(Eligibility.MULTIPLE, PERSON, STRANGER), "staff_called", "staff_called.wait", Eligibility.MULTIPLE),
        (answer(Eligibility.VALID, PERSON, PERSON), "staff_called", "staff_called.wait", Eligibility.MULTIPLE),
        (
            answer(Eligibility.NOT_REGISTERED_FACILITY),
            "staff_called",
            "staff_called.wait",
            Eligibility.NOT_REGISTERED_FACILITY,
        ),
        (
            answer(Eligibility.VALID, replace(PERSON, disqualified_on=date(2026, 4, 1))),
            "fallback",
            "result.not_found",
            Eligibility.INVALID,
        ),
        (
            answer(Eligibility.VALID, replace(PERSON, valid_to=date(2026, 11, 23))),
            "fallback",
            "result.not_found",
            Eligibility.INVALID,
        ),
        (
            answer(Eligibility.VALID, replace(PERSON, valid_to=date(2026, 11, 24))),
            "consent",
            "consent.title",
            Eligibility.VALID,
        ),
    ],
)
def test_each_answer_has_its_screen(
    given: EligibilityAnswer, screen: str, message: str, eligibility: Eligibility
) -> None:
    play = Play().until_consent().answers(given).expect(screen, says=message)
    seen = play.state.eligibility if isinstance(play.state, FallingBack | AwaitingStaff) else given.eligibility
    assert seen is eligibility


def test_share_that_cannot_be_known_is_left_to_staff() -> None:
    play = Play().until_consent().answers(answer(Eligibility.VALID, replace(PERSON, contribution_ratio=None)))
    play.taps("consent.none", "confirm.yes")
    assert isinstance(play.view.content, ResultContent)
    assert "result.value.share_counter" in play.messages
    play.taps("result.next").hands_over()
    assert play.closed()[0].share is None
    assert "share_unknown" in play.closed()[0].alerts


@pytest.mark.parametrize(("last", "told"), [(20, True), (10, False), (None, False)])
def test_share_that_is_not_that_of_the_last_visit_is_told_to_staff(last: int | None, told: bool) -> None:
    play = Play().until_consent()
    assert answer().persons[0].contribution_ratio == 10
    play.on(ev.EligibilityAnswered(play.at, play.ticket(fx.QueryCard), answer(), last))
    play.taps("consent.none", "confirm.yes").expect("result")
    assert ("staff.fact.share_changed" in [text.id for text in play.view.lane.facts]) is told
    play.taps("result.next").hands_over().expect_closed(status=Status.ACCEPTED, share=10)
    assert ("share_changed" in play.closed()[0].alerts) is told


def test_whole_price_is_never_shown() -> None:
    play = Play().until_consent().answers(answer(Eligibility.VALID, replace(PERSON, contribution_ratio=100)))
    play.taps("consent.none", "confirm.yes")
    assert "result.value.share" not in play.messages
    assert isinstance(play.state, ShowingResult)
    assert play.state.outcome.share is None


def test_day_that_ends_between_answer_and_consent() -> None:
    ends = replace(PERSON, disqualified_on=date(2026, 11, 25))
    play = Play().until_consent().answers(answer(Eligibility.VALID, ends)).expect("consent")
    play.at = play.at.replace(day=25, hour=0, minute=0)
    play.taps("consent.all").expect("fallback", says="result.not_found")


def test_staff_learn_until_when_a_qualification_was_valid() -> None:
    over = replace(PERSON, valid_to=date(2026, 7, 31))
    play = Play().until_consent().answers(answer(Eligibility.VALID, over)).expect("fallback")
    assert "staff.fact.valid_until" in [text.id for text in play.view.lane.facts]


# --- the right person ----------------------------------------------------------------------------


def test_answer_about_somebody_else_shows_nothing_and_stops_the_hand_over() -> None:
    play = Play().until_consent().answers(answer(Eligibility.VALID, STRANGER))
    play.expect("staff_called", says="staff_called.incident").expect_journal(
        "eligibility.answered", "guard.mismatch", "staff.called"
    )
    for story in (
        lambda: play.staff("take_over"),
        lambda: play.takes_card(),
        lambda: play.waits(),
    ):
        held = list(parts(play.state))
        assert STRANGER not in held
        assert not {STRANGER.name, STRANGER.kana, STRANGER.number, STRANGER.address} & set(_texts(held))
        assert not [t for t in texts_of(play.view) if "別人" in t or "太郎" in t]
        story()
    assert play.requested(fx.HandOver) == 0
    assert "person_mismatch" in play.closed()[0].alerts


@pytest.mark.parametrize("eligibility", [Eligibility.INVALID, Eligibility.NOT_FOUND, Eligibility.INVALID_NEWER])
def test_lost_qualification_of_somebody_else_is_a_mismatch_as_well(eligibility: Eligibility) -> None:
    Play().until_consent().answers(answer(eligibility, STRANGER)).expect("staff_called", says="staff_called.incident")


def test_answer_to_the_consent_is_compared_too() -> None:
    play = REACHED["RegisteringConsents"]().registers_consents(answer(Eligibility.VALID, STRANGER))
    play.expect("staff_called", says="staff_called.incident")
    assert play.requested(fx.HandOver) == 0
    assert STRANGER not in list(parts(play.state))


@pytest.mark.parametrize("other", [replace(PERSON, sex="1"), replace(PERSON, birth_date=None)])
def test_each_printed_fact_counts(other: object) -> None:
    play = Play().until_consent().answers(answer(Eligibility.VALID, other))  # type: ignore[arg-type]
    play.expect("staff_called", says="staff_called.incident")


@pytest.mark.parametrize(
    ("card_name", "screen"), [("見本　花子", "result"), ("別人　花子", "staff_called"), (None, "result")]
)
def test_name_on_the_chip_counts_where_it_was_read(card_name: str | None, screen: str) -> None:
    play = Play().until_consent()
    named = ev.EligibilityAnswered(play.at, play.ticket(fx.QueryCard), answer(), card_name=card_name)
    play.on(named)
    if screen == "result":
        play.taps("consent.none")
    play.expect(screen)


def test_name_on_the_chip_is_kept_for_the_answer_to_the_consents() -> None:
    play = Play().until_consent()
    play.on(ev.EligibilityAnswered(play.at, play.ticket(fx.QueryCard), answer(), card_name="見本　花子"))
    play.taps("consent.all").registers_consents(answer(Eligibility.VALID, replace(PERSON, name="見本　百子")))
    play.expect("staff_called", says="staff_called.incident")
    assert play.requested(fx.HandOver) == 0


def test_black_dot_never_blocks() -> None:
    play = Play().until_consent().answers(answer(Eligibility.VALID, replace(PERSON, name="●本　花子")))
    play.taps("consent.none").expect("result", says="result.name_dot").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, decision="D02")


def test_not_me_clears_the_screen_at_once() -> None:
    play = Play().until_result().taps("confirm.not_me").expect("staff_called", says="result.not_me")
    assert PERSON not in list(parts(play.state))
    play.takes_card().waits()
    assert play.requested(fx.HandOver) == 0
    play.expect_closed(status=Status.HANDED_TO_STAFF)
    assert "patient_says_not_me" in play.closed()[0].alerts


def test_name_is_masked_until_the_patient_confirms() -> None:
    play = Play().until_result()
    assert isinstance(play.view.content, ResultContent)
    assert play.view.content.name == "ミ＊　ハ＊"
    assert "result.row.share" not in play.messages
    play.taps("confirm.yes")
    assert isinstance(play.view.content, ResultContent)
    assert "見本　花子" in (play.view.content.name or "")
    assert "result.row.share" in play.messages


# --- consent -------------------------------------------------------------------------------------


def test_consent_is_never_pre_selected() -> None:
    play = Play().until_consent().taps("consent.choose").expect("consent_items")
    assert [c.checked for c in play.view.controls if c.checked is not None] == [False, False, False]


def test_consent_by_items() -> None:
    play = Play().until_consent().answers().taps("consent.choose", "consent.checkup", "consent.surgery")
    play.taps("consent.surgery", "consent.ok").expect("checking", fx.RegisterConsents)
    play.registers_consents().taps("result.next").hands_over().expect_closed(consents=("checkup",))


def test_refusing_is_as_easy_as_consenting() -> None:
    play = Play().until_consent()
    assert {c.role for c in play.view.controls if c.id in ("consent.all", "consent.none")} == {"main"}
    play.answers().taps("consent.none").expect("result").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, consents=())
    assert play.requested(fx.RegisterConsents) == 0


def test_no_item_chosen_is_a_refusal() -> None:
    Play().until_consent().answers().taps("consent.choose", "consent.ok").expect("result")


def test_back_from_the_items() -> None:
    Play().until_consent().taps("consent.choose", "consent.checkup", "back").expect("consent")


@pytest.mark.parametrize("first", [(), ("consent.choose", "consent.medication")])
def test_card_pulled_before_consent_is_no_consent_and_said_so(first: tuple[str, ...]) -> None:
    play = Play().until_consent().answers().taps(*first).takes_card().expect("result", says="consent.card_taken")
    play.taps("result.next").hands_over().expect_closed(status=Status.ACCEPTED, consents=())


def test_consent_given_where_no_medical_data_may_be_given_is_not_registered() -> None:
    play = Play().until_consent().taps("consent.all").answers(answer(medical_information_allowed=False))
    play.expect("result")
    assert play.requested(fx.RegisterConsents) == 0


def test_no_consent_screen_where_the_facility_asks_for_nothing() -> None:
    play = Play(replace(SETTINGS, consent_items=())).until_consent().expect("checking", fx.QueryCard)
    play.answers().expect("result")


@pytest.mark.parametrize("code", [FailureCode.TERMINAL_SILENT, FailureCode.TERMINAL_ERROR])
def test_consent_that_does_not_arrive_does_not_stop_the_reception(code: FailureCode) -> None:
    play = REACHED["RegisteringConsents"]().fails(fx.RegisterConsents, code)
    play.expect("result", says="consent.not_registered").expect_journal("consent.failed")
    play.taps("result.next").hands_over().expect_closed(status=Status.ACCEPTED, consents=())


# --- first registration --------------------------------------------------------------------------

NOT_YET = answer(Eligibility.NOT_FOUND, card_registered=False)


def test_first_registration_is_one_tap_and_goes_on() -> None:
    play = Play().until_consent().answers(NOT_YET).expect("registration")
    play.taps("registration.yes").expect("checking", fx.RegisterCard).expect_journal("registration.answered")
    play.registers_card().expect("consent", fx.QueryCard).expect_journal("registration.done", "eligibility.asked")
    play.answers().taps("consent.none").expect("result")


def test_first_registration_is_declined_in_one_tap() -> None:
    play = Play().until_consent().answers(NOT_YET).taps("registration.no").expect("fallback", says="register.skip")
    assert play.requested(fx.RegisterCard) == 0


def test_registration_is_offered_once() -> None:
    play = Play().until_consent().answers(NOT_YET).taps("registration.yes").registers_card().answers(NOT_YET)
    play.expect("fallback", says="register.failed")


def test_registration_that_fails_is_recorded_as_such() -> None:
    play = REACHED["AwaitingRegistration"]().fails(fx.RegisterCard, FailureCode.TERMINAL_ERROR)
    play.expect("fallback", says="register.failed").expect_journal("registration.failed")


def test_query_after_registration_may_be_repeated_too() -> None:
    play = REACHED["AwaitingRegistration"]().registers_card().fails(fx.QueryCard, FailureCode.TERMINAL_SILENT)
    play.expect("consent", fx.QueryCard)


def test_card_pulled_while_registering_is_no_consent_and_said_so() -> None:
    play = REACHED["AwaitingRegistration"]().takes_card().registers_card().expect_state(AwaitingEligibility)
    play.answers().expect("result", says="consent.card_taken")


# --- the hand-over -------------------------------------------------------------------------------


def test_hand_over_that_fails_is_tried_again_and_staff_know() -> None:
    play = REACHED["HandingOver"]().fails(fx.HandOver, FailureCode.OUT_WRITE_FAILED).expect("staff_called")
    assert "staff.need.out" in [t.id for t in play.view.lane.needs]
    play.waits().expect("staff_called", fx.HandOver).fails(fx.HandOver, FailureCode.DISK_FULL)
    play.waits().hands_over().expect("take_card", fx.CloseVisit, fx.ForgetVisit)
    play.expect_closed(status=Status.ACCEPTED)


def test_hand_over_that_is_late_counts() -> None:
    play = REACHED["HandingOver"]().waits().expect_state(HandOverFailed)
    play.hands_over().expect_state(TakingCard).expect_closed(status=Status.ACCEPTED)


def test_hand_over_is_left_to_staff_when_the_next_card_comes() -> None:
    play = REACHED["HandOverFailed"]().takes_card().places_card().expect_state(ReadingCard)
    play.expect_closed(status=Status.HANDED_TO_STAFF)
    assert "hand_over_failed" in play.closed()[0].alerts


def test_staff_end_a_failed_hand_over() -> None:
    play = REACHED["HandOverFailed"]().staff("cancel").expect_state(TakingCard)
    play.expect_closed(status=Status.HANDED_TO_STAFF)


def test_file_that_is_handed_over_is_the_one_that_was_compared() -> None:
    play = Play().until_consent()
    asked = play.ticket(fx.QueryCard)
    play.answers().taps("consent.all")
    registered = play.ticket(fx.RegisterConsents)
    too_late = ev.ConsentsRegistered(play.at, registered, answer())
    play.waits().expect("result", says="consent.not_registered").on(too_late).taps("result.next")
    assert [e.result for e in play.effects if isinstance(e, fx.HandOver)] == [asked]
    play.fails(fx.HandOver, FailureCode.OUT_WRITE_FAILED).waits()
    assert [e.result for e in play.effects if isinstance(e, fx.HandOver)] == [asked]

    in_time = Play().until_result().taps("result.next")
    assert [e.result for e in in_time.effects if isinstance(e, fx.HandOver)] == [in_time.ticket(fx.RegisterConsents)]


def test_result_gives_way_by_itself() -> None:
    Play().until_result().waits().expect("take_card", fx.HandOver)


def test_taking_the_card_ends_the_result() -> None:
    Play().until_result().takes_card().hands_over().expect_state(Finished)


@pytest.mark.parametrize("name", [n for n, p in REACHED.items() if isinstance(p().state, ConfirmedStage)])
def test_what_is_confirmed_is_known_to_staff_who_take_over(name: str) -> None:
    play = REACHED[name]()
    assert isinstance(play.state, ConfirmedStage)
    known = play.state.visit.answer
    eligibility = known.eligibility if known else Eligibility.UNCONFIRMED
    if isinstance(play.state, ShowingDocumentResult):
        eligibility = play.state.outcome.eligibility
    play.staff("take_over").expect_state(AwaitingStaff)
    assert isinstance(play.state, AwaitingStaff)
    assert play.state.eligibility is eligibility


def test_an_answer_that_nothing_was_compared_with_goes_to_staff() -> None:
    """Without the card face there is nothing to compare with: a person does it, nothing is handed over unseen."""
    play = Play().places_card().reads_card().fails(fx.ReadPhoto, FailureCode.FRONT_UNREADABLE).taps("method.pin")
    play.enters_pin().judges_pin(CredentialAccepted()).answers().expect_state(AwaitingStaff)
    assert isinstance(play.state, AwaitingStaff)
    assert "card_face_not_compared" in play.state.visit.alerts


def _texts(held: list[object]) -> list[str]:
    return [p for p in held if isinstance(p, str)]
