"""Tables of the journal file and the steps from one version to the next."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x4D41_4447  # "MADG" in the file's header: this is a journal of ours
RETRY_PAUSE_S = 0.02


def _first(db: Database) -> None:
    """Entries, and triggers that keep every program from changing them by mistake. Whoever drops the triggers on
    purpose is found by the hash chain."""
    db.table("entries").create(
        {"seq": int, "at": str, "visit_id": str, "event": str, "fields": str, "hash": str},
        pk="seq",
        not_null={"at", "event", "fields", "hash"},
        strict=True,
    )
    db.table("entries").create_index(["visit_id"], index_name="entries_by_visit")
    for verb in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER entries_no_{verb.lower()} BEFORE {verb} ON entries "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )
    # Also keeps INSERT OR REPLACE out, which deletes without asking the trigger above.
    db.execute(
        "CREATE TRIGGER entries_in_order BEFORE INSERT ON entries "
        "WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries) "
        "BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END"
    )


def _second(db: Database) -> None:
    """Keys of the visits' personal fields, and signed heads of the chain. A key may only be destroyed."""
    for statement in (
        "CREATE TABLE visit_keys "
        "(visit_id TEXT PRIMARY KEY, wrapped BLOB, made_at TEXT NOT NULL, destroyed_at TEXT) STRICT",
        "CREATE TABLE checkpoints "
        "(seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, at TEXT NOT NULL, key_id TEXT NOT NULL, signature BLOB NOT NULL)"
        " STRICT",
        "CREATE TRIGGER visit_keys_no_delete BEFORE DELETE ON visit_keys "
        "BEGIN SELECT RAISE(ABORT, 'keys are destroyed, not deleted'); END",
        "CREATE TRIGGER visit_keys_only_destroyed BEFORE UPDATE ON visit_keys "
        "WHEN NEW.wrapped IS NOT NULL OR NEW.visit_id IS NOT OLD.visit_id OR OLD.wrapped IS NULL "
        "BEGIN SELECT RAISE(ABORT, 'a key can only be destroyed'); END",
        "CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
        "CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    ):
        db.execute(statement)


FOUND_AGAIN = (
    "event IN ('visit.opened', 'visit.finished', 'claim.opened', 'claim.settled', 'guard.mismatch', 'incident.opened')"
)
"""Condition of the partial index; a query has to hold the same words to be helped by it."""


def _third(db: Database) -> None:
    """Visits are found again by event and day, however many are stored; other entries cost nothing by it."""
    db.execute(f"CREATE INDEX entries_by_event_and_time ON entries (event, at) WHERE {FOUND_AGAIN}")


STEPS: tuple[Callable[[Database], None], ...] = (_first, _second, _third)
VERSION = len(STEPS)


def prepare(db: Database, path: Path, busy_timeout_s: float) -> None:
    """Bring a new or older file to VERSION. Several processes may do this at once.

    Raises `Fatal(JOURNAL_NEWER)` for a file of a later program and `NeedsStaff(JOURNAL_BROKEN)` for a database that is
    no journal; neither is touched.
    """
    if _recognised(db, path) < VERSION:
        switch_to_wal(db, busy_timeout_s)
        db.execute("BEGIN IMMEDIATE")
        try:
            for number, step in enumerate(STEPS[_recognised(db, path) :], start=_recognised(db, path) + 1):
                step(db)
                db.execute(f"PRAGMA user_version = {number}")
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")


def _recognised(db: Database, path: Path) -> int:
    """The version of the file; 0 for an empty one."""
    version = _number(db, "user_version")
    tables = set(db.table_names())
    if _number(db, "application_id") != APPLICATION_ID:
        if version or tables:
            raise NeedsStaff(FailureCode.JOURNAL_BROKEN, f"{path.name}: not a journal")
        return 0
    if version > VERSION:
        raise Fatal(FailureCode.JOURNAL_NEWER, f"{path.name}: schema {version}, this program knows {VERSION}")
    if "entries" not in tables:
        raise NeedsStaff(FailureCode.JOURNAL_BROKEN, f"{path.name}: no entries table")
    return version


def _number(db: Database, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def switch_to_wal(db: Database | sqlite3.Connection, busy_timeout_s: float) -> None:
    # SQLite does not wait by itself while another process changes the mode of the same file.
    deadline = time.monotonic() + busy_timeout_s
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_PAUSE_S)
