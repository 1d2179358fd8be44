"""The least time that exchanges with a contactless card take on the air (ISO/IEC 14443 type B).

Card computation, USB and driver cost nothing here, so a real visit is always slower. The constants are those of
ISO/IEC 14443-3 and -4 as commonly quoted; the text of the standard itself was not at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CARRIER_HZ = 13.56e6
"""ISO/IEC 14443-2: fc."""

ETU_CARRIER_CYCLES = 128
"""ISO/IEC 14443-3: one elementary time unit at 106 kbit/s; half, a quarter, an eighth of it at the higher rates."""

BYTE_ETU = 10
"""ISO/IEC 14443-3, type B character: start bit, 8 bits, stop bit; the optional guard time is left out."""

START_OF_FRAME_ETU = 12
"""ISO/IEC 14443-3, type B: 10 etu low and 2 etu high, the shortest allowed."""

END_OF_FRAME_ETU = 10
"""ISO/IEC 14443-3, type B: 10 etu low, the shortest allowed."""

FRAME_OVERHEAD_BYTES = 3
"""ISO/IEC 14443-4: protocol control byte (PCB) and two bytes of CRC_B; no card identifier, no node address."""

BLOCK_BYTES_MOST = 253
"""ISO/IEC 14443-4: frame size 256, as the card's ATQB states, less the overhead. What is longer is chained."""

CARD_TURN_SECONDS = 170e-6
"""ISO/IEC 14443-3: TR0 and TR1 at their least, 64 and 80 periods of the subcarrier fc/16, from command to answer."""

READER_TURN_SECONDS = 132e-6
"""ISO/IEC 14443-3: TR2 at its least, 14 etu at 106 kbit/s, from answer to the next command."""

RATES = {106: 1, 212: 2, 424: 4, 848: 8}
"""kbit/s in both directions → divisor of the elementary time unit. The card offers up to 424."""

FASTEST_OFFERED = 424


@dataclass(frozen=True)
class Exchange:
    """Sizes in bytes of one command APDU and its response APDU, header and status word included."""

    command: int
    answer: int


def lower_bound_seconds(exchanges: Iterable[Exchange], kbit: int = FASTEST_OFFERED) -> float:
    """Raises `KeyError` for a rate that ISO/IEC 14443 does not have."""
    etu = ETU_CARRIER_CYCLES / CARRIER_HZ / RATES[kbit]
    return sum(
        _chained(one.command, etu, CARD_TURN_SECONDS, READER_TURN_SECONDS)
        + _chained(one.answer, etu, READER_TURN_SECONDS, CARD_TURN_SECONDS)
        for one in exchanges
    )


def _chained(size: int, etu: float, answered_after: float, goes_on_after: float) -> float:
    """The blocks of one APDU, each followed by the other side's turn, with an acknowledgement between two blocks."""
    blocks = _blocks(size)
    payload = sum(_frame(block, etu) + answered_after for block in blocks)
    return payload + (len(blocks) - 1) * (_frame(0, etu) + goes_on_after)


def _blocks(size: int) -> list[int]:
    whole, rest = divmod(size, BLOCK_BYTES_MOST)
    return [BLOCK_BYTES_MOST] * whole + ([rest] if rest or not whole else [])


def _frame(payload: int, etu: float) -> float:
    return (START_OF_FRAME_ETU + BYTE_ETU * (payload + FRAME_OVERHEAD_BYTES) + END_OF_FRAME_ETU) * etu
