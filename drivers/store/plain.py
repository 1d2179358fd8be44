"""What a journal would be without a chain, keys and checks: the same rows in one table, as durable. To be measured
against, and for nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from drivers.store.faults import sorted_faults
from kiosk.ports.journal import StoredEntry


class PlainTable:
    """Write-ahead log and synchronous FULL, like the journal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with sorted_faults(path):
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(
                "CREATE TABLE entries (seq INTEGER PRIMARY KEY, at TEXT, visit_id TEXT, event TEXT, fields TEXT) STRICT"
            )
            self._db.execute("CREATE INDEX by_visit ON entries (visit_id)")

    def append_all(self, rows: Sequence[StoredEntry]) -> None:
        with sorted_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            for row in rows:
                self._db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", astuple(row)[:5])
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Everything into the one file."""
        self._db.close()
