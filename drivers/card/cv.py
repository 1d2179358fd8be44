"""Card-verifiable certificates (`7F21`) and bare public keys, as the card's records carry them.

Body: issuer key id (16) ‖ subject key id (16) ‖ `90` exponent ‖ `91` modulus; the signature is PKCS#1 v1.5 with
SHA-256 over that body.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.card import tlv
from drivers.card.signature import RsaPkcs1Sha256, public_key_of

TEMPLATE = 0x7F21
BODY = 0x5F4E
SIGNATURE = 0x5F37
KEY_ID_LENGTH = 16
_EXPONENT = 0x90
_MODULUS = 0x91


class CvError(ValueError):
    """The bytes are no card-verifiable certificate or no public key."""


@dataclass(frozen=True)
class CardVerifiableCertificate:
    issuer_key_id: bytes
    subject_key_id: bytes
    public_key: rsa.RSAPublicKey
    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> CardVerifiableCertificate:
        """Raises `CvError`."""
        try:
            outer = tlv.parse(raw)
            if outer.tag != TEMPLATE:
                raise CvError("another object")
            table = tlv.by_tag(tlv.children(outer.value))
            body = tlv.required(table, BODY).value
            signature = tlv.required(table, SIGNATURE).value
        except tlv.TlvError as error:
            raise CvError(str(error)) from None
        if len(body) < 2 * KEY_ID_LENGTH:
            raise CvError("body is cut off")
        return cls(
            issuer_key_id=body[:KEY_ID_LENGTH],
            subject_key_id=body[KEY_ID_LENGTH : 2 * KEY_ID_LENGTH],
            public_key=read_public_key(body[2 * KEY_ID_LENGTH :]),
            body=body,
            signature=signature,
        )

    def signed_by(self, key: rsa.RSAPublicKey) -> bool:
        return RsaPkcs1Sha256().verifies(key, self.signature, self.body)


def read_public_key(raw: bytes) -> rsa.RSAPublicKey:
    """`90 03 <exponent> 91 82 0100 <modulus>`. Raises `CvError`."""
    try:
        table = tlv.by_tag(tlv.children(raw))
        return public_key_of(tlv.required(table, _EXPONENT).value, tlv.required(table, _MODULUS).value)
    except ValueError as error:
        raise CvError(str(error)) from None


def write_public_key(key: rsa.RSAPublicKey) -> bytes:
    """The 265 bytes that `read_public_key` takes apart."""
    numbers = key.public_numbers()
    exponent = numbers.e.to_bytes(3, "big")
    modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    return tlv.encode(_EXPONENT, exponent) + tlv.encode(_MODULUS, modulus)
