"""What an eligibility answer means for the visit: accept, fall back, or staff.

Source: eligibility interface reference 1.6 (branching); documents reference 8. Who the answer is about is settled here;
what is done with it, the decision table says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.decision.table import Acceptance
from kiosk.domain.eligibility import ASSISTANCE, EligibilityAnswer, InsuredPerson
from kiosk.domain.guard import compare, ratio_doubts, share_changed
from kiosk.domain.outcome import Document, Eligibility
from kiosk.flow.deciding import decided, in_grace_by
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Visit

NOT_CONFIRMED = "result.not_found"
"""Message id: why the other ways are offered."""

_STAFF_NEEDS = {"D07": "staff.need.several", "D23": "staff.need.special_payment"}
_READ = (Document.CARD, Document.PHONE)
_ALERTS = {"staff.need.several": "several", "staff.need.special_payment": "special_payment"}


@dataclass(frozen=True)
class Verdict:
    """Exactly one of `mismatch`, `staff_reason`, `fallback_cause` is set unless the visit is accepted."""

    eligibility: Eligibility
    person: InsuredPerson | None = None  # whom the answer confirms, in force on the day
    decision: str | None = None  # row of the decision table
    claim_route: str | None = None
    share: int | None = None
    alerts: tuple[str, ...] = ()
    mismatch: bool = False
    staff_reason: str | None = None  # message id
    fallback_cause: str | None = None  # message id


@dataclass(frozen=True)
class _Named:
    """The people an answer names who are in force: `main` is the insurance, or 医療扶助 where there is none."""

    main: InsuredPerson | None
    assistance: InsuredPerson | None
    several: bool


def assess(visit: Visit, at: datetime, settings: FlowSettings) -> Verdict:
    on, answer = at.date(), visit.answer
    if answer is None:
        return _not_confirmed(visit, Eligibility.UNCONFIRMED, on, settings)
    named = _named(answer, on)
    eligibility = _effective(answer, named)
    if eligibility is Eligibility.MULTIPLE:
        return _decided(visit, eligibility, None, on, settings)
    # Even a lost qualification is somebody's: it must be about the bearer before anyone looks at it.
    stranger = _stranger(visit, answer, named, on, settings)
    if stranger is not None:
        return stranger
    if named.main is None or eligibility in (Eligibility.NOT_FOUND, Eligibility.UNCONFIRMED, Eligibility.INVALID):
        return _not_confirmed(visit, eligibility, on, settings)
    return _decided(visit, eligibility, named, on, settings)


def _effective(answer: EligibilityAnswer, named: _Named) -> Eligibility:
    """What the answer comes to on the day: a qualification that is over is none, and nobody is chosen among several."""
    if answer.eligibility in (Eligibility.VALID, Eligibility.INVALID_NEWER, Eligibility.NOT_REGISTERED_FACILITY):
        if named.several:
            return Eligibility.MULTIPLE
        if named.main is None and answer.eligibility is Eligibility.VALID:
            return Eligibility.INVALID if answer.persons else Eligibility.UNCONFIRMED
    return answer.eligibility


def _named(answer: EligibilityAnswer, on: date) -> _Named:
    current = tuple(p for p in answer.persons if _in_force(p, on))
    insured = tuple(p for p in current if p.card_class != ASSISTANCE)
    assisted = tuple(p for p in current if p.card_class == ASSISTANCE)
    main = (*insured, *assisted)[:1]
    return _Named(
        main[0] if main else None,
        assisted[0] if assisted else None,
        several=len(insured) > 1 or len(assisted) > 1 or _are_two(insured, assisted),
    )


def _are_two(insured: tuple[InsuredPerson, ...], assisted: tuple[InsuredPerson, ...]) -> bool:
    """Insurance and 医療扶助 stand beside each other for one person, who was born once."""
    born = {p.birth_date for p in (*insured, *assisted)} - {None}
    return bool(insured and assisted) and len(born) > 1


def confirmed_person(answer: EligibilityAnswer, on: date) -> InsuredPerson | None:
    """The one insurance in force, or 医療扶助 where there is none. None among several."""
    named = _named(answer, on)
    return None if named.several else named.main


def assess_by_numbers(answer: EligibilityAnswer, on: date) -> tuple[Eligibility, InsuredPerson | None, list[str]]:
    """What an answer about insurance numbers comes to: how it stands, whom it confirms, and what staff should know.

    Nobody is confirmed where no qualification is in force, several people are meant, or 医療扶助 is another facility's.
    """
    named = _named(answer, on)
    eligibility = _effective(answer, named)
    if eligibility is Eligibility.NOT_REGISTERED_FACILITY:
        return eligibility, None, ["facility_not_on_ticket"]
    if named.main is None or eligibility not in (Eligibility.VALID, Eligibility.INVALID_NEWER):
        return eligibility, None, []
    return eligibility, named.main, _assistance_alerts(named, on)


def _in_force(person: InsuredPerson, on: date) -> bool:
    """Validity alone is not enough: the answer's own days count too (reference 1.6)."""
    if person.valid_to is not None and person.valid_to < on:
        return False
    if person.disqualified_on is not None and person.disqualified_on <= on:
        return False
    return not (person.qualified_on is not None and person.qualified_on > on)


def _stranger(
    visit: Visit, answer: EligibilityAnswer, named: _Named, on: date, settings: FlowSettings
) -> Verdict | None:
    born = visit.holder.birth_date if visit.holder else None
    people = tuple(p for p in (named.main, named.assistance) if p is not None) or answer.persons
    reasons = [reason for p in people for reason in compare(visit.holder, p, name=visit.card_name).reasons]
    reasons += [r for p in people if _in_force(p, on) for r in ratio_doubts(p, born, on, settings.share_rules)]
    if not reasons:
        return None
    alerts = ("person_mismatch", *(f"mismatch_{reason.value}" for reason in dict.fromkeys(reasons)))
    return Verdict(Eligibility.UNCONFIRMED, mismatch=True, alerts=alerts)


def _not_confirmed(visit: Visit, eligibility: Eligibility, on: date, settings: FlowSettings) -> Verdict:
    decision = decided(visit, eligibility, None, on, settings)
    return Verdict(eligibility, decision=decision.id if decision else None, fallback_cause=NOT_CONFIRMED)


def _decided(visit: Visit, eligibility: Eligibility, named: _Named | None, on: date, settings: FlowSettings) -> Verdict:
    person = named.main if named else None
    decision = decided(visit, eligibility, person, on, settings)
    if decision is None:
        return Verdict(eligibility, alerts=("no_rule",), staff_reason="staff.need.no_rule")
    route = decision.claim_route.value if decision.claim_route else None
    if decision.outcome is Acceptance.STAFF:
        need = _STAFF_NEEDS.get(decision.id, "staff.need.no_rule")
        alert = _ALERTS.get(need, "no_rule")
        return Verdict(eligibility, person, decision.id, route, alerts=(alert,), staff_reason=need)
    if decision.outcome is not Acceptance.ACCEPT or decision.document not in _READ or named is None:
        return Verdict(eligibility, decision=decision.id, fallback_cause=NOT_CONFIRMED)
    alerts = _alerts(visit, named, on)
    if decision.share_percent is None:
        alerts.append("share_unknown")
    elif share_changed(decision.share_percent, visit.last_share):
        alerts.append("share_changed")
    need_person: str | None = None
    if eligibility is Eligibility.NOT_REGISTERED_FACILITY or "facility_not_on_ticket" in alerts:
        alerts.append("facility_not_on_ticket")
        need_person = "staff.need.welfare_office"
    elif visit.holder is None and not visit.by_device and not visit.phone:
        # Nothing of the card was compared with the answer: a person does it, nothing is handed over unseen.
        alerts.append("card_face_not_compared")
        need_person = "staff.need.compare"
    return Verdict(
        eligibility,
        person,
        visit.decided_by or decision.id,
        route,
        decision.share_percent,
        tuple(dict.fromkeys(alerts)),
        staff_reason=None if need_person in visit.cleared else need_person,
    )


def _alerts(visit: Visit, named: _Named, on: date) -> list[str]:
    """What staff should know of an answer that is accepted."""
    answer, person = visit.answer, named.main
    alerts: list[str] = []
    if answer is None or person is None:
        return alerts
    if compare(visit.holder, person).name_has_gap:
        alerts.append("name_black_dot")
    if in_grace_by(answer):
        alerts.append("certificate_in_grace")
    elif answer.certificate_ends_soon:
        alerts.append("certificate_expires_soon")
    if answer.confirmed_on not in (None, on):
        alerts.append("confirmed_another_day")
    if answer.viewing_suspended:
        alerts.append("viewing_suspended")
    return alerts + _assistance_alerts(named, on)


def _assistance_alerts(named: _Named, on: date) -> list[str]:
    assistance = named.assistance
    if assistance is None:
        return []
    alerts = ["assistance_beside_insurance"] if assistance is not named.main else []
    if any(ticket.for_this_facility is False for ticket in assistance.tickets):
        alerts.append("facility_not_on_ticket")
    elif not any(ticket.in_force(on) for ticket in assistance.tickets):
        alerts.append("ticket_not_current")
    return alerts
