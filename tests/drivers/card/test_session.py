from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from drivers.card.certificate import UserAuthenticationCertificate
from drivers.card.session import IndividualNumberCardSession
from drivers.simulated.card.certificates import user_authentication_certificate
from drivers.simulated.persona import CardFields, Persona, RecordFields
from kiosk.domain.card import CardHolder, CardKind, CardSummary
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff, Retriable
from kiosk.domain.secret import Secret
from kiosk.ports.card import (
    CardAttributes,
    CardSession,
    CredentialAccepted,
    CredentialBlocked,
    CredentialRejected,
    FacePhoto,
    RecordCheck,
)

Begin = Callable[..., Any]


def test_it_is_the_port(visit: Begin) -> None:
    session: CardSession = visit().session
    assert isinstance(session, IndividualNumberCardSession)


# --- summarise ----------------------------------------------------------------------------------------------------


def test_summary_of_a_card_in_order(visit: Begin) -> None:
    here = visit(certificate_ends=date(2031, 2, 11), serial="5A10", number_b_tries=9)
    summary = here.session.summarise()
    assert summary.kind is CardKind.INDIVIDUAL_NUMBER
    assert (summary.pin_tries, summary.number_b_tries, summary.pinless) == (3, 9, False)
    assert summary.certificate is not None
    assert summary.certificate.serial == "5A10"
    assert summary.certificate.not_after == datetime(2031, 2, 11, 14, 59, 59, tzinfo=UTC)
    assert summary.certificate.trusted
    assert summary.certificate.test
    assert len(here.commands) == 10


def test_a_certificate_of_an_unknown_authority_is_not_trusted(visit: Begin) -> None:
    certificate = visit(session={"trusted": ()}).session.summarise().certificate
    assert certificate is not None
    assert not certificate.trusted
    assert certificate.test


@pytest.mark.parametrize("kind", ["juki", "transit"])
def test_other_cards_are_told_apart(visit: Begin, kind: str) -> None:
    expected = {"juki": CardKind.JUKI, "transit": CardKind.OTHER}[kind]
    assert visit(kind=kind).session.summarise() == CardSummary(expected)


def test_a_card_without_a_certificate(visit: Begin) -> None:
    summary = visit(certificate=False).session.summarise()
    assert summary.certificate is None
    assert summary.pin_tries == 3


def test_a_card_issued_without_pins(visit: Begin) -> None:
    here = visit(pinless=True)
    summary = here.session.summarise()
    assert summary.pinless
    assert (summary.pin_tries, summary.number_b_tries) == (0, 10)
    assert summary.certificate is not None
    assert here.session.verify_pin(Secret("1234")) == CredentialBlocked()
    assert isinstance(here.session.read_face(here.number_b), FacePhoto)


@pytest.mark.parametrize("text_pin_tries", [0, 3])
def test_a_locked_pin_is_not_a_card_without_pins(visit: Begin, text_pin_tries: int) -> None:
    summary = visit(pin_tries=0, text_pin_tries=text_pin_tries).session.summarise()
    assert summary.pin_tries == 0
    assert not summary.pinless


def test_the_first_answer_after_power_up_may_be_6f00(visit: Begin) -> None:
    here = visit(power_up_status="6F00")
    assert here.session.summarise().kind is CardKind.INDIVIDUAL_NUMBER
    assert here.commands[0] == here.commands[1]


def test_summarise_again_gives_the_same(visit: Begin) -> None:
    session = visit().session
    assert session.summarise() == session.summarise()


# --- face ---------------------------------------------------------------------------------------------------------


def test_the_face_record(visit: Begin) -> None:
    here = visit(birth_date=date(1950, 2, 11), sex="2", card_expires=date(2031, 2, 11))
    number = here.number_b
    photo = here.session.read_face(number)
    assert isinstance(photo, FacePhoto)
    assert photo.holder == CardHolder(date(1950, 2, 11), "2", date(2031, 2, 11))
    assert photo.jp2 is not None
    assert photo.jp2.reveal() == bytes(range(256)) * 20
    assert number.wiped
    assert here.session.check_record() is RecordCheck.GENUINE
    assert here.session.prove_presence()


def test_a_card_without_a_photo(visit: Begin) -> None:
    here = visit(photo=False)
    photo = here.session.read_face(here.number_b)
    assert isinstance(photo, FacePhoto)
    assert photo.jp2 is None
    assert here.session.check_record() is RecordCheck.GENUINE


def test_a_western_birth_date_in_the_number(visit: Begin) -> None:
    here = visit(western_birth_date=True, birth_date=date(1985, 11, 3))
    assert here.number_b.reveal().startswith(b"851103")
    assert isinstance(here.session.read_face(here.number_b), FacePhoto)


def test_a_wrong_number_costs_one_try_and_is_not_repeated(visit: Begin) -> None:
    here = visit()
    number = Secret("00000000000000")
    assert here.session.read_face(number) == CredentialRejected(9)
    assert number.wiped
    assert sum(command[1] == 0x20 and len(command) > 5 for command in here.commands) == 1
    assert here.counters["visual.0012"] == 9


def test_the_last_try_of_the_number_is_kept(visit: Begin) -> None:
    here = visit(number_b_tries=2)
    assert here.session.read_face(Secret("00000000000000")) == CredentialRejected(1)
    for number in (here.number_b, Secret("00000000000000")):
        assert here.session.read_face(number) == CredentialRejected(1)
        assert number.wiped
    assert here.counters["visual.0012"] == 1


def test_a_blocked_number(visit: Begin) -> None:
    here = visit(number_b_tries=0)
    assert here.session.read_face(here.number_b) == CredentialBlocked()


@pytest.mark.parametrize("text", ["5502172035228", "550217203522855", "5502172035228x"])
def test_what_cannot_be_the_number_is_not_presented(visit: Begin, text: str) -> None:
    here = visit()
    number = Secret(text)
    with pytest.raises(ValueError, match="form"):
        here.session.read_face(number)
    assert number.wiped
    assert here.counters["visual.0012"] == 10


def test_a_record_of_an_unknown_issuer_proves_nothing(visit: Begin) -> None:
    here = visit(session={"record_issuers": {}})
    here.session.read_face(here.number_b)
    assert here.session.check_record() is RecordCheck.ISSUER_UNKNOWN


@pytest.mark.parametrize("operation", ["check_record", "prove_presence"])
def test_proofs_need_the_record_first(visit: Begin, operation: str) -> None:
    with pytest.raises(Fatal) as caught:
        getattr(visit().session, operation)()
    assert caught.value.code is FailureCode.INTERNAL


@pytest.mark.parametrize("kind", ["juki", "transit"])
def test_a_foreign_card_has_no_face(visit: Begin, kind: str) -> None:
    here = visit(kind=kind)
    number = here.number_b
    with pytest.raises(NeedsStaff) as caught:
        here.session.read_face(number)
    assert caught.value.code is FailureCode.CARD_FOREIGN
    assert number.wiped


# --- attributes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [0, 2])
def test_the_four_attributes(visit: Begin, shift: int) -> None:
    here = visit(text_shift=shift)
    pin = Secret("1234")
    attributes = here.session.read_attributes(pin)
    assert attributes == CardAttributes("見本　花子", "架空県架空市試験町１－２－３", date(1950, 2, 11), "2")
    assert "見本" not in repr(attributes)
    assert pin.wiped
    assert here.session.check_attributes() is RecordCheck.GENUINE
    assert len(here.commands) == 9  # select, counter, PIN, one read; two of the signature and three of its certificate


def test_the_four_attributes_by_the_number_that_opened_the_photo(visit: Begin) -> None:
    here = visit()
    number = here.number_b
    assert isinstance(here.session.read_attributes_by_number(number), CardAttributes)
    assert number.wiped
    assert here.session.check_attributes() is RecordCheck.GENUINE
    assert here.session.read_attributes_by_number(Secret("0" * 14)) == CredentialRejected(9)
    assert here.counters["text.0015"] == 9


def test_wrong_attribute_pins_keep_the_last_try(visit: Begin) -> None:
    here = visit(text_pin_tries=2)
    assert here.session.read_attributes(Secret("0000")) == CredentialRejected(1)
    assert here.session.read_attributes(Secret("1234")) == CredentialRejected(1)
    assert here.counters["text.0011"] == 1
    assert isinstance(here.session.read_attributes(Secret("1234"), last_try_confirmed=True), CardAttributes)
    assert here.counters["text.0011"] == 3


def test_blocked_attributes(visit: Begin) -> None:
    here = visit(text_pin_tries=0)
    assert here.session.read_attributes(Secret("1234")) == CredentialBlocked()
    with pytest.raises(Fatal):
        here.session.check_attributes()


def test_attributes_of_an_unknown_issuer_prove_nothing(visit: Begin) -> None:
    here = visit(session={"record_issuers": {}})
    here.session.read_attributes(Secret("1234"))
    assert here.session.check_attributes() is RecordCheck.ISSUER_UNKNOWN


def test_attributes_that_another_card_signed_are_forged(visit: Begin) -> None:
    here, other = visit(), visit(name="見本　太郎")
    here.session.read_attributes(Secret("1234"))
    other.session.read_attributes(Secret("1234"))
    here.session._attributes = other.session._attributes
    assert here.session.check_attributes() is RecordCheck.FORGED


@pytest.mark.parametrize("kind", ["juki", "transit"])
def test_a_foreign_card_has_no_attributes(visit: Begin, kind: str) -> None:
    pin = Secret("1234")
    with pytest.raises(NeedsStaff) as caught:
        visit(kind=kind).session.read_attributes(pin)
    assert caught.value.code is FailureCode.CARD_FOREIGN
    assert pin.wiped


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("individual_number", {"jpki", "visual", "text", "juki", "common"}),
        ("juki", {"jpki", "juki"}),
        ("transit", set()),
    ],
)
def test_the_applications_on_a_card(visit: Begin, kind: str, there: set[str]) -> None:
    applications = visit(kind=kind).session.applications()
    assert {name for name, present in applications.items() if present} == there
    assert len(applications) == 5


# --- PIN and signature --------------------------------------------------------------------------------------------


def test_a_pin_and_a_signature(visit: Begin) -> None:
    here = visit()
    pin = Secret("1234")
    assert here.session.verify_pin(pin) == CredentialAccepted()
    assert pin.wiped
    signature = here.session.sign(b"challenge of the terminal")
    key = x509.load_der_x509_certificate(user_authentication_certificate(here.persona)).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, b"challenge of the terminal", padding.PKCS1v15(), hashes.SHA256())


def test_the_pin_route_takes_four_exchanges_with_the_selection(visit: Begin) -> None:
    here = visit()
    here.session.verify_pin(Secret("1234"))
    here.session.sign(b"x")
    assert len(here.commands) == 4


def test_a_counter_that_is_known_is_not_asked_again(visit: Begin) -> None:
    here = visit()
    here.session.summarise()
    before = len(here.commands)
    assert here.session.verify_pin(Secret("0000")) == CredentialRejected(2)
    assert here.session.verify_pin(Secret("1234")) == CredentialAccepted()
    here.session.sign(b"x")
    assert len(here.commands) - before == 4  # select, two presentations, signature


def test_wrong_pins_count_down_to_the_last_try_which_stays(visit: Begin) -> None:
    here = visit()
    assert here.session.verify_pin(Secret("0000")) == CredentialRejected(2)
    assert here.session.verify_pin(Secret("0000")) == CredentialRejected(1)
    pin = Secret("1234")
    assert here.session.verify_pin(pin) == CredentialRejected(1)
    assert pin.wiped
    assert here.counters["jpki.0018"] == 1


def test_the_last_try_is_spent_only_after_the_yes(visit: Begin) -> None:
    here = visit(pin_tries=1)
    assert here.session.verify_pin(Secret("0000"), last_try_confirmed=True) == CredentialBlocked()
    pin = Secret("1234")
    assert here.session.verify_pin(pin, last_try_confirmed=True) == CredentialBlocked()
    assert pin.wiped
    assert sum(command[1] == 0x20 and len(command) > 5 for command in here.commands) == 1


def test_a_right_last_try_restores_the_counter(visit: Begin) -> None:
    here = visit(pin_tries=1)
    assert here.session.verify_pin(Secret("1234"), last_try_confirmed=True) == CredentialAccepted()
    assert here.counters["jpki.0018"] == 3


@pytest.mark.parametrize("known", [True, False])
def test_presence_after_a_pin_is_proven_by_the_key_of_the_certificate(visit: Begin, known: bool) -> None:
    here = visit()
    if known:
        here.session.summarise()
    here.session.verify_pin(Secret("1234"))
    assert here.session.prove_presence()
    assert len(here.session.sign(b"x")) == 256  # what the PIN opened is still open


def test_the_certificate_of_another_card_proves_nothing(visit: Begin) -> None:
    here = visit()
    here.session.verify_pin(Secret("1234"))
    other = Persona("kenji", {}, CardFields(), RecordFields())
    here.session._certificate = UserAuthenticationCertificate(user_authentication_certificate(other))
    assert not here.session.prove_presence()


def test_without_a_certificate_a_pin_proves_nothing(visit: Begin) -> None:
    here = visit(certificate=False)
    here.session.verify_pin(Secret("1234"))
    with pytest.raises(NeedsStaff) as caught:
        here.session.prove_presence()
    assert caught.value.code is FailureCode.CARD_NO_CERTIFICATE


@pytest.mark.parametrize("text", ["", "123", "12345", "12a4"])
def test_what_cannot_be_a_pin_is_not_presented(visit: Begin, text: str) -> None:
    here = visit()
    pin = Secret(text)
    with pytest.raises(ValueError, match="form"):
        here.session.verify_pin(pin)
    assert pin.wiped
    assert here.counters["jpki.0018"] == 3


def test_no_signature_without_a_pin(visit: Begin) -> None:
    with pytest.raises(Fatal) as caught:
        visit().session.sign(b"x")
    assert caught.value.code is FailureCode.INTERNAL


@pytest.mark.parametrize("prove", [lambda session: session.sign(b"x"), lambda session: session.prove_presence()])
def test_a_card_that_forgets_an_accepted_pin_is_broken(visit: Begin, prove: Callable[..., object]) -> None:
    here = visit()
    here.session.read_certificate()
    here.session.verify_pin(Secret("1234"))
    here.reader.faults.answers[len(here.commands) + 1] = b"\x69\x82"
    with pytest.raises(NeedsStaff) as caught:
        prove(here.session)
    assert caught.value.code is FailureCode.CARD_BROKEN


def test_the_simulated_terminal_signs_without_a_pin(visit: Begin) -> None:
    assert len(visit(terminal=True).session.sign(b"x")) == 256


def test_the_face_ends_what_the_pin_opened(visit: Begin) -> None:
    here = visit()
    here.session.verify_pin(Secret("1234"))
    here.session.read_face(here.number_b)
    with pytest.raises(Fatal):
        here.session.sign(b"x")


def test_a_lost_card_passes_through_and_the_pin_is_wiped(visit: Begin) -> None:
    here = visit(remove_after_apdus=2)
    pin = Secret("1234")
    with pytest.raises(Retriable) as caught:
        here.session.verify_pin(pin)
    assert caught.value.code is FailureCode.CARD_LOST
    assert pin.wiped


# --- what is never sent -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pinless", [True, False])
def test_my_number_is_never_near(visit: Begin, pinless: bool) -> None:
    """No command of a whole visit names the Text AP's number file, the number's picture, or 照合番号A."""
    here = visit(pinless=pinless)
    here.session.summarise()
    here.session.read_face(here.number_b)
    here.session.check_record()
    here.session.prove_presence()
    here.session.verify_pin(Secret("1234"))
    if isinstance(here.session.read_attributes(Secret("1234")), CardAttributes):
        here.session.check_attributes()
    here.session.applications()
    text, visual = bytes.fromhex("D3921000310001010408"), bytes.fromhex("D3921000310001010402")
    forbidden = {text: {0x01, 0x14}, visual: {0x05, 0x13}}
    current = b""
    for command in here.commands:
        if command[1] == 0xA4:
            assert command[2] == 0x04
            current = command[5:15]
            continue
        reference = command[2] if command[1] == 0xB0 else command[3]
        assert command[1] in (0xB0, 0x20, 0x2A)
        if reference & 0x80:
            assert reference & 0x1F not in forbidden.get(current, set())
    assert text in [command[5:15] for command in here.commands]


def test_extended_length_saves_exchanges(visit: Begin) -> None:
    short, long = visit(), visit(session={"longest_answer": 65536})
    for here in (short, long):
        assert isinstance(here.session.read_face(here.number_b), FacePhoto)
    assert len(long.commands) == 6  # select, counter, number, the record in three reads
    assert len(short.commands) > 20
    assert long.session.summarise().certificate == short.session.summarise().certificate
    assert len(long.commands) == 11  # and select, certificate, counter, select, counter
