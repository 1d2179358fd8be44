"""The usage report as titled tables of words and numbers; text and HTML draw the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.staff.usage.figures import HOURS, UsageReport
from kiosk.staff.usage.rates import Rate
from kiosk.staff.usage.words import Words

MOST_DAYS = 62
"""Beyond two months, days fill pages that nobody reads; they stand in the CSV."""

MOST_CLAIMS = 20
"""The oldest: whoever has more open than a page holds begins there. All of them stand in the CSV."""


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers only, and stand at the right."""
        return tuple(bool(self.rows) and all(_is_number(row[i]) for row in self.rows) for i in range(len(self.head)))


def _is_number(cell: str) -> bool:
    return cell in ("", "–") or cell.removesuffix(" %").replace(".", "", 1).isdecimal()


def tables(report: UsageReport, say: Words) -> tuple[Table, ...]:
    """Sections without anything to tell are left out, except those whose emptiness is the news."""
    found = (
        _visits(report, say),
        _months(report, say),
        _thresholds(report, say),
        _counts(report.identity, "identity", say),
        _counts(report.eligibility, "eligibility", say),
        _counts(report.document, "document", say),
        _counts(report.claim_route, "claim_route", say),
        _counts(report.consents, "consents", say),
        _effort(report, say),
        _failures(report, say),
        _counts(report.visual, "visual", say),
        _claims(report, say),
        _days(report, say),
    )
    return tuple(table for table in found if table.rows or table.id in ("failures", "open_claims"))


def _visits(report: UsageReport, say: Words) -> Table:
    rows = [(say("total"), str(report.visits), "")]
    rows += [
        (say.value("status", name), str(count), say.percent(100 * count / report.visits))
        for name, count in report.status.items()
    ]
    return Table("visits", say("visits"), _head(say, "what", "count", "share"), tuple(rows))


def _rate(name: str, rate: Rate, say: Words) -> tuple[str, ...]:
    return (name, str(rate.card), str(rate.answered), say.percent(rate.percent))


def _months(report: UsageReport, say: Words) -> Table:
    rows = [_rate(f"{month:%Y-%m}", rate, say) for month, rate in report.months.items()]
    if len(rows) > 1:
        rows.append(_rate(say("total"), report.total, say))
    head = _head(say, "month", "card", "answered", "rate")
    return Table("months", say("rate_by_month"), head, tuple(rows), (say("estimate"),))


def _days(report: UsageReport, say: Words) -> Table:
    rows = [_rate(day.isoformat(), rate, say) for day, rate in report.days.items() if rate.answered]
    notes = (say("days_in_csv"),) if len(report.days) > MOST_DAYS else ()
    head = _head(say, "day", "card", "answered", "rate")
    return Table("days", say("rate_by_day"), head, () if notes else tuple(rows), notes)


def _thresholds(report: UsageReport, say: Words) -> Table:
    rows = [
        (
            f"{standing.month:%Y-%m}",
            f"{say.value('scheme', tier.scheme)} {tier.name}",
            f"{tier.percent} %",
            say.percent(standing.best),
            say.reached(tier.reached),
        )
        for standing in report.standings
        for tier in standing.tiers
    ]
    notes = [say("receipt_basis")]
    if not all(standing.verified for standing in report.standings):
        notes.append(say("unverified"))
    head = _head(say, "treatment_month", "tier", "needed", "best", "standing")
    return Table("thresholds", say("thresholds"), head, tuple(rows), tuple(notes) if rows else ())


def _counts(counts: Mapping[str, int], section: str, say: Words) -> Table:
    total = sum(counts.values())
    rows = [
        (say.value(section, name), str(count), say.percent(100 * count / total if total else None))
        for name, count in counts.items()
    ]
    return Table(section, say(section), _head(say, "what", "count", "share"), tuple(rows))


def _effort(report: UsageReport, say: Words) -> Table:
    rows = [
        (say(name), str(len(spread.values)), say.number(spread.median), say.number(spread.p90))
        for name, spread in (("seconds", report.seconds), ("taps", report.taps))
        if spread.values
    ]
    head = _head(say, "what", "visits", "median", "p90")
    return Table("effort", say("effort"), head, tuple(rows), (say("accepted_only"),))


def _failures(report: UsageReport, say: Words) -> Table:
    rows = []
    for cause in report.causes:
        worst = max(HOURS, key=lambda hour: (cause.hours[hour], -hour))
        rows.append((cause.code, say.cause(cause.code), str(cause.count), say("hour", n=f"{worst}")))
    notes = () if rows else (say("no_failures"),)
    return Table("failures", say("failures"), _head(say, "code", "cause", "count", "worst_hour"), tuple(rows), notes)


def _claims(report: UsageReport, say: Words) -> Table:
    rows = [
        (claim.on.isoformat(), claim.visit_id, say.value("claim_route", claim.route), str(claim.days))
        for claim in report.open_claims[:MOST_CLAIMS]
    ]
    notes = () if rows else (say("no_open_claims"),)
    if (count := len(report.open_claims)) > MOST_CLAIMS:
        notes = (say("oldest_claims", n=str(count), shown=str(MOST_CLAIMS)),)
    return Table("open_claims", say("open_claims"), _head(say, "day", "visit", "route", "age_days"), tuple(rows), notes)


def _head(say: Words, *ids: str) -> tuple[str, ...]:
    return tuple(say(f"column.{name}") for name in ids)
