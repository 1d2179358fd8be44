"""The face attempts: starts by itself, three at most, never a final no by the machine alone."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.confirmed import identity_confirmed
from kiosk.flow.events import (
    CardRead,
    EffectFailed,
    Event,
    FaceHinted,
    FaceJudged,
    PhotoRead,
    PinJudged,
    Tapped,
    TimerFired,
)
from kiosk.flow.face_ways import choose_method, face_open, pin_open, start_face, start_pin, without_photo
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingStaff,
    AwaitingVisualCheck,
    CardProblem,
    CardStage,
    CheckingFace,
    ChoosingMethod,
    ConfirmingLastTry,
    Consenting,
    EnteringPin,
    FallingBack,
    OutOfService,
    PausingFace,
    ReadingCard,
    ReadingPhoto,
    VerifyingPin,
)
from kiosk.flow.table import Move, find_row, go, on, stay
from kiosk.flow.transitions_card import stop_face
from kiosk.ports.face import FaceVerdict


@on(CheckingFace, FaceHinted, CheckingFace)
def face_hinted(state: CheckingFace, event: FaceHinted) -> Move:
    return stay(replace(state, hint=event.hint))


@on(CheckingFace, FaceJudged, Consenting, AwaitingEligibility, PausingFace, ChoosingMethod)
def face_judged(state: CheckingFace, event: FaceJudged) -> Move:
    result, visit = event.result, state.visit
    if result.verdict is FaceVerdict.MATCH:
        return identity_confirmed(state.lane, visit, IdentityMethod.FACE, event.at)
    if result.verdict is FaceVerdict.NOBODY:
        return choose_method(state.lane, visit.alert("face_nobody"), "face.nobody")
    visit = replace(visit, face_attempts=visit.face_attempts + 1)
    if face_open(state.lane, visit):
        return go(PausingFace(state.lane, visit, hint=result.last_hint))
    return choose_method(state.lane, visit.alert("face_not_confirmed"), "face.give_up", staff_wanted=True)


@on(CheckingFace, EffectFailed, ChoosingMethod)
def face_failed(state: CheckingFace, event: EffectFailed) -> Move:
    visit = state.visit
    if event.code in (FailureCode.CAMERA_GONE, FailureCode.CAMERA_SILENT):
        return choose_method(state.lane, visit.alert("camera_gone"), "camera.gone")
    return choose_method(state.lane, without_photo(visit).alert("face_failed"), "camera.gone")


@on(PausingFace, TimerFired, CheckingFace)
def face_again(state: PausingFace, _event: TimerFired) -> Move:
    return start_face(state.lane, state.visit, retry=True, hint=state.hint)


@on(ChoosingMethod, Tapped, CheckingFace, ChoosingMethod, control="method.face")
def face_chosen(state: ChoosingMethod, _event: Tapped) -> Move:
    if not face_open(state.lane, state.visit):
        return stay(state)
    return start_face(state.lane, state.visit, retry=state.visit.face_attempts > 0)


@on(ChoosingMethod, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
@on(CheckingFace, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
@on(PausingFace, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
@on(AwaitingVisualCheck, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
def pin_chosen(state: CardStage, _event: Tapped) -> Move:
    busy = isinstance(state, AwaitingVisualCheck) and state.resume is not None
    if busy or not pin_open(state.visit):
        return stay(state)
    move = start_pin(state.lane, state.visit)
    return Move(move.state, (*stop_face(state), *move.effects))


@on(ChoosingMethod, Tapped, AwaitingVisualCheck, control="method.staff")
@on(CheckingFace, Tapped, AwaitingVisualCheck, control="method.staff")
@on(PausingFace, Tapped, AwaitingVisualCheck, control="method.staff")
@on(EnteringPin, Tapped, AwaitingVisualCheck, control="method.staff")
@on(ConfirmingLastTry, Tapped, AwaitingVisualCheck, control="method.staff")
@on(CardStage, Tapped, AwaitingVisualCheck, control="staff")
def staff_chosen(state: CardStage, _event: Tapped) -> Move:
    if isinstance(state, AwaitingVisualCheck):
        return stay(state)
    at_work = state if isinstance(state, ReadingCard | ReadingPhoto | VerifyingPin) else None
    return go(AwaitingVisualCheck(state.lane, state.visit, resume=at_work), *stop_face(state))


@on(AwaitingVisualCheck, CardRead, AwaitingVisualCheck, CardProblem, FallingBack)
@on(AwaitingVisualCheck, PhotoRead, AwaitingVisualCheck)
@on(AwaitingVisualCheck, PinJudged, AwaitingVisualCheck, Consenting, AwaitingEligibility, FallingBack)
@on(AwaitingVisualCheck, EffectFailed, AwaitingVisualCheck, CardProblem, FallingBack, OutOfService, AwaitingStaff)
def work_done_meanwhile(state: AwaitingVisualCheck, event: Event) -> Move:
    """What was learnt is kept; but whoever asked for staff is not led on to another screen of their own."""
    if state.resume is None:
        return stay(state)
    at_work = replace(state.resume, lane=state.lane)
    row = find_row(at_work, event)
    if row is None:
        return stay(state)
    move = row.handler(at_work, event)
    after = move.state
    if isinstance(after, ReadingPhoto):
        return go(AwaitingVisualCheck(after.lane, after.visit, resume=after), *move.effects)
    if isinstance(after, CheckingFace | ChoosingMethod | EnteringPin | ConfirmingLastTry):
        return go(AwaitingVisualCheck(after.lane, after.visit))
    return move


@on(AwaitingVisualCheck, Tapped, ChoosingMethod, ReadingCard, ReadingPhoto, VerifyingPin, control="back")
def back_from_visual_check(state: AwaitingVisualCheck, _event: Tapped) -> Move:
    if state.resume is not None:
        return go(replace(state.resume, lane=state.lane))
    return choose_method(state.lane, state.visit, None)


@on(EnteringPin, Tapped, ChoosingMethod, control="back")
@on(ConfirmingLastTry, Tapped, ChoosingMethod, control="back")
def back_to_choice(state: CardStage, _event: Tapped) -> Move:
    return choose_method(state.lane, state.visit, None)
