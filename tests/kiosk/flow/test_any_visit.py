"""Random people, devices and staff, plausible and hostile: what must hold whatever they do."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kiosk.domain.documents import DocumentType
from kiosk.domain.failures import FailureCode
from kiosk.domain.secret import Secret
from kiosk.domain.staff_actions import ACTIONS
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.closing import visit_id_of
from kiosk.flow.machine import initial_state
from kiosk.flow.staff_events import staff_event
from kiosk.flow.states import AwaitingStaff, EnteringStaffCode, Idle, OutOfService, State, VisitState
from kiosk.flow.table import expected_tickets
from kiosk.flow.view import view
from kiosk.ports.card import CredentialAccepted, CredentialBlocked, CredentialRejected
from kiosk.ports.face import FaceHint, FaceVerdict
from tests.kiosk.flow.checks import PAD_ONLY, parts, taken, texts_of
from tests.kiosk.flow.samples import (
    ANSWERS,
    AT,
    ATTRIBUTES,
    CARD,
    CARDS,
    CONTROLS,
    FACES,
    HELD,
    HOLDER,
    HOLDERS,
    HOLDERS_READ,
    PIN,
    READINGS,
    SETTINGS,
    STAFF_ACTIONS,
    STAFF_CODE,
    STRANGE_CONTROLS,
    STRANGER,
    answer,
    face,
    reading,
)

ACTS = (*STAFF_ACTIONS, *(action.name for action in ACTIONS))
SLOW = (
    fx.ReadCard,
    fx.ReadPhoto,
    fx.RunFace,
    fx.VerifyPin,
    fx.CheckStaffCode,
    fx.QueryCard,
    fx.RegisterCard,
    fx.RegisterConsents,
    fx.ReadDocument,
    fx.QueryNumber,
    fx.TakeReading,
    fx.ReadHolder,
    fx.KeepForm,
    fx.HandOver,
)
SELDOM = st.sampled_from([False] * 9 + [True])
HOME_STEPS = 40
"""More events than this, all of them kind, are never needed to come back to the start screen."""


class Reception(RuleBasedStateMachine):
    """One kiosk for a long day. The machine plays the runtime: it keeps what was asked for and answers by ticket."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State = initial_state(SETTINGS, "day")
        self.asked: dict[int, fx.Effect] = {}
        self.answered: dict[int, fx.Effect] = {}
        self.insertion = 0
        self.readings = 0
        self.offered: list[int] = []
        self.lying: int | None = None
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.forgotten: list[str] = []
        self.faces: dict[str, int] = {}

    # --- the runtime -----------------------------------------------------------------------------

    def play(self, event: ev.Event) -> None:
        before = visit_id_of(self.state)
        note(f"{type(self.state).__name__} on {event}")
        self.state, effects = taken(self.state, event)
        for effect in effects:
            visit_id = getattr(effect, "visit_id", None)
            if isinstance(effect, fx.OfferReading):
                self.offered.append(effect.reading)
            if isinstance(effect, fx.OpenVisit):
                self.opened.append(effect.visit_id)
            elif isinstance(effect, fx.CloseVisit):
                assert effect.visit_id == before, "closed a visit that was not there"
                self.closed.append(effect.visit_id)
            elif isinstance(effect, fx.ForgetVisit):
                self.forgotten.append(effect.visit_id)
            elif isinstance(effect, SLOW):
                assert visit_id == visit_id_of(self.state), "asked for another visit than the one on the screen"
                assert effect.ticket not in self.asked | self.answered, "a ticket stands for one question only"
                self.asked[effect.ticket] = effect
        self.asked = {t: e for t, e in self.asked.items() if getattr(e, "visit_id", "") not in self.forgotten}

    def reply(self, ticket: int, event: ev.Event) -> None:
        if not isinstance(event, ev.FaceHinted):
            self.answered[ticket] = self.asked.pop(ticket)
        if isinstance(event, ev.FaceJudged) and event.result.verdict is not FaceVerdict.NOBODY:
            visit_id = visit_id_of(self.state) or ""
            if ticket in expected_tickets(self.state):
                self.faces[visit_id] = self.faces.get(visit_id, 0) + 1
            assert self.faces.get(visit_id, 0) <= 3, "a fourth attempt with the face"
        self.play(event)

    # --- people and devices ----------------------------------------------------------------------

    @rule()
    def card_is_placed(self) -> None:
        if self.lying is None:
            self.insertion += 1
            self.lying = self.insertion
            self.play(ev.CardPresented(AT, self.insertion))

    @rule()
    def card_is_taken(self) -> None:
        if self.lying is not None:
            gone, self.lying = self.lying, None
            self.play(ev.CardRemoved(AT, gone))

    @rule(offset=st.integers(-2, 2), presented=st.booleans())
    def reader_talks_nonsense(self, offset: int, presented: bool) -> None:
        insertion = max(self.insertion + offset, 0)
        self.play(ev.CardPresented(AT, insertion) if presented else ev.CardRemoved(AT, insertion))

    @rule(happens=SELDOM)
    def reader_goes_and_comes(self, happens: bool) -> None:
        """For a moment only. What lies on it gets a new number."""
        if not happens:
            return
        self.play(ev.ReaderLost(AT))
        self.reader_comes()

    @rule()
    def reader_comes(self) -> None:
        if self.state.lane.reader_gone or isinstance(self.state, OutOfService):
            self.play(ev.ReaderReturned(AT))
            if self.lying is not None:
                self.lying = None
                self.card_is_placed()

    @rule(happens=SELDOM)
    def reader_goes(self, happens: bool) -> None:
        if happens:
            self.play(ev.ReaderLost(AT))

    @rule(happens=SELDOM)
    def certified_reader_reads(self, happens: bool) -> None:
        if happens:
            self.readings += 1
            self.play(ev.ReadingArrived(AT, self.readings))

    @rule(data=st.data())
    def patient_presses_a_button(self, data: st.DataObject) -> None:
        self.play(ev.Tapped(AT, data.draw(st.sampled_from(sorted(view(self.state).control_ids() - PAD_ONLY)))))

    @rule(data=st.data(), steps=st.integers(1, 12))
    def all_goes_well_for_a_while(self, data: st.DataObject, steps: int) -> None:
        """So that late states are seen as often as early ones."""
        for _ in range(steps):
            forward = {c.id for c in view(self.state).controls} - {"idle.no_card", "method.staff", "confirm.not_me"}
            if self.asked and not (forward and data.draw(st.booleans())):
                ticket = min(self.asked)
                self.reply(ticket, kind(self.asked[ticket]))
            elif isinstance(self.state, OutOfService):
                self.reader_comes()
            elif type(self.state) is Idle:
                self.card_is_placed()
            elif "pin.ok" in view(self.state).control_ids():
                at_code = isinstance(self.state, EnteringStaffCode)
                typed = ev.CodeEntered(AT, Secret(STAFF_CODE)) if at_code else ev.PinEntered(AT, Secret(PIN))
                self.play(typed)
            elif forward:
                self.play(ev.Tapped(AT, data.draw(st.sampled_from(sorted(forward)))))

    @rule(control=st.sampled_from(sorted(CONTROLS) + list(STRANGE_CONTROLS)))
    def button_that_may_not_be_there(self, control: str) -> None:
        self.play(ev.Tapped(AT, control))

    @rule()
    def pin_is_entered(self) -> None:
        self.play(ev.PinEntered(AT, Secret(PIN)))

    @rule()
    def code_is_entered(self) -> None:
        self.play(ev.CodeEntered(AT, Secret(STAFF_CODE)))

    @rule(action=st.sampled_from(ACTS), name=st.sampled_from(["sato", "suzuki", "", "佐藤"]))
    def staff_act(self, action: str, name: str) -> None:
        self.play(staff_event(AT, action, name))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def device_does_its_work(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(sorted(self.asked)))
        self.reply(ticket, kind(self.asked[ticket]))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def device_answers_anything(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(sorted(self.asked)))
        self.reply(ticket, data.draw(any_answer(self.asked[ticket])))

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), code=st.sampled_from(FailureCode))
    def device_fails(self, data: st.DataObject, code: FailureCode) -> None:
        ticket = data.draw(st.sampled_from(sorted(self.asked)))
        self.reply(ticket, ev.EffectFailed(AT, ticket, code))

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def late_answer(self, data: st.DataObject) -> None:
        """Of an effect that was answered before, perhaps for somebody else."""
        ticket = data.draw(st.sampled_from(sorted(self.answered)))
        before = self.state
        if ticket not in expected_tickets(before):
            self.play(data.draw(any_answer(self.answered[ticket])))
            assert self.state is before

    @precondition(lambda self: self.state.timer is not None)
    @rule()
    def time_is_over(self) -> None:
        self.play(ev.TimerFired(AT, self.state.timer or 0))

    @rule(ticket=st.integers(0, 30))
    def late_timer(self, ticket: int) -> None:
        if ticket != self.state.timer:
            before = self.state
            self.play(ev.TimerFired(AT, ticket))
            assert self.state is before

    @rule(code=st.sampled_from([FailureCode.DISK_FULL, FailureCode.JOURNAL_FAILED]), happens=SELDOM)
    def machine_has_trouble(self, code: FailureCode, happens: bool) -> None:
        self.play(ev.PowerBack(AT, 1))
        if happens:
            self.play(ev.JournalFailed(AT, code))

    # --- what holds ------------------------------------------------------------------------------

    @invariant()
    def nothing_of_a_stranger_stays(self) -> None:
        """Neither in memory nor on the screen. Several people at once are for staff to choose from."""
        if isinstance(self.state, AwaitingStaff) and self.state.reason == "staff.need.several":
            return
        held = [p for p in parts(self.state) if p is STRANGER or p == STRANGER.name]
        assert not held, f"{type(self.state).__name__} holds another person"
        assert not [t for t in texts_of(view(self.state)) if "別人" in t or "別市" in t]

    @invariant()
    def visits_are_opened_closed_and_forgotten_once(self) -> None:
        assert len(set(self.opened)) == len(self.opened)
        assert self.closed == self.forgotten == self.opened[: len(self.closed)]
        assert len(self.opened) - len(self.closed) == (visit_id_of(self.state) is not None)

    @invariant()
    def somebody_can_always_act(self) -> None:
        shown = view(self.state)
        called = shown.screen in ("staff_called", "visual")
        leaving = shown.screen in ("take_card", "finished") and not isinstance(self.state, VisitState)
        assert shown.back or shown.staff or called or leaving, f"{shown.state} is a dead end"

    def teardown(self) -> None:
        """Kind people and a machine that works bring every day to a good end."""
        for _ in range(HOME_STEPS):
            if type(self.state) is Idle and self.lying is None and self.state.timer is None:
                break
            self.one_kind_event()
        assert type(self.state) is Idle, f"stuck in {type(self.state).__name__}"
        assert self.state.lane.for_next_person() == self.state.lane, "a choice of one person meets the next"
        assert self.opened == self.closed

    def one_kind_event(self) -> None:
        if self.offered:
            self.play(ev.ReadingArrived(AT, self.offered.pop(0)))
            return
        if self.state.lane.paused:
            self.play(ev.PauseAsked(AT, False, "suzuki"))
        if isinstance(self.state, OutOfService):
            self.play(ev.ReaderReturned(AT))
        if self.asked:
            ticket = min(self.asked)
            self.reply(ticket, kind(self.asked[ticket]))
        elif self.state.lane.card is not None:
            self.lying = None
            self.play(ev.CardRemoved(AT, self.state.lane.card))
        elif self.state.timer is not None:
            self.play(ev.TimerFired(AT, self.state.timer))
        else:
            self.lying = None
            self.play(ev.StaffActed(AT, "cancel", "sato"))


def kind(effect: fx.Effect) -> ev.Event:
    """The answer of a good day."""
    ticket = effect.ticket  # type: ignore[attr-defined]
    answers: dict[type[fx.Effect], ev.Event] = {
        fx.ReadCard: ev.CardRead(AT, ticket, CARD),
        fx.ReadPhoto: ev.PhotoRead(AT, ticket, HOLDER, True),
        fx.RunFace: ev.FaceJudged(AT, ticket, face(FaceVerdict.MATCH)),
        fx.VerifyPin: ev.PinJudged(AT, ticket, CredentialAccepted()),
        fx.CheckStaffCode: ev.StaffCodeJudged(AT, ticket, "suzuki"),
        fx.QueryCard: ev.EligibilityAnswered(AT, ticket, answer()),
        fx.RegisterCard: ev.CardRegistered(AT, ticket),
        fx.RegisterConsents: ev.ConsentsRegistered(AT, ticket, answer()),
        fx.ReadHolder: ev.HolderRead(AT, ticket, ATTRIBUTES, HELD),
        fx.KeepForm: ev.FormKept(AT, ticket, True),
        fx.ReadDocument: ev.DocumentRead(AT, ticket, reading(getattr(effect, "document", DocumentType.PORTAL_PDF))),
        fx.QueryNumber: ev.EligibilityAnswered(AT, ticket, answer()),
        fx.TakeReading: ev.EligibilityAnswered(AT, ticket, answer()),
        fx.HandOver: ev.HandedOver(AT, ticket, "OQSsiquc01res_face_1.xml"),
    }
    return answers[type(effect)]


def any_answer(effect: fx.Effect) -> st.SearchStrategy[Any]:
    ticket = effect.ticket  # type: ignore[attr-defined]
    results = [CredentialAccepted(), CredentialBlocked(), *(CredentialRejected(n) for n in range(3))]
    answers: dict[type[fx.Effect], list[ev.Event]] = {
        fx.ReadCard: [ev.CardRead(AT, ticket, card) for card in CARDS],
        fx.ReadPhoto: [ev.PhotoRead(AT, ticket, holder, usable) for holder in HOLDERS for usable in (True, False)],
        fx.RunFace: [*(ev.FaceJudged(AT, ticket, each) for each in FACES), ev.FaceHinted(AT, ticket, FaceHint.DARK)],
        fx.VerifyPin: [ev.PinJudged(AT, ticket, result) for result in results],
        fx.CheckStaffCode: [ev.StaffCodeJudged(AT, ticket, name) for name in ("sato", None)],
        fx.QueryCard: [ev.EligibilityAnswered(AT, ticket, each) for each in ANSWERS],
        fx.TakeReading: [ev.EligibilityAnswered(AT, ticket, each) for each in ANSWERS],
        fx.QueryNumber: [ev.EligibilityAnswered(AT, ticket, each) for each in ANSWERS],
        fx.ReadDocument: [ev.DocumentRead(AT, ticket, each) for each in READINGS],
        fx.ReadHolder: [ev.HolderRead(AT, ticket, *each) for each in HOLDERS_READ],
        fx.RegisterConsents: [ev.ConsentsRegistered(AT, ticket, each) for each in ANSWERS],
    }
    return st.sampled_from(answers.get(type(effect), [kind(effect)]))


def test_any_day_keeps_what_was_promised() -> None:
    run_state_machine_as_test(
        Reception,
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),  # to shrink takes minutes; the story below tells enough
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
