from datetime import UTC, date, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from drivers.card.certificate import calls_itself_a_test
from drivers.simulated.card.certificates import (
    signature_certificate,
    simulated_ca_certificates,
    user_authentication_certificate,
)
from drivers.simulated.card.keys import FOLDER, POOL_SIZE, card_keys, published_key
from drivers.simulated.persona import CardFields, Persona, RecordFields, certificate_serial
from kiosk.domain.failures import FailureCode, Fatal


def persona(name: str = "hanako", **fields: object) -> Persona:
    return Persona(name, {}, CardFields(**fields), RecordFields())  # type: ignore[arg-type]


def loaded(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def test_every_authority_says_that_it_is_a_test() -> None:
    for certificate in simulated_ca_certificates():
        assert calls_itself_a_test(certificate.subject)
        organisations = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        assert [name.value for name in organisations] == ["MADOGUCHI-TEST"]
        certificate.verify_directly_issued_by(certificate)


def test_layout_of_the_user_authentication_certificate() -> None:
    who = persona(certificate_starts=date(2026, 2, 12), certificate_ends=date(2031, 2, 11))
    certificate = loaded(user_authentication_certificate(who))
    certificate.verify_directly_issued_by(simulated_ca_certificates()[0])
    assert f"{certificate.serial_number:X}" == certificate_serial(who)
    assert certificate.not_valid_before_utc == datetime(2026, 2, 11, 15, 0, tzinfo=UTC)
    assert certificate.not_valid_after_utc == datetime(2031, 2, 11, 14, 59, 59, tzinfo=UTC)
    common_name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert len(common_name) == 23
    extensions = certificate.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.content_commitment
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert extensions.get_extension_for_class(x509.CertificatePolicies).critical
    for kind in (
        x509.IssuerAlternativeName,
        x509.CRLDistributionPoints,
        x509.AuthorityInformationAccess,
        x509.AuthorityKeyIdentifier,
        x509.SubjectKeyIdentifier,
    ):
        assert extensions.get_extension_for_class(kind)
    der = user_authentication_certificate(who)
    assert who.card.name.encode() not in der
    assert 1300 <= len(der) <= 1700


def test_the_signature_certificate_names_its_holder() -> None:
    who = persona()
    certificate = loaded(signature_certificate(who))
    certificate.verify_directly_issued_by(simulated_ca_certificates()[1])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    values = {name.type_id.dotted_string.rsplit(".", 1)[1]: name.value[2:] for name in names}  # type: ignore[union-attr]
    assert values["1"].decode() == who.card.name
    assert values["3"] == b"2"
    assert values["4"] == b"319500211"
    assert values["5"].decode() == who.card.address
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment


def test_an_end_before_the_start_moves_the_start() -> None:
    who = persona(certificate_starts=date(2026, 2, 12), certificate_ends=date(2026, 1, 31))
    certificate = loaded(user_authentication_certificate(who))
    assert certificate.not_valid_after_utc == datetime(2026, 1, 31, 14, 59, 59, tzinfo=UTC)
    assert certificate.not_valid_before_utc < certificate.not_valid_after_utc
    certificate.verify_directly_issued_by(simulated_ca_certificates()[0])


def test_a_persona_keeps_its_keys_and_shares_none_within_the_card() -> None:
    for name in ("hanako", "kenji", "aya", "taro", "daniel"):
        keys = vars(card_keys(name)).values()
        assert len({key.private_numbers().p for key in keys}) == 6
        assert card_keys(name) == card_keys(name)


def test_published_keys_are_there_and_labelled() -> None:
    files = sorted(FOLDER.glob("*.pem"))
    assert len([path for path in files if path.name.startswith("test-card-")]) == POOL_SIZE
    for path in files:
        assert path.read_text(encoding="ascii").startswith("TEST KEY")
        assert published_key(path.stem.removeprefix("test-")).key_size == 2048


def test_a_missing_key_names_its_file() -> None:
    with pytest.raises(Fatal) as caught:
        published_key("nobody")
    assert caught.value.code is FailureCode.ASSET_MISSING
    assert caught.value.detail == "test-nobody.pem"
