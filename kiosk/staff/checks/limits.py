"""The numbers of the readiness report (`assets/rules/readiness.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import Row, RuleTable


@dataclass(frozen=True)
class Limits:
    disk_warn_bytes: int
    disk_fail_bytes: int
    clock_earliest: date
    clock_latest: date
    journal_ahead: timedelta


def limits_from(rules: RuleTable) -> Limits:
    """Whatever the day: the clock itself is in question. Raises `Fatal(SETTINGS_WRONG)` naming what is missing."""
    return Limits(
        _row(rules, "disk", "warn_below_bytes").number("value"),
        _row(rules, "disk", "fail_below_bytes").number("value"),
        _date(_row(rules, "clock", "earliest")),
        _date(_row(rules, "clock", "latest")),
        timedelta(seconds=_row(rules, "clock", "journal_ahead_seconds").number("value")),
    )


def _row(rules: RuleTable, section: str, name: str) -> Row:
    for row in rules.sections.get(section, ()):
        if row.get("name") == name:
            return row
    raise Fatal(FailureCode.SETTINGS_WRONG, f"readiness.toml: {section}.{name}")


def _date(row: Row) -> date:
    value = row.get("value")
    if not isinstance(value, date):
        raise Fatal(FailureCode.SETTINGS_WRONG, f"readiness.toml: {row.get('name')}")
    return value
