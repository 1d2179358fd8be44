"""The PIN way. Never a second VERIFY by itself, never the last try without an explicit yes."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.confirmed import CONFIRMED, identity_confirmed
from kiosk.flow.effects import VerifyPin
from kiosk.flow.events import EffectFailed, PinEntered, PinJudged, Tapped
from kiosk.flow.face_ways import choose_method, start_pin
from kiosk.flow.phones import phone_confirmed
from kiosk.flow.states import (
    CardProblem,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    FallingBack,
    OutOfService,
    ProblemKind,
    VerifyingPin,
)
from kiosk.flow.table import Move, go, on
from kiosk.flow.transitions_card import reader_hung
from kiosk.ports.card import CredentialAccepted, CredentialRejected


@on(ConfirmingLastTry, Tapped, EnteringPin, control="pin_last_try.yes")
def last_try_confirmed(state: ConfirmingLastTry, _event: Tapped) -> Move:
    return go(EnteringPin(state.lane, state.visit, last_try_confirmed=True))


@on(ConfirmingLastTry, Tapped, ChoosingMethod, control="pin_last_try.no")
def last_try_declined(state: ConfirmingLastTry, _event: Tapped) -> Move:
    return choose_method(state.lane, state.visit, None)


@on(EnteringPin, PinEntered, VerifyingPin)
def pin_entered(state: EnteringPin, event: PinEntered) -> Move:
    lane, ticket = state.lane.with_ticket()
    return go(
        VerifyingPin(lane, state.visit, ticket),
        VerifyPin(ticket, state.visit.id, state.last_try_confirmed, event.pin, certificate=state.visit.phone),
    )


@on(VerifyingPin, PinJudged, *CONFIRMED, EnteringPin, ConfirmingLastTry, ChoosingMethod)
def pin_judged(state: VerifyingPin, event: PinJudged) -> Move:
    result, visit = event.result, state.visit
    if isinstance(result, CredentialAccepted) and visit.phone and visit.summary is not None:
        opened = replace(visit, summary=replace(visit.summary, certificate=event.certificate))
        return phone_confirmed(state.lane, opened, event.at)
    if isinstance(result, CredentialAccepted):
        return identity_confirmed(state.lane, visit, IdentityMethod.PIN, event.at)
    if isinstance(result, CredentialRejected) and result.tries_left > 0:
        return start_pin(state.lane, replace(visit, pin_tries=result.tries_left).alert("pin_wrong"), wrong=True)
    return choose_method(state.lane, replace(visit, pin_tries=0).alert("pin_blocked"), "pin.locked")


@on(VerifyingPin, EffectFailed, CardProblem, OutOfService, ChoosingMethod, FallingBack)
def pin_failed(state: VerifyingPin, event: EffectFailed) -> Move:
    if event.code is FailureCode.CARD_LOST:
        return go(CardProblem(state.lane, ProblemKind.REMOVED_EARLY))
    if event.code in (FailureCode.READER_GONE, FailureCode.READER_HUNG):
        return reader_hung(state, event.code)
    return go(FallingBack(state.lane, state.visit.alert("card_damaged"), "card.damaged"))
