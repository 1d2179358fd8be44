"""The counter's file: where every lane stands, and the acts of staff. Nothing about a person is in it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from drivers.store.faults import sorted_faults
from drivers.store.schema import switch_to_wal
from drivers.store.sqlite_journal import BUSY_TIMEOUT_S, claim
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.counter import Act, ActReport, ActState, Desk, Offer, Refusal, Standing

VERSION = 1
_ACT = ("id", "lane", "action", "staff", "role", "at", "visit_id", "mark", "reason", "document", "choice")
_TABLES = """
CREATE TABLE IF NOT EXISTS lanes (lane TEXT PRIMARY KEY, standing TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS acts (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, action TEXT NOT NULL, staff TEXT NOT NULL,
    role TEXT NOT NULL, at TEXT NOT NULL, visit_id TEXT, mark INTEGER, reason TEXT, document TEXT, choice INTEGER,
    head INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'asked', why TEXT, settled_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS held (lane TEXT PRIMARY KEY, what TEXT NOT NULL, head INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS desks (
    digest TEXT PRIMARY KEY, staff TEXT NOT NULL, role TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS acts_asked ON acts (lane, seq) WHERE state = 'asked';
"""


class SqliteCounter:
    """Implements `kiosk.ports.counter.CounterStore`. Readable by its owner only. Several processes may use one file;
    calls from several threads wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        with sorted_faults(path):
            claim(path)
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise Fatal(FailureCode.JOURNAL_NEWER, f"{self._path.name}: schema {version}, this program knows {VERSION}")
        switch_to_wal(self._db, BUSY_TIMEOUT_S)
        for pragma in ("synchronous = FULL", "secure_delete = ON"):
            self._db.execute(f"PRAGMA {pragma}")
        if version < VERSION:
            self._db.executescript(_TABLES)
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def publish(self, standing: Standing) -> None:
        # What a power cut takes of this is old by then: no wait for the disk.
        with self._lock, sorted_faults(self._path):
            self._db.execute("PRAGMA synchronous = NORMAL")
            try:
                self._db.execute(
                    "INSERT INTO lanes VALUES (?, ?) ON CONFLICT (lane) DO UPDATE SET standing = excluded.standing",
                    (standing.lane, json.dumps(asdict(standing), default=datetime.isoformat)),
                )
            finally:
                self._db.execute("PRAGMA synchronous = FULL")

    def lanes(self) -> tuple[Standing, ...]:
        rows = self._rows("SELECT standing FROM lanes ORDER BY lane")
        return tuple(_standing(json.loads(row[0])) for row in rows)

    def ask(self, act: Act, head: int) -> bool:
        values = (
            *(act.id, act.lane, act.action, act.staff, act.role, act.at.isoformat()),
            *(act.visit_id, act.mark, act.reason, act.document, act.index, head),
        )
        marks = ", ".join("?" * len(values))
        return self._change(f"INSERT OR IGNORE INTO acts ({', '.join(_ACT)}, head) VALUES ({marks})", *values) == 1

    def asked(self, lane: str) -> tuple[tuple[Act, int], ...]:
        rows = self._rows(
            f"SELECT {', '.join(_ACT)}, head FROM acts WHERE lane = ? AND state = 'asked' ORDER BY seq", lane
        )
        return tuple((_act(row), int(row[-1])) for row in rows)

    def settle(self, report: ActReport) -> bool:
        values = (report.state.value, report.why and report.why.value, report.at and report.at.isoformat())
        changed = self._change(
            "UPDATE acts SET state = ?, why = ?, settled_at = ? WHERE id = ? AND state = 'asked'",
            *values,
            report.act_id,
        )
        return changed == 1

    def report(self, act_id: str) -> ActReport | None:
        rows = self._rows("SELECT state, why, settled_at FROM acts WHERE id = ?", act_id)
        if not rows:
            return None
        state, why, at = rows[0]
        return ActReport(
            act_id, ActState(state), Refusal(why) if why else None, datetime.fromisoformat(at) if at else None
        )

    def hold(self, lane: str, what: frozenset[str], head: int) -> None:
        self._change("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", lane, ",".join(sorted(what)), head)

    def held(self, lane: str) -> tuple[frozenset[str], int] | None:
        rows = self._rows("SELECT what, head FROM held WHERE lane = ?", lane)
        return (frozenset(word for word in rows[0][0].split(",") if word), int(rows[0][1])) if rows else None

    def open_desk(self, digest: str, desk: Desk) -> None:
        values = (digest, desk.staff, desk.role, desk.at.isoformat())
        self._change("INSERT OR REPLACE INTO desks VALUES (?, ?, ?, ?)", *values)

    def desk(self, digest: str) -> Desk | None:
        rows = self._rows("SELECT staff, role, at FROM desks WHERE digest = ?", digest)
        return Desk(rows[0][0], rows[0][1], datetime.fromisoformat(rows[0][2])) if rows else None

    def close_desk(self, digest: str) -> None:
        self._change("DELETE FROM desks WHERE digest = ?", digest)

    def purge(self, before: datetime) -> int:
        self._change("DELETE FROM desks WHERE at < ?", before.isoformat())
        return self._change("DELETE FROM acts WHERE state <> 'asked' AND settled_at < ?", before.isoformat())

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._db.close()

    def _change(self, statement: str, *values: object) -> int:
        with self._lock, sorted_faults(self._path):
            return int(self._db.execute(statement, values).rowcount)

    def _rows(self, statement: str, *values: object) -> Sequence[Any]:
        with self._lock, sorted_faults(self._path):
            return self._db.execute(statement, values).fetchall()


def _act(row: Sequence[Any]) -> Act:
    identifier, lane, action, staff, role, at, visit_id, mark, reason, document, choice = row[: len(_ACT)]
    moment = datetime.fromisoformat(at)
    return Act(identifier, lane, action, staff, role, moment, visit_id, mark, reason, document, choice)


def _standing(data: dict[str, Any]) -> Standing:
    called = data["called_at"]
    return Standing(
        **{
            **data,
            "since": datetime.fromisoformat(data["since"]),
            "called_at": datetime.fromisoformat(called) if called else None,
            "needs": tuple(data["needs"]),
            "holds": tuple(data["holds"]),
            "offers": tuple(
                Offer(offer["action"], tuple(offer["documents"]), offer["choices"]) for offer in data["offers"]
            ),
        }
    )
