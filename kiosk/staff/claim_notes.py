"""Claim notes from the counter: what a document seen there leads to, and what corrections make of one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kiosk.domain.claim_note import (
    DISASTER,
    ITEMS,
    ClaimNote,
    ClaimRoute,
    Entry,
    EntryKind,
    Stated,
    missing_items,
    remarks,
)
from kiosk.domain.claim_note import correct as with_entry
from kiosk.domain.decision.decide import Decision, DecisionRules, decide
from kiosk.domain.decision.inputs import CardState, Flag, Online, Request, Says, Shown, Visit
from kiosk.domain.decision.table import Acceptance
from kiosk.domain.outcome import Document, IdentityMethod
from kiosk.domain.rules import RuleTable
from kiosk.flow.fallback_decision import note_by
from kiosk.flow.transitions_accept import ATTESTATION, ORAL
from kiosk.ports.handover import NoteFields

NOTED = (ClaimRoute.CURRENT, ClaimRoute.FORMER, ClaimRoute.UNKNOWN, DISASTER)
"""Routes with a claim note of their own; the others only have numbers."""

_ONLINE = {"valid": Online.VALID, "not_registered_facility": Online.VALID, "invalid": Online.INVALID}
_BESIDE_CARD = frozenset((Shown.PORTAL_SCREEN, Shown.PORTAL_PDF, Shown.NOTICE))
"""Papers that count with the card, which staff saw as well."""


@dataclass(frozen=True, repr=False)
class Correction:
    """One entry of the journal about a claim note. Values are None where their key is gone."""

    at: datetime
    staff: str
    item: str | None = None
    before: str | None = None
    after: str | None = None
    route: str | None = None

    @property
    def changes(self) -> dict[str, str]:
        """What it changes in a note; nothing where the value cannot be read any more."""
        return {self.item: self.after} if self.item in ITEMS and self.after is not None else {}

    @property
    def to_route(self) -> ClaimRoute | None:
        return ClaimRoute(self.route) if self.route in NOTED and self.route != DISASTER else None

    def __repr__(self) -> str:
        return f"Correction({self.item or self.route})"


def decided_at_counter(
    document: str,
    stated: Stated,
    eligibility: str,
    on: date,
    rules: DecisionRules,
    flags: frozenset[Flag] = frozenset(),
) -> tuple[Decision, NoteFields | None] | None:
    """The row by which staff accept a visit on this document of `kiosk.domain.outcome`, and what is to be typed. None
    where the table does not accept it on that day. Raises what the rule files raise."""
    for request in _requests(document, stated, eligibility, on):
        decision = decide(replace(request, flags=flags), rules)
        if decision.outcome is not Acceptance.NOT_ACCEPTED and (decision.claim_route or decision.claim_note):
            note = note_by(decision, stated.numbers, rules, on)
            return decision, note if note.items else None
    return None


def _requests(document: str, stated: Stated, eligibility: str, on: date) -> tuple[Request, ...]:
    """As the kiosk asks when staff accept there: the paper alone, then beside the card."""
    base = Request(on, person=stated, held_current=stated.numbers if stated.numbers.usable else None)
    if document in (ORAL, ATTESTATION):
        asked = replace(base, documents=frozenset({Shown.NONE}), visit=Visit.FIRST, form=stated)
        if document == ORAL:
            asked = replace(asked, visit=Visit.RETURN, says=Says.UNCHANGED, form=None)
        return (asked, _beside_card(asked))
    if document == Document.CARD:
        seen = replace(base, documents=frozenset({Shown.CARD}), identity=IdentityMethod.VISUAL)
        known = replace(seen, card=CardState.OK, online=_ONLINE.get(eligibility, Online.DOWN))
        return (known, replace(known, visit=Visit.RETURN, says=Says.UNCHANGED))
    shown = Shown(document)
    alone = replace(base, documents=frozenset({shown}), identity=IdentityMethod.DOCUMENT)
    if shown not in _BESIDE_CARD:
        return (alone,)
    return (alone, _beside_card(alone))


def _beside_card(alone: Request) -> Request:
    """The same, and a card that the reader could not use."""
    documents = alone.documents | {Shown.CARD}
    return replace(alone, documents=documents, card=CardState.UNREADABLE, identity=IdentityMethod.VISUAL)


def corrected(note: NoteFields, corrections: Sequence[Correction], rules: RuleTable, on: date) -> NoteFields:
    """The note as it stands after them; with nothing corrected, the same. Raises what the rule file raises."""
    told = [one for one in corrections if one.changes or one.to_route]
    first = next((one.to_route for one in told if one.to_route), None)
    if note.route not in NOTED and first is None:
        items = dict(note.items)
        for one in told:
            items |= one.changes
        kept = {item: value for item, value in items.items() if value}
        return replace(note, items=kept, missing=tuple(item for item in note.missing if item not in kept))
    if not told:
        return note
    values = tuple((item, value) for item, value in note.items.items() if item in ITEMS)
    made = ClaimNote((Entry(EntryKind.OPENED, note.route if first is None else _begun(note, first), values),))
    for one in told:
        made = with_entry(made, one.changes, one.at, one.staff, one.to_route)
    return NoteFields(
        str(made.route),
        note.decision,
        {item: value for item in ITEMS if (value := made.value(item))},
        remarks(made, rules, on),
        missing_items(made, rules, on),
        (*note.history, *((step.route.value, step.reason.value) for step in made.history)),
    )


def _begun(note: NoteFields, first: ClaimRoute) -> str:
    """A normal claim has no note of its own: the first route that it was given begins one."""
    return note.route if note.route in NOTED else first
