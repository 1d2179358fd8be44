from __future__ import annotations

import threading

import pytest

from drivers.pcsc.worker import Ended, Stuck, Worker


def test_calls_run_on_one_other_thread_and_finish_runs_there_too() -> None:
    threads: list[str] = []
    worker = Worker("card", lambda: threads.append(threading.current_thread().name))
    for _ in range(2):
        threads.append(worker.call(lambda: threading.current_thread().name, 5.0))
    worker.end(5.0)
    worker.end(5.0)
    assert threads == ["card"] * 3
    with pytest.raises(Ended):
        worker.call(int, 5.0)


def test_what_a_call_raises_comes_to_the_caller_and_the_worker_goes_on() -> None:
    worker = Worker("card", lambda: None)
    with pytest.raises(ZeroDivisionError):
        worker.call(lambda: 1 / 0, 5.0)
    assert worker.call(lambda: 7, 5.0) == 7
    worker.end(5.0)


def test_a_stuck_call_is_left_behind_and_cleans_up_when_it_returns() -> None:
    gate, finished = threading.Event(), threading.Event()
    worker = Worker("card", finished.set)
    with pytest.raises(Stuck):
        worker.call(gate.wait, 0.02)
    with pytest.raises(Ended):
        worker.call(int, 5.0)
    worker.end(0.0)
    assert not finished.is_set()
    gate.set()
    assert finished.wait(5.0)


def test_end_waits_for_the_running_call() -> None:
    gate, finished = threading.Event(), threading.Event()
    worker = Worker("card", finished.set)
    answers: list[bool] = []
    caller = threading.Thread(target=lambda: answers.append(worker.call(lambda: gate.wait(5.0), 5.0)))
    caller.start()
    while worker._job is None:
        pass
    worker.end(0.0)
    gate.set()
    caller.join(5.0)
    assert answers == [True]
    assert finished.wait(5.0)
