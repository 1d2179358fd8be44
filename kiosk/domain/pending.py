"""Visits whose eligibility could not be asked because the line was down, and what is looked up later.

Sources: documents reference 8 (D21, and the note on the line); eligibility interface reference 3.4. The four items of
the card's face (name, birth date, sex, address) are what the function 資格情報照会（システム障害時） is asked with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.card import CardHolder
from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.guard import compare
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import branch_key, numbers_key


class PendingState(StrEnum):
    OPEN = "open"  # still to be looked up
    DIFFERENT = "different"  # looked up, and staff have to read it
    SETTLED = "settled"  # done; nothing personal is kept


class Difference(StrEnum):
    """How the later answer differs from what the visit rested on."""

    PERSON = "person"  # about somebody else: nothing of it is handed over
    SEVERAL = "several"
    ELIGIBILITY = "eligibility"  # not 有効
    NUMBERS = "numbers"
    SHARE = "share"


@dataclass(frozen=True, repr=False)
class CardFace:
    """The four items (4情報), as far as they are known."""

    name: str | None = None
    birth_date: date | None = None
    sex: str | None = None  # "1" male, "2" female
    address: str | None = None

    @property
    def whole(self) -> bool:
        return all((self.name, self.birth_date, self.sex, self.address))

    def __repr__(self) -> str:
        return "CardFace()"


@dataclass(frozen=True, repr=False)
class PendingVisit:
    """One visit of the list. `numbers` are those of a document, of the claim note or of the last visit."""

    visit_id: str
    at: datetime
    face: CardFace = field(default_factory=CardFace)
    kana: str | None = None
    numbers: Numbers | None = None
    share_percent: int | None = None
    decision: str | None = None
    claim_route: str | None = None
    document: str | None = None
    cause: str | None = None  # failure code
    state: PendingState = PendingState.OPEN
    tried: int = 0
    code: str | None = None  # why the last look-up brought nothing
    eligibility: Eligibility | None = None  # of the later answer
    differences: tuple[Difference, ...] = ()

    @property
    def by_number(self) -> bool:
        """Whether it can be looked up by insurance numbers."""
        numbers = self.numbers
        return bool(numbers and numbers.usable and numbers.insurer_number and self.face.birth_date)

    def __repr__(self) -> str:
        return f"PendingVisit({self.visit_id}, {self.state.value})"


def differences(visit: PendingVisit, answer: EligibilityAnswer, share: int | None) -> tuple[Difference, ...]:
    """Between the visit and the later answer; `share` is the answer's, per cent. An answer about another person says
    nothing else."""
    if len(answer.persons) > 1 or answer.eligibility is Eligibility.MULTIPLE:
        return (Difference.SEVERAL,)
    found: list[Difference] = []
    if answer.eligibility is not Eligibility.VALID:
        found.append(Difference.ELIGIBILITY)
    if not answer.persons:
        return tuple(found) or (Difference.ELIGIBILITY,)
    person, face = answer.persons[0], visit.face
    holder = CardHolder(face.birth_date, face.sex or "0", date.max) if face.birth_date else None
    if not compare(holder, person, name=face.name, kana=visit.kana).ok:
        return (Difference.PERSON,)
    known = visit.numbers
    if known is not None and known.usable:
        key = numbers_key(known.insurer_number, known.symbol, known.number)
        same = key == numbers_key(person.insurer_number, person.symbol, person.number)
        branches = {branch_key(known.branch), branch_key(person.branch)} - {""}
        if not same or len(branches) > 1:
            found.append(Difference.NUMBERS)
    if visit.share_percent is not None and share is not None and share != visit.share_percent:
        found.append(Difference.SHARE)
    return tuple(found)
