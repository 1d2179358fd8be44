"""State → what the patient and the staff see. Screens compute nothing; this module decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.domain.decision.inputs import Flag
from kiosk.domain.failures import FailureCode
from kiosk.domain.languages import staff_language
from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    ConsentContent,
    Notice,
    ProgressContent,
    Role,
    Tone,
    View,
)
from kiosk.flow.consents import is_child
from kiosk.flow.consents import pages as pages_of_items
from kiosk.flow.documents_view import (
    USUAL_SHARE,
    choose_screen,
    confirm_screen,
    document_result_screen,
    entry_screen,
    fallback_screen,
    oral_screen,
    querying_screen,
    reading_screen,
    visit_screen,
)
from kiosk.flow.end_view import card_forgotten_screen, finished_screen, handing_over_screen, take_card_screen
from kiosk.flow.form_view import form_screen, review_screen, signature_screen
from kiosk.flow.identity_view import (
    decide_screen,
    face_pause_screen,
    face_screen,
    identify_screen,
    last_try_screen,
    pin_screen,
    staff_code_screen,
    visual_screen,
)
from kiosk.flow.outage import what_holds
from kiosk.flow.practice import practice_control, practice_screen
from kiosk.flow.prescription import prescription_screen
from kiosk.flow.result_view import result_screen
from kiosk.flow.staff_facts import choices, facts, waiting
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingEligibility,
    AwaitingPhone,
    AwaitingRegistration,
    AwaitingStaff,
    AwaitingVisualCheck,
    CardForgotten,
    CardProblem,
    CheckingFace,
    CheckingStaffCode,
    ChoosingConsents,
    ChoosingMethod,
    ChoosingPrescription,
    ConfirmingLastTry,
    Consenting,
    DecidingVisually,
    EnteringPin,
    EnteringStaffCode,
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
)
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    ConfirmingDocument,
    EnteringDocument,
    QueryingNumbers,
    ReadingDocument,
    RecallingHolder,
    ShowingDocumentResult,
)
from kiosk.flow.states_form import FillingForm, KeepingForm, ReviewingForm, Signing
from kiosk.flow.states_practice import Practising, Rehearsing
from kiosk.flow.table import needs_only_a_reader
from kiosk.flow.timeouts import NOT_RECORDED
from kiosk.flow.view_parts import control, extend_screen, needs_of

_READ_BY_STAFF = (EnteringStaffCode, CheckingStaffCode, DecidingVisually)
"""Screens that a member of staff uses in the middle of a visit."""


def view(state: State) -> View:
    """The screen of a state, in the lane's language."""
    drawn = _SCREENS[type(state)](state)
    settings = state.lane.settings
    language = state.lane.language
    if isinstance(state, _READ_BY_STAFF):
        language = staff_language(language, settings.default_language)
    coming = (Notice(Text("staff_called.coming"), Tone.GOOD),) if state.lane.answered_by is not None else ()
    return replace(
        drawn,
        state=type(state).__name__,
        notices=(*drawn.notices, *coming),
        language=language,
        languages=settings.languages,
        voice_on=state.lane.voice_on,
        voice_volume=state.lane.voice_volume,
        voice_repeats=state.lane.voice_repeats,
        text_size=state.lane.text_size,
        palette=state.lane.palette,
        low=state.lane.low,
        simulated=Text(settings.simulated[0]) if settings.simulated and not drawn.practice else None,
        lane=replace(
            drawn.lane,
            step=Text(f"staff.step.{drawn.screen}"),
            holds=what_holds(state.lane),
            needs=(*drawn.lane.needs, *waiting(state)),
            facts=facts(state),
            choices=choices(state),
        ),
    )


_WITHOUT_CARD = control("idle.no_card", Role.MAIN, detail=True, picture="other_documents")


def _idle(state: Idle) -> View:
    notices = (Notice(Text("outage.power"), Tone.CARE),) if state.after_power_cut else ()
    if Flag.DISASTER in state.lane.settings.flags:
        notices = (*notices, Notice(Text("outage.disaster"), Tone.CARE))
    elif state.lane.line_down:
        notices = (*notices, Notice(Text("outage.network"), Tone.CARE))
    if state.lane.settings.device_beside:
        return View(
            "idle",
            "",
            Text("idle.device.title"),
            body=(Text("idle.device"),),
            notices=notices,
            picture="place_card",
            controls=(_WITHOUT_CARD, control("idle.phone", Role.QUIET)),
        )
    return View(
        "idle",
        "",
        Text("idle.title"),
        body=(Text("idle.place_card"),),
        notices=notices,
        picture="place_card",
        controls=(_WITHOUT_CARD, control("idle.phone", Role.QUIET), *practice_control(state.lane)),
    )


def _phone(_state: AwaitingPhone) -> View:
    return View(
        "phone", "", Text("phone.title"), body=(Text("phone.tap"),), picture="document_portal_screen", back=True
    )


def _out_of_service(state: OutOfService) -> View:
    body, need = "outage.reader", "staff.need.reader"
    if state.code is FailureCode.LANE_PAUSED:
        body, need = "outage.paused", "staff.need.paused"
    elif state.code in NOT_RECORDED:
        body, need = "outage.disk", "staff.need.journal"
    elif state.code is FailureCode.INTERNAL:
        body, need = "outage.service", "staff.need.program"
    return View(
        "out_of_service",
        "",
        Text("outage.title"),
        body=(Text(body),) if state.code is FailureCode.LANE_PAUSED else (Text(body), Text("outage.recovers")),
        notices=(Notice(Text("card.take"), Tone.CARE),) if state.lane.card is not None else (),
        picture="out_of_service",
        controls=(replace(_WITHOUT_CARD, detail=Text("outage.papers")),) if needs_only_a_reader(state) else (),
        sound="care",
        lane=needs_of(need),
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


def _awaiting_answer(state: AwaitingEligibility) -> View:
    return _checking("checking.slow" if state.visit.query_attempts > 1 else "checking.wait")(state)


def _card_problem(state: CardProblem) -> View:
    if state.left:
        return card_forgotten_screen(state)
    if state.kind is ProblemKind.READER_BACK:
        return _card_problem_view(Text("card.take"), (Text("card.removed_early.title"),), "take_card")
    problem = {
        ProblemKind.NOT_THIS_CARD: ("card.not_myna", "not_this_card"),
        ProblemKind.NO_CHIP: ("card.no_chip", "card_case"),
        ProblemKind.REMOVED_EARLY: ("card.removed_early", "place_card"),
    }[state.kind]
    body = [Text(problem[0])]
    if state.kind is ProblemKind.NOT_THIS_CARD:
        body.append(Text("card.not_myna.other"))
    return _card_problem_view(Text(f"{problem[0]}.title"), tuple(body), problem[1])


def _card_problem_view(title: Text, body: tuple[Text, ...], picture: str) -> View:
    return View(
        "card_problem",
        "",
        title,
        body=body,
        picture=picture,
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


def _consent(state: Consenting) -> View:
    proxy = (Text("consent.for_child"),) if is_child(state.visit, state.lane.settings) else ()
    return View(
        "consent",
        "",
        Text("consent.title"),
        body=(Text("consent.ask_all"), Text("consent.no_penalty"), Text("consent.period"), *proxy),
        picture="consent",
        controls=(
            control("consent.all", Role.MAIN),
            control("consent.none", Role.MAIN),
            control("consent.choose", Role.QUIET),
        ),
    )


def _consent_items(state: ChoosingConsents) -> View:
    pages = pages_of_items(state.visit, state.lane.settings)
    items = pages[state.page] if state.page < len(pages) else ()
    done = control("consent.ok", Role.MAIN)
    if state.page + 1 < len(pages):
        done = replace(done, label=Text("control.result.next"))
    switches = tuple(replace(control(f"consent.{item}", detail=True), checked=item in state.chosen) for item in items)
    return View(
        "consent_items",
        "",
        Text("consent.items.title"),
        body=(Text("consent.items"), Text("consent.items.none")),
        picture="consent",
        content=ConsentContent(items),
        controls=(*switches, done),
        back=True,
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
        lane=needs_of(need),
    )


def _awaiting_staff(state: AwaitingStaff) -> View:
    if state.reason == "staff.need.not_me":
        return _staff_screen("result.not_me.title", "result.not_me", need=state.reason)
    if state.reason in ("staff.need.mismatch", "staff.need.incident"):
        return _staff_screen("staff_called.title", "staff_called.incident", "staff_called.wait", need=state.reason)
    say = state.visit.fallback.say if state.visit.fallback else None
    if say == "decision.say.other_document" and state.decision is not None:  # no choice stands on this screen
        return _staff_screen(
            "staff_called.title", USUAL_SHARE.id, "staff_called.documents", "staff_called.counter", need=state.reason
        )
    if say is not None and state.decision is not None:
        return _staff_screen("staff_called.title", say, "staff_called.counter", need=state.reason)
    if state.reason in ("staff.need.documents", "staff.need.by_numbers"):
        return _staff_screen("staff_called.title", "staff_called.documents", "staff_called.counter", need=state.reason)
    if state.reason == "staff.need.reading":
        return _staff_screen("staff_called.title", "reading.unreadable", "staff_called.counter", need=state.reason)
    if state.reason in ("staff.need.several", "staff.need.welfare_office", "staff.need.special_payment"):
        return _staff_screen("staff_called.title", "staff_called.insurance", "staff_called.wait", need=state.reason)
    return _staff_screen("staff_called.title", "staff_called.wait", "staff_called.counter", need=state.reason)


def _staff_called(_state: StaffCalled) -> View:
    return _staff_screen(
        "staff_called.title", "staff_called.wait", "staff_called.back", need="staff.need.called", back=True
    )


def _staff_called_at_idle(_state: StaffCalledAtIdle) -> View:
    return _staff_screen(
        "staff_called.title", "staff_called.wait", "staff_called.counter", need="staff.need.called", back=True
    )


def _hand_over_failed(state: HandOverFailed) -> View:
    say = ("staff_called.wait", "staff_called.counter") if state.lane.card is None else ("finish.counter",)
    return _staff_screen("staff_called.title", *say, need="staff.need.out")


_SCREENS: dict[type[State], Callable[[Any], View]] = {
    Idle: _idle,
    AwaitingPhone: _phone,
    OutOfService: _out_of_service,
    ReadingCard: _reading,
    ReadingPhoto: _reading,
    CheckingFace: face_screen,
    PausingFace: face_pause_screen,
    ChoosingMethod: identify_screen,
    ConfirmingLastTry: last_try_screen,
    EnteringPin: pin_screen,
    VerifyingPin: _checking("face.checking"),
    AwaitingVisualCheck: visual_screen,
    EnteringStaffCode: staff_code_screen,
    CheckingStaffCode: _checking("staff_code.checking"),
    DecidingVisually: decide_screen,
    CardProblem: _card_problem,
    Registering: _registration,
    AwaitingRegistration: _checking("checking.registering"),
    Consenting: _consent,
    ChoosingConsents: _consent_items,
    ChoosingPrescription: prescription_screen,
    AwaitingEligibility: _awaiting_answer,
    RegisteringConsents: _checking("checking.wait"),
    ShowingResult: result_screen,
    HandingOver: handing_over_screen,
    HandOverFailed: _hand_over_failed,
    TakingCard: take_card_screen,
    CardForgotten: card_forgotten_screen,
    Finished: finished_screen,
    FallingBack: fallback_screen,
    ChoosingDocument: choose_screen,
    ReadingDocument: reading_screen,
    RecallingHolder: querying_screen,
    EnteringDocument: entry_screen,
    ConfirmingDocument: confirm_screen,
    QueryingNumbers: querying_screen,
    AskingVisit: visit_screen,
    AskingUnchanged: oral_screen,
    ShowingDocumentResult: document_result_screen,
    AwaitingStaff: _awaiting_staff,
    StaffCalled: _staff_called,
    StaffCalledAtIdle: _staff_called_at_idle,
    AskingMoreTime: extend_screen,
    FillingForm: form_screen,
    ReviewingForm: review_screen,
    Signing: signature_screen,
    KeepingForm: _checking("form.keeping"),
    Practising: practice_screen,
    Rehearsing: practice_screen,
}
