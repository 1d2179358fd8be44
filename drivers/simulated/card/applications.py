"""The five applications of the Individual Number Card, file by file.

Names, access rules and layouts as public tools have measured them; what is unknown is there and stays closed.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.simulated.card import records
from drivers.simulated.card.files import (
    FREE,
    Application,
    AuthenticationKey,
    CredentialFile,
    InternalFile,
    RecordFile,
    SigningKey,
    TransparentFile,
)
from drivers.simulated.card.records import EMPTY_FILE, INDIVIDUAL_NUMBER, Contents

NUMBER_TRIES = 10
PIN_TRIES = 3
SIGNATURE_TRIES = 5


def _unless_pinless(tries: Callable[[Contents], int]) -> Callable[[Contents], int]:
    """A card issued without PINs (顔認証マイナンバーカード) has every PIN blocked from the start."""
    return lambda contents: 0 if contents.card.pinless else tries(contents)


def _full(tries: int) -> Callable[[Contents], int]:
    return lambda _: tries


def _number_a(_: Contents) -> bytes:
    return INDIVIDUAL_NUMBER.encode()


def _nothing(_: Contents) -> bytes:
    return b""


def _unknown(_: Contents) -> bytes:
    return EMPTY_FILE


def _pin(file_id: int, value: Callable[[Contents], str], tries: Callable[[Contents], int]) -> CredentialFile:
    return CredentialFile(file_id, lambda c: value(c).encode(), PIN_TRIES, _unless_pinless(tries))


JPKI = Application(
    "jpki",
    bytes.fromhex("D392F000260100000001"),
    (
        TransparentFile(0x0001, records.holder_signature_certificate, frozenset({0x001B}), filler=64),
        TransparentFile(0x0002, records.signature_ca, filler=64),
        InternalFile(0x0005),
        TransparentFile(0x0006, records.token_information),
        TransparentFile(0x0008, records.availability),
        InternalFile(0x0009),
        TransparentFile(0x000A, records.authentication_certificate, filler=64),
        TransparentFile(0x000B, records.authentication_ca, filler=64),
        InternalFile(0x0010),
        InternalFile(0x0016),
        SigningKey(0x0017, lambda c: c.keys.authentication, frozenset({0x0018}), simulated_switch=True),
        _pin(0x0018, lambda c: c.card.pin, lambda c: c.card.pin_tries),
        InternalFile(0x0019),
        SigningKey(0x001A, lambda c: c.keys.signature, frozenset({0x001B})),
        CredentialFile(
            0x001B,
            lambda c: c.card.signature_password.encode(),
            SIGNATURE_TRIES,
            _unless_pinless(lambda c: c.card.signature_tries),
        ),
        InternalFile(0x001C),
        InternalFile(0x001E),
    ),
)
"""公的個人認証AP"""

TEXT = Application(
    "text",
    bytes.fromhex("D3921000310001010408"),
    (
        TransparentFile(0x0001, records.individual_number_file, frozenset({0x0011, 0x0014})),
        TransparentFile(0x0002, records.text_attributes, frozenset({0x0011, 0x0015}), filler=32),
        TransparentFile(0x0003, records.text_integrity, frozenset({0x0011, 0x0014, 0x0015})),
        TransparentFile(0x0004, records.text_certificate),
        TransparentFile(0x0005, records.text_basics),
        TransparentFile(0x0006, records.session_key, frozenset({0x0011, 0x0014, 0x0015})),
        TransparentFile(0x0007, records.text_public_key, frozenset({0x0011, 0x0014, 0x0015})),
        TransparentFile(0x0008, _unknown),
        _pin(0x0011, lambda c: c.card.text_pin, lambda c: c.card.text_pin_tries),
        CredentialFile(0x0012, _nothing, PIN_TRIES, _full(0)),
        SigningKey(0x0013, lambda c: c.keys.text),
        CredentialFile(0x0014, _number_a, NUMBER_TRIES, _full(NUMBER_TRIES)),
        CredentialFile(0x0015, lambda c: c.number_b, NUMBER_TRIES, _full(NUMBER_TRIES)),
    ),
    own_key=0x0013,
)
"""券面入力補助AP"""

VISUAL = Application(
    "visual",
    bytes.fromhex("D3921000310001010402"),
    (
        TransparentFile(0x0001, records.age_record, frozenset({0x0011})),
        TransparentFile(0x0002, records.face_record, frozenset({0x0012, 0x0013}), filler=512),
        TransparentFile(0x0003, records.visual_basics),
        TransparentFile(0x0004, records.visual_certificate),
        TransparentFile(0x0005, records.number_image_record, frozenset({0x0013})),
        TransparentFile(0x0006, _unknown),
        CredentialFile(0x0011, records.birth_key, NUMBER_TRIES, _full(NUMBER_TRIES)),
        CredentialFile(0x0012, lambda c: c.number_b, NUMBER_TRIES, lambda c: c.card.number_b_tries),
        CredentialFile(0x0013, _number_a, NUMBER_TRIES, _full(NUMBER_TRIES)),
        SigningKey(0x001A, lambda c: c.keys.visual),
    ),
    own_key=0x001A,
)
"""券面事項確認AP"""

JUKI = Application(
    "juki",
    bytes.fromhex("D3921000310001010401"),
    (
        RecordFile(0x0002, records.key_reference, FREE),
        _pin(0x001C, lambda c: c.card.juki_pin, _full(PIN_TRIES)),
    ),
)
"""住基AP. The resident-register code is left out: a clinic must not read it, so there is nothing to read."""

COMMON = Application(
    "common",
    bytes.fromhex("D3921000310001010100"),
    (
        RecordFile(0x0001, records.serial_record),
        RecordFile(0x0002, records.key_reference),
        AuthenticationKey(0x0019, lambda c: c.keys.common),
        _pin(0x001C, lambda c: c.card.juki_pin, _full(PIN_TRIES)),
    ),
)
"""共通AP"""

BY_KIND = {
    "individual_number": (JPKI, TEXT, VISUAL, JUKI, COMMON),
    "juki": (JPKI, JUKI),
    "transit": (),
}
"""Applications by `CardFields.kind`. A transit card answers, but knows none of them."""
