"""The engine: the journal comes first, one timer, nothing of the patient left over."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

import pytest

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import EnteringPin, Idle, OutOfService, State
from kiosk.ports.journal import ChainReport, JournalEntry
from kiosk.runtime.clocks import JAPAN, SimulatedClock
from kiosk.runtime.engine import Engine
from tests.conftest import LogWatch
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED

AT = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)


class Told:
    """Journal and executor that write down what reaches them, in one list and in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pins: list[Secret] = []
        self.broken: FailureCode | None = None

    def append(self, entry: JournalEntry, at: datetime) -> int:
        self.append_all([entry], at)
        return 1

    def append_all(self, entries: Sequence[JournalEntry], at: datetime) -> None:  # noqa: ARG002 - the port's
        if self.broken is not None and entries:
            raise NeedsStaff(self.broken)
        self.lines += [entry.event for entry in entries]

    def verify(self) -> ChainReport:
        return ChainReport(True, 0, None, None)

    def close(self) -> None:
        pass

    def execute(self, effect: fx.Effect) -> None:
        self.lines.append(type(effect).__name__)
        if isinstance(effect, fx.VerifyPin):
            self.pins.append(effect.pin)


class Kiosk:
    def __init__(self, state: State | None = None) -> None:
        self.told = Told()
        self.clock = SimulatedClock(AT)
        self.seen: list[str] = []
        self.woken = 0
        self.engine = Engine(
            state or Play().state,
            clock=self.clock,
            journal=self.told,
            executor=self.told,
            on_change=lambda state, _event: self.seen.append(type(state).__name__),
            wake=self.wake,
        )

    def wake(self) -> None:
        self.woken += 1

    def happens(self, *events: ev.Event) -> list[str]:
        """What reaches journal and executor."""
        del self.told.lines[:]
        for event in events:
            self.engine.post(event)
        self.engine.pump()
        return list(self.told.lines)


@pytest.fixture
def kiosk() -> Kiosk:
    return Kiosk()


def test_what_is_done_is_recorded_first(kiosk: Kiosk) -> None:
    assert kiosk.happens(ev.CardPresented(AT, 1)) == ["card.presented", "visit.opened", "OpenVisit", "ReadCard"]
    assert kiosk.seen == ["ReadingCard"]
    assert kiosk.woken == 1


def test_events_are_handled_in_order_and_only_when_pumped(kiosk: Kiosk) -> None:
    kiosk.engine.post(ev.CardPresented(AT, 1))
    kiosk.engine.post(ev.CardRemoved(AT, 1))
    assert not kiosk.engine.idle
    assert isinstance(kiosk.engine.state, Idle)
    assert kiosk.engine.pump()
    assert kiosk.engine.idle
    assert kiosk.seen == ["ReadingCard", "CardProblem"]
    assert not kiosk.engine.pump()


def test_events_may_be_posted_from_any_thread(kiosk: Kiosk) -> None:
    posters = [threading.Thread(target=kiosk.engine.post, args=(ev.Tapped(AT, "voice"),)) for _ in range(20)]
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join()
    kiosk.engine.pump()
    assert kiosk.woken == 20
    assert not kiosk.engine.state.lane.voice_on


def test_what_changes_nothing_is_not_drawn_again(kiosk: Kiosk) -> None:
    kiosk.happens(ev.Tapped(AT, "no.such.control"), ev.TimerFired(AT, 99))
    assert kiosk.seen == []


def test_what_cannot_be_recorded_is_not_done(kiosk: Kiosk, log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry: K402")
    kiosk.told.broken = FailureCode.DISK_FULL
    lines = kiosk.happens(ev.CardPresented(AT, 1))
    assert lines == ["CloseVisit", "ForgetVisit"], "nothing was opened or read; what ends a visit is always done"
    assert isinstance(kiosk.engine.state, OutOfService)
    assert kiosk.engine.state.code is FailureCode.DISK_FULL


def test_journal_that_fails_for_another_reason_stops_the_service_too(kiosk: Kiosk, log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry: K599")
    kiosk.told.broken = FailureCode.INTERNAL
    kiosk.happens(ev.CardPresented(AT, 1))
    assert isinstance(kiosk.engine.state, OutOfService)
    assert kiosk.engine.state.code is FailureCode.JOURNAL_FAILED


def test_service_comes_back_with_the_journal(kiosk: Kiosk, log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry: K403")
    kiosk.told.broken = FailureCode.JOURNAL_FAILED
    kiosk.happens(ev.CardPresented(AT, 1), ev.CardRemoved(AT, 1))
    for _ in range(3):
        pass_time(kiosk)
        assert isinstance(kiosk.engine.state, OutOfService), "it was tried again, and failed again"
    assert set(kiosk.seen) == {"OutOfService"}, "nothing else flashes up meanwhile"
    kiosk.told.broken = None
    pass_time(kiosk)
    assert isinstance(kiosk.engine.state, Idle)
    assert kiosk.seen[-1] == "Idle"


def test_a_visit_without_a_record_is_told_once_the_journal_is_back(kiosk: Kiosk, log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry: K402")
    kiosk.told.broken = FailureCode.DISK_FULL
    kiosk.happens(ev.CardPresented(AT, 1), ev.CardRemoved(AT, 1))
    pass_time(kiosk)
    kiosk.told.broken = None
    assert kiosk.happens(ev.Tapped(AT, "language.en"))[:2] == ["visit.opened", "visit.closed"]
    assert "visit.closed" not in kiosk.happens(ev.Tapped(AT, "language.ja"))


def test_what_changed_without_a_record_is_seen_with_the_failure(kiosk: Kiosk, log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry")
    kiosk.told.broken = FailureCode.DISK_FULL
    kiosk.happens(ev.CardPresented(AT, 1))
    shown = len(kiosk.seen)
    kiosk.happens(ev.CardRemoved(AT, 1))
    assert kiosk.seen[shown:] == ["OutOfService"]


def pass_time(kiosk: Kiosk) -> None:
    assert kiosk.engine.timer is not None
    kiosk.clock.advance(kiosk.engine.timer.due)
    kiosk.engine.pump()


def test_running_work_is_stopped_though_the_journal_is_full(log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry")
    kiosk = Kiosk(REACHED["CheckingFace"]().state)
    kiosk.told.broken = FailureCode.DISK_FULL
    assert kiosk.happens(ev.CardRemoved(AT, 1)) == ["StopFace", "CloseVisit", "ForgetVisit"]


def test_timer_fires_when_it_is_due_and_not_before() -> None:
    kiosk = Kiosk()
    kiosk.happens(ev.Tapped(AT, "language.en"))
    timer = kiosk.engine.timer
    assert timer is not None
    assert timer.kind is fx.TimerKind.PATIENCE
    kiosk.clock.advance(timer.due - 0.5)
    assert not kiosk.engine.pump()
    kiosk.clock.advance(timer.due)
    assert kiosk.engine.pump()
    assert kiosk.engine.state.lane.language == "ja"
    assert kiosk.engine.timer is None


def test_who_is_busy_has_all_the_time_again_but_no_device_has() -> None:
    kiosk = Kiosk()
    kiosk.happens(ev.Tapped(AT, "language.en"))
    assert kiosk.engine.timer is not None
    due = kiosk.engine.timer.due
    kiosk.clock.advance(due - 1.0)
    kiosk.engine.linger()
    assert kiosk.engine.timer.due == due - 1.0 + kiosk.engine.timer.seconds
    kiosk.happens(ev.CardPresented(AT, 1))
    deadline = kiosk.engine.timer
    assert deadline.kind is fx.TimerKind.MACHINE
    kiosk.clock.advance(kiosk.clock.monotonic() + 1.0)
    kiosk.engine.linger()
    assert kiosk.engine.timer == deadline


def test_timer_of_an_earlier_state_never_fires() -> None:
    kiosk = Kiosk()
    kiosk.happens(ev.Tapped(AT, "language.en"), ev.CardPresented(AT, 1))
    assert kiosk.engine.timer is not None
    assert kiosk.engine.timer.ticket == kiosk.engine.state.timer
    kiosk.happens(ev.JournalFailed(AT, FailureCode.DISK_FULL), ev.CardRemoved(AT, 1))
    assert kiosk.engine.timer is not None
    assert kiosk.engine.timer.ticket == kiosk.engine.state.timer


def test_pin_goes_to_the_executor_alone() -> None:
    kiosk, pin = Kiosk(REACHED["EnteringPin"]().state), Secret("4071")
    kiosk.happens(ev.PinEntered(AT, pin))
    assert kiosk.told.pins == [pin]
    assert not pin.wiped, "the executor wipes it after use"


def test_pin_that_nobody_wants_is_wiped() -> None:
    kiosk, pin = Kiosk(), Secret("4071")
    assert kiosk.happens(ev.PinEntered(AT, pin)) == []
    assert pin.wiped


def test_pin_is_wiped_when_nothing_can_be_recorded(log_watch: LogWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step with an entry and a PIN at once, as a later version of the flow may have it."""
    log_watch.announce("journal refused an entry")
    pin = Secret("4071")
    state = REACHED["EnteringPin"]().state
    assert isinstance(state, EnteringPin)
    effects = (fx.AppendJournal((JournalEntry("x"),)), fx.VerifyPin(1, state.visit.id, False, pin))
    monkeypatch.setattr("kiosk.runtime.engine.step", lambda s, e: (s, effects if isinstance(e, ev.PinEntered) else ()))
    kiosk = Kiosk(state)
    kiosk.told.broken = FailureCode.DISK_FULL
    assert kiosk.happens(ev.PinEntered(AT, pin)) == []
    assert pin.wiped
