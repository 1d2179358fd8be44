"""The figures of the usage report, computed from what the journal tells of the visits. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from kiosk.domain.rules import RuleTable
from kiosk.staff.usage.rates import MonthStanding, Rate, month_of, months_between, standing
from kiosk.staff.usage.visits import Seen, Visit, Way

HOURS = range(24)
UNFINISHED = "unfinished"
OPEN_ROUTES = ("1", "2", "3")
"""Claim routes that leave something for staff to type or to settle."""


@dataclass(frozen=True)
class Spread:
    """`p90` by nearest rank: the smallest value that at least nine in ten do not exceed."""

    values: tuple[float, ...]

    @property
    def median(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def p90(self) -> float | None:
        ordered = sorted(self.values)
        return ordered[math.ceil(0.9 * len(ordered)) - 1] if ordered else None


@dataclass(frozen=True)
class Cause:
    code: str
    hours: tuple[int, ...]  # 24 counts

    @property
    def count(self) -> int:
        return sum(self.hours)


@dataclass(frozen=True)
class OpenClaim:
    """A claim note that nobody has marked as settled. The visit id names no person."""

    visit_id: str
    on: date
    route: str
    days: int


@dataclass(frozen=True)
class UsageReport:
    first: date
    last: date
    made_at: datetime
    visits: int
    status: Mapping[str, int]
    identity: Mapping[str, int]  # of the visits that were closed
    eligibility: Mapping[str, int]
    document: Mapping[str, int]
    claim_route: Mapping[str, int]
    consents: Mapping[str, int]  # all, part, none
    total: Rate
    days: Mapping[date, Rate]  # every day of the range, also those without a visit
    months: Mapping[date, Rate]  # by the month's first day; only its days within the range
    standings: tuple[MonthStanding, ...]
    causes: tuple[Cause, ...]  # the most frequent first
    seconds: Spread  # of the visits that ended accepted
    taps: Spread
    visual: Mapping[str, int]
    open_claims: tuple[OpenClaim, ...]

    @property
    def failures_by_hour(self) -> tuple[int, ...]:
        return tuple(sum(cause.hours[hour] for cause in self.causes) for hour in HOURS)


def usage(
    seen: Seen,
    first: date,
    last: date,
    made_at: datetime,
    rules: RuleTable,
    *,
    consent_items: Sequence[str],
    months_before: Sequence[int] = (),
    paediatric: bool = False,
) -> UsageReport:
    """`seen` must reach as far back as the rates that count (`rates.needed_from`). A visit belongs to the day on which
    it began. `months_before` replaces the rule's look-back where it is not empty."""
    everything = list(seen.visits.values())
    visits = [visit for visit in everything if first <= visit.on <= last]
    closed = [visit for visit in visits if visit.status is not None]
    accepted = [visit for visit in closed if visit.status == "accepted"]
    days = _by_day(visits, first, last)
    whole_months = _by_month(everything)
    return UsageReport(
        first=first,
        last=last,
        made_at=made_at,
        visits=len(visits),
        status=_counted(visit.status or UNFINISHED for visit in visits),
        identity=_counted(visit.identity for visit in closed),
        eligibility=_counted(visit.eligibility for visit in closed),
        document=_counted(visit.document for visit in closed),
        claim_route=_counted(visit.claim_route for visit in accepted if visit.claim_route),
        consents=_consents(visits, consent_items),
        total=Rate.of(visits),
        days=days,
        months=_months_of(days),
        standings=tuple(
            standing(month, whole_months, rules, months_before, paediatric=paediatric)
            for month in months_between(first, last)
        ),
        causes=_causes(seen, first, last),
        seconds=Spread(tuple(s for visit in accepted if (s := visit.seconds) is not None and s >= 0)),
        taps=Spread(tuple(float(visit.taps) for visit in accepted if visit.taps is not None)),
        visual=_counted(reason for visit in visits for reason in visit.visual_reasons),
        open_claims=tuple(
            OpenClaim(visit.id, visit.on, visit.claim_route, (last - visit.on).days)
            for visit in accepted
            if visit.claim_route in OPEN_ROUTES and not visit.settled
        ),
    )


def _months_of(days: Mapping[date, Rate]) -> dict[date, Rate]:
    months = sorted({month_of(day) for day in days})
    return {month: Rate.sum(rate for day, rate in days.items() if month_of(day) == month) for month in months}


def _by_day(visits: Sequence[Visit], first: date, last: date) -> dict[date, Rate]:
    ways: dict[date, Counter[Way]] = {}
    for visit in visits:
        if visit.way is not None:
            ways.setdefault(visit.on, Counter())[visit.way] += 1
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: Rate.counted(ways.get(day, Counter())) for day in days}


def _by_month(visits: Iterable[Visit]) -> dict[date, Rate]:
    ways: dict[date, Counter[Way]] = {}
    for visit in visits:
        if visit.way is not None:
            ways.setdefault(month_of(visit.on), Counter())[visit.way] += 1
    return {month: Rate.counted(counted) for month, counted in ways.items()}


def _counted(names: Iterable[str]) -> dict[str, int]:
    """The most frequent first, equal ones by name."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _consents(visits: Sequence[Visit], items: Sequence[str]) -> dict[str, int]:
    def answer(given: str) -> str:
        chosen = set(given.split(",")) - {""}
        return "none" if not chosen else "all" if chosen >= set(items) else "part"

    counted = Counter(answer(visit.consents) for visit in visits if visit.consents is not None)
    return {name: counted[name] for name in ("all", "part", "none")} if counted else {}


def _causes(seen: Seen, first: date, last: date) -> tuple[Cause, ...]:
    hours: dict[str, Counter[int]] = {}
    for failure in seen.failures:
        if first <= failure.at.date() <= last:
            hours.setdefault(failure.code, Counter())[failure.at.hour] += 1
    causes = [Cause(code, tuple(counted[hour] for hour in HOURS)) for code, counted in hours.items()]
    return tuple(sorted(causes, key=lambda cause: (-cause.count, cause.code)))
