"""What is stored, as the staff console reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from drivers.gateway.result_file import read_result
from drivers.store.visit_register import SqliteVisitRegister
from kiosk.app.backroom import open_patients, open_pending
from kiosk.app.journal import open_journal
from kiosk.app.journal_key import open_sealer
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.claim_note import Numbers, Stated
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import KioskError
from kiosk.domain.pending import PendingState, PendingVisit
from kiosk.domain.rules import load_rules
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.claim_notes import Correction, corrected
from kiosk.staff.console.services import Person
from kiosk.staff.readiness import Report

NOTE_MOST = 1 << 20  # bytes of a claim note or result file that is read for its name
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


class StoredRecords:
    """Implements `kiosk.staff.console.services.Records` over the data folder. The files are opened when they are asked
    for: a kiosk that starts later makes them."""

    def __init__(self, settings: Settings, folders: DataFolders) -> None:
        self._settings, self._folders = settings, folders
        self._register: SqliteVisitRegister | None = None

    def opened(self, first: date, last: date) -> tuple[StoredEntry, ...]:
        return self._visits().opened(first, last)

    def told(self, events: tuple[str, ...], first: date, last: date) -> tuple[StoredEntry, ...]:
        return self._visits().told(events, first, last)

    def newest(self) -> int:
        """The last entry's number; 0 for an empty journal."""
        return self._visits().newest()

    def of_visit(self, visit_id: str) -> tuple[StoredEntry, ...]:
        return self._visits().of_visit(visit_id)

    def after(self, seq: int, most: int) -> tuple[StoredEntry, ...]:
        return self._visits().after(seq, most)

    def person(self, visit_id: str) -> Person:
        """From the facility's own list, else from what was handed over or waits; each as long as it is there."""
        found = [self._patient(visit_id), self._in_note(visit_id), self._waiting(visit_id), self._in_result(visit_id)]
        known = [person for person in found if person is not None]

        def first(name: str) -> object:
            return next((value for person in known if (value := getattr(person, name)) is not None), None)

        return Person(**{name: first(name) for name in ("name", "kana", "birth_date", "patient_number")})  # type: ignore[arg-type]

    def note(self, visit_id: str) -> NoteFields | None:
        note, corrections = self._note(visit_id), self.corrections(visit_id)
        if note is None or not corrections:
            return note
        opened = datetime.fromisoformat(self._visits().of_visit(visit_id)[0].at)
        return corrected(note, corrections, load_rules(ASSETS / "rules" / "claims.toml"), opened.date())

    def corrections(self, visit_id: str) -> tuple[Correction, ...]:
        told = [entry for entry in self._visits().of_visit(visit_id) if entry.event == "claim.corrected"]
        return tuple(self._correction(entry) for entry in told)

    def stated(self, visit_id: str) -> Stated:
        person, number = self.person(visit_id), self._patient_number(visit_id)
        known = Stated(name=person.name, kana=person.kana, birth_date=person.birth_date)
        with closing(open_patients(self._settings, self._folders)) as patients:
            patient = patients.named(number) if number is not None else None
            if patient is not None:
                numbers = Numbers(patient.insurer_number, patient.symbol, patient.number, patient.branch)
                return replace(known, numbers=numbers)
            asked = InsuredPerson(name=person.name, kana=person.kana, birth_date=person.birth_date)
            held = patients.held(asked) if person.birth_date is not None else None
        return replace(known, numbers=held.current) if held is not None and held.current is not None else known

    def _note(self, visit_id: str) -> NoteFields | None:
        content = _content(self._folders.out / f"claim_note_{_UNSAFE.sub('_', visit_id)}.json")
        if content is None:
            return None
        try:
            data = json.loads(content)
            return NoteFields(
                str(data["claim_route"]),
                data.get("decision"),
                {str(name): str(value) for name, value in data["items"].items()},
                str(data.get("remarks", "")),
                tuple(map(str, data.get("missing", ()))),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None  # somebody else's file under our name

    def pending(self) -> tuple[PendingVisit, ...]:
        with closing(open_pending(self._folders)) as pending:
            waiting = pending.visits(PendingState.OPEN, PendingState.DIFFERENT)
        return tuple(sorted(waiting, key=lambda one: (one.state is not PendingState.DIFFERENT, one.at)))

    def requery(self) -> tuple[int, int]:
        from kiosk.app.pending import look_up_now  # folders and terminal are of no use before

        return look_up_now(self._settings, self._folders)

    def settle_pending(self, visit_id: str, staff: str) -> bool:
        from kiosk.app.pending import settle  # as above

        with closing(open_pending(self._folders)) as pending:
            return settle(pending, visit_id, staff, self._folders)

    def readiness(self) -> Report:
        from kiosk.app.doctor import readiness  # face models and readers: half a second nobody waits for at the start

        return readiness(self._settings, self._folders, ASSETS)

    def close(self) -> None:
        if self._register is not None:
            self._register.close()

    # --- parts ------------------------------------------------------------------------------------

    def _visits(self) -> SqliteVisitRegister:
        if self._register is None:
            if not self._folders.journal.is_file():
                open_journal(self._folders).close()
            self._register = SqliteVisitRegister(self._folders.journal)
        return self._register

    def _patient(self, visit_id: str) -> Person | None:
        number = self._patient_number(visit_id)
        if number is None:
            return None
        with closing(open_patients(self._settings, self._folders)) as patients:
            patient = patients.named(number)
        if patient is None:
            return Person(patient_number=number)
        return Person(patient.name, patient.kana, patient.birth_date, number)

    def _patient_number(self, visit_id: str) -> str | None:
        known = [entry for entry in self._visits().of_visit(visit_id) if entry.event == "patient.known"]
        return self._opened(known[-1], "patient") if known else None

    def _opened(self, entry: StoredEntry, name: str) -> str | None:
        """An encrypted value of an entry; None where there is none, or its key is gone."""
        sealed = json.loads(entry.fields).get(name)
        if sealed is None or entry.visit_id is None:
            return None
        key, sealer = self._visits().key_of(entry.visit_id), open_sealer(self._folders, create=False)
        if key is None or sealer is None:
            return None
        with suppress(KioskError):  # of another installation, or damaged: the doctor tells
            return str(sealer.open(key, entry.visit_id, entry.event, name, str(sealed)))
        return None

    def _correction(self, entry: StoredEntry) -> Correction:
        fields = json.loads(entry.fields)
        return Correction(
            datetime.fromisoformat(entry.at),
            str(fields["staff"]),
            fields.get("items") or None,
            self._opened(entry, "before"),
            self._opened(entry, "after"),
            fields.get("route"),
        )

    def _in_note(self, visit_id: str) -> Person | None:
        note = self._note(visit_id)
        if note is None:
            return None
        return Person(note.items.get("name"), note.items.get("kana"), _day(note.items.get("birth_date")))

    def _waiting(self, visit_id: str) -> Person | None:
        found = next((one for one in self.pending() if one.visit_id == visit_id), None)
        return None if found is None else Person(found.face.name, found.kana, found.face.birth_date)

    def _in_result(self, visit_id: str) -> Person | None:
        for name in self._handed_over(visit_id):
            content = _content(self._folders.out / name)
            if content is None:
                continue
            with suppress(KioskError):
                answer = read_result(content).answer
                if len(answer.persons) == 1:
                    person = answer.persons[0]
                    return Person(person.name, person.kana, person.birth_date)
        return None

    def _handed_over(self, visit_id: str) -> Iterator[str]:
        for entry in self._visits().of_visit(visit_id):
            if entry.event in ("handover.done", "handover.delivered"):
                name = json.loads(entry.fields).get("file")
                if isinstance(name, str) and name.endswith(".xml") and not _UNSAFE.search(name):
                    yield name


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(NOTE_MOST)
    except OSError:
        return None  # taken away by the レセコン


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
