"""One running kiosk: the flow's engine, its drivers and its window, joined."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from kiosk.app.claim import claim_rules, practice_of
from kiosk.app.identity import code_entries
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.outcome import Outcome, Status
from kiosk.domain.rules import RuleTable, load_rules
from kiosk.domain.screen import View
from kiosk.domain.secret import Secret
from kiosk.flow import events as ev
from kiosk.flow.audit import closing_entry
from kiosk.flow.effects import CloseVisit
from kiosk.flow.machine import initial_state
from kiosk.flow.settings import FlowSettings
from kiosk.flow.staff_events import staff_event
from kiosk.flow.states import Idle, State
from kiosk.flow.transitions_counter import held_state
from kiosk.flow.view import view
from kiosk.flow.ways import liveness_needed
from kiosk.ports.card import CardInserted, CardTaken, ReaderAppeared, ReaderEvent, ReaderVanished
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import DeviceBack, DeviceEvent, DeviceFault, DeviceForeign, DeviceResult, DeviceSetAside
from kiosk.ports.face import Frame
from kiosk.ports.journal import Journal, JournalEntry
from kiosk.runtime.engine import JOURNAL_CODES, Engine
from kiosk.runtime.executor import Devices, Executor, NumberBLimits
from kiosk.runtime.workers import WorkCounter, Workers

log = logging.getLogger("kiosk.app")

POWER_CUT = Outcome(Status.HANDED_TO_STAFF, alerts=("power_cut",))
"""Of a visit in which the kiosk lost its power or was stopped. How far it had come died with it."""


class LaneClock(Clock, WorkCounter, Protocol):
    """A clock that also counts who works, and for whose work nobody waits."""

    def in_background(self) -> None: ...


UNASKED_CHANGE_SECONDS = 0.7
ALWAYS_THERE = ("staff", "practice.end", "language.", "voice", "size", "contrast", "low")
"""Controls that stand at the same place on every screen."""


KEPT_VISITS = 200
"""So many closed visits are held in memory; all of them are in the journal."""


@dataclass
class ClosedVisit:
    visit_id: str
    outcome: Outcome


def flow_settings(settings: Settings, simulated: tuple[str, ...]) -> FlowSettings:
    """The facility's flow settings with the dated rules they need."""
    rules = ASSETS / "rules"
    return replace(
        settings.flow,
        device_beside=settings.device.beside,
        staff_code_pad=bool(code_entries(settings)),
        usb_sticks=bool(settings.documents.usb),
        trusted_certificates_only=True,
        simulated=simulated,
        certificate_rules=load_rules(rules / "certificate.toml"),
        share_rules=load_rules(rules / "shares.toml"),
        identity_rules=load_rules(rules / "identity.toml"),
        form_rules=load_rules(rules / "form.toml"),
        claim_rules=load_rules(rules / "claims.toml"),
        consent_rules=load_rules(rules / "consents.toml"),
        ceiling_rules=load_rules(rules / "ceilings.toml"),
        codes=load_rules(rules / "codes.toml"),
        decisions=claim_rules(practice_of(settings)),
    )


def number_b_limits(rules: RuleTable, on: date) -> NumberBLimits:
    """Where nothing is ruled, no picture is read and nothing presented."""
    rows = [rules.first("limit", on, name=name) for name in ("front_pictures", "number_b_reserve")]
    pictures, reserve = (0 if row is None else row.number("value") for row in rows)
    return NumberBLimits(pictures, reserve)


class Lane:
    """Owns engine and executor. `on_view` and `on_preview` lead to the window; all calls but those of the drivers
    come from the thread that owns the window."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        clock: LaneClock,
        journal: Journal,
        *,
        simulated: tuple[str, ...],
        deployment: str = "virtual",
        rng: random.Random,
        on_view: Callable[[View, State], None],
        on_preview: Callable[[Frame], None],
        wake: Callable[[], None],
        on_staff_ignored: Callable[[str], None] = lambda _action: None,
    ) -> None:
        self.closed: list[ClosedVisit] = []
        self._gave_way = -UNASKED_CHANGE_SECONDS  # when the screen last changed unasked
        self._shown: tuple[str, tuple[str, ...]] | None = None
        self.workers = Workers(clock)
        self._clock = clock
        self._journal = journal
        self._devices = devices
        self._on_view = on_view
        self._simulated = simulated
        self._deployment = deployment
        self.executor = Executor(
            devices,
            clock,
            self.workers,
            query_seconds=settings.eligibility.timeout,
            number_b=number_b_limits(load_rules(ASSETS / "rules" / "identity.toml"), clock.now().date()),
            on_preview=on_preview,
            on_closed=self._visit_closed,
            on_alert=self._alert,
            in_background=clock.in_background,
        )
        started = clock.now()
        prefix = f"{settings.lane.id}-{started:%Y%m%d-%H%M%S}-{rng.getrandbits(16):04x}"
        self.engine = Engine(
            initial_state(flow_settings(settings, simulated), prefix),
            clock=clock,
            journal=journal,
            executor=self.executor,
            on_change=lambda _state, event: self._changed(event),
            wake=wake,
            on_ignored=lambda event: on_staff_ignored(event.action),
        )
        self.executor.post = self.engine.post

    @property
    def state(self) -> State:
        return self.engine.state

    @property
    def view(self) -> View:
        return view(self.engine.state)

    @property
    def gave_way_just_now(self) -> bool:
        """Whether the screen changed unasked so short a time ago that a press would be meant for the one before."""
        return self._clock.monotonic() - self._gave_way < UNASKED_CHANGE_SECONDS

    def _changed(self, event: ev.Event) -> None:
        """Another screen, or other buttons, that nobody at the screen asked for."""
        shown = self.view
        now = (shown.screen, tuple(c.id for c in shown.controls))
        if now != self._shown and not isinstance(event, ev.Tapped | ev.PinEntered | ev.CodeEntered | ev.FormWritten):
            self._gave_way = self._clock.monotonic()
        self._shown = now
        self.show()

    def hold(self, words: Collection[str]) -> None:
        """Before the start: what staff had switched on."""
        state = self.engine.state
        if isinstance(state, Idle):
            self.engine.state = held_state(state, words)

    def show(self) -> None:
        self._on_view(self.view, self.engine.state)

    def start(self, *, interrupted: tuple[str, ...] | None, version: str) -> None:
        """Record the start, draw the first screen, watch the reader. `interrupted`: visits that a power cut left, which
        are closed here and belong to the staff.

        A journal that refuses the start puts the kiosk out of service until it can be written.
        """
        now = self._clock.now()
        entries = [JournalEntry("kiosk.started", {"version": version, "deployment": self._deployment})]
        if self._simulated:
            entries.append(JournalEntry("simulation.used", {"what": ",".join(self._simulated)}))
        off_until = self.engine.state.lane.settings.face_liveness_off_until
        if not liveness_needed(self.engine.state.lane.settings, now):
            entries.append(JournalEntry("liveness.off", {"until": off_until}))
        unfinished = interrupted or ()
        entries += [closing_entry(CloseVisit(visit_id, POWER_CUT)) for visit_id in unfinished]
        self.show()
        self.closed += [ClosedVisit(visit_id, POWER_CUT) for visit_id in unfinished]
        try:
            self._journal.append_all(entries, now)
        except KioskError as error:
            log.error("journal refused the start: %s", error.code.value)
            self.engine.owe(entries, now)
            code = error.code if error.code in JOURNAL_CODES else FailureCode.JOURNAL_FAILED
            self.engine.post(ev.JournalFailed(now, code))
        if interrupted is not None:
            self.engine.post(ev.PowerBack(now, len(interrupted)))
        self._devices.reader.start(self._reader_event)
        if self._devices.readings is not None:
            self._devices.readings.start(self._device_event)

    def stop(self, left_open: Callable[[], Collection[str]] = tuple) -> None:
        """In good order: nothing of a visit stays in memory. `left_open`: the visits that the journal knows as open,
        which belong to the staff from now on, not only after the next start."""
        self.abandon()
        try:
            self.engine.settle()
            entries = [closing_entry(CloseVisit(visit_id, POWER_CUT)) for visit_id in left_open()]
            self._journal.append_all([*entries, JournalEntry("kiosk.stopped", {})], self._clock.now())
        except KioskError as error:
            log.error("journal refused the stop: %s", error.code.value)

    def abandon(self) -> None:
        """As a power cut does: no word to the journal."""
        self._devices.reader.stop()
        if self._devices.readings is not None:
            self._devices.readings.stop()
        self.executor.readings.clear()
        self.executor.vault.forget_all()

    def program_failed(self) -> None:
        """Something of ours broke on the window's thread: the patient is sent to the counter."""
        self.engine.post(ev.ProgramFailed(self._clock.now()))

    # --- what the window reports ------------------------------------------------------------------

    def tapped(self, control: str) -> None:
        """A screen that gave way by itself takes no press for a moment: the finger meant the one before it."""
        if self.gave_way_just_now and not control.startswith(ALWAYS_THERE):
            return
        self.engine.post(ev.Tapped(self._clock.now(), control))

    def typed(self, field: str, value: Secret) -> None:
        if field == "pin":
            self.engine.post(ev.PinEntered(self._clock.now(), value))
        elif field == "staff_code":
            self.engine.post(ev.CodeEntered(self._clock.now(), value))
        else:
            value.wipe()

    def written(self, field: str, text: str) -> None:
        self.engine.post(ev.FormWritten(self._clock.now(), field, text))

    def signed(self, picture: bytes | None) -> None:
        self.engine.post(ev.SignatureDrawn(self._clock.now(), picture))

    def staff_acted(
        self, action: str, staff: str, reason: str | None, document: str | None = None, *, index: int | None = None
    ) -> None:
        self.engine.post(staff_event(self._clock.now(), action, staff, reason, document=document, index=index))

    def answers_late(self, count: int) -> None:
        """From any thread."""
        self.engine.post(ev.AnswersLate(self._clock.now(), count))

    def _device_event(self, event: DeviceEvent) -> None:
        now = self._clock.now()
        match event:
            case DeviceFault(error=error) if error.code is FailureCode.TERMINAL_FOLDER_GONE:
                self.engine.post(ev.FaceFolderLost(now))
            case DeviceResult() | DeviceFault():
                self.engine.post(ev.ReadingArrived(now, self.executor.keep_reading(event)))
            case DeviceSetAside(why=why):
                self.engine.post(ev.ReadingSetAside(now, why))
            case DeviceForeign(count=n):
                self.engine.post(ev.ForeignReadings(now, n))
            case DeviceBack():
                self.engine.post(ev.FaceFolderBack(now))

    def screen_reader(self, on: bool) -> None:
        """Called again and again with whether one runs on this kiosk."""
        if on is not self.state.lane.screen_reader:
            self.engine.post(ev.ScreenReaderChanged(self._clock.now(), on))

    def line_lost(self, code: FailureCode) -> None:
        self.engine.post(ev.LineLost(self._clock.now(), code))

    def line_back(self, waiting: int) -> None:
        self.engine.post(ev.LineBack(self._clock.now(), waiting))

    def _reader_event(self, event: ReaderEvent) -> None:
        now = self._clock.now()
        match event:
            case CardInserted(insertion=n):
                self.engine.post(ev.CardPresented(now, n))
            case CardTaken(insertion=n):
                self.engine.post(ev.CardRemoved(now, n))
            case ReaderVanished():
                self.engine.post(ev.ReaderLost(now))
            case ReaderAppeared():
                self.engine.post(ev.ReaderReturned(now))

    def _visit_closed(self, visit_id: str, outcome: Outcome) -> None:
        self.closed.append(ClosedVisit(visit_id, outcome))
        del self.closed[:-KEPT_VISITS]

    def _alert(self, visit_id: str, alert: str) -> None:
        for closed in self.closed:
            if closed.visit_id == visit_id:
                closed.outcome = replace(closed.outcome, alerts=(*closed.outcome.alerts, alert))
