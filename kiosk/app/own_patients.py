"""`kiosk patients` and `kiosk appointments`: the facility's own patients, and tomorrow's all at once."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from drivers.gateway.requery import requery
from drivers.store.patients import HEADINGS, list_text
from kiosk.app.backroom import open_patients
from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.app.terminal_line import folder_gateway
from kiosk.domain.claim_note import Numbers
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import Patient
from kiosk.domain.pending import CardFace, PendingVisit, differences
from kiosk.ports.eligibility import BulkAnswer, NumberQuery
from kiosk.ports.patients import PatientListWrong
from kiosk.runtime.clocks import RealClock

EVERYBODY = "-"


@dataclass(frozen=True)
class Looked:
    """One patient of the list. `eligibility` is None while no answer came, `asked` False without numbers."""

    patient_number: str
    asked: bool = True
    eligibility: str | None = None
    differences: tuple[str, ...] = ()
    message: str | None = None

    @property
    def fine(self) -> bool:
        return self.eligibility == Eligibility.VALID.value and not self.differences


def import_patients(options: argparse.Namespace, console: Console, settings: Settings, folders: DataFolders) -> int:
    folders.create()
    with closing(open_patients(settings, folders, own=True)) as patients:
        try:
            count = patients.load(options.file)
        except PatientListWrong as error:
            raise _wrong("cli.patients.wrong", error, options.file) from None
    if options.json:
        print(json.dumps({"patients": count}))
    else:
        console.print("cli.patients.imported", n=str(count))
    return OK


def count_patients(options: argparse.Namespace, console: Console, settings: Settings, folders: DataFolders) -> int:
    folders.create()
    with closing(open_patients(settings, folders, own=True)) as patients:
        people = list(patients.patients())
    insured = sum(patient.number is not None for patient in people)
    if options.json:
        print(json.dumps({"patients": len(people), "insured": insured}))
    else:
        console.print("cli.patients.held", n=str(len(people)), insured=str(insured))
    return OK


def look_up_appointments(
    options: argparse.Namespace, console: Console, settings: Settings, folders: DataFolders
) -> int:
    """The exit code is 1 where somebody got no answer."""
    folders.create()
    clock = RealClock()
    on = _day(options.date) if options.date else clock.now().date() + timedelta(days=1)
    with closing(open_patients(settings, folders, own=True)) as patients:
        known = {patient.patient_number: patient for patient in patients.patients()}
    wanted = list(known.values()) if options.file == EVERYBODY else list(_listed(Path(options.file), known))
    people = {patient.patient_number: patient for patient in wanted}
    queries = [query for patient in people.values() if (query := _query(patient, on)) is not None]
    if not queries:
        raise CommandFailed(FAILED, "cli.appointments.nobody")
    found: dict[str, Looked] = {}
    gateway = folder_gateway(settings, folders, clock, "A")
    handed_over: set[str] = set()

    def answered(answer: BulkAnswer) -> None:
        number = answer.identifier or ""
        if answer.file is not None and answer.file.name not in handed_over:
            handed_over.add(answer.file.name)
            gateway.hand_over(f"bulk-{answer.file.name}", answer.file)
        seen = differences(_as_visit(people[number], clock), answer.answer, None)
        found[number] = Looked(
            number,
            eligibility=answer.answer.eligibility.value,
            differences=tuple(each.value for each in seen),
            message=answer.answer.message,
        )

    done = requery(gateway, queries, answered, clock=clock, timeout_s=options.seconds, cancelled=lambda: False)
    asked = {query.visit_id for query in queries}
    results = [found.get(number, Looked(number, asked=number in asked)) for number in people]
    _show(options, console, results, sorted(handed_over), done.trouble, on)
    return FAILED if done.open_ids else OK


def _show(
    options: argparse.Namespace,
    console: Console,
    results: list[Looked],
    files: list[str],
    trouble: FailureCode | None,
    on: date,
) -> None:
    if options.json:
        data = {"date": on.isoformat(), "patients": [looked.__dict__ for looked in results], "files": files}
        fault = trouble.value if trouble else None
        print(json.dumps(data | {"fault": fault}, ensure_ascii=False, indent=2))
        return
    if trouble is not None:
        console.complain(console.sentence(KioskError(trouble)))
    for looked in results:
        if looked.fine:
            continue
        note = " ".join(console.say(f"pending.difference.{each}") for each in looked.differences)
        console.print(
            "cli.appointments.line",
            patient=looked.patient_number,
            eligibility=looked.eligibility or "-",
            note=" ".join(filter(None, (note, looked.message))),
        )
    answered = [looked for looked in results if looked.eligibility is not None]
    console.print(
        "cli.appointments.summary",
        n=str(len(results)),
        valid=str(sum(looked.fine for looked in answered)),
        look=str(sum(not looked.fine for looked in answered)),
        open=str(sum(looked.asked and looked.eligibility is None for looked in results)),
        skipped=str(sum(not looked.asked for looked in results)),
    )


def _listed(path: Path, known: Mapping[str, Patient]) -> Iterable[Patient]:
    """Appointments by patient number; who is not among the own patients comes out with the number alone."""
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        heading = [HEADINGS.get(text.strip(), text.strip()) for text in next(rows, [])]
        if "patient_number" not in heading:
            raise PatientListWrong(path.name, 1, "patient_number", "absent")
        place = heading.index("patient_number")
        for row in rows:
            number = row[place].strip() if place < len(row) else ""
            if number:
                yield known.get(number) or Patient(number, "", date.min)
    except PatientListWrong as error:
        raise _wrong("cli.appointments.wrong", error, path) from None
    except csv.Error:
        wrong = PatientListWrong(path.name, rows.line_num, "-", "no CSV")
        raise _wrong("cli.appointments.wrong", wrong, path) from None


def _text(path: Path) -> str:
    try:
        return list_text(path)
    except PatientListWrong as error:
        raise _wrong("cli.appointments.wrong", error, path) from None


def _wrong(message: str, error: PatientListWrong, path: Path) -> CommandFailed:
    if not error.line:
        return CommandFailed(USAGE, "cli.patients.unreadable", file=str(path), problem=error.problem)
    return CommandFailed(USAGE, message, line=str(error.line), column=error.column, problem=error.problem)


def _query(patient: Patient, on: date) -> NumberQuery | None:
    if not patient.insurer_number or not patient.number:
        return None
    return NumberQuery(
        patient.patient_number,
        patient.insurer_number,
        patient.symbol,
        patient.number,
        patient.branch,
        patient.birth_date,
        on,
    )


def _as_visit(patient: Patient, clock: RealClock) -> PendingVisit:
    numbers = Numbers(patient.insurer_number, patient.symbol, patient.number, patient.branch)
    face = CardFace(patient.name, patient.birth_date, patient.sex)
    return PendingVisit(patient.patient_number, clock.now(), face, patient.kana, numbers)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandFailed(USAGE, "cli.usage", what=f"--date {text}", help="kiosk appointments --help") from None
