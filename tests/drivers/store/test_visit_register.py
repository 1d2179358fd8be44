"""Visits are found again by day and event, by an index and without the means to change anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from drivers.store.sqlite_journal import SqliteJournal
from drivers.store.visit_register import AFTER, OF_VISIT, OPENED, TOLD, SqliteVisitRegister
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.journal import JournalEntry
from kiosk.ports.visits import INDEXED
from tests.drivers.store.conftest import OpenJournal

DAY = timedelta(days=1)


def opened(visit: str) -> JournalEntry:
    return JournalEntry("visit.opened", {"language": "ja"}, visit)


@pytest.fixture
def journal(open_journal: OpenJournal, at: datetime) -> SqliteJournal:
    made = open_journal()
    for days in (3, 2, 1, 0):
        for number in (1, 2):
            visit, when = f"K1-day{days}-{number}", at - days * DAY
            made.append(opened(visit), when)
            made.append(JournalEntry("claim.opened", {"route": "3"}, visit), when)
    made.append(JournalEntry("claim.settled", {"staff": "sato"}, "K1-day1-1"), at)  # an entry of a later day
    made.append(JournalEntry("kiosk.stopped"), at)
    return made


@pytest.fixture
def register(journal: SqliteJournal, path: Path) -> Iterator[SqliteVisitRegister]:
    assert journal.newest()
    with closing(SqliteVisitRegister(path)) as made:
        yield made


def test_the_visits_of_a_day_come_with_all_that_happened_to_them_later(
    register: SqliteVisitRegister, at: datetime
) -> None:
    yesterday = (at - DAY).date()
    found = [(entry.visit_id, entry.event) for entry in register.opened(yesterday, yesterday)]
    assert found == [
        ("K1-day1-1", "visit.opened"),
        ("K1-day1-1", "claim.opened"),
        ("K1-day1-2", "visit.opened"),
        ("K1-day1-2", "claim.opened"),
        ("K1-day1-1", "claim.settled"),
    ]


def test_events_of_several_days_stand_in_the_order_of_the_journal(register: SqliteVisitRegister, at: datetime) -> None:
    found = register.told(("claim.settled", "claim.opened"), (at - 2 * DAY).date(), at.date())
    assert [entry.event for entry in found] == ["claim.opened"] * 6 + ["claim.settled"]
    assert register.told(("guard.mismatch",), date.min, at.date()) == ()
    with pytest.raises(ValueError, match="card\\.read"):
        register.told(("card.read",), at.date(), at.date())


def test_what_is_added_is_seen(register: SqliteVisitRegister, journal: SqliteJournal, at: datetime) -> None:
    newest = register.newest()
    assert register.after(newest, 10) == ()
    journal.append_all([opened("K1-new"), JournalEntry("photo.read", {"usable": True}, "K1-new")], at)
    assert [entry.event for entry in register.after(newest, 10)] == ["visit.opened", "photo.read"]
    assert [entry.seq for entry in register.of_visit("K1-new")] == [newest + 1, newest + 2]
    assert len(register.after(0, 3)) == 3


def test_it_cannot_write_and_needs_a_journal(register: SqliteVisitRegister, tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        register._db.execute("CREATE TABLE other (n)")
    with pytest.raises(NeedsStaff) as failed:
        SqliteVisitRegister(tmp_path / "nothing.sqlite")
    assert failed.value.code is FailureCode.JOURNAL_FAILED


@pytest.mark.parametrize(
    ("statement", "values"),
    [(OPENED, 2), *((TOLD, 3) for _event in INDEXED[:1]), (OF_VISIT, 1), (AFTER, 2)],
    ids=["opened", "told", "of_visit", "after"],
)
def test_no_question_reads_the_whole_journal(register: SqliteVisitRegister, statement: str, values: int) -> None:
    """The plan stays the same however many visits are stored: every step searches an index or the key."""
    plan = [row[3] for row in register._db.execute(f"EXPLAIN QUERY PLAN {statement}", ("",) * values)]
    steps = [line for line in plan if not line.startswith("USE TEMP B-TREE")]
    assert steps
    assert all(line.startswith("SEARCH") for line in steps), plan
