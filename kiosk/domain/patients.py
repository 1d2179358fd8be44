"""The facility's own patients, and how an answer finds one of them.

Source: eligibility interface reference 1.7. The order is 照会番号, then numbers with birth date, then kana with birth
date; nobody is ever chosen among several.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.domain.claim_note import Numbers
from kiosk.domain.insurance import normal_insurer_number
from kiosk.domain.kana import fold_kana, full_width_kana, has_gap

_HYPHENS = "-‐‑‒–—−ー"


class FoundBy(StrEnum):
    """By what the patient was found."""

    REFERENCE_NUMBER = "reference_number"
    NUMBERS = "numbers"
    KANA = "kana"
    NAME = "name"  # where no kana is known: the card writes none


class Finding(StrEnum):
    """What staff has to do."""

    FOUND = "found"
    LOOK = "look"  # one patient by kana or name, and birth date: go on with a visible check
    SEVERAL = "several"  # staff chooses
    OTHER_BIRTH_DATE = "other_birth_date"  # the number is known, the birth date is another: staff looks
    NOBODY = "nobody"  # a new patient, or one with other data


@dataclass(frozen=True, repr=False)
class Patient:
    """One patient of the facility. Where there is no 照会番号, `patient_number` (患者番号) is registered as one."""

    patient_number: str
    kana: str
    birth_date: date
    reference_number: str | None = None  # 照会番号, where it is another than the patient number
    name: str | None = None
    sex: str | None = None
    insurer_number: str | None = None  # the last known insurance
    symbol: str | None = None
    number: str | None = None
    branch: str | None = None
    last_visit: date | None = None
    share_percent: int | None = None  # at the last visit
    former: Numbers | None = None  # the insurance before the last known one

    def __repr__(self) -> str:
        return "Patient()"


@dataclass(frozen=True, repr=False)
class HeldInsurance:
    """What the facility holds of one patient since the last visit. At `by` kana or name a person has to look whether it
    is the same patient."""

    patient_number: str
    by: FoundBy
    current: Numbers | None = None  # of the last visit
    former: Numbers | None = None  # before those
    last_visit: date | None = None
    share_percent: int | None = None

    @property
    def certain(self) -> bool:
        return self.by in (FoundBy.REFERENCE_NUMBER, FoundBy.NUMBERS)

    def __repr__(self) -> str:
        return f"HeldInsurance({self.by.value})"


@dataclass(frozen=True)
class Match:
    """Who was found. `patients` holds one at FOUND, LOOK and OTHER_BIRTH_DATE, several at SEVERAL."""

    finding: Finding
    by: FoundBy | None = None
    patients: tuple[Patient, ...] = field(default=(), repr=False)


def held_of(match: Match) -> HeldInsurance | None:
    """Of the one patient that was found; None where nobody was, several were, or the birth date is another."""
    if match.finding not in (Finding.FOUND, Finding.LOOK) or match.by is None:
        return None
    patient = match.patients[0]
    numbers = Numbers(patient.insurer_number, patient.symbol, patient.number, patient.branch)
    return HeldInsurance(
        patient.patient_number,
        match.by,
        numbers if numbers.usable else None,
        patient.former,
        patient.last_visit,
        patient.share_percent,
    )


def numbers_key(insurer_number: str | None, symbol: str | None, number: str | None) -> str | None:
    """Insurer, 記号 and 番号 folded: half width, no blanks or hyphens, 番号 without leading zeros. None without a
    number or an insurer."""
    folded = _folded(number).lstrip("0")
    insurer = normal_insurer_number(insurer_number or "")
    return f"{insurer}/{_folded(symbol)}/{folded}" if folded and insurer else None


def kana_key(kana: str | None) -> str:
    return fold_kana(kana or "")


def name_key(name: str | None) -> str:
    """A written name without blanks. Empty where a character is missing (●, ■): such a name finds nobody."""
    folded = _folded(name)
    return "" if has_gap(folded) else folded


def branch_key(branch: str | None) -> str:
    """Without leading zeros; "00" is a branch, nothing is none."""
    folded = _folded(branch)
    return folded.lstrip("0") or folded[:1]


def _folded(text: str | None) -> str:
    return "".join(c for c in full_width_kana(text or "").upper() if not c.isspace() and c not in _HYPHENS)
