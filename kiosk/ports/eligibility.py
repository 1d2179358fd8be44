"""Port of the eligibility terminal (資格確認端末)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.domain.outcome import Eligibility, IdentityMethod


@dataclass(frozen=True)
class CardQuery:
    """A look-up by card. Only the simulated terminal takes it as a file: what a certified reader sends to the
    central system is not public (card reference 5.2)."""

    visit_id: str
    certificate_serial: str = field(repr=False)
    certificate_not_after: datetime
    identity: IdentityMethod
    on: date
    insist: bool = False  # staff want it asked, also where the line is known to be down


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
class PersonQuery:
    """A look-up by the four items of the card's face, as 資格情報照会（システム障害時） makes it.

    A real terminal offers it on its own screen after a call to the call centre; only the simulated one takes it as a
    file.
    """

    visit_id: str
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str = field(repr=False)
    address: str = field(repr=False)
    on: date


@dataclass(frozen=True)
class ConsentRecord:
    """Consents of one visit: item ids (surgery, medication, checkup, …) given, and when. `prescription` is the code of
    the form (OQSCD017) that the patient chose, None where nobody asked."""

    visit_id: str
    given: tuple[str, ...]
    at: datetime
    prescription: str | None = None


@dataclass(frozen=True)
class ResultFile:
    """A result file exactly as received."""

    name: str
    content: bytes = field(repr=False)


REFERENCE_NUMBER_MAX = 50
"""Characters of a 照会番号 (eligibility interface reference 1.5)."""


@dataclass(frozen=True)
class ReferenceRegistration:
    """Registers the facility's own patient number as 照会番号 (OQSsiimm01req)."""

    visit_id: str
    reference_number: str = field(repr=False)
    insurer_number: str = field(repr=False)
    symbol: str | None = field(repr=False)
    number: str = field(repr=False)
    branch: str | None = field(repr=False)


def registration_after(answer: EligibilityAnswer, visit_id: str, patient_number: str) -> ReferenceRegistration | None:
    """What may be registered after this answer: only 有効, one person, full numbers, not registered already.

    None where there is nothing to do or nothing may be done.
    """
    if answer.eligibility is not Eligibility.VALID or len(answer.persons) != 1:
        return None
    person = answer.persons[0]
    if not person.insurer_number or not person.number or person.reference_number == patient_number:
        return None
    if not patient_number or len(patient_number) > REFERENCE_NUMBER_MAX:
        return None
    return ReferenceRegistration(
        visit_id, patient_number, person.insurer_number, person.symbol, person.number, person.branch
    )


@dataclass(frozen=True)
class BulkAnswer:
    """One patient of a bulk result. `identifier` is the query's `visit_id`, None where the terminal echoes none."""

    identifier: str | None
    answer: EligibilityAnswer
    refused: bool = False  # the terminal could not look this one up; the answer's message says why
    limit_changed: str | None = None  # LimitApplicationCertificateChanged, OQSCD014
    file: ResultFile | None = None  # the whole result as received, the same for all of it


@dataclass(frozen=True)
class DeviceResult:
    """A certified reader (顔認証付きカードリーダー) has read a card: its result file in `face`."""

    answer: EligibilityAnswer
    file: ResultFile


@dataclass(frozen=True)
class DeviceFault:
    """A result file that cannot be used, or a `face` folder that cannot be reached (TERMINAL_FOLDER_GONE)."""

    error: KioskError


@dataclass(frozen=True)
class DeviceSetAside:
    """A result that is nobody's any more: `why` is "repeated" or "late"."""

    why: str


@dataclass(frozen=True)
class DeviceBack:
    """The `face` folder can be reached again."""


@dataclass(frozen=True)
class DeviceForeign:
    """So many results of another institution lie in the folder and nobody takes them; 0 once there are none."""

    count: int


DeviceEvent = DeviceResult | DeviceFault | DeviceSetAside | DeviceBack | DeviceForeign


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


class ReferenceRegistrar(Protocol):
    """Raises as `EligibilityGateway`."""

    def register_reference(
        self, registration: ReferenceRegistration, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> None:
        """After that the number comes back in every result. Registering it again changes nothing."""


class BulkEligibility(Protocol):
    """Look-up of many patients at once: upload, then collect. Raises as `EligibilityGateway`."""

    def submit_bulk(
        self, queries: Sequence[NumberQuery], on: date, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> str:
        """Returns the ReceptionNumber. Every `visit_id` must differ: it comes back as the answer's identifier."""

    def collect_bulk(
        self, reception_number: str, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[BulkAnswer, ...] | None:
        """None while the terminal is still at work; ask again later."""


class DeviceResults(Protocol):
    """Results of a certified reader beside the kiosk."""

    def start(self, listener: Callable[[DeviceEvent], None]) -> None:
        """The listener is called from the driver's thread, once for each result and each fault."""

    def stop(self) -> None:
        """May be called again. No event comes after it has returned."""
