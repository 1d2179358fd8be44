"""Reads visits from the journal file without being able to change it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

from drivers.store.faults import sorted_faults
from drivers.store.schema import FOUND_AGAIN
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.journal import StoredEntry
from kiosk.ports.visits import INDEXED

BUSY_TIMEOUT_S = 2.0
_COLUMNS = "seq, at, visit_id, event, fields, hash"

# The condition of the index stands in each query word for word: SQLite takes a partial index for nothing less.
OPENED = (
    f"SELECT {', '.join(f'e.{name.strip()}' for name in _COLUMNS.split(','))} FROM entries AS o "
    "CROSS JOIN entries AS e ON e.visit_id = o.visit_id "
    f"WHERE o.{FOUND_AGAIN} AND o.event = 'visit.opened' AND o.at >= ? AND o.at < ? ORDER BY e.seq"
)
TOLD = f"SELECT {_COLUMNS} FROM entries WHERE {FOUND_AGAIN} AND event = ? AND at >= ? AND at < ? ORDER BY seq"
OF_VISIT = f"SELECT {_COLUMNS} FROM entries WHERE visit_id = ? ORDER BY seq"
AFTER = f"SELECT {_COLUMNS} FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"


class SqliteVisitRegister:
    """Implements `kiosk.ports.visits.VisitRegister` over the file of a `SqliteJournal`, which has to exist and to be of
    the present schema. Calls from several threads wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        with sorted_faults(path):
            if not path.is_file():
                raise NeedsStaff(FailureCode.JOURNAL_FAILED, f"{path.name}: absent")
            address = f"file:{quote(str(path))}?mode=ro"
            self._db = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
            self._db.execute("PRAGMA query_only = ON")

    def opened(self, first: date, last: date) -> tuple[StoredEntry, ...]:
        return self._select(OPENED, *_days(first, last))

    def told(self, events: Sequence[str], first: date, last: date) -> tuple[StoredEntry, ...]:
        unknown = sorted(set(events) - set(INDEXED))
        if unknown:
            raise ValueError(f"not indexed: {', '.join(unknown)}")
        found = [row for event in events for row in self._select(TOLD, event, *_days(first, last))]
        return tuple(sorted(found, key=lambda row: row.seq))

    def of_visit(self, visit_id: str) -> tuple[StoredEntry, ...]:
        return self._select(OF_VISIT, visit_id)

    def after(self, seq: int, most: int) -> tuple[StoredEntry, ...]:
        return self._select(AFTER, seq, most)

    def key_of(self, visit_id: str) -> bytes | None:
        with self._lock, sorted_faults(self._path):
            found = self._db.execute("SELECT wrapped FROM visit_keys WHERE visit_id = ?", (visit_id,)).fetchone()
        return bytes(found[0]) if found and found[0] is not None else None

    def newest(self) -> int:
        with self._lock, sorted_faults(self._path):
            return int(self._db.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()[0])

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._db.close()

    def _select(self, statement: str, *values: str | int) -> tuple[StoredEntry, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(statement, values).fetchall()
        return tuple(StoredEntry(*row) for row in rows)


def _days(first: date, last: date) -> tuple[str, str]:
    """Moments are texts that begin with their day; of two texts the longer one comes later."""
    return first.isoformat(), (last + timedelta(days=1)).isoformat()
