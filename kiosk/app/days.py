"""Days as the command line takes them."""

from __future__ import annotations

from datetime import date

from kiosk.app.console import USAGE, CommandFailed
from kiosk.runtime.clocks import RealClock

LONGEST_DAYS = 3700
"""Ten years: a longer range is a slip of the keyboard, and every day of it would become a row."""


def day_range(first: str | None, last: str | None) -> tuple[date, date]:
    """Without an end until today, without a beginning from the first day of the end's month."""
    end = RealClock().now().date() if last is None else day_of(last)
    begin = end.replace(day=1) if first is None else day_of(first)
    if begin > end:
        raise CommandFailed(USAGE, "cli.report.reversed", first=begin.isoformat(), last=end.isoformat())
    if (end - begin).days > LONGEST_DAYS:
        raise CommandFailed(USAGE, "cli.report.too_long", days=str(LONGEST_DAYS))
    return begin, end


def open_range(first: str | None, last: str | None) -> tuple[date, date]:
    """Without a beginning or an end everything on that side."""
    begin = date.min if first is None else day_of(first)
    end = date.max if last is None else day_of(last)
    if begin > end:
        raise CommandFailed(USAGE, "cli.report.reversed", first=begin.isoformat(), last=end.isoformat())
    return begin, end


def day_of(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandFailed(USAGE, "cli.report.no_date", text=text) from None
    if not date(2000, 1, 1) <= day <= date(2999, 12, 31):
        raise CommandFailed(USAGE, "cli.report.no_date", text=text)
    return day
