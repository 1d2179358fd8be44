"""Opens an SQLite file that only its owner may read."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from drivers.store.faults import sorted_faults
from drivers.store.sqlite_journal import claim


def open_private(path: Path, tables: str) -> sqlite3.Connection:
    """As durable as a file can be: a commit that returned is on the disk. What was deleted is overwritten, in the log
    too once `empty_log` was called. `tables` creates what is missing. For calls from several threads, one at a time;
    raises what `sorted_faults` does."""
    with sorted_faults(path):
        claim(path)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                database.execute(f"PRAGMA {pragma}")
            database.executescript(tables)
        except BaseException:
            database.close()
            raise
        return database


def empty_log(database: sqlite3.Connection) -> None:
    """After a commit that erased something: until then the write-ahead log still holds the pages as they were."""
    with suppress(sqlite3.OperationalError):  # what is erased is erased; the next call empties the log for both
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
