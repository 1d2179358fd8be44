"""The face attempts: starts by itself, three at most, never a final no by the machine alone."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.confirmed import identity_confirmed
from kiosk.flow.effects import StopFace
from kiosk.flow.events import EffectFailed, FaceHinted, FaceJudged, Tapped, TimerFired
from kiosk.flow.face_ways import choose_method, face_open, pin_open, start_face, start_pin, without_photo
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingVisualCheck,
    CardStage,
    CheckingFace,
    ChoosingMethod,
    ConfirmingLastTry,
    Consenting,
    EnteringPin,
    PausingFace,
)
from kiosk.flow.table import Move, go, on, stay
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
    if not pin_open(state.visit):
        return stay(state)
    move = start_pin(state.lane, state.visit)
    return Move(move.state, (StopFace(), *move.effects)) if isinstance(state, CheckingFace) else move


@on(ChoosingMethod, Tapped, AwaitingVisualCheck, control="method.staff")
@on(CheckingFace, Tapped, AwaitingVisualCheck, control="method.staff")
@on(PausingFace, Tapped, AwaitingVisualCheck, control="method.staff")
@on(EnteringPin, Tapped, AwaitingVisualCheck, control="method.staff")
@on(ConfirmingLastTry, Tapped, AwaitingVisualCheck, control="method.staff")
@on(CardStage, Tapped, AwaitingVisualCheck, control="staff")
def staff_chosen(state: CardStage, _event: Tapped) -> Move:
    effects = (StopFace(),) if isinstance(state, CheckingFace) else ()
    return go(AwaitingVisualCheck(state.lane, state.visit), *effects)


@on(AwaitingVisualCheck, Tapped, ChoosingMethod, control="back")
@on(EnteringPin, Tapped, ChoosingMethod, control="back")
@on(ConfirmingLastTry, Tapped, ChoosingMethod, control="back")
def back_to_choice(state: CardStage, _event: Tapped) -> Move:
    return choose_method(state.lane, state.visit, None)
