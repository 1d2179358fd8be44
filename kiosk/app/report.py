"""`kiosk report usage`: the usage report of a range of days, from the journal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path

from kiosk.app.console import FAILED, OK, CommandFailed, Console
from kiosk.app.days import day_range
from kiosk.app.files import write_whole
from kiosk.app.journal import event_catalogue, open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.records import FORMATS
from kiosk.app.settings import Settings
from kiosk.domain.rules import load_rules
from kiosk.ports.journal import JournalStore, StoredEntry
from kiosk.runtime.clocks import RealClock
from kiosk.staff.usage.data import as_csv, as_data
from kiosk.staff.usage.figures import UsageReport, usage
from kiosk.staff.usage.page import as_html
from kiosk.staff.usage.rates import needed_from
from kiosk.staff.usage.text import as_text
from kiosk.staff.usage.visits import SETTLED, events_needed, gather
from kiosk.staff.usage.words import Words


def make_report(
    journal: JournalStore, first: date, last: date, settings: Settings, made_at: datetime | None = None
) -> UsageReport:
    """Made now, unless `made_at` says otherwise. Raises what the journal raises."""
    rules = load_rules(ASSETS / "rules" / "usage.toml")
    months = tuple(int(n) for n in settings.report.rate_months_before)
    begin = min(needed_from(first, last, rules, months), first - timedelta(days=1))
    # A visit may end after midnight; a claim note is settled whenever somebody comes to it.
    ended = last + timedelta(days=1)
    entries: Iterator[StoredEntry] = chain(
        journal.between(begin, ended, events_needed(event_catalogue().events)),
        journal.between(ended + timedelta(days=1), date.max, SETTLED),
    )
    return usage(
        gather(entries),
        first,
        last,
        made_at or RealClock().now(),
        rules,
        consent_items=settings.flow.consent_items,
        months_before=months,
        paediatric=settings.report.paediatric,
    )


def written(report: UsageReport, form: str, console: Console) -> str:
    if form == "csv":
        return as_csv(report)
    if form == "json":
        return json.dumps(as_data(report), ensure_ascii=False, indent=2) + "\n"
    words = Words(console.catalogue, console.language)
    return as_html(report, words) if form == "html" else as_text(report, words)


def report_usage(options: argparse.Namespace, console: Console, settings: Settings, folders: DataFolders) -> int:
    first, last = day_range(options.first, options.last)
    if not folders.journal.is_file():
        raise CommandFailed(FAILED, "cli.journal.absent", file=str(folders.journal))
    with closing(open_journal(folders, must_exist=True)) as journal:
        report = make_report(journal, first, last, settings)
    form = "json" if options.json else options.format or _by_name(options.output)
    content = written(report, form, console)
    if options.output is None:
        print(content, end="")
    else:
        write_whole(options.output, content.encode())
        console.print("cli.written", file=str(options.output))
    if not report.visits and (form in ("csv", "json") or options.output is not None):
        console.complain(console.say("usage.no_visits"))
    return OK


def _by_name(path: Path | None) -> str:
    ending = path.suffix.removeprefix(".").lower() if path is not None else ""
    return {"htm": "html"}.get(ending, ending) if ending in (*FORMATS, "htm") else "text"
