"""Staff bring a visit to its end at the console; what follows for the レセコン goes out once, as from the kiosk."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from drivers.gateway.dispatch import Fate
from kiosk.app.claim import claim_rules, practice_of
from kiosk.app.desk import fate_entry
from kiosk.app.handover import dispatcher, open_deliveries
from kiosk.app.paths import ASSETS, DataFolders, unusable
from kiosk.app.settings import Settings
from kiosk.domain.claim_note import Stated
from kiosk.domain.decision.decide import Decision
from kiosk.domain.decision.inputs import Flag
from kiosk.flow.outage import MODES
from kiosk.flow.transitions_counter import words_after
from kiosk.ports.clock import Clock
from kiosk.ports.counter import CounterStore, Finish
from kiosk.ports.handover import FinishedVisit, NoteFields, Parcel
from kiosk.ports.journal import JournalEntry, JournalStore
from kiosk.staff.claim_notes import decided_at_counter
from kiosk.staff.visit_list import VisitBook, VisitRow

LOCK = "finish.lock"
NO_PAPER = "none"

Fields = dict[str, str | int | float | bool | None]


class Finisher:
    """Of one data folder. Raises what journal, store and rule files raise."""

    def __init__(
        self, settings: Settings, folders: DataFolders, journal: JournalStore, store: CounterStore, clock: Clock
    ) -> None:
        self._settings, self._folders, self._journal, self._clock = settings, folders, journal, clock
        self._store = store

    def finish(self, visit_id: str, fields: Fields, stated: Stated, *, deliver: bool) -> Finish:
        """`fields` of `visit.finished`. `deliver`: no kiosk runs that would.

        What is to go out is stored before the journal says so: a console that is killed in between leaves a visit that
        is still to be finished, and then nothing is stored twice.
        """
        with self._alone():
            row = self._row(visit_id)
            if row is None or row.result is not None:
                return Finish.ALREADY
            document = fields.get("document")
            told: list[JournalEntry] = []
            if fields["result"] == "accepted" and isinstance(document, str) and document != NO_PAPER:
                rules = claim_rules(practice_of(self._settings))
                flags = self._flags(row.lane)
                decided = decided_at_counter(document, stated, row.eligibility, row.opened.date(), rules, flags)
                if decided is None:
                    return Finish.NOT_BY_RULE
                told = self._decided(row, *decided)
            self._journal.append_all([*told, JournalEntry("visit.finished", fields, visit_id)], self._clock.now())
        handed = any(entry.event == "handover.done" for entry in told)
        if handed and deliver:
            self._deliver()
        return Finish.HANDED_OVER if handed else Finish.DONE

    def _decided(self, row: VisitRow, decision: Decision, note: NoteFields | None) -> list[JournalEntry]:
        """What went out before, or is about somebody else perhaps, does not go out from here."""
        route = decision.claim_route.value if decision.claim_route else None
        made: Fields = {"row": decision.id, "route": route, "share": decision.share_percent}
        told = [JournalEntry("decision.made", made, row.id)]
        if note is None or row.handed_over or row.incident:
            return told
        visit = FinishedVisit(
            row.id,
            row.opened,
            self._settings.facility.institution_code,
            share_percent=decision.share_percent,
            note=note,
        )
        with closing(open_deliveries(self._folders)) as store:
            targets = dispatcher(self._settings, self._folders, self._clock, store, ASSETS, on_fate=self._tell)
            parcels = targets.accept(visit)
        tried = ",".join(f"{before}_{why}" for before, why in note.history)
        opened: Fields = {"route": note.route, "row": decision.id, "missing": ",".join(note.missing), "tried": tried}
        told.append(JournalEntry("claim.opened", opened, row.id))
        file = next((parcel.part for parcel in parcels), "")
        return [*told, JournalEntry("handover.done", {"file": file}, row.id)]

    def _deliver(self) -> None:
        with closing(open_deliveries(self._folders)) as store:
            targets = dispatcher(self._settings, self._folders, self._clock, store, ASSETS, on_fate=self._tell)
            for target in targets.targets:
                targets.deliver(target)

    def _tell(self, parcel: Parcel, fate: Fate, code: str, tried: int) -> None:
        entry = fate_entry(parcel, fate, code, tried)
        if entry is not None:
            self._journal.append(entry, self._clock.now())

    def _flags(self, lane: str) -> frozenset[Flag]:
        """Disaster and emergency, as staff have switched them: what the lane began with, and the journal since."""
        words, head = self._store.held(lane) or (frozenset(), 0)
        entries = ((entry.event, json.loads(entry.fields)) for entry in self._journal.after(head))
        held = words_after(words, lane, entries)
        return frozenset(flag for mode, flag in MODES.items() if mode in held)

    def _row(self, visit_id: str) -> VisitRow | None:
        book = VisitBook()
        book.read(self._journal.iterate(visit_id))
        return book.rows.get(visit_id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two consoles must not both find a visit open."""
        try:
            handle = os.open(self._folders.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unusable(self._folders.root, error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
