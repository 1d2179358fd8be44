"""Visits that wait for a later look-up, in one SQLite file."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from drivers.store.faults import sorted_faults
from drivers.store.private import empty_log, open_private
from kiosk.domain.claim_note import Numbers
from kiosk.domain.outcome import Eligibility
from kiosk.domain.pending import CardFace, Difference, PendingState, PendingVisit
from kiosk.ports.pending import Outage

_JAPAN = timezone(timedelta(hours=9))
_FACE = ("name", "birth_date", "sex", "address")
_NUMBERS = ("insurer_number", "symbol", "number", "branch")
_PERSONAL = (*_FACE, "kana", *_NUMBERS)
_PLAIN = ("share_percent", "decision", "claim_route", "document", "cause")
_ERASED = "".join(f", {column} = NULL" for column in _PERSONAL)  # with the settling, so that no cut comes between
_COLUMNS = ("visit_id", "at", *_PERSONAL, *_PLAIN, "state", "tried", "code", "eligibility", "differences")
_TABLE = f"""
CREATE TABLE IF NOT EXISTS pending (
    visit_id TEXT PRIMARY KEY, at REAL NOT NULL, {", ".join(f"{column} TEXT" for column in (*_PERSONAL, *_PLAIN))},
    state TEXT NOT NULL, tried INTEGER NOT NULL DEFAULT 0, code TEXT, eligibility TEXT,
    differences TEXT NOT NULL DEFAULT '', due_at REAL NOT NULL, settled_by TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS pending_due ON pending (state, due_at);
CREATE TABLE IF NOT EXISTS outages (since REAL PRIMARY KEY, until REAL, code TEXT NOT NULL) STRICT;
"""


LATEST_S = 7 * 3600.0
"""Nothing is put off for longer. A moment further away was set before the clock was put back, and has come."""


class SqlitePending:
    """Implements `kiosk.ports.pending.PendingList`. Readable by its owner only; the personal items of a settled entry
    are overwritten. Several processes may use one file; calls from several threads wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._db = open_private(path, _TABLE)

    def add(self, visit: PendingVisit) -> bool:
        numbers = visit.numbers or Numbers()
        values: dict[str, object] = {
            "visit_id": visit.visit_id,
            "at": visit.at.timestamp(),
            **{name: getattr(visit.face, name) for name in _FACE},
            "kana": visit.kana,
            **{name: getattr(numbers, name) for name in _NUMBERS},
            **{name: getattr(visit, name) for name in _PLAIN},
            "state": visit.state.value,
            "due_at": visit.at.timestamp(),
        }
        values = {name: _stored(value) for name, value in values.items()}
        return (
            self._change(
                f"INSERT OR IGNORE INTO pending ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                *values.values(),
            )
            == 1
        )

    def visits(self, *states: PendingState) -> tuple[PendingVisit, ...]:
        wanted = states or tuple(PendingState)
        places = ", ".join("?" * len(wanted))
        return self._select(f"state IN ({places}) ORDER BY at, visit_id", *(state.value for state in wanted))

    def due(self, at: datetime, most: int) -> tuple[PendingVisit, ...]:
        now = at.timestamp()
        condition = "state = 'open' AND (due_at <= ? OR due_at > ?) ORDER BY at, visit_id LIMIT ?"
        return self._select(condition, now, now + LATEST_S, most)

    def wake(self) -> int:
        return self._change("UPDATE pending SET due_at = 0 WHERE state = 'open'")

    def failed(self, visit_ids: Sequence[str], code: str, again_at: datetime) -> None:
        values = [(code, again_at.timestamp(), visit_id) for visit_id in visit_ids]
        with self._lock, sorted_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(
                    "UPDATE pending SET tried = tried + 1, code = ?, due_at = ? WHERE visit_id = ? AND state = 'open'",
                    values,
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def answered(self, visit_id: str, eligibility: Eligibility, found: Sequence[Difference]) -> None:
        settled = not found
        self._change(
            f"UPDATE pending SET state = ?, tried = tried + 1, code = NULL, eligibility = ?, differences = ?"
            f"{_ERASED if settled else ''} WHERE visit_id = ? AND state = 'open'",
            PendingState.SETTLED.value if settled else PendingState.DIFFERENT.value,
            eligibility.value,
            ",".join(found),
            visit_id,
            erases=settled,
        )

    def settle(self, visit_id: str, staff: str) -> bool:
        done = self._change(
            f"UPDATE pending SET state = 'settled', settled_by = ?{_ERASED} WHERE visit_id = ? AND state <> 'settled'",
            staff,
            visit_id,
            erases=True,
        )
        return done == 1

    def outage_began(self, at: datetime, code: str) -> None:
        self._change(
            "INSERT INTO outages (since, code) SELECT ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM outages WHERE until IS NULL)",
            at.timestamp(),
            code,
        )

    def outage_ended(self, at: datetime) -> None:
        self._change("UPDATE outages SET until = ? WHERE until IS NULL", at.timestamp())

    def outages(self, most: int) -> tuple[Outage, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(
                "SELECT since, until, code FROM outages ORDER BY since DESC LIMIT ?", (most,)
            ).fetchall()
        return tuple(
            Outage(_moment(since), None if until is None else _moment(until), code) for since, until, code in rows
        )

    def purge(self, before: datetime) -> int:
        self._change("DELETE FROM outages WHERE until < ?", before.timestamp())
        return self._change("DELETE FROM pending WHERE state = 'settled' AND at < ?", before.timestamp())

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._db.close()

    def _change(self, statement: str, *values: object, erases: bool = False) -> int:
        with self._lock, sorted_faults(self._path):
            changed = int(self._db.execute(statement, values).rowcount)
            if erases:
                empty_log(self._db)
        return changed

    def _select(self, condition: str, *values: object) -> tuple[PendingVisit, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(f"SELECT {', '.join(_COLUMNS)} FROM pending WHERE {condition}", values).fetchall()
        return tuple(_visit(dict(zip(_COLUMNS, row, strict=True))) for row in rows)


def _stored(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, _JAPAN)


def _visit(row: dict[str, object]) -> PendingVisit:
    def text(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    born, share, eligibility = text("birth_date"), text("share_percent"), text("eligibility")
    numbers = Numbers(*(text(name) for name in _NUMBERS))
    return PendingVisit(
        visit_id=str(row["visit_id"]),
        at=_moment(float(str(row["at"]))),
        face=CardFace(text("name"), date.fromisoformat(born) if born else None, text("sex"), text("address")),
        kana=text("kana"),
        numbers=numbers if numbers.usable else None,
        share_percent=int(share) if share else None,
        decision=text("decision"),
        claim_route=text("claim_route"),
        document=text("document"),
        cause=text("cause"),
        state=PendingState(str(row["state"])),
        tried=int(str(row["tried"])),
        code=text("code"),
        eligibility=Eligibility(eligibility) if eligibility else None,
        differences=tuple(Difference(word) for word in str(row["differences"]).split(",") if word),
    )
