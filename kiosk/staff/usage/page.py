"""The usage report as one printable page: tables, plots, no script, nothing loaded from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from kiosk.staff.usage.figures import HOURS, UsageReport
from kiosk.staff.usage.plots import Bar, Line, columns, rows
from kiosk.staff.usage.tables import MOST_DAYS, Table, tables
from kiosk.staff.usage.words import Words

SECONDS_BIN, SECONDS_BINS = 10, 12
OPENING_HOURS = (8, 19)
"""Hours that the plot shows in any case; others when something happened in them."""

SIDE_BY_SIDE = ("eligibility", "document", "claim_route", "consents")
"""Small tables of which two stand in a row."""

STYLE = """
@page { size: A4; margin: 14mm }
* { box-sizing: border-box }
body { font: 14px/1.5 "BIZ UDPGothic", "Noto Sans JP", sans-serif; color: #1d2733; max-width: 760px; margin: 24px auto;
  padding: 0 16px }
h1 { font-size: 22px; margin: 0 } h2 { font-size: 16px; margin: 22px 0 6px; border-bottom: 2px solid #2f6690 }
p { margin: 4px 0 } .note { color: #46525e; font-size: 12px }
section { break-inside: avoid } section.long { break-inside: auto }
section.half { display: inline-block; vertical-align: top; width: 48%; margin-right: 1.5% }
@media print { body { font-size: 12px; margin: 0; padding: 0; max-width: none } th, td { padding: 2px 6px } }
table { border-collapse: collapse; width: 100% } th { text-align: left; color: #46525e; font-weight: normal }
th, td { padding: 3px 8px; border-bottom: 1px solid #d5dbe1 } td.n, th.n { text-align: right; white-space: nowrap }
svg { width: 100%; height: auto; font-family: inherit }
.big { display: flex; gap: 10px; margin: 14px 0 }
.big div { flex: 1 1 0; min-width: 0; border: 1px solid #d5dbe1; border-radius: 6px; padding: 8px 10px }
.big b { display: block; font-size: 20px } .big span { color: #46525e; font-size: 12px }
"""


def as_html(report: UsageReport, say: Words) -> str:
    plots = dict(_plots(report, say))
    name = escape(f"{say('title')} {report.first} – {report.last}")
    parts = [
        f'<!DOCTYPE html>\n<html lang="{say.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        f"<h1>{escape(say('title'))}</h1>",
        _paragraph(say("range", first=report.first.isoformat(), last=report.last.isoformat())),
        _note(say("made_at", at=f"{report.made_at:%Y-%m-%d %H:%M}")),
    ]
    if report.visits:
        parts.append(_headline(report, say))
    else:
        parts.append(_paragraph(say("no_visits")))
    parts += [_section(table, *plots.get(table.id, ("", ""))) for table in tables(report, say)]
    parts.append(_note(say("no_personal_data")))
    return "\n".join([*parts, "</body>\n</html>\n"])


def _headline(report: UsageReport, say: Words) -> str:
    accepted = report.status.get("accepted", 0)
    cells = (
        (say.percent(report.total.percent), say("headline.rate")),
        (str(report.visits), say("visits")),
        (say.percent(100 * accepted / report.visits), say("status.accepted")),
        (say.number(report.seconds.median), say("headline.seconds")),
        (str(sum(report.failures_by_hour)), say("failures")),
    )
    drawn = (f"<div><b>{escape(value)}</b><span>{escape(name)}</span></div>" for value, name in cells)
    return f'<div class="big">{"".join(drawn)}</div>'


def _section(table: Table, caption: str, plot: str) -> str:
    if caption and caption != table.title:
        plot = _note(caption) + plot
    marks = [' class="n"' if number else "" for number in table.numeric]
    body = ""
    if table.rows:
        head = "".join(f"<th{mark}>{escape(cell)}</th>" for cell, mark in zip(table.head, marks, strict=True))
        lines = (
            "<tr>" + "".join(f"<td{mark}>{escape(cell)}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>"
            for row in table.rows
        )
        body = f"<table><thead><tr>{head}</tr></thead><tbody>" + "".join(lines) + "</tbody></table>"
    notes = "".join(_note(note) for note in table.notes)
    kind = ' class="long"' if len(table.rows) > 20 else ' class="half"' if table.id in SIDE_BY_SIDE else ""
    return f"<section{kind}><h2>{escape(table.title)}</h2>{plot}{body}{notes}</section>"


def _plots(report: UsageReport, say: Words) -> Iterator[tuple[str, tuple[str, str]]]:
    """Table id, caption, drawing."""
    if report.total.answered:
        caption = say("rate_by_month" if len(report.days) > MOST_DAYS else "rate_by_day")
        levels = {tier.percent: tier for standing in report.standings[-1:] for tier in standing.tiers}
        lines = [Line(percent, f"{percent} % {tier.name}") for percent, tier in levels.items()]
        bars = _rate_bars(report, say)
        yield "months", (caption, columns(caption, bars, suffix=" %", top=100, lines=lines))
    for section, counts in (("identity", report.identity), ("visual", report.visual)):
        if counts:
            yield section, (say(section), rows(say(section), _named(counts, section, say)))
    if report.seconds.values:
        yield "effort", (say("seconds"), columns(say("seconds"), _seconds_bars(report, say), unit=say("unit.s")))
    if report.causes:
        by_hour = report.failures_by_hour
        hours = [hour for hour in HOURS if by_hour[hour] or OPENING_HOURS[0] <= hour < OPENING_HOURS[1]]
        bars = [Bar(str(hour), by_hour[hour], f"{say('hour', n=str(hour))} {by_hour[hour]}") for hour in hours]
        caption = say("failures_by_hour")
        yield "failures", (caption, columns(caption, bars, unit=say("unit.hour")))


def _rate_bars(report: UsageReport, say: Words) -> list[Bar]:
    if len(report.days) > MOST_DAYS:
        named = [(f"{month:%Y-%m}", rate) for month, rate in report.months.items()]
    else:
        named = [(f"{day.month}/{day.day}", rate) for day, rate in report.days.items()]
    return [Bar(n, r.percent, f"{n} {say.percent(r.percent)} ({r.card}/{r.answered})") for n, r in named]


def _named(counts: Mapping[str, int], section: str, say: Words) -> list[Bar]:
    return [Bar(say.value(section, name), count, str(count)) for name, count in counts.items()]


def _seconds_bars(report: UsageReport, say: Words) -> list[Bar]:
    counts = [0] * (SECONDS_BINS + 1)
    for seconds in report.seconds.values:
        counts[min(int(seconds // SECONDS_BIN), SECONDS_BINS)] += 1
    named = [(f"{number * SECONDS_BIN}–", count) for number, count in enumerate(counts)]
    return [Bar(name, count, say("seconds_bin", s=name, n=str(count))) for name, count in named]


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'
