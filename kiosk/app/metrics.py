"""Figures for monitoring, in the text form of Prometheus: counts of today, never anything about a person.

Written by hand: a dozen lines need no library, and nothing listens on a port. The file is for the textfile collector of
node_exporter; without `[metrics] textfile` nothing is written.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.app.files import write_whole
from kiosk.app.journal import event_catalogue, open_journal
from kiosk.app.paths import DataFolders
from kiosk.app.pending_check import waiting_in
from kiosk.app.settings import Settings
from kiosk.domain.failures import KioskError
from kiosk.runtime.clocks import RealClock
from kiosk.staff.usage.visits import is_failure

log = logging.getLogger("kiosk.app")

PREFIX = "madoguchi"
READABLE = 0o644
"""The collector has an account of its own; the figures concern nobody."""


def metrics_text(folders: DataFolders, now: datetime, *, up: bool = True) -> str:
    """Raises what the stores raise."""
    today = now.date()
    visits: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    entries = 0
    if folders.journal.is_file():
        wanted = tuple(e for e in event_catalogue().events if e in ("visit.opened", "visit.closed") or is_failure(e))
        with closing(open_journal(folders, must_exist=True)) as journal:
            newest = journal.newest()
            entries = newest.seq if newest else 0
            for entry in journal.between(today, today, wanted):
                fields = json.loads(entry.fields)
                if entry.event == "visit.opened":
                    visits["opened"] += 1
                elif entry.event == "visit.closed":
                    visits[str(fields["status"])] += 1
                elif "code" in fields:
                    failures[str(fields["code"])] += 1
    found = waiting_in(folders)
    waits = {"parcels": found.parcels, "refused": found.refused, "open": found.open, "different": found.different}
    lines = [
        *_gauge("up", "1 while the kiosk runs", {None: int(up)}),
        *_gauge("visits_today", "visits of today by what became of them", dict(visits), "status"),
        *_gauge("failures_today", "failures of today by code", dict(failures), "code"),
        *_gauge("waiting", "what waits: for delivery, for staff, for the line", waits, "list"),
        *_gauge("line_down", "1 while the line to the eligibility system is down", {None: int(bool(found.outage))}),
        *_gauge("journal_entries", "entries of the journal", {None: entries}),
        *_gauge("disk_free_bytes", "room left for the data folder", {None: shutil.disk_usage(folders.root).free}),
        *_gauge("written_seconds", "when these figures were made, since 1970", {None: int(now.timestamp())}),
    ]
    return "\n".join(lines) + "\n"


def write_metrics(target: Path, folders: DataFolders, now: datetime) -> None:
    """Never raises: monitoring sees from the age of the file that nobody writes it."""
    try:
        write_whole(target, metrics_text(folders, now).encode(), mode=READABLE)
    except (KioskError, OSError) as error:
        log.error("metrics not written: %s", type(error).__name__)
    except Exception as error:  # a defect here must not end the thread that comes again
        log.error("metrics: %s", type(error).__name__)


def start_metrics(settings: Settings, folders: DataFolders, clock: RealClock) -> Callable[[], None]:
    """Writes again and again, on a thread of its own, where the settings name a file; returns what ends that."""
    chosen = settings.metrics
    if not chosen.textfile:
        return lambda: None
    target = Path(chosen.textfile)
    return clock.every(max(1.0, chosen.seconds), lambda: write_metrics(target, folders, clock.now()))


def _gauge(name: str, about: str, values: Mapping[Any, int], label: str = "") -> Iterator[str]:
    yield f"# HELP {PREFIX}_{name} {about}"
    yield f"# TYPE {PREFIX}_{name} gauge"
    for key, value in sorted(values.items(), key=lambda item: str(item[0])):
        which = "" if key is None else f'{{{label}="{key}"}}'
        yield f"{PREFIX}_{name}{which} {value}"
