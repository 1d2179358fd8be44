"""What an eligibility answer means for the visit: accept, fall back, or staff.

Source: eligibility interface reference 1.6 (branching); documents reference 8, rows D01-D07.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import KioskError
from kiosk.domain.guard import compare
from kiosk.domain.insurance import share_percent
from kiosk.domain.outcome import Eligibility
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Visit

_WHOLE = 100


@dataclass(frozen=True)
class Verdict:
    """Exactly one of `mismatch`, `staff_reason`, `fallback_cause` is set unless the visit is accepted."""

    eligibility: Eligibility
    person: InsuredPerson | None = None
    decision: str | None = None
    share: int | None = None
    alerts: tuple[str, ...] = ()
    mismatch: bool = False
    staff_reason: str | None = None  # message id
    fallback_cause: str | None = None  # message id


def assess(visit: Visit, at: datetime, settings: FlowSettings) -> Verdict:
    answer = visit.answer
    if answer is None:
        return Verdict(Eligibility.UNCONFIRMED, fallback_cause="result.not_found")
    match answer.eligibility:
        case Eligibility.VALID | Eligibility.INVALID_NEWER:
            return _usable(answer, visit, at, settings)
        case Eligibility.INVALID | Eligibility.NOT_FOUND:
            # Even a lost qualification is somebody's: it must be about the bearer before anyone looks at it.
            strangers = tuple(p for p in answer.persons if not compare(visit.holder, p).ok)
            if strangers and visit.holder is not None:
                return _mismatch(visit, strangers[0])
            return Verdict(answer.eligibility, fallback_cause="result.not_found")
        case Eligibility.MULTIPLE:
            return Verdict(answer.eligibility, decision="D07", staff_reason="staff.need.several", alerts=("several",))
        case Eligibility.NOT_REGISTERED_FACILITY:
            return Verdict(
                answer.eligibility, staff_reason="staff.need.welfare_office", alerts=("facility_not_on_ticket",)
            )
        case _:
            return Verdict(Eligibility.UNCONFIRMED, fallback_cause="result.not_found")


def _usable(answer: EligibilityAnswer, visit: Visit, at: datetime, settings: FlowSettings) -> Verdict:
    on = at.date()
    current = tuple(p for p in answer.persons if _in_force(p, on))
    if len(current) > 1:
        return Verdict(Eligibility.MULTIPLE, decision="D07", staff_reason="staff.need.several", alerts=("several",))
    candidates = current or answer.persons[:1]
    if candidates and visit.holder is not None and not compare(visit.holder, candidates[0]).ok:
        return _mismatch(visit, candidates[0])
    if not current:
        lost = Eligibility.INVALID if answer.eligibility is Eligibility.VALID else answer.eligibility
        return Verdict(lost, fallback_cause="result.not_found")
    person = current[0]
    finding = compare(visit.holder, person)
    alerts: list[str] = []
    decision = "D01"
    if visit.holder is None:
        alerts.append("card_face_not_compared")
    if finding.name_has_gap:
        alerts.append("name_black_dot")
        decision = "D02"
    if answer.eligibility is Eligibility.INVALID_NEWER:
        decision = "D06"
    if "certificate_in_grace" in visit.alerts or not answer.medical_information_allowed:
        decision = "D03"
    if visit.holder is None:
        # Nothing of the card was compared with the answer: a person does it, nothing is handed over unseen.
        return Verdict(answer.eligibility, decision=decision, alerts=tuple(alerts), staff_reason="staff.need.compare")
    share = _share(person, visit, on, settings)
    if share is None:
        alerts.append("share_unknown")
    return Verdict(answer.eligibility, person, decision, share, tuple(alerts))


def _in_force(person: InsuredPerson, on: date) -> bool:
    if person.disqualified_on is not None and person.disqualified_on <= on:
        return False
    return not (person.qualified_on is not None and person.qualified_on > on)


def _mismatch(visit: Visit, person: InsuredPerson) -> Verdict:
    reasons = tuple(f"mismatch_{r.value}" for r in compare(visit.holder, person).reasons)
    return Verdict(Eligibility.UNCONFIRMED, mismatch=True, alerts=("person_mismatch", *reasons))


def _share(person: InsuredPerson, visit: Visit, on: date, settings: FlowSettings) -> int | None:
    """A data file without a row for the day means that staff set the share, not that the visit stops.

    So does a share that no insurance has: the patient is never shown that they pay the whole.
    """
    try:
        share = share_percent(person, visit.holder.birth_date if visit.holder else None, on, settings.share_rules)
    except KioskError:
        return None
    return share if share is not None and 0 <= share < _WHOLE else None
