"""The face attempts: starts by itself, three at most, never a final no by the machine alone."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.confirmed import CONFIRMED, identity_confirmed
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
from kiosk.flow.face_ways import (
    choose_method,
    face_open,
    face_stage_left,
    pin_open,
    start_face,
    start_pin,
    without_photo,
)
from kiosk.flow.states import (
    AwaitingStaff,
    AwaitingVisualCheck,
    CardProblem,
    CardStage,
    CheckingFace,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    FallingBack,
    Lane,
    OutOfService,
    PausingFace,
    ReadingCard,
    ReadingPhoto,
    VerifyingPin,
    Visit,
)
from kiosk.flow.table import Move, find_row, go, on, stay
from kiosk.flow.transitions_card import stop_face
from kiosk.flow.ways import liveness_needed
from kiosk.ports.face import FaceHint, FaceVerdict, Liveness


@on(CheckingFace, FaceHinted, CheckingFace)
def face_hinted(state: CheckingFace, event: FaceHinted) -> Move:
    return stay(replace(state, hint=event.hint))


@on(CheckingFace, FaceJudged, *CONFIRMED, PausingFace, ChoosingMethod)
def face_judged(state: CheckingFace, event: FaceJudged) -> Move:
    """A match confirms together with a live person, and not without."""
    result, visit, lane = event.result, face_stage_left(state.visit, event.at), state.lane
    matched = result.verdict is FaceVerdict.MATCH
    live = result.liveness is Liveness.LIVE or not liveness_needed(lane.settings, event.at)
    if matched and live:
        return identity_confirmed(lane, visit, IdentityMethod.FACE, event.at)
    if result.verdict is FaceVerdict.NOBODY:
        return choose_method(lane, visit.alert("face_nobody"), _nobody(lane, visit, result.last_hint))
    visit = replace(visit, face_attempts=visit.face_attempts + 1)
    if matched:
        visit = visit.alert("liveness_failed")
    if face_open(lane, visit):
        visit = replace(visit, face_since=event.at)
        if matched:
            return go(PausingFace(lane, visit, why="face.not_followed"))
        return go(PausingFace(lane, visit, hint=result.last_hint))
    return choose_method(lane, visit.alert("face_not_confirmed"), "face.give_up", staff_wanted=True)


def _nobody(lane: Lane, visit: Visit, hint: FaceHint | None) -> str:
    if hint is FaceHint.COVERED:
        return "face.covered"
    return "face.nobody" if face_open(lane, visit) else "face.give_up"


@on(CheckingFace, EffectFailed, ChoosingMethod)
def face_failed(state: CheckingFace, event: EffectFailed) -> Move:
    visit = face_stage_left(state.visit, event.at)
    if event.code in (FailureCode.CAMERA_GONE, FailureCode.CAMERA_SILENT):
        return choose_method(state.lane, visit.alert("camera_gone"), "camera.gone")
    return choose_method(state.lane, without_photo(visit).alert("face_failed"), "camera.gone")


@on(PausingFace, TimerFired, CheckingFace, ChoosingMethod)
def face_again(state: PausingFace, event: TimerFired) -> Move:
    visit = face_stage_left(state.visit, event.at)
    if not face_open(state.lane, visit):
        return choose_method(state.lane, visit.alert("face_not_confirmed"), "face.give_up", staff_wanted=True)
    return start_face(state.lane, visit, event.at, retry=True, hint=state.hint)


@on(ChoosingMethod, Tapped, CheckingFace, ChoosingMethod, control="method.face")
def face_chosen(state: ChoosingMethod, event: Tapped) -> Move:
    if not face_open(state.lane, state.visit):
        return stay(state)
    return start_face(state.lane, state.visit, event.at, retry=state.visit.face_attempts > 0)


@on(ChoosingMethod, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
@on(CheckingFace, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
@on(PausingFace, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
@on(AwaitingVisualCheck, Tapped, EnteringPin, ConfirmingLastTry, control="method.pin")
def pin_chosen(state: CardStage, event: Tapped) -> Move:
    busy = isinstance(state, AwaitingVisualCheck) and state.resume is not None
    if busy or not pin_open(state.lane, state.visit):
        return stay(state)
    move = start_pin(state.lane, face_stage_left(state.visit, event.at))
    return Move(move.state, (*stop_face(state), *move.effects))


@on(ChoosingMethod, Tapped, AwaitingVisualCheck, control="method.staff")
@on(CheckingFace, Tapped, AwaitingVisualCheck, control="method.staff")
@on(PausingFace, Tapped, AwaitingVisualCheck, control="method.staff")
@on(EnteringPin, Tapped, AwaitingVisualCheck, control="method.staff")
@on(ConfirmingLastTry, Tapped, AwaitingVisualCheck, control="method.staff")
@on(CardStage, Tapped, AwaitingVisualCheck, control="staff")
def staff_chosen(state: CardStage, event: Tapped) -> Move:
    if isinstance(state, AwaitingVisualCheck):
        return stay(state)
    at_work = state if isinstance(state, ReadingCard | ReadingPhoto | VerifyingPin) else None
    visit = face_stage_left(state.visit, event.at)
    return go(AwaitingVisualCheck(state.lane, visit, resume=at_work), *stop_face(state))


@on(AwaitingVisualCheck, CardRead, AwaitingVisualCheck, CardProblem, FallingBack)
@on(AwaitingVisualCheck, PhotoRead, AwaitingVisualCheck)
@on(AwaitingVisualCheck, PinJudged, AwaitingVisualCheck, *CONFIRMED)
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
        return go(AwaitingVisualCheck(after.lane, replace(after.visit, face_since=None)))
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
