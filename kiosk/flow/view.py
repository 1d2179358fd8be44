"""State → what the patient and the staff see. Screens compute nothing; this module decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    CameraContent,
    ConsentContent,
    Control,
    Notice,
    PinContent,
    ProgressContent,
    Role,
    StaffView,
    Tone,
    View,
)
from kiosk.flow.face_ways import face_open, pin_open
from kiosk.flow.result_view import result_screen
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingEligibility,
    AwaitingRegistration,
    AwaitingStaff,
    AwaitingVisualCheck,
    CardForgotten,
    CardProblem,
    CheckingFace,
    ChoosingConsents,
    ChoosingMethod,
    ConfirmingLastTry,
    Consenting,
    EnteringPin,
    FallingBack,
    Finished,
    HandingOver,
    HandOverFailed,
    Idle,
    OutOfService,
    PausingFace,
    ProblemKind,
    ReadingCard,
    ReadingPhoto,
    Registering,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    StaffCalledAtIdle,
    State,
    TakingCard,
    VerifyingPin,
    Visit,
)
from kiosk.flow.timeouts import RECOVERS_BY_TRYING


def control(name: str, role: Role = Role.CHOICE, *, detail: bool = False, picture: str | None = None) -> Control:
    return Control(
        name,
        Text(f"control.{name}"),
        role,
        picture=picture,
        detail=Text(f"control.{name}.detail") if detail else None,
    )


def view(state: State) -> View:
    """The screen of a state, in the lane's language."""
    drawn = _SCREENS[type(state)](state)
    settings = state.lane.settings
    return replace(
        drawn,
        state=type(state).__name__,
        language=state.lane.language,
        languages=settings.languages,
        voice_on=state.lane.voice_on,
        simulated=Text(settings.simulated[0]) if settings.simulated else None,
        lane=replace(drawn.lane, step=Text(f"staff.step.{drawn.screen}")),
    )


def _needs(*ids: str) -> StaffView:
    return StaffView(Text("staff.step.idle"), tuple(Text(i) for i in ids))


def _idle(state: Idle) -> View:
    notices = (Notice(Text("outage.power"), Tone.CARE),) if state.after_power_cut else ()
    return View(
        "idle",
        "",
        Text("idle.title"),
        body=(Text("idle.place_card"),),
        notices=notices,
        picture="place_card",
        controls=(control("idle.no_card", Role.MAIN, detail=True, picture="other_documents"),),
    )


def _out_of_service(state: OutOfService) -> View:
    disk = state.code in RECOVERS_BY_TRYING
    return View(
        "out_of_service",
        "",
        Text("outage.title"),
        body=(Text("outage.disk" if disk else "outage.reader"), Text("outage.recovers")),
        picture="out_of_service",
        sound="care",
        lane=_needs("staff.need.journal" if disk else "staff.need.reader"),
    )


def _reading(_state: ReadingCard | ReadingPhoto) -> View:
    return View(
        "reading",
        "",
        Text("card.reading.title"),
        body=(Text("card.reading"), Text("card.leave")),
        picture="reading",
        content=ProgressContent(),
        sound="start",
    )


def _ways(visit: Visit, *, staff_first: bool = False) -> tuple[Control, ...]:
    ways: list[Control] = []
    if pin_open(visit):
        ways.append(control("method.pin", detail=True, picture="pin"))
    ways.append(control("method.staff", detail=True, picture="staff_comes"))
    return tuple(reversed(ways)) if staff_first else tuple(ways)


def _face(state: CheckingFace) -> View:
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


def _face_pause(state: PausingFace) -> View:
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


def _identify(state: ChoosingMethod) -> View:
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
        lane=_needs(*needs),
    )


def _last_try(_state: ConfirmingLastTry) -> View:
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


def _pin(state: EnteringPin) -> View:
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


def _visual(state: AwaitingVisualCheck) -> View:
    ways = (control("method.pin", Role.QUIET),) if pin_open(state.visit) else ()
    return View(
        "visual",
        "",
        Text("visual.title"),
        body=(Text("visual.waiting"),),
        picture="staff_comes",
        controls=ways,
        back=True,
        staff=False,
        lane=_needs("staff.need.visual"),
    )


def _checking(body: str) -> Callable[[State], View]:
    def draw(_state: State) -> View:
        return View(
            "checking",
            "",
            Text("checking.title"),
            body=(Text(body),),
            picture="checking",
            content=ProgressContent(),
        )

    return draw


def _card_problem(state: CardProblem) -> View:
    problem = {
        ProblemKind.NOT_THIS_CARD: ("card.not_myna", "not_this_card"),
        ProblemKind.NO_CHIP: ("card.no_chip", "card_case"),
        ProblemKind.REMOVED_EARLY: ("card.removed_early", "place_card"),
    }[state.kind]
    body = [Text(problem[0])]
    if state.kind is ProblemKind.NOT_THIS_CARD:
        body.append(Text("card.not_myna.other"))
    return View(
        "card_problem",
        "",
        Text(f"{problem[0]}.title"),
        body=tuple(body),
        picture=problem[1],
        controls=(control("idle.no_card", Role.CHOICE, picture="other_documents"),),
        sound="care",
    )


def _registration(_state: Registering) -> View:
    return View(
        "registration",
        "",
        Text("register.title"),
        body=(Text("register.ask"), Text("register.skip")),
        picture="registration",
        controls=(control("registration.yes", Role.MAIN), control("registration.no", Role.MAIN)),
    )


def _consent(_state: Consenting) -> View:
    return View(
        "consent",
        "",
        Text("consent.title"),
        body=(Text("consent.ask_all"), Text("consent.no_penalty"), Text("consent.period")),
        picture="consent",
        controls=(
            control("consent.all", Role.MAIN),
            control("consent.none", Role.MAIN),
            control("consent.choose", Role.QUIET),
        ),
    )


def _consent_items(state: ChoosingConsents) -> View:
    items = state.lane.settings.consent_items
    switches = tuple(replace(control(f"consent.{item}", detail=True), checked=item in state.chosen) for item in items)
    return View(
        "consent_items",
        "",
        Text("consent.items.title"),
        body=(Text("consent.items"), Text("consent.items.none")),
        content=ConsentContent(items),
        controls=(*switches, control("consent.ok", Role.MAIN)),
        back=True,
    )


def _take_card(state: TakingCard | CardForgotten) -> View:
    return View(
        "take_card",
        "",
        Text("card.take"),
        body=(Text(state.why), *_after(state.why)),
        picture="take_card",
        sound="take_card",
    )


def _after(why: str) -> tuple[Text, ...]:
    if why == "finish.done":
        return (Text("finish.wait"), Text("finish.other_certificates"))
    return ()


def _card_forgotten(_state: CardForgotten) -> View:
    return View(
        "card_forgotten",
        "",
        Text("card.forgotten.title"),
        body=(Text("card.forgotten"),),
        picture="card_forgotten",
        sound="alarm",
        urgent=True,
        lane=_needs("staff.need.card_forgotten"),
    )


def _handing_over(state: HandingOver) -> View:
    """Lasts for milliseconds: it already looks like what follows."""
    if state.lane.card is not None:
        return replace(_take_card(TakingCard(state.lane, state.visit_id)), staff=False)
    return replace(_finished(Finished(state.lane)), staff=False)


def _finished(state: Finished) -> View:
    body = (Text("finish.wait"), Text("finish.other_certificates")) if state.why == "finish.done" else ()
    return View("finished", "", Text(state.why), body=body, picture="result_ok", sound="ok")


def _fallback(state: FallingBack) -> View:
    needs = {"outage.network": "staff.need.terminal", "card.damaged": "staff.need.card"}
    body = [Text(state.cause), Text("fallback.choose"), Text("fallback.none")]
    return View(
        "fallback",
        "",
        Text("fallback.title"),
        body=tuple(body),
        picture="terminal_down" if state.cause == "outage.network" else "other_documents",
        controls=(
            control("fallback.document", Role.MAIN, detail=True),
            control("fallback.none", Role.MAIN, detail=True),
        ),
        sound="care",
        lane=_needs(needs.get(state.cause, "staff.need.documents")),
    )


def _staff_screen(
    title: str, *body: str, need: str, back: bool = False, picture: str = "staff_comes", urgent: bool = False
) -> View:
    return View(
        "staff_called",
        "",
        Text(title),
        body=tuple(Text(b) for b in body),
        picture=picture,
        back=back,
        staff=False,
        sound="care",
        urgent=urgent,
        lane=_needs(need),
    )


def _awaiting_staff(state: AwaitingStaff) -> View:
    if state.reason == "staff.need.not_me":
        return _staff_screen("result.not_me.title", "result.not_me", need=state.reason)
    if state.reason == "staff.need.mismatch":
        return _staff_screen("staff_called.title", "staff_called.incident", "staff_called.wait", need=state.reason)
    if state.reason == "staff.need.documents":
        return _staff_screen("staff_called.title", "staff_called.documents", "staff_called.counter", need=state.reason)
    return _staff_screen("staff_called.title", "staff_called.wait", "staff_called.counter", need=state.reason)


def _staff_called(_state: StaffCalled) -> View:
    return _staff_screen(
        "staff_called.title", "staff_called.wait", "staff_called.back", need="staff.need.called", back=True
    )


def _staff_called_at_idle(state: StaffCalledAtIdle) -> View:
    second = "staff_called.documents" if state.documents else "staff_called.counter"
    need = "staff.need.documents" if state.documents else "staff.need.called"
    return _staff_screen("staff_called.title", "staff_called.wait", second, need=need, back=True)


def _hand_over_failed(_state: HandOverFailed) -> View:
    return _staff_screen("staff_called.title", "finish.counter", need="staff.need.out")


def _extend(_state: AskingMoreTime) -> View:
    return View(
        "extend_time",
        "",
        Text("extend.title"),
        body=(Text("timeout.ask"), Text("timeout.soon")),
        picture="extend_time",
        controls=(control("extend.yes", Role.MAIN),),
        back=True,
        sound="care",
    )


_SCREENS: dict[type[State], Callable[[Any], View]] = {
    Idle: _idle,
    OutOfService: _out_of_service,
    ReadingCard: _reading,
    ReadingPhoto: _reading,
    CheckingFace: _face,
    PausingFace: _face_pause,
    ChoosingMethod: _identify,
    ConfirmingLastTry: _last_try,
    EnteringPin: _pin,
    VerifyingPin: _checking("face.checking"),
    AwaitingVisualCheck: _visual,
    CardProblem: _card_problem,
    Registering: _registration,
    AwaitingRegistration: _checking("checking.registering"),
    Consenting: _consent,
    ChoosingConsents: _consent_items,
    AwaitingEligibility: _checking("checking.wait"),
    RegisteringConsents: _checking("checking.wait"),
    ShowingResult: result_screen,
    HandingOver: _handing_over,
    HandOverFailed: _hand_over_failed,
    TakingCard: _take_card,
    CardForgotten: _card_forgotten,
    Finished: _finished,
    FallingBack: _fallback,
    AwaitingStaff: _awaiting_staff,
    StaffCalled: _staff_called,
    StaffCalledAtIdle: _staff_called_at_idle,
    AskingMoreTime: _extend,
}
