"""Plays the flow as a script: events in, screens and effects out, with a readable difference."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.card import CardSummary, CertificateInfo
from kiosk.domain.documents import DocumentReading
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Outcome
from kiosk.domain.patients import HeldInsurance
from kiosk.domain.screen import View
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.machine import initial_state
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import State
from kiosk.flow.states_documents import RecallingHolder
from kiosk.flow.view import view
from kiosk.ports.card import CardAttributes, CredentialResult
from kiosk.ports.face import FaceHint, FaceResult, FaceVerdict
from tests.kiosk.flow.checks import taken
from tests.kiosk.flow.samples import AT, ATTRIBUTES, CARD, HOLDER, PIN, SETTINGS, SIGNATURE, STAFF_CODE, answer, face

_BACKSTAGE = (fx.StartTimer, fx.StopTimer, fx.AppendJournal)


class Play:
    """One kiosk on stage. Every method plays one event and returns the play, so that lines can be chained."""

    def __init__(self, settings: FlowSettings = SETTINGS, at: datetime = AT) -> None:
        self.state: State = initial_state(settings, "test")
        self.at = at
        self.effects: tuple[fx.Effect, ...] = ()  # of the last event
        self.log: list[fx.Effect] = []
        self.script: list[str] = []
        self.insertion = 0

    def on(self, event: ev.Event) -> Play:
        old = type(self.state).__name__
        self.state, self.effects = taken(self.state, event)
        self.log += self.effects
        self.script.append(f"{old} —{_label(event)}→ {type(self.state).__name__} {self._names()}")
        return self

    # --- what happens ----------------------------------------------------------------------------

    def places_card(self) -> Play:
        self.insertion += 1
        return self.on(ev.CardPresented(self.at, self.insertion))

    def takes_card(self) -> Play:
        return self.on(ev.CardRemoved(self.at, self.insertion))

    def taps(self, *controls: str) -> Play:
        for control in controls:
            assert control in self.view.control_ids(), f"no button {control} on {self.view.screen}: {self.told()}"
            self.on(ev.Tapped(self.at, control))
        return self

    def enters_pin(self, pin: str = PIN) -> Play:
        assert "pin.ok" in self.view.control_ids(), self.told()
        return self.on(ev.PinEntered(self.at, Secret(pin)))

    def enters_code(self, code: str = STAFF_CODE) -> Play:
        assert "pin.ok" in self.view.control_ids(), self.told()
        return self.on(ev.CodeEntered(self.at, Secret(code)))

    def writes(self, field: str, text: str) -> Play:
        return self.on(ev.FormWritten(self.at, field, text))

    def signs(self) -> Play:
        return self.on(ev.SignatureDrawn(self.at, SIGNATURE))

    def keeps_form(self, printed: bool = True) -> Play:
        return self.on(ev.FormKept(self.at, self.ticket(fx.KeepForm), printed))

    def judges_code(self, staff: str | None) -> Play:
        return self.on(ev.StaffCodeJudged(self.at, self.ticket(fx.CheckStaffCode), staff))

    def staff(self, action: str, reason: str | None = "face_failed") -> Play:
        return self.on(ev.StaffActed(self.at, action, "sato", reason))

    def reads_card(self, summary: CardSummary = CARD) -> Play:
        return self.on(ev.CardRead(self.at, self.ticket(fx.ReadCard), summary))

    def reads_photo(self, usable: bool = True) -> Play:
        return self.on(ev.PhotoRead(self.at, self.ticket(fx.ReadPhoto), HOLDER, usable))

    def judges(self, result: FaceResult) -> Play:
        return self.on(ev.FaceJudged(self.at, self.ticket(fx.RunFace), result))

    def hints(self, hint: FaceHint) -> Play:
        return self.on(ev.FaceHinted(self.at, self.ticket(fx.RunFace), hint))

    def judges_face(self, verdict: FaceVerdict, hint: FaceHint | None = None) -> Play:
        return self.on(ev.FaceJudged(self.at, self.ticket(fx.RunFace), face(verdict, hint)))

    def judges_pin(self, result: CredentialResult, certificate: CertificateInfo | None = None) -> Play:
        return self.on(ev.PinJudged(self.at, self.ticket(fx.VerifyPin), result, certificate))

    def answers(self, given: EligibilityAnswer | None = None) -> Play:
        return self.on(ev.EligibilityAnswered(self.at, self.ticket(fx.QueryCard), given or answer()))

    def registers_consents(self, given: EligibilityAnswer | None = None) -> Play:
        return self.on(ev.ConsentsRegistered(self.at, self.ticket(fx.RegisterConsents), given or answer()))

    def registers_card(self) -> Play:
        return self.on(ev.CardRegistered(self.at, self.ticket(fx.RegisterCard)))

    def reads_document(self, read: DocumentReading) -> Play:
        return self.on(ev.DocumentRead(self.at, self.ticket(fx.ReadDocument), read))

    def reads_holder(self, attributes: CardAttributes | None = ATTRIBUTES, held: HeldInsurance | None = None) -> Play:
        return self.on(ev.HolderRead(self.at, self.ticket(fx.ReadHolder), attributes, held))

    def answers_numbers(self, given: EligibilityAnswer | None = None) -> Play:
        return self.on(ev.EligibilityAnswered(self.at, self.ticket(fx.QueryNumber), given or answer()))

    def accepts(self, document: str | None = None) -> Play:
        return self.on(ev.StaffActed(self.at, "accept", "sato", document=document))

    def hands_over(self) -> Play:
        return self.on(ev.HandedOver(self.at, self.ticket(fx.HandOver), "OQSsiquc01res_face_1.xml"))

    def fails(self, effect: type[fx.Effect], code: FailureCode) -> Play:
        return self.on(ev.EffectFailed(self.at, self.ticket(effect), code))

    def waits(self) -> Play:
        """Nothing happens until the timer of the state is over."""
        assert self.state.timer is not None, f"{type(self.state).__name__} has no timer: {self.told()}"
        started = [e for e in self.log if isinstance(e, fx.StartTimer) and e.ticket == self.state.timer]
        self.at += timedelta(seconds=started[-1].seconds)
        return self.on(ev.TimerFired(self.at, self.state.timer))

    def passes(self, seconds: float) -> Play:
        """Time goes by without anything happening."""
        self.at += timedelta(seconds=seconds)
        return self

    def loses_reader(self) -> Play:
        return self.on(ev.ReaderLost(self.at))

    def gets_reader_back(self) -> Play:
        return self.on(ev.ReaderReturned(self.at))

    # --- shortcuts -------------------------------------------------------------------------------

    def until_face(self, summary: CardSummary = CARD) -> Play:
        return self.places_card().reads_card(summary).reads_photo()

    def until_consent(self) -> Play:
        return self.until_face().judges_face(FaceVerdict.MATCH)

    def until_fallback(self) -> Play:
        """Card and bearer in order, and the line is gone."""
        return self.until_consent().fails(fx.QueryCard, FailureCode.TERMINAL_FOLDER_GONE)

    def shows(self, read: DocumentReading) -> Play:
        """From the choice of a document to its confirmation, or wherever that leads."""
        self.taps(f"document.{read.type.value}").reads_document(read)
        return self.reads_holder() if isinstance(self.state, RecallingHolder) else self

    def until_result(self) -> Play:
        return self.until_consent().answers().taps("consent.all").registers_consents()

    # --- what is seen ----------------------------------------------------------------------------

    @property
    def view(self) -> View:
        return view(self.state)

    @property
    def messages(self) -> frozenset[str]:
        return self.view.message_ids()

    def expect(self, screen: str, *effects: type[fx.Effect], says: str | None = None) -> Play:
        """The screen now and exactly these effects of the last event, timers and journal aside."""
        wanted = (screen, [e.__name__ for e in effects])
        seen = (self.view.screen, self._names())
        assert seen == wanted, f"\n  wanted {wanted}\n  seen   {seen}\n{self.told()}"
        if says is not None:
            assert says in self.messages, f"\n  wanted {says}\n  seen   {sorted(self.messages)}\n{self.told()}"
        return self

    def expect_state(self, state: type[State]) -> Play:
        assert type(self.state) is state, f"wanted {state.__name__}\n{self.told()}"
        return self

    def expect_journal(self, *events: str) -> Play:
        """Exactly these entries of the last event, in this order."""
        seen = [entry.event for e in self.effects if isinstance(e, fx.AppendJournal) for entry in e.entries]
        assert seen == list(events), f"\n  wanted {list(events)}\n  seen   {seen}\n{self.told()}"
        return self

    def expect_closed(self, **outcome: object) -> Play:
        """One visit was closed so far in the last event, with these items of its outcome, and was forgotten."""
        closed = self.closed(self.effects)
        assert len(closed) == 1, f"{len(closed)} visits closed\n{self.told()}"
        seen = {name: getattr(closed[0], name) for name in outcome}
        assert seen == outcome, self.told()
        assert len([e for e in self.effects if isinstance(e, fx.ForgetVisit)]) == 1
        return self

    def closed(self, effects: tuple[fx.Effect, ...] | list[fx.Effect] | None = None) -> list[Outcome]:
        return [e.outcome for e in (self.log if effects is None else effects) if isinstance(e, fx.CloseVisit)]

    def ticket(self, kind: type[fx.Effect]) -> int:
        asked = [e for e in self.log if isinstance(e, kind)]
        assert asked, f"nobody asked for {kind.__name__}: {self.told()}"
        ticket = asked[-1].ticket  # type: ignore[attr-defined]
        assert isinstance(ticket, int)
        return ticket

    def requested(self, kind: type[fx.Effect]) -> int:
        return len([e for e in self.log if isinstance(e, kind)])

    def told(self) -> str:
        return "\n".join(["the play so far:", *(f"  {line}" for line in self.script[-25:])])

    def _names(self) -> list[str]:
        return [type(e).__name__ for e in self.effects if not isinstance(e, _BACKSTAGE)]


def _label(event: ev.Event) -> str:
    name = type(event).__name__
    if isinstance(event, ev.Tapped):
        return event.control
    if isinstance(event, ev.StaffActed):
        return f"{name} {event.action}"
    if isinstance(event, ev.EffectFailed):
        return f"{name} {event.code.name}"
    if isinstance(event, ev.FaceJudged):
        return f"{name} {event.result.verdict.value}"
    if isinstance(event, ev.EligibilityAnswered):
        return f"{name} {event.answer.eligibility.value}"
    return name
