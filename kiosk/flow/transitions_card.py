"""From the card on the reader to a face photo in memory; card and reader faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from kiosk.domain.card import CardKind
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Outcome, Status
from kiosk.flow.certificate import certificate_standing
from kiosk.flow.closing import outcome_of, visit_id_of
from kiosk.flow.effects import Effect, OpenVisit, ReadCard, ReadPhoto, StopFace
from kiosk.flow.events import (
    CardPresented,
    CardRead,
    CardRemoved,
    EffectFailed,
    JournalFailed,
    PhotoRead,
    ProgramFailed,
    ReaderLost,
    ReaderReturned,
    TimerFired,
)
from kiosk.flow.face_ways import choose_method, start_face, start_pin
from kiosk.flow.phones import phone_read
from kiosk.flow.states import (
    NO_CARD,
    AwaitingStaff,
    CardForgotten,
    CardProblem,
    CardStage,
    CheckingFace,
    ChoosingMethod,
    ConfirmedStage,
    ConfirmingLastTry,
    EnteringPin,
    FallingBack,
    Finished,
    HandingOver,
    HandOverFailed,
    Idle,
    OutOfService,
    ProblemKind,
    ReadingCard,
    ReadingPhoto,
    Registering,
    StaffCalledAtIdle,
    State,
    TakingCard,
    Visit,
    VisitState,
)
from kiosk.flow.states_documents import ChoosingDocument
from kiosk.flow.states_practice import PracticeStage
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.timeouts import RECOVERS_BY_TRYING
from kiosk.flow.ways import begins

_SILENT = frozenset({FailureCode.CARD_SILENT})
_FOREIGN = frozenset({FailureCode.CARD_FOREIGN, FailureCode.CARD_JUKI})
_READER = frozenset({FailureCode.READER_GONE, FailureCode.READER_HUNG})

StateT = TypeVar("StateT", bound=State)
VisitT = TypeVar("VisitT", bound=VisitState)


def open_visit(state: State, insertion: int, at: datetime) -> Move:
    """A new visit with fresh tickets. A language chosen by whoever stands there is kept."""
    same_person = isinstance(state, Idle | PracticeStage | CardProblem | CardStage) or (
        isinstance(state, StaffCalledAtIdle) and isinstance(state.resume, Idle | CardProblem)
    )
    lane = state.lane if same_person else state.lane.for_next_person()
    lane = replace(lane, card=insertion, reader_gone=False, visits=lane.visits + 1)
    lane, ticket = lane.with_ticket()
    visit = Visit(id=f"{lane.prefix}-{lane.visits:04d}", insertion=insertion, on=at.date())
    return go(
        ReadingCard(lane, visit, ticket),
        OpenVisit(visit.id),
        ReadCard(ticket, visit.id, insertion),
    )


@on(Idle, CardPresented, ReadingCard)
@on(CardProblem, CardPresented, ReadingCard)
@on(Finished, CardPresented, ReadingCard)
@on(StaffCalledAtIdle, CardPresented, ReadingCard)
def card_presented(state: State, event: CardPresented) -> Move:
    return open_visit(state, event.insertion, event.at)


@on(AwaitingStaff, CardPresented, ReadingCard, AwaitingStaff)
@on(FallingBack, CardPresented, ReadingCard, FallingBack)
def card_presented_beside_staff(state: AwaitingStaff | FallingBack | Registering, event: CardPresented) -> Move:
    """The visit needs nothing more of the reader, which is free for the next person."""
    if not state.visit.is_of(event.insertion):
        return open_visit(state, event.insertion, event.at)
    return go(_found_again(state, event))


@on(HandOverFailed, CardPresented, ReadingCard, HandOverFailed)
def card_presented_after_hand_over(state: HandOverFailed, event: CardPresented) -> Move:
    if state.insertion is not None:
        return open_visit(state, event.insertion, event.at)
    return stay(replace(with_card(state, event.insertion), insertion=event.insertion))


@on(CardStage, CardPresented, ReadingCard, CardStage)
def card_exchanged(state: CardStage, event: CardPresented) -> Move:
    """Another card: everything begins anew, nothing of the first one counts for it."""
    if event.insertion == state.visit.insertion:
        return stay(with_card(state, event.insertion))
    move = open_visit(state, event.insertion, event.at)
    return Move(move.state, (*stop_face(state), *move.effects))


@on(TakingCard, CardPresented, ReadingCard, TakingCard)
@on(CardForgotten, CardPresented, ReadingCard, CardForgotten)
def next_card_presented(state: TakingCard | CardForgotten, event: CardPresented) -> Move:
    return stay(state) if event.insertion == state.lane.card else open_visit(state, event.insertion, event.at)


@on(ConfirmedStage, CardPresented)
def card_presented_in_visit(state: VisitState, event: CardPresented) -> Move:
    """The visit's own card is found again; another one waits until this visit is over."""
    return stay(_found_again(state, event) if state.visit.is_of(event.insertion) else with_card(state, event.insertion))


@on(State, CardPresented)
def card_presented_elsewhere(state: State, event: CardPresented) -> Move:
    """A card that appears in the middle of another visit is only noted: it never joins that visit."""
    return stay(with_card(state, event.insertion))


def with_card(state: StateT, insertion: int) -> StateT:
    return replace(state, lane=replace(state.lane, card=insertion, reader_gone=False))


def _found_again(state: VisitT, event: CardPresented) -> VisitT:
    """The visit's own card, which has a new number since the reader came back."""
    return replace(with_card(state, event.insertion), visit=replace(state.visit, insertion=event.insertion))


@on(State, CardRemoved)
def card_removed(state: State, event: CardRemoved) -> Move:
    return stay(without_card(state, event))


def without_card(state: StateT, event: CardRemoved) -> StateT:
    if state.lane.card != event.insertion:
        return state
    return replace(state, lane=replace(state.lane, card=None))


@on(CardStage, CardRemoved, CardProblem, CardStage)
def card_removed_before_confirmation(state: CardStage, event: CardRemoved) -> Move:
    gone = without_card(state, event)
    if event.insertion != state.visit.insertion:
        return stay(gone)
    return go(CardProblem(gone.lane, ProblemKind.REMOVED_EARLY), *stop_face(state))


@on(CardProblem, CardRemoved, CardProblem, Idle)
def problem_card_removed(state: CardProblem, event: CardRemoved) -> Move:
    gone = without_card(state, event)
    if gone.lane.card is not None:
        return stay(gone)
    if state.kind is ProblemKind.REMOVED_EARLY:
        return go(replace(gone, left=False))
    return go(Idle(gone.lane))


@on(CardProblem, TimerFired, Idle, CardProblem)
def problem_shown(state: CardProblem, _event: TimerFired) -> Move:
    """A card that nobody takes back is one left behind, whatever was wrong with it."""
    return go(Idle(state.lane)) if state.lane.card is None else go(replace(state, left=True))


@on(AwaitingStaff, CardRemoved, AwaitingStaff)
def card_taken_while_waiting_for_staff(state: AwaitingStaff, event: CardRemoved) -> Move:
    return go(without_card(state, event))


@on(TakingCard, CardRemoved, Finished, TakingCard)
@on(CardForgotten, CardRemoved, Finished, CardForgotten)
def card_taken(state: TakingCard | CardForgotten, event: CardRemoved) -> Move:
    gone = without_card(state, event)
    if gone.lane.card is not None:
        return stay(gone)
    return go(Finished(gone.lane, why=state.why))


@on(
    ReadingCard,
    CardRead,
    *(ReadingPhoto, CardProblem, FallingBack, ChoosingDocument, ChoosingMethod, EnteringPin, ConfirmingLastTry),
)
def card_read(state: ReadingCard, event: CardRead) -> Move:
    summary = event.summary
    if summary.kind is CardKind.PHONE:
        return phone_read(state, event)
    if summary.kind in (CardKind.OTHER, CardKind.JUKI):
        return go(CardProblem(state.lane, ProblemKind.NOT_THIS_CARD))
    if summary.kind is CardKind.SILENT:
        return go(CardProblem(state.lane, ProblemKind.NO_CHIP))
    visit = replace(state.visit, summary=summary, pin_tries=None if summary.pinless else summary.pin_tries)
    standing = certificate_standing(summary.certificate, event.at, state.lane.settings)
    visit = visit.alert(*standing.alerts)
    if standing.lapsed:
        return go(FallingBack(state.lane, visit, standing.cause))
    lane, ticket = state.lane.with_ticket()
    return go(ReadingPhoto(lane, visit, ticket), ReadPhoto(ticket, visit.id))


@on(ReadingCard, EffectFailed, CardProblem, FallingBack, OutOfService, AwaitingStaff)
def card_unreadable(state: ReadingCard, event: EffectFailed) -> Move:
    if event.code is FailureCode.CARD_LOST:
        return go(CardProblem(state.lane, ProblemKind.REMOVED_EARLY))
    if event.code in _SILENT:
        return go(CardProblem(state.lane, ProblemKind.NO_CHIP))
    if event.code in _FOREIGN:
        return go(CardProblem(state.lane, ProblemKind.NOT_THIS_CARD))
    if event.code in _READER:
        return reader_hung(state, event.code)
    if event.code is FailureCode.READER_BUSY:
        return go(AwaitingStaff(state.lane, state.visit.alert("reader_busy"), "staff.need.reader"))
    return go(FallingBack(state.lane, state.visit.alert("card_damaged"), "card.damaged"))


@on(ReadingPhoto, PhotoRead, CheckingFace, ChoosingMethod, EnteringPin, ConfirmingLastTry)
def photo_read(state: ReadingPhoto, event: PhotoRead) -> Move:
    visit = replace(state.visit, holder=event.holder, photo=event.usable)
    if not event.usable:
        return choose_method(state.lane, visit.alert("photo_missing"), "face.no_photo")
    way = begins(state.lane, visit)
    if way == "face":
        return start_face(state.lane, visit, event.at)
    return start_pin(state.lane, visit) if way == "pin" else choose_method(state.lane, visit, None)


@on(ReadingPhoto, EffectFailed, ChoosingMethod, CardProblem, OutOfService)
def photo_unreadable(state: ReadingPhoto, event: EffectFailed) -> Move:
    """Without the photo the face way is closed; the others are not."""
    if event.code is FailureCode.CARD_LOST:
        return go(CardProblem(state.lane, ProblemKind.REMOVED_EARLY))
    if event.code in _READER:
        return reader_hung(state, event.code)
    alert = {
        FailureCode.FRONT_UNREADABLE: "card_front_unreadable",
        FailureCode.VERIFICATION_NUMBER_REFUSED: "verification_number_refused",
        FailureCode.PHOTO_MISSING: "photo_missing",
        FailureCode.PHOTO_UNREADABLE: "photo_unreadable",
    }.get(event.code, "photo_not_read")
    return choose_method(state.lane, state.visit.alert(alert), "face.front_unreadable")


@on(CardStage, ReaderLost, OutOfService)
def reader_lost_before_confirmation(state: CardStage, _event: ReaderLost) -> Move:
    move = go(OutOfService(without_reader(state).lane, FailureCode.READER_GONE), *stop_face(state))
    return replace(move, outcome=left_with_staff(state, "reader_lost"))


@on(Idle, ReaderLost, OutOfService)
@on(CardProblem, ReaderLost, OutOfService)
@on(TakingCard, ReaderLost, OutOfService)
@on(CardForgotten, ReaderLost, OutOfService)
@on(Finished, ReaderLost, OutOfService)
@on(StaffCalledAtIdle, ReaderLost, OutOfService)
def reader_lost(state: State, _event: ReaderLost) -> Move:
    return go(OutOfService(without_reader(state).lane, FailureCode.READER_GONE))


@on(OutOfService, ReaderLost, OutOfService)
def reader_lost_out_of_service(state: OutOfService, event: ReaderLost) -> Move:
    return stay(without_reader(state)) if state.code in RECOVERS_BY_TRYING else reader_lost(state, event)


@on(ConfirmedStage, ReaderLost)
@on(FallingBack, ReaderLost)
def reader_lost_in_visit(state: VisitState, _event: ReaderLost) -> Move:
    """What remains of this visit needs no card. The lane remembers that the next one finds no reader."""
    return stay(_visit_without_reader(state))


@on(AwaitingStaff, ReaderLost, AwaitingStaff)
def reader_lost_while_waiting_for_staff(state: AwaitingStaff, _event: ReaderLost) -> Move:
    return go(_visit_without_reader(state))


@on(HandingOver, ReaderLost)
@on(HandOverFailed, ReaderLost)
def reader_lost_at_hand_over(state: HandingOver | HandOverFailed, _event: ReaderLost) -> Move:
    return stay(replace(without_reader(state), insertion=_after_loss(state.insertion)))


def without_reader(state: StateT) -> StateT:
    return replace(state, lane=replace(state.lane, card=None, reader_gone=True))


def _visit_without_reader(state: VisitT) -> VisitT:
    visit = replace(state.visit, insertion=_after_loss(state.visit.insertion))
    return replace(without_reader(state), visit=visit)


def _after_loss(insertion: int | None) -> int | None:
    """A card comes back under another number; a visit without one has none that could come back."""
    return NO_CARD if insertion == NO_CARD else None


@on(State, ReaderReturned)
def reader_returned_elsewhere(state: State, _event: ReaderReturned) -> Move:
    return stay(_with_reader(state))


@on(StaffCalledAtIdle, ReaderReturned)
def reader_returned_beside_call(state: StaffCalledAtIdle, _event: ReaderReturned) -> Move:
    state = _with_reader(state)
    if isinstance(state.resume, OutOfService) and state.resume.code not in RECOVERS_BY_TRYING:
        return stay(replace(state, resume=back_in_service(replace(state.resume, lane=state.lane))))
    return stay(state)


@on(OutOfService, ReaderReturned, Idle, TakingCard, CardProblem, OutOfService)
def reader_returned(state: OutOfService, _event: ReaderReturned) -> Move:
    state = _with_reader(state)
    return stay(state) if state.code in RECOVERS_BY_TRYING else go(back_in_service(state))


def _with_reader(state: StateT) -> StateT:
    return replace(state, lane=replace(state.lane, reader_gone=False))


@on(OutOfService, TimerFired, Idle, TakingCard)
def service_tried_again(state: OutOfService, _event: TimerFired) -> Move:
    """Resuming is recorded; if that fails again, so does the service."""
    return go(back_in_service(state))


def back_in_service(state: OutOfService) -> State:
    """The start screen asks for a card, so a card that still lies there has to go first. The one on which the reader
    hung might let it hang again and again: whoever waits lays it down anew."""
    if state.lane.card is not None and state.code is FailureCode.READER_HUNG:
        return CardProblem(state.lane, ProblemKind.READER_BACK)
    if state.lane.card is not None:
        return TakingCard(state.lane, state.visit_id, "finish.stopped")
    return Idle(state.lane)


@on(OutOfService, CardRemoved, OutOfService)
def card_taken_out_of_service(state: OutOfService, event: CardRemoved) -> Move:
    return go(without_card(state, event))


@on(OutOfService, CardPresented, OutOfService, ReadingCard)
def card_presented_out_of_service(state: OutOfService, event: CardPresented) -> Move:
    """A reader that reports a card works again; a journal does not."""
    if state.code in RECOVERS_BY_TRYING:
        return stay(replace(with_card(state, event.insertion), visit_id=""))
    return open_visit(state, event.insertion, event.at)


@on(State, JournalFailed, OutOfService)
def journal_failed(state: State, event: JournalFailed) -> Move:
    """What cannot be recorded must not go on: the visit is with the staff, the kiosk stops taking cards."""
    move = go(OutOfService(state.lane, event.code, visit_id_of(state) or ""), *stop_face(state))
    return replace(move, outcome=left_with_staff(state, "journal_failed"))


@on(State, ProgramFailed, OutOfService)
def program_failed(state: State, _event: ProgramFailed) -> Move:
    move = go(OutOfService(state.lane, FailureCode.INTERNAL), *stop_face(state))
    return replace(move, outcome=left_with_staff(state, "program_failed"))


@on(OutOfService, ProgramFailed, OutOfService)
def program_failed_again(state: OutOfService, _event: ProgramFailed) -> Move:
    return stay(state)


@on(OutOfService, JournalFailed, OutOfService)
def journal_failed_again(state: OutOfService, _event: JournalFailed) -> Move:
    return stay(state)


def reader_hung(state: CardStage, code: FailureCode) -> Move:
    move = go(OutOfService(state.lane, code, state.visit.id), *stop_face(state))
    return replace(move, outcome=left_with_staff(state, "reader_lost"))


def left_with_staff(state: State, alert: str) -> Outcome | None:
    """The outcome of a visit that the kiosk cannot go on with: never into the void, always to a person."""
    outcome = outcome_of(state)
    if outcome is None:
        return None
    return replace(outcome, status=Status.HANDED_TO_STAFF, alerts=(*outcome.alerts, alert))


def stop_face(state: State) -> tuple[Effect, ...]:
    return (StopFace(),) if isinstance(state, CheckingFace) else ()
