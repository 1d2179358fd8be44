"""The counter's file: every act once, in order, also between processes; nothing else than what it was given."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.store.counter import VERSION, SqliteCounter
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.counter import Act, ActReport, ActState, Desk, Offer, Refusal, Standing

AT = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
ACT = Act("a" * 20, "K1", "visual_check", "sato", "reception", AT, "K1-1", 7, "face_failed")
STANDING = Standing(
    "K1",
    "K1-20261124",
    "AwaitingStaff",
    "staff_called",
    7,
    AT,
    "K1-1",
    needs=("staff.need.several",),
    called_at=AT,
    offers=(Offer("accept", ("oral",)), Offer("choose", choices=2)),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteCounter]:
    opened = SqliteCounter(tmp_path / "counter.sqlite")
    yield opened
    opened.close()


def test_an_act_waits_until_it_is_settled_once(store: SqliteCounter) -> None:
    later = replace(ACT, id="b" * 20, action="choose", index=1, document="oral")
    assert store.ask(ACT, 41)
    assert store.ask(later, 42)
    assert store.asked("K1") == ((ACT, 41), (later, 42))
    assert store.asked("K2") == ()
    done = ActReport(ACT.id, ActState.DONE, at=AT)
    assert store.settle(done)
    assert not store.settle(replace(done, state=ActState.REFUSED))
    assert store.report(ACT.id) == done
    assert store.report(later.id) == ActReport(later.id, ActState.ASKED)
    assert store.report("c" * 20) is None
    assert [act.id for act, _ in store.asked("K1")] == [later.id]


def test_asking_twice_is_asking_once(store: SqliteCounter) -> None:
    assert store.ask(ACT, 1)
    assert not store.ask(replace(ACT, action="refuse"), 2)
    store.settle(ActReport(ACT.id, ActState.REFUSED, Refusal.MOVED_ON, AT))
    assert not store.ask(ACT, 3)
    assert store.asked("K1") == ()
    assert store.report(ACT.id) == ActReport(ACT.id, ActState.REFUSED, Refusal.MOVED_ON, AT)


def test_a_second_program_sees_lanes_and_acts(store: SqliteCounter, tmp_path: Path) -> None:
    other = SqliteCounter(tmp_path / "counter.sqlite")
    try:
        store.publish(replace(STANDING, mark=6))
        store.publish(STANDING)
        other.publish(replace(STANDING, lane="K0", called_at=None, offers=()))
        assert other.lanes() == (replace(STANDING, lane="K0", called_at=None, offers=()), STANDING)
        other.ask(ACT, 1)
        assert store.asked("K1") == ((ACT, 1),)
    finally:
        other.close()


def test_settled_acts_are_forgotten_and_waiting_ones_are_not(store: SqliteCounter) -> None:
    store.ask(ACT, 1)
    store.ask(replace(ACT, id="b" * 20), 1)
    store.settle(ActReport(ACT.id, ActState.DONE, at=AT))
    assert store.purge(AT) == 0
    assert store.purge(AT + timedelta(seconds=1)) == 1
    assert store.report(ACT.id) is None
    assert len(store.asked("K1")) == 1


def test_what_staff_switched_on_is_kept_by_lane(store: SqliteCounter) -> None:
    assert store.held("K1") is None
    store.hold("K1", frozenset({"paused", "disaster"}), 17)
    store.hold("K2", frozenset(), 18)
    assert store.held("K1") == (frozenset({"paused", "disaster"}), 17)
    assert store.held("K2") == (frozenset(), 18)


def test_a_desk_is_open_until_it_is_closed_or_forgotten(store: SqliteCounter) -> None:
    desk = Desk("sato", "reception", AT)
    for digest in ("d1", "d2"):
        store.open_desk(digest, desk)
    store.close_desk("d1")
    assert (store.desk("d1"), store.desk("d2")) == (None, desk)
    store.purge(AT + timedelta(seconds=1))
    assert store.desk("d2") is None


def test_only_its_owner_reads_it(store: SqliteCounter, tmp_path: Path) -> None:
    store.ask(ACT, 1)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_file_of_a_later_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "counter.sqlite"
    SqliteCounter(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(Fatal) as caught:
        SqliteCounter(path)
    assert caught.value.code is FailureCode.JOURNAL_NEWER
