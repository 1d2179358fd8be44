"""`kiosk support-bundle`: what the maintainers need to help, and nothing about a person."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import io
import json
import platform
import zipfile
from collections import Counter, deque
from collections.abc import Callable
from contextlib import closing
from typing import Any

from kiosk.app.console import OK, Console
from kiosk.app.doctor import readiness
from kiosk.app.files import write_whole
from kiosk.app.journal import event_catalogue, open_journal
from kiosk.app.log_file import log_tail
from kiosk.app.metrics import metrics_text
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.failures import KioskError
from kiosk.journal.catalogue import FieldKind
from kiosk.runtime.clocks import RealClock
from kiosk.staff.readiness import as_data
from kiosk.staff.usage.visits import is_failure

PROJECT = "madoguchi"
LAST_ENTRIES = 500
LAST_LINES = 400
SET = "(set)"
"""Stands for every text of the settings that is not the usual one: it may be a name, a path or a secret."""

PLAIN = frozenset({FieldKind.CODE, FieldKind.COUNT, FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.FLAG})


def write_bundle(options: argparse.Namespace, console: Console, settings: Settings, folders: DataFolders) -> int:
    write_whole(options.output, bundle(settings, folders, console))
    if options.json:
        print(json.dumps({"file": str(options.output)}, ensure_ascii=False))
    else:
        console.print("cli.support.done", file=str(options.output))
    return OK


def bundle(settings: Settings, folders: DataFolders, console: Console) -> bytes:
    """A ZIP file. One part that cannot be made hides nothing else: it says which failure kept it."""
    parts: dict[str, Callable[[], Any]] = {
        "doctor.json": lambda: as_data(readiness(settings, folders, ASSETS), console.catalogue, "en"),
        "versions.json": versions,
        "settings.json": lambda: shown_settings(settings),
        "journal.json": lambda: journal_statistics(folders),
        "log.txt": lambda: log_tail(folders, LAST_LINES),
        "metrics.txt": lambda: metrics_text(folders, RealClock().now(), up=False),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, make in parts.items():
            try:
                content: Any = make()
            except KioskError as error:
                content = {"failed": error.code.value}
            except Exception as error:  # a defect of ours in one part
                content = {"failed": type(error).__name__}
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
            archive.writestr(name, text)
    return out.getvalue()


def versions() -> dict[str, Any]:
    packages = {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}
    return {
        "program": importlib.metadata.version(PROJECT),
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": dict(sorted(packages.items(), key=lambda item: str(item[0]).lower())),
    }


def shown_settings(settings: Settings) -> dict[str, dict[str, Any]]:
    """Numbers and switches as they are; a text only where it is the usual one."""
    usual = Settings()
    shown: dict[str, dict[str, Any]] = {}
    for section in dataclasses.fields(settings):
        now, was = getattr(settings, section.name), getattr(usual, section.name)
        shown[section.name] = {
            field.name: _shown(getattr(now, field.name), getattr(was, field.name))
            for field in dataclasses.fields(now)
            if isinstance(getattr(now, field.name), bool | int | float | str | tuple)
        }
    return shown


def _shown(value: object, usual: object) -> object:
    if isinstance(value, bool | int | float) or value == usual:
        return list(value) if isinstance(value, tuple) else value
    return f"{SET} {len(value)}" if isinstance(value, tuple) else SET


def journal_statistics(folders: DataFolders) -> dict[str, Any]:
    """Counts by event and by failure, and the last entries without visits, people and free text."""
    if not folders.journal.is_file():
        return {"entries": 0}
    catalogue = event_catalogue()
    events: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    last: deque[dict[str, Any]] = deque(maxlen=LAST_ENTRIES)
    first_at = newest_at = None
    with closing(open_journal(folders, must_exist=True)) as journal:
        report = journal.verify()
        for entry in journal.iterate():
            events[entry.event] += 1
            first_at, newest_at = first_at or entry.at, entry.at
            fields = json.loads(entry.fields)
            if is_failure(entry.event) and "code" in fields:
                failures[str(fields["code"])] += 1
            rule = catalogue.events.get(entry.event)
            plain = {
                name: value
                for name, value in fields.items()
                if rule and name in rule.fields and not rule.fields[name].personal
                if rule.fields[name].kind in PLAIN or rule.fields[name].values
            }
            last.append({"at": entry.at, "event": entry.event, **plain})
    return {
        "entries": report.entries,
        "sound": report.ok,
        "first_bad": report.first_bad,
        "from": first_at,
        "to": newest_at,
        "events": dict(events.most_common()),
        "failures": dict(failures.most_common()),
        "last": list(last),
    }
