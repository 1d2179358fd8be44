"""The card as a state machine: commands and status words of the card reference, one line each."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulated.card import VirtualCard
from drivers.simulated.card.certificates import signature_certificate, user_authentication_certificate
from drivers.simulated.card.counters import CounterFile
from drivers.simulated.card.keys import card_keys
from drivers.simulated.persona import CardFields, Persona, RecordFields

Powered = Callable[..., VirtualCard]

JPKI = "00A4040C0AD392F000260100000001"
TEXT = "00A4040C0AD3921000310001010408"
VISUAL = "00A4040C0AD3921000310001010402"
JUKI = "00A4040C0AD3921000310001010401"
COMMON = "00A4040C0AD3921000310001010100"
PIN, WRONG = "002000800431323334", "002000800430303030"
DIGEST = hashlib.sha256(b"message").digest()
INFO = bytes.fromhex("3031300D060960864801650304020105000420") + DIGEST


def ask(card: VirtualCard, *commands: str) -> str:
    """The last answer, in hexadecimal."""
    answer = b""
    for command in commands:
        answer = card.transmit(bytes.fromhex(command))
    return answer.hex().upper()


CONVERSATIONS = [
    # SELECT (reference 1.2)
    ([JPKI], "9000"),
    ([JPKI.replace("0C0A", "000A") + "00"], "9000"),
    ([JPKI + "00"], "9000"),
    (["00A4040007A0000001510000"], "9000"),
    (["00A4040C0AD392F000260100000002"], "6A82"),
    (["00A4040007627601FF000000"], "6A82"),
    ([JPKI, "00A4020C020018"], "9000"),
    ([JPKI, "00A4020C020099"], "6A82"),
    (["00A4020C020018"], "6A82"),
    (["00A40000"], "6A86"),
    ([JPKI, "00A40000"], "9000"),
    *[([JPKI, f"00A4000C02{fid}"], "6A82") for fid in ("3F00", "2F10", "2F11")],
    (["01A4040C0AD392F000260100000001"], "6881"),
    (["0CA4040C0AD392F000260100000001"], "6882"),
    ([JPKI, "0CB0860010"], "69FC"),
    ([JPKI, "0C200098"], "69FC"),
    ([JPKI, "00A4080C020018"], "6A86"),
    ([JPKI, "00A4020C0118"], "6700"),
    # READ BINARY (2.5)
    (["00B0000000"], "6986"),
    ([JPKI, "00B0000000"], "6986"),
    ([JPKI, "00B0880000"], "8F8F009000"),
    ([JPKI, "00B0880002"], "8F8F9000"),
    ([JPKI, "00B0880100"], "8F009000"),
    ([JPKI, "00B0880000", "00B0000200"], "009000"),
    ([JPKI, "00B0880000", "00B0000300"], "6B00"),
    ([JPKI, "00A4020C020008", "00B00000000000"], "8F8F009000"),
    ([JPKI, "00B0970000"], "6981"),
    ([JPKI, "00B0810000"], "6982"),
    ([JPKI, "00B0880000", "00B09F0000"], "6A82"),
    ([JPKI, "00B0E80000"], "6A86"),
    ([JPKI, "00B088"], "6700"),
    # VERIFY (2.3)
    ([JPKI, "00A4020C020018", "00200080"], "63C3"),
    ([JPKI, "00A4020C020018", "0020008000"], "63C3"),
    ([JPKI, "00200098"], "63C3"),
    ([JPKI, "0020009B"], "63C5"),
    ([JPKI, "00200080"], "6986"),
    ([JPKI, "00A4020C020008", "00200080"], "6981"),
    ([JPKI, "00A4020C020017", "00200080"], "6981"),
    ([JPKI, "00A4020C020018", PIN], "9000"),
    ([JPKI, "00A4020C020018", PIN, PIN], "9000"),
    ([JPKI, "00A4020C020018", PIN, "00200080"], "63C3"),
    ([JPKI, "00A4020C020018", WRONG], "63C2"),
    ([JPKI, "00A4020C020018", WRONG, WRONG], "63C1"),
    ([JPKI, "00A4020C020018", WRONG, WRONG, PIN, "00200080"], "63C3"),
    ([JPKI, "00A4020C020018", WRONG, WRONG, WRONG], "63C0"),
    ([JPKI, "00A4020C020018", WRONG, WRONG, WRONG, "00200080"], "63C0"),
    ([JPKI, "00A4020C020018", WRONG, WRONG, WRONG, PIN], "6984"),
    ([JPKI, "00A4020C020018", WRONG, WRONG, WRONG, PIN, PIN], "6984"),
    ([JPKI, "00A4020C02001B", "0020008006414243313233"], "9000"),
    ([JPKI, "00A4020C02001B", "0020008006616263313233"], "63C4"),
    ([TEXT, "00200092"], "63C0"),
    ([TEXT, "002000920431323334"], "6984"),
    ([JPKI, "00200198"], "6A86"),
    # security status (1.3)
    ([JPKI, "002000980431323334", "00A4020C020017", "802A0080014100"], None),
    ([JPKI, "002000980431323334", JPKI, "802A0097014100"], "6982"),
    ([JPKI, "002000980431323334", TEXT, JPKI, "802A0097014100"], "6982"),
    ([JPKI, "002000980431323334", "002000980430303030", "802A0097014100"], "6982"),
    ([JPKI, "0020009B06414243313233", "802A0097014100"], "6982"),
    # COMPUTE DIGITAL SIGNATURE (2.4)
    ([JPKI, "00A4020C020017", "802A0080014100"], "6982"),
    ([JPKI, "802A0080014100"], "6986"),
    ([JPKI, "00A4020C020018", "802A0080014100"], "6985"),
    ([JPKI, "002000980431323334", "802A0697014100"], "6A86"),
    ([JPKI, "002000980431323334", "802A0097" + "F6" + "41" * 246 + "00"], "6700"),
    ([JPKI, "002000980431323334", "802A009700"], "6700"),
    ([JPKI, "002000980431323334", "802A0097014110"], "6C00"),
    ([JPKI, "002000980431323334", "802A0297014100"], "6985"),
    ([JPKI, "002000980431323334", "802A0497014100"], "6985"),
    ([JPKI, "802A0000014100"], "6A86"),
    ([JUKI, "802A0000014100"], "6A86"),
    # other commands (2.6, 4.5, 5.1)
    (["00840000"], "6700"),
    (["00840000000400"], "6985"),
    (["00840000000008"], "6985"),
    (["00840000000100"], "6985"),
    (["0084010008"], "6A86"),
    ([COMMON, "0088009C014100"], "6985"),
    ([JPKI, "00880097014100"], "6985"),
    ([JPKI, "00880080014100"], "6986"),
    ([COMMON, "00B2010C00"], None),
    ([COMMON, "00A4020C020001", "00B2020400"], "6A83"),
    ([COMMON, "00A4020C020001", "00B2010500"], "6A86"),
    ([COMMON, "00A4020C020001", "00B201040A"], "6C1E"),
    ([COMMON, "00B2011400"], None),
    ([JPKI, "00A4020C020008", "00B2010400"], "6981"),
    (["80A206C1000133" + "00" * 307], "6700"),
    (["80A200C1014100"], "6700"),
    (["80A20000014100"], "6A86"),
    # GET DATA and what nobody knows (1.2, 8.2)
    (["00CA00F000"], "39393939399000"),
    (["00CA00F200"], "32303331303231319000"),
    (["00CA5F5100"], "E000FF8131FE45149000"),
    (["00CA00F800"], "6700"),
    (["00CADF3005"], "6A88"),
    ([JPKI, "00CA00F000"], "6A88"),
    (["00CB3FFF035C017E08"], "6D00"),
    (["0010000000"], "6D00"),
    (["10A4040C0AD392F000260100000001"], "6E00"),
    (["80B0000000"], "6E00"),
    (["FFCA000000"], "6E00"),
    (["00A4"], "6700"),
    ([""], "6700"),
]


@pytest.mark.parametrize(("commands", "answer"), CONVERSATIONS)
def test_conversation(powered: Powered, commands: list[str], answer: str | None) -> None:
    given = ask(powered(), *commands)
    assert given[-4:] == "9000" if answer is None else given == answer


def test_the_serial_record(powered: Powered) -> None:
    card = powered()
    record = bytes.fromhex(ask(card, COMMON, "00B2010C00"))[:-2]
    assert record[:2] == b"\x01\x1c"
    assert len(record) == 30
    assert record[2:].isdigit()
    assert record[17:] == b"9999920310211"
    assert ask(card, COMMON, "00A4020C020001", "00B2010400") == record.hex().upper() + "9000"
    assert ask(card, JUKI, "00B2011400") == ask(card, COMMON, "00B2011400")


def test_large_data_objects_need_an_extended_length(powered: Powered) -> None:
    assert len(ask(powered(), "00CA00F8000400")) == 2 * (0x233 + 2)


def test_extended_reads_give_whole_files(powered: Powered) -> None:
    answer = bytes.fromhex(ask(powered(), JPKI, "00A4020C02000A", "00B00000000000"))
    assert answer[-2:] == b"\x90\x00"
    assert len(answer) == int.from_bytes(answer[2:4], "big") + 4 + 64 + 2


@pytest.mark.parametrize("count", [1, 8, 10, 100, 256])
def test_get_challenge(powered: Powered, count: int) -> None:
    card = powered()
    answers = {ask(card, f"00840000{count % 256:02X}") for _ in range(3)}
    assert {len(answer) for answer in answers} == {2 * count + 4}
    assert count < 8 or len(answers) == 3


def key_of(certificate: bytes) -> rsa.RSAPublicKey:
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


PERSONA = Persona("hanako", {}, CardFields(), RecordFields())
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def signature(card: VirtualCard, mode: int, key: int, data: bytes) -> bytes:
    answer = card.transmit(bytes((0x80, 0x2A, mode, 0x80 | key, len(data))) + data + b"\x00")
    assert answer[-2:] == b"\x90\x00"
    return answer[:-2]


@pytest.mark.parametrize(
    ("pin", "key", "certificate"),
    [
        ("002000980431323334", 0x17, user_authentication_certificate(PERSONA)),
        ("0020009B06414243313233", 0x1A, signature_certificate(PERSONA)),
    ],
)
def test_modes_of_signature(powered: Powered, pin: str, key: int, certificate: bytes) -> None:
    card = powered()
    ask(card, JPKI, pin)
    public = key_of(certificate)
    plain = signature(card, 0, key, INFO)
    public.verify(plain, b"message", padding.PKCS1v15(), hashes.SHA256())
    assert signature(card, 2, key, DIGEST) == plain
    assert signature(card, 3, key, b"message") == plain
    bare = public.recover_data_from_signature(signature(card, 1, key, b"message"), padding.PKCS1v15(), None)
    assert bare == DIGEST
    public.verify(signature(card, 4, key, DIGEST), DIGEST, PSS, Prehashed(hashes.SHA256()))
    public.verify(signature(card, 5, key, b"message"), b"message", PSS, hashes.SHA256())


@given(st.binary(min_size=1, max_size=245))
def test_mode_zero_pads_exactly_what_it_is_given(data: bytes) -> None:
    card = VirtualCard(PERSONA, photo_jp2=None)
    card.power_on()
    ask(card, JPKI, "002000980431323334")
    public = key_of(user_authentication_certificate(PERSONA))
    assert public.recover_data_from_signature(signature(card, 0, 0x17, data), padding.PKCS1v15(), None) == data


def test_internal_authenticate_is_deterministic(powered: Powered) -> None:
    card = powered()
    command = "008800990568656C6C6F00"
    answer = ask(card, COMMON, command)
    assert ask(card, command) == answer
    public = card_keys("hanako").common.public_key()
    public.verify(bytes.fromhex(answer)[:-2], b"hello", padding.PKCS1v15(), hashes.SHA256())


# --- power, reset, counters ---------------------------------------------------------------------------------------


def test_power_off_forgets_what_was_verified(powered: Powered) -> None:
    card = powered()
    ask(card, JPKI, "002000980431323334")
    card.power_off()
    card.power_on()
    assert ask(card, "802A0097014100") == "6A82"
    assert ask(card, JPKI, "802A0097014100") == "6982"


@pytest.mark.parametrize(("contact", "answer"), [(False, "9000"), (True, "6A82")])
def test_a_warm_reset_keeps_the_status_without_contacts_only(powered: Powered, contact: bool, answer: str) -> None:
    card = powered(options={"contact": contact})
    ask(card, JPKI, "002000980431323334")
    card.reset()
    assert ask(card, "802A0097014100")[-4:] == answer


def test_a_counter_that_cannot_be_kept_opens_nothing(powered: Powered, tmp_path: Path) -> None:
    folder = tmp_path / "counters"
    folder.mkdir()
    card = powered(options={"counters": CounterFile(folder / "counters.json")})
    shutil.rmtree(folder)
    assert ask(card, JPKI, "00A4020C020018", PIN) == "6581"
    assert ask(card, "00A4020C020017", f"802A008033{INFO.hex()}00") == "6982"
    assert ask(card, "00A4020C020018", "00200080") == "63C2"


def test_counters_outlive_power_and_card_object(powered: Powered) -> None:
    counters: dict[str, int] = {}
    card = powered(options={"counters": counters})
    ask(card, JPKI, "002000980430303030", "002000980430303030")
    card.power_off()
    card.power_on()
    assert ask(card, JPKI, "00200098") == "63C1"
    again = powered(options={"counters": counters}, pin_tries=3)
    assert ask(again, JPKI, "00200098") == "63C1"


def test_the_counter_falls_before_the_comparison() -> None:
    """Whoever takes the power during the comparison does not win a try."""
    seen: list[int] = []

    class Watched(dict[str, int]):
        def __setitem__(self, key: str, value: int) -> None:
            seen.append(value)
            super().__setitem__(key, value)

    card = VirtualCard(PERSONA, photo_jp2=None, counters=Watched())
    card.power_on()
    ask(card, JPKI, "002000980431323334")
    assert seen == [2, 3]


def test_power_up_status_answers_the_first_command_only(powered: Powered) -> None:
    card = powered(power_up_status="6F00")
    assert [ask(card, JPKI), ask(card, JPKI)] == ["6F00", "9000"]


def test_without_power_there_is_no_answer(powered: Powered) -> None:
    card = powered()
    card.power_off()
    with pytest.raises(RuntimeError):
        ask(card, JPKI)


# --- variants -----------------------------------------------------------------------------------------------------


def test_the_simulated_terminal_opens_the_authentication_key_and_nothing_else(powered: Powered) -> None:
    card = powered(options={"terminal_authenticated": True})
    assert ask(card, JPKI, "00A4020C020017", "802A0080014100")[-4:] == "9000"
    assert ask(card, "802A009A014100") == "6982"
    assert ask(card, "00B0810000") == "6982"
    assert ask(card, VISUAL, "00B0820000") == "6982"


def test_a_card_issued_without_pins(powered: Powered) -> None:
    card = powered(pinless=True)
    assert ask(card, JPKI, "00B0880000") == "008F009000"
    for application, pin in ((JPKI, "98"), (JPKI, "9B"), (TEXT, "91"), (JUKI, "9C"), (COMMON, "9C")):
        assert ask(card, application, f"002000{pin}") == "63C0"
        assert ask(card, application, f"002000{pin}0431323334") == "6984"
    assert ask(card, JPKI, "00B08A0004")[:4] == "3082"
    assert ask(card, VISUAL, "002000920E" + b"25021120312285".hex()) == "9000"


def test_a_card_without_an_authentication_certificate(powered: Powered) -> None:
    card = powered(certificate=False)
    assert ask(card, JPKI, "00B0880000") == "8F00009000"
    assert ask(card, "00B08A0004") == "FFFFFFFF9000"


def test_the_text_record_may_begin_two_bytes_late(powered: Powered) -> None:
    card = powered(text_shift=2)
    assert ask(card, TEXT, "002000910431323334", "00B0820005")[:8] == "0000FF20"


def test_the_predecessor_card(powered: Powered) -> None:
    card = powered(kind="juki")
    assert bytes.fromhex(ask(card, JPKI, "00B0860020"))[:-2] == b"JPKIAPICCTOKEN".ljust(32)
    assert ask(card, JUKI) == "9000"
    assert ask(card, VISUAL) == "6A82"


def test_a_transit_card_knows_no_application(powered: Powered) -> None:
    card = powered(kind="transit")
    assert {ask(card, select) for select in (JPKI, TEXT, VISUAL, JUKI, COMMON)} == {"6A82"}
    assert ask(card, "00CA00F000") == "6A88"


def test_answers_to_reset(powered: Powered) -> None:
    assert powered().atr == bytes.fromhex("3B888001000005E0B381A1007F")
    assert powered(options={"contact": True}).atr == bytes.fromhex("3BE000FF8131FE4514")
    for kind in ("juki", "transit"):
        atr = powered(kind=kind).atr
        check = 0
        for byte in atr[1:]:
            check ^= byte
        assert check == 0


@pytest.mark.parametrize("fields", [{"kind": "none"}, {"kind": "passport"}])
def test_a_persona_without_a_chip_has_no_virtual_card(powered: Powered, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="chip"):
        powered(**fields)


def test_a_photo_beyond_the_limit_is_refused(powered: Powered) -> None:
    with pytest.raises(ValueError, match="photo"):
        powered(options={"photo_jp2": bytes(30_000)})


@given(st.lists(st.binary(max_size=40) | st.sampled_from([bytes.fromhex(JPKI), bytes.fromhex(VISUAL)]), max_size=12))
def test_any_bytes_get_an_answer(commands: list[bytes]) -> None:
    card = VirtualCard(PERSONA, photo_jp2=None)
    card.power_on()
    for command in commands:
        assert len(card.transmit(command)) >= 2
