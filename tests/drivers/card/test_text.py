from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import tlv
from drivers.card.text import AttributeRecord, AttributesError, IntegrityRecord
from drivers.simulated.card.keys import card_keys
from drivers.simulated.card.records import Contents, text_attributes, text_integrity
from drivers.simulated.persona import CardFields, Persona, RecordFields

CONTENTS = Contents(Persona("hanako", {}, CardFields(), RecordFields()), card_keys("hanako"), b"")
RECORD = text_attributes(CONTENTS)
INTEGRITY = text_integrity(CONTENTS)


def rebuilt(tag: int, change: Callable[[bytes], bytes | None]) -> bytes:
    parts = []
    for item in tlv.children(tlv.parse(RECORD).value):
        value = change(item.value) if item.tag == tag else item.value
        if value is not None:
            parts.append(tlv.encode(item.tag, value))
    return tlv.encode(0xFF20, b"".join(parts))


def test_the_hash_covers_all_but_the_offsets() -> None:
    assert AttributeRecord.parse(RECORD).covered == IntegrityRecord.parse(INTEGRITY).attributes_hash
    assert AttributeRecord.parse(rebuilt(0xDF21, bytes)).covered == AttributeRecord.parse(RECORD).covered
    assert AttributeRecord.parse(rebuilt(0xDF25, lambda _: b"1")).covered != AttributeRecord.parse(RECORD).covered


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0xDF22, b"\xff\xfe"),
        (0xDF24, b"19500230"),
        (0xDF24, b"550217"),
        (0xDF25, b"3"),
        (0xDF22, None),
        (0xDF25, None),
    ],
)
def test_faulty_attributes_are_refused_without_showing_them(tag: int, value: bytes | None) -> None:
    with pytest.raises(AttributesError) as caught:
        AttributeRecord.parse(rebuilt(tag, lambda _: value))
    assert caught.value.__cause__ is None
    assert "1950" not in str(caught.value)


@given(st.lists(st.tuples(st.integers(0, len(RECORD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_attributes_raise_only_the_own_error(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(RECORD)
    for place, value in changes:
        raw[place] = value
    try:
        AttributeRecord.parse(bytes(raw))
    except AttributesError:
        return


@given(st.binary(max_size=300) | st.integers(0, len(INTEGRITY)).map(lambda end: INTEGRITY[:end] + b"\xff"))
def test_rubbish_raises_only_the_own_error(raw: bytes) -> None:
    for parse in (AttributeRecord.parse, IntegrityRecord.parse):
        try:
            parse(raw)
        except AttributesError:
            continue
        assert raw[:2] == b"\xff\x30"
