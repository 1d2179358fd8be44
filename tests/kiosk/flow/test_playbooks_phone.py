"""Stories of people who bring their smartphone in place of the card."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kiosk.domain.outcome import Document, IdentityMethod, Status
from kiosk.flow import effects as fx
from kiosk.flow.states import Idle, VisitState
from kiosk.ports.card import CredentialAccepted, CredentialBlocked, CredentialRejected
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import CERTIFICATE, PHONE, PHONES_READ


def test_phone_is_asked_for_read_and_accepted() -> None:
    play = Play(PHONES_READ).taps("idle.phone").expect("phone").places_card()
    play.reads_card(PHONE).expect("pin").enters_pin()
    (verify,) = (effect for effect in play.effects if isinstance(effect, fx.VerifyPin))
    assert verify.certificate, "a phone shows its certificate after the PIN only"
    play.judges_pin(CredentialAccepted(), CERTIFICATE).expect("consent", fx.QueryCard).answers().taps("consent.none")
    play.expect("result").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, document=Document.PHONE, identity=IdentityMethod.PIN, decision="D08")


def test_phone_may_lie_there_without_being_asked_for() -> None:
    Play(PHONES_READ).places_card().reads_card(PHONE).expect("pin")


def test_nobody_comes_with_the_phone() -> None:
    REACHED["AwaitingPhone"]().taps("back").expect_state(Idle)
    REACHED["AwaitingPhone"]().waits().expect_state(Idle)


def test_where_no_phone_is_read_its_owner_is_led_on() -> None:
    play = Play().places_card().reads_card(PHONE).expect("choose_document", says="phone.unsupported")
    play.taps("document.none").expect("staff_called", says="decision.say.phone")


def test_certificate_of_a_phone_has_no_grace() -> None:
    ended = replace(CERTIFICATE, not_after=datetime(2026, 11, 1, 14, 59, 59, tzinfo=UTC))
    play = REACHED["EnteringPin, phone"]().enters_pin().judges_pin(CredentialAccepted(), ended)
    play.expect("fallback", says="phone.not_confirmed").taps("fallback.document", "document.none")
    play.expect("staff_called").staff("cancel").expect_closed(decision="D09", identity=IdentityMethod.PIN)


def test_wrong_and_blocked_pin_lead_to_staff_and_papers() -> None:
    play = REACHED["EnteringPin, phone"]().enters_pin().judges_pin(CredentialRejected(2)).expect("pin").enters_pin()
    play.judges_pin(CredentialBlocked()).expect("identify", says="pin.locked")
    assert "method.face" not in play.view.control_ids()
    play.taps("method.staff").staff("visual_check").expect("fallback").taps("fallback.document")
    assert isinstance(play.state, VisitState)
    assert play.state.visit.fallback is not None
    assert (play.state.visit.fallback.phone, play.state.visit.fallback.with_card) == (True, False)
