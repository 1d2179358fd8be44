"""Practice on the screen: where it is offered, and what a rehearsed screen says that a real one does not."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.decision.inputs import Flag
from kiosk.domain.messages import Text
from kiosk.domain.screen import Control, Notice, PinContent, ResultContent, Role, StaffView, View
from kiosk.flow.states import Lane
from kiosk.flow.states_practice import Practising, Rehearsing
from kiosk.flow.view_parts import control, extend_screen

PRACTICE_PIN = "1234"
_STEP = "staff.step.practice"
_STAFF_COME = ("visual", "staff_called")
_ENDS = ("take_card", "card_forgotten")


def practice_offered(lane: Lane) -> bool:
    """Not where a certified reader takes the card, nor while a disaster leaves no time for it."""
    settings = lane.settings
    return settings.practice and not settings.device_beside and Flag.DISASTER not in settings.flags


def practice_control(lane: Lane) -> tuple[Control, ...]:
    return (control("idle.practice", Role.QUIET),) if practice_offered(lane) else ()


def practice_screen(state: Practising | Rehearsing) -> View:
    """While one goes on, the rehearsal shows its own screens in place of this one."""
    if isinstance(state, Rehearsing):
        return View("practice", "", Text("practice.title"), picture="place_card", practice=True)
    if state.asking:
        return replace(extend_screen(), practice=True)
    done = state.done
    begin = control("practice.place_card", Role.MAIN)
    return View(
        "practice",
        "",
        Text("practice.done.title" if done else "practice.title"),
        body=(
            (Text("practice.done"), Text("practice.done.real"))
            if done
            else (Text("practice.how"), Text("practice.card"), Text("practice.made_up"))
        ),
        picture="place_card",
        controls=(replace(begin, label=Text("control.practice.again")) if done else begin,),
        back=True,
        sound="ok" if done else None,
        practice=True,
    )


def rehearsed(view: View) -> View:
    """A screen of the made-up visit, as it is shown: nothing of it can be taken for a real one."""
    notices, controls, body = view.notices, view.controls, view.body
    if isinstance(view.content, PinContent):
        notices = (*notices, Notice(Text("practice.pin", (("pin", PRACTICE_PIN),))))
    elif view.screen == "face":
        body = (Text("practice.face"),)
    elif isinstance(view.content, ResultContent):
        body = (Text("practice.result"), *body[1:])
    elif view.screen in _STAFF_COME:
        body = (Text("practice.no_staff"),)
        controls = tuple(c for c in controls if not c.id.startswith("visual."))
    elif view.screen in _ENDS:
        body = (Text("practice.take"),)
        controls = (control("practice.take_card", Role.MAIN), *controls)
    return replace(
        view,
        body=body,
        notices=notices,
        controls=controls,
        staff=True,
        simulated=None,
        practice=True,
        lane=StaffView(Text(_STEP)),
    )
