"""A staff card in software: the PIV application with its card authentication key, as a reader would show it."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from drivers.card import tlv
from drivers.card.apdu import SHORT_ANSWER_LIMIT, ApduError, CommandApdu, ResponseApdu
from drivers.card.piv import AID, CERTIFICATE, ECC_P256, ECC_P384, KEY, RSA_2048
from drivers.card.status import Status

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
ATR = bytes.fromhex("3B8D80018073C021C057597562694B6579F9")
BEGINS, ENDS = datetime(2024, 1, 1, tzinfo=UTC), datetime(2044, 1, 1, tzinfo=UTC)
_CHAINED = 0x10
_NOT_SUPPORTED = 0x6D00
_NOT_FOUND = 0x6A82


class PivCard:
    """Implements `drivers.simulated.faults.Chip`. `certified`: the certificate is about another key than its own, as
    on a copy of somebody's card."""

    remove_after_apdus: int | None = None

    def __init__(self, key: PrivateKey | None = None, *, certified: PrivateKey | None = None) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self._certificate = _certificate(certified or self.key)
        self._selected = False
        self._chain = b""
        self._waiting = b""

    @property
    def certificate_object(self) -> bytes:
        return tlv.encode(0x53, tlv.encode(0x70, self._certificate) + bytes.fromhex("710100FE00"))

    @property
    def atr(self) -> bytes:
        return ATR

    def power_on(self) -> None:
        self.reset()

    def power_off(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._selected, self._chain, self._waiting = False, b"", b""

    def transmit(self, command: bytes) -> bytes:
        try:
            apdu = CommandApdu.decode(command)
        except ApduError:
            return ResponseApdu(b"", Status.WRONG_LENGTH).encode()
        if apdu.cla & _CHAINED:
            self._chain += apdu.data
            return ResponseApdu(b"", Status.OK).encode()
        data, self._chain = self._chain + apdu.data, b""
        if apdu.ins == 0xC0:
            return self._part()
        status, self._waiting = self._answer(apdu, data)
        return self._part() if status == Status.OK else ResponseApdu(b"", status).encode()

    def _part(self) -> bytes:
        part, self._waiting = self._waiting[:SHORT_ANSWER_LIMIT], self._waiting[SHORT_ANSWER_LIMIT:]
        status = 0x6100 | min(len(self._waiting), 0xFF) if self._waiting else Status.OK
        return ResponseApdu(part, status).encode()

    def _answer(self, apdu: CommandApdu, data: bytes) -> tuple[int, bytes]:
        if apdu.ins == 0xA4:
            self._selected = data == AID
            return (Status.OK, tlv.encode(0x61, tlv.encode(0x4F, AID))) if self._selected else (_NOT_FOUND, b"")
        if not self._selected:
            return _NOT_SUPPORTED, b""
        if apdu.ins == 0xCB and data == tlv.encode(0x5C, CERTIFICATE):
            return Status.OK, self.certificate_object
        if apdu.ins == 0x87 and (apdu.p1, apdu.p2) == (self._algorithm(), KEY):
            challenge = tlv.by_tag(tlv.children(tlv.parse(data).value))[0x81].value
            return Status.OK, tlv.encode(0x7C, tlv.encode(0x82, self._sign(challenge)))
        return _NOT_FOUND, b""

    def _algorithm(self) -> int:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return RSA_2048
        return ECC_P384 if self.key.curve.key_size == 384 else ECC_P256

    def _sign(self, given: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            numbers = self.key.private_numbers()
            return pow(int.from_bytes(given, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")
        made = hashes.SHA384() if len(given) == 48 else hashes.SHA256()
        return self.key.sign(given, ec.ECDSA(Prehashed(made)))


def _certificate(key: PrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated staff card")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    dated = builder.not_valid_before(BEGINS).not_valid_after(ENDS)
    return dated.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
