"""The result, the hand-over to the レセコン, and the card's way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.outcome import Eligibility, Status
from kiosk.flow.effects import HandOver, RaiseAlert
from kiosk.flow.events import (
    CardRemoved,
    EffectFailed,
    HandedOver,
    PowerBack,
    Tapped,
    TimerFired,
)
from kiosk.flow.states import (
    AwaitingStaff,
    CardForgotten,
    Finished,
    HandingOver,
    HandOverFailed,
    Idle,
    ReadingCard,
    ShowingResult,
    State,
    TakingCard,
)
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.transitions_card import open_visit, without_card

CARD_BACK = (TakingCard, Finished, ReadingCard)


def card_back(state: State, at: datetime, visit_id: str, why: str, insertion: int | None) -> Move:
    """Where a closed visit leads: to its card that still lies there, to the next person's, or to the farewell."""
    lane = state.lane
    if lane.card is None:
        return go(Finished(lane, why=why))
    if insertion is None or lane.card == insertion:
        return go(TakingCard(lane, visit_id, why))
    return open_visit(state, lane.card, at)


def hand_over(state: ShowingResult) -> Move:
    lane, ticket = state.lane.with_ticket()
    visit = state.visit
    over = HandingOver(lane, visit.id, state.outcome, ticket, visit.result, visit.to_take)
    return go(over, HandOver(ticket, visit.id, visit.result, state.outcome))


@on(ShowingResult, Tapped, ShowingResult, control="confirm.yes")
def name_confirmed(state: ShowingResult, _event: Tapped) -> Move:
    return go(replace(state, confirmed=True))


@on(ShowingResult, Tapped, AwaitingStaff, control="confirm.not_me")
def not_me(state: ShowingResult, _event: Tapped) -> Move:
    """The screen is cleared at once; nothing goes to the レセコン; staff look into it."""
    visit = replace(state.visit, answer=None).alert("patient_says_not_me")
    return go(AwaitingStaff(state.lane, visit, "staff.need.not_me", Eligibility.UNCONFIRMED))


@on(ShowingResult, Tapped, HandingOver, control="result.next")
def result_read(state: ShowingResult, _event: Tapped) -> Move:
    return hand_over(state)


@on(ShowingResult, TimerFired, HandingOver)
def result_shown(state: ShowingResult, _event: TimerFired) -> Move:
    return hand_over(state)


@on(ShowingResult, CardRemoved, HandingOver, ShowingResult)
def card_taken_at_result(state: ShowingResult, event: CardRemoved) -> Move:
    """Taking the card is the plainest way to say that one has read the result."""
    gone = without_card(state, event)
    if gone.lane.card is not None:
        return stay(gone)
    return hand_over(replace(state, lane=gone.lane))


@on(HandingOver, HandedOver, *CARD_BACK)
def handed_over(state: HandingOver, event: HandedOver) -> Move:
    return card_back(state, event.at, state.visit_id, "finish.done", state.insertion)


@on(HandingOver, EffectFailed, HandOverFailed)
def hand_over_failed(state: HandingOver, event: EffectFailed) -> Move:
    outcome = replace(state.outcome, status=Status.HANDED_TO_STAFF, alerts=(*state.outcome.alerts, "hand_over_failed"))
    failed = HandOverFailed(
        state.lane, state.visit_id, outcome, state.ticket, state.result, event.code, state.insertion
    )
    return go(failed)


@on(HandOverFailed, TimerFired, HandOverFailed)
def hand_over_again(state: HandOverFailed, _event: TimerFired) -> Move:
    lane, ticket = state.lane.with_ticket()
    return go(replace(state, lane=lane, ticket=ticket), HandOver(ticket, state.visit_id, state.result, state.outcome))


@on(HandOverFailed, HandedOver, *CARD_BACK)
def handed_over_at_last(state: HandOverFailed, event: HandedOver) -> Move:
    outcome = replace(state.outcome, status=Status.ACCEPTED)
    return replace(card_back(state, event.at, state.visit_id, "finish.done", state.insertion), outcome=outcome)


@on(HandOverFailed, EffectFailed, HandOverFailed)
def hand_over_failed_again(state: HandOverFailed, event: EffectFailed) -> Move:
    return stay(replace(state, code=event.code))


@on(TakingCard, TimerFired, CardForgotten)
def card_left_behind(state: TakingCard, _event: TimerFired) -> Move:
    return go(CardForgotten(state.lane, state.visit_id, state.why), RaiseAlert(state.visit_id, "card_left_behind"))


@on(Finished, TimerFired, Idle)
def farewell_shown(state: Finished, _event: TimerFired) -> Move:
    return go(Idle(state.lane))


@on(Idle, TimerFired, Idle)
def idle_again(state: Idle, _event: TimerFired) -> Move:
    """A notice was read, or somebody chose a language and went away."""
    return go(Idle(state.lane.for_next_person()))


@on(State, PowerBack)
def power_back_elsewhere(state: State, _event: PowerBack) -> Move:
    """Only worth a word on the start screen; but always an entry in the journal."""
    return stay(state)


@on(Idle, PowerBack, Idle)
def power_back(state: Idle, event: PowerBack) -> Move:
    return go(Idle(state.lane, after_power_cut=event.unfinished > 0))
