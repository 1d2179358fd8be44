"""What goes on behind the visits of one start of the program: hand-over, own patients, outages of the line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from drivers.gateway import whole_file
from drivers.gateway.dispatch import Dispatcher
from drivers.store.patients import SqlitePatients
from drivers.store.pending import SqlitePending
from kiosk.app.desk import LOOK_SECONDS, Desk, Registration
from kiosk.app.handover import OnFate, dispatcher, open_deliveries
from kiosk.app.outage import OutageWork, Terminal
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.failures import KioskError
from kiosk.domain.patients import Patient
from kiosk.domain.pending import PendingState
from kiosk.domain.rules import load_rules
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import ReferenceRegistrar
from kiosk.ports.handover import DeliveryStore
from kiosk.ports.journal import Journal, JournalEntry
from kiosk.ports.patients import PatientListWrong
from kiosk.runtime.line import Line
from kiosk.runtime.workers import WorkCounter, Workers

log = logging.getLogger("kiosk.app")

LINE_LOOK_SECONDS = 15.0
"""How often the line is looked at: while it is down, whether it is back; else whether something is to be looked up."""

TIDY_LOOK_SECONDS = 3600.0
"""How often it is looked whether another day has begun."""

REGISTER_SECONDS = 30.0
"""How long a registration of a 照会番号 may take; nobody waits for it."""


class BackClock(Clock, WorkCounter, Protocol):
    def in_background(self) -> None: ...
    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]: ...


class KioskTerminal(Terminal, ReferenceRegistrar, Protocol):
    """The terminal as all of the back room uses it."""

    def purge_done(self, older_than: timedelta) -> int:
        """Deletes what was taken over longer ago; returns how many files went."""


@dataclass(frozen=True)
class Surroundings:
    """What a drill or a made-up world changes. `people`: the patients where no file names them; None leaves those of
    before. `by_items`: the terminal takes the four items of a card as a file."""

    by_items: bool = False

    people: Iterable[Patient] | None = ()
    stage: Callable[[Path, bytes], None] = whole_file.stage
    keep: Callable[[DeliveryStore], DeliveryStore] = field(default=lambda store: store)


class BackRoom:
    """Opened at a start, closed at the end. Its work goes on behind the visits; none of it holds one up."""

    def __init__(
        self,
        settings: Settings,
        folders: DataFolders,
        clock: BackClock,
        journal: Journal,
        terminal: KioskTerminal,
        assets: Path,
        around: Surroundings | None = None,
    ) -> None:
        """Raises `Fatal(SETTINGS_WRONG)` where a target is set up wrong, and what the stores raise."""
        around = around or Surroundings()
        self.workers = Workers(clock, clock.in_background)
        self._clock, self._journal = clock, journal
        self._deliveries = open_deliveries(folders)
        store = around.keep(self._deliveries)
        self.patients = open_patients(settings, folders)
        self._fill(settings, folders, around.people)
        register = settings.patients.register and (folders.root / "patients.sqlite").exists()

        def dispatch(on_fate: OnFate) -> Dispatcher:
            return dispatcher(settings, folders, clock, store, assets, stage=around.stage, on_fate=on_fate)

        self.desk = Desk(
            store,
            dispatch,
            clock,
            self.workers,
            journal=journal,
            institution_code=settings.facility.institution_code,
            patients=self.patients,
            registration=Registration(terminal, REGISTER_SECONDS) if register else None,
        )
        self.line = Line(frozenset(settings.eligibility.line_codes))
        self.pending = open_pending(folders)
        self.outage = OutageWork(
            self.line,
            self.pending,
            terminal,
            self.desk,
            clock,
            self.workers,
            journal=journal,
            share_rules=load_rules(assets / "rules" / "shares.toml"),
            timeout_s=settings.eligibility.timeout,
            heartbeat_s=settings.eligibility.heartbeat,
            by_items=around.by_items,
        )
        self._stop_looking: list[Callable[[], None]] = []
        self._terminal, self._tidied_on = terminal, date.min
        rules = load_rules(assets / "rules" / "retention.toml")
        kept = rules.first("file", clock.now().date(), **{"class": "taken_over"})
        self._kept = timedelta(days=kept.number("days")) if kept is not None else None

    def start(self) -> None:
        """What an earlier start left is delivered, and from then on whatever is due."""
        self._tidy()
        self.desk.look()
        self._stop_looking = [
            self._clock.every(TIDY_LOOK_SECONDS, self._tidy),
            self._clock.every(LOOK_SECONDS, self.desk.look),
            self._clock.every(LINE_LOOK_SECONDS, self.outage.look),
        ]

    def waiting(self) -> int:
        """How many parcels and open look-ups there are; those that staff must deal with do not count."""
        return self._deliveries.counts()["waiting"] + len(self.pending.visits(PendingState.OPEN))

    def close(self, seconds: float) -> None:
        """Waits so long, in real time, for work under way. May be called again."""
        for stop in self._stop_looking:
            stop()
        self._stop_looking = []
        self.desk.close()
        self.outage.close()
        self.workers.join(seconds)
        self.pending.close()
        self._deliveries.close()
        self.patients.close()

    def _tidy(self) -> None:
        """Once a day: result files hold more than anybody needs once they were handed over."""
        today = self._clock.now().date()
        if self._kept is not None and today != self._tidied_on:
            self._tidied_on = today
            gone = self._terminal.purge_done(self._kept)
            log.info("files taken over before %s deleted: %d", today - self._kept, gone)

    def _fill(self, settings: Settings, folders: DataFolders, people: Iterable[Patient] | None) -> None:
        """A list that cannot be read leaves the former one in place: the kiosk opens all the same."""
        try:
            if settings.patients.file:
                count = self.patients.load(Path(settings.patients.file))
            elif people is None or (folders.root / "patients.sqlite").exists():
                return  # a list that was taken over by hand stays
            else:
                count = self.patients.replace(people)
        except PatientListWrong as error:
            log.error("%s", error)
            self._note(JournalEntry("patients.refused", {"line": error.line, "column": error.column or None}))
        else:
            self._note(JournalEntry("patients.loaded", {"patients": count}))

    def _note(self, entry: JournalEntry) -> None:
        try:
            self._journal.append(entry, self._clock.now())
        except KioskError as error:
            log.error("%s not recorded: %s", entry.event, error.code.value)


def open_pending(folders: DataFolders) -> SqlitePending:
    return SqlitePending(folders.root / "pending.sqlite")


def open_patients(settings: Settings, folders: DataFolders, *, own: bool = False) -> SqlitePatients:
    """Made-up patients have a file of their own: they must never mix with real ones. Once there is a list of the
    facility's own (`own`), a kiosk on the same folders uses it."""
    file = folders.root / "patients.sqlite"
    real = own or bool(settings.patients.file) or file.exists()
    return SqlitePatients(file if real else folders.root / "patients-simulated.sqlite")
