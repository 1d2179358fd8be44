"""Nothing opens elsewhere than where it was sealed; signatures fit one text and one key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.journal.sealing import SEALED, Sealer, is_signed_by, key_id_of

SEALER, OTHER = Sealer(Secret(bytes(range(32)))), Sealer(Secret(bytes(32)))
KEY = SEALER.new_key("v-1")


@given(st.one_of(st.text(), st.integers(), st.booleans(), st.none()))
def test_what_was_sealed_opens(value: str | int | bool | None) -> None:
    sealed = SEALER.seal(KEY, "v-1", "e", "f", value)
    assert sealed.startswith(SEALED)
    assert SEALER.open(KEY, "v-1", "e", "f", sealed) == value


@pytest.mark.parametrize(
    ("sealer", "visit", "event", "field"),
    [(SEALER, "v-2", "e", "f"), (SEALER, "v-1", "x", "f"), (SEALER, "v-1", "e", "x"), (OTHER, "v-1", "e", "f")],
)
def test_it_opens_nowhere_else(sealer: Sealer, visit: str, event: str, field: str) -> None:
    sealed = SEALER.seal(KEY, "v-1", "e", "f", "somebody")
    with pytest.raises(NeedsStaff) as caught:
        sealer.open(KEY, visit, event, field, sealed)
    assert caught.value.code is FailureCode.JOURNAL_BROKEN
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize("damage", ["", SEALED, SEALED + "!!", SEALED + "AAAA"])
def test_damage_is_told(damage: str) -> None:
    with pytest.raises(NeedsStaff):
        SEALER.open(KEY, "v-1", "e", "f", damage)
    with pytest.raises(NeedsStaff):
        SEALER.seal(KEY[:-1], "v-1", "e", "f", "x")


def test_keys_are_fresh_and_the_same_secret_is_the_same_store() -> None:
    assert SEALER.new_key("v-1") != SEALER.new_key("v-1")
    assert Sealer(Secret(bytes(range(32)))).public_key == SEALER.public_key != OTHER.public_key
    assert len(key_id_of(SEALER.public_key)) == 16


def test_a_signature_holds_for_one_head_and_one_key() -> None:
    mark = SEALER.checkpoint(3, "ab", "2026-11-24T09:30:00.000+09:00")
    assert is_signed_by(mark, SEALER.public_key)
    assert not is_signed_by(mark, OTHER.public_key)
    assert not is_signed_by(mark, b"no key")
    for changed in (
        replace(mark, seq=4),
        replace(mark, hash="ac"),
        replace(mark, at="x"),
        replace(mark, signature=b""),
    ):
        assert not is_signed_by(changed, SEALER.public_key)
