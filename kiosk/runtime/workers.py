"""Threads for slow effects, counted so that simulated time waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol


class WorkCounter(Protocol):
    def work_begins(self) -> None: ...
    def work_ends(self) -> None: ...


class Workers:
    """One thread a job. A job that hangs is left behind as a daemon; its late answer carries an old ticket.

    `enter` is called first in every thread.
    """

    def __init__(self, counter: WorkCounter, enter: Callable[[], None] = lambda: None) -> None:
        self._counter, self._enter = counter, enter
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def start(self, name: str, job: Callable[[], None]) -> None:
        self._counter.work_begins()

        def run() -> None:
            try:
                self._enter()
                job()
            finally:
                with self._lock:
                    self._threads.discard(threading.current_thread())
                self._counter.work_ends()

        thread = threading.Thread(target=run, name=name, daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def join(self, real_seconds: float) -> bool:
        """Wait for the running jobs; False when one is still at work."""
        with self._lock:
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(real_seconds)
        return not any(thread.is_alive() for thread in threads)
