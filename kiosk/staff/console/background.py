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


class Background(Protocol):
    def run(self, job: Job, then: Then, failed: Failed) -> None:
        """`then` or `failed` is called on the window's thread, in the order of the calls; neither after `close`."""

    def close(self) -> None: ...


class Inline:
    """At once, on the calling thread: for tests and pictures."""

    def run(self, job: Job, then: Then, failed: Failed) -> None:
        try:
            result = job()
        except KioskError as error:
            failed(error)
            return
        then(result)

    def close(self) -> None:
        pass


class Worker(QObject):
    """One thread, one job after the other."""

    _done = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[tuple[Job, Then, Failed] | None] = queue.SimpleQueue()
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, job: Job, then: Then, failed: Failed) -> None:
        self._jobs.put((job, then, failed))

    def close(self) -> None:
        """Waits for the job under way, a few seconds at most."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._thread.join(5.0)

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None:
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
