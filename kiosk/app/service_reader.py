"""The world's cards behind a real PC/SC service: put into the virtual reader of vpcd, seen through the real driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from drivers.pcsc import PcscReader
from drivers.simulated.faults import Chip
from drivers.simulated.vpcd import POLLED_SECONDS, READER, VpcdSlot, dialling
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.card import (
    CardConnection,
    CardInserted,
    CardReader,
    CardTaken,
    ReaderAppeared,
    ReaderEvent,
    ReaderVanished,
)
from kiosk.runtime.workers import WorkCounter

NOTICED_SECONDS = 5.0
"""Real time after which the service must have noticed that a card came or went; it looks every 400 ms."""


class WorldReader(CardReader, Protocol):
    """A reader whose cards the world lays down, with a fault menu."""

    @property
    def longest_answer(self) -> int: ...
    @property
    def apdus(self) -> int: ...
    def place(self, chip: Chip | None) -> object: ...
    def remove(self) -> None: ...
    def unplug(self) -> None: ...
    def plug(self) -> None: ...
    def freeze(self) -> None: ...
    def thaw(self) -> None: ...
    def slow_down(self) -> None: ...
    def occupy(self) -> None: ...
    def free(self) -> None: ...
    def restart(self) -> None: ...


class ServiceReader:
    """Implements `WorldReader`. The service works on real time, the kiosk perhaps not: from the moment a card moves
    until the driver reports it there is work going on, so that simulated time stands still.

    The service is not ours, others may use it: for the faults `unplug` and `restart` the driver is stopped instead,
    and what it had opened is cut off; `occupy` turns connections away without another program.
    """

    def __init__(self, counter: WorkCounter, *, host: str, port: int, name: str = READER) -> None:
        self._driver = PcscReader(name)
        self._slot = VpcdSlot(dialling(host, port), left=self._card_left)
        self._counter = counter
        self._listener: Callable[[ReaderEvent], None] | None = None
        self._plugged = True
        self._busy = False
        self._open: _Connection | None = None
        self._changed = threading.Condition()
        self._expected: list[type[ReaderEvent]] = []
        self._left_at = -POLLED_SECONDS
        self._hanging = False

    @property
    def longest_answer(self) -> int:
        return self._driver.longest_answer

    @property
    def apdus(self) -> int:
        return self._slot.apdus

    # --- the port -------------------------------------------------------------------------------------------------

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        self._listener = listener
        if self._plugged:
            self._let_go()
            self._driver.start(self._noticed)
        else:
            listener(ReaderVanished())

    def connect(self, insertion: int) -> CardConnection:
        if not self._plugged:
            raise NeedsStaff(FailureCode.READER_GONE)
        if self._busy:
            raise NeedsStaff(FailureCode.READER_BUSY, READER)
        self._open = _Connection(self._driver.connect(insertion), self._hung)
        return self._open

    def stop(self) -> None:
        self._driver.stop()
        self._listener = None
        self._satisfy(lambda _kind: True)

    # --- what people do -------------------------------------------------------------------------------------------

    def place(self, chip: Chip | None) -> None:
        """Raises `NeedsStaff(READER_GONE)` when there is no virtual reader to put it in."""
        self.remove()
        self._wait()
        # The driver tells of a pulled card at once, the service may not have looked yet: it would take the next card
        # for the last one.
        time.sleep(max(0.0, self._left_at + POLLED_SECONDS - time.monotonic()))
        self._expect(CardInserted)
        try:
            self._slot.place(chip)
        except NeedsStaff:
            self._satisfy(lambda kind: kind is CardInserted)
            raise

    def remove(self) -> None:
        if self._slot.occupied:
            self._expect(CardTaken)
            self._come_back()
            self._slot.remove()
            self._left_at = time.monotonic()

    def freeze(self) -> None:
        self._slot.freeze()

    def thaw(self) -> None:
        self._come_back()
        self._slot.thaw()

    def slow_down(self) -> None:
        self._slot.slow_down()

    def occupy(self) -> None:
        self._busy = True

    def free(self) -> None:
        self._busy = False

    def unplug(self) -> None:
        if not self._plugged:
            return
        self._plugged = self._hanging = False
        self._driver.stop()
        self._satisfy(lambda _kind: True)
        if self._open is not None:
            self._open.cut()
        if self._listener is not None:
            self._listener(ReaderVanished(READER))

    def plug(self) -> None:
        if self._plugged:
            return
        self._plugged = True
        self._slot.thaw()
        if self._listener is not None:
            self._driver.start(self._noticed)

    def restart(self) -> None:
        self.unplug()
        self.plug()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        """Wait while the service still shows a card that was taken away a moment ago, by an earlier visit perhaps."""
        gone = threading.Event()

        def look(event: ReaderEvent) -> None:
            if not isinstance(event, CardInserted):
                gone.set()
            elif not self._slot.occupied:
                gone.clear()

        self._driver.start(look)
        gone.wait(NOTICED_SECONDS)
        self._driver.stop()

    def _card_left(self) -> None:
        self._left_at = time.monotonic()
        self._expect(CardTaken)

    def _hung(self) -> None:
        self._hanging = True

    def _come_back(self) -> None:
        """The exchange that hangs ends now, and the driver will tell."""
        if self._hanging:
            self._hanging = False
            self._expect(ReaderAppeared)

    def _expect(self, kind: type[ReaderEvent]) -> None:
        with self._changed:
            if self._listener is None or not self._plugged:
                return
            self._expected.append(kind)
        self._counter.work_begins()

    def _noticed(self, event: ReaderEvent) -> None:
        listener = self._listener
        if listener is not None:
            listener(event)
        self._satisfy(lambda kind: isinstance(event, kind | ReaderVanished))

    def _satisfy(self, holds: Callable[[type[ReaderEvent]], bool]) -> None:
        with self._changed:
            done = [kind for kind in self._expected if holds(kind)]
            self._expected = [kind for kind in self._expected if not holds(kind)]
            self._changed.notify_all()
        for _ in done:
            self._counter.work_ends()

    def _wait(self) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: not self._expected, NOTICED_SECONDS):
                raise NeedsStaff(FailureCode.READER_HUNG, READER)


class _Connection:
    """The driver's connection, which the fault menu can cut."""

    def __init__(self, inner: CardConnection, hung: Callable[[], None]) -> None:
        self._inner = inner
        self._hung = hung
        self._cut = False

    @property
    def atr(self) -> bytes:
        return self._inner.atr

    def transmit(self, command: bytes) -> bytes:
        if self._cut:
            raise NeedsStaff(FailureCode.READER_GONE)
        try:
            return self._inner.transmit(command)
        except NeedsStaff as error:
            if error.code is FailureCode.READER_HUNG:
                self._hung()
            raise

    def close(self) -> None:
        self._inner.close()

    def cut(self) -> None:
        self._cut = True
        self._inner.close()
