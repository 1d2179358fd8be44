"""Thresholds by month of treatment, and which months' rates count for them."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.domain.failures import Fatal
from kiosk.domain.rules import load_rules
from kiosk.staff.usage.rates import Rate, earlier, months_between, needed_from, standing
from tests.kiosk.staff.usage.made import RULES, at, report, visit


@pytest.mark.parametrize(
    ("month", "percents"),
    [
        ("2024-09-01", []),
        ("2024-10-01", [15, 10, 5]),
        ("2024-12-01", [15, 10, 5]),
        ("2025-01-01", [30, 20, 10]),
        ("2025-04-01", [45, 30, 15]),
        ("2025-09-01", [45, 30, 15]),
        ("2025-10-01", [60, 40, 25]),
        ("2026-02-01", [60, 40, 25]),
        ("2026-03-01", [70, 50, 30]),
        ("2026-05-01", [70, 50, 30]),
        ("2026-06-01", [30]),
        ("2027-01-01", [30]),
    ],
)
def test_thresholds_of_the_month(month: str, percents: list[int]) -> None:
    found = standing(date.fromisoformat(month), {}, RULES, (), paediatric=False)
    assert [tier.percent for tier in found.tiers] == percents
    assert all(tier.reached is None and tier.source for tier in found.tiers)


@pytest.mark.parametrize(
    ("month", "lowest"), [("2025-03-01", 10), ("2025-04-01", 12), ("2026-02-01", 22), ("2026-04-01", 27)]
)
def test_lower_threshold_for_children(month: str, lowest: int) -> None:
    tiers = standing(date.fromisoformat(month), {}, RULES, (), paediatric=True).tiers
    assert min(tier.percent for tier in tiers) == lowest


def test_best_of_the_months_three_four_and_five_before() -> None:
    """April 2025 counts November, December and January."""
    rates = {
        date(2024, 10, 1): Rate(99, 100),
        date(2024, 11, 1): Rate(20, 100),
        date(2024, 12, 1): Rate(30, 100),
        date(2025, 2, 1): Rate(99, 100),
    }
    found = standing(date(2025, 4, 1), rates, RULES, (), paediatric=False)
    assert list(found.counting) == [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)]
    assert found.best == 30
    assert [tier.reached for tier in found.tiers] == [False, True, True]
    assert found.verified


def test_what_is_not_verified_says_so_and_can_be_replaced() -> None:
    rates = {date(2026, 11, 1): Rate(1, 4)}
    assert not standing(date(2026, 12, 1), rates, RULES, (), paediatric=False).verified
    replaced = standing(date(2026, 12, 1), rates, RULES, (1,), paediatric=False)
    assert (replaced.best, replaced.verified, replaced.tiers[0].reached) == (25, True, False)


def test_months_over_the_end_of_a_year() -> None:
    assert earlier(date(2026, 2, 1), 3) == date(2025, 11, 1)
    assert earlier(date(2026, 12, 1), -1) == date(2027, 1, 1)
    assert earlier(date(1, 2, 1), 3) == date.min
    assert months_between(date(2025, 11, 30), date(2026, 1, 1)) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    assert needed_from(date(2026, 1, 15), date(2026, 1, 16), RULES) == date(2025, 8, 1)
    assert needed_from(date(2026, 1, 15), date(2026, 1, 16), RULES, (0,)) == date(2026, 1, 1)
    assert needed_from(date(2020, 1, 15), date(2020, 1, 16), RULES) == date(2020, 1, 15)


def test_a_report_reads_the_months_before_it() -> None:
    made = report([*visit("a", at("2026-07-10")), *visit("b", at("2026-11-10"))], "2026-11-01", "2026-11-30")
    assert made.visits == 1
    assert made.standings[0].best == 100
    assert made.standings[0].tiers[0].reached


def test_a_wrong_rule_is_named() -> None:
    broken = load_rules(b'[[look_back]]\nmonths = ["3"]\nsource = "x"\n')
    with pytest.raises(Fatal, match="look_back"):
        standing(date(2026, 1, 1), {}, broken, (), paediatric=False)
