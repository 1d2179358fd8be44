"""One exclusive connection to one card, on a worker of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from drivers.pcsc.codes import CONTEXT_LOST, NO_READER, Code, ServiceError, code_name
from drivers.pcsc.lengths import SHORT_ANSWER, Lengths
from drivers.pcsc.service import Card, Context
from drivers.pcsc.tracker import Lying
from drivers.pcsc.worker import Ended, Stuck, Worker
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable

T = TypeVar("T")

_CLOSE_SECONDS = 0.2
"""Releasing the card goes on without the caller after that."""


class PcscConnection:
    """Implements `kiosk.ports.card.CardConnection`. After any failure it is dead for good, and `spoilt` is called;
    `hung` when a call did not come back in time, and `released` when this connection uses the reader no more: for one
    that hung, when the call came back after all.

    Context and card belong to the worker's thread, so that a card that never answers holds up nothing else.
    """

    def __init__(
        self,
        place: Lying,
        exchange_seconds: float,
        lengths: Lengths,
        *,
        spoilt: Callable[[Lying], None],
        hung: Callable[[Lying], None],
        released: Callable[[Lying], None],
    ) -> None:
        self._place = place
        self._exchange_seconds = exchange_seconds
        self._lengths = lengths
        self._spoilt = spoilt
        self._hung = hung
        self._on_released = released
        self._released = False
        self._dead = False
        self._one_at_a_time = threading.Lock()
        self._context: Context | None = None
        self._card: Card | None = None
        self._atr = b""
        self._longest_answer = SHORT_ANSWER
        self._worker = Worker("card", self._release)

    @property
    def atr(self) -> bytes:
        return self._atr

    @property
    def longest_answer(self) -> int:
        """Most bytes of data that one answer can carry through this reader; 256 when it does not say, or when more has
        never come through."""
        return self._longest_answer

    def open(self) -> None:
        """Raises `ServiceError`, after which it may be tried again; `NeedsStaff(READER_HUNG)` ends it for good."""
        self._call(self._open)

    def transmit(self, command: bytes) -> bytes:
        with self._one_at_a_time:
            if self._dead:
                raise Retriable(FailureCode.CARD_LOST)
            try:
                answer = self._call(lambda: self._exchange(command))
                self._lengths.note(command, answered=True)
                return answer
            except ServiceError as error:
                if error.code not in CONTEXT_LOST:
                    self._lengths.note(command, answered=False)
                self._fail()
                raise _lost(error.code) from None
            except BaseException:  # whatever it was: what the card did with the command nobody knows
                self._fail()
                raise

    def close(self) -> None:
        self._dead = True
        self._worker.end(_CLOSE_SECONDS)

    # --- on the caller's thread -----------------------------------------------------------------------------------

    def _call(self, job: Callable[[], T]) -> T:
        try:
            return self._worker.call(job, self._exchange_seconds)
        except Stuck:
            self._hung(self._place)
            if self._released:
                # It came back between the deadline and the line above.
                self._on_released(self._place)
            raise NeedsStaff(FailureCode.READER_HUNG, self._place.reader) from None
        except Ended:
            raise Retriable(FailureCode.CARD_LOST) from None

    def _fail(self) -> None:
        self._dead = True
        self._spoilt(self._place)
        self._worker.end(0.0)

    # --- on the worker's thread -----------------------------------------------------------------------------------

    def _open(self) -> None:
        self._context = self._context or Context()
        self._card = self._context.connect(self._place.reader)
        state = self._context.state(self._place.reader)
        if not state.present or state.events != self._place.count:
            # The card was exchanged since the event that the caller goes by.
            raise ServiceError(Code.REMOVED_CARD)
        self._atr = self._card.atr()
        self._longest_answer = self._lengths.usable(self._card.longest_answer())

    def _exchange(self, command: bytes) -> bytes:
        if self._card is None:
            raise ServiceError(Code.INVALID_HANDLE)
        return self._card.transmit(command)

    def _release(self) -> None:
        if self._card is not None:
            self._card.disconnect()
        if self._context is not None:
            self._context.release()
        self._released = True
        self._on_released(self._place)


def _lost(code: int) -> KioskError:
    """The end of a session. Which error it was decides only whether the reader is there: a card that answers with
    an error may be another card by now."""
    if code in CONTEXT_LOST or code in NO_READER:
        return NeedsStaff(FailureCode.READER_GONE, code_name(code))
    return Retriable(FailureCode.CARD_LOST, code_name(code))
