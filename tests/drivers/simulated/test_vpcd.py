"""A slot of the virtual reader, spoken to as vpcd does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.vpcd import VpcdSlot, dialling
from kiosk.domain.failures import FailureCode, NeedsStaff

OFF, ON, RESET, ATR = (bytes([control]) for control in (0, 1, 2, 4))
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
VERIFY = bytes.fromhex("00200098") + b"\x041234"
SIGN = bytes.fromhex("802A0097014100")
OK, NOT_VERIFIED, NOT_SELECTED = b"\x90\x00", b"\x69\x82", b"\x6a\x82"


class Line:
    """vpcd's end of the connection."""

    def __init__(self, end: socket.socket, slot: VpcdSlot) -> None:
        self.slot = slot
        self.end = end
        self.end.settimeout(30.0)

    def tell(self, *bodies: bytes) -> None:
        """In one segment."""
        self.end.sendall(b"".join(len(body).to_bytes(2, "big") + body for body in bodies))

    def hear(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(2), "big"))

    def ask(self, *bodies: bytes) -> bytes:
        self.tell(*bodies)
        return self.hear()

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self.end.recv(size - len(found))
            assert part, "the card left"
            found += part
        return found


@pytest.fixture
def laid() -> Iterator[Callable[..., Line]]:
    """`laid(contact=True)`: the line to a card in the slot."""
    server = socket.create_server(("127.0.0.1", 0))
    slot = VpcdSlot(dialling(*server.getsockname()))
    lines: list[Line] = []

    def lay(*, contact: bool = False, counters: dict[str, int] | None = None) -> Line:
        persona = Persona("hanako", {}, CardFields(), RecordFields())
        slot.place(VirtualCard(persona, photo_jp2=None, contact=contact, counters=counters))
        lines.append(Line(server.accept()[0], slot))
        return lines[-1]

    yield lay
    assert slot.occupied, "the card stayed to the end"
    slot.remove()
    for line in lines:
        line.end.close()
    server.close()


def test_a_name_that_no_host_can_have_is_a_reader_that_is_not_there() -> None:
    with pytest.raises(NeedsStaff) as caught:
        dialling("a" * 300, 1)()
    assert caught.value.code is FailureCode.READER_GONE


@pytest.mark.parametrize("contact", [False, True])
def test_controls_and_commands_of_one_segment_are_taken_one_by_one(laid: Callable[..., Line], contact: bool) -> None:
    line = laid(contact=contact)
    line.tell(ON, ATR, SELECT, VERIFY, RESET, SIGN)
    answers = [line.hear() for _ in range(4)]
    assert answers[0][:1] == b"\x3b"
    assert answers[1:3] == [OK, OK]
    assert (answers[3] if contact else len(answers[3])) == (NOT_SELECTED if contact else 258)


@pytest.mark.parametrize("again", [ON, RESET])
def test_a_card_without_power_neither_answers_nor_leaves(laid: Callable[..., Line], again: bytes) -> None:
    line = laid()
    assert line.ask(SELECT) == OK
    assert line.ask(VERIFY) == OK
    assert len(line.ask(OFF, SELECT)) < len(OK)
    assert len(line.ask(SELECT)) < len(OK)
    assert line.ask(ATR)[:1] == b"\x3b"
    assert line.ask(again, SELECT) == OK
    assert line.ask(SIGN) == NOT_VERIFIED


def test_a_card_taken_from_a_frozen_reader_never_saw_the_command(laid: Callable[..., Line]) -> None:
    counters: dict[str, int] = {}
    line = laid(counters=counters)
    assert line.ask(SELECT) == OK
    line.slot.freeze()
    line.tell(VERIFY[:-4] + b"0000")
    while line.slot.apdus < 2:
        time.sleep(0.001)
    line.slot.remove()
    line.slot.thaw()
    assert counters["jpki.0018"] == 3
    assert laid(counters=counters).ask(SELECT) == OK
