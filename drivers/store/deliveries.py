"""Parcels that wait for delivery, in one SQLite file that survives a restart."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.store.faults import sorted_faults
from drivers.store.private import empty_log, open_private
from kiosk.ports.handover import Parcel, Waiting

_TABLE = """
CREATE TABLE IF NOT EXISTS parcels (
    id INTEGER PRIMARY KEY, visit_id TEXT NOT NULL, target TEXT NOT NULL, part TEXT NOT NULL, content BLOB,
    state TEXT NOT NULL DEFAULT 'waiting', tried INTEGER NOT NULL DEFAULT 0, code TEXT,
    put_at REAL NOT NULL, due_at REAL NOT NULL, UNIQUE (visit_id, target, part)
) STRICT;
CREATE INDEX IF NOT EXISTS parcels_due ON parcels (state, due_at);
"""


LATEST_S = 3600.0
"""Nothing is put off for longer. A moment further away was set before the clock was put back, and has come."""


class SqliteDeliveries:
    """Implements `kiosk.ports.handover.DeliveryStore`. Readable by its owner only; contents of delivered parcels are
    overwritten. Calls from several threads wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._db = open_private(path, _TABLE)

    def put(self, parcel: Parcel, at: float) -> bool:
        statement = (
            "INSERT OR IGNORE INTO parcels (visit_id, target, part, content, put_at, due_at) VALUES (?,?,?,?,?,?)"
        )
        values = (parcel.visit_id, parcel.target, parcel.part, parcel.content, at, at)
        return self._change(statement, *values) == 1

    def due(self, at: float, most: int, target: str | None = None) -> tuple[Waiting, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(
                "SELECT id, visit_id, target, part, content, tried FROM parcels "
                "WHERE state = 'waiting' AND (due_at <= ? OR due_at > ?) AND target = coalesce(?, target) "
                "ORDER BY due_at, id LIMIT ?",
                (at, at + LATEST_S, target, most),
            ).fetchall()
        return tuple(Waiting(row[0], Parcel(*row[1:5]), row[5]) for row in rows)

    @contextmanager
    def alone(self, target: str) -> Iterator[bool]:
        """A lock beside the file, in a folder that is this program's own. A file system that locks nothing leaves it at
        one program."""
        with sorted_faults(self._path):
            lock = self._path.with_name(f"{self._path.stem}.{target}.lock")
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield _locked(handle)
        finally:
            os.close(handle)

    def began(self, parcel_id: int) -> None:
        self._change("UPDATE parcels SET tried = tried + 1 WHERE id = ?", parcel_id)

    def done(self, parcel_id: int) -> None:
        with self._lock, sorted_faults(self._path):
            self._db.execute(
                "UPDATE parcels SET state = 'done', content = NULL, code = NULL WHERE id = ?", (parcel_id,)
            )
            empty_log(self._db)

    def later(self, parcel_id: int, at: float, code: str) -> None:
        self._change("UPDATE parcels SET due_at = ?, code = ? WHERE id = ?", at, code, parcel_id)

    def refused(self, parcel_id: int, code: str) -> None:
        self._change("UPDATE parcels SET state = 'refused', code = ? WHERE id = ?", code, parcel_id)

    def counts(self) -> dict[str, int]:
        with self._lock, sorted_faults(self._path):
            found = dict(self._db.execute("SELECT state, count(*) FROM parcels GROUP BY state").fetchall())
        return {state: int(found.get(state, 0)) for state in ("waiting", "refused", "done")}

    def purge_done(self, before: float) -> int:
        return self._change("DELETE FROM parcels WHERE state = 'done' AND put_at < ?", before)

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._db.close()

    def _change(self, statement: str, *values: object) -> int:
        with self._lock, sorted_faults(self._path):
            return int(self._db.execute(statement, values).rowcount)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
