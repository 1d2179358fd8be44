"""What the console needs of the rest of the program. `kiosk.app` joins it; samples and tests make it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kiosk.domain.accounts import Session
from kiosk.domain.claim_note import Stated
from kiosk.domain.pending import PendingVisit
from kiosk.ports.accounts import StaffCards
from kiosk.ports.counter import Counter, Pixels
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.attendance import Attendance
from kiosk.staff.claim_notes import Correction
from kiosk.staff.readiness import Report


@dataclass(frozen=True, repr=False)
class Person:
    """Whose visit it was, as far as the facility still holds it. Shown on the visit's page only."""

    name: str | None = None
    kana: str | None = None
    birth_date: date | None = None
    patient_number: str | None = None

    def __repr__(self) -> str:
        return "Person()"


class Records(Protocol):
    """What is stored. Any call may wait for a disk and raises `KioskError`."""

    def opened(self, first: date, last: date) -> tuple[StoredEntry, ...]: ...
    def told(self, events: tuple[str, ...], first: date, last: date) -> tuple[StoredEntry, ...]: ...
    def of_visit(self, visit_id: str) -> tuple[StoredEntry, ...]: ...
    def after(self, seq: int, most: int) -> tuple[StoredEntry, ...]: ...

    def person(self, visit_id: str) -> Person: ...
    def note(self, visit_id: str) -> NoteFields | None:
        """The claim note as it was handed over, while it is still there, with every correction since."""

    def corrections(self, visit_id: str) -> tuple[Correction, ...]:
        """Of the claim note, oldest first."""

    def stated(self, visit_id: str) -> Stated:
        """What is held of the patient since the last visit, to be compared with what they show now."""

    def pending(self) -> tuple[PendingVisit, ...]:
        """What waits for a later look-up or for somebody to read the answer, oldest first."""

    def requery(self) -> tuple[int, int]:
        """Asks for every open one now; how many there were and how many were answered."""

    def settle_pending(self, visit_id: str, staff: str) -> bool: ...
    def readiness(self) -> Report: ...


@dataclass
class Services:
    attendance: Attendance
    counter: Callable[[Session], Counter]
    records: Records
    meanings: Mapping[str, Mapping[str, str]]  # event of the journal → language → sentence
    note_labels: Mapping[str, str]  # item of a claim note → its name on the receipt, in Japanese
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    cards: StaffCards | None = None  # the reader for staff cards, where there is one
    qr: Callable[[str], Pixels | None] = lambda _text: None
    password: Callable[[], str] = lambda: ""  # a fresh one for the envelope
    languages: tuple[str, ...] = ("ja", "en")
    facility: str = ""
    codes: tuple[str, ...] = field(default_factory=tuple)  # failure codes for the catalogue page
