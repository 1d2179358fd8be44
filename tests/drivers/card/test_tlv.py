import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import tlv
from drivers.card.tlv import Header, Tlv, TlvError

TAGS = [0x30, 0x90, 0xA1, 0x5F4E, 0x7F21, 0xDF21, 0xDF2A, 0xFF10, 0xFF40, 0x1F8101]


@pytest.mark.parametrize(
    ("raw", "header"),
    [
        ("FF100C", Header(0xFF10, 3, 12)),
        ("FF2082021E", Header(0xFF20, 5, 0x21E)),
        ("DF2481FF", Header(0xDF24, 4, 255)),
        ("30820621", Header(0x30, 4, 1569)),
        ("7F21820233", Header(0x7F21, 5, 0x233)),
        ("308300FFFF", Header(0x30, 5, 65535)),
    ],
)
def test_headers(raw: str, header: Header) -> None:
    assert tlv.parse_header(bytes.fromhex(raw)) == header


@given(st.sampled_from(TAGS), st.binary(max_size=700), st.binary(max_size=20))
def test_an_object_is_cut_by_its_length(tag: int, value: bytes, filler: bytes) -> None:
    raw = tlv.encode(tag, value)
    assert tlv.parse(raw + filler) == Tlv(tag, value, raw)


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.binary(max_size=40)), max_size=10))
def test_children_end_at_filler(items: list[tuple[int, bytes]]) -> None:
    raw = b"".join(tlv.encode(tag, value) for tag, value in items)
    found = [(item.tag, item.value) for item in tlv.children(raw)]
    assert found == items
    assert [(item.tag, item.value) for item in tlv.children(raw + b"\xff" * 30)] == items
    assert [(item.tag, item.value) for item in tlv.children(raw + b"\x00" * 30)] == items


@given(st.binary(max_size=300), st.integers(-5, 310))
def test_rubbish_raises_only_the_own_error(raw: bytes, offset: int) -> None:
    for attempt in (lambda: tlv.parse(raw, offset), lambda: tlv.children(raw), lambda: tlv.by_tag(tlv.children(raw))):
        with contextlib.suppress(TlvError):
            attempt()


@pytest.mark.parametrize("raw", ["", "FF", "FF10", "3080", "3085000000000100", "30840FFFFFFF", "1FFFFFFF01", "3082"])
def test_refused_headers(raw: str) -> None:
    with pytest.raises(TlvError):
        tlv.parse_header(bytes.fromhex(raw))


def test_limits() -> None:
    with pytest.raises(TlvError):
        tlv.children(tlv.encode(0x90, b"") * (tlv.COUNT_LIMIT + 1))
    assert len(tlv.parse(tlv.encode(0x30, bytes(65536))).value) == 65536


def test_a_tag_that_comes_twice_is_refused() -> None:
    with pytest.raises(TlvError, match="DF22"):
        tlv.by_tag(tlv.children(tlv.encode(0xDF22, b"1") * 2))
    with pytest.raises(TlvError, match="DF23"):
        tlv.required({}, 0xDF23)
