"""Stories of the three ways to be confirmed: face, PIN, and a person who looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.failures import FailureCode
from kiosk.domain.messages import Text
from kiosk.domain.outcome import IdentityMethod, Status
from kiosk.domain.screen import CameraContent, CardPhotoContent, PinContent
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingStaff,
    AwaitingVisualCheck,
    CheckingFace,
    ChoosingMethod,
    ConfirmingLastTry,
    Consenting,
    DecidingVisually,
    EnteringPin,
    EnteringStaffCode,
    FallingBack,
    OutOfService,
    PausingFace,
    ReadingCard,
    VerifyingPin,
)
from kiosk.flow.states_documents import ChoosingDocument
from kiosk.ports.card import CredentialAccepted, CredentialBlocked, CredentialRejected
from kiosk.ports.face import FaceHint, FaceVerdict, Liveness
from tests.kiosk.flow.checks import SENTENCES
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import AT, HOLDER, NOT_LIVE, PIN, SETTINGS, STAFF_CODE, answer, card, card_until


def test_somebody_elses_face_ends_after_three_attempts_with_a_choice() -> None:
    play = Play().until_face()
    for _ in range(2):
        play.judges_face(FaceVerdict.NO_MATCH, FaceHint.DARK).expect("face", says="face.hint.dark")
        play.expect_state(PausingFace).waits().expect("face", fx.RunFace)
    play.judges_face(FaceVerdict.NO_MATCH).expect("identify", says="face.give_up")
    assert "method.face" not in play.view.control_ids()
    assert "staff.need.face_failed" in [t.id for t in play.view.lane.needs]
    play.on(ev.Tapped(play.at, "method.face")).expect_state(ChoosingMethod)
    assert play.requested(fx.RunFace) == 3
    assert play.requested(fx.QueryCard) == 0


def test_grey_band_is_an_attempt_and_never_a_yes() -> None:
    play = Play().until_face().judges_face(FaceVerdict.REVIEW).expect_state(PausingFace)
    play.waits().judges_face(FaceVerdict.MATCH).expect("consent", fx.QueryCard)


def test_nobody_before_the_camera_costs_no_attempt() -> None:
    play = Play().until_face().judges_face(FaceVerdict.NOBODY).expect("identify", says="face.nobody")
    play.taps("method.face").expect("face", fx.RunFace).judges_face(FaceVerdict.MATCH).expect("consent", fx.QueryCard)


def test_face_counter_and_pin_counter_are_separate_and_staff_reset_neither() -> None:
    play = Play().until_face().judges_face(FaceVerdict.NO_MATCH).taps("method.pin").enters_pin()
    play.judges_pin(CredentialRejected(2)).taps("back", "method.face").judges_face(FaceVerdict.NO_MATCH)
    assert isinstance(play.state, PausingFace)
    assert (play.state.visit.face_attempts, play.state.visit.pin_tries) == (2, 2)
    play.taps("method.staff").staff("cancel").expect_state(ChoosingMethod)
    assert isinstance(play.state, ChoosingMethod)
    assert (play.state.visit.face_attempts, play.state.visit.pin_tries) == (2, 2)


def test_card_without_photo_offers_the_other_ways() -> None:
    play = Play().places_card().reads_card().reads_photo(usable=False).expect("identify", says="face.no_photo")
    assert {"method.pin", "method.staff"} <= play.view.control_ids()
    assert "method.face" not in play.view.control_ids()


@pytest.mark.parametrize(
    "code", [FailureCode.FRONT_UNREADABLE, FailureCode.VERIFICATION_NUMBER_REFUSED, FailureCode.PHOTO_UNREADABLE]
)
def test_photo_that_cannot_be_read_closes_only_the_face_way(code: FailureCode) -> None:
    play = Play().places_card().reads_card().fails(fx.ReadPhoto, code).expect("identify", says="face.front_unreadable")
    assert {"method.pin", "method.staff"} <= play.view.control_ids()


def test_photo_that_takes_too_long_closes_only_the_face_way() -> None:
    Play().places_card().reads_card().waits().expect("identify")


@pytest.mark.parametrize("code", [FailureCode.CAMERA_GONE, FailureCode.CAMERA_SILENT])
def test_lost_camera_calls_staff_and_leaves_the_pin(code: FailureCode) -> None:
    play = Play().until_face().fails(fx.RunFace, code).expect("identify", says="camera.gone")
    assert "method.face" not in play.view.control_ids()
    assert "staff.need.camera" in [t.id for t in play.view.lane.needs]


def test_camera_that_never_answers_is_given_up() -> None:
    Play().until_face().waits().expect("identify", says="camera.gone")


def test_hint_changes_the_screen_and_nothing_else() -> None:
    play = Play().until_face()
    timer = play.state.timer
    play.on(ev.FaceHinted(play.at, play.ticket(fx.RunFace), FaceHint.TOO_FAR)).expect("face", says="face.hint.too_far")
    assert play.state.timer == timer


# --- PIN -----------------------------------------------------------------------------------------


def test_pin_opens_the_way() -> None:
    play = Play().until_face().taps("method.pin").expect("pin", fx.StopFace)
    play.enters_pin().expect("checking", fx.VerifyPin)
    play.judges_pin(CredentialAccepted()).expect("consent", fx.QueryCard)
    assert isinstance(play.state, Consenting)
    assert play.state.visit.identity is IdentityMethod.PIN


def test_wrong_pin_tells_the_tries_left_and_is_never_repeated() -> None:
    play = Play().until_face().taps("method.pin").enters_pin().judges_pin(CredentialRejected(2))
    play.expect("pin", says="pin.wrong")
    assert play.view.content == PinContent(2)
    assert play.requested(fx.VerifyPin) == 1


def test_last_try_needs_a_second_yes() -> None:
    play = Play().until_face(card(pin_tries=2)).taps("method.pin").enters_pin().judges_pin(CredentialRejected(1))
    play.expect("pin_last_try", says="pin.last_chance")
    play.on(ev.PinEntered(play.at, Secret(PIN))).expect("pin_last_try")
    play.taps("pin_last_try.yes").expect("pin").enters_pin().expect("checking", fx.VerifyPin)
    (effect,) = [e for e in play.effects if isinstance(e, fx.VerifyPin)]
    assert effect.last_try_confirmed


def test_last_try_declined_leads_back_to_the_other_ways() -> None:
    play = Play().until_face(card(pin_tries=1)).taps("method.pin", "pin_last_try.no").expect("identify")
    assert play.requested(fx.VerifyPin) == 0


def test_no_setting_takes_the_second_yes_away() -> None:
    play = Play(replace(SETTINGS, pin_confirm_below=0)).until_face(card(pin_tries=1)).taps("method.pin")
    play.expect_state(ConfirmingLastTry)


def test_locked_pin_says_so_and_leaves_face_and_staff() -> None:
    play = (
        REACHED["EnteringPin, last"]()
        .enters_pin()
        .judges_pin(CredentialBlocked())
        .expect("identify", says="pin.locked")
    )
    assert "method.pin" not in play.view.control_ids()
    assert {"method.face", "method.staff"} <= play.view.control_ids()
    assert "staff.need.pin_locked" in [t.id for t in play.view.lane.needs]


@pytest.mark.parametrize("summary", [card(pinless=True), card(pin_tries=0), card(pin_tries=None)])
def test_card_whose_pin_cannot_be_used_does_not_offer_it(summary: object) -> None:
    play = Play().until_face(summary)  # type: ignore[arg-type]
    assert "method.pin" not in play.view.control_ids()
    play.on(ev.Tapped(play.at, "method.pin")).expect_state(CheckingFace)


def test_pinless_card_without_photo_calls_staff_at_once() -> None:
    play = (
        Play()
        .places_card()
        .reads_card(card(pinless=True))
        .reads_photo(False)
        .expect("identify", says="pin.pinless_card")
    )
    assert play.view.lane.needs
    assert "auth.staff_only" in play.messages, "one way is no choice"


def test_card_broken_in_the_middle_of_the_pin_offers_another_way() -> None:
    REACHED["VerifyingPin"]().fails(fx.VerifyPin, FailureCode.CARD_BROKEN).expect("fallback", says="card.damaged")


def test_card_lost_in_the_middle_of_the_pin_asks_for_it_again() -> None:
    play = REACHED["VerifyingPin"]().fails(fx.VerifyPin, FailureCode.CARD_LOST)
    play.expect("card_problem", fx.CloseVisit, fx.ForgetVisit)


def test_reader_that_hangs_in_the_middle_of_the_pin() -> None:
    REACHED["VerifyingPin"]().waits().expect_state(OutOfService).expect_closed(status=Status.HANDED_TO_STAFF)


# --- staff look themselves -----------------------------------------------------------------------


def test_visual_check_names_who_and_why_and_ends_with_the_visit() -> None:
    play = Play().until_face().taps("method.staff").expect("visual", fx.StopFace)
    play.staff("visual_check", "head_covering").expect("consent", fx.QueryCard)
    entries = {x.event: x.fields for e in play.effects if isinstance(e, fx.AppendJournal) for x in e.entries}
    assert entries["identity.confirmed"] == {"method": "visual", "staff": "sato", "reason": "head_covering"}
    play.answers().taps("consent.none", "result.next").hands_over().takes_card().waits().places_card()
    assert isinstance(play.state, ReadingCard)
    assert play.state.visit.identity is IdentityMethod.NONE
    assert play.state.visit.staff is None


def test_visual_check_without_a_reason_says_what_led_to_it() -> None:
    play = Play().until_face().judges_face(FaceVerdict.NO_MATCH).taps("method.staff").staff("visual_check", None)
    assert isinstance(play.state, Consenting)
    assert play.state.visit.staff_reason == "face_failed"


def test_staff_without_a_name_do_nothing() -> None:
    play = REACHED["AwaitingVisualCheck"]()
    play.on(ev.StaffActed(play.at, "visual_check", "", "face_failed")).expect_state(AwaitingVisualCheck)


@pytest.mark.parametrize("action", ["refuse", "take_over"])
def test_staff_refuse_or_take_over(action: str) -> None:
    play = Play().until_face().taps("method.staff").staff(action).expect("staff_called").expect_state(AwaitingStaff)
    play.staff("cancel").expect("take_card", fx.CloseVisit, fx.ForgetVisit, says="finish.counter")
    play.expect_closed(status=Status.HANDED_TO_STAFF, identity=IdentityMethod.NONE, alerts=(f"staff_{action}",))


def test_staff_cannot_enter_a_pin() -> None:
    play = REACHED["EnteringPin"]().staff("pin")
    play.expect_state(EnteringPin)


def test_staff_cannot_ask_about_somebody_who_was_not_confirmed() -> None:
    play = REACHED["VerifyingPin"]().fails(fx.VerifyPin, FailureCode.CARD_BROKEN).staff("requery")
    play.expect_state(FallingBack)
    play.taps("fallback.document").staff("requery").expect_state(ChoosingDocument)
    play.staff("take_over").staff("requery").expect_state(AwaitingStaff)
    assert play.requested(fx.QueryCard) == 0


def test_visual_check_does_not_revive_a_lapsed_certificate() -> None:
    play = Play().places_card().reads_card(card_until(2026, 1, 1)).taps("fallback.document").staff("visual_check")
    play.expect("choose_document")
    assert play.requested(fx.QueryCard) == 0


def test_visual_check_without_the_card_asks_for_no_consent() -> None:
    play = REACHED["AwaitingStaff, unconfirmed"]().takes_card().staff("visual_check").expect_state(AwaitingEligibility)
    play.answers().expect("result", says="consent.card_taken")


def test_staff_called_while_the_card_is_read_lose_nothing() -> None:
    play = Play().places_card().taps("staff").expect("visual")
    play.staff("visual_check").expect_state(AwaitingVisualCheck)  # nothing is known of the card yet
    play.reads_card().expect("visual", fx.ReadPhoto)
    assert "method.pin" not in play.view.control_ids(), "the card is busy with its photo"
    play.on(ev.Tapped(play.at, "method.pin")).expect_state(AwaitingVisualCheck)
    play.reads_photo().expect("visual")
    assert "method.pin" in play.view.control_ids()
    play.staff("visual_check").expect("consent", fx.QueryCard)
    assert isinstance(play.state, Consenting)
    assert play.state.visit.holder == HOLDER


def test_going_back_while_the_card_is_read_waits_for_it() -> None:
    play = Play().places_card().taps("staff", "back").expect("reading").reads_card().expect("reading", fx.ReadPhoto)
    play.taps("staff", "back").expect("reading").reads_photo().expect("face", fx.RunFace)


def test_staff_called_during_the_pin_check_do_not_make_it_forget_a_spent_try() -> None:
    play = Play().until_face(card(pin_tries=2)).taps("method.pin").enters_pin().taps("staff").expect("visual")
    play.judges_pin(CredentialRejected(1)).expect("visual").expect_journal("pin.tried")
    play.taps("method.pin").expect_state(ConfirmingLastTry)


def test_pin_accepted_after_staff_were_called_goes_on() -> None:
    play = REACHED["VerifyingPin"]().taps("staff").judges_pin(CredentialAccepted()).expect("consent", fx.QueryCard)
    assert play.requested(fx.QueryCard) == 1


def test_back_during_the_pin_check_waits_for_the_card() -> None:
    REACHED["VerifyingPin"]().taps("staff", "back").expect_state(VerifyingPin)


def test_answer_about_one_visit_never_serves_the_next() -> None:
    play = Play().until_consent()
    late = ev.EligibilityAnswered(play.at, play.ticket(fx.QueryCard), answer())
    play.answers().taps("consent.none").takes_card().hands_over().places_card().reads_card()
    before = play.state
    assert play.on(late).state == before


# --- a live person, the stage's time, who begins ---------------------------------------------------


def test_match_without_a_live_person_is_an_attempt_with_its_own_words() -> None:
    play = Play().until_face().judges(NOT_LIVE).expect("face", says="face.not_followed").expect_state(PausingFace)
    assert isinstance(play.state, PausingFace)
    assert (play.state.visit.face_attempts, play.state.visit.alerts) == (1, ("liveness_failed",))
    play.waits().judges(NOT_LIVE).waits().judges(NOT_LIVE).expect("identify", says="face.give_up")
    assert "staff.need.liveness" in [t.id for t in play.view.lane.needs]
    assert play.requested(fx.QueryCard) == 0


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nobody_is_told_to_be_a_photo(language: str) -> None:
    play = Play().until_face().judges(NOT_LIVE)
    said = [SENTENCES.render(text, language) for text in (*play.view.body, *(n.text for n in play.view.notices))]
    assert not [s for s in said if "写真" in s or "photo" in s.lower() or "なりすまし" in s]


def test_liveness_that_was_not_checked_confirms_nobody() -> None:
    Play().until_face().judges(replace(NOT_LIVE, liveness=Liveness.NOT_CHECKED)).expect_state(PausingFace)


@pytest.mark.parametrize(("until", "confirmed"), [("2026-11-24", True), ("2026-11-23", False), ("soon", False)])
def test_a_facility_may_switch_liveness_off_until_a_day(until: str, confirmed: bool) -> None:
    play = Play(replace(SETTINGS, face_liveness_off_until=until)).until_face()
    (effect,) = [e for e in play.effects if isinstance(e, fx.RunFace)]
    assert effect.liveness is not confirmed
    play.judges(replace(NOT_LIVE, liveness=Liveness.NOT_CHECKED))
    play.expect_state(Consenting if confirmed else PausingFace)


def test_challenge_shows_the_way_to_turn() -> None:
    play = Play().until_face().hints(FaceHint.TURN_RIGHT).expect("face", says="face.hint.turn_right")
    assert isinstance(play.view.content, CameraContent)
    assert (play.view.content.turn, play.view.title.id) == ("right", "face.turn.title")
    assert {"method.pin", "method.staff"} <= play.view.control_ids()
    play.hints(FaceHint.LOOK_STRAIGHT)
    assert play.view.title.id == "face.title", "no arrow is shown"


def test_face_stage_ends_after_half_a_minute_however_it_was_used() -> None:
    play = Play().until_face()
    granted = 0.0
    for seconds in (15, 7):
        (effect,) = [e for e in play.effects if isinstance(e, fx.RunFace)]
        granted += effect.seconds
        assert effect.seconds == seconds
        play.passes(effect.seconds).judges_face(FaceVerdict.NOBODY)
        if seconds == 15:
            play.expect("identify", says="face.nobody").passes(120).taps("method.face")
    assert granted + SETTINGS.face_challenge_seconds == SETTINGS.face_stage_seconds
    play.expect("identify", says="face.give_up")
    assert "method.face" not in play.view.control_ids()


def test_time_at_the_pin_is_not_time_at_the_face() -> None:
    play = Play().until_face().passes(2).taps("method.pin").passes(50).taps("back", "method.face")
    assert isinstance(play.state, CheckingFace)
    assert play.state.visit.face_spent == 2


def test_pause_between_attempts_is_time_at_the_face() -> None:
    play = Play().until_face().passes(4).judges_face(FaceVerdict.NO_MATCH).waits()
    assert isinstance(play.state, CheckingFace)
    assert play.state.visit.face_spent == 4 + SETTINGS.face_retry_pause


def test_covered_face_is_never_asked_to_uncover() -> None:
    play = Play().until_face().judges_face(FaceVerdict.NOBODY, FaceHint.COVERED)
    play.expect("identify", says="face.covered")
    assert {"method.pin", "method.staff"} <= play.view.control_ids()


def test_small_child_begins_with_a_choice_and_is_not_asked_to_uncover() -> None:
    play = Play().places_card().reads_card()
    child = replace(HOLDER, birth_date=date(2022, 5, 5))
    play.on(ev.PhotoRead(play.at, play.ticket(fx.ReadPhoto), child, True)).expect("identify", says="auth.child")
    play.taps("method.face").expect("face", fx.RunFace).hints(FaceHint.COVERED).expect(
        "face", says="face.hint.other_way"
    )


@pytest.mark.parametrize(
    ("ways", "screen"), [(("pin", "face", "staff"), "pin"), (("staff", "face", "pin"), "identify")]
)
def test_the_facility_says_which_way_comes_first(ways: tuple[str, ...], screen: str) -> None:
    play = Play(replace(SETTINGS, identity_ways=ways)).places_card().reads_card().reads_photo().expect(screen)
    if screen == "identify":
        assert [c.id for c in play.view.controls] == [f"method.{way}" for way in ways]


def test_pin_first_still_asks_before_the_last_try() -> None:
    play = Play(replace(SETTINGS, identity_ways=("pin", "staff"))).places_card().reads_card(card(pin_tries=1))
    play.reads_photo().expect("pin_last_try")


def test_who_hears_the_screens_is_offered_staff_first_and_no_pin_unasked() -> None:
    """With a screen reader nothing begins by itself either; with the voice the face check does."""
    heard = Play().on(ev.ScreenReaderChanged(AT, True)).places_card().reads_card().reads_photo().expect("identify")
    assert [c.id for c in heard.view.controls] == ["method.staff", "method.face", "method.pin"]
    assert not any(isinstance(effect, fx.RunFace) for effect in heard.effects)
    heard.taps("method.pin").expect("pin", says="pin.keep_secret")
    assert "pin.cover" not in heard.messages
    spoken = Play().taps("voice").places_card().reads_card().reads_photo().expect("face", fx.RunFace)
    assert [c.id for c in spoken.view.controls] == ["method.staff", "method.pin"]
    pin_first = (
        Play(replace(SETTINGS, identity_ways=("pin", "staff"))).taps("voice").places_card().reads_card().reads_photo()
    )
    pin_first.expect("identify")


def test_a_screen_reader_outlives_the_person_who_used_it() -> None:
    """It runs on the kiosk until it ends, and its end counts at once."""
    lane = Play().on(ev.ScreenReaderChanged(AT, True)).state.lane
    assert lane.for_next_person().screen_reader
    ended = (
        Play()
        .on(ev.ScreenReaderChanged(AT, True))
        .on(ev.ScreenReaderChanged(AT, False))
        .places_card()
        .reads_card()
        .reads_photo()
    )
    ended.expect("face", fx.RunFace)


def test_way_that_the_facility_does_not_offer_is_not_there() -> None:
    play = Play(replace(SETTINGS, identity_ways=("face", "staff"))).until_face()
    assert "method.pin" not in play.view.control_ids()
    play.on(ev.Tapped(play.at, "method.pin")).expect_state(CheckingFace)


# --- staff at the patient's screen -----------------------------------------------------------------


def test_staff_sign_in_for_this_one_check() -> None:
    play = REACHED["EnteringStaffCode"]().enters_code().expect("checking", fx.CheckStaffCode).judges_code("suzuki")
    play.expect("visual_decide", fx.WatchCamera).expect_journal("staff.code")
    play.taps("visual.reason.covered").expect("consent", fx.StopCamera, fx.QueryCard)
    entries = {x.event: x.fields for e in play.effects if isinstance(e, fx.AppendJournal) for x in e.entries}
    assert entries["identity.confirmed"] == {"method": "visual", "staff": "suzuki", "reason": "covered"}
    assert entries["staff.action"]["action"] == "visual_check"


def test_sign_in_goes_with_the_screen() -> None:
    play = REACHED["DecidingVisually"]().waits().expect_state(AwaitingVisualCheck)
    play.on(ev.Tapped(play.at, "visual.reason.asked")).expect_state(AwaitingVisualCheck)


@pytest.mark.parametrize(
    "leave",
    [
        lambda play: play.waits(),
        lambda play: play.taps("back"),
        lambda play: play.taps("visual.reason.asked"),
        lambda play: play.taps("visual.refuse"),
        lambda play: play.takes_card(),
        lambda play: play.on(ev.ReaderLost(play.at)),
        lambda play: play.on(ev.ProgramFailed(play.at)),
        lambda play: play.staff("visual_check"),
    ],
)
def test_the_camera_picture_goes_with_the_decision(leave: Callable[[Play], Play]) -> None:
    play = REACHED["DecidingVisually"]()
    assert "picture.person_now" in play.view.message_ids()
    assert (play.requested(fx.WatchCamera), play.requested(fx.StopCamera)) == (1, 0)
    leave(play)
    assert "picture.person_now" not in play.view.message_ids()
    assert (play.requested(fx.WatchCamera), play.requested(fx.StopCamera)) == (1, 1)


def test_without_a_camera_the_photo_stands_alone_and_it_is_said() -> None:
    play = REACHED["DecidingVisually"]()
    assert isinstance(play.state, DecidingVisually)
    assert play.state.ticket is not None
    timer = play.state.timer
    play.on(ev.EffectFailed(play.at, play.state.ticket, FailureCode.CAMERA_GONE))
    play.expect("visual_decide", says="visual.decide.no_camera")
    assert play.view.content == CardPhotoContent(Text("picture.card_photo"))
    assert play.state.timer == timer
    play.taps("visual.reason.asked").expect("consent", fx.StopCamera, fx.QueryCard)


def test_nobody_is_filmed_where_there_is_no_photo_to_compare() -> None:
    play = Play().places_card().reads_card().reads_photo(usable=False).taps("method.staff", "visual.code")
    play.enters_code().judges_code("sato").expect("visual_decide")
    assert play.view.content is None
    assert play.requested(fx.WatchCamera) == 0


def test_staff_at_the_screen_may_refuse() -> None:
    play = REACHED["DecidingVisually"]().taps("visual.refuse").expect_state(AwaitingStaff)
    assert isinstance(play.state, AwaitingStaff)
    assert (play.state.visit.staff, play.state.visit.identity) == ("sato", IdentityMethod.NONE)


def test_wrong_codes_let_the_pad_rest_for_every_visit() -> None:
    play = REACHED["EnteringStaffCode, resting"]().expect("visual_code", says="staff_code.resting")
    assert "pin.ok" not in play.view.control_ids()
    play.on(ev.CodeEntered(play.at, Secret(STAFF_CODE))).expect("visual_code", says="staff_code.resting")
    play.takes_card().until_face().taps("method.staff", "visual.code").expect("visual_code", says="staff_code.resting")
    assert play.requested(fx.CheckStaffCode) == 5
    play.taps("back").passes(301).taps("visual.code").enters_code().judges_code("sato").expect(
        "visual_decide", fx.WatchCamera
    )
    assert play.state.lane.code_failures == 0


def test_code_is_not_offered_before_the_card_is_known() -> None:
    play = Play().places_card().taps("staff").expect("visual")
    assert "visual.code" not in play.view.control_ids()


def test_staff_pin_and_patient_pin_never_meet() -> None:
    """Digits typed on one pad do nothing on the other."""
    play = REACHED["EnteringStaffCode"]()
    play.on(ev.PinEntered(play.at, Secret(PIN))).expect_state(EnteringStaffCode)
    play = REACHED["EnteringPin"]()
    play.on(ev.CodeEntered(play.at, Secret(STAFF_CODE))).expect_state(EnteringPin)


def test_pin_pad_tells_the_tries_before_the_first_digit() -> None:
    play = Play().until_face(card(pin_tries=2)).taps("method.pin").expect("pin", fx.StopFace, says="pin.tries")
    assert play.view.content == PinContent(2)
