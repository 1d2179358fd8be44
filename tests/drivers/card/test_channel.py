"""Answers that only some cards and readers give, as scripts of commands and answers."""

from collections.abc import Iterable

import pytest

from drivers.card import tlv
from drivers.card.channel import CardChannel
from drivers.card.profile import INDIVIDUAL_NUMBER_CARD, Credential
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.card import CredentialBlocked, CredentialRejected

AID = INDIVIDUAL_NUMBER_CARD.jpki.aid
PIN = INDIVIDUAL_NUMBER_CARD.jpki.pin
SELECT = "00A4040C0A" + AID.hex().upper()


class Script:
    """Plays answers in order; a command that differs from the script names its step."""

    def __init__(self, steps: Iterable[tuple[str, str]]) -> None:
        self._steps = list(steps)
        self._done = 0

    def __call__(self, command: bytes) -> bytes:
        expected, answer = self._steps[self._done]
        self._done += 1
        assert command.hex().upper() == expected, f"step {self._done}"
        return bytes.fromhex(answer)

    def finished(self) -> bool:
        return self._done == len(self._steps)


def broken(code: KioskError) -> bool:
    return isinstance(code, NeedsStaff) and code.code is FailureCode.CARD_BROKEN


def test_the_first_select_is_repeated_once_after_6f00() -> None:
    script = Script([(SELECT, "6F00"), (SELECT, "9000")])
    assert CardChannel(script).select(AID)
    assert script.finished()


def test_a_second_6f00_is_a_broken_card() -> None:
    script = Script([(SELECT, "6F00"), (SELECT, "6F00")])
    with pytest.raises(NeedsStaff) as caught:
        CardChannel(script).select(AID)
    assert broken(caught.value)
    assert script.finished()


def test_a_later_6f00_is_not_repeated() -> None:
    script = Script([(SELECT, "9000"), (SELECT, "6F00")])
    channel = CardChannel(script)
    channel.select(AID)
    with pytest.raises(NeedsStaff):
        channel.select(AID, again=True)
    assert script.finished()


@pytest.mark.parametrize("status", ["6A82", "6A81", "6D00", "6E00", "6985"])
def test_an_application_that_is_not_there(status: str) -> None:
    assert not CardChannel(Script([(SELECT, status)])).select(AID)


def test_a_current_application_is_not_selected_twice() -> None:
    script = Script([(SELECT, "9000")])
    channel = CardChannel(script)
    assert channel.select(AID)
    assert channel.select(AID)
    assert script.finished()


def test_get_response_and_right_length_are_followed() -> None:
    script = Script([("00B0860020", "6C04"), ("00B0860004", "01029000"[:4] + "6102"), ("00C0000002", "03049000")])
    assert CardChannel(script).read_start(0x06, 32) == b"\x01\x02\x03\x04"
    assert script.finished()


def test_get_response_without_end_is_cut() -> None:
    channel = CardChannel(lambda _: b"\xaa" * 16 + b"\x61\x10")
    with pytest.raises(NeedsStaff) as caught:
        channel.read_start(0x06, 32)
    assert broken(caught.value)


@pytest.mark.parametrize("answer", ["", "90", "AA" * 33 + "9000", "6982", "6400"])
def test_answers_against_the_rules(answer: str) -> None:
    with pytest.raises(NeedsStaff) as caught:
        CardChannel(Script([("00B0860020", answer)])).read_start(0x06, 32)
    assert broken(caught.value)


def test_extended_reads_are_given_up_when_refused() -> None:
    content = tlv.encode(0x30, bytes(400))
    script = Script(
        [
            ("00B08A00000800", "6700"),
            ("00B08A00FB", content[:251].hex() + "9000"),
            ("00B000FB99", content[251:].hex() + "9000"),
        ]
    )
    assert CardChannel(script, read_limit=2048).read_object(0x0A) == content
    assert script.finished()


@pytest.mark.parametrize("start", ["FF" * 16, "00" * 16, ""])
def test_filler_is_an_empty_file(start: str) -> None:
    assert CardChannel(Script([("00B08A00FB", start + "9000")])).read_object(0x0A) is None


def test_a_missing_file_is_none() -> None:
    assert CardChannel(Script([("00B08A00FB", "6A82")])).read_object(0x0A) is None


@pytest.mark.parametrize(
    "steps",
    [
        [("00B08A00FB", "30829000" + "9000")],  # 36 kB: beyond what READ BINARY can address
        [("00B08A00FB", "3080" + "9000")],
        [("00B08A00FB", "308200FF" + "9000"), ("00B00004FB", "9000")],
        [("00B08A00FB", "308200FF" + "9000"), ("00B00004FB", "6B00")],
    ],
)
def test_files_that_lie_about_their_length(steps: list[tuple[str, str]]) -> None:
    with pytest.raises(NeedsStaff) as caught:
        CardChannel(Script(steps)).read_object(0x0A)
    assert broken(caught.value)


def test_a_file_larger_than_one_kilobyte_of_small_answers() -> None:
    content = tlv.encode(0x30, bytes(range(256)) * 2)

    def card(command: bytes) -> bytes:
        offset = command[3] if command[2] & 0x80 else command[2] << 8 | command[3]
        return content[offset : offset + min(command[4], 7)] + b"\x90\x00"

    assert CardChannel(card).read_object(0x0A) == content


@pytest.mark.parametrize(("answer", "left"), [("63C2", 2), ("63C0", 0), ("6983", 0), ("6984", 0), ("9000", None)])
def test_counters(answer: str, left: int | None) -> None:
    assert CardChannel(Script([("00200098", answer)])).tries(PIN) == left


@pytest.mark.parametrize("answer", ["6300", "6982", "6F00"])
def test_a_counter_that_is_none(answer: str) -> None:
    with pytest.raises(NeedsStaff):
        CardChannel(Script([("00200098", answer)])).tries(PIN)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("63C1", CredentialRejected(1)),
        ("63C0", CredentialBlocked()),
        ("6983", CredentialBlocked()),
        ("6984", CredentialBlocked()),
    ],
)
def test_a_refused_credential(answer: str, result: object) -> None:
    script = Script([("002000980431323334", answer)])
    pin = Secret("1234")
    assert CardChannel(script).present(PIN, pin) == result
    assert pin.wiped


@pytest.mark.parametrize("answer", ["6C04", "6104", "6F00", "6300", ""])
def test_a_presentation_is_never_repeated(answer: str) -> None:
    script = Script([("002000980431323334", answer)])
    pin = Secret("1234")
    with pytest.raises(NeedsStaff) as caught:
        CardChannel(script).present(PIN, pin)
    assert script.finished()
    assert pin.wiped
    assert "1234" not in str(caught.value)


def test_a_password_has_no_digits_rule() -> None:
    script = Script([("0020009B06414243313233", "9000")])
    CardChannel(script).present(Credential(0x1B, digits=None), Secret("ABC123"))
    assert script.finished()
