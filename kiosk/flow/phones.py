"""A smartphone in place of the card (documents reference 1, D08 and D09): PIN, certificate, then as with a card.

A phone has no photo, so no face is compared; it follows the certificate of its card without the period of grace. How an
iPhone's holder proves who they are is between phone and certified reader and is not played here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.certificate import certificate_standing
from kiosk.flow.confirmed import identity_confirmed
from kiosk.flow.deciding import phones_read
from kiosk.flow.events import CardRead
from kiosk.flow.face_ways import choose_method, start_pin
from kiosk.flow.fallback import Fallback
from kiosk.flow.states import FallingBack, Lane, ReadingCard, Visit
from kiosk.flow.states_documents import ChoosingDocument
from kiosk.flow.table import Move, go

NOT_CONFIRMED = "phone.not_confirmed"


def phone_read(state: ReadingCard, event: CardRead) -> Move:
    """Where phones are not read, its owner is led on to other documents."""
    summary = event.summary
    visit = replace(state.visit, summary=summary, pin_tries=summary.pin_tries, phone=True)
    if not phones_read(event.at.date(), state.lane.settings):
        fallback = Fallback("phone.unsupported", with_card=False, phone=True)
        return go(ChoosingDocument(state.lane, replace(visit, fallback=fallback), "phone.unsupported"))
    if not summary.pin_tries:
        return choose_method(state.lane, visit.alert("pin_blocked"), "pin.locked")
    return start_pin(state.lane, visit)


def phone_confirmed(lane: Lane, visit: Visit, at: datetime) -> Move:
    standing = certificate_standing(visit.summary.certificate if visit.summary else None, at, lane.settings)
    if standing.lapsed or not standing.medical_information:
        named = replace(visit, identity=IdentityMethod.PIN).alert(*standing.alerts)
        return go(FallingBack(lane, named, NOT_CONFIRMED))
    return identity_confirmed(lane, visit, IdentityMethod.PIN, at)
