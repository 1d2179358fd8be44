"""A thread for calls that may never come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(Exception):
    """The call did not come back in time. Its worker is left behind and serves nobody any more."""


class Ended(Exception):
    """The worker takes no more calls."""


class Worker:
    """Runs one call after the other, each with a deadline. `finish` runs last, on the same thread: after `end`, or,
    for a worker that was left behind, when its call returns after all.

    Bare locks hand the work over: a queue would cost more than an exchange with the virtual reader.
    """

    def __init__(self, name: str, finish: Callable[[], None]) -> None:
        self._finish = finish
        self._job: Callable[[], Any] | None = None
        self._result: Any = None
        self._error: Exception | None = None
        self._asked = _taken_lock()
        self._done = _taken_lock()
        self._state = threading.Lock()
        self._over = False
        self._left_behind = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def call(self, job: Callable[[], T], seconds: float) -> T:
        """Only one caller at a time. Raises `Stuck`, `Ended`, and whatever the job raises."""
        with self._state:
            if self._over:
                raise Ended
            self._job = job
        self._asked.release()
        if not self._done.acquire(timeout=seconds):
            with self._state:
                # It may have come back at the last moment.
                self._left_behind = self._over = self._job is not None
            if self._left_behind:
                raise Stuck
            self._done.acquire()
        error, self._error = self._error, None
        if error is not None:
            raise error
        result, self._result = self._result, None
        return result  # type: ignore[no-any-return]

    def end(self, seconds: float) -> None:
        """After the running call, let it finish; waits so long for that."""
        with self._state:
            idle = not self._over and self._job is None
            self._over = True
        if idle:
            self._asked.release()
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while True:
                self._asked.acquire()
                if self._job is None or not self._work(self._job):
                    return
        finally:
            self._finish()

    def _work(self, job: Callable[[], Any]) -> bool:
        """False when there will be no other call."""
        try:
            self._result = job()
        except Exception as error:  # raised again where the call was made
            self._error = error
        with self._state:
            self._job = None
            if self._left_behind:
                self._result = self._error = None
                return False
            over = self._over
        self._done.release()
        return not over


def _taken_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock
