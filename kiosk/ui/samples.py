"""One sample view for each screen and each of its kinds, for gallery and tests. The texts are the real ones."""

from __future__ import annotations

from datetime import date

from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    CameraContent,
    CardPhotoContent,
    ConsentContent,
    Control,
    Notice,
    PinContent,
    ProgressContent,
    ResultContent,
    Role,
    Tone,
    View,
)
from kiosk.ui.flow_samples import FLOW_SAMPLES
from kiosk.ui.form_samples import FORM_SAMPLES
from kiosk.ui.practice_samples import practice_samples

SIMULATED = Text("simulated.card_terminal")


def _control(
    control_id: str,
    role: Role = Role.CHOICE,
    *,
    detail: bool = False,
    picture: str | None = None,
    checked: bool | None = None,
    label: str = "",
) -> Control:
    return Control(
        control_id,
        Text(label or f"control.{control_id}"),
        role,
        picture=picture,
        checked=checked,
        detail=Text(f"control.{control_id}.detail") if detail else None,
    )


def _texts(*ids: str) -> tuple[Text, ...]:
    return tuple(Text(i) for i in ids)


_FACE = _control("method.face", detail=True, picture="look_here", label="control.method.face_again")
_PIN = _control("method.pin", detail=True, picture="pin")
_STAFF = _control("method.staff", detail=True, picture="staff_comes")
_NO_CARD = _control("idle.no_card", picture="other_documents")


def _idle(*notices: Notice) -> View:
    panel = _control("idle.no_card", Role.MAIN, detail=True, picture="other_documents")
    return View(
        "idle",
        "Idle",
        Text("idle.title"),
        body=_texts("idle.place_card"),
        notices=notices,
        picture="place_card",
        controls=(panel, _control("idle.phone", Role.QUIET), _control("idle.practice", Role.QUIET)),
        simulated=SIMULATED,
    )


def _card_problem(kind: str, picture: str, *more: str) -> View:
    return View(
        "card_problem",
        "CardProblem",
        Text(f"card.{kind}.title"),
        body=_texts(f"card.{kind}", *more),
        picture=picture,
        controls=(_NO_CARD,),
        sound="care",
        simulated=SIMULATED,
    )


def _face(hint: str, *notices: Notice) -> View:
    return View(
        "face",
        "CheckingFace",
        Text("face.title"),
        body=_texts("face.glasses" if notices else "face.not_stored"),
        notices=notices,
        picture="look_here",
        content=CameraContent(Text(hint)),
        controls=(_PIN, _STAFF),
        simulated=SIMULATED,
    )


def _turn(side: str) -> View:
    return View(
        "face",
        "CheckingFace",
        Text("face.turn.title"),
        body=_texts("face.turn.why"),
        picture="look_here",
        content=CameraContent(Text(f"face.hint.turn_{side}"), side),
        controls=(_PIN, _STAFF),
        simulated=SIMULATED,
    )


def _decide(camera: Text | None, *more: str) -> View:
    return View(
        "visual_decide",
        "DecidingVisually",
        Text("visual.decide.title"),
        body=_texts("visual.decide", "visual.decide.name", *more),
        content=CardPhotoContent(Text("picture.card_photo"), camera),
        controls=(
            *(
                _control(f"visual.reason.{r}", Role.QUIET)
                for r in ("face_failed", "covered", "child", "pin_unknown", "asked")
            ),
            _control("visual.refuse", Role.QUIET),
        ),
        back=True,
        staff=False,
        simulated=SIMULATED,
    )


def _code_pad(*notices: Notice) -> View:
    return View(
        "visual_code",
        "EnteringStaffCode",
        Text("staff_code.title"),
        body=_texts("staff_code.enter", "staff_code.patient"),
        notices=notices,
        content=PinContent(0, 6, "staff_code"),
        back=True,
        staff=False,
        sound="care" if notices else None,
        simulated=SIMULATED,
    )


def _pin(*notices: Notice, shuffled: bool = False) -> View:
    return View(
        "pin",
        "EnteringPin",
        Text("pin.title"),
        body=_texts("pin.enter", "pin.shuffled" if shuffled else "pin.cover"),
        notices=notices,
        content=PinContent(3, shuffled=shuffled),
        controls=(_control("method.staff", Role.QUIET),),
        back=True,
        sound="care" if any(n.tone is Tone.CARE for n in notices) else None,
        simulated=SIMULATED,
    )


def _consent_items(*given: str) -> View:
    items = ("surgery", "medication", "checkup")
    switches = tuple(_control(f"consent.{i}", detail=True, checked=i in given) for i in items)
    return View(
        "consent_items",
        "ChoosingConsents",
        Text("consent.items.title"),
        body=_texts("consent.items", "consent.items.none"),
        picture="consent",
        content=ConsentContent(items),
        controls=(*switches, _control("consent.ok", Role.MAIN)),
        back=True,
        simulated=SIMULATED,
    )


def _result(*controls: Control, masked: bool, notices: tuple[Notice, ...] = ()) -> View:
    until = Text("result.value.viewing_until", (("date", date(2026, 11, 25)), ("time", "9:30")))
    rows: tuple[tuple[Text, Text | str], ...] = (
        (Text("result.row.consent"), Text("result.value.consent_all")),
        (Text("result.row.viewing_until"), until),
    )
    if not masked:
        share = Text("result.value.share", (("n", "1"), ("percent", "10")))
        ceiling = Text("result.value.ceiling_from", (("yen", 18_000),))
        rows = ((Text("result.row.share"), share), (Text("result.row.ceiling"), ceiling), *rows)
    return View(
        "result",
        "ShowingResult",
        Text("result.title"),
        body=_texts("result.ok", "result.confirm_name") if masked else _texts("result.ok"),
        notices=notices,
        picture="result_ok",
        content=ResultContent("ミ＊＊ ハ＊＊＊" if masked else "ミホン ハナコ\n見本　花子", masked, rows),
        controls=controls,
        sound="ok",
        simulated=SIMULATED,
    )


def _end(screen: str, title: str, picture: str, *body: str, urgent: bool = False, sound: str = "ok") -> View:
    return View(
        screen,
        screen,
        Text(title),
        body=_texts(*body),
        picture=picture,
        urgent=urgent,
        sound=sound,
        simulated=SIMULATED,
    )


def _staff_called(*body: str, title: str = "staff_called.title", back: bool = False) -> View:
    return View(
        "staff_called",
        "StaffCalled",
        Text(title),
        body=_texts(*body),
        picture="staff_comes",
        back=back,
        staff=False,
        sound="care",
        simulated=SIMULATED,
    )


def _waiting(screen: str, title: str, picture: str, *body: str) -> View:
    return View(
        screen,
        screen,
        Text(title),
        body=_texts(*body),
        picture=picture,
        content=ProgressContent(),
        simulated=SIMULATED,
    )


def _identify(*notices: Notice, ways: tuple[Control, ...]) -> View:
    alone = ways == (_STAFF,)
    return View(
        "identify",
        "ChoosingMethod",
        Text("visual.title" if alone else "auth.title"),
        body=_texts("auth.staff_only" if alone else "auth.choose"),
        notices=notices,
        controls=ways,
        sound="care" if any(n.tone is Tone.CARE for n in notices) else None,
        simulated=SIMULATED,
    )


def _care(message_id: str, *values: tuple[str, str | date]) -> Notice:
    return Notice(Text(message_id, values), Tone.CARE)


SAMPLES: dict[str, View] = {
    "idle": _idle(),
    "idle_after_power_cut": _idle(_care("outage.power")),
    "reading": _waiting("reading", "card.reading.title", "reading", "card.reading", "card.leave"),
    "card_problem_not_myna": _card_problem("not_myna", "not_this_card", "card.not_myna.other"),
    "card_problem_no_chip": _card_problem("no_chip", "card_case"),
    "card_problem_removed_early": _card_problem("removed_early", "place_card"),
    "face": _face("face.guide"),
    "face_too_far": _face("face.hint.too_far"),
    "face_hold_still": _face("face.hint.hold_still"),
    "face_again": _face("face.hint.backlit", _care("face.retry")),
    "face_turn_left": _turn("left"),
    "face_turn_right": _turn("right"),
    "face_not_followed": _face("face.guide", _care("face.not_followed")),
    "identify_covered": _identify(_care("face.covered"), ways=(_FACE, _PIN, _STAFF)),
    "identify_child": _identify(Notice(Text("auth.child")), ways=(_FACE, _PIN, _STAFF)),
    "identify": _identify(_care("face.retry"), ways=(_FACE, _PIN, _STAFF)),
    "identify_pin_locked": _identify(_care("pin.locked"), Notice(Text("pin.locked.reset")), ways=(_FACE, _STAFF)),
    "identify_staff_only": _identify(_care("face.give_up_staff"), ways=(_STAFF,)),
    "pin": _pin(Notice(Text("pin.tries", (("n", "3"),)))),
    "pin_shuffled": _pin(Notice(Text("pin.tries", (("n", "3"),))), shuffled=True),
    "visual_code": _code_pad(),
    "visual_code_refused": _code_pad(_care("staff_code.refused")),
    "visual_code_resting": View(
        "visual_code",
        "EnteringStaffCode",
        Text("staff_code.resting.title"),
        body=_texts("staff_code.resting"),
        picture="staff_comes",
        back=True,
        staff=False,
        simulated=SIMULATED,
    ),
    "visual_decide": _decide(Text("picture.person_now")),
    "visual_decide_no_camera": _decide(None, "visual.decide.no_camera"),
    "pin_wrong": _pin(_care("pin.wrong", ("n", "2"))),
    "pin_last_try": View(
        "pin_last_try",
        "ConfirmingLastTry",
        Text("pin.last_try.title"),
        body=_texts("pin.last_chance", "pin.last_advice"),
        picture="pin",
        controls=(_control("pin_last_try.no", Role.MAIN), _control("pin_last_try.yes", Role.QUIET)),
        back=True,
        sound="care",
        simulated=SIMULATED,
    ),
    "visual": View(
        "visual",
        "AwaitingVisualCheck",
        Text("visual.title"),
        body=_texts("visual.waiting"),
        picture="staff_comes",
        controls=(_control("method.pin", Role.QUIET), _control("visual.code", Role.QUIET)),
        back=True,
        staff=False,
        simulated=SIMULATED,
    ),
    "registration": View(
        "registration",
        "Registering",
        Text("register.title"),
        body=_texts("register.ask", "register.skip"),
        picture="registration",
        controls=(_control("registration.yes", Role.MAIN), _control("registration.no", Role.MAIN)),
        simulated=SIMULATED,
    ),
    "consent": View(
        "consent",
        "Consenting",
        Text("consent.title"),
        body=_texts("consent.ask_all", "consent.no_penalty", "consent.period"),
        picture="consent",
        controls=(
            _control("consent.all", Role.MAIN),
            _control("consent.none", Role.MAIN),
            _control("consent.choose", Role.QUIET),
        ),
        simulated=SIMULATED,
    ),
    "consent_items": _consent_items(),
    "consent_items_some": _consent_items("medication", "checkup"),
    "prescription": View(
        "prescription",
        "ChoosingPrescription",
        Text("prescription.title"),
        body=_texts("prescription.ask", "prescription.either"),
        picture="document_notice",
        controls=(
            _control("prescription.electronic", Role.MAIN, detail=True),
            _control("prescription.paper", Role.MAIN, detail=True),
        ),
        back=True,
        simulated=SIMULATED,
    ),
    "checking": _waiting("checking", "checking.title", "checking", "checking.wait", "checking.slow"),
    "result": _result(
        _control("result.next", Role.MAIN),
        _control("confirm.yes"),
        _control("confirm.not_me", Role.QUIET, detail=True),
        masked=True,
    ),
    "result_confirmed": _result(_control("result.next", Role.MAIN), masked=False),
    "result_expiry_soon": _result(
        _control("result.next", Role.MAIN),
        _control("confirm.yes"),
        _control("confirm.not_me", Role.QUIET, detail=True),
        masked=True,
        notices=(_care("result.expiry_soon", ("date", date(2026, 12, 20))),),
    ),
    "take_card": _end(
        "take_card",
        "card.take",
        "take_card",
        "finish.done",
        "finish.wait",
        "finish.other_certificates",
        urgent=True,
        sound="take_card",
    ),
    "finished": _end("finished", "finish.done", "result_ok", "finish.wait", "finish.other_certificates"),
    "card_forgotten": _end(
        "card_forgotten", "card.forgotten.title", "card_forgotten", "card.forgotten", urgent=True, sound="alarm"
    ),
    "staff_called": _staff_called("staff_called.wait", "staff_called.back", back=True),
    "staff_called_not_me": _staff_called("result.not_me", title="result.not_me.title"),
    "extend_time": View(
        "extend_time",
        "AskingMoreTime",
        Text("extend.title"),
        body=_texts("timeout.ask", "timeout.soon"),
        picture="extend_time",
        controls=(_control("extend.yes", Role.MAIN),),
        back=True,
        sound="care",
        simulated=SIMULATED,
    ),
    "out_of_service": _end(
        "out_of_service", "outage.title", "out_of_service", "outage.reader", "outage.recovers", sound="care"
    ),
    **FLOW_SAMPLES,
    **FORM_SAMPLES,
}
SAMPLES |= practice_samples(SAMPLES)
