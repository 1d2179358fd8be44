"""The facility's own patients, and how an answer finds one of them.

Source: eligibility interface reference 1.7. The order is 照会番号, then numbers with birth date, then kana with birth
date; nobody is ever chosen among several.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.domain.insurance import normal_insurer_number
from kiosk.domain.kana import fold_kana, full_width_kana

_HYPHENS = "-‐‑‒–—−ー"


class FoundBy(StrEnum):
    """By what the patient was found."""

    REFERENCE_NUMBER = "reference_number"
    NUMBERS = "numbers"
    KANA = "kana"


class Finding(StrEnum):
    """What staff has to do."""

    FOUND = "found"
    LOOK = "look"  # one patient by kana and birth date: go on with a visible check
    SEVERAL = "several"  # staff chooses
    OTHER_BIRTH_DATE = "other_birth_date"  # the number is known, the birth date is another: staff looks
    NOBODY = "nobody"  # a new patient, or one with other data


@dataclass(frozen=True, repr=False)
class Patient:
    """One patient of the facility. `patient_number` (患者番号) is what is registered as 照会番号."""

    patient_number: str
    kana: str
    birth_date: date
    name: str | None = None
    sex: str | None = None
    insurer_number: str | None = None  # the last known insurance
    symbol: str | None = None
    number: str | None = None
    branch: str | None = None
    last_visit: date | None = None

    def __repr__(self) -> str:
        return "Patient()"


@dataclass(frozen=True)
class Match:
    """Who was found. `patients` holds one at FOUND, LOOK and OTHER_BIRTH_DATE, several at SEVERAL."""

    finding: Finding
    by: FoundBy | None = None
    patients: tuple[Patient, ...] = field(default=(), repr=False)


def numbers_key(insurer_number: str | None, symbol: str | None, number: str | None) -> str | None:
    """Insurer, 記号 and 番号 folded: half width, no blanks or hyphens, 番号 without leading zeros. None without a
    number or an insurer."""
    folded = _folded(number).lstrip("0")
    insurer = normal_insurer_number(insurer_number or "")
    return f"{insurer}/{_folded(symbol)}/{folded}" if folded and insurer else None


def kana_key(kana: str | None) -> str:
    return fold_kana(kana or "")


def branch_key(branch: str | None) -> str:
    """Without leading zeros; "00" is a branch, nothing is none."""
    folded = _folded(branch)
    return folded.lstrip("0") or folded[:1]


def _folded(text: str | None) -> str:
    return "".join(c for c in full_width_kana(text or "").upper() if not c.isspace() and c not in _HYPHENS)
