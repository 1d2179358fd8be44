"""What goes over to the card, for technicians: sizes, status words and times, never contents.

Off unless the logger `drivers.card.traffic` is set to `TRAFFIC`, which lies below debug. Data of commands and
answers is not even looked at; of a credential not even its length is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.card import status
from kiosk.ports.card import Transmit

log = logging.getLogger(__name__)

TRAFFIC = 5

_NAMES = {
    0x20: "VERIFY",
    0x2A: "COMPUTE DIGITAL SIGNATURE",
    0x84: "GET CHALLENGE",
    0x88: "INTERNAL AUTHENTICATE",
    0xA4: "SELECT",
    0xB0: "READ BINARY",
    0xB2: "READ RECORD",
    0xC0: "GET RESPONSE",
    0xCA: "GET DATA",
}
_CREDENTIALS = frozenset({0x20, 0x24, 0x2C, 0x32})


@dataclass(frozen=True)
class Exchange:
    """`sent` and `received` in bytes with header and status word; `sent` of None for a presented credential, `status`
    of None where no answer came or it held no status word."""

    name: str
    header: str
    sent: int | None
    received: int
    status: int | None
    seconds: float

    def __str__(self) -> str:
        sent = "-" if self.sent is None else str(self.sent)
        outcome = "no status word" if self.status is None else status.name(self.status)
        return f"{self.header} {self.name}: {sent} > {self.received} bytes, {outcome}, {self.seconds * 1000:.1f} ms"


def recorded(
    transmit: Transmit, note: Callable[[Exchange], None], now: Callable[[], float] = time.perf_counter
) -> Transmit:
    """The same exchanges, each noted when it is over. What `transmit` raises passes through."""

    def exchange(command: bytes) -> bytes:
        began, answer = now(), b""
        try:
            answer = transmit(command)
        finally:
            seconds = now() - began
            header, instruction = command[:4].hex(" ").upper(), command[1] if len(command) > 1 else 0
            note(
                Exchange(
                    name=_NAMES.get(instruction, "command"),
                    header=header,
                    sent=None if instruction in _CREDENTIALS and len(command) > 5 else len(command),
                    received=len(answer),
                    status=int.from_bytes(answer[-2:], "big") if len(answer) > 1 else None,
                    seconds=seconds,
                )
            )
        return answer

    return exchange


def logged(transmit: Transmit) -> Transmit:
    """The same `transmit`, or one that logs when traffic is asked for."""
    if not log.isEnabledFor(TRAFFIC):
        return transmit
    return recorded(transmit, lambda exchange: log.log(TRAFFIC, "%s", exchange))
