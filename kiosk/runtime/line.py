"""Whether the line to the eligibility system works, learnt from every exchange: while it is down nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.ports.eligibility import (
    CardQuery,
    ConsentRecord,
    EligibilityGateway,
    NumberQuery,
    ResultFile,
    TerminalRefused,
)

SILENT_MOST = 2
"""So many unanswered exchanges one after the other mean that the line is down."""

LINE_CODES = frozenset({FailureCode.TERMINAL_SILENT, FailureCode.TERMINAL_FOLDER_GONE, FailureCode.LINE_DOWN})

T = TypeVar("T")


class LineProbe(Protocol):
    """What tells about the line without a patient."""

    def reachable(self) -> bool:
        """Whether the folders are there; asks nobody."""

    def ping(self, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        """An exchange that is about nobody. Raises as a query does where no answer comes; any answer is one."""


class Line:
    """Up until told otherwise. `on_lost` and `on_back` are called from whatever thread learnt it, once for each change.

    `foreign` are codes by which the terminal itself says that nobody behind it answers.
    """

    def __init__(self, foreign: frozenset[str] = frozenset()) -> None:
        self.on_lost: Callable[[FailureCode], None] = lambda _code: None
        self.on_back: Callable[[], None] = lambda: None
        self._foreign = foreign
        self._lock = threading.Lock()
        self._silent = 0
        self._down = False
        self._declared = False

    @property
    def down(self) -> bool:
        return self._down or self._declared

    def declare(self, begin: bool) -> None:
        """Staff say that it is down, whatever an exchange finds, until they take it back."""
        with self._lock:
            before = self.down
            self._declared = begin
            after = self.down
        if after and not before:
            self.on_lost(FailureCode.LINE_DOWN)
        elif before and not after:
            self.on_back()

    def worked(self) -> None:
        with self._lock:
            self._silent = 0
            back, self._down = self._down and not self._declared, False
        if back:
            self.on_back()

    def failed(self, error: KioskError) -> None:
        """Any answer, even a refusal, shows that the line works, unless it says itself that it does not."""
        says_so = isinstance(error, TerminalRefused) and error.terminal_code in self._foreign
        if error.code not in LINE_CODES and not says_so:
            self.worked()
            return
        with self._lock:
            self._silent += 1
            found = self._silent >= SILENT_MOST
            lost = found and not self.down
            self._down = self._down or found
        if lost:
            self.on_lost(error.code)


class WatchedGateway:
    """Implements `kiosk.ports.eligibility.EligibilityGateway` over another. While the line is down every exchange ends
    at once with `NeedsStaff(LINE_DOWN)`, unless staff insist."""

    def __init__(self, inner: EligibilityGateway, line: Line) -> None:
        self._inner, self._line = inner, line

    def query_card(
        self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        return self._watched(
            lambda: self._inner.query_card(query, timeout_s=timeout_s, cancelled=cancelled),
            cancelled,
            insist=query.insist,
        )

    def query_number(
        self, query: NumberQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        return self._watched(
            lambda: self._inner.query_number(query, timeout_s=timeout_s, cancelled=cancelled), cancelled
        )

    def register_consents(
        self, record: ConsentRecord, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        return self._watched(
            lambda: self._inner.register_consents(record, timeout_s=timeout_s, cancelled=cancelled), cancelled
        )

    def register_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        self._watched(lambda: self._inner.register_card(query, timeout_s=timeout_s, cancelled=cancelled), cancelled)

    def hand_over(self, visit_id: str, file: ResultFile) -> str:
        return self._inner.hand_over(visit_id, file)

    def _watched(self, exchange: Callable[[], T], cancelled: Callable[[], bool], *, insist: bool = False) -> T:
        if self._line.down and not insist:
            raise NeedsStaff(FailureCode.LINE_DOWN)
        try:
            result = exchange()
        except KioskError as error:
            if not cancelled():  # whoever broke it off learnt nothing about the line
                self._line.failed(error)
            raise
        self._line.worked()
        return result
