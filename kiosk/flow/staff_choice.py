"""What staff settle about an answer: who of several it is, that a person made sure, that a consent is taken back."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.claim_note import Numbers
from kiosk.domain.guard import compare
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.flow.effects import QueryNumber, RegisterConsents
from kiosk.flow.events import StaffActed
from kiosk.flow.prescription import code_of
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingStaff,
    RegisteringConsents,
    ShowingResult,
    Visit,
    VisitState,
)
from kiosk.flow.table import Move, go, stay
from kiosk.flow.transitions_eligibility import settle

SEVERAL = "staff.need.several"
CLEARED = ("staff.need.compare", "staff.need.welfare_office")
"""Reasons that a person settles by saying so: the answer stands as it is."""


def chosen(state: AwaitingStaff, event: StaffActed) -> Move:
    """`index` counts from 0 as the answer lists people. Nothing is chosen without one, nor anybody whom the card
    denies."""
    visit, answer = state.visit, state.visit.answer
    index = event.index
    if answer is None or visit.identity is IdentityMethod.NONE or index is None:
        return stay(state)
    if not 0 <= index < len(answer.persons):
        return stay(state)
    visit = replace(visit, staff=event.staff)
    if state.reason in CLEARED:
        visit = replace(visit, cleared=(*visit.cleared, state.reason), consents=visit.consents or ())
        return settle(state.lane, visit, event.at)
    if state.reason != SEVERAL:
        return stay(state)
    person = answer.persons[index]
    if not compare(visit.holder, person, name=visit.card_name).ok:
        return stay(replace(state, visit=visit.alert("choice_mismatch")))
    visit = replace(visit, decided_by=state.decision, consents=visit.consents or ())
    if not (person.insurer_number and person.number and person.birth_date):
        alone = replace(answer, eligibility=Eligibility.VALID, persons=(person,))
        return settle(state.lane, replace(visit, answer=alone), event.at)
    # The file at hand names several people: a look-up by this one's numbers brings a file about nobody else.
    lane, ticket = state.lane.with_ticket()
    visit = replace(visit, answer=None, query_ticket=ticket, query_attempts=lane.settings.query_attempts)
    numbers = Numbers(person.insurer_number, person.symbol, person.number, person.branch)
    query = QueryNumber(ticket, visit.id, numbers, person.birth_date, event.at.date())
    return go(AwaitingEligibility(lane, visit), query)


def consent_withdrawn(state: VisitState, event: StaffActed) -> Move:
    """What is registered is taken back at the terminal; what is not yet, only here."""
    visit = state.visit
    if not visit.consents:
        return stay(state)
    given = visit.consents
    visit = replace(visit, staff=event.staff, consents=(), consents_until=None).alert("consent_withdrawn")
    if isinstance(state, ShowingResult):
        outcome = replace(state.outcome, consents=(), consents_until=None, alerts=visit.alerts)
        if not visit.by_device:
            lane, ticket = state.lane.with_ticket()
            chosen_form = code_of(visit.prescription, visit.on, lane.settings)
            registering = RegisteringConsents(lane, visit, ticket, outcome, withdrawn=given)
            return go(registering, RegisterConsents(ticket, visit.id, (), event.at, chosen_form))
        # The certified reader registered it: only the terminal's own screen can take it back.
        visit = visit.alert("consent_withdrawal_failed")
        return stay(replace(state, visit=visit, outcome=replace(outcome, alerts=visit.alerts)))
    if isinstance(state, RegisteringConsents):
        return stay(state)  # on its way to the terminal: what comes back can be withdrawn
    return stay(_with(state, visit))


def _with(state: VisitState, visit: Visit) -> VisitState:
    return replace(state, visit=visit)
