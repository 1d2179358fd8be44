"""The usage report as data: JSON, and CSV in one long table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from kiosk.staff.usage.figures import HOURS, Spread, UsageReport
from kiosk.staff.usage.rates import MonthStanding, Rate

Cell = str | int | float | None
COLUMNS = ("section", "period", "key", "value", "of", "percent")


def as_data(report: UsageReport) -> dict[str, Any]:
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "visits": {"total": report.visits, "status": dict(report.status)},
        "rate": {
            "basis": "queries",
            "estimate": True,
            "total": _rate(report.total),
            "months": [{"month": f"{month:%Y-%m}", **_rate(rate)} for month, rate in report.months.items()],
            "days": [{"date": day.isoformat(), **_rate(rate)} for day, rate in report.days.items()],
        },
        "thresholds": [_standing(standing) for standing in report.standings],
        "identity": dict(report.identity),
        "eligibility": dict(report.eligibility),
        "document": dict(report.document),
        "claim_route": dict(report.claim_route),
        "consents": dict(report.consents),
        "failures": {
            "total": sum(report.failures_by_hour),
            "causes": [{"code": c.code, "count": c.count, "hours": list(c.hours)} for c in report.causes],
            "hours": list(report.failures_by_hour),
        },
        "seconds": _spread(report.seconds),
        "taps": _spread(report.taps),
        "visual_checks": {"total": sum(report.visual.values()), "reasons": dict(report.visual)},
        "open_claims": [
            {"visit_id": claim.visit_id, "date": claim.on.isoformat(), "route": claim.route, "days": claim.days}
            for claim in report.open_claims
        ],
    }


def as_csv(report: UsageReport) -> str:
    """Columns as COLUMNS. Ids and numbers only: no spreadsheet has to guess an encoding."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(["" if cell is None else cell for cell in row] for row in _rows(report))
    return out.getvalue()


def _rows(report: UsageReport) -> Iterator[tuple[Cell, ...]]:
    period = f"{report.first}/{report.last}"
    yield ("visits", period, "total", report.visits, None, None)
    for name, count in report.status.items():
        yield ("visits", period, name, count, report.visits, None)
    yield ("rate", period, "card", *_rate(report.total).values())
    for month, rate in report.months.items():
        yield ("rate_month", f"{month:%Y-%m}", "card", *_rate(rate).values())
    for day, rate in report.days.items():
        yield ("rate_day", day.isoformat(), "card", *_rate(rate).values())
    for standing in report.standings:
        for number, tier in enumerate(standing.tiers, 1):
            reached = None if tier.reached is None else int(tier.reached)
            key = f"{tier.scheme}_{number}"
            yield ("threshold", f"{standing.month:%Y-%m}", key, reached, _rounded(standing.best), tier.percent)
    for section in ("identity", "eligibility", "document", "claim_route", "consents", "visual"):
        counts = getattr(report, section)
        for name, count in counts.items():
            yield (section, period, name, count, sum(counts.values()), None)
    for cause in report.causes:
        yield ("failure", period, cause.code, cause.count, None, None)
        for hour in HOURS:
            if cause.hours[hour]:
                yield ("failure_hour", f"{hour:02}", cause.code, cause.hours[hour], None, None)
    for section, spread in (("seconds", report.seconds), ("taps", report.taps)):
        for name, value in _spread(spread).items():
            yield (section, period, name, value, None, None)
    for claim in report.open_claims:
        yield ("open_claim", claim.on.isoformat(), claim.visit_id, claim.route, None, None)


def _rate(rate: Rate) -> dict[str, Cell]:
    return {"card": rate.card, "answered": rate.answered, "percent": _rounded(rate.percent)}


def _standing(standing: MonthStanding) -> dict[str, Any]:
    return {
        "month": f"{standing.month:%Y-%m}",
        "counting": [{"month": f"{month:%Y-%m}", **_rate(rate)} for month, rate in standing.counting.items()],
        "best": _rounded(standing.best),
        "verified": standing.verified,
        "tiers": [
            {
                "scheme": tier.scheme,
                "tier": tier.name,
                "percent": tier.percent,
                "reached": tier.reached,
                "source": tier.source,
            }
            for tier in standing.tiers
        ],
    }


def _spread(spread: Spread) -> dict[str, Cell]:
    return {"visits": len(spread.values), "median": _rounded(spread.median), "p90": _rounded(spread.p90)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
