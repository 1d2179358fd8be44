"""`kiosk journal verify | export | purge | recover`."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from drivers.store.recovery import COMPANIONS, rebuild, salvage
from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.days import day_of, open_range
from kiosk.app.files import write_whole
from kiosk.app.guards import DataLock
from kiosk.app.journal import event_catalogue, open_journal
from kiosk.app.journal_export import Export, as_csv, as_json, collect
from kiosk.app.journal_key import open_sealer, read_public_key
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.domain.failures import FailureCode, Fatal, KioskError
from kiosk.domain.rules import load_rules
from kiosk.journal import chain
from kiosk.ports.journal import JournalEntry
from kiosk.runtime.clocks import RealClock

Fields = dict[str, str | int | float | bool | None]


def _verify(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    _present(folders)
    key = _public_key(options.public_key) if options.public_key is not None else None
    with closing(open_journal(folders, must_exist=True, public_key=key)) as journal:
        report = journal.verify()
    reason = console.say(report.reason) if report.reason else None
    if options.json:
        told = {"ok": report.ok, "entries": report.entries, "first_bad": report.first_bad, "reason": reason}
        print(json.dumps({**told, "checkpoints": report.checkpoints}, ensure_ascii=False))
    elif report.ok:
        console.print("cli.journal.ok", n=str(report.entries), signed=str(report.checkpoints))
    else:
        console.complain(console.say("cli.journal.bad", n=str(report.first_bad), reason=reason or ""))
    return OK if report.ok else FAILED


def _public_key(path: Path) -> bytes:
    try:
        key = read_public_key(path)
    except OSError:
        raise CommandFailed(USAGE, "cli.journal.public_key_absent", file=str(path)) from None
    if key is None:
        raise CommandFailed(USAGE, "cli.journal.public_key_wrong", file=str(path))
    return key


def _export(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    _present(folders)
    catalogue = event_catalogue()
    if options.only is not None and options.only not in catalogue.audit:
        raise CommandFailed(USAGE, "cli.journal.only_unknown", name=options.only, known=", ".join(catalogue.audit))
    span = open_range(options.first, options.last)
    sealer = open_sealer(folders, create=False)
    if sealer is None and (options.personal or options.patient):
        raise CommandFailed(FAILED, "cli.journal.no_key")
    wanted = Export(span, options.only, options.visit, options.patient, options.personal)
    now = RealClock().now()
    with closing(open_journal(folders, must_exist=True)) as journal:
        if options.visit is not None and next(journal.iterate(options.visit), None) is None:
            raise CommandFailed(FAILED, "cli.journal.no_visit", visit=options.visit)
        report = journal.verify()
        rows = collect(journal, catalogue, sealer, wanted, console.language)
        told: Fields = {"staff": operator(), "what": options.only or "all", "entries": len(rows)}
        told["personal"] = options.personal
        journal.append(JournalEntry("record.exported", told, options.visit), now)
    form = "json" if options.json else options.format or _by_name(options.output)
    content = as_csv(rows) if form == "csv" else as_json(rows, wanted, report, sealer, now)
    if options.output is None:
        print(content, end="")
    else:
        write_whole(options.output, content.encode())
        console.print("cli.written", file=str(options.output))
    return OK


def purge(options: argparse.Namespace, console: Console, folders: DataFolders, years: int = 0) -> int:
    """`years`: those of the settings, 0 where they leave it to the rule. Raises `Fatal(SETTINGS_WRONG)` for too few."""
    _present(folders)
    now = RealClock().now()
    limit = retention_ends(now.date(), years)
    before = limit if options.before is None else day_of(options.before)
    if before > limit:
        raise CommandFailed(USAGE, "cli.journal.too_early", day=limit.isoformat())
    with closing(open_journal(folders, must_exist=True)) as journal:
        visits = journal.ended_before(before)
        count = len(visits)
        if visits and not options.dry_run:
            count = journal.destroy_keys(visits, now)
            told: Fields = {"visits": count, "before": before.isoformat(), "staff": operator()}
            journal.append(JournalEntry("journal.purged", told), now)
    if options.json:
        print(json.dumps({"before": before.isoformat(), "visits": count, "done": not options.dry_run}))
    else:
        done = "cli.journal.would_purge" if options.dry_run else "cli.journal.purged"
        console.print(done, day=before.isoformat(), n=str(count))
    return OK


def _recover(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    """Nothing is changed until the new file is complete; the old one is kept beside it."""
    _present(folders)
    now = RealClock().now()
    with DataLock(folders.root), tempfile.TemporaryDirectory(dir=folders.root, prefix=".recover-") as work:
        _refuse_newer(folders)
        found = salvage(folders.journal, Path(work))
        good = chain.verify(found.rows).entries
        kept = {row.seq: row.hash for row in found.rows[:good]}
        marks = [mark for mark in found.checkpoints if kept.get(mark.seq) == mark.hash]
        if found.whole and good == len(found.rows) and len(marks) == len(found.checkpoints) and _opens(folders):
            _tell(options, console, "cli.journal.healthy", kept=good, lost=0, file=None)
            return OK
        rebuilt = Path(work) / "rebuilt.sqlite"
        rebuild(rebuilt, found.rows[:good], found.keys, marks)
        aside = folders.journal.with_name(f"{folders.journal.name}.broken-{now:%Y%m%d%H%M%S}")
        os.link(folders.journal, aside)  # before anything moves: what refuses it leaves all as it was
        # The companions before the file: a write-ahead log must never meet one that is not its own.
        for companion in COMPANIONS[1:]:
            with suppress(FileNotFoundError):
                os.rename(folders.journal.with_name(folders.journal.name + companion), f"{aside}{companion}")
        os.replace(rebuilt, folders.journal)
        lost = max((row.seq for row in found.rows), default=0) - good
        with closing(open_journal(folders, must_exist=True)) as journal:
            told: Fields = {"kept": good, "lost": lost, "staff": operator()}
            journal.append(JournalEntry("journal.recovered", told), now)
    _tell(options, console, "cli.journal.recovered", kept=good, lost=lost, file=str(aside))
    return OK


ACTIONS: Mapping[str, Callable[[argparse.Namespace, Console, DataFolders], int]] = {
    "verify": _verify,
    "export": _export,
    "recover": _recover,
}


def operator() -> str:
    """Who works at the command line: the account of the machine, as a word."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
    return re.sub(r"[^A-Za-z0-9_]", "_", name)[:32].strip("_") or "unknown"


def retention_ends(today: date, years: int = 0) -> date:
    """Visits that ended before this day need not stay readable. Raises `Fatal` where the rule is missing, or asks for
    more than these `years`; 0 takes those of the rule."""
    row = load_rules(ASSETS / "rules" / "retention.toml").rows("retention", today, **{"class": "visit"})[0]
    least = row.number("least_years")
    if years and years < least:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"settings.journal.retention_years: 0, {least} …")
    year = today.year - (years or row.number("years"))
    return today.replace(year=year, day=min(today.day, 28) if today.month == 2 else today.day)


def _present(folders: DataFolders) -> None:
    if not folders.journal.is_file():
        raise CommandFailed(FAILED, "cli.journal.absent", file=str(folders.journal))


def _refuse_newer(folders: DataFolders) -> None:
    try:
        open_journal(folders, must_exist=True).close()
    except KioskError as error:
        if error.code is FailureCode.JOURNAL_NEWER:
            raise


def _opens(folders: DataFolders) -> bool:
    try:
        with closing(open_journal(folders, must_exist=True)) as journal:
            return journal.verify().ok
    except KioskError:
        return False


def _tell(
    options: argparse.Namespace, console: Console, message: str, *, kept: int, lost: int, file: str | None
) -> None:
    if options.json:
        print(json.dumps({"recovered": file is not None, "kept": kept, "lost": lost, "file": file}))
    elif file is None:
        console.print(message)
    else:
        console.print(message, kept=str(kept), lost=str(lost), file=file)


def _by_name(path: Path | None) -> str:
    return "json" if path is not None and path.suffix.lower() == ".json" else "csv"
