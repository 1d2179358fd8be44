"""The kiosk's side of the counter: publishes where the lane stands, takes the acts of staff, each exactly once.

An act is asked for at least once and carries an id; its entry in the journal carries the same id and comes before any
effect. So whatever is killed when: an act whose id the journal knows was done, any other was not (assets/handbook/
console.md, "Exactly once").
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.domain.accounts import AccountRules, Role
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import ConsentContent, ProgressContent, View
from kiosk.domain.staff_actions import BY_NAME, Scope, StaffAction
from kiosk.flow.closing import outcome_of, visit_id_of
from kiosk.flow.events import Event
from kiosk.flow.outage import SECOND_PERSON_WITHIN
from kiosk.flow.staff_events import does_something, offers, staff_event
from kiosk.flow.staff_persons import persons_of
from kiosk.flow.states import OutOfService, State, VisitState
from kiosk.flow.transitions_counter import words_after
from kiosk.ports.clock import Clock
from kiosk.ports.counter import (
    Act,
    ActReport,
    ActState,
    CounterStore,
    LaneContent,
    LivePerson,
    Offer,
    Pixels,
    Refusal,
    Sight,
    Standing,
)
from kiosk.ports.journal import Journal, JournalEntry, JournalStore
from kiosk.runtime.executor import Executor

log = logging.getLogger("kiosk.app")

POLL_SECONDS = 0.04
"""Between two looks into the file, for a nudge that was lost. A look takes some hundredths of a millisecond."""

SIGHT_SECONDS = 1.0
REMEMBERED = timedelta(days=7)
"""How long the file keeps what became of an act; the journal keeps what it did."""

PRINT = "print"


@dataclass(frozen=True)
class Sights:
    """Where pictures come from. `screen` is called on the thread that owns the window, the others on any."""

    photo: Callable[[Executor, str], Pixels | None]
    camera: Callable[[Executor, str], Pixels | None]
    screen: Callable[[], Pixels | None]


@dataclass(frozen=True)
class Running:
    """What a counter needs of the running lane, asked anew each time: a lane may be replaced under it."""

    lane: str
    run: Callable[[], str]  # begins the ids of its visits
    state: Callable[[], State]
    executor: Callable[[], Executor]
    act: Callable[[Event], bool]  # an event, handled at once; False: not recorded
    wake: Callable[[], None]  # have `look` called soon by the thread that owns the lane
    print_waiting: Callable[[], object]
    sheets: Callable[[], int]  # that wait for the printer


@dataclass(frozen=True)
class _Seen:
    """What the screen shows since when, as the thread that owns it last said."""

    view: View
    state: State
    mark: int
    since: datetime
    called_at: datetime | None


class LaneCounter:
    """Implements `kiosk.ports.counter.LaneMemory`. `shown` and `look` belong to the thread that owns the lane."""

    def __init__(
        self,
        running: Running,
        store: CounterStore,
        journal: Callable[[], JournalStore],
        records: Callable[[], Journal],
        clock: Clock,
        catalogue: Catalogue,
        rules: AccountRules,
        sights: Sights,
    ) -> None:
        """`records` writes to the journal as the lane does; `journal` reads it."""
        self._running, self._store, self._journal, self._records = running, store, journal, records
        self._clock, self._catalogue, self._rules, self._sights = clock, catalogue, rules, sights
        before = {standing.lane: standing.mark for standing in store.lanes()}.get(running.lane, 0)
        self._mark = before  # a button drawn from an earlier run must fit nothing of this one
        self._seen: _Seen | None = None
        self._key: object = None
        self._recorded: dict[str, Refusal | None] | None = None  # by an earlier run; None: not looked yet
        self._settled: dict[str, ActReport] = {}  # done, and perhaps not yet written down as done
        self._nudged = threading.Event()
        self._looked = float("-inf")
        self._beat = time.monotonic()
        self._grabs: deque[_Grab] = deque()
        self._looks: set[tuple[str, str | None, Sight | None]] = set()  # noted already, by staff
        self._news = threading.Condition()
        self._fresh = self._closed = False
        self._complained = ""
        self._publisher = threading.Thread(target=self._publish, name="counter-publisher", daemon=True)
        self._publisher.start()

    # --- start and end ----------------------------------------------------------------------------

    def held(self) -> frozenset[str]:
        """What staff had switched on when the lane last ran: the journal from there on tells. Writes it down anew."""
        before = self._store.held(self._running.lane)
        words, head = before or (frozenset(), 0)
        newest = self._journal().newest()
        if before is not None and newest is not None:
            entries = ((entry.event, json.loads(entry.fields)) for entry in self._journal().after(head))
            words = words_after(words, self._running.lane, entries)
        self._store.hold(self._running.lane, words, newest.seq if newest else 0)
        self._store.purge(self._clock.now() - REMEMBERED)
        return words

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()
        self._publisher.join(2.0)

    # --- the lane's thread ------------------------------------------------------------------------

    def shown(self, view: View, state: State) -> None:
        """Every view that is drawn."""
        visit, now = visit_id_of(state), self._clock.now()
        before = self._seen
        key = (visit, type(state), view.lane.needs, view.lane.choices, view.screen, state.lane.answered_by)
        if key != self._key:
            self._key = key
            self._mark += 1
        same_step = before is not None and (visit, type(state)) == (visit_id_of(before.state), type(before.state))
        since = before.since if before is not None and same_step else now
        called = None
        if _calls(state, view):
            called = before.called_at if before is not None and before.called_at is not None and same_step else now
        if before is not None and visit != visit_id_of(before.state):
            self._looks.clear()
        with self._news:
            self._seen = _Seen(view, state, self._mark, since, called)
            self._fresh = True
            self._news.notify_all()

    def look(self) -> None:
        """What staff asked for since the last look, and the sign of life."""
        self._beat = time.monotonic()
        while self._grabs:
            self._grabs.popleft().answer(self._sights.screen)
        if not self._nudged.is_set() and self._beat - self._looked < POLL_SECONDS:
            return
        self._nudged.clear()
        self._looked = self._beat
        try:
            waiting = self._store.asked(self._running.lane)
            if self._recorded is None:
                self._recorded = self._acts_of_earlier_runs(waiting)
            for act, _head in waiting:
                self._store.settle(self._report(act))
        except KioskError as error:
            self._complain(error)

    def _report(self, act: Act) -> ActReport:
        report = self._settled.get(act.id)
        if report is None:
            why, now = self._take(act), self._clock.now()
            report = ActReport(act.id, ActState.DONE if why is None else ActState.REFUSED, why, now)
            self._settled = {act.id: report, **dict(list(self._settled.items())[:99])}
        return report

    def _take(self, act: Act) -> Refusal | None:
        """None: it is done. What the journal tells of an earlier run is not done again."""
        if self._recorded and act.id in self._recorded:
            return self._recorded[act.id]
        row = BY_NAME.get(act.action)
        why = self._refused(act, row)
        if why is not None:
            action, staff = row.name if row else "other", act.staff
            self._note(
                JournalEntry("staff.refused", {"action": action, "staff": staff, "why": why.value, "act": act.id})
            )
            return why
        if act.action == PRINT:
            return self._print(act)
        return None if self._running.act(self._event(act)) else Refusal.NOT_RECORDED

    def _refused(self, act: Act, row: StaffAction | None) -> Refusal | None:
        seen, state, now = self._seen, self._running.state(), self._clock.now()
        if row is None or row.scope is Scope.RECORD or seen is None:
            return Refusal.UNKNOWN
        if not self._allows(act.role, row.may):
            return Refusal.NOT_ALLOWED
        if row.needs_reason and not act.reason:
            return Refusal.REASON_NEEDED
        if row.scope is Scope.VISIT:
            drawn_from, now_here = (act.visit_id, act.mark), (visit_id_of(state), seen.mark)
            if drawn_from != now_here or type(state) is not type(seen.state):
                return Refusal.MOVED_ON
        if row.mode is not None and not -SECOND_PERSON_WITHIN < now - act.at < SECOND_PERSON_WITHIN:
            return Refusal.TOO_LATE
        if act.action == PRINT:
            return None if self._running.sheets() else Refusal.NO_MEANING
        return None if does_something(state, self._event(act)) else Refusal.NO_MEANING

    def _event(self, act: Act) -> Event:
        second = BY_NAME[act.action].second
        return staff_event(
            self._clock.now(),
            act.action,
            act.staff,
            act.reason,
            document=act.document,
            index=act.index,
            may=second is None or self._allows(act.role, second),
            act=act.id,
        )

    def _allows(self, role: str, what: str) -> bool:
        try:
            return self._rules.allows(Role(role), what)
        except ValueError:
            return False

    def _print(self, act: Act) -> Refusal | None:
        entry = JournalEntry("staff.action", {"action": PRINT, "staff": act.staff, "act": act.id})
        if not self._note(entry):
            return Refusal.NOT_RECORDED
        threading.Thread(target=self._running.print_waiting, name="counter-print", daemon=True).start()
        return None

    def _note(self, entry: JournalEntry) -> bool:
        try:
            self._records().append(entry, self._clock.now())
        except KioskError as error:
            self._complain(error)
            return False
        return True

    def _acts_of_earlier_runs(self, waiting: Iterable[tuple[Act, int]]) -> dict[str, Refusal | None]:
        """Acts that wait although the journal knows them: the kiosk was killed between entry and answer."""
        heads = {act.id: head for act, head in waiting}
        found: dict[str, Refusal | None] = {}
        if not heads:
            return found
        for entry in self._journal().after(min(heads.values())):
            fields = json.loads(entry.fields)
            act = fields.get("act")
            if act in heads:
                found[act] = Refusal(fields["why"]) if entry.event == "staff.refused" else None
        return found

    # --- what the line asks, on its own threads -----------------------------------------------------

    def nudged(self) -> None:
        self._nudged.set()
        self._running.wake()

    def beat_age(self) -> float:
        return time.monotonic() - self._beat

    def content(self, token: str) -> LaneContent | None:
        seen = self._seen
        if seen is None or self._staff(token) is None:
            return None
        view, visit = seen.view, visit_id_of(seen.state)
        texts = (view.title, *view.body, *(notice.text for notice in view.notices))
        record = self._running.executor().vault.get(visit) if visit is not None else None
        return LaneContent(
            self._running.lane,
            seen.mark,
            visit,
            sentences=tuple(self._say(text, view) for text in texts),
            buttons=tuple(self._say(control.label, view) for control in view.controls),
            language=view.language,
            needs=view.lane.needs,
            holds=view.lane.holds,
            facts=view.lane.facts,
            choices=view.lane.choices,
            outcome=outcome_of(seen.state),
            note=record.note if record is not None else None,
            photo=record is not None and record.photo is not None,
        )

    def picture(self, token: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        """The journal learns first who looked at a photo or at the person: what it refuses is not shown."""
        seen, staff = self._seen, self._staff(token)
        if seen is None or staff is None or visit_id != visit_id_of(seen.state):
            return None
        if sight is Sight.SCREEN:
            return self._screen() if isinstance(seen.view.content, SHOWS_NOBODY) else None
        if visit_id is None or not self._note_look(staff, visit_id, sight, "photo"):
            return None
        source = self._sights.photo if sight is Sight.PHOTO else self._sights.camera
        return source(self._running.executor(), visit_id)

    def persons(self, token: str, visit_id: str) -> tuple[LivePerson, ...]:
        """As pictures: what the journal refuses is not told."""
        seen, staff = self._seen, self._staff(token)
        if seen is None or staff is None or visit_id != visit_id_of(seen.state):
            return ()
        record = self._running.executor().vault.get(visit_id)
        found = persons_of(seen.state, record.attributes if record is not None else None)
        return found if found and self._note_look(staff, visit_id, None, "patient") else ()

    def _note_look(self, staff: str, visit_id: str, sight: Sight | None, what: str) -> bool:
        """Once for each who looks at a visit: a picture that is asked for every second is one look."""
        look = (staff, visit_id, sight)
        if look not in self._looks:
            if not self._note(JournalEntry("record.viewed", {"staff": staff, "what": what}, visit_id)):
                return False
            self._looks.add(look)
        return True

    def _screen(self) -> Pixels | None:
        grab = _Grab()
        self._grabs.append(grab)
        self._running.wake()
        return grab.wait(SIGHT_SECONDS)

    def _staff(self, token: str) -> str | None:
        """Who sits at the desk with this token; None for nobody, and for a role that has no business with patients."""
        if not token:
            return None
        try:
            desk = self._store.desk(hashlib.sha256(token.encode()).hexdigest())
        except KioskError as error:
            self._complain(error)
            return None
        return desk.staff if desk is not None and self._allows(desk.role, "desk") else None

    def _say(self, text: Text, view: View) -> str:
        return self._catalogue.render(text, view.language)

    # --- publishing -------------------------------------------------------------------------------

    def _publish(self) -> None:
        """On a thread of its own: trying every act costs some milliseconds that no patient should wait for."""
        tried: object = None
        offered: tuple[Offer, ...] = ()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._fresh or self._closed)
                if self._closed:
                    return
                self._fresh, seen = False, self._seen
            if seen is None:
                continue
            offer_key = _decides(seen.state)
            if offer_key != tried:
                tried, offered = offer_key, offers(seen.state, self._clock.now())
            try:
                self._store.publish(self._standing(seen, offered))
            except KioskError as error:
                self._complain(error)

    def _standing(self, seen: _Seen, offered: tuple[Offer, ...]) -> Standing:
        lane = seen.state.lane
        sheets = (Offer(PRINT),) if self._running.sheets() else ()
        return Standing(
            self._running.lane,
            self._running.run(),
            type(seen.state).__name__,
            seen.view.screen,
            seen.mark,
            seen.since,
            visit_id_of(seen.state),
            needs=tuple(text.id for text in seen.view.lane.needs),
            holds=tuple(text.id for text in seen.view.lane.holds),
            called_at=seen.called_at,
            answered_by=lane.answered_by,
            paused=lane.paused,
            offers=(*offered, *sheets),
        )

    def _complain(self, error: KioskError) -> None:
        """Once for each kind of trouble: this is asked ten times a second."""
        if error.code.value != self._complained and not self._closed:
            self._complained = error.code.value
            log.error("counter: %s", error.code.value)


SHOWS_NOBODY = (type(None), ProgressContent, ConsentContent)
"""Contents of screens whose picture shows nothing of a person and nothing that was typed."""


def _calls(state: State, view: View) -> bool:
    paused = isinstance(state, OutOfService) and state.code is FailureCode.LANE_PAUSED
    return bool(view.lane.needs) and not paused


def _decides(state: State) -> object:
    """All of a state that can decide which acts mean something; a hint of the camera changes nothing about them."""
    lane = replace(state.lane, tickets=0, visits=0)
    inner = getattr(state, "resume", None)
    visit = state.visit if isinstance(state, VisitState) else None
    return type(state), type(inner), lane, visit, getattr(state, "reason", None), getattr(state, "code", None)


class _Grab:
    """A picture of the screen that one thread asks for and another one makes."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._given_up = False
        self._pixels: Pixels | None = None

    def answer(self, make: Callable[[], Pixels | None]) -> None:
        with self._lock:
            if not self._given_up:
                self._pixels = make()
        self._done.set()

    def wait(self, seconds: float) -> Pixels | None:
        self._done.wait(seconds)
        with self._lock:
            self._given_up = True
            return self._pixels
