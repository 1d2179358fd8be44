"""Entries for an auditor: who saw whose data, every visual check with its reason, every consent, every change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.journal.catalogue import EventCatalogue, Pick
from kiosk.journal.sealing import SEALED, Sealer
from kiosk.ports.journal import ChainReport, JournalStore, StoredEntry

HIDDEN, ERASED = "＊", None
"""What stands for a personal value that was not asked for, and for one that nobody can read any more."""

COLUMNS = ("seq", "at", "event", "meaning", "visit_id", "staff", "reason", "fields", "hash")
PATIENT_EVENT, PATIENT_FIELD = "patient.known", "patient"


@dataclass(frozen=True)
class Export:
    """What was asked for."""

    span: tuple[date, date]
    only: str | None = None  # a question of the catalogue's audit table
    visit: str | None = None
    patient: str | None = None
    personal: bool = False


@dataclass(frozen=True)
class Row:
    entry: StoredEntry
    meaning: str
    fields: dict[str, Any]


def collect(
    journal: JournalStore, catalogue: EventCatalogue, sealer: Sealer | None, wanted: Export, language: str
) -> list[Row]:
    """Raises `NeedsStaff(JOURNAL_BROKEN)` when a value that should open does not."""
    keys = {key.visit_id: key.wrapped for key in journal.visit_keys()}
    visits = _visits_of(journal, sealer, keys, wanted)
    picks = catalogue.audit[wanted.only] if wanted.only else None
    rows = []
    for entry in journal.iterate(wanted.visit):
        if not wanted.span[0] <= datetime.fromisoformat(entry.at).date() <= wanted.span[1]:
            continue
        if visits is not None and entry.visit_id not in visits:
            continue
        fields = json.loads(entry.fields)
        if picks is not None and not any(_fits(pick, entry.event, fields) for pick in picks):
            continue
        rule = catalogue.events.get(entry.event)
        meaning = rule.meaning[language] if rule else entry.event
        rows.append(Row(entry, meaning, dict(_shown(entry, fields, sealer if wanted.personal else None, keys))))
    return rows


def _visits_of(
    journal: JournalStore, sealer: Sealer | None, keys: dict[str, bytes | None], wanted: Export
) -> set[str] | None:
    """The patient's visits; None for everybody's."""
    if wanted.patient is None:
        return None
    found = set()
    for entry in journal.between(date.min, date.max, (PATIENT_EVENT,)):
        fields = dict(_shown(entry, json.loads(entry.fields), sealer, keys))
        if entry.visit_id is not None and fields.get(PATIENT_FIELD) == wanted.patient:
            found.add(entry.visit_id)
    return found


def _fits(pick: Pick, event: str, fields: dict[str, Any]) -> bool:
    return pick.event == event and (pick.field is None or fields.get(pick.field) == pick.value)


def _shown(
    entry: StoredEntry, fields: dict[str, Any], sealer: Sealer | None, keys: dict[str, bytes | None]
) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if not (isinstance(value, str) and value.startswith(SEALED)) or entry.visit_id is None:
            yield name, value
        elif (key := keys.get(entry.visit_id)) is None:
            yield name, ERASED
        else:
            yield name, HIDDEN if sealer is None else sealer.open(key, entry.visit_id, entry.event, name, value)


def as_csv(rows: Iterable[Row]) -> str:
    """Columns as COLUMNS; `fields` is JSON. A cell that a spreadsheet would take for a formula begins with an
    apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        entry = row.entry
        fields = json.dumps(row.fields, ensure_ascii=False, separators=(",", ":"))
        named = (str(row.fields.get(name, "")) for name in ("staff", "reason"))
        cells = (entry.seq, entry.at, entry.event, row.meaning, entry.visit_id or "", *named, fields, entry.hash)
        writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue()


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell


def as_json(rows: Iterable[Row], wanted: Export, report: ChainReport, sealer: Sealer | None, at: datetime) -> str:
    content = {
        "made_at": at.isoformat(timespec="seconds"),
        "asked": {
            "only": wanted.only,
            "visit": wanted.visit,
            "patient": bool(wanted.patient),
            "personal": wanted.personal,
        },
        "chain": {"ok": report.ok, "entries": report.entries, "checkpoints": report.checkpoints},
        "public_key": sealer.public_key.hex() if sealer else None,
        "entries": [
            {
                "seq": row.entry.seq,
                "at": row.entry.at,
                "event": row.entry.event,
                "meaning": row.meaning,
                "visit_id": row.entry.visit_id,
                "fields": row.fields,
                "hash": row.entry.hash,
            }
            for row in rows
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
