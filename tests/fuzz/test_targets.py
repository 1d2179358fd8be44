from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Target

WHOLE = ("command", "answer", "tlv", "objects", "certificate", "cv", "face", "attributes", "integrity", "photo", "file")


@pytest.mark.parametrize("name", WHOLE)
def test_the_starting_point_is_sound(name: str) -> None:
    assert TARGETS[name].feed(TARGETS[name].seed)


def damaged(data: st.DataObject, target: Target) -> bytes:
    """The seed with a few bytes changed, cut off, put in or taken out."""
    raw = bytearray(target.seed)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(raw)))
        match data.draw(st.sampled_from(["change", "cut", "insert", "remove"])):
            case "change" if place < len(raw):
                raw[place] = data.draw(st.integers(0, 255))
            case "cut":
                del raw[place:]
            case "insert":
                raw[place:place] = data.draw(st.binary(max_size=8))
            case "remove":
                del raw[place : place + data.draw(st.integers(1, 8))]
    return bytes(raw)


@pytest.mark.parametrize("name", list(TARGETS))
@given(data=st.data())
def test_damaged_bytes_raise_only_the_own_errors(name: str, data: st.DataObject) -> None:
    TARGETS[name].feed(damaged(data, TARGETS[name]))


@pytest.mark.parametrize("name", list(TARGETS))
@given(raw=st.binary(max_size=300))
def test_rubbish_raises_only_the_own_errors(name: str, raw: bytes) -> None:
    TARGETS[name].feed(raw)
