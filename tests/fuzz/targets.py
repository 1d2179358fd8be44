"""Every parser that reads bytes from a card: a starting point each, and what may come out of it.

`test_targets.py` plays them with Hypothesis in every test run; `fuzz_card.py` lets atheris loose on one of them.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from drivers.card import tlv
from drivers.card.apdu import ApduError, CommandApdu, ResponseApdu
from drivers.card.certificate import CertificateError, UserAuthenticationCertificate
from drivers.card.channel import CardChannel
from drivers.card.cv import CardVerifiableCertificate, CvError
from drivers.card.piv import NoStaffCard, proven_key
from drivers.card.text import AttributeRecord, AttributesError, IntegrityRecord
from drivers.card.visual import FaceRecord, RecordError
from drivers.face.jpeg2000 import announced_size
from drivers.simulated.card import VirtualCard, simulated_ca_certificates
from drivers.simulated.card.certificates import user_authentication_certificate
from drivers.simulated.card.keys import card_keys
from drivers.simulated.card.records import (
    Contents,
    face_record,
    text_attributes,
    text_integrity,
    visual_certificate,
)
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.piv import PivCard
from kiosk.domain.failures import NeedsStaff

PERSONA = Persona("hanako", {}, CardFields(), RecordFields())
JP2 = bytes.fromhex(
    "0000000C6A5020200D0A870A00000014667479706A703220000000006A7032200000002D6A703268000000166968647200000"
    "12C000000F00001070700000000000F636F6C7201000000000011000000006A703263FF4FFF51002900000000"
    "00F00000012C000000000000000000000F00000012C000000000000000000001070101"
)
CONTENTS = Contents(PERSONA, card_keys("hanako"), JP2 * 20)


@dataclass(frozen=True)
class Target:
    """`parse` may raise `errors` and nothing else, and returns whether it took the bytes."""

    parse: Callable[[bytes], object]
    errors: tuple[type[Exception], ...]
    seed: bytes

    def feed(self, data: bytes) -> bool:
        with warnings.catch_warnings(), contextlib.suppress(*self.errors):
            # The X.509 library warns of odd encodings, which is no failure.
            warnings.simplefilter("ignore")
            self.parse(data)
            return True
        return False


def _certificate(data: bytes) -> None:
    UserAuthenticationCertificate(data).describe(simulated_ca_certificates())


def _objects(data: bytes) -> None:
    for item in tlv.children(data):
        assert item.raw.endswith(item.value)
        assert len(item.raw) <= len(data)


def _card(data: bytes) -> None:
    """The virtual card answers anything, the first two bytes telling how the rest is cut into commands."""
    card = VirtualCard(PERSONA, photo_jp2=None)
    card.power_on()
    size = 1 + (data[0] if data else 0) % 32
    for start in range(1, min(len(data), 1024), size):
        assert len(card.transmit(data[start : start + size])) >= 2


def _file(data: bytes) -> None:
    """A card that hands out these bytes as a file: no read goes beyond what READ BINARY can address, and it ends."""
    reads = 0

    def transmit(command: bytes) -> bytes:
        nonlocal reads
        reads += 1
        assert reads < 40_000
        offset = command[3] if command[2] & 0x80 else command[2] << 8 | command[3]
        assert offset < 0x8000
        return data[offset : offset + (command[4] or 256)] + b"\x90\x00"

    found = CardChannel(transmit).read_object(0x0A)
    assert found is None or len(found) <= len(data)


def _staff(data: bytes) -> None:
    """A card that hands out these bytes as the certificate of its key, and cannot prove to have it."""
    left = iter((b"\x90\x00", data + b"\x90\x00"))
    proven_key(lambda _command: next(left, b"\x7c\x02\x82\x00\x90\x00"))


TARGETS = {
    "command": Target(CommandApdu.decode, (ApduError,), bytes.fromhex("00A4040C0AD392F000260100000001")),
    "answer": Target(ResponseApdu.decode, (ApduError,), b"\x00" * 20 + b"\x90\x00"),
    "tlv": Target(tlv.parse, (tlv.TlvError,), face_record(CONTENTS)),
    "objects": Target(_objects, (tlv.TlvError,), tlv.parse(face_record(CONTENTS)).value),
    "certificate": Target(_certificate, (CertificateError,), user_authentication_certificate(PERSONA)),
    "cv": Target(CardVerifiableCertificate.parse, (CvError,), visual_certificate(CONTENTS)),
    "face": Target(FaceRecord.parse, (RecordError,), face_record(CONTENTS)),
    "attributes": Target(AttributeRecord.parse, (AttributesError,), text_attributes(CONTENTS)),
    "integrity": Target(IntegrityRecord.parse, (AttributesError,), text_integrity(CONTENTS)),
    "photo": Target(announced_size, (NeedsStaff,), JP2),
    "file": Target(_file, (NeedsStaff,), user_authentication_certificate(PERSONA)),
    "staff": Target(_staff, (NoStaffCard,), PivCard().certificate_object),
    "card": Target(_card, (), bytes.fromhex("0F00A4040C0AD392F000260100000001002000980431323334000000000000")),
}
