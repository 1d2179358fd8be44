"""Work that may wait for a disk or another program, kept off the thread that owns the window."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from kiosk.domain.failures import FailureCode, Fatal, KioskError

log = logging.getLogger("kiosk.staff")

Job = Callable[[], Any]
Then = Callable[[Any], None]
Failed = Callable[[KioskError], None]
Jobs = queue.SimpleQueue[tuple[Job, Then, Failed] | None]

CLOSE_SECONDS = 5.0


class Background(Protocol):
    def run(self, job: Job, then: Then, failed: Failed, *, slow: bool = False) -> None:
        """`then` or `failed` is called on the window's thread, in the order of the calls; neither after `close`. What
        is `slow`, because it looks at other machines or waits for a person, has an order of its own and keeps nothing
        else waiting."""

    def close(self) -> None: ...


class Inline:
    """At once, on the calling thread: for tests and pictures."""

    def run(self, job: Job, then: Then, failed: Failed, *, slow: bool = False) -> None:
        del slow
        try:
            result = job()
        except KioskError as error:
            failed(error)
            return
        then(result)

    def close(self) -> None:
        pass


class Worker(QObject):
    """Two threads, one for what is slow; each does one job after the other."""

    _done = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._quick, self._slow = Jobs(), Jobs()
        self._threads = [
            threading.Thread(target=self._work, args=(jobs,), name=called, daemon=True)
            for called, jobs in ((name, self._quick), (f"{name}-slow", self._slow))
        ]
        for thread in self._threads:
            thread.start()

    def run(self, job: Job, then: Then, failed: Failed, *, slow: bool = False) -> None:
        (self._slow if slow else self._quick).put((job, then, failed))

    def close(self) -> None:
        """Waits for the jobs under way, a few seconds at most."""
        if not self._closed:
            self._closed = True
            for jobs in (self._quick, self._slow):
                jobs.put(None)
            for thread in self._threads:
                thread.join(CLOSE_SECONDS)

    def _work(self, jobs: Jobs) -> None:
        while (given := jobs.get()) is not None:
            job, then, failed = given
            if self._closed:
                continue
            try:
                result = job()
            except KioskError as error:
                self._done.emit(_bound(failed, error))
            except Exception as error:  # a defect of ours must not end the thread without a word
                log.error("%s in the background", type(error).__name__)
                self._done.emit(_bound(failed, Fatal(FailureCode.INTERNAL, type(error).__name__)))
            else:
                self._done.emit(_bound(then, result))

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()


def _bound(action: Callable[[Any], None], given: Any) -> Callable[[], None]:
    return lambda: action(given)
