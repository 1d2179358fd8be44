"""The hand-over of finished visits in the running kiosk: kept at once, delivered in the background until it arrived."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from drivers.gateway.dispatch import Dispatcher, Fate
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import KioskError
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import Finding, Match
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import ReferenceRegistrar, registration_after
from kiosk.ports.handover import DeliveryStore, FinishedVisit, Parcel
from kiosk.ports.journal import Journal, JournalEntry
from kiosk.ports.patients import PatientIndex
from kiosk.runtime.workers import Workers

log = logging.getLogger("kiosk.app")

LOOK_SECONDS = 5.0
"""How often the desk looks whether something waits."""

REMEMBERED = timedelta(days=30)
"""How long it stays known that a parcel was delivered; nothing of a visit is handed over again later than that."""


@dataclass(frozen=True)
class Registration:
    """Registers the patient number as 照会番号 after a first confirmed visit."""

    registrar: ReferenceRegistrar
    seconds: float


class Desk:
    """Implements `kiosk.ports.handover.HandOverDesk`. `look` is called regularly; no call waits for a target."""

    def __init__(
        self,
        store: DeliveryStore,
        make_dispatcher: Callable[[Callable[[Parcel, Fate, str, int], None]], Dispatcher],
        clock: Clock,
        workers: Workers,
        *,
        journal: Journal,
        institution_code: str,
        patients: PatientIndex | None = None,
        registration: Registration | None = None,
    ) -> None:
        self._store, self._clock, self._workers, self._journal = store, clock, workers, journal
        self._institution_code = institution_code
        self._patients, self._registration = patients, registration
        self._dispatcher = make_dispatcher(self._tell)
        self._busy = {target: threading.Lock() for target in self._dispatcher.targets}
        self._closed = threading.Event()
        self._purged_on = clock.now().date()

    def hand_over(self, visit: FinishedVisit) -> str:
        match = self._found(visit)
        known = match.patients[0] if match is not None and match.finding is Finding.FOUND else None
        visit = replace(
            visit,
            institution_code=self._institution_code,
            patient_number=known.patient_number if known else None,
        )
        parcels = self._dispatcher.accept(visit)
        self.look()
        if match is not None:
            by = match.by.value if match.by else None
            self._note(JournalEntry("patient.matched", {"finding": match.finding.value, "by": by}, visit.visit_id))
        if known is not None:
            self._note(JournalEntry("patient.known", {"patient": known.patient_number}, visit.visit_id))
            self._learn(visit, known.patient_number, known.reference_number or known.patient_number)
        return next((parcel.part for parcel in parcels), visit.visit_id)

    def look(self) -> None:
        """Starts the delivery of whatever is due."""
        if self._closed.is_set():
            return
        try:
            self._purge()
            for target in self._dispatcher.targets:
                if not self._busy[target].locked() and self._dispatcher.waits(target):
                    self._workers.start(f"deliver-{target}", lambda name=target: self._deliver(name))  # type: ignore[misc]
        except KioskError as error:
            log.error("deliveries: %s", error.code.value)

    def close(self) -> None:
        """Nothing begins any more; what is under way ends by itself, and what is left waits for the next start."""
        self._closed.set()

    def _deliver(self, target: str) -> None:
        if not self._busy[target].acquire(blocking=False):
            return
        try:
            while not self._closed.is_set() and self._dispatcher.deliver(target):
                pass
        except KioskError as error:
            if not self._closed.is_set():
                log.error("deliveries to %s: %s", target, error.code.value)
        finally:
            self._busy[target].release()

    def _tell(self, parcel: Parcel, fate: Fate, code: str, tried: int) -> None:
        entry = fate_entry(parcel, fate, code, tried)
        if entry is not None:
            self._note(entry)

    def _found(self, visit: FinishedVisit) -> Match | None:
        if self._patients is None or visit.answer is None or len(visit.answer.persons) != 1:
            return None
        try:
            return self._patients.find(visit.answer.persons[0])
        except KioskError as error:
            log.error("patients: %s", error.code.value)
            return None

    def _learn(self, visit: FinishedVisit, patient_number: str, reference_number: str) -> None:
        """The insurance as last known, and the 照会番号 at the terminal, which makes the next match certain."""
        answer, patients, wanted = visit.answer, self._patients, self._registration
        if answer is None or patients is None or answer.eligibility is not Eligibility.VALID:
            return
        person: InsuredPerson = answer.persons[0]
        with suppress(KioskError):
            patients.note_insurance(patient_number, person, visit.at.date(), visit.share_percent)
        registration = registration_after(answer, visit.visit_id, reference_number)
        if wanted is None or registration is None:
            return

        def register() -> None:
            try:
                wanted.registrar.register_reference(
                    registration, timeout_s=wanted.seconds, cancelled=self._closed.is_set
                )
                patients.note_reference(patient_number, reference_number)
            except KioskError as error:  # the next visit of this patient tries again
                self._note(JournalEntry("reference.failed", {"code": error.code.value}, visit.visit_id))
            else:
                self._note(JournalEntry("reference.registered", {}, visit.visit_id))

        self._workers.start(f"reference-{visit.visit_id}", register)

    def _purge(self) -> None:
        today = self._clock.now()
        if today.date() != self._purged_on:
            self._purged_on = today.date()
            self._store.purge_done((today - REMEMBERED).timestamp())

    def _note(self, entry: JournalEntry) -> None:
        """A delivery is not held up by a journal that cannot be written: the kiosk itself is out of service then."""
        try:
            self._journal.append(entry, self._clock.now())
        except KioskError as error:
            if not self._closed.is_set():
                log.error("%s not recorded: %s", entry.event, error.code.value)


def fate_entry(parcel: Parcel, fate: Fate, code: str, tried: int) -> JournalEntry | None:
    """One entry when it arrived, one when it first did not: an outage of a day must not fill the journal."""
    if fate is Fate.DELIVERED:
        file = parcel.part if parcel.target in ("out", "fhir") else None
        return JournalEntry(
            "handover.delivered",
            {"target": parcel.target, "file": file, "attempt": tried + 1},
            parcel.visit_id,
        )
    if fate is Fate.REFUSED:
        return JournalEntry("handover.refused", {"target": parcel.target, "reason": code}, parcel.visit_id)
    if tried == 0:
        return JournalEntry("handover.waiting", {"target": parcel.target, "code": code}, parcel.visit_id)
    return None
