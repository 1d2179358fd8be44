"""The list of visits to be looked up later: it survives, it forgets what is settled, and nothing is asked too often."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.store.pending import SqlitePending
from kiosk.domain.claim_note import Numbers
from kiosk.domain.outcome import Eligibility
from kiosk.domain.pending import CardFace, Difference, PendingState, PendingVisit

AT = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
VISIT = PendingVisit(
    "K1-1",
    AT,
    CardFace("見本　花子", date(1950, 2, 11), "2", "架空県架空市試験町１"),
    kana="ミホン　ハナコ",
    numbers=Numbers("39479993", None, "00123456"),
    share_percent=10,
    decision="D21",
    claim_route="normal",
    document="certificate",
    cause="K301",
)
SECRET = ("見本", "架空県", "00123456", "ミホン")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlitePending]:
    made = SqlitePending(tmp_path / "pending.sqlite")
    yield made
    made.close()


def test_an_entry_comes_back_whole_and_once(store: SqlitePending) -> None:
    assert store.add(VISIT)
    assert not store.add(replace(VISIT, kana=None))
    assert store.visits() == (VISIT,)
    assert store.due(AT, 10) == (VISIT,)
    assert store.due(AT - timedelta(seconds=1), 10) == ()


def test_a_failure_puts_it_off_and_recovery_wakes_it(store: SqlitePending) -> None:
    store.add(VISIT)
    store.failed(["K1-1"], "K301", AT + timedelta(minutes=5))
    assert store.due(AT + timedelta(minutes=4), 10) == ()
    [waiting] = store.due(AT + timedelta(minutes=5), 10)
    assert (waiting.tried, waiting.code) == (1, "K301")
    store.failed(["K1-1"], "K301", AT + timedelta(hours=5))
    assert store.wake() == 1
    assert len(store.due(AT, 10)) == 1


def test_settled_entries_keep_nothing_personal(tmp_path: Path, store: SqlitePending) -> None:
    store.add(VISIT)
    store.answered("K1-1", Eligibility.VALID, ())
    [kept] = store.visits(PendingState.SETTLED)
    assert (kept.face, kept.kana, kept.numbers, kept.eligibility) == (CardFace(), None, None, Eligibility.VALID)
    for path in tmp_path.iterdir():  # while the store is open: its log is a file of its own until then
        content = path.read_bytes()
        assert not any(word.encode() in content for word in SECRET), path.name


@pytest.mark.parametrize("by_staff", [True, False])
def test_no_cut_of_the_power_leaves_a_settled_entry_its_person(
    tmp_path: Path, store: SqlitePending, by_staff: bool
) -> None:
    """A second reader looks after each statement: what it sees is what a cut would leave."""
    store.add(VISIT)
    with closing(sqlite3.connect(tmp_path / "pending.sqlite", isolation_level=None)) as reader:
        seen: list[tuple[str, str | None]] = []

        def look(_statement: str) -> None:
            seen.extend(reader.execute("SELECT state, name FROM pending").fetchall())

        store._db.set_trace_callback(look)
        store.settle("K1-1", "sato") if by_staff else store.answered("K1-1", Eligibility.VALID, ())
        store._db.set_trace_callback(None)
        look("the end")
    assert seen[-1] == ("settled", None)
    assert set(seen) == {("open", "見本　花子"), ("settled", None)}


def test_differences_wait_for_staff(store: SqlitePending) -> None:
    store.add(VISIT)
    store.answered("K1-1", Eligibility.INVALID, (Difference.ELIGIBILITY, Difference.NUMBERS))
    [kept] = store.visits(PendingState.OPEN, PendingState.DIFFERENT)
    assert kept.differences == (Difference.ELIGIBILITY, Difference.NUMBERS)
    assert kept.face == VISIT.face
    assert store.due(AT + timedelta(days=1), 10) == ()
    assert store.settle("K1-1", "sato")
    assert not store.settle("K1-1", "sato")
    assert not store.settle("K1-2", "sato")
    assert store.visits()[0].face == CardFace()


def test_an_answer_to_a_settled_entry_changes_nothing(store: SqlitePending) -> None:
    store.add(VISIT)
    store.settle("K1-1", "sato")
    store.answered("K1-1", Eligibility.INVALID, (Difference.ELIGIBILITY,))
    assert store.visits()[0].state is PendingState.SETTLED


def test_outages_begin_and_end_once(store: SqlitePending) -> None:
    store.outage_began(AT, "K301")
    store.outage_began(AT + timedelta(minutes=1), "K302")
    assert [(outage.since, outage.until, outage.code) for outage in store.outages(5)] == [(AT, None, "K301")]
    store.outage_ended(AT + timedelta(hours=1))
    store.outage_ended(AT + timedelta(hours=2))
    assert store.outages(5)[0].until == AT + timedelta(hours=1)


def test_old_entries_go_open_ones_stay(store: SqlitePending) -> None:
    store.add(VISIT)
    store.add(replace(VISIT, visit_id="K1-2"))
    store.settle("K1-2", "sato")
    assert store.purge(AT + timedelta(days=90)) == 1
    assert [visit.visit_id for visit in store.visits()] == ["K1-1"]


def test_the_file_is_its_owners(tmp_path: Path, store: SqlitePending) -> None:
    store.add(VISIT)
    assert stat.S_IMODE((tmp_path / "pending.sqlite").stat().st_mode) == 0o600
