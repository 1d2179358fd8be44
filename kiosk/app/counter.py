"""The console's side of the counter: everything in the name of one member of staff who is signed in."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import time
from collections.abc import Callable, Sequence

from drivers.counter.client import SocketLine
from drivers.counter.wire import folder_of
from drivers.store.counter import SqliteCounter
from kiosk.app.counter_finish import Finisher
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.accounts import AccountRules, Session, account_rules
from kiosk.domain.failures import KioskError
from kiosk.domain.rules import load_rules
from kiosk.domain.staff_actions import BY_NAME, FINISHES, INCIDENT_RESULTS, Scope
from kiosk.ports.clock import Clock
from kiosk.ports.counter import (
    Act,
    ActReport,
    ActState,
    Change,
    CounterLine,
    CounterStore,
    Desk,
    Ending,
    Finish,
    Lane,
    LaneContent,
    LivePerson,
    Pixels,
    Refusal,
    Sight,
    Standing,
)
from kiosk.ports.journal import JournalEntry, JournalStore
from kiosk.runtime.clocks import RealClock
from kiosk.staff.visit_list import VisitBook

ID_LETTERS = 20
WAIT_SECONDS = 0.01
LOOKED_SECONDS = 60.0
"""A page that is drawn anew all the time is looked at once in that time."""

Fields = dict[str, str | int | float | bool | None]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,31}")


def new_act_id() -> str:
    """Letters only: the journal masks what looks like a number or a key."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(ID_LETTERS))


class SignedInCounter:
    """Implements `kiosk.ports.counter.Counter`. May be called from several threads."""

    def __init__(
        self,
        session: Session,
        store: CounterStore,
        line: CounterLine,
        journal: JournalStore,
        rules: AccountRules,
        clock: Clock,
        finisher: Finisher,
        *,
        owned: Sequence[Callable[[], None]] = (),
    ) -> None:
        """`owned` is closed with it."""
        self._session, self._store, self._line, self._journal = session, store, line, journal
        self._rules, self._clock, self._finisher, self._owned = rules, clock, finisher, owned
        self._token = secrets.token_urlsafe(32)
        self._digest = hashlib.sha256(self._token.encode()).hexdigest()
        self._looked: dict[tuple[str | None, str], float] = {}
        store.open_desk(self._digest, Desk(session.account, session.role.value, clock.now()))

    # --- lanes --------------------------------------------------------------------------------------

    def lanes(self) -> tuple[Lane, ...]:
        return tuple(Lane(standing, self._line.beat_age(standing.lane)) for standing in self._store.lanes())

    def content(self, lane: str) -> LaneContent | None:
        return self._line.content(lane, self._token)

    def picture(self, lane: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        return self._line.picture(lane, self._token, sight, visit_id)

    def persons(self, lane: str, visit_id: str) -> tuple[LivePerson, ...]:
        return self._line.persons(lane, self._token, visit_id)

    # --- acts ---------------------------------------------------------------------------------------

    def act(
        self,
        standing: Standing,
        action: str,
        *,
        reason: str | None = None,
        document: str | None = None,
        index: int | None = None,
    ) -> ActReport:
        row = BY_NAME.get(action)
        act_id = new_act_id()
        if row is None or row.scope is Scope.RECORD:
            return ActReport(act_id, ActState.REFUSED, Refusal.UNKNOWN)
        if not self._may(row.may):
            return ActReport(act_id, ActState.REFUSED, Refusal.NOT_ALLOWED)
        if row.needs_reason and not reason:
            return ActReport(act_id, ActState.REFUSED, Refusal.REASON_NEEDED)
        of_visit = row.scope is Scope.VISIT
        act = Act(
            act_id,
            standing.lane,
            action,
            self._session.account,
            self._session.role.value,
            self._clock.now(),
            visit_id=standing.visit_id if of_visit else None,
            mark=standing.mark if of_visit else None,
            reason=_word(reason),
            document=document,
            index=index,
        )
        newest = self._journal.newest()
        self._store.ask(act, newest.seq if newest else 0)
        self._line.nudge(standing.lane)
        return ActReport(act_id, ActState.ASKED)

    def report(self, act_id: str) -> ActReport | None:
        return self._store.report(act_id)

    def wait(self, act_id: str, seconds: float) -> ActReport | None:
        end = time.monotonic() + seconds
        while True:
            report = self._store.report(act_id)
            if report is None or report.state is not ActState.ASKED or time.monotonic() >= end:
                return report
            time.sleep(WAIT_SECONDS)

    # --- the journal --------------------------------------------------------------------------------

    def knows(self, visit_id: str) -> bool:
        """Whether the visit is one of this folder."""
        return next(iter(self._journal.iterate(visit_id)), None) is not None

    def viewed(self, visit_id: str | None, what: str = "visit") -> None:
        now, look = time.monotonic(), (visit_id, what)
        if now - self._looked.get(look, float("-inf")) < LOOKED_SECONDS:
            return
        self._note(JournalEntry("record.viewed", {"staff": self._staff, "what": what}, visit_id))
        self._looked = {k: at for k, at in self._looked.items() if now - at < LOOKED_SECONDS} | {look: now}

    def exported(self, what: str, entries: int, *, personal: bool) -> None:
        fields: Fields = {"staff": self._staff, "what": what, "entries": entries, "personal": personal}
        self._note(JournalEntry("record.exported", fields))

    def known(self, visit_id: str, patient: str) -> None:
        self._note(JournalEntry("patient.known", {"patient": patient}, visit_id))

    def correct(self, visit_id: str, what: str, reason: str, note: str | None = None) -> None:
        fields = {"staff": self._staff, "what": _word(what), "reason": _word(reason)}
        self._note(JournalEntry("record.corrected", {**fields, **_noted(note)}, visit_id))

    def correct_claim(self, visit_id: str, changes: Sequence[Change], route: str | None = None) -> None:
        told: list[Fields] = [
            {"staff": self._staff, "items": change.item, "before": change.before or None, "after": change.after}
            for change in changes
        ]
        if route is not None:
            told.append({"staff": self._staff, "items": "", "route": route})
        self._journal.append_all([JournalEntry("claim.corrected", one, visit_id) for one in told], self._clock.now())

    def settle_claim(self, visit_id: str, reason: str | None = None) -> None:
        self._note(JournalEntry("claim.settled", {"staff": self._staff, "reason": _word(reason)}, visit_id))

    def open_incident(self, visit_id: str, reason: str, note: str | None = None) -> None:
        fields = {"staff": self._staff, "reason": _word(reason)}
        self._note(JournalEntry("incident.opened", {**fields, **_noted(note)}, visit_id))

    def close_incident(self, visit_id: str, result: str, reason: str, note: str | None = None) -> bool:
        """Raises `ValueError` for a result that is none of `INCIDENT_RESULTS`."""
        if result not in INCIDENT_RESULTS:
            raise ValueError(result)
        book = VisitBook()
        book.read(self._journal.iterate(visit_id))
        row = book.rows.get(visit_id)
        if row is None or not row.incident or not self._may(BY_NAME["close_incident"].may):
            return False
        fields: Fields = {"staff": self._staff, "result": result, "reason": _word(reason)}
        self._note(JournalEntry("incident.closed", {**fields, **_noted(note)}, visit_id))
        return True

    def finish(self, visit_id: str, ending: Ending) -> Finish:
        """Raises `ValueError` for a result that is none of `FINISHES`."""
        if ending.result not in FINISHES:
            raise ValueError(ending.result)
        alive = [lane for lane in self.lanes() if lane.beat_age is not None]
        if any(lane.standing.visit_id == visit_id for lane in alive):
            return Finish.ALREADY
        fields: Fields = {
            "staff": self._staff,
            "result": ending.result,
            "reason": _word(ending.reason),
            "document": ending.document,
        }
        return self._finisher.finish(visit_id, {**fields, **_noted(ending.note)}, ending.stated, deliver=not alive)

    def close(self) -> None:
        """Nothing is answered to this desk any more."""
        try:
            self._store.close_desk(self._digest)
        finally:
            for close in self._owned:
                close()

    @property
    def _staff(self) -> str:
        return self._session.account

    def _may(self, what: str) -> bool:
        return not self._session.locked and self._rules.allows(self._session.role, what)

    def _note(self, entry: JournalEntry) -> None:
        self._journal.append(entry, self._clock.now())


def open_counter(
    folders: DataFolders,
    session: Session,
    *,
    settings: Settings | None = None,
    journal: JournalStore | None = None,
    line: CounterLine | None = None,
) -> SignedInCounter:
    """For a session that has just begun or was unlocked; close it when it is locked or ends. Without a `journal` it
    opens one of its own. Raises what the stores raise."""
    clock = RealClock()
    rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), clock.now().date())
    store = SqliteCounter(folders.root / "counter.sqlite")
    owned: list[Callable[[], None]] = [store.close]
    try:
        if journal is None:
            own = open_journal(folders)
            owned.append(own.close)
            journal = own
        line = line or SocketLine(folder_of(folders.root))
        finisher = Finisher(settings or Settings(), folders, journal, store, clock)
        return SignedInCounter(session, store, line, journal, rules, clock, finisher, owned=owned)
    except KioskError:
        for close in owned:
            close()
        raise


def _word(text: str | None) -> str | None:
    """Reasons are words of a list; what somebody typed in their place is told as such, not written down."""
    return text if text is None or _WORD.fullmatch(text) else "other"


def _noted(note: str | None) -> dict[str, str]:
    """Free text is personal: it is stored encrypted under the key of its visit."""
    return {"note": " ".join(note.split())} if note and note.strip() else {}
