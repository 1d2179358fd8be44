"""What the decision table says about a visit that goes another way (documents reference 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.domain.claim_note import ITEMS, ClaimNote, Numbers, Stated, missing_items, remarks
from kiosk.domain.decision.decide import Decision, DecisionRules, decide
from kiosk.domain.decision.inputs import CardState, Online, Request, Shown
from kiosk.domain.documents import FieldKey
from kiosk.domain.failures import KioskError
from kiosk.domain.guard import share_changed
from kiosk.domain.outcome import Document, Eligibility, Outcome, Status
from kiosk.flow import deciding
from kiosk.flow.fallback import Fallback, numbers_of
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Visit
from kiosk.ports.handover import NoteFields

NORMAL = "normal"
_ACCEPTED_ON = (Shown.PORTAL_PDF, Shown.PORTAL_SCREEN, Shown.NOTICE, Shown.CERTIFICATE, Shown.OLD_CARD)
"""Papers that an outcome names, where its row names none."""


def known(visit: Visit) -> Fallback:
    """What there is so far; for a visit that has not gone another way yet, nothing."""
    return visit.fallback or Fallback("fallback.reassure")


def decision_of(visit: Visit, settings: FlowSettings) -> Decision | None:
    """None where the rule files cannot answer for that day: then a person decides."""
    if settings.decisions is None:
        return None
    try:
        return decide(request_of(visit, settings), settings.decisions)
    except KioskError:
        return None


def request_of(visit: Visit, settings: FlowSettings) -> Request:
    fallback = known(visit)
    base = deciding.request_of(visit, fallback.eligibility, None, visit.on, settings)
    documents = set(fallback.shown)
    documents |= {Shown.CARD} if fallback.with_card else set()
    documents |= {Shown.PHONE} if fallback.phone else set()
    documents |= {Shown.NONE} if fallback.settled else set()
    reading = fallback.reading if fallback.shown else None
    held = fallback.held
    online = Online.DOWN if fallback.query_code is not None else base.online
    return replace(
        base,
        documents=frozenset(documents),
        card=base.card if fallback.with_card or visit.phone else CardState.NONE,
        visit=fallback.kind,
        online=online,
        number_query=fallback.number_query,
        document_valid_to=reading.day(FieldKey.VALID_TO) if reading else None,
        held_current=held.current if held else None,
        held_former=base.held_former or (held.former if held else None),
        says=fallback.says,
        person=_stated(visit, base.person),
        form=fallback.form,
        insured=fallback.insured,
        document_share=reading.share_percent if reading else None,
    )


def _stated(visit: Visit, base: Stated) -> Stated:
    """Card, then document, then what the terminal said."""
    fallback = known(visit)
    card, reading, person = fallback.attributes, fallback.reading if fallback.shown else None, fallback.insured
    birth = reading.day(FieldKey.BIRTH) if reading else None
    return replace(
        base,
        name=(card.name if card else None) or (reading.value(FieldKey.NAME) if reading else None) or base.name,
        kana=(reading.value(FieldKey.KANA) if reading else None) or (person.kana if person else None) or base.kana,
        birth_date=base.birth_date or (card.birth_date if card else None) or birth,
        address=(card.address if card else None) or base.address,
    )


def outcome_of_decision(visit: Visit, decision: Decision) -> Outcome:
    """The visit accepted by this row. An unknown share is for staff to set, never a guess."""
    fallback = known(visit)
    if decision.share_percent is None:
        visit = visit.alert("share_unknown")
    elif share_changed(decision.share_percent, visit.last_share):
        visit = visit.alert("share_changed")
    document = decision.document
    if document is Document.NONE:
        seen = [Document(shown.value) for shown in _ACCEPTED_ON if shown in fallback.shown]
        document = seen[0] if seen else document
    return Outcome(
        status=Status.ACCEPTED,
        identity=visit.identity,
        eligibility=Eligibility.VALID if fallback.insured is not None else fallback.eligibility,
        document=document,
        claim_route=decision.claim_route.value if decision.claim_route else None,
        decision=decision.id,
        share=decision.share_percent,
        alerts=visit.alerts,
    )


def note_of(visit: Visit, decision: Decision, rules: DecisionRules) -> NoteFields:
    """As `note_by`, with the numbers of the document or of the answer."""
    person = known(visit).insured
    looked_up = Numbers(person.insurer_number, person.symbol, person.number, person.branch) if person else Numbers()
    return note_by(decision, numbers_of(known(visit).reading) or looked_up, rules, visit.on)


def note_by(decision: Decision, numbers: Numbers, rules: DecisionRules, on: date) -> NoteFields:
    """What is to be typed into the レセコン: the claim note of ①②③, or the document's numbers for a normal claim."""
    if decision.claim_note is not None:
        return _claim_note(decision, decision.claim_note, rules, on)
    items = {name: getattr(numbers, name) for name in ("insurer_number", "symbol", "number", "branch")}
    missing = tuple(name for name in ("insurer_number", "number") if not items[name])
    route = decision.claim_route.value if decision.claim_route else NORMAL
    return NoteFields(route, decision.id, {k: v for k, v in items.items() if v}, "", missing)


def _claim_note(decision: Decision, note: ClaimNote, rules: DecisionRules, on: date) -> NoteFields:
    items = {item: value for item in ITEMS if (value := note.value(item))}
    return NoteFields(
        note.route,
        decision.id,
        items,
        remarks(note, rules.claims, on),
        missing_items(note, rules.claims, on),
        tuple((step.route.value, step.reason.value) for step in note.history),
    )
