"""Staff accounts in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from drivers.store.faults import sorted_faults
from drivers.store.sqlite_journal import claim
from kiosk.domain.accounts import Account, Role
from kiosk.domain.failures import FailureCode, Fatal

VERSION = 2
_COLUMNS = (
    "name",
    "role",
    "password_hash",
    "totp_sealed",
    "unlock_hash",
    "disabled",
    "sealed",
    "failures",
    "rests_until",
    "last_step",
    "card_key",
)
_TABLE = """
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT NOT NULL, totp_sealed TEXT, unlock_hash TEXT,
    disabled INTEGER NOT NULL, sealed INTEGER NOT NULL, failures INTEGER NOT NULL, rests_until TEXT,
    last_step INTEGER NOT NULL, card_key TEXT
) STRICT
"""
_WITHOUT_CARDS = 1


class SqliteAccounts:
    """Implements `kiosk.ports.accounts.AccountStore`. Readable by its owner only. Several processes may use one file;
    calls from several threads wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        with sorted_faults(path):
            claim(path)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                    self._db.execute(f"PRAGMA {pragma}")
                version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
                if version > VERSION:
                    raise Fatal(
                        FailureCode.JOURNAL_NEWER, f"{path.name}: schema {version}, this program knows {VERSION}"
                    )
                # Two consoles may start at once: the second one finds it done.
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute(_TABLE)
                if int(self._db.execute("PRAGMA user_version").fetchone()[0]) == _WITHOUT_CARDS:
                    self._db.execute("ALTER TABLE accounts ADD COLUMN card_key TEXT")
                self._db.execute(f"PRAGMA user_version = {VERSION}")
                self._db.execute("COMMIT")
            except BaseException:
                self._db.close()
                raise

    def all(self) -> tuple[Account, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(f"SELECT {', '.join(_COLUMNS)} FROM accounts ORDER BY name").fetchall()
        return tuple(_account(row) for row in rows)

    def find(self, name: str) -> Account | None:
        with self._lock, sorted_faults(self._path):
            return self._find(name)

    def add(self, account: Account) -> bool:
        marks = ", ".join("?" * len(_COLUMNS))
        with self._lock, sorted_faults(self._path):
            statement = f"INSERT OR IGNORE INTO accounts ({', '.join(_COLUMNS)}) VALUES ({marks})"
            return self._db.execute(statement, _values(account)).rowcount == 1

    def change(self, name: str, change: Callable[[Account], Account]) -> Account | None:
        with self._lock, sorted_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                found = self._find(name)
                if found is not None:
                    found = change(found)
                    columns = ", ".join(f"{column} = ?" for column in _COLUMNS)
                    self._db.execute(f"UPDATE accounts SET {columns} WHERE name = ?", (*_values(found), name))
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.rollback()
                raise
        return found

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._db.close()

    def _find(self, name: str) -> Account | None:
        statement = f"SELECT {', '.join(_COLUMNS)} FROM accounts WHERE name = ?"
        row = self._db.execute(statement, (name,)).fetchone()
        return _account(row) if row else None


def _account(row: tuple[Any, ...]) -> Account:
    values = dict(zip(_COLUMNS, row, strict=True))
    until = values["rests_until"]
    values |= {"role": Role(values["role"]), "rests_until": datetime.fromisoformat(until) if until else None}
    values |= {name: bool(values[name]) for name in ("disabled", "sealed")}
    return Account(**values)


def _values(account: Account) -> tuple[str | int | None, ...]:
    until = account.rests_until.isoformat() if account.rests_until else None
    changed = {"role": account.role.value, "rests_until": until, "disabled": int(account.disabled)}
    changed |= {"sealed": int(account.sealed)}
    return tuple(changed[name] if name in changed else getattr(account, name) for name in _COLUMNS)
