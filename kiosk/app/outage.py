"""Outages of the line in the running kiosk: who could not be confirmed is listed, and looked up when it is back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from drivers.gateway.requery import requery
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.insurance import share_percent
from kiosk.domain.outcome import Eligibility
from kiosk.domain.pending import Difference, PendingVisit, differences
from kiosk.domain.rules import RuleTable
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import (
    BulkAnswer,
    BulkEligibility,
    EligibilityGateway,
    NumberQuery,
    PersonQuery,
    ResultFile,
)
from kiosk.ports.handover import FinishedVisit, HandOverDesk
from kiosk.ports.journal import Journal, JournalEntry
from kiosk.ports.pending import PendingList
from kiosk.runtime.line import LINE_CODES, Line, LineProbe
from kiosk.runtime.workers import Workers

log = logging.getLogger("kiosk.app")

ONE_BY_ONE = 20
"""So many are looked up singly, each with a result file of its own; a longer list goes as bulk requests."""

BATCH = 10_000
PING_SECONDS = 5.0
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
PERSON_KEPT = timedelta(days=90)
"""How long a settled entry, without anything personal, and an outage stay known."""


class Terminal(EligibilityGateway, BulkEligibility, LineProbe, Protocol):
    """All that this work asks of the terminal."""

    def query_person(
        self, query: PersonQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]: ...


class OutageWork:
    """Implements `kiosk.ports.pending.OutageDesk`. `look` is called regularly; work goes on behind the visits.

    `by_items`: whether the terminal takes the four items as a file, which only the simulated one does. Without it an
    entry that has no numbers waits for staff.
    """

    def __init__(
        self,
        line: Line,
        pending: PendingList,
        terminal: Terminal,
        desk: HandOverDesk,
        clock: Clock,
        workers: Workers,
        *,
        journal: Journal,
        share_rules: RuleTable,
        timeout_s: float,
        heartbeat_s: float = 0.0,
        by_items: bool = False,
    ) -> None:
        self._line, self._pending, self._terminal, self._desk = line, pending, terminal, desk
        self._clock, self._workers, self._journal = clock, workers, journal
        self._share_rules, self._timeout_s, self._by_items = share_rules, timeout_s, by_items
        self._heartbeat_s = heartbeat_s
        self._beat_at = clock.monotonic()
        self._unreachable = 0
        self._busy = threading.Lock()
        self._closed = threading.Event()
        self.on_lost: Callable[[FailureCode], None] = lambda _code: None
        self.on_back: Callable[[int], None] = lambda _waiting: None
        line.on_lost, line.on_back = self._lost, self._back

    def left_open(self, visit: PendingVisit) -> None:
        known = "numbers" if visit.by_number else "face" if visit.face.birth_date else "nothing"
        try:
            self._pending.add(visit)
        except KioskError as error:
            log.error("pending list: %s", error.code.value)
            return
        self._note(JournalEntry("pending.added", {"code": visit.cause, "by": known}, visit.visit_id))

    def declare(self, begin: bool) -> None:
        self._line.declare(begin)

    def look(self) -> None:
        """Is the line still up, or back; is anything due?"""
        if self._closed.is_set() or self._busy.locked():
            return
        try:
            if self._line.down:
                self._start(self._try_line)
                return
            if not self._terminal.reachable():
                self._line.failed(KioskError(FailureCode.TERMINAL_FOLDER_GONE))
                return
            now = self._clock.monotonic()
            if self._heartbeat_s and now - self._beat_at >= self._heartbeat_s:
                self._beat_at = now
                self._start(self._try_line)
            elif self._pending.due(self._clock.now(), 1):
                self._start(self.requery_due)
        except KioskError as error:
            log.error("pending list: %s", error.code.value)

    def requery_due(self) -> None:
        """Looks up what is due, in this thread; what brings no answer is tried again later."""
        if not self._busy.acquire(blocking=False):
            return
        try:
            due = self._pending.due(self._clock.now(), BATCH)
            numbered = [visit for visit in due if visit.by_number]
            if len(numbered) > ONE_BY_ONE:
                self._bulk(numbered)
            singly = [visit for visit in due if not visit.by_number] if len(numbered) > ONE_BY_ONE else list(due)
            for visit in singly:
                if self._closed.is_set() or not self._ask(visit):
                    break
        except KioskError as error:
            log.error("pending list: %s", error.code.value)
        finally:
            self._busy.release()

    def close(self) -> None:
        """Nothing begins any more; a look-up under way is broken off."""
        self._closed.set()

    # --- the line -------------------------------------------------------------------------------

    def _try_line(self) -> None:
        if not self._busy.acquire(blocking=False):
            return
        try:
            self._terminal.ping(timeout_s=PING_SECONDS, cancelled=self._closed.is_set)
        except KioskError as error:
            if not self._closed.is_set():
                self._line.failed(error)
        else:
            self._line.worked()
        finally:
            self._busy.release()

    def _lost(self, code: FailureCode) -> None:
        try:
            self._pending.outage_began(self._clock.now(), code.value)
        except KioskError as error:
            log.error("outage not noted: %s", error.code.value)
        self.on_lost(code)

    def _back(self) -> None:
        waiting = 0
        try:
            now = self._clock.now()
            self._pending.outage_ended(now)
            self._pending.purge(now - PERSON_KEPT)
            waiting = self._pending.wake()
        except KioskError as error:
            log.error("pending list: %s", error.code.value)
        self.on_back(waiting)
        if waiting:
            self._start(self._after_the_probe)

    def _after_the_probe(self) -> None:
        """The exchange that showed the line to be back may still be under way."""
        while self._busy.locked() and not self._closed.is_set():
            self._clock.sleep(0.05)
        self.requery_due()

    # --- the list -------------------------------------------------------------------------------

    def _ask(self, visit: PendingVisit) -> bool:
        """False where the line is down again: the rest waits."""
        on, face = visit.at.date(), visit.face
        try:
            if visit.by_number and visit.numbers is not None and face.birth_date is not None:
                answer, file = self._terminal.query_number(
                    _number_query(visit), timeout_s=self._timeout_s, cancelled=self._closed.is_set
                )
            elif self._by_items and face.whole and face.birth_date is not None:
                query = PersonQuery(
                    visit.visit_id, face.name or "", face.birth_date, face.sex or "", face.address or "", on
                )
                answer, file = self._terminal.query_person(
                    query, timeout_s=self._timeout_s, cancelled=self._closed.is_set
                )
            else:
                self._later([visit], "")
                return True
        except KioskError as error:
            if self._closed.is_set():
                return False
            self._line.failed(error)
            self._later([visit], error.code.value)
            return error.code not in LINE_CODES
        self._line.worked()
        self._arrived(visit, answer, file)
        return True

    def _bulk(self, visits: Sequence[PendingVisit]) -> None:
        by_id = {visit.visit_id: visit for visit in visits}
        handed_over: set[str] = set()

        def answered(found: BulkAnswer) -> None:
            visit = by_id[found.identifier or ""]
            # The file is everybody's: it goes out once, under a name of its own, before the first entry is settled.
            if found.file is not None and found.file.name not in handed_over:
                handed_over.add(found.file.name)
                self._desk.hand_over(FinishedVisit(f"bulk-{found.file.name}", self._clock.now(), "", file=found.file))
            self._arrived(visit, found.answer, None)

        done = requery(
            self._terminal,
            [_number_query(visit) for visit in visits],
            answered,
            clock=self._clock,
            timeout_s=self._timeout_s,
            cancelled=self._closed.is_set,
        )
        if done.open_ids and not self._closed.is_set():
            self._later([by_id[visit_id] for visit_id in done.open_ids], done.trouble.value if done.trouble else "")

    def _arrived(self, visit: PendingVisit, answer: EligibilityAnswer, file: ResultFile | None) -> None:
        """First handed over, then taken off the list: after a crash it is asked again, and handed over once all the
        same."""
        person = answer.persons[0] if len(answer.persons) == 1 else None
        share = None
        if person is not None:
            try:
                share = share_percent(person, visit.face.birth_date, visit.at.date(), self._share_rules)
            except KioskError:
                share = None
        found = differences(visit, answer, share)
        about_them = person is not None and Difference.PERSON not in found
        if about_them and answer.eligibility is Eligibility.VALID:
            self._desk.hand_over(
                FinishedVisit(visit.visit_id, self._clock.now(), "", answer, file, share_percent=share)
            )
        self._pending.answered(visit.visit_id, answer.eligibility, found)
        self._note(
            JournalEntry(
                "pending.answered",
                {"eligibility": answer.eligibility.value, "differences": ",".join(found)},
                visit.visit_id,
            )
        )

    def _later(self, visits: Sequence[PendingVisit], code: str) -> None:
        tried = min(visit.tried for visit in visits)
        pause = min(FIRST_PAUSE * 2 ** min(tried, 10), LONGEST_PAUSE)
        self._pending.failed([visit.visit_id for visit in visits], code, self._clock.now() + pause)

    def _start(self, work: Callable[[], None]) -> None:
        if not self._closed.is_set():
            self._workers.start("outage", work)

    def _note(self, entry: JournalEntry) -> None:
        try:
            self._journal.append(entry, self._clock.now())
        except KioskError as error:
            if not self._closed.is_set():
                log.error("%s not recorded: %s", entry.event, error.code.value)


def _number_query(visit: PendingVisit) -> NumberQuery:
    numbers, born = visit.numbers, visit.face.birth_date
    assert numbers is not None
    assert born is not None
    return NumberQuery(
        visit.visit_id,
        numbers.insurer_number or "",
        numbers.symbol,
        numbers.number or "",
        numbers.branch,
        born,
        visit.at.date(),
    )
