"""Time is shared among the parts that were at work, and nothing of it is lost."""

from __future__ import annotations

import threading

import pytest

from kiosk.app.bench.stopwatch import BETWEEN, WAITING, Stopwatch


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_the_innermost_part_counts(hand: Hand) -> None:
    watch = Stopwatch(hand)
    with watch.part("card"):
        hand.now = 1.0
        with watch.part("simulation"):
            hand.now = 4.0
        hand.now = 6.0
    hand.now = 7.0
    assert watch.shares(0.0, 7.0) == {"card": 3.0, "simulation": 3.0, BETWEEN: 1.0}


def test_two_threads_at_work_share_and_a_waiting_one_does_not(hand: Hand) -> None:
    watch = Stopwatch(hand)
    inside, leave = threading.Event(), threading.Event()

    def work() -> None:
        with watch.part("face"):
            inside.set()
            leave.wait(60)

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(60)
    with watch.part("drawing"):
        hand.now = 2.0
        with watch.part(WAITING):
            hand.now = 5.0
    leave.set()
    worker.join()
    assert watch.shares(0.0, 5.0) == {"drawing": 1.0, "face": 4.0}


def test_only_the_time_between_the_two_moments_counts(hand: Hand) -> None:
    watch = Stopwatch(hand)
    with watch.part("flow"):
        hand.now = 10.0
    assert watch.shares(4.0, 7.0) == {"flow": 3.0}
    assert watch.shares(8.0, 12.0) == {"flow": 2.0, BETWEEN: 2.0}


def test_a_part_ends_with_an_error_too(hand: Hand) -> None:
    watch = Stopwatch(hand)

    def fail() -> None:
        with watch.part("card"):
            hand.now = 1.0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    hand.now = 2.0
    assert watch.shares(0.0, 2.0) == {"card": 1.0, BETWEEN: 1.0}
