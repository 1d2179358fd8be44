"""What follows when the bearer is shown to be the holder: the query starts, consents are asked meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.certificate import certificate_standing
from kiosk.flow.consents import offered
from kiosk.flow.effects import Effect, QueryCard, ReadHolder
from kiosk.flow.states import AwaitingEligibility, Consenting, FallingBack, Lane, Visit
from kiosk.flow.states_documents import RecallingHolder
from kiosk.flow.table import Move, go

CONFIRMED = (Consenting, AwaitingEligibility, FallingBack, RecallingHolder)
"""Where a confirmed bearer's visit goes on."""


def identity_confirmed(lane: Lane, visit: Visit, method: IdentityMethod, at: datetime) -> Move:
    visit = replace(visit, identity=method)
    if visit.fallback is not None:
        # On another way already: only the holder had to be confirmed; what the card says in words is read again.
        lane, ticket = lane.with_ticket()
        return go(RecallingHolder(lane, visit, ticket), ReadHolder(ticket, visit.id))
    standing = certificate_standing(visit.summary.certificate if visit.summary else None, at, lane.settings)
    started = None if standing.lapsed else start_query(lane, visit, at)
    if started is None:
        return go(FallingBack(lane, visit.alert(*standing.alerts), standing.cause))
    lane, visit, query = started
    if not standing.medical_information or not offered(visit, lane.settings):
        return go(AwaitingEligibility(lane, replace(visit, consents=())), query)
    return ask_consent(lane, visit, query)


def ask_consent(lane: Lane, visit: Visit, query: Effect) -> Move:
    """No card, no consent: where the card is gone, only the eligibility goes on."""
    if visit.has_card_on(lane):
        return go(Consenting(lane, visit), query)
    return go(AwaitingEligibility(lane, replace(visit.alert("card_taken_before_consent"), consents=())), query)


def start_query(lane: Lane, visit: Visit, at: datetime, *, insist: bool = False) -> tuple[Lane, Visit, Effect] | None:
    """None when there is no certificate to ask with. `insist`: also where the line is known to be down."""
    certificate = visit.summary.certificate if visit.summary else None
    if certificate is None:
        return None
    lane, ticket = lane.with_ticket()
    visit = replace(visit, query_ticket=ticket, query_attempts=visit.query_attempts + 1, answer=None)
    query = QueryCard(ticket, visit.id, certificate.serial, certificate.not_after, visit.identity, at.date(), insist)
    return lane, visit, query
