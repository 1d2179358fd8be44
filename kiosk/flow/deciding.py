"""What the decision table says about a visit as far as it is known (documents reference 8, D01 to D40)."""

from __future__ import annotations

from datetime import date

from kiosk.domain.claim_note import Numbers, Stated
from kiosk.domain.decision.decide import Decision, decide
from kiosk.domain.decision.inputs import CardState, Flag, Online, Request, Shown
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import KioskError
from kiosk.domain.kana import has_gap
from kiosk.domain.outcome import Document, Eligibility
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Visit

_ONLINE = {
    Eligibility.VALID: Online.VALID,
    Eligibility.NOT_REGISTERED_FACILITY: Online.VALID,  # 有効(未登録): only the ticket names another facility
    Eligibility.INVALID: Online.INVALID,
    Eligibility.INVALID_NEWER: Online.INVALID_NEWER,
    Eligibility.NOT_FOUND: Online.NOT_FOUND,
    Eligibility.MULTIPLE: Online.MULTIPLE,
}
_LAPSED = frozenset({"certificate_lapsed", "certificate_untrusted", "no_certificate"})


def decided(
    visit: Visit, eligibility: Eligibility, person: InsuredPerson | None, on: date, settings: FlowSettings
) -> Decision | None:
    """None where the rule files cannot answer for that day: then a person decides. `person`: in force."""
    if settings.decisions is None:
        return None
    try:
        return decide(request_of(visit, eligibility, person, on, settings), settings.decisions)
    except KioskError:
        return None


def phones_read(on: date, settings: FlowSettings) -> bool:
    """Whether this facility receives with a smartphone on that day."""
    if settings.decisions is None or not settings.decisions.practice.phone_equipped:
        return False
    shown = Request(on=on, documents=frozenset({Shown.PHONE}), online=Online.VALID)
    return decide(shown, settings.decisions).document is Document.PHONE


def request_of(
    visit: Visit, eligibility: Eligibility, person: InsuredPerson | None, on: date, settings: FlowSettings
) -> Request:
    """The question about a visit that rests on the card alone. `person`: whom the answer names and who is in force."""
    answer = visit.answer
    online = _ONLINE.get(eligibility, Online.NOT_ASKED)
    if online in (Online.VALID, Online.INVALID_NEWER) and person is None:
        online = Online.INVALID  # a qualification that is over, whatever else the answer calls it
    elif answer is None and visit.query_attempts:
        online = Online.DOWN
    lost = answer.persons[0] if online is Online.INVALID and answer is not None and len(answer.persons) == 1 else None
    known = person or lost
    holder = visit.holder
    return Request(
        on=on,
        documents=frozenset({Shown.PHONE if visit.phone else Shown.CARD}),
        card=card_state(visit),
        identity=visit.identity,
        online=online,
        flags=_flags(person, on, settings) | settings.flags,
        held_former=_numbers(lost) if lost else None,
        person=Stated(
            name=known.name if known else None,
            kana=known.kana if known else None,
            birth_date=holder.birth_date if holder else known.birth_date if known else None,
            address=known.address if known else None,
        ),
        insured=person,
    )


def card_state(visit: Visit) -> CardState:
    if visit.answer is not None and not visit.answer.card_registered:
        return CardState.NOT_REGISTERED
    if _LAPSED.intersection(visit.alerts):
        return CardState.LAPSED
    if "card_damaged" in visit.alerts:
        return CardState.UNREADABLE
    in_grace = visit.answer is not None and in_grace_by(visit.answer)
    return CardState.IN_GRACE if "certificate_in_grace" in visit.alerts or in_grace else CardState.OK


def in_grace_by(answer: EligibilityAnswer) -> bool:
    """Whether the answer itself says that the certificate has ended and only the eligibility is given."""
    return not answer.medical_information_allowed and not answer.viewing_suspended


def _flags(person: InsuredPerson | None, on: date, settings: FlowSettings) -> frozenset[Flag]:
    if person is None:
        return frozenset()
    flags = {Flag.NAME_BLACK_DOT} if has_gap(person.name or "") else set()
    if settings.share_rules.first("special_payment", on, card_class=person.card_class or "") is not None:
        flags.add(Flag.SPECIAL_PAYMENT)
    return frozenset(flags)


def _numbers(person: InsuredPerson) -> Numbers:
    return Numbers(person.insurer_number, person.symbol, person.number, person.branch)
