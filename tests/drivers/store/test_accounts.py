"""The store of accounts keeps what it is given and loses no failure between two processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from drivers.store.accounts import SqliteAccounts
from kiosk.domain.accounts import Account, Role
from kiosk.domain.failures import FailureCode, Fatal

SATO = Account("sato", Role.RECEPTION, "hash", "totp", "unlock", failures=2, last_step=7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteAccounts]:
    opened = SqliteAccounts(file)
    yield opened
    opened.close()


def test_accounts_come_back_as_they_were(store: SqliteAccounts, file: Path, at: datetime) -> None:
    rests = replace(
        SATO, name="abe", role=Role.SUPERVISOR, rests_until=at, sealed=True, disabled=True, totp_sealed=None
    )
    assert store.add(SATO)
    assert store.add(rests)
    assert not store.add(replace(SATO, password_hash="other"))
    with closing(SqliteAccounts(file)) as again:
        assert again.all() == (rests, SATO)
        assert again.find("sato") == SATO
        assert again.find("nobody") is None
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}


def test_changes(store: SqliteAccounts) -> None:
    store.add(SATO)
    assert store.change("sato", lambda found: replace(found, failures=0)) == replace(SATO, failures=0)
    assert store.change("nobody", lambda found: found) is None
    with pytest.raises(ZeroDivisionError):
        store.change("sato", lambda found: replace(found, failures=1 // 0))
    assert store.find("sato") == replace(SATO, failures=0)


def test_no_failure_is_lost(store: SqliteAccounts, file: Path) -> None:
    store.add(SATO)

    def fail() -> None:
        with closing(SqliteAccounts(file)) as own:
            for _ in range(10):
                own.change("sato", lambda found: replace(found, failures=found.failures + 1))

    threads = [threading.Thread(target=fail) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.find("sato")
    assert found is not None
    assert found.failures == 32


def test_a_newer_file_is_refused(store: SqliteAccounts, file: Path) -> None:
    store.close()
    store.close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(Fatal) as caught:
        SqliteAccounts(file)
    assert caught.value.code is FailureCode.JOURNAL_NEWER


def test_a_file_from_before_the_cards_gets_their_column_and_keeps_its_accounts(file: Path) -> None:
    with closing(sqlite3.connect(file)) as before:
        before.executescript(
            "CREATE TABLE accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT NOT NULL,"
            " totp_sealed TEXT, unlock_hash TEXT, disabled INTEGER NOT NULL, sealed INTEGER NOT NULL,"
            " failures INTEGER NOT NULL, rests_until TEXT, last_step INTEGER NOT NULL) STRICT;"
            "INSERT INTO accounts VALUES ('sato', 'reception', 'hash', 'totp', 'unlock', 0, 0, 2, NULL, 7);"
            "PRAGMA user_version = 1;"
        )
    file.chmod(0o600)
    for _ in range(2):
        with closing(SqliteAccounts(file)) as store:
            assert store.all() == (SATO,)
            store.change("sato", lambda found: replace(found, card_key="ab"))
            found = store.find("sato")
            assert found is not None
            assert found.card_key == "ab"
            store.change("sato", lambda found: replace(found, card_key=None))
