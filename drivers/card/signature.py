"""Signature schemes of the card's keys.

Today's card signs RSA PKCS#1 v1.5 over a DigestInfo that the caller builds. A scheme knows both ends: what the
card is given, and how its answer is checked. The next card generation brings an elliptic-curve scheme.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_SHA256_ALGORITHM = bytes.fromhex("300D06096086480165030402010500")


class SignatureScheme(Protocol):
    @property
    def signature_length(self) -> int:
        """Bytes that the card answers."""

    def card_input(self, message: bytes) -> bytes:
        """What COMPUTE DIGITAL SIGNATURE is given so that the signature covers `message`."""

    def verifies(self, key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> bool: ...


class RsaPkcs1Sha256:
    """RSA-2048, PKCS#1 v1.5, SHA-256 (RFC 8017, 8.2 and 9.2)."""

    signature_length = 256

    def card_input(self, message: bytes) -> bytes:
        return digest_info(hashlib.sha256(message).digest())

    def verifies(self, key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> bool:
        try:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def digest_info(hashed: bytes) -> bytes:
    """A DigestInfo that names SHA-256 around `hashed`.

    The card-face record puts three hashes side by side into one (96 bytes, beginning `30 71`), which no library
    function makes or checks.
    """
    octets = b"\x04" + bytes((len(hashed),)) + hashed
    body = _SHA256_ALGORITHM + octets
    return b"\x30" + bytes((len(body),)) + body


def recovers_to(key: rsa.RSAPublicKey, signature: bytes, padded: bytes) -> bool:
    """Whether the signature holds exactly `padded` under PKCS#1 v1.5 type 1 padding."""
    try:
        return key.recover_data_from_signature(signature, padding.PKCS1v15(), None) == padded
    except InvalidSignature:
        return False


def public_key_of(exponent: bytes, modulus: bytes) -> rsa.RSAPublicKey:
    """Raises `ValueError` for numbers that cannot be an RSA-2048 key."""
    if len(modulus) != 256 or not 1 <= len(exponent) <= 4:
        raise ValueError("not an RSA-2048 key")
    return rsa.RSAPublicNumbers(int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")).public_key()
