"""The journal in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from datetime import date, datetime
from pathlib import Path

from drivers.store.faults import sorted_faults
from drivers.store.schema import prepare
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.ports.journal import ChainHead, ChainReport, Checkpoint, JournalEntry, JournalRules, StoredEntry, VisitKey

BUSY_TIMEOUT_S = 5.0
PAGE_ROWS = 1000
_COLUMNS = "seq, at, visit_id, event, fields, hash"


class SqliteJournal:
    """Implements `kiosk.ports.journal.JournalStore`.

    Durable: write-ahead log with synchronous FULL, so that `append` returns after the entry reached the disk. Several
    processes may append to one file; each append reads the newest hash and writes under one write lock, so the chain
    stays a line. Calls from several threads are safe and wait for each other; a runtime gives the journal one writer
    thread all the same, because an append waits for the disk.

    The file and its companions are readable by their owner only.
    """

    def __init__(
        self, path: Path, rules: JournalRules, *, busy_timeout_s: float = BUSY_TIMEOUT_S, must_exist: bool = False
    ) -> None:
        """Opens or creates the file. With `must_exist` an absent one is `NeedsStaff(JOURNAL_FAILED)`."""
        from sqlite_utils import Database  # a fifth of a second that the start of the program need not wait for

        self._path = path
        self._rules = rules
        self._lock = threading.Lock()
        with sorted_faults(path):
            if must_exist and not path.is_file():
                raise NeedsStaff(FailureCode.JOURNAL_FAILED, f"{path.name}: absent")
            self._inode = claim(path)
            connection = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False)
            try:
                self._db = Database(connection, execute_plugins=False)
                prepare(self._db, path, busy_timeout_s)
            except BaseException:
                connection.close()
                raise

    def append(self, entry: JournalEntry, at: datetime) -> int:
        return self._write([entry], at)

    def append_all(self, entries: Sequence[JournalEntry], at: datetime) -> None:
        if entries:
            self._write(entries, at)

    def _write(self, entries: Sequence[JournalEntry], at: datetime) -> int:
        with self._lock, sorted_faults(self._path):
            if not self._in_place():
                raise NeedsStaff(FailureCode.JOURNAL_FAILED, f"{self._path.name}: moved or deleted")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                head = self._head()
                before = head.seq if head else 0
                for entry in entries:
                    row = self._rules.seal(head, entry, at, self._key_for(entry, at))
                    self._db.execute(
                        f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
                        (row.seq, row.at, row.visit_id, row.event, row.fields, row.hash),
                    )
                    head = ChainHead(row.seq, row.hash)
                if (checkpoint := self._rules.checkpoint(before, row)) is not None:
                    self._db.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)", astuple(checkpoint))
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.rollback()
                raise
            return head.seq if head else 0

    def newest(self) -> StoredEntry | None:
        rows = self._select("ORDER BY seq DESC LIMIT 1")
        return rows[0] if rows else None

    def iterate(self, visit_id: str | None = None) -> Iterator[StoredEntry]:
        return self._pages(0) if visit_id is None else self._pages(0, "AND visit_id = ?", (visit_id,))

    def since(self, event: str) -> Iterator[StoredEntry]:
        found = self._select("WHERE event = ? ORDER BY seq DESC LIMIT 1", (event,))
        return self._pages(found[0].seq - 1) if found else iter(())

    def after(self, seq: int) -> Iterator[StoredEntry]:
        return self._pages(seq)

    def between(self, first: date, last: date, events: Sequence[str]) -> Iterator[StoredEntry]:
        marks = ", ".join("?" * len(events))
        # The day as the entry writes it: local time at the kiosk, which is how a facility counts its days.
        return self._pages(
            0,
            f"AND event IN ({marks}) AND substr(at, 1, 10) BETWEEN ? AND ?",
            (*events, first.isoformat(), last.isoformat()),
        )

    def verify(self, known: ChainHead | None = None) -> ChainReport:
        return self._rules.verify(self.iterate(), known, self.checkpoints())

    def visit_keys(self) -> Iterator[VisitKey]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute("SELECT visit_id, wrapped, made_at, destroyed_at FROM visit_keys").fetchall()
        return (VisitKey(*row) for row in rows)

    def checkpoints(self) -> Iterator[Checkpoint]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute("SELECT seq, hash, at, key_id, signature FROM checkpoints ORDER BY seq").fetchall()
        return (Checkpoint(*row) for row in rows)

    def ended_before(self, day: date) -> tuple[str, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(
                "SELECT visit_id FROM visit_keys AS k WHERE wrapped IS NOT NULL AND substr(made_at, 1, 10) < ? AND "
                "(SELECT max(substr(at, 1, 10)) FROM entries WHERE visit_id = k.visit_id) < ? ORDER BY visit_id",
                (day.isoformat(), day.isoformat()),
            ).fetchall()
        return tuple(row[0] for row in rows)

    def destroy_keys(self, visit_ids: Sequence[str], at: datetime) -> int:
        with self._lock, sorted_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                destroyed = sum(
                    self._db.execute(
                        "UPDATE visit_keys SET wrapped = NULL, destroyed_at = ? "
                        "WHERE visit_id = ? AND wrapped IS NOT NULL",
                        (at.isoformat(timespec="milliseconds"), visit_id),
                    ).rowcount
                    for visit_id in visit_ids
                )
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.rollback()
                raise
            # Until then the write-ahead log still holds the pages as they were.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return destroyed

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._db.close()

    def _pages(self, after: int, which: str = "", values: Sequence[str] = ()) -> Iterator[StoredEntry]:
        """In pages, so that no transaction stays open while the caller works and entries may be added meanwhile."""
        while page := self._select(f"WHERE seq > ? {which} ORDER BY seq LIMIT {PAGE_ROWS}", (after, *values)):
            yield from page
            after = page[-1].seq

    def _select(self, condition: str, values: Sequence[str | int] = ()) -> list[StoredEntry]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM entries {condition}", values).fetchall()
        return [StoredEntry(*row) for row in rows]

    def _key_for(self, entry: JournalEntry, at: datetime) -> bytes | None:
        """The wrapped key for the personal fields of this entry, made when its visit has none yet."""
        if entry.visit_id is None or not self._rules.needs_key(entry):
            return None
        found = self._db.execute("SELECT wrapped FROM visit_keys WHERE visit_id = ?", (entry.visit_id,)).fetchone()
        if found is None:
            wrapped = self._rules.new_key(entry.visit_id)
            self._db.execute(
                "INSERT INTO visit_keys (visit_id, wrapped, made_at) VALUES (?, ?, ?)",
                (entry.visit_id, wrapped, at.isoformat(timespec="milliseconds")),
            )
            return wrapped
        if found[0] is None:
            raise Fatal(FailureCode.INTERNAL, f"journal: {entry.event}: the visit's retention has ended")
        return bytes(found[0])

    def _head(self) -> ChainHead | None:
        row = self._db.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        return ChainHead(*row) if row else None

    def _in_place(self) -> bool:
        # In WAL mode SQLite goes on writing into a file that was deleted under it, and every entry would be lost.
        try:
            return os.stat(self._path).st_ino == self._inode
        except OSError:
            return False


def claim(path: Path) -> int:
    """Make the file with its narrow rights before SQLite does it with wide ones. Returns the inode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        # Never open an existing file here: closing it again would drop the locks that another connection of this
        # process holds on it (POSIX locks belong to the process), and SQLite would no longer see that it is in use.
        if os.stat(path).st_mode & 0o077:
            os.chmod(path, 0o600)
    return os.stat(path).st_ino
