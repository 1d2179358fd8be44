"""The five applications of the Individual Number Card, file by file.

Names, access rules and layouts as public tools have measured them; what is unknown is there and stays closed. Each
declaration is followed by its vector.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drivers.simulated.card import records
from drivers.simulated.card.files import (
    Application,
    AuthenticationKey,
    CredentialFile,
    CredentialVector,
    InternalFile,
    RecordFile,
    SigningKey,
    TransparentFile,
    Vector,
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


def _pin(
    file_id: int, value: Callable[[Contents], str], tries: Callable[[Contents], int], vector: CredentialVector
) -> CredentialFile:
    return CredentialFile(file_id, lambda c: value(c).encode(), PIN_TRIES, _unless_pinless(tries), vector)


PIN_OPENS = ("1234",)
PASSWORD_OPENS = ("ABC123",)
NUMBER_A_OPENS = ("537686677188",)
NUMBER_B_OPENS = ("25021120312285",)
BIRTH_OPENS = ("250211",)
"""Values on the sample card, for the vectors."""

JPKI = Application(
    "jpki",
    bytes.fromhex("D392F000260100000001"),
    (
        TransparentFile(
            0x0001,
            records.holder_signature_certificate,
            Vector("308206243082050CA00302010202085445E5341FC40E06", 1576, opened_by=PASSWORD_OPENS),
            frozenset({0x001B}),
            filler=64,
        ),
        TransparentFile(0x0002, records.signature_ca, Vector("308203A830820290A003020102020102", 940), filler=64),
        InternalFile(0x0005),
        TransparentFile(
            0x0006,
            records.token_information,
            Vector(
                b"JPKIAPICCTOKEN2                 MADOGUCHI-TEST                  TEST            ".hex()
                + b"0000000000000000".hex()
                + "0000040D00000001000000000000000100000000"
                + "0000001000000006FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
                + b"03019999999999999999".hex()
            ),
        ),
        TransparentFile(0x0008, records.availability, Vector("8F8F00")),
        InternalFile(0x0009),
        TransparentFile(
            0x000A,
            records.authentication_certificate,
            Vector("3082057830820460A00302010202085445E5341FC40E05", 1404),
            filler=64,
        ),
        TransparentFile(0x000B, records.authentication_ca, Vector("308203AC30820294A003020102020101", 944), filler=64),
        InternalFile(0x0010),
        InternalFile(0x0016),
        SigningKey(
            0x0017,
            lambda c: c.keys.authentication,
            Vector("3A2C67F78FD48E06", 256, opened_by=PIN_OPENS),
            frozenset({0x0018}),
            simulated_switch=True,
        ),
        _pin(0x0018, lambda c: c.card.pin, lambda c: c.card.pin_tries, CredentialVector("1234", 3)),
        InternalFile(0x0019),
        SigningKey(
            0x001A,
            lambda c: c.keys.signature,
            Vector("50EAFECE06C9B460", 256, opened_by=PASSWORD_OPENS),
            frozenset({0x001B}),
        ),
        CredentialFile(
            0x001B,
            lambda c: c.card.signature_password.encode(),
            SIGNATURE_TRIES,
            _unless_pinless(lambda c: c.card.signature_tries),
            CredentialVector("ABC123", 5),
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
        TransparentFile(
            0x0001,
            records.individual_number_file,
            Vector("FF100C353337363836363737313838FFFF", opened_by=PIN_OPENS + NUMBER_A_OPENS),
            frozenset({0x0011, 0x0014}),
        ),
        TransparentFile(
            0x0002,
            records.text_attributes,
            Vector(
                "FF2059DF2108000E0020004D0058DF220F" + "見本　花子".encode().hex(),
                92,
                "FF20:59{DF21:8 DF22:F DF23:2A DF24:8 DF25:1}",
                PIN_OPENS + NUMBER_B_OPENS,
            ),
            frozenset({0x0011, 0x0015}),
            filler=32,
        ),
        TransparentFile(
            0x0003,
            records.text_integrity,
            Vector(
                "FF3082014BDF31206D5A4C1EF9AB15BF506862D7E66B9C0F",
                336,
                "FF30:14B{DF31:20 DF32:20 DF33:100}",
                PIN_OPENS + NUMBER_A_OPENS + NUMBER_B_OPENS,
            ),
            frozenset({0x0011, 0x0014, 0x0015}),
        ),
        TransparentFile(
            0x0004,
            records.text_certificate,
            Vector(
                "7F218202335F4E820129" + b"MADOGUCHI-TEST00MADOGUCHI-TEST08".hex(), 568, "7F21:233{5F4E:129 5F37:100}"
            ),
        ),
        TransparentFile(
            0x0005,
            records.text_basics,
            Vector("FF401EDF410401030E01DF4210" + b"MADOGUCHI-TEST08".hex() + "DF430100"),
        ),
        TransparentFile(
            0x0006,
            records.session_key,
            Vector(
                "A1820109900301000191820100CE93E20E30AC778C",
                269,
                "A1:109{90:3 91:100}",
                PIN_OPENS + NUMBER_A_OPENS + NUMBER_B_OPENS,
            ),
            frozenset({0x0011, 0x0014, 0x0015}),
        ),
        TransparentFile(
            0x0007,
            records.text_public_key,
            Vector(
                "FF50820213DF518201099003010001918201009F56B4A90E0B9A98",
                536,
                "FF50:213{DF51:109 DF52:100}",
                PIN_OPENS + NUMBER_A_OPENS + NUMBER_B_OPENS,
            ),
            frozenset({0x0011, 0x0014, 0x0015}),
        ),
        TransparentFile(0x0008, _unknown, Vector("FF" * 16)),
        _pin(0x0011, lambda c: c.card.text_pin, lambda c: c.card.text_pin_tries, CredentialVector("1234", 3)),
        CredentialFile(0x0012, _nothing, PIN_TRIES, _full(0), CredentialVector("", 0)),
        SigningKey(0x0013, lambda c: c.keys.text, Vector("13AE2CC5E111F51C", 256)),
        CredentialFile(0x0014, _number_a, NUMBER_TRIES, _full(NUMBER_TRIES), CredentialVector("537686677188", 10)),
        CredentialFile(
            0x0015, lambda c: c.number_b, NUMBER_TRIES, _full(NUMBER_TRIES), CredentialVector("25021120312285", 10)
        ),
    ),
    own_key=0x0013,
)
"""券面入力補助AP"""

VISUAL = Application(
    "visual",
    bytes.fromhex("D3921000310001010402"),
    (
        TransparentFile(
            0x0001,
            records.age_record,
            Vector(
                "FF1082021EDF11083139353030323131DF12820109900301000191820100",
                547,
                "FF10:21E{DF11:8 DF12:109 DF13:100}",
                BIRTH_OPENS,
            ),
            frozenset({0x0011}),
        ),
        TransparentFile(
            0x0002,
            records.face_record,
            Vector(
                "FF2082",
                layout="FF20:*{DF21:12 DF22:8 DF23:1 DF24:109 DF25:* DF26:* DF27:* DF28:100 DF29:8 DF2A:*}",
                opened_by=NUMBER_A_OPENS + NUMBER_B_OPENS,
            ),
            frozenset({0x0012, 0x0013}),
            filler=512,
        ),
        TransparentFile(
            0x0003,
            records.visual_basics,
            Vector(
                "FF3082013BDF310406030E01DF3210" + b"MADOGUCHI-TEST02".hex(),
                320,
                "FF30:13B{DF31:4 DF32:10 DF33:1 DF34:5 DF35:110}",
            ),
        ),
        TransparentFile(
            0x0004,
            records.visual_certificate,
            Vector(
                "7F218202335F4E820129" + b"MADOGUCHI-TEST00MADOGUCHI-TEST02".hex(), 568, "7F21:233{5F4E:129 5F37:100}"
            ),
        ),
        TransparentFile(
            0x0005,
            records.number_image_record,
            Vector("FF4082", layout="FF40:*{DF41:* DF42:109 DF43:100}", opened_by=NUMBER_A_OPENS),
            frozenset({0x0013}),
        ),
        TransparentFile(0x0006, _unknown, Vector("FF" * 16)),
        CredentialFile(0x0011, records.birth_key, NUMBER_TRIES, _full(NUMBER_TRIES), CredentialVector("250211", 10)),
        CredentialFile(
            0x0012,
            lambda c: c.number_b,
            NUMBER_TRIES,
            lambda c: c.card.number_b_tries,
            CredentialVector("25021120312285", 10),
        ),
        CredentialFile(0x0013, _number_a, NUMBER_TRIES, _full(NUMBER_TRIES), CredentialVector("537686677188", 10)),
        SigningKey(0x001A, lambda c: c.keys.visual, Vector("58A25676F313ACD4", 256)),
    ),
    own_key=0x001A,
)
"""券面事項確認AP"""

JUKI = Application(
    "juki",
    bytes.fromhex("D3921000310001010401"),
    (
        RecordFile(0x0002, records.key_reference, Vector("0110" + b"MADOGUCHI-TEST01".hex())),
        _pin(0x001C, lambda c: c.card.juki_pin, _full(PIN_TRIES), CredentialVector("1234", 3)),
    ),
)
"""住基AP. The resident-register code is left out: a clinic must not read it, so there is nothing to read."""

COMMON = Application(
    "common",
    bytes.fromhex("D3921000310001010100"),
    (
        RecordFile(0x0001, records.serial_record, Vector("011C" + b"1047437507929999999920310211".hex())),
        RecordFile(0x0002, records.key_reference, Vector("0110" + b"MADOGUCHI-TEST01".hex())),
        AuthenticationKey(0x0019, lambda c: c.keys.common, Vector("AD1A166AC90FEBE4", 256)),
        _pin(0x001C, lambda c: c.card.juki_pin, _full(PIN_TRIES), CredentialVector("1234", 3)),
    ),
)
"""共通AP"""

PHONE = replace(
    JPKI,
    files=tuple(
        replace(file, opened_by=frozenset({0x0018}))
        if isinstance(file, TransparentFile) and file.file_id == 0x000A
        else file
        for file in JPKI.files
    ),
)
"""What a smartphone holds of it: the certificate, too, is behind the PIN (mynumber-card reference, file 000A)."""

BY_KIND = {
    "individual_number": (JPKI, TEXT, VISUAL, JUKI, COMMON),
    "phone": (PHONE,),
    "juki": (JPKI, JUKI),
    "transit": (),
}
"""Applications by `CardFields.kind`. A transit card answers, but knows none of them."""
