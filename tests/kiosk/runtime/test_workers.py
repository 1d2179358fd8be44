"""Jobs run on threads of their own, and all of them are counted."""

from __future__ import annotations

import threading

from kiosk.runtime.workers import Workers

PATIENCE = 60.0


class Count:
    def __init__(self) -> None:
        self.now = 0
        self.lock = threading.Lock()

    def work_begins(self) -> None:
        with self.lock:
            self.now += 1

    def work_ends(self) -> None:
        with self.lock:
            self.now -= 1


def test_work_counts_from_its_announcement_to_its_end() -> None:
    count, begun, done = Count(), threading.Event(), threading.Event()
    workers = Workers(count)

    def job() -> None:
        begun.set()
        done.wait(PATIENCE)

    workers.start("job", job)
    assert count.now == 1
    assert begun.wait(PATIENCE)
    assert not workers.join(0.0), "it is still at work"
    done.set()
    assert workers.join(PATIENCE)
    assert count.now == 0


def test_jobs_do_not_wait_for_one_another() -> None:
    count, meet = Count(), threading.Barrier(3)
    workers = Workers(count)

    def job() -> None:
        meet.wait(PATIENCE)

    for _ in range(3):
        workers.start("job", job)
    assert workers.join(PATIENCE)
    assert not meet.broken
    assert count.now == 0


def test_nobody_at_work() -> None:
    assert Workers(Count()).join(0.0)
