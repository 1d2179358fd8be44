"""The screens of identification: face, choice of ways, PIN, visual check."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    CameraContent,
    CardPhotoContent,
    Control,
    Notice,
    PinContent,
    Role,
    Tone,
    View,
)
from kiosk.flow.face_ways import face_open, pin_open
from kiosk.flow.states import (
    AwaitingVisualCheck,
    CheckingFace,
    ChoosingMethod,
    ConfirmingLastTry,
    DecidingVisually,
    EnteringPin,
    EnteringStaffCode,
    Lane,
    PausingFace,
    Visit,
)
from kiosk.flow.transitions_code import REASONS, code_possible
from kiosk.flow.view_parts import control, needs_of
from kiosk.flow.ways import by_ear, grown_up, offered
from kiosk.ports.face import FaceHint

STAFF_CODE_LENGTH = 6

_PICTURES = {"face": "look_here", "pin": "pin", "staff": "staff_comes"}
_TURNS = {FaceHint.TURN_LEFT: "left", FaceHint.TURN_RIGHT: "right", FaceHint.LOOK_STRAIGHT: "straight"}
_SIDES = frozenset({"left", "right"})
"""Turns with an arrow."""


def _way(name: str) -> Control:
    return control(f"method.{name}", detail=True, picture=_PICTURES[name])


def _other_ways(lane: Lane, visit: Visit) -> tuple[Control, ...]:
    """Beside the face check. Staff can always be asked."""
    ways = [way for way in offered(lane, visit) if way != "face"]
    return tuple(_way(way) for way in ways or ["staff"])


def _hint(lane: Lane, visit: Visit, hint: FaceHint | None) -> Text:
    """Nobody asks a small child to uncover."""
    if hint is FaceHint.COVERED and not grown_up(lane, visit):
        return Text("face.hint.other_way")
    return Text(f"face.hint.{hint.value}" if hint else "face.guide")


def _advice(lane: Lane, visit: Visit) -> Text:
    return Text("face.glasses" if grown_up(lane, visit) else "face.other_ways")


def face_screen(state: CheckingFace) -> View:
    lane, visit = state.lane, state.visit
    turn = _TURNS.get(state.hint) if state.hint else None
    body = Text("face.turn.why") if turn else _advice(lane, visit) if state.retry else Text("face.not_stored")
    return View(
        "face",
        "",
        Text("face.turn.title" if turn in _SIDES else "face.title"),
        body=(body,),
        content=CameraContent(_hint(lane, visit, state.hint), turn),
        picture="look_here",
        controls=_other_ways(lane, visit),
    )


def face_pause_screen(state: PausingFace) -> View:
    lane, visit = state.lane, state.visit
    return View(
        "face",
        "",
        Text("face.title"),
        body=(_advice(lane, visit),),
        notices=(Notice(Text(state.why), Tone.CARE),),
        content=CameraContent(_hint(lane, visit, state.hint)),
        picture="look_here",
        controls=_other_ways(lane, visit),
        sound="care",
    )


def identify_screen(state: ChoosingMethod) -> View:
    lane, visit = state.lane, state.visit
    why = state.why
    if why == "face.give_up" and not pin_open(lane, visit):
        why = "face.give_up_staff"
    notices = [Notice(Text(why), Tone.CARE)] if why else []
    if why == "pin.locked":
        notices.append(Notice(Text("pin.locked.reset")))
    if visit.summary is not None and visit.summary.pinless:
        notices.append(Notice(Text("pin.pinless_card")))
    if why is None and face_open(lane, visit) and not grown_up(lane, visit):
        notices.append(Notice(Text("auth.child")))
    if not lane.settings.staffed and offered(lane, visit) == ("staff",):
        notices.append(Notice(Text("auth.staff_away"), Tone.CARE))
    choice = offered(lane, visit) != ("staff",)
    return View(
        "identify",
        "",
        Text("auth.title" if choice else "visual.title"),
        body=(Text("auth.choose" if choice else "auth.staff_only"),),
        notices=tuple(notices),
        controls=_ways(state),
        sound="care" if why else None,
        lane=needs_of(*_needs(state)),
    )


def _ways(state: ChoosingMethod) -> tuple[Control, ...]:
    ways = []
    for name in offered(state.lane, state.visit):
        way = _way(name)
        if name == "face" and (state.visit.face_attempts or state.why == "face.nobody"):
            way = replace(way, label=Text("control.method.face_again"))
        ways.append(way)
    return tuple(ways)


def _needs(state: ChoosingMethod) -> list[str]:
    visit = state.visit
    needs = []
    if state.staff_wanted:
        needs.append("staff.need.face_failed" if visit.face_attempts else "staff.need.visual")
    needs += [need for alert, need in _NEEDS.items() if alert in visit.alerts]
    return needs


_NEEDS = {
    "liveness_failed": "staff.need.liveness",
    "camera_gone": "staff.need.camera",
    "pin_blocked": "staff.need.pin_locked",
}


def last_try_screen(_state: ConfirmingLastTry) -> View:
    return View(
        "pin_last_try",
        "",
        Text("pin.last_try.title"),
        body=(Text("pin.last_chance"), Text("pin.last_advice")),
        picture="pin",
        controls=(control("pin_last_try.no", Role.MAIN), control("pin_last_try.yes", Role.QUIET)),
        back=True,
        sound="care",
    )


def pin_screen(state: EnteringPin) -> View:
    tries = state.visit.pin_tries or 0
    n = (("n", str(tries)),)
    notice = Notice(Text("pin.wrong", n), Tone.CARE) if state.wrong else Notice(Text("pin.tries", n))
    shuffled = state.lane.settings.pin_shuffled
    hidden = "pin.keep_secret" if by_ear(state.lane) else "pin.cover"
    return View(
        "pin",
        "",
        Text("pin.title"),
        body=(Text("pin.enter"), Text("pin.shuffled" if shuffled else hidden)),
        notices=(notice,),
        content=PinContent(tries, shuffled=shuffled),
        controls=(control("method.staff", Role.QUIET),),
        back=True,
        sound="care" if state.wrong else None,
    )


def visual_screen(state: AwaitingVisualCheck) -> View:
    ways = [control("method.pin", Role.QUIET)] if pin_open(state.lane, state.visit) and state.resume is None else []
    if code_possible(state):
        ways.append(control("visual.code", Role.QUIET))
    away = () if state.lane.settings.staffed else (Notice(Text("auth.staff_away")),)
    doubt = ("staff.need.liveness",) if "liveness_failed" in state.visit.alerts else ()
    return View(
        "visual",
        "",
        Text("visual.title"),
        body=(Text("visual.waiting"),),
        notices=away,
        picture="staff_comes",
        controls=tuple(ways),
        back=True,
        staff=False,
        lane=needs_of("staff.need.visual", *doubt),
    )


def staff_code_screen(state: EnteringStaffCode) -> View:
    if state.resting:
        return View(
            "visual_code",
            "",
            Text("staff_code.resting.title"),
            body=(Text("staff_code.resting"),),
            picture="staff_comes",
            back=True,
            staff=False,
            lane=needs_of("staff.need.visual"),
        )
    return View(
        "visual_code",
        "",
        Text("staff_code.title"),
        body=(Text("staff_code.enter"), Text("staff_code.patient")),
        notices=(Notice(Text("staff_code.refused"), Tone.CARE),) if state.refused else (),
        content=PinContent(0, STAFF_CODE_LENGTH, "staff_code"),
        back=True,
        staff=False,
        sound="care" if state.refused else None,
        lane=needs_of("staff.need.visual"),
    )


def decide_screen(state: DecidingVisually) -> View:
    reasons = tuple(control(f"visual.reason.{reason}", Role.QUIET) for reason in REASONS)
    photo, camera = Text("picture.card_photo"), Text("picture.person_now")
    alone = (Text("visual.decide.no_camera"),) if state.camera_gone else ()
    return View(
        "visual_decide",
        "",
        Text("visual.decide.title"),
        body=(Text("visual.decide"), Text("visual.decide.name"), *alone),
        content=CardPhotoContent(photo, None if alone else camera) if state.visit.photo else None,
        controls=(*reasons, control("visual.refuse", Role.QUIET)),
        back=True,
        staff=False,
        lane=needs_of("staff.need.visual"),
    )
