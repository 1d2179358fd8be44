"""The usage report as lines of text."""

from __future__ import annotations

import unicodedata

from kiosk.staff.usage.figures import UsageReport
from kiosk.staff.usage.tables import Table, tables
from kiosk.staff.usage.words import Words


def as_text(report: UsageReport, say: Words) -> str:
    lines = [say("title"), say("range", first=report.first.isoformat(), last=report.last.isoformat())]
    if not report.visits:
        lines += ["", say("no_visits")]
    for table in tables(report, say):
        lines += ["", *_lines(table)]
    return "\n".join(lines) + "\n"


def _lines(table: Table) -> list[str]:
    rows = [table.head, *table.rows] if table.rows else []
    widths = [max(_columns(row[i]) for row in rows) for i in range(len(table.head))] if rows else []
    drawn = ["  ".join(_pad(*cell) for cell in zip(row, widths, table.numeric, strict=True)).rstrip() for row in rows]
    return [f"■ {table.title}", *(f"  {line}" for line in drawn), *(f"  ※ {note}" for note in table.notes)]


def _pad(text: str, width: int, to_the_right: bool) -> str:
    blank = " " * (width - _columns(text))
    return blank + text if to_the_right else text + blank


def _columns(text: str) -> int:
    """Columns on a terminal: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
