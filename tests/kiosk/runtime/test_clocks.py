"""Simulated time stands still while anyone works, and jumps when everybody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from kiosk.runtime.clocks import JAPAN, RealClock, SimulatedClock
from kiosk.runtime.workers import Workers
from tests.conftest import LogWatch

START = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
PATIENCE = 60.0  # real seconds after which a test gives up


@pytest.fixture
def clock() -> Iterator[SimulatedClock]:
    clock = SimulatedClock(START)
    yield clock
    clock.close()


def wait_for(event: threading.Event) -> None:
    event.wait(PATIENCE)


def at_work(clock: SimulatedClock, job: Callable[[], None]) -> Workers:
    workers = Workers(clock)
    workers.start("job", job)
    return workers


def test_time_stands_still_by_itself(clock: SimulatedClock) -> None:
    assert clock.now() == START
    assert clock.monotonic() == 0.0


def test_start_is_told_in_japanese_time() -> None:
    assert SimulatedClock(datetime(2026, 11, 24, 0, 30, tzinfo=UTC)).now() == START
    assert SimulatedClock(datetime(2026, 11, 24, 9, 30)).now().utcoffset() == timedelta(hours=9)
    assert RealClock().now().utcoffset() == timedelta(hours=9)


def test_it_moves_as_far_as_it_is_told_when_nothing_is_due(clock: SimulatedClock) -> None:
    clock.advance(12.5)
    assert clock.now() == START + timedelta(seconds=12.5)
    clock.advance(3.0)
    assert clock.monotonic() == 12.5, "never back"


def test_who_works_is_waited_for(clock: SimulatedClock) -> None:
    done = threading.Event()
    workers = at_work(clock, lambda: wait_for(done))
    assert not clock.quiet
    assert not clock.wait_quiet(0.0)
    done.set()
    assert clock.wait_quiet(PATIENCE)
    assert workers.join(PATIENCE)


def test_who_sleeps_is_not_busy_and_wakes_when_it_is_time(clock: SimulatedClock) -> None:
    woken: list[float] = []

    def job() -> None:
        for _ in range(2):
            clock.sleep(2.0)
            woken.append(clock.monotonic())

    workers = at_work(clock, job)
    assert clock.wait_quiet(PATIENCE)
    assert clock.next_sleeper() == 2.0
    clock.advance(10.0)
    assert clock.wait_quiet(PATIENCE)
    assert (woken, clock.monotonic()) == ([2.0], 2.0), "it stops where somebody wakes, not where it was told"
    clock.advance(10.0)
    assert workers.join(PATIENCE)
    assert woken == [2.0, 4.0]
    assert clock.next_sleeper() is None


def test_sleepers_of_the_same_moment_wake_one_by_one_in_their_order(clock: SimulatedClock) -> None:
    woken: list[int] = []
    workers = Workers(clock)

    def job(number: int) -> None:
        clock.sleep(1.0)
        woken.append(number)

    for number in range(3):
        workers.start("sleeper", partial(job, number))
        assert clock.wait_quiet(PATIENCE)
    for number in range(3):
        clock.advance(9.0)
        assert clock.wait_quiet(PATIENCE)
        assert (woken, clock.monotonic()) == (list(range(number + 1)), 1.0)
    assert workers.join(PATIENCE)


def test_woken_workers_count_as_busy_at_once(clock: SimulatedClock) -> None:
    go_on = threading.Event()

    def job() -> None:
        clock.sleep(1.0)
        wait_for(go_on)

    workers = at_work(clock, job)
    assert clock.wait_quiet(PATIENCE)
    clock.advance(1.0)
    assert not clock.quiet, "time could run away between waking and working"
    go_on.set()
    assert workers.join(PATIENCE)


def test_what_happens_every_so_often(clock: SimulatedClock) -> None:
    seen: list[float] = []
    stop = clock.every(5.0, lambda: seen.append(clock.monotonic()))
    for _ in range(4):
        clock.advance(16.0)
    assert seen == [5.0, 10.0, 15.0]
    assert clock.next_sleeper() is None, "what never ends keeps nobody waiting"
    stop()
    clock.advance(60.0)
    assert (seen, clock.monotonic()) == ([5.0, 10.0, 15.0], 60.0)


def test_closing_lets_everybody_go(clock: SimulatedClock) -> None:
    workers = at_work(clock, lambda: clock.sleep(3600.0))
    assert clock.wait_quiet(PATIENCE)
    clock.close()
    assert workers.join(PATIENCE)
    clock.sleep(3600.0)  # returns at once


def test_real_clock_repeats_until_told_to_stop() -> None:
    clock, seen = RealClock(), threading.Event()
    stop = clock.every(0.001, seen.set)
    assert seen.wait(PATIENCE)
    stop()
    before = clock.monotonic()
    clock.sleep(0.0)
    assert clock.monotonic() >= before


def test_what_fails_once_is_done_the_next_time_all_the_same(log_watch: LogWatch) -> None:
    log_watch.announce("^ERROR kiosk.runtime: ValueError in what happens every 0.001 s$")
    done = threading.Event()
    calls: list[None] = []

    def action() -> None:
        calls.append(None)
        if len(calls) == 1:
            raise ValueError("見本 花子")
        done.set()

    stop = RealClock().every(0.001, action)
    assert done.wait(PATIENCE)
    stop()


def test_work_in_the_background_is_no_reason_for_time_to_go_on(clock: SimulatedClock) -> None:
    woken: list[str] = []

    def work(name: str) -> None:
        clock.sleep(5.0)
        woken.append(name)

    Workers(clock, clock.in_background).start("behind", lambda: work("behind"))
    assert clock.wait_quiet(PATIENCE)
    assert clock.next_sleeper() is None
    Workers(clock).start("before", lambda: work("before"))
    assert clock.wait_quiet(PATIENCE)
    assert clock.next_sleeper() == 5.0
    for _ in range(2):  # it wakes all the same when its time comes
        clock.advance(5.0)
        assert clock.wait_quiet(PATIENCE)
    assert woken == ["behind", "before"]
