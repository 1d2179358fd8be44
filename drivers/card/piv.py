"""The key of a staff card: the card authentication key of PIV (NIST SP 800-73-4), which signs without a PIN.

What can only be read from a card, its serial number too, can be copied. A key that never leaves the card cannot: it
signs a fresh random challenge, and only its public half is ever known outside. Nothing about a person is read.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from drivers.card import tlv
from drivers.card.apdu import SHORT_ANSWER_LIMIT, SHORT_DATA_LIMIT, ApduError, CommandApdu, ResponseApdu
from drivers.card.signature import digest_info
from drivers.card.status import Status, bytes_waiting
from kiosk.ports.card import Transmit

AID = bytes.fromhex("A000000308000010000100")
KEY = 0x9E
"""Card Authentication Key (SP 800-73-4 part 1, table 4b)."""

CERTIFICATE = bytes.fromhex("5FC101")
"""X.509 Certificate for Card Authentication (part 1, table 3)."""

RSA_2048, ECC_P256, ECC_P384 = 0x07, 0x11, 0x14
"""Algorithm identifiers (SP 800-78-4, table 6-2)."""

LONGEST_ANSWER = 8192
_CHAINED = 0x10
_RSA_BYTES = 256

CardPublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class NoStaffCard(Exception):
    """Not a card with such a key, or one that does not prove that it holds it. Says nothing about the card."""


def proven_key(transmit: Transmit) -> bytes:
    """SHA-256 of the public key (SubjectPublicKeyInfo, DER) of the card, which has just proven that it holds the
    private one. Raises `NoStaffCard`, and what `transmit` raises."""
    _ask(transmit, CommandApdu(0x00, 0xA4, 0x04, 0x00, AID, SHORT_ANSWER_LIMIT))
    key = _public_key(_ask(transmit, CommandApdu(0x00, 0xCB, 0x3F, 0xFF, _wanted(), SHORT_ANSWER_LIMIT)))
    challenge = _fit(key)(secrets.token_bytes(32)).digest()
    if not _holds(key, challenge, _signature(transmit, key, challenge)):
        raise NoStaffCard
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def _wanted() -> bytes:
    return tlv.encode(0x5C, CERTIFICATE)


def _fit(key: CardPublicKey) -> Callable[[bytes], Any]:
    """The hash that goes with the key (SP 800-78-4, table 3-2)."""
    large = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size == 384
    return hashlib.sha384 if large else hashlib.sha256


def _public_key(data: bytes) -> CardPublicKey:
    try:
        parts = tlv.by_tag(tlv.children(tlv.parse(data).value))
        der = tlv.required(parts, 0x70).value
        packed = 0x71 in parts and parts[0x71].value[:1] == b"\x01"
        key = x509.load_der_x509_certificate(_unpacked(der) if packed else der).public_key()
    except (ValueError, TypeError, zlib.error, UnsupportedAlgorithm, x509.InvalidVersion):
        raise NoStaffCard from None
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size in (256, 384):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == _RSA_BYTES * 8:
        return key
    raise NoStaffCard


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data, LONGEST_ANSWER)


def _signature(transmit: Transmit, key: CardPublicKey, challenge: bytes) -> bytes:
    """GENERAL AUTHENTICATE (part 2, 3.2.4)."""
    if isinstance(key, rsa.RSAPublicKey):
        info = digest_info(challenge)
        algorithm, data = RSA_2048, b"\x00\x01" + b"\xff" * (_RSA_BYTES - 3 - len(info)) + b"\x00" + info
    else:
        algorithm, data = ECC_P384 if key.curve.key_size == 384 else ECC_P256, challenge
    template = tlv.encode(0x7C, tlv.encode(0x82, b"") + tlv.encode(0x81, data))
    answer = _ask(transmit, CommandApdu(0x00, 0x87, algorithm, KEY, template, SHORT_ANSWER_LIMIT))
    try:
        return tlv.required(tlv.by_tag(tlv.children(tlv.parse(answer).value)), 0x82).value
    except tlv.TlvError:
        raise NoStaffCard from None


def _holds(key: CardPublicKey, challenge: bytes, signature: bytes) -> bool:
    made = hashes.SHA384() if len(challenge) == 48 else hashes.SHA256()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, challenge, padding.PKCS1v15(), Prehashed(made))
        else:
            key.verify(signature, challenge, ec.ECDSA(Prehashed(made)))
    except InvalidSignature:
        return False
    return True


def _ask(transmit: Transmit, command: CommandApdu) -> bytes:
    """Sends what is too long in parts, and collects an answer that comes in parts (ISO/IEC 7816-4, 5.1.1)."""
    data = command.data
    while len(data) > SHORT_DATA_LIMIT:
        part = CommandApdu(command.cla | _CHAINED, command.ins, command.p1, command.p2, data[:SHORT_DATA_LIMIT])
        if _answer(transmit(part.encode())).status != Status.OK:
            raise NoStaffCard
        data = data[SHORT_DATA_LIMIT:]
    last = CommandApdu(command.cla, command.ins, command.p1, command.p2, data, command.expected)
    answer = _answer(transmit(last.encode()))
    collected = answer.data
    while (waiting := bytes_waiting(answer.status)) is not None:
        answer = _answer(transmit(CommandApdu(0x00, 0xC0, 0x00, 0x00, expected=waiting).encode()))
        collected += answer.data
        if not answer.data or len(collected) > LONGEST_ANSWER:
            raise NoStaffCard
    if answer.status != Status.OK:
        raise NoStaffCard
    return collected


def _answer(raw: bytes) -> ResponseApdu:
    try:
        return ResponseApdu.decode(raw)
    except ApduError:
        raise NoStaffCard from None
