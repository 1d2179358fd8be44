"""A card reader in process, with everything that can go wrong at a counter on its fault menu."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.simulated.faults import SLOW_SECONDS, Chip, Faults
from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.ports.card import CardInserted, CardTaken, ReaderAppeared, ReaderEvent, ReaderVanished

DEADLINE_SECONDS = 5.0
"""An answer that takes longer counts as none."""


class SimulatedReader:
    """Implements `kiosk.ports.card.CardReader`. Events are reported on the thread that acts, outside all locks.

    `delay` is called with the sizes of command and answer of each exchange and may wait; contents never leave.
    `sleep` is how the fault `slow` waits. `longest_answer`: as a real reader would say, 256 bytes or more.
    `apdus` counts all commands since the reader was made.
    """

    def __init__(
        self,
        name: str = "Simulated reader",
        delay: Callable[[int, int], None] | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        longest_answer: int = 256,
    ) -> None:
        self.name = name
        self.longest_answer = longest_answer
        self.faults = Faults()
        self.apdus = 0
        self._delay = delay
        self._sleep = sleep
        self._lock = threading.RLock()
        self._listener: Callable[[ReaderEvent], None] | None = None
        self._plugged = True
        self._occupied = False
        self._chip: Chip | None = None
        self._insertion = 0
        self._open: SimulatedConnection | None = None
        self._hanging = False
        self._hung_on: int | None = None  # the insertion with which an exchange hung: its card is out of reach

    # --- the port -------------------------------------------------------------------------------------------------

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        with self._lock:
            self._listener = listener
            events: list[ReaderEvent] = [ReaderAppeared(self.name) if self._plugged else ReaderVanished()]
            if self._plugged and self._occupied:
                events.append(CardInserted(self._insertion))
        self._report(*events)

    def connect(self, insertion: int) -> SimulatedConnection:
        """Raises as the port says, and `NeedsStaff(READER_GONE)` or `(READER_HUNG)` for a reader that is."""
        with self._lock:
            if not self._plugged:
                raise NeedsStaff(FailureCode.READER_GONE)
            if not self._occupied or insertion != self._insertion:
                raise Retriable(FailureCode.CARD_LOST)
            if self.faults.frozen:
                raise self._hang()
            if insertion == self._hung_on:
                raise Retriable(FailureCode.CARD_LOST)
            if self.faults.busy or self._open is not None:
                raise NeedsStaff(FailureCode.READER_BUSY)
            if self._chip is None:
                raise Retriable(FailureCode.CARD_SILENT)
            self._chip.power_on()
            self._open = SimulatedConnection(self, insertion, self._chip)
            return self._open

    def stop(self) -> None:
        with self._lock:
            self._listener = None
            self._hanging = False
            self._cut()

    # --- what people do -------------------------------------------------------------------------------------------

    def place(self, chip: Chip | None) -> int:
        """Lay a card down and return its insertion number; None is a card in a case that hides the chip.

        A card that still lies there is taken away first. Without a plugged reader nobody notices until `plug`.
        """
        self.remove()
        with self._lock:
            self._occupied = True
            self._chip = chip
            self._begin_insertion()
            insertion, plugged = self._insertion, self._plugged
        if plugged:
            self._report(CardInserted(insertion))
        return insertion

    def remove(self) -> None:
        """Take the card away, whatever is going on; nothing happens without one."""
        with self._lock:
            events = self._take_away()
        self._report(*events)

    def unplug(self) -> None:
        """The cable, or the PC/SC service."""
        with self._lock:
            if not self._plugged:
                return
            self._plugged = False
            self._hanging = False
            self._cut()
        self._report(ReaderVanished(self.name))

    def plug(self) -> None:
        """A card that still lies there counts as a new insertion; a frozen reader is well again."""
        with self._lock:
            if self._plugged:
                return
            self._plugged = True
            self.faults.frozen = False
            events: list[ReaderEvent] = [ReaderAppeared(self.name)]
            if self._occupied:
                self._begin_insertion()
                events.append(CardInserted(self._insertion))
        self._report(*events)

    def freeze(self) -> None:
        """Nothing is answered any more, until `thaw` or until the reader is plugged in again."""
        self.faults.frozen = True

    def thaw(self) -> None:
        """Nothing is frozen or slow any more. What hung comes back; the card that lay there has to be taken first."""
        with self._lock:
            self.faults.frozen = False
            self.faults.slow = 0.0
            events = self._come_back()
        self._report(*events)

    def slow_down(self) -> None:
        """Every answer takes long, and still comes in time."""
        self.faults.slow = SLOW_SECONDS

    def occupy(self) -> None:
        """Another program takes the card for itself, until `free`."""
        self.faults.busy = True

    def free(self) -> None:
        self.faults.busy = False

    def restart(self) -> None:
        """The PC/SC service restarts."""
        self.unplug()
        self.plug()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _begin_insertion(self) -> None:
        self._insertion += 1
        self.faults.begin(self._chip)

    def _take_away(self) -> list[ReaderEvent]:
        if not self._occupied:
            return []
        self._occupied = False
        self._chip = None
        self._cut()
        # An exchange that hangs ends with its card.
        return [CardTaken(self._insertion), *self._come_back()] if self._plugged else []

    def _hang(self) -> NeedsStaff:
        self._hanging, self._hung_on = True, self._insertion
        return NeedsStaff(FailureCode.READER_HUNG)

    def _come_back(self) -> list[ReaderEvent]:
        hanging, self._hanging = self._hanging, False
        return [ReaderAppeared(self.name)] if hanging else []

    def _cut(self) -> None:
        """End the open connection and take the power from the chip."""
        if self._open is not None:
            self._open.end()
            self._open = None

    def _report(self, *events: ReaderEvent) -> None:
        listener = self._listener
        for event in events:
            if listener is not None:
                listener(event)

    def _exchange(self, connection: SimulatedConnection, chip: Chip, command: bytes) -> bytes:
        with self._lock:
            self._check(connection)
            self.apdus += 1
            connection.commands += 1
            number = connection.commands
            pulled = self.faults.pulls_at(number)
            if pulled:
                chip.remove_after_apdus = None
                events = self._take_away()
        if pulled:
            self._report(*events)
            raise Retriable(FailureCode.CARD_LOST)
        with self._lock:
            # Once more, since the card may have been exchanged between the two locks.
            self._check(connection)
            answer = self.faults.answers.get(number)
            if answer is None:
                answer = chip.transmit(command)
        if self._delay is not None:
            self._delay(len(command), len(answer))
        if self.faults.slow:
            self._sleep(min(self.faults.slow, DEADLINE_SECONDS))
            if self.faults.slow >= DEADLINE_SECONDS:
                with self._lock:
                    self._check(connection)
                    raise self._hang()
        with self._lock:
            # What a card answered that was pulled during the delay never arrived.
            self._check(connection)
        return answer

    def _check(self, connection: SimulatedConnection) -> None:
        if not self._plugged:
            raise NeedsStaff(FailureCode.READER_GONE)
        if self._open is not connection or connection.insertion != self._insertion:
            raise Retriable(FailureCode.CARD_LOST)
        if self.faults.frozen:
            raise self._hang()

    def _release(self, connection: SimulatedConnection) -> None:
        with self._lock:
            if self._open is connection:
                self._cut()


class SimulatedConnection:
    """Implements `kiosk.ports.card.CardConnection`. After any failure it is dead for good."""

    def __init__(self, reader: SimulatedReader, insertion: int, chip: Chip) -> None:
        self.insertion = insertion
        self.commands = 0
        self._reader = reader
        self._chip = chip
        self._atr = chip.atr
        self._dead = False

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, command: bytes) -> bytes:
        if self._dead:
            raise Retriable(FailureCode.CARD_LOST)
        try:
            return self._reader._exchange(self, self._chip, command)
        except (Retriable, NeedsStaff):
            self._dead = True
            raise

    def close(self) -> None:
        self._dead = True
        self._reader._release(self)

    def end(self) -> None:
        """The reader's side of the end: the chip loses its power, and with it what was verified."""
        self._chip.power_off()
