"""Feeds events to the flow and effects to the executor. One thread owns it; others only post."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from kiosk.domain.failures import FailureCode, KioskError
from kiosk.flow.effects import (
    AppendJournal,
    CheckStaffCode,
    CloseVisit,
    Effect,
    ForgetVisit,
    StartTimer,
    StopFace,
    StopTimer,
    TimerKind,
    VerifyPin,
)
from kiosk.flow.events import CodeEntered, Event, JournalFailed, PinEntered, StaffActed, Tapped, TimerFired
from kiosk.flow.machine import step
from kiosk.flow.states import State
from kiosk.ports.clock import Clock
from kiosk.ports.journal import Journal, JournalEntry

log = logging.getLogger("kiosk.runtime")

SAFE_WITHOUT_JOURNAL = (CloseVisit, ForgetVisit, StopFace, StartTimer, StopTimer)
"""Effects that only end or clear something: they are carried out even when nothing can be recorded."""


LASTING = frozenset({"visit.opened", "visit.closed"})
"""Entries of what took place although it could not be recorded: a visit begins with the person, and is closed in any
case. They are written as soon as the journal takes entries again."""

JOURNAL_CODES = frozenset({FailureCode.DISK_FULL, FailureCode.JOURNAL_FAILED, FailureCode.JOURNAL_BROKEN})


class EffectExecutor(Protocol):
    def execute(self, effect: Effect) -> None:
        """Start the effect; its answer comes as an event through `Engine.post`."""


@dataclass(frozen=True)
class PendingTimer:
    due: float  # on the clock's monotonic scale
    ticket: int
    kind: TimerKind
    seconds: float


class Engine:
    """State, queue and the one timer.

    `on_change` is called on the owning thread after every recorded step that changed the state; `wake` from any thread
    when there is something to pump. `on_ignored` hears of what staff did without any effect in this state.
    """

    def __init__(
        self,
        state: State,
        *,
        clock: Clock,
        journal: Journal,
        executor: EffectExecutor,
        on_change: Callable[[State, Event], None],
        wake: Callable[[], None],
        on_ignored: Callable[[StaffActed], None] = lambda _event: None,
    ) -> None:
        self.state = state
        self.timer: PendingTimer | None = None
        self._clock = clock
        self._journal = journal
        self._executor = executor
        self._on_change = on_change
        self._wake = wake
        self._on_ignored = on_ignored
        self._queue: deque[Event] = deque()
        self._not_shown = False
        self._owed: deque[tuple[JournalEntry, datetime]] = deque()
        self._taps = 0  # of the visit that goes on

    def post(self, event: Event) -> None:
        """Thread-safe."""
        self._queue.append(event)
        self._wake()

    @property
    def idle(self) -> bool:
        return not self._queue

    def pump(self) -> bool:
        """Handle everything that waits, and the timer when it is due. True when anything was handled."""
        handled = False
        while True:
            if self._queue:
                self._handle(self._queue.popleft())
            elif self.timer and self.timer.due <= self._clock.monotonic():
                fired, self.timer = self.timer, None
                self._handle(TimerFired(self._clock.now(), fired.ticket))
            else:
                return handled
            handled = True

    def linger(self) -> None:
        """The person is busy with something that the flow does not see: whatever waits for them waits anew. Only on the
        owning thread."""
        if self.timer is not None and self.timer.kind is TimerKind.PATIENCE:
            self.timer = replace(self.timer, due=self._clock.monotonic() + self.timer.seconds)

    def act(self, event: Event) -> bool:
        """Handle this event now, before what waits; only on the owning thread. False where the journal refused it."""
        recorded = self._handle(event)
        self.pump()
        return recorded

    def _handle(self, event: Event) -> bool:
        old = self.state
        self._taps += isinstance(event, Tapped)
        self.state, effects = step(old, event)
        recorded = self._record(effects, event)
        handed_on = False
        for effect in effects:
            if isinstance(effect, AppendJournal):
                continue
            if not recorded and not isinstance(effect, SAFE_WITHOUT_JOURNAL):
                continue
            self._carry_out(effect)
            handed_on = handed_on or isinstance(effect, VerifyPin | CheckStaffCode)
        if isinstance(event, PinEntered) and not handed_on:
            event.pin.wipe()
        if isinstance(event, CodeEntered) and not handed_on:
            event.code.wipe()
        changed = self.state is not old or self._not_shown
        # A state that could not be recorded is left again at once: shown, it would flash up at every new try.
        self._not_shown = changed and not recorded
        if changed and recorded:
            self._on_change(self.state, event)
        elif isinstance(event, StaffActed) and all(isinstance(effect, AppendJournal) for effect in effects):
            self._on_ignored(event)
        return recorded

    def _record(self, effects: tuple[Effect, ...], event: Event) -> bool:
        """The journal comes first: what cannot be recorded is not done."""
        entries = [entry for effect in effects if isinstance(effect, AppendJournal) for entry in effect.entries]
        if not entries:
            return True
        entries = self._with_taps(entries, event)
        try:
            self.settle()
            self._journal.append_all(entries, event.at)
        except KioskError as error:
            if not isinstance(event, JournalFailed):
                log.error("journal refused an entry: %s", error.code.value)
            self.owe([entry for entry in entries if entry.event in LASTING], event.at)
            code = error.code if error.code in JOURNAL_CODES else FailureCode.JOURNAL_FAILED
            self._queue.appendleft(JournalFailed(self._clock.now(), code))
            return isinstance(event, JournalFailed)
        return True

    def owe(self, entries: Iterable[JournalEntry], at: datetime) -> None:
        """The journal refused these; they are written before anything else that it takes."""
        self._owed.extend((entry, at) for entry in entries)

    def settle(self) -> None:
        """Write what is owed. Raises what the journal raises; what is left stays owed."""
        while self._owed:
            entry, at = self._owed[0]
            self._journal.append(entry, at)
            self._owed.popleft()

    def _with_taps(self, entries: list[JournalEntry], event: Event) -> list[JournalEntry]:
        """The end of a visit tells how often the patient tapped, from the tap that began it on. The flow decides
        nothing by that number, so its states do not carry it."""
        if any(entry.event == "visit.opened" for entry in entries):
            self._taps = int(isinstance(event, Tapped))
        return [
            replace(entry, fields={**entry.fields, "taps": self._taps}) if entry.event == "visit.closed" else entry
            for entry in entries
        ]

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, StartTimer):
            self.timer = PendingTimer(
                self._clock.monotonic() + effect.seconds, effect.ticket, effect.kind, effect.seconds
            )
        elif isinstance(effect, StopTimer):
            self.timer = None
        else:
            self._executor.execute(effect)
