"""The reader port over PC/SC: which reader, what lies on it, and how one gets at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.pcsc.codes import Code, ServiceError, failure_of
from drivers.pcsc.connection import PcscConnection
from drivers.pcsc.holders import other_programs
from drivers.pcsc.lengths import SHORT_ANSWER, Lengths
from drivers.pcsc.monitor import Monitor
from drivers.pcsc.tracker import Lying, Sighting, Tracker
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.card import ReaderEvent

EXCHANGE_SECONDS = 5.0
"""Longest exchange: the card may think for 2.47 s (FWI 13), and ask for more time while it signs."""

BUSY_SECONDS = 2.0
"""How long a card that another program holds is asked for again: browsers look at every new card for a moment."""

_BUSY_STEP_SECONDS = 0.1
_FIRST_LOOK_SECONDS = 5.0


class PcscReader:
    """Implements `kiosk.ports.card.CardReader`. Events are reported on the monitor's thread, outside all locks.

    `name` is the name of the reader or a pattern for it; empty: the first contactless one.
    """

    def __init__(
        self, name: str = "", *, exchange_seconds: float = EXCHANGE_SECONDS, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._wanted = name
        self._exchange_seconds = exchange_seconds
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._tracker = Tracker()
        self._listener: Callable[[ReaderEvent], None] | None = None
        self._monitor: Monitor | None = None
        self._lengths: dict[str, Lengths] = {}
        self.longest_answer = SHORT_ANSWER
        """Most bytes of data to ask for in one answer, as it was at the last connection."""

    @property
    def name(self) -> str | None:
        """The reader in use; None without one."""
        with self._lock:
            return self._tracker.reader

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        """The present state is reported before this returns, unless the service takes longer than five seconds to
        tell. Starting again after `stop` is allowed; insertion numbers go on."""
        self._listener = listener
        with self._lock:
            self._tracker.begin_again()
        self._monitor = Monitor(self._wanted, self._see)
        self._monitor.start(_FIRST_LOOK_SECONDS)

    def stop(self) -> None:
        self._listener = None
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            monitor.stop()

    def connect(self, insertion: int) -> PcscConnection:
        """Raises as the port says, and `NeedsStaff(READER_GONE)` or `(READER_HUNG)` for a reader that is.

        `READER_BUSY` names the reader and, as far as they can be seen, the programs that use the service.
        """
        place = self._reachable(insertion)
        lengths = self._lengths.setdefault(place.reader, Lengths())
        connection = PcscConnection(
            place, self._exchange_seconds, lengths, spoilt=self._spoil, hung=self._hang, released=self._came_back
        )
        try:
            self._open(connection, place)
        except BaseException:
            connection.close()
            raise
        self.longest_answer = connection.longest_answer
        return connection

    # --- inside ---------------------------------------------------------------------------------------------------

    def _open(self, connection: PcscConnection, place: Lying) -> None:
        until = time.monotonic() + self._busy_seconds
        while True:
            try:
                return connection.open()
            except ServiceError as error:
                if error.code != Code.SHARING_VIOLATION:
                    raise failure_of(error.code, place.reader) from None
            if time.monotonic() >= until:
                programs = ", ".join(other_programs())
                raise NeedsStaff(FailureCode.READER_BUSY, ": ".join(filter(None, (place.reader, programs))))
            time.sleep(_BUSY_STEP_SECONDS)
            self._reachable(place.insertion)

    def _reachable(self, insertion: int) -> Lying:
        with self._lock:
            return self._tracker.reachable(insertion)

    def _spoil(self, place: Lying) -> None:
        with self._lock:
            self._tracker.spoil(place)

    def _hang(self, place: Lying) -> None:
        with self._lock:
            self._tracker.hang(place)

    def _came_back(self, place: Lying) -> None:
        with self._lock:
            self._tracker.came_back(place)

    def _see(self, sighting: Sighting) -> None:
        with self._lock:
            events = self._tracker.see(sighting)
        listener = self._listener
        for event in events:
            if listener is not None:
                listener(event)
