"""The room: lanes side by side on one simulated clock, people who queue for them, staff, and what breaks meanwhile."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from drivers.simulated.terminal import TerminalState
from kiosk.app.day.counter import Counter
from kiosk.app.day.patient import Patient
from kiosk.app.day.people import DayPlan, Manner, Window
from kiosk.app.qt import process_events
from kiosk.app.stage import Stage
from kiosk.app.world import TERMINAL_POLL_SECONDS
from kiosk.domain.outcome import Outcome
from kiosk.domain.screen import View
from kiosk.flow.closing import visit_id_of
from kiosk.runtime.clocks import SimulatedClock

AFTERWARDS = 7200.0
"""Simulated seconds after the last visit in which what waits is delivered and looked up."""

LONGEST_AFTER_LAST = 8 * 3600.0
"""Simulated seconds from the last arrival until a lane that is not free yet counts as stuck."""

STUCK_REAL_SECONDS = 300.0
"""Real time after which a worker that never comes back ends the day: much more than a busy machine needs."""

LOOK_SECONDS = 30.0
_NEW = 5
"""More visits than this do not end between two looks."""


class WorkerHangs(Exception):
    """A worker did not come back in real time."""


@dataclass
class Place:
    """One lane and who stands at it."""

    stage: Stage
    counter: Counter
    patient: Patient | None = None
    free_at: float = 0.0

    @property
    def idle(self) -> bool:
        return self.patient is None and self.counter.screen in ("idle", "finished")


@dataclass
class Seen:
    """What the floor saw of the day."""

    patients: list[Patient] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)  # seconds from entering to a free lane
    stuck: list[str] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)  # devices that broke, in order
    closed: dict[str, Outcome] = field(default_factory=dict)  # by visit, as the lanes said


class Floor:
    """`clock` is everybody's. `at` turns a moment of the plan into its seconds."""

    def __init__(self, plan: DayPlan, clock: SimulatedClock, stages: list[Stage], seed: int) -> None:
        self.plan, self.clock = plan, clock
        self.seen = Seen()
        self.places = [
            Place(stage, Counter(stage, plan.pace, random.Random(f"counter:{seed}:{number}")))
            for number, stage in enumerate(stages)
        ]
        for place in self.places:
            place.stage.after_view = lambda view, place=place: self._watch(place, view)  # type: ignore[misc]
        self._terminal = stages[0].world.terminal
        self._poll_due = 0.0
        start = clock.now()
        self._coming = deque((self._after(start, manner.at), manner) for manner in plan.arrivals)
        self._queue: deque[tuple[float, Manner]] = deque()
        self._breaks = deque(sorted(self._changes(start), key=lambda change: change[0]))

    @staticmethod
    def _after(start: object, at: object) -> float:
        return (at - start).total_seconds()  # type: ignore[operator, no-any-return]

    def play(self, on_visit: Callable[[int], None] = lambda _done: None) -> Seen:
        """Until everybody has left and nothing waits any more. Raises `WorkerHangs`."""
        for place in self.places:
            place.stage.start()
        done = 0
        end = self._coming[-1][0] + LONGEST_AFTER_LAST if self._coming else 0.0
        while self._coming or self._queue or any(not place.idle for place in self.places):
            if self.clock.monotonic() > end:
                self.seen.stuck += [f"{place.stage.lane.view.state}: nobody there" for place in self.places]
                break
            self._let_happen()
            done += self._act()
            on_visit(done)
            self._advance(self._next_due())
            self._answer()
        self._let_happen()
        self._afterwards()
        return self.seen

    # --- time -----------------------------------------------------------------------------------

    def _let_happen(self) -> None:
        """Everything that follows at once, one lane after the other so that chance decides nothing."""
        stuck_at = time.monotonic() + STUCK_REAL_SECONDS
        while True:
            worked = False
            for place in self.places:
                worked |= place.stage.pump()
                while not self.clock.wait_quiet(0.5):
                    process_events()
                    if time.monotonic() > stuck_at:
                        raise WorkerHangs(place.stage.lane.view.state)
            process_events()
            for place in self.places:
                self.seen.closed.update((closed.visit_id, closed.outcome) for closed in place.stage.closed[-_NEW:])
            if not worked and all(place.stage.lane.engine.idle for place in self.places):
                return

    def _advance(self, until: float) -> None:
        """To the next moment at which anything happens, at most to `until`. The terminal looks into its folder as often
        as it always does, but not while nobody can have asked it."""
        if self.clock.anybody_sleeps:
            self.clock.advance(min(until, max(self._poll_due, self.clock.monotonic())))
        elif self._queue or any(not place.idle for place in self.places):
            self.clock.advance(until)
        else:
            for action in self.clock.leap(until):
                action()
                self._let_happen()

    def _answer(self) -> None:
        now = self.clock.monotonic()
        if now >= self._poll_due:
            self._poll_due = now + TERMINAL_POLL_SECONDS
            self._terminal.poll()

    def _next_due(self) -> float:
        now = self.clock.monotonic()
        due = [now + LOOK_SECONDS]
        if (sleeper := self.clock.next_sleeper()) is not None:
            due.append(sleeper)
        for place in self.places:
            timer = place.stage.lane.engine.timer
            due += [timer.due] if timer is not None else []
            due += [place.counter.due] if place.counter.due is not None else []
            due += [place.patient.due] if place.patient is not None else []
            due += [place.free_at] if self._queue and place.free_at > now else []
        due += [self._coming[0][0]] if self._coming else []
        due += [self._breaks[0][0]] if self._breaks else []
        return max(now, min(due))

    def _watch(self, place: Place, view: View) -> None:
        """What a patient could tell afterwards."""
        place.counter.screen = view.screen
        patient, visit = place.patient, visit_id_of(place.stage.lane.state)
        if patient is not None:
            patient.saw(view, visit)

    # --- people ---------------------------------------------------------------------------------

    def _act(self) -> int:
        """Whatever is due now. Returns how many left."""
        now, left = self.clock.monotonic(), 0
        while self._breaks and self._breaks[0][0] <= now:
            self._breaks.popleft()[1]()
        while self._coming and self._coming[0][0] <= now:
            self._queue.append(self._coming.popleft())
        for place in self.places:
            place.counter.notice(now, place.patient)
            if place.counter.due is not None and place.counter.due <= now:
                place.counter.act(now, place.patient)
            patient = place.patient
            if patient is not None:
                left += self._look_after(place, patient, now)
            elif self._queue and place.idle and place.free_at <= now:
                self._call(place, now)
        return left

    def _call(self, place: Place, now: float) -> None:
        came, manner = self._queue.popleft()
        self.seen.waited.append(now - came)
        place.stage.world.admit(manner.person)
        place.patient = Patient(manner, place.stage, self.plan.pace, now)
        self.seen.patients.append(place.patient)

    def _look_after(self, place: Place, patient: Patient, now: float) -> int:
        if patient.due <= now:
            patient.act(now)
        if not patient.gone and now - patient.entered > self.plan.pace.stuck_after:
            self.seen.stuck.append(f"{patient.manner.number}: {place.stage.lane.view.state}")
            place.stage.lane.staff_acted("take_over", "sato", None)
            place.stage.lane.staff_acted("cancel", "sato", None)
            patient.take_card()
            patient.gone = True
        if not patient.gone:
            return 0
        place.patient = None
        place.stage.world.show("none")
        place.free_at = now + self.plan.pace.between_patients
        return 1

    # --- what breaks ----------------------------------------------------------------------------

    def _changes(self, start: object) -> Iterator[tuple[float, Callable[[], None]]]:
        for number, window in enumerate(self.plan.windows):
            place = self.places[number % len(self.places)]
            begin, end = self._after(start, window.begin), self._after(start, window.end)
            yield begin, lambda window=window, place=place: self._break(window, place)  # type: ignore[misc]
            if end > begin:
                yield end, lambda window=window, place=place: self._mend(window, place)  # type: ignore[misc]

    def _break(self, window: Window, place: Place) -> None:
        self.seen.happened.append(f"{window.device}.{window.what}")
        if window.device == "terminal":
            self._terminal.state = TerminalState.of({"state": window.what, "seconds": window.seconds})
        else:
            place.stage.cause_fault(window.device, window.what)

    def _mend(self, window: Window, place: Place) -> None:
        if window.device == "terminal":
            self._terminal.state = TerminalState()
        else:
            place.stage.cause_fault(window.device, {"full": "free"}.get(window.what, "plug"))

    def _afterwards(self) -> None:
        """Deliveries and look-ups that were put off find their turn; nobody comes any more."""
        end = self.clock.monotonic() + AFTERWARDS
        while self.clock.monotonic() < end:
            self._let_happen()
            if not self._waits():
                return
            self._advance(min(end, self.clock.monotonic() + LOOK_SECONDS))
            self._answer()

    def _waits(self) -> bool:
        rooms = [place.stage.back_room for place in self.places]
        return any(room.line.down for room in rooms) or rooms[0].waiting() > 0
