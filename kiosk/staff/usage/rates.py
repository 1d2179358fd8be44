"""The usage rate of the health insurance card on the chip (マイナ保険証利用率) and its thresholds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import RuleTable
from kiosk.staff.usage.visits import Visit, Way


@dataclass(frozen=True)
class Rate:
    """Visits confirmed with the card among those confirmed online in any way (オンライン資格確認件数ベース).

    An estimate: look-ups made beside the kiosk are not in its journal.
    """

    card: int = 0
    answered: int = 0

    @property
    def percent(self) -> float | None:
        return 100 * self.card / self.answered if self.answered else None

    @staticmethod
    def of(visits: Iterable[Visit]) -> Rate:
        return Rate.counted(Counter(visit.way for visit in visits if visit.way is not None))

    @staticmethod
    def counted(ways: Mapping[Way, int]) -> Rate:
        return Rate(ways.get(Way.CARD, 0), sum(ways.values()))

    @staticmethod
    def sum(rates: Iterable[Rate]) -> Rate:
        given = list(rates)
        return Rate(sum(rate.card for rate in given), sum(rate.answered for rate in given))


@dataclass(frozen=True)
class Tier:
    """`reached` is None where no rate of the months that count is known."""

    scheme: str
    name: str
    percent: int
    reached: bool | None
    source: str


@dataclass(frozen=True)
class MonthStanding:
    """How a month of treatment stands: the rates of the earlier months that count for it, and each tier in force."""

    month: date
    counting: Mapping[date, Rate]
    best: float | None  # percent
    tiers: tuple[Tier, ...]
    verified: bool  # whether the months that count come from an official text


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_between(first: date, last: date) -> list[date]:
    months = [month_of(first)]
    while (following := earlier(months[-1], -1)) <= last:
        months.append(following)
    return months


def earlier(month: date, months: int) -> date:
    """The first day of the month so many months before; `date.min` where there is none."""
    count = month.year * 12 + month.month - 1 - months
    return date(count // 12, count % 12 + 1, 1) if count >= 12 else date.min


def needed_from(first: date, last: date, rules: RuleTable, months_before: Sequence[int] = ()) -> date:
    """The first day of which the journal must be read for a report over the range."""
    reach = (
        earlier(month, before)
        for month in months_between(first, last)
        for before in _look_back(month, rules, months_before)[0]
    )
    return min((first, *reach))


def standing(
    month: date, rates: Mapping[date, Rate], rules: RuleTable, months_before: Sequence[int], *, paediatric: bool
) -> MonthStanding:
    """`rates` by the first day of each month. The rows in force on the month's first day hold for the month: every
    threshold so far began and ended with a month."""
    before, verified = _look_back(month, rules, months_before)
    counting = {earlier(month, n): rates.get(earlier(month, n), Rate()) for n in sorted(before, reverse=True)}
    known = [rate.percent for rate in counting.values() if rate.percent is not None]
    best = max(known, default=None)
    tiers = []
    for row in rules.rows("threshold", month):
        percent = row.number("paediatric" if paediatric and "paediatric" in row.values else "percent")
        reached = None if best is None else best >= percent
        tiers.append(Tier(row.text("scheme"), row.text("tier"), percent, reached, row.source))
    return MonthStanding(month, counting, best, tuple(tiers), verified)


def _look_back(month: date, rules: RuleTable, months_before: Sequence[int]) -> tuple[tuple[int, ...], bool]:
    if months_before:
        return tuple(months_before), True
    row = rules.first("look_back", month)
    if row is None:
        return (), True
    return _months(row.get("months")), not row.get("unverified", False)


def _months(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(isinstance(n, int) and n >= 0 for n in value):
        raise Fatal(FailureCode.SETTINGS_WRONG, "usage.toml: look_back.months")
    return tuple(value)
