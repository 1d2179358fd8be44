"""Port of the eligibility terminal (資格確認端末)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.outcome import IdentityMethod


@dataclass(frozen=True)
class CardQuery:
    """A look-up by card. Only the simulated terminal takes it as a file: what a certified reader sends to the
    central system is not public (card reference 5.2)."""

    visit_id: str
    certificate_serial: str = field(repr=False)
    certificate_not_after: datetime
    identity: IdentityMethod
    on: date


@dataclass(frozen=True)
class NumberQuery:
    """A look-up by insurance numbers (OQSsiquc01req)."""

    visit_id: str
    insurer_number: str = field(repr=False)
    symbol: str | None = field(repr=False)
    number: str = field(repr=False)
    branch: str | None = field(repr=False)
    birth_date: date = field(repr=False)
    on: date


@dataclass(frozen=True)
class ConsentRecord:
    """Consents of one visit: item ids (surgery, medication, checkup, …) given, and when."""

    visit_id: str
    given: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class ResultFile:
    """A result file exactly as received."""

    name: str
    content: bytes = field(repr=False)


class TerminalRefused(NeedsStaff):
    """The terminal answered with an error (SegmentOfResult or ProcessingResultStatus).

    `message` is its own sentence, for staff, unchanged; it is no part of the exception's text, because nobody
    knows what a foreign system writes into it.
    """

    def __init__(self, terminal_code: str, message: str) -> None:
        super().__init__(FailureCode.TERMINAL_ERROR, terminal_code)
        self.terminal_code = terminal_code
        self.message = message


class EligibilityGateway(Protocol):
    """Raises `Retriable(TERMINAL_SILENT)`, `TerminalRefused` (TERMINAL_ERROR), `NeedsStaff(TERMINAL_FOLDER_GONE |
    ANSWER_DAMAGED | ANSWER_ENCRYPTED | DISK_FULL)`. Calls block their worker; `cancelled` ends them early with
    TERMINAL_SILENT."""

    def query_card(
        self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]: ...

    def query_number(
        self, query: NumberQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]: ...

    def register_consents(
        self, record: ConsentRecord, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        """The terminal answers with the face result file that carries the consent flags and their end times."""

    def register_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        """First registration as health insurance card (健康保険証利用の申込)."""

    def hand_over(self, visit_id: str, file: ResultFile) -> str:
        """Put the file into `out`, whole or not at all, once per visit; returns its name there.
        Raises `NeedsStaff(OUT_WRITE_FAILED | DISK_FULL)`. A second call for the same visit and content
        returns the same name and writes nothing."""
