"""The store keeps what it acknowledged, in one line, and shows what somebody changed behind its back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drivers.store.sqlite_journal import PAGE_ROWS, SqliteJournal
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.journal.chain import ALTERED, CUT, MISSING, REPLACED, link
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import ChainHead, JournalEntry, StoredEntry

OpenJournal = Callable[..., SqliteJournal]


def opened(number: int) -> JournalEntry:
    return JournalEntry("visit.opened", {"insertion": number}, f"v-{number}")


def fill(journal: SqliteJournal, count: int, at: datetime) -> None:
    for number in range(1, count + 1):
        assert journal.append(opened(number), at) == number


def test_entries_come_back_as_written(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    assert journal.newest() is None
    assert list(journal.iterate()) == []
    assert journal.verify().ok
    journal.append(opened(1), at)
    journal.append(JournalEntry("reader.lost"), at + timedelta(seconds=1))
    journal.append(JournalEntry("card.removed", {"state": "ReadingCard"}, "v-1"), at)
    rows = list(journal.iterate())
    assert [(row.seq, row.at, row.visit_id, row.event, row.fields) for row in rows] == [
        (1, "2026-11-24T09:30:00.000+09:00", "v-1", "visit.opened", '{"insertion":1}'),
        (2, "2026-11-24T09:30:01.000+09:00", None, "reader.lost", "{}"),
        (3, "2026-11-24T09:30:00.000+09:00", "v-1", "card.removed", '{"state":"ReadingCard"}'),
    ]
    assert list(journal.iterate("v-1")) == [rows[0], rows[2]]
    assert list(journal.iterate("v-2")) == []
    assert journal.newest() == rows[2]
    report = journal.verify()
    assert (report.ok, report.entries, report.first_bad, report.reason) == (True, 3, None, None)


def test_since_starts_at_the_last_such_event(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    assert list(journal.since("reader.lost")) == []
    for event in ("reader.lost", "reader.returned", "reader.lost", "service.resumed"):
        journal.append(JournalEntry(event), at)
    assert [row.seq for row in journal.since("reader.lost")] == [3, 4]


def test_a_second_opening_goes_on_where_the_first_ended(open_journal: OpenJournal, at: datetime) -> None:
    first = open_journal()
    fill(first, 3, at)
    first.close()
    first.close()
    second = open_journal(must_exist=True)
    assert second.append(opened(4), at) == 4
    assert second.verify().entries == 4


def test_reading_goes_over_pages_while_entries_are_added(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    with (
        closing(sqlite3.connect(path)) as raw,
        raw,
    ):  # one transaction, where the journal would wait for the disk each time
        head, rules = None, journal._rules
        for number in range(1, PAGE_ROWS + 2):
            row = rules.seal(head, opened(number), at)
            head = ChainHead(row.seq, row.hash)
            raw.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", astuple(row))
    rows = journal.iterate()
    first = next(rows)
    journal.append(opened(9999), at)
    assert [first.seq, *(row.seq for row in rows)] == list(range(1, PAGE_ROWS + 3))
    assert journal.verify().entries == PAGE_ROWS + 2


def test_only_the_owner_may_read_the_files(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    journal.append(opened(1), at)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["journal.db", "journal.db-shm", "journal.db-wal"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    journal.close()
    path.chmod(0o644)
    open_journal()
    assert path.stat().st_mode & 0o777 == 0o600


def test_commits_reach_the_disk(open_journal: OpenJournal) -> None:
    database = open_journal()._db
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_refused_entry_leaves_nothing_behind(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    fill(journal, 1, at)
    for entry, moment in (
        (JournalEntry("visit.opened", {"pin": "1234"}, "v-1"), at),
        (JournalEntry("reader.lost"), at.replace(tzinfo=None)),
    ):
        with pytest.raises(Fatal) as caught:
            journal.append(entry, moment)
        assert caught.value.code is FailureCode.INTERNAL
    assert journal.append(opened(2), at) == 2
    assert journal.verify().ok


def test_several_entries_are_written_together_or_not_at_all(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    journal.append_all([], at)
    assert journal.newest() is None
    journal.append_all([opened(1), JournalEntry("reader.lost"), opened(2)], at)
    assert [row.event for row in journal.iterate()] == ["visit.opened", "reader.lost", "visit.opened"]
    with pytest.raises(Fatal):
        journal.append_all([opened(3), JournalEntry("no.such")], at)
    assert journal.verify().entries == 3
    assert journal.append(opened(3), at) == 4


def test_threads_share_one_journal(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    threads = [threading.Thread(target=lambda: [journal.append(opened(1), at) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.verify().entries == 80


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET fields = '{}' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 3",
        "INSERT INTO entries VALUES (9, 't', NULL, 'reader.lost', '{}', 'h')",
        "INSERT INTO entries VALUES (NULL, 't', NULL, 'reader.lost', '{}', 'h')",
        "INSERT OR REPLACE INTO entries VALUES (2, 't', NULL, 'reader.lost', '{}', 'h')",
    ],
)
def test_the_file_itself_refuses_changes(open_journal: OpenJournal, path: Path, at: datetime, statement: str) -> None:
    journal = open_journal()
    fill(journal, 3, at)
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    assert journal.verify().entries == 3


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the rights to the file can do: first drop the triggers."""
    with closing(sqlite3.connect(path)) as raw, raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)


@pytest.mark.parametrize(
    ("statements", "first_bad", "reason"),
    [
        (["UPDATE entries SET fields = '{\"insertion\":9}' WHERE seq = 4"], 4, ALTERED),
        (["UPDATE entries SET at = '2026-11-25T09:30:00.000+09:00' WHERE seq = 1"], 1, ALTERED),
        (["UPDATE entries SET visit_id = NULL WHERE seq = 7"], 7, ALTERED),
        (["DELETE FROM entries WHERE seq = 1"], 1, MISSING),
        (["DELETE FROM entries WHERE seq = 4"], 4, MISSING),
        (["DELETE FROM entries WHERE seq = 4", "UPDATE entries SET seq = seq - 1 WHERE seq > 4"], 4, ALTERED),
        (
            [
                "UPDATE entries SET seq = -seq WHERE seq >= 4",
                "UPDATE entries SET seq = 1 - seq WHERE seq < 0",
                "INSERT INTO entries SELECT 4, at, visit_id, event, fields, hash FROM entries WHERE seq = 3",
            ],
            4,
            ALTERED,
        ),
        (
            [
                "UPDATE entries SET seq = -3 WHERE seq = 3",
                "UPDATE entries SET seq = 3 WHERE seq = 4",
                "UPDATE entries SET seq = 4 WHERE seq = -3",
            ],
            3,
            ALTERED,
        ),
    ],
)
def test_tampering_is_found(
    open_journal: OpenJournal, path: Path, at: datetime, statements: list[str], first_bad: int, reason: str
) -> None:
    journal = open_journal()
    fill(journal, 7, at)
    tamper(path, *statements)
    report = journal.verify()
    assert (report.ok, report.entries, report.first_bad, report.reason) == (False, first_bad - 1, first_bad, reason)


def test_a_cut_end_is_found_with_a_head_noted_before(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    fill(journal, 7, at)
    newest = journal.newest()
    assert newest is not None
    known = ChainHead(newest.seq, newest.hash)
    tamper(path, "DELETE FROM entries WHERE seq > 5")
    assert journal.verify().ok, "without a head from outside a cut end cannot show"
    report = journal.verify(known)
    assert (report.ok, report.first_bad, report.reason) == (False, 6, CUT)
    for number in (6, 7, 8):
        journal.append(opened(number + 50), at)
    report = journal.verify(known)
    assert (report.ok, report.first_bad, report.reason) == (False, 7, REPLACED)


def test_an_entry_with_a_new_hash_is_found_at_the_next_one(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    fill(journal, 7, at)
    rows = list(journal.iterate())
    forged = replace(rows[3], fields='{"insertion":9}')
    forged = replace(forged, hash=_hash_after(rows[2], forged))
    tamper(path, f"UPDATE entries SET fields = '{forged.fields}', hash = '{forged.hash}' WHERE seq = 4")
    report = journal.verify()
    assert (report.entries, report.first_bad, report.reason) == (4, 5, ALTERED)


def _hash_after(before: StoredEntry, row: StoredEntry) -> str:
    return link(before.hash, row.seq, row.at, row.visit_id, row.event, row.fields)


def test_rules_are_the_only_link_to_the_catalogue(rules: CatalogueRules, tmp_path: Path, at: datetime) -> None:
    """Two files with the same entries hold the same hashes: nothing of the machine goes into them."""
    heads = set()
    for name in ("a.db", "b.db"):
        journal = SqliteJournal(tmp_path / name, rules)
        fill(journal, 3, at)
        newest = journal.newest()
        assert newest is not None
        heads.add(newest.hash)
        journal.close()
    assert len(heads) == 1
