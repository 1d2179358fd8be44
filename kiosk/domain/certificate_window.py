"""What the end of a user-authentication certificate means on a day.

Sources: eligibility interface reference 4; documents reference 6. Months are rows of `assets/rules/certificate.toml`.
Two public readings of the three months of grace exist; the setting chooses one, and between the two dates the
terminal's answer decides.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import RuleTable

_JAPAN = timezone(timedelta(hours=9))


class CertificateState(StrEnum):
    VALID = "valid"
    EXPIRES_SOON = "expires_soon"  # valid; the alert period before the end has begun
    IN_GRACE = "in_grace"  # ended; eligibility works, medical information is not given
    LAPSED = "lapsed"  # not usable as health insurance card


class GraceReading(StrEnum):
    """From where the months of grace are counted."""

    DAY = "day_plus"  # from the day the certificate ends
    END_OF_MONTH = "end_of_month_plus"  # from the end of that month


@dataclass(frozen=True)
class CertificateRule:
    """Lengths in calendar months. The defaults of an empty rule know neither alert nor grace."""

    alert_months: int = 0
    grace_months: int = 0
    reading: GraceReading = GraceReading.END_OF_MONTH


@dataclass(frozen=True)
class CertificateWindow:
    """The days that matter; all inclusive."""

    alert_from: date
    ends_on: date
    grace_ends_on: date  # by the chosen reading
    grace_ends_earliest: date
    grace_ends_latest: date


def certificate_rule(rules: RuleTable, on: date, reading: GraceReading | None = None) -> CertificateRule:
    """The rule in force, with the reading of the file unless one is given.

    Raises `Fatal(SETTINGS_WRONG)` where the file has no row for the day or names an unknown reading.
    """
    row = rules.first("certificate", on)
    if row is None:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"certificate {on}")
    try:
        chosen = reading or GraceReading(row.text("grace_reading"))
    except ValueError:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"grace_reading {row.text('grace_reading')}") from None
    return CertificateRule(row.number("alert_months"), row.number("grace_months"), chosen)


def certificate_window(ends: date | datetime, rule: CertificateRule) -> CertificateWindow:
    """`ends` is the last day, or the certificate's notAfter (aware; the day is Japan's)."""
    ends_on = day_in_japan(ends)
    from_day = add_months(ends_on, rule.grace_months)
    from_month_end = (
        end_of_month(add_months(end_of_month(ends_on), rule.grace_months)) if rule.grace_months else ends_on
    )
    return CertificateWindow(
        alert_from=add_months(ends_on, -rule.alert_months),
        ends_on=ends_on,
        grace_ends_on=from_day if rule.reading is GraceReading.DAY else from_month_end,
        grace_ends_earliest=from_day,
        grace_ends_latest=from_month_end,
    )


def certificate_state(ends: date | datetime, on: date | datetime, rule: CertificateRule) -> CertificateState:
    window = certificate_window(ends, rule)
    day = day_in_japan(on)
    if day > window.grace_ends_on:
        return CertificateState.LAPSED
    if day > window.ends_on:
        return CertificateState.IN_GRACE
    if rule.alert_months and day >= window.alert_from:
        return CertificateState.EXPIRES_SOON
    return CertificateState.VALID


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is shorter; held within the calendar."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def day_in_japan(moment: date | datetime) -> date:
    """Of an aware moment; a day stays what it is."""
    if not isinstance(moment, datetime):
        return moment
    try:
        return (moment.astimezone(_JAPAN) if moment.tzinfo else moment).date()
    except OverflowError:
        # "Without end" is written as the last second of the calendar, which Japan has already left.
        return moment.date()
