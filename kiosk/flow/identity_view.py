"""The screens of identification: face, choice of ways, PIN, visual check."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    CameraContent,
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
    EnteringPin,
    PausingFace,
    Visit,
)
from kiosk.flow.view_parts import control, needs_of


def _ways(visit: Visit, *, staff_first: bool = False) -> tuple[Control, ...]:
    ways: list[Control] = []
    if pin_open(visit):
        ways.append(control("method.pin", detail=True, picture="pin"))
    ways.append(control("method.staff", detail=True, picture="staff_comes"))
    return tuple(reversed(ways)) if staff_first else tuple(ways)


def face_screen(state: CheckingFace) -> View:
    hint = f"face.hint.{state.hint.value}" if state.hint else "face.guide"
    return View(
        "face",
        "",
        Text("face.title"),
        body=(Text("face.glasses" if state.retry else "face.not_stored"),),
        content=CameraContent(Text(hint)),
        picture="look_here",
        controls=_ways(state.visit),
    )


def face_pause_screen(state: PausingFace) -> View:
    hint = f"face.hint.{state.hint.value}" if state.hint else "face.guide"
    return View(
        "face",
        "",
        Text("face.title"),
        body=(Text("face.glasses"),),
        notices=(Notice(Text("face.retry"), Tone.CARE),),
        content=CameraContent(Text(hint)),
        picture="look_here",
        controls=_ways(state.visit),
        sound="care",
    )


def identify_screen(state: ChoosingMethod) -> View:
    visit = state.visit
    why = state.why
    if why == "face.give_up" and not pin_open(visit):
        why = "face.give_up_staff"
    notices = [Notice(Text(why), Tone.CARE)] if why else []
    if why == "pin.locked":
        notices.append(Notice(Text("pin.locked.reset")))
    if visit.summary is not None and visit.summary.pinless:
        notices.append(Notice(Text("pin.pinless_card")))
    ways = _ways(visit)
    if face_open(state.lane, visit):
        label = "control.method.face_again" if visit.face_attempts or why == "face.nobody" else "control.method.face"
        face = replace(control("method.face", detail=True, picture="look_here"), label=Text(label))
        ways = (face, *ways)
    needs = []
    if state.staff_wanted:
        needs.append("staff.need.face_failed" if visit.face_attempts else "staff.need.visual")
    if "camera_gone" in visit.alerts:
        needs.append("staff.need.camera")
    if "pin_blocked" in visit.alerts:
        needs.append("staff.need.pin_locked")
    return View(
        "identify",
        "",
        Text("auth.title"),
        body=(Text("auth.choose"),),
        notices=tuple(notices),
        controls=ways,
        sound="care" if why else None,
        lane=needs_of(*needs),
    )


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
    notices: tuple[Notice, ...] = ()
    if state.wrong:
        notices = (Notice(Text("pin.wrong", (("n", str(tries)),)), Tone.CARE),)
    return View(
        "pin",
        "",
        Text("pin.title"),
        body=(Text("pin.enter"), Text("pin.cover")),
        notices=notices,
        content=PinContent(tries),
        controls=(control("method.staff", Role.QUIET),),
        back=True,
        sound="care" if state.wrong else None,
    )


def visual_screen(state: AwaitingVisualCheck) -> View:
    ways = (control("method.pin", Role.QUIET),) if pin_open(state.visit) and state.resume is None else ()
    return View(
        "visual",
        "",
        Text("visual.title"),
        body=(Text("visual.waiting"),),
        picture="staff_comes",
        controls=ways,
        back=True,
        staff=False,
        lane=needs_of("staff.need.visual"),
    )
