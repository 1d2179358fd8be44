"""Monthly ceilings by class and date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ceilings import ceiling, limit_in_force, receipt_note
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.rules import load_rules

RULES = load_rules(Path(__file__).parents[3] / "assets" / "rules" / "ceilings.toml")
CODES = load_rules(Path(__file__).parents[3] / "assets" / "rules" / "codes.toml")
JULY, AUGUST = date(2026, 7, 31), date(2026, 8, 1)
CLASSES = [row.text("code") for row in CODES.rows("LimitApplicationCertificateClassificationFlag", JULY)]


@pytest.mark.parametrize(
    ("limit_class", "cost", "amount"),
    [
        ("A01", 842_000, 252_600),
        ("A01", 1_842_000, 262_600),
        ("A02", 1_558_000, 177_400),
        ("A03", 1_000_000, 87_430),
        ("A03", 0, 80_100),
        ("A03", 267_050, 80_101),
        ("A04", 5_000_000, 57_600),
        ("A06", 1, 35_400),
        ("B02", 1_000_000, 171_820),
        ("B04", 1_000_000, 57_600),
        ("B06", 1_000_000, 15_000),
    ],
)
def test_examples_until_july_2026(limit_class: str, cost: int, amount: int) -> None:
    found = ceiling(limit_class, JULY, RULES)
    assert found is not None
    assert found.amount(cost) == amount


@pytest.mark.parametrize(
    ("limit_class", "fourth", "outpatient"),
    [("A02", 93_000, None), ("A05", 24_600, None), ("B09", 44_400, 18_000), ("B05", None, 8_000)],
)
def test_the_fourth_month_and_out_patients(limit_class: str, fourth: int | None, outpatient: int | None) -> None:
    found = ceiling(limit_class, JULY, RULES)
    assert found is not None
    assert (found.from_fourth, found.outpatient) == (fourth, outpatient)


def test_amounts_that_are_not_known_completely_are_not_guessed() -> None:
    assert all(ceiling(limit_class, JULY, RULES) for limit_class in CLASSES)
    assert not any(ceiling(limit_class, AUGUST, RULES) for limit_class in CLASSES)
    assert ceiling(None, JULY, RULES) is None
    assert ceiling("Z99", JULY, RULES) is None


def test_ceilings_are_halved_in_the_month_of_the_75th_birthday() -> None:
    def found(born: date, on: date) -> bool:
        known = ceiling("B04", on, RULES, born)
        assert known is not None
        assert known.amount(10**7) == (28_800 if known.halved else 57_600)
        return known.halved

    assert found(date(1951, 5, 20), date(2026, 5, 1))
    assert found(date(1951, 5, 20), date(2026, 5, 31))
    assert not found(date(1951, 5, 20), date(2026, 6, 1))
    assert not found(date(1951, 5, 1), date(2026, 5, 10))


@pytest.mark.parametrize(
    ("limit_class", "note"),
    [
        ("A01", ("26", "区ア")),
        ("B02", ("27", "区イ")),
        ("A03", ("28", "区ウ")),
        ("B04", ("29", "区エ")),
        ("B08", ("30", "区オ")),
        ("B09", ("41", "区カ")),
        ("B10", ("42", "区キ")),
        ("", None),
    ],
)
def test_the_note_on_the_receipt(limit_class: str, note: tuple[str, str] | None) -> None:
    assert receipt_note(limit_class, JULY, RULES) == note


def test_every_class_has_a_note() -> None:
    assert all(receipt_note(limit_class, AUGUST, RULES) for limit_class in CLASSES)


def test_a_class_counts_within_its_dates() -> None:
    person = InsuredPerson(limit_class="A03", limit_from=date(2025, 8, 1), limit_to=JULY)
    assert limit_in_force(person, JULY) == "A03"
    assert limit_in_force(person, AUGUST) is None
    assert limit_in_force(person, date(2025, 7, 31)) is None
    assert limit_in_force(InsuredPerson(limit_class="A03"), AUGUST) == "A03"


@given(st.text(), st.dates(), st.one_of(st.none(), st.dates()))
def test_no_text_and_no_date_breaks_it(limit_class: str, on: date, born: date | None) -> None:
    assert ceiling(limit_class, on, RULES, born) is None or limit_class in CLASSES
    assert receipt_note(limit_class, on, RULES) is None or limit_class in CLASSES


@given(st.sampled_from(CLASSES), st.integers(0, 10**9), st.integers(0, 10**6))
def test_a_higher_cost_never_lowers_the_ceiling(limit_class: str, cost: int, more: int) -> None:
    found = ceiling(limit_class, JULY, RULES)
    assert found is not None
    assert found.amount(cost) <= found.amount(cost + more)
    assert found.amount(cost) >= found.base


def test_no_cost_below_zero() -> None:
    found = ceiling("A03", JULY, RULES)
    assert found is not None
    with pytest.raises(ValueError, match="zero"):
        found.amount(-1)
