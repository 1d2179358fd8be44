"""Who the holder is in words, and what the facility holds: best effort, never a failure, nothing left behind."""

from __future__ import annotations

import pytest

from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from tests.kiosk.runtime.fakes import AT, ATTRIBUTES, DAY, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_number_that_opened_the_photo_opens_the_words(bench: Bench) -> None:
    found = bench.until_photo().does(fx.ReadHolder(3, "v"))
    assert [type(event) for event in found] == [ev.HolderRead]
    assert found[0].attributes == ATTRIBUTES  # type: ignore[attr-defined]
    assert found[0].held.patient_number == "7"  # type: ignore[attr-defined]
    bench.does(fx.ReadHolder(4, "v"))
    assert bench.world.calls.count("read_attributes") == 1
    kept = bench.executor.vault.get("v")
    assert kept is not None
    number = kept.number_b
    assert number is not None
    bench.does(fx.ForgetVisit("v"))
    assert number.wiped
    assert all(secret.wiped for secret in bench.world.secrets)
    assert kept.attributes is None


def test_without_the_number_nothing_is_tried_on_the_card(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    known = InsuredPerson(kana="ミホン　ハナコ", birth_date=DAY)
    [event] = bench.does(fx.ReadHolder(2, "v", known))
    assert event == ev.HolderRead(bench.clock.now(), 2)
    assert "read_attributes" not in bench.world.calls
    assert bench.world.looked_for == [known]


def test_what_was_said_comes_before_what_the_card_says(bench: Bench) -> None:
    known = InsuredPerson(name="別の名", kana="ベツノナ")
    bench.until_photo().does(fx.ReadHolder(3, "v", known))
    [asked] = bench.world.looked_for
    assert (asked.name, asked.kana, asked.birth_date) == ("別の名", "ベツノナ", ATTRIBUTES.birth_date)


@pytest.mark.parametrize("broken", ["read_attributes", "held"])
def test_a_part_that_fails_leaves_the_other(bench: Bench, broken: str) -> None:
    errors = {"read_attributes": Retriable(FailureCode.CARD_LOST), "held": NeedsStaff(FailureCode.JOURNAL_FAILED)}
    bench.until_photo().world.errors[broken] = errors[broken]
    [event] = bench.does(fx.ReadHolder(3, "v", InsuredPerson(name="見本　花子")))
    assert isinstance(event, ev.HolderRead)
    assert (event.attributes is None, event.held is None) == (broken == "read_attributes", broken == "held")
    assert event.at >= AT
