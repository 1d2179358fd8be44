"""Stories of the card and its reader: the happy path, taken cards, foreign cards, a reader that goes away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.domain.card import CardKind
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Status
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.machine import initial_state, step
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingStaff,
    CardForgotten,
    CardStage,
    CheckingFace,
    ConfirmedStage,
    FallingBack,
    Finished,
    HandingOver,
    Idle,
    OutOfService,
    ReadingCard,
    ReadingPhoto,
    RegisteringConsents,
    ShowingResult,
    State,
    TakingCard,
)
from kiosk.flow.timeouts import timer_of
from kiosk.ports.face import FaceVerdict
from tests.kiosk.flow.checks import parts
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import ASKING_FORM, REACHED
from tests.kiosk.flow.samples import AT, CERTIFICATE, PERSON, SETTINGS, STRANGER, answer, card


def test_happy_path_is_one_tap() -> None:
    play = Play().expect("idle")
    play.places_card().expect("reading", fx.OpenVisit, fx.ReadCard).expect_journal("card.presented", "visit.opened")
    play.reads_card().expect("reading", fx.ReadPhoto).expect_journal("card.read", "certificate.checked")
    play.reads_photo().expect("face", fx.RunFace).expect_journal("photo.read")
    play.judges_face(FaceVerdict.MATCH).expect("consent", fx.QueryCard)
    play.expect_journal("face.attempted", "identity.confirmed", "eligibility.asked")
    play.answers().expect("consent")
    play.taps("consent.all").expect("checking", fx.RegisterConsents)
    play.registers_consents().expect("result", says="result.ok")
    play.takes_card().expect("finished", fx.HandOver)
    play.hands_over().expect("finished", fx.CloseVisit, fx.ForgetVisit).expect_journal("handover.done", "visit.closed")
    play.expect_closed(
        status=Status.ACCEPTED,
        identity=IdentityMethod.FACE,
        eligibility=Eligibility.VALID,
        document=Document.CARD,
        claim_route="normal",
        consents=("surgery", "medication", "checkup"),
        decision="D01",
        share=10,
        alerts=(),
    )
    play.waits().expect("idle").expect_state(Idle)


def test_query_runs_while_consent_is_asked() -> None:
    play = Play().until_consent()
    assert play.requested(fx.QueryCard) == 1
    play.taps("consent.none").expect("checking")
    play.answers().expect("result")


def test_card_pulled_while_reading_ends_the_visit_and_a_new_one_begins_by_itself() -> None:
    play = Play().places_card().takes_card().expect("card_problem", fx.CloseVisit, fx.ForgetVisit)
    play.expect_closed(status=Status.ABANDONED, identity=IdentityMethod.NONE)
    assert "card.removed_early" in play.messages
    play.on(ev.CardRead(play.at, play.ticket(fx.ReadCard), card())).expect("card_problem")
    play.places_card().expect("reading", fx.OpenVisit, fx.ReadCard)
    assert {e.visit_id for e in play.log if isinstance(e, fx.OpenVisit)} == {"test-0001", "test-0002"}


def test_card_pulled_during_the_face_check_stops_the_camera() -> None:
    Play().until_face().takes_card().expect("card_problem", fx.StopFace, fx.CloseVisit, fx.ForgetVisit)


def test_card_problem_without_card_gives_way_to_the_start_screen() -> None:
    Play().places_card().takes_card().waits().expect("idle")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (CardKind.OTHER, "card.not_myna"),
        (CardKind.JUKI, "card.not_myna"),
        (CardKind.SILENT, "card.no_chip"),
    ],
)
def test_another_card_is_told_and_given_back(kind: CardKind, message: str) -> None:
    play = Play().places_card().reads_card(card(kind=kind, certificate=None))
    play.expect("card_problem", fx.CloseVisit, fx.ForgetVisit, says=message)
    play.takes_card().expect("idle")


def test_a_useless_card_that_nobody_takes_back_is_one_left_behind() -> None:
    play = REACHED["CardProblem"]()
    assert timer_of(play.state) == (60.0, fx.TimerKind.PATIENCE), "the person may take their time to read"
    play.waits().expect_journal("timeout", "card.forgotten").expect("card_forgotten", says="card.forgotten")
    assert (play.view.sound, play.view.urgent, play.state.timer) == ("alarm", True, None)
    play.taps("staff").waits().expect("card_forgotten")
    play.takes_card().expect("idle")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (FailureCode.CARD_SILENT, "card.no_chip"),
        (FailureCode.CARD_FOREIGN, "card.not_myna"),
        (FailureCode.CARD_JUKI, "card.not_myna"),
        (FailureCode.CARD_LOST, "card.removed_early"),
    ],
)
def test_failure_that_means_the_card_is_shown_as_such(code: FailureCode, message: str) -> None:
    Play().places_card().fails(fx.ReadCard, code).expect("card_problem", fx.CloseVisit, fx.ForgetVisit, says=message)


def test_late_removal_of_an_earlier_card_does_not_hide_the_problem_of_this_one() -> None:
    play = Play().places_card().takes_card().places_card().reads_card(card(kind=CardKind.OTHER, certificate=None))
    play.on(ev.CardRemoved(play.at, 1)).expect("card_problem", says="card.not_myna")


def test_damaged_card_offers_another_way() -> None:
    Play().places_card().fails(fx.ReadCard, FailureCode.CARD_BROKEN).expect("fallback", says="card.damaged")


def test_card_without_certificate_offers_another_way() -> None:
    Play().places_card().reads_card(card(certificate=None)).expect("fallback", says="card.no_certificate")


def test_card_held_by_another_program_needs_staff() -> None:
    Play().places_card().fails(fx.ReadCard, FailureCode.READER_BUSY).expect("staff_called")


def test_card_left_behind_is_called_after_and_never_locks_the_kiosk() -> None:
    play = REACHED["TakingCard"]().expect("take_card", fx.CloseVisit, fx.ForgetVisit)
    play.waits().expect("card_forgotten", fx.RaiseAlert).expect_journal("timeout", "card.forgotten")
    assert play.view.urgent
    play.takes_card().expect("finished").waits().expect("idle")


def test_second_card_during_a_visit_never_joins_it() -> None:
    play = Play().until_consent().takes_card().expect("checking")
    play.places_card().expect("checking")
    play.answers().expect_state(HandingOver).expect("take_card", fx.HandOver)
    play.hands_over().expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)
    play.expect_closed(status=Status.ACCEPTED, consents=())
    assert not [p for p in parts(play.state) if p == PERSON.name]


def test_next_card_at_the_result_takes_the_result_off_the_screen() -> None:
    play = Play().until_consent().takes_card().answers().expect_state(ShowingResult)
    play.places_card().expect_state(HandingOver).hands_over().expect_state(ReadingCard)


def test_card_exchanged_before_confirmation_begins_anew() -> None:
    play = Play().until_face().on(ev.CardPresented(Play().at, 2))
    play.expect("reading", fx.StopFace, fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)
    assert play.state.lane.card == 2


def test_same_card_reported_twice_changes_nothing() -> None:
    play = Play().until_face()
    before = play.state
    play.on(ev.CardPresented(play.at, 1))
    assert play.state == before


def test_next_person_need_not_wait_for_staff() -> None:
    play = REACHED["FallingBack"]().takes_card().places_card().expect_state(ReadingCard)
    play.expect_closed(status=Status.HANDED_TO_STAFF)


@pytest.mark.parametrize("silent", [True, False])
def test_card_laid_down_while_the_line_is_asked_for_somebody_else_is_read_when_that_ends(silent: bool) -> None:
    play = Play().until_consent().takes_card().places_card().expect("checking")
    if silent:
        play.fails(fx.QueryCard, FailureCode.TERMINAL_FOLDER_GONE)
    else:
        play.answers(answer(Eligibility.VALID, STRANGER))
    play.expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)
    play.expect_closed(status=Status.HANDED_TO_STAFF)
    assert not [p for p in parts(play.state) if p in (PERSON.name, STRANGER.name)]


def test_card_laid_down_beside_a_form_is_read_when_nobody_writes_any_more() -> None:
    play = REACHED["FillingForm"]().takes_card().places_card().waits().expect_state(ReadingCard)
    play.expect_closed(status=Status.HANDED_TO_STAFF)


def test_nobody_answers_the_offer_of_registration_for_another_patient() -> None:
    play = REACHED["Registering"]().takes_card().expect("registration").places_card().expect_state(ReadingCard)
    play.expect_closed(status=Status.ABANDONED)


@pytest.mark.parametrize("late", [False, True])
def test_nobody_chooses_the_form_of_a_prescription_for_another_patient(late: bool) -> None:
    play = Play(ASKING_FORM).until_consent() if late else REACHED["ChoosingPrescription"]()
    play.takes_card().places_card()
    if late:
        play.expect_state(AwaitingEligibility).answers()
    else:
        play.expect_state(RegisteringConsents).registers_consents()
    play.expect_state(HandingOver).hands_over().expect_state(ReadingCard)
    play.expect_closed(status=Status.ACCEPTED, prescription=None)


# --- the reader goes away ------------------------------------------------------------------------


def _all(kind: type) -> list[str]:
    return [name for name, play in REACHED.items() if isinstance(play().state, kind)]


@pytest.mark.parametrize("name", _all(CardStage))
def test_reader_lost_before_confirmation_leaves_the_visit_to_staff(name: str) -> None:
    play = REACHED[name]().loses_reader().expect_state(OutOfService)
    play.expect_closed(status=Status.HANDED_TO_STAFF)
    assert ("StopFace" in [type(e).__name__ for e in play.effects]) == (name.startswith(CheckingFace.__name__))
    play.gets_reader_back().expect("idle")


@pytest.mark.parametrize("name", _all(ConfirmedStage))
def test_reader_lost_after_confirmation_does_not_stop_the_visit(name: str) -> None:
    play = REACHED[name]()
    before = type(play.state)
    play.loses_reader().expect_state(before)
    assert play.state.lane.card is None


def test_reader_lost_late_is_not_forgotten() -> None:
    play = Play().until_result().loses_reader().taps("result.next").hands_over().expect_state(Finished)
    play.waits().expect("out_of_service").expect_journal("timeout", "service.suspended")
    play.gets_reader_back().expect("idle").expect_journal("reader.returned", "service.resumed")


def test_reader_back_in_time_is_as_if_it_had_never_gone() -> None:
    play = Play().until_result().loses_reader().gets_reader_back().taps("result.next").hands_over()
    play.waits().expect("idle")


def test_own_card_found_again_after_a_lost_reader_is_no_second_visit() -> None:
    play = Play().until_result().loses_reader().gets_reader_back().places_card().expect_state(ShowingResult)
    play.taps("result.next").hands_over().expect_state(TakingCard)


@pytest.mark.parametrize(
    "name", ["Idle", "CardProblem", "TakingCard", "CardForgotten", "Finished", "StaffCalledAtIdle"]
)
def test_reader_lost_without_a_visit(name: str) -> None:
    REACHED[name]().loses_reader().expect("out_of_service").gets_reader_back().expect("idle")


def test_reader_lost_while_staff_are_awaited_frees_the_screen_in_time() -> None:
    REACHED["AwaitingStaff"]().loses_reader().expect_state(AwaitingStaff).waits().expect_state(OutOfService)


def test_reader_that_comes_back_during_a_call_is_noticed() -> None:
    play = (
        REACHED["OutOfService"]().taps("staff").gets_reader_back().expect_journal("reader.returned", "service.resumed")
    )
    play.taps("back").expect("idle")


@pytest.mark.parametrize("effect", [fx.ReadCard, fx.ReadPhoto])
def test_reader_that_hangs_is_tried_again_with_the_next_card(effect: type[fx.Effect]) -> None:
    play = Play().places_card()
    if effect is fx.ReadPhoto:
        play.reads_card()
    play.fails(effect, FailureCode.READER_HUNG).expect(
        "out_of_service", fx.CloseVisit, fx.ForgetVisit, says="card.take"
    )
    play.expect_closed(status=Status.HANDED_TO_STAFF)
    assert play.state.timer is None, "while the card lies there, it would only hang again"
    play.takes_card().waits().expect("idle")


def test_reader_that_answers_again_is_in_service_and_the_card_is_laid_down_anew() -> None:
    play = REACHED["OutOfService, hung"]().gets_reader_back().expect("card_problem", says="card.take")
    play.expect_journal("reader.returned", "service.resumed")
    assert "card.removed_early.title" in play.messages
    play.takes_card().expect("idle").places_card().expect("reading", fx.OpenVisit, fx.ReadCard)


def test_card_left_on_the_reader_that_answers_again_is_one_left_behind() -> None:
    play = REACHED["OutOfService, hung"]().gets_reader_back().waits().expect("card_forgotten")
    play.takes_card().expect("idle")


def test_reader_that_answers_again_during_a_call_is_noticed() -> None:
    play = REACHED["OutOfService, hung"]().taps("staff").gets_reader_back()
    play.expect_journal("reader.returned", "service.resumed")
    play.taps("back").expect("card_problem", says="card.take")


def test_a_card_fails_once_in_the_journal_also_when_staff_are_called_meanwhile() -> None:
    REACHED["CardProblem"]().taps("staff").taps("back").expect("card_problem").expect_journal()


def test_reader_that_never_answers_is_given_up() -> None:
    Play().places_card().waits().expect("out_of_service", fx.CloseVisit, fx.ForgetVisit)


# --- the journal and the power -------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, p in REACHED.items() if p().state.lane.visits and "Problem" not in n])
def test_what_cannot_be_recorded_does_not_go_on(name: str) -> None:
    play = REACHED[name]()
    open_visits = len([e for e in play.log if isinstance(e, fx.OpenVisit)]) - len(play.closed())
    play.on(ev.JournalFailed(play.at, FailureCode.DISK_FULL)).expect_state(OutOfService)
    assert [o.status for o in play.closed(play.effects)] == [Status.HANDED_TO_STAFF] * open_visits


def test_service_resumes_by_trying_and_gives_the_card_back_first() -> None:
    play = Play().until_result().on(ev.JournalFailed(Play().at, FailureCode.DISK_FULL))
    play.expect("out_of_service", fx.CloseVisit, fx.ForgetVisit, says="outage.disk")
    play.waits().expect("take_card", says="finish.stopped").expect_journal("timeout", "service.resumed")
    play.waits().expect_state(CardForgotten).takes_card().waits().expect("idle")


def test_card_placed_during_an_outage_is_given_back_too() -> None:
    play = REACHED["OutOfService, disk full"]().takes_card().places_card().expect("out_of_service")
    play.waits().expect("take_card")


def test_power_cut_is_told_once_on_the_start_screen() -> None:
    play = Play().on(ev.PowerBack(Play().at, 1)).expect("idle", says="outage.power").expect_journal("power.restored")
    play.waits().expect("idle")
    assert "outage.power" not in play.messages


def test_power_cut_is_recorded_even_when_a_card_was_faster() -> None:
    Play().places_card().on(ev.PowerBack(Play().at, 1)).expect("reading").expect_journal("power.restored")


def test_certificate_without_end_is_read_like_any_other() -> None:
    forever = CERTIFICATE.not_after.replace(year=9999, month=12, day=31, hour=23)
    summary = card(certificate=CERTIFICATE.__class__(**{**CERTIFICATE.__dict__, "not_after": forever}))
    Play().until_face(summary).judges_face(FaceVerdict.MATCH).expect("consent", fx.QueryCard)


def test_card_taken_in_the_middle_of_the_query_does_not_stop_it() -> None:
    play = Play().until_consent().taps("consent.all").takes_card().expect_state(AwaitingEligibility)
    play.answers().expect("checking", fx.RegisterConsents)


def test_a_certificate_of_an_unknown_authority_counts_for_nothing() -> None:
    """Anybody can make a card with somebody else's serial: where authorities are configured, it opens no way."""
    state: State = initial_state(FlowSettings(trusted_certificates_only=True), "x")
    state, _ = step(state, ev.CardPresented(AT, 1))
    assert isinstance(state, ReadingCard)
    forged = card(certificate=replace(CERTIFICATE, trusted=False))
    state, effects = step(state, ev.CardRead(AT, state.ticket, forged))
    assert isinstance(state, FallingBack)
    assert "certificate_untrusted" in state.visit.alerts
    assert not any(isinstance(effect, fx.ReadPhoto) for effect in effects)


@pytest.mark.parametrize(("day", "told"), [(23, False), (24, True)])
def test_certificate_of_a_later_day_makes_staff_look_at_the_clock(day: int, told: bool) -> None:
    """The terminal says whether the insurance holds. The day is Japan's, nine hours ahead."""
    early = card(certificate=replace(CERTIFICATE, not_before=datetime(2026, 11, day, 15, tzinfo=UTC)))
    play = Play().places_card().reads_card(early).expect_state(ReadingPhoto)
    assert ("staff.fact.certificate_not_begun" in [fact.id for fact in play.view.lane.facts]) is told


def test_a_defect_of_the_program_leaves_the_visit_to_staff_and_tries_again() -> None:
    state: State = initial_state(FlowSettings(), "x")
    state, _ = step(state, ev.CardPresented(AT, 1))
    state, effects = step(state, ev.ProgramFailed(AT))
    assert isinstance(state, OutOfService)
    closed = next(effect for effect in effects if isinstance(effect, fx.CloseVisit))
    assert closed.outcome.status is Status.HANDED_TO_STAFF
    assert closed.outcome.alerts == ("program_failed",)
    assert any(isinstance(effect, fx.StartTimer) for effect in effects)


@pytest.mark.parametrize("where", ["ShowingResult", "ShowingDocumentResult"])
def test_who_hears_the_screens_has_the_usual_time_for_the_result(where: str) -> None:
    shown = REACHED[where]().state
    listening = replace(shown, lane=replace(shown.lane, screen_reader=True))
    for state, seconds in ((shown, SETTINGS.result_seconds), (listening, SETTINGS.patience)):
        timer = timer_of(state)
        assert timer is not None
        assert timer[0] == seconds
