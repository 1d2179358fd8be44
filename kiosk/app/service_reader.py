"""The world's cards behind a real PC/SC service: put into the virtual reader of vpcd, seen through the real driver."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from drivers.pcsc import PcscReader
from drivers.simulated.faults import Chip
from drivers.simulated.vpcd import READER, VpcdSlot, dialling
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.ports.card import CardConnection, CardInserted, CardReader, CardTaken, ReaderEvent, ReaderVanished
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
    def restart(self) -> None: ...


class ServiceReader:
    """Implements `WorldReader`. The service works on real time, the kiosk perhaps not: from the moment a card moves
    until the driver reports it there is work going on, so that simulated time stands still.
    """

    def __init__(self, counter: WorkCounter, *, host: str, port: int, name: str = READER) -> None:
        self._driver = PcscReader(name)
        self._slot = VpcdSlot(dialling(host, port), left=self._card_left)
        self._counter = counter
        self._listener: Callable[[ReaderEvent], None] | None = None
        self._changed = threading.Condition()
        self._expected: list[type[ReaderEvent]] = []

    @property
    def longest_answer(self) -> int:
        return self._driver.longest_answer

    @property
    def apdus(self) -> int:
        return self._slot.apdus

    # --- the port -------------------------------------------------------------------------------------------------

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        self._listener = listener
        self._driver.start(self._noticed)

    def connect(self, insertion: int) -> CardConnection:
        return self._driver.connect(insertion)

    def stop(self) -> None:
        self._driver.stop()
        self._listener = None
        self._satisfy(lambda _kind: True)

    # --- what people do -------------------------------------------------------------------------------------------

    def place(self, chip: Chip | None) -> None:
        """Raises `NeedsStaff(READER_GONE)` when there is no virtual reader to put it in."""
        if self._slot.occupied:
            self.remove()
            self._wait()
        self._expect(CardInserted)
        try:
            self._slot.place(chip)
        except NeedsStaff:
            self._satisfy(lambda kind: kind is CardInserted)
            raise

    def remove(self) -> None:
        if self._slot.occupied:
            self._expect(CardTaken)
            self._slot.remove()

    def freeze(self) -> None:
        self._slot.freeze()

    def unplug(self) -> None:
        self._out_of_reach("unplug")

    def plug(self) -> None:
        self._out_of_reach("plug")

    def restart(self) -> None:
        self._out_of_reach("restart_service")

    # --- inside ---------------------------------------------------------------------------------------------------

    def _out_of_reach(self, what: str) -> None:
        """The service is not ours: others may use it."""
        raise Fatal(FailureCode.SCENARIO_WRONG, f"fault: {{reader: {what}}} --reader vpcd")

    def _card_left(self) -> None:
        self._expect(CardTaken)

    def _expect(self, kind: type[ReaderEvent]) -> None:
        with self._changed:
            if self._listener is None:
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
