"""The lower bound against the table of milliseconds that was worked out for the flows of a visit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.app.bench.radio import BLOCK_BYTES_MOST, Exchange, lower_bound_seconds

SELECT_APPLICATION, SELECT_FILE = Exchange(15, 2), Exchange(7, 2)
LENGTH_OF_FILE = Exchange(5, 6)
SIGNATURE = Exchange(57, 258)


def reads(size: int) -> list[Exchange]:
    """A file in steps of 256 bytes."""
    whole, rest = divmod(size, 256)
    return [Exchange(5, 258)] * whole + ([Exchange(5, rest + 2)] if rest else [])


def face_file(photo: int) -> list[Exchange]:
    number_b = Exchange(5 + 14, 2)
    file = reads(photo + 1656)
    return [SELECT_APPLICATION, SELECT_FILE, number_b, SELECT_FILE, LENGTH_OF_FILE, *file]


CERTIFICATE = [SELECT_APPLICATION, SELECT_FILE, LENGTH_OF_FILE, *reads(1573)]
PIN_AND_SIGNATURE = [SELECT_FILE, Exchange(9, 2), SELECT_FILE, SIGNATURE]
PRESENCE = [SIGNATURE]
ALL_SMALL = [*CERTIFICATE, *PIN_AND_SIGNATURE, *face_file(4000), *PRESENCE]
ALL_LARGE = [*CERTIFICATE, *PIN_AND_SIGNATURE, *face_file(7000), *PRESENCE]

TABLE = {
    "A": (CERTIFICATE, 10, 1659, (177, 91, 48, 26)),
    "B": (PIN_AND_SIGNATURE, 4, 344, (39, 20, 11, 6)),
    "C, 4 kB": (face_file(4000), 28, 5884, (620, 317, 166, 91)),
    "C, 7 kB": (face_file(7000), 39, 8961, (938, 480, 251, 136)),
    "D": (PRESENCE, 1, 315, (32, 16, 9, 5)),
    "A+B": ([*CERTIFICATE, *PIN_AND_SIGNATURE], 14, 2003, (216, 111, 59, 33)),
    "A+C, 4 kB": ([*CERTIFICATE, *face_file(4000)], 38, 7543, (797, 408, 214, 117)),
    "A+C, 7 kB": ([*CERTIFICATE, *face_file(7000)], 49, 10620, (1115, 571, 299, 163)),
    "A+B+C+D, 4 kB": (ALL_SMALL, 43, 8202, (868, 445, 234, 128)),
    "A+B+C+D, 7 kB": (ALL_LARGE, 54, 11279, (1187, 608, 318, 173)),
}


@pytest.mark.parametrize("flow", TABLE)
def test_the_table_is_reproduced(flow: str) -> None:
    exchanges, count, sizes, milliseconds = TABLE[flow]
    assert len(exchanges) == count
    assert sum(one.command + one.answer for one in exchanges) == sizes
    assert tuple(round(lower_bound_seconds(exchanges, rate) * 1000) for rate in (106, 212, 424, 848)) == milliseconds


def test_a_read_of_251_bytes_saves_the_second_block() -> None:
    """25.6 ms a read against 27.4 ms at 106 kbit/s."""
    assert round(lower_bound_seconds([Exchange(5, 253)], 106) * 1000, 1) == 25.6
    assert round(lower_bound_seconds([Exchange(5, 258)], 106) * 1000, 1) == 27.4


def test_a_rate_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        lower_bound_seconds([SIGNATURE], 300)


sizes = st.integers(min_value=2, max_value=70_000)
exchange_lists = st.lists(st.builds(Exchange, sizes, sizes), max_size=8)


@given(exchange_lists, exchange_lists)
def test_times_of_exchanges_add_up(first: Sequence[Exchange], second: Sequence[Exchange]) -> None:
    together = lower_bound_seconds([*first, *second])
    assert together == pytest.approx(lower_bound_seconds(first) + lower_bound_seconds(second))


@given(sizes, sizes)
def test_a_chained_command_costs_as_much_more_as_a_chained_answer(size: int, other: int) -> None:
    """The two turns of an acknowledgement are the same both ways; only which side sends differs."""
    blocks = -(-size // BLOCK_BYTES_MOST)
    there, back = lower_bound_seconds([Exchange(size, 2)]), lower_bound_seconds([Exchange(2, size)])
    assert there == pytest.approx(back), blocks
    assert lower_bound_seconds([Exchange(size, other)]) >= there
