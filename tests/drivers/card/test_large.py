"""Sizes at the edge of what a card may hold: a photo of 16 kB, a certificate of 64 kB."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from drivers.card.certificate import CertificateError, UserAuthenticationCertificate
from drivers.card.channel import CardChannel
from drivers.card.session import IndividualNumberCardSession
from drivers.simulated.card import VirtualCard, simulated_record_issuers
from drivers.simulated.card.keys import published_key
from drivers.simulated.persona import CardFields, Persona, RecordFields
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.card import FacePhoto, RecordCheck


@pytest.mark.parametrize("longest_answer", [256, 2048, 65_536])
@pytest.mark.parametrize("size", [0, 1, 16_384, 24_576])
def test_a_photo_of_any_size_comes_whole(size: int, longest_answer: int) -> None:
    photo = bytes(range(251)) * (size // 251 + 1)
    persona = Persona("hanako", {}, CardFields(), RecordFields())
    card = VirtualCard(persona, photo_jp2=photo[:size])
    card.power_on()
    session = IndividualNumberCardSession(
        card.transmit, record_issuers=simulated_record_issuers(), longest_answer=longest_answer
    )
    answer = session.read_face(Secret("25021120312285"))
    assert isinstance(answer, FacePhoto)
    assert (answer.jp2.reveal() if answer.jp2 else b"") == photo[:size]
    assert session.check_record() is RecordCheck.GENUINE


def certificate(filling: int) -> bytes:
    key = published_key("ca-user-authentication")
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "MADOGUCHI-TEST")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.999.1"), bytes(filling)), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def test_a_certificate_of_64_kilobytes_is_parsed_and_a_larger_one_refused() -> None:
    assert UserAuthenticationCertificate(certificate(64_000)).serial == 1
    with pytest.raises(CertificateError, match="limit"):
        UserAuthenticationCertificate(certificate(66_000))


def served(content: bytes) -> CardChannel:
    """A card with this one file; a read beyond what its command can address fails the test."""

    def transmit(command: bytes) -> bytes:
        offset = command[3] if command[2] & 0x80 else command[2] << 8 | command[3]
        return content[offset : offset + (command[4] or 256)] + b"\x90\x00"

    return CardChannel(transmit)


def test_the_largest_certificate_that_a_file_can_hold_is_read() -> None:
    content = certificate(31_000)
    assert served(content).read_object(0x0A) == content


def test_a_certificate_beyond_what_a_read_can_address_is_refused_after_one_read() -> None:
    with pytest.raises(NeedsStaff) as caught:
        served(certificate(64_000)).read_object(0x0A)
    assert caught.value.code is FailureCode.CARD_BROKEN
