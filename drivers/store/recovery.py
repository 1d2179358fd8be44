"""Reading what a damaged journal file still gives, and building a sound one from it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from drivers.store.faults import sorted_faults
from drivers.store.schema import prepare
from drivers.store.sqlite_journal import BUSY_TIMEOUT_S, claim
from kiosk.ports.journal import Checkpoint, StoredEntry, VisitKey

COMPANIONS = ("", "-wal", "-shm")
LEAST_ROW_BYTES = 16
"""No row of any of the tables takes less."""


@dataclass(frozen=True)
class Salvage:
    """What could be read, in the order of the sequence. `whole`: SQLite itself found nothing wrong."""

    rows: tuple[StoredEntry, ...]
    keys: tuple[VisitKey, ...]
    checkpoints: tuple[Checkpoint, ...]
    whole: bool


def salvage(path: Path, folder: Path) -> Salvage:
    """Works on a copy in `folder`; the file itself is not touched."""
    copy = folder / path.name
    with sorted_faults(path):
        for companion in COMPANIONS[:2]:
            with suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + companion), copy.with_name(copy.name + companion))
        with closing(sqlite3.connect(copy)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            rows = tuple(
                StoredEntry(*row) for row in _readable(db, "entries", "seq, at, visit_id, event, fields, hash")
            )
            keys = tuple(
                VisitKey(*row) for row in _readable(db, "visit_keys", "visit_id, wrapped, made_at, destroyed_at")
            )
            marks = tuple(Checkpoint(*row) for row in _readable(db, "checkpoints", "seq, hash, at, key_id, signature"))
            return Salvage(tuple(sorted(rows, key=lambda row: row.seq)), keys, marks, _is_whole(db))


def rebuild(
    path: Path, rows: Sequence[StoredEntry], keys: Sequence[VisitKey], checkpoints: Sequence[Checkpoint]
) -> None:
    """A new journal file with these entries as they are. Raises like `SqliteJournal`."""
    from sqlite_utils import Database

    with sorted_faults(path):
        claim(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            prepare(Database(connection, execute_plugins=False), path, BUSY_TIMEOUT_S)
            connection.execute("BEGIN IMMEDIATE")
            for table, items in (("entries", rows), ("visit_keys", keys), ("checkpoints", checkpoints)):
                for item in items:
                    values = astuple(item)
                    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
            connection.execute("COMMIT")


def _readable(db: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Row by row, so that a damaged page costs the rows on it and not the rest."""
    try:
        last = db.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0
    except sqlite3.Error:
        last = 0
    if not last:
        with suppress(sqlite3.Error):
            yield from db.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")
        return
    # The last row may be the damaged one, and its number any: rows are numbered from 1, and the file holds so many.
    pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    most = pages * size // LEAST_ROW_BYTES
    for number in range(1, (last if 0 < last < most else most) + 1):
        try:
            row = db.execute(f"SELECT {columns} FROM {table} WHERE rowid = ?", (number,)).fetchone()
        except sqlite3.Error:
            continue
        if row is not None and not any(isinstance(value, str) and "\ufffd" in value for value in row):
            yield row


def _is_whole(db: sqlite3.Connection) -> bool:
    try:
        return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
