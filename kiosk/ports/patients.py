"""Port of the facility's own patients."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Protocol

from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.patients import HeldInsurance, Match


class PatientListWrong(NeedsStaff):
    """A patient list that cannot be taken over: the file, the line (1 = the header) and the column. Never the value."""

    def __init__(self, file: str, line: int, column: str, problem: str) -> None:
        super().__init__(FailureCode.SETTINGS_WRONG, f"{file}:{line} {column}: {problem}")
        self.line, self.column, self.problem = line, column, problem


class PatientIndex(Protocol):
    """Raises `NeedsStaff(JOURNAL_FAILED | DISK_FULL)` where the store fails."""

    def load(self, source: Path) -> int:
        """Takes over a whole list in place of the former one, or nothing of it; returns the number of patients.
        Raises `PatientListWrong`."""

    def find(self, person: InsuredPerson) -> Match:
        """Who this is, by 照会番号, then numbers, then kana, or name where there is no kana, and birth date."""

    def held(self, person: InsuredPerson) -> HeldInsurance | None:
        """What is held of this patient since the last visit. `person` may be only what the card says (name, birth
        date). None where nobody fits, or more than one."""

    def note_insurance(
        self, patient_number: str, person: InsuredPerson, on: date, share_percent: int | None = None
    ) -> bool:
        """The last known insurance, after a 有効 answer; other numbers become the former ones. False where there is no
        such patient or no number."""

    def note_reference(self, patient_number: str, reference_number: str) -> bool:
        """The 照会番号 that the terminal has taken. False where there is no such patient."""

    def close(self) -> None:
        """May be called again."""
