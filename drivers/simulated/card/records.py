"""Contents of the card's files: records with their hashes and signatures, built from a persona."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.card import tlv
from drivers.card.cv import BODY, SIGNATURE, TEMPLATE, write_public_key
from drivers.card.signature import digest_info
from drivers.simulated.card import images
from drivers.simulated.card.certificates import (
    MUNICIPALITY,
    digital_signature_authority,
    signature_certificate,
    user_authentication_authority,
    user_authentication_certificate,
)
from drivers.simulated.card.keys import CardKeys, published_key
from drivers.simulated.persona import CardFields, Persona
from kiosk.domain.verification_number import verification_number_b

INDIVIDUAL_NUMBER = "537686677188"
"""My Number of every simulated card: the number of a published test card, so that it is nobody's."""

PRESENT, ABSENT = 0x8F, 0x00
FILLER = b"\xff"
EMPTY_FILE = FILLER * 16

CA_KEY_ID = b"MADOGUCHI-TEST00"
_TEXT_KEY_ID = b"MADOGUCHI-TEST08"
_VISUAL_KEY_ID = b"MADOGUCHI-TEST02"
_CARD_KEY_ID = b"MADOGUCHI-TEST01"


@dataclass(frozen=True)
class Contents:
    """What one card is made from."""

    persona: Persona
    keys: CardKeys
    photo_jp2: bytes = field(repr=False)

    @property
    def card(self) -> CardFields:
        return self.persona.card

    @property
    def number_b(self) -> bytes:
        card = self.card
        number = verification_number_b(
            card.birth_date, card.card_expires.year, card.security_code, western=card.western_birth_date
        )
        return bytes(number.reveal())


def simulated_record_issuers() -> dict[bytes, rsa.RSAPublicKey]:
    """CA keys of card-verifiable certificates that a virtual deployment trusts, by key id."""
    return {CA_KEY_ID: published_key("ca-records").public_key()}


# --- JPKI ---------------------------------------------------------------------------------------------------------


def token_information(contents: Contents) -> bytes:
    """A serialised PKCS#11 token record, 160 bytes."""
    labels = {"juki": "JPKIAPICCTOKEN", "phone": "JPKIAPGPSETOKEN"}
    label = labels.get(contents.card.kind, "JPKIAPICCTOKEN2")
    numbers = (0x040D, 1, 0, 1, 0, 16, 6, *(4 * (0xFFFFFFFF,)))
    return (
        label.ljust(32).encode()
        + b"MADOGUCHI-TEST".ljust(32)
        + b"TEST".ljust(16)
        + b"0".rjust(16, b"0")
        + b"".join(number.to_bytes(4, "big") for number in numbers)
        + b"0301"
        + b"9" * 16
    )


def availability(contents: Contents) -> bytes:
    card = contents.card
    return bytes((ABSENT if card.pinless else PRESENT, PRESENT if card.certificate else ABSENT, ABSENT))


def authentication_certificate(contents: Contents) -> bytes:
    return user_authentication_certificate(contents.persona) if contents.card.certificate else EMPTY_FILE


def holder_signature_certificate(contents: Contents) -> bytes:
    return EMPTY_FILE if contents.card.pinless else signature_certificate(contents.persona)


def authentication_ca(_: Contents) -> bytes:
    return _der(user_authentication_authority().certificate)


def signature_ca(_: Contents) -> bytes:
    return _der(digital_signature_authority().certificate)


# --- Text ---------------------------------------------------------------------------------------------------------


def individual_number_file(_: Contents) -> bytes:
    return tlv.encode(0xFF10, INDIVIDUAL_NUMBER.encode()) + FILLER * 2


def text_attributes(contents: Contents) -> bytes:
    shift = contents.card.text_shift
    return bytes(shift) + with_offsets(0xFF20, 0xDF21, _attribute_objects(contents.card), shift)


def text_integrity(contents: Contents) -> bytes:
    number = hashlib.sha256(individual_number_file(contents)).digest()
    attributes = hashlib.sha256(b"".join(_attribute_objects(contents.card))).digest()
    signed = tlv.encode(0xDF31, number) + tlv.encode(0xDF32, attributes)
    return tlv.encode(0xFF30, signed + tlv.encode(0xDF33, _signature("records-text", signed)))


def text_certificate(_: Contents) -> bytes:
    return card_verifiable_certificate("records-text", _TEXT_KEY_ID)


def text_basics(_: Contents) -> bytes:
    parts = tlv.encode(0xDF41, bytes.fromhex("01030E01")) + tlv.encode(0xDF42, _TEXT_KEY_ID)
    return tlv.encode(0xFF40, parts + tlv.encode(0xDF43, b"\x00"))


def session_key(contents: Contents) -> bytes:
    return tlv.encode(0xA1, write_public_key(contents.keys.session.public_key()))


def text_public_key(contents: Contents) -> bytes:
    signed = tlv.encode(0xDF51, write_public_key(contents.keys.text.public_key()))
    return tlv.encode(0xFF50, signed + tlv.encode(0xDF52, _signature("records-text", signed)))


def _attribute_objects(card: CardFields) -> list[bytes]:
    return [
        tlv.encode(0xDF22, card.name.encode()),
        tlv.encode(0xDF23, card.address.encode()),
        tlv.encode(0xDF24, f"{card.birth_date:%Y%m%d}".encode()),
        tlv.encode(0xDF25, card.sex.encode()),
    ]


# --- Visual -------------------------------------------------------------------------------------------------------


def age_record(contents: Contents) -> bytes:
    signed = tlv.encode(0xDF11, _birth(contents)) + tlv.encode(0xDF12, _visual_key(contents))
    return tlv.encode(0xFF10, signed + tlv.encode(0xDF13, _signature("records-visual", signed)))


def face_record(contents: Contents) -> bytes:
    """Signed are three hashes in one DigestInfo; expiry date and security code stand outside the signature."""
    card = contents.card
    holder = [
        tlv.encode(0xDF22, _birth(contents)),
        tlv.encode(0xDF23, card.sex.encode()),
        tlv.encode(0xDF24, _visual_key(contents)),
    ]
    printed = [
        tlv.encode(0xDF25, images.name_image(card.name)),
        tlv.encode(0xDF26, images.address_image(card.address)),
    ]
    photo = tlv.encode(0xDF27, contents.photo_jp2 if card.photo else b"")
    hashed = (hashlib.sha256(group).digest() for group in (b"".join(holder), b"".join(printed), photo))
    signature = published_key("records-visual").sign(digest_info(b"".join(hashed)), padding.PKCS1v15(), NoDigestInfo())
    objects = [
        *holder,
        *printed,
        photo,
        tlv.encode(0xDF28, signature),
        tlv.encode(0xDF29, f"{card.card_expires:%Y%m%d}".encode()),
        tlv.encode(0xDF2A, images.security_code_image(card.security_code)),
    ]
    return with_offsets(0xFF20, 0xDF21, objects)


def visual_basics(contents: Contents) -> bytes:
    opaque = _CARD_KEY_ID + hashlib.shake_256(contents.persona.name.encode()).digest(256)
    objects = (
        tlv.encode(0xDF31, bytes.fromhex("06030E01")),
        tlv.encode(0xDF32, _VISUAL_KEY_ID),
        tlv.encode(0xDF33, b"\x00"),
        tlv.encode(0xDF34, MUNICIPALITY.encode()),
        tlv.encode(0xDF35, opaque),
    )
    return tlv.encode(0xFF30, b"".join(objects))


def visual_certificate(_: Contents) -> bytes:
    return card_verifiable_certificate("records-visual", _VISUAL_KEY_ID)


def number_image_record(contents: Contents) -> bytes:
    signed = tlv.encode(0xDF41, images.number_image(INDIVIDUAL_NUMBER)) + tlv.encode(0xDF42, _visual_key(contents))
    return tlv.encode(0xFF40, signed + tlv.encode(0xDF43, _signature("records-visual", signed)))


def birth_key(contents: Contents) -> bytes:
    """The first six digits of 照合番号B."""
    return contents.number_b[:6]


# --- Common, resident register, card level ------------------------------------------------------------------------


def serial_record(contents: Contents) -> tuple[bytes, ...]:
    content = f"{_card_number(contents)}{MUNICIPALITY}{contents.card.card_expires:%Y%m%d}".encode()
    return (tlv.encode(0x01, content),)


def key_reference(_: Contents) -> tuple[bytes, ...]:
    return (tlv.encode(0x01, _CARD_KEY_ID),)


def data_objects(contents: Contents, contact_atr: bytes) -> dict[int, bytes]:
    """GET DATA before any application is selected."""
    recognition = tlv.encode(0x73, bytes.fromhex("06072A864886FC6B01600B06092A864886FC6B020202630906072A864886FC6B03"))
    return {
        0x0042: b"MADOGUCHI-TEST",
        0x0045: _card_number(contents).encode(),
        0x0066: tlv.encode(0x66, recognition),
        0x00F0: MUNICIPALITY.encode(),
        0x00F2: f"{contents.card.card_expires:%Y%m%d}".encode(),
        0x00F7: _CARD_KEY_ID,
        0x00F8: tlv.parse(card_verifiable_certificate("records-card", _CARD_KEY_ID)).value,
        0x5F51: contact_atr[1:],
    }


# --- shared -------------------------------------------------------------------------------------------------------


@cache
def card_verifiable_certificate(key_name: str, key_id: bytes) -> bytes:
    body = CA_KEY_ID + key_id + write_public_key(published_key(key_name).public_key())
    return tlv.encode(TEMPLATE, tlv.encode(BODY, body) + tlv.encode(SIGNATURE, _signature("ca-records", body)))


def with_offsets(record: int, table: int, objects: list[bytes], shift: int = 0) -> bytes:
    """A record that begins with the absolute 16-bit offsets of its objects; `shift` bytes stand before it."""
    size = 2 * len(objects)
    placeholder = tlv.encode(table, bytes(size))
    whole = tlv.encode(record, placeholder + b"".join(objects))
    position = shift + tlv.parse_header(whole).size + len(placeholder)
    offsets = b""
    for item in objects:
        offsets += position.to_bytes(2, "big")
        position += len(item)
    return tlv.encode(record, tlv.encode(table, offsets) + b"".join(objects))


def _signature(key_name: str, signed: bytes) -> bytes:
    return published_key(key_name).sign(signed, padding.PKCS1v15(), hashes.SHA256())


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _birth(contents: Contents) -> bytes:
    return f"{contents.card.birth_date:%Y%m%d}".encode()


def _visual_key(contents: Contents) -> bytes:
    return write_public_key(contents.keys.visual.public_key())


def _card_number(contents: Contents) -> str:
    digest = hashlib.sha256(f"card-number:{contents.persona.name}".encode()).digest()
    return f"{int.from_bytes(digest[:6], 'big') % 10**15:015d}"
