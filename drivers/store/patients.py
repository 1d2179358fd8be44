"""The facility's patients in one SQLite file, taken over from a CSV of the レセコン."""

from __future__ import annotations

import csv
import io
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from drivers.store.faults import sorted_faults
from drivers.store.sqlite_journal import claim
from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.patients import (
    Finding,
    FoundBy,
    HeldInsurance,
    Match,
    Patient,
    branch_key,
    held_of,
    kana_key,
    name_key,
    numbers_key,
)
from kiosk.ports.patients import PatientListWrong

REQUIRED = ("patient_number", "kana", "birth_date")
FORMER = ("former_insurer_number", "former_symbol", "former_number", "former_branch")
INSURANCE = ("insurer_number", "symbol", "number", "branch", "last_visit", "share_percent", *FORMER)
OPTIONAL = ("reference_number", "name", "sex", *INSURANCE)
COLUMNS = (*REQUIRED, *OPTIONAL)
_PLAIN = ("reference_number", "name", "insurer_number", "symbol", "number", "branch")
HEADINGS = {  # headings as receipt computers write them
    "患者番号": "patient_number",
    "照会番号": "reference_number",
    "カナ氏名": "kana",
    "氏名カナ": "kana",
    "フリガナ": "kana",
    "生年月日": "birth_date",
    "氏名": "name",
    "漢字氏名": "name",
    "性別": "sex",
    "保険者番号": "insurer_number",
    "記号": "symbol",
    "番号": "number",
    "枝番": "branch",
    "最終来院日": "last_visit",
    "負担割合": "share_percent",
    "旧保険者番号": "former_insurer_number",
    "旧記号": "former_symbol",
    "旧番号": "former_number",
    "旧枝番": "former_branch",
}
_SEX = {"1": "1", "2": "2", "男": "1", "女": "2", "": None, "3": None}
_LONGEST = 200  # characters of one value
_SHARES = {"10": 10, "20": 20, "30": 30, "1": 10, "2": 20, "3": 30, "1割": 10, "2割": 20, "3割": 30}
_KEYS = ("numbers_key", "kana_key", "name_key")
_TABLE = f"""
CREATE TABLE IF NOT EXISTS patients (
    patient_number TEXT PRIMARY KEY, kana TEXT NOT NULL, birth_date TEXT NOT NULL,
    {", ".join(f"{column} TEXT" for column in (*OPTIONAL, "numbers_key"))},
    kana_key TEXT NOT NULL, name_key TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS patients_by_reference ON patients (reference_number);
CREATE INDEX IF NOT EXISTS patients_by_numbers ON patients (numbers_key, birth_date);
CREATE INDEX IF NOT EXISTS patients_by_kana ON patients (kana_key, birth_date);
CREATE INDEX IF NOT EXISTS patients_by_name ON patients (name_key, birth_date);
"""


class SqlitePatients:
    """Implements `kiosk.ports.patients.PatientIndex`. The file is readable by its owner only. Calls from several
    threads wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        with sorted_faults(path):
            claim(path)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._db.execute("PRAGMA secure_delete = ON")  # a former list leaves nothing behind
                self._db.executescript(_TABLE)
            except BaseException:
                self._db.close()
                raise

    def load(self, source: Path) -> int:
        """UTF-8 (with or without a mark) or cp932. Headings as in `COLUMNS` or in Japanese, others are ignored;
        dates as `1985-06-12`, `1985/6/12` or `19850612`. Where the list names no insurance, what was learnt at a visit
        stays."""
        return self.replace(read_patients(source))

    def replace(self, people: Iterable[Patient]) -> int:
        """As `load`, from values."""
        patients = list(people)
        with self._lock, sorted_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                learnt = dict(self._learnt())
                self._db.execute("DELETE FROM patients")
                self._db.executemany(
                    f"INSERT INTO patients VALUES ({', '.join('?' * (len(COLUMNS) + len(_KEYS)))})",
                    (_row(_kept(patient, learnt)) for patient in patients),
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise
        return len(patients)

    def find(self, person: InsuredPerson) -> Match:
        """Every step that finds somebody ends the search; several of one step are for staff."""
        if person.reference_number:
            known = self._select("reference_number = ?", person.reference_number)
            known = known or self._select("patient_number = ?", person.reference_number)
            if known and known[0].birth_date == person.birth_date:
                return Match(Finding.FOUND, FoundBy.REFERENCE_NUMBER, known)
            if known:
                return Match(Finding.OTHER_BIRTH_DATE, FoundBy.REFERENCE_NUMBER, known)
        if person.birth_date is None:
            return Match(Finding.NOBODY)
        born = person.birth_date.isoformat()
        key = numbers_key(person.insurer_number, person.symbol, person.number)
        if key is not None:
            same = self._select("numbers_key = ? AND birth_date = ?", key, born)
            branch = branch_key(person.branch)
            fitting = tuple(p for p in same if not (branch and branch_key(p.branch)) or branch_key(p.branch) == branch)
            if fitting:
                return _match(fitting, FoundBy.NUMBERS, Finding.FOUND)
        spoken = [key for name in (person.kana, person.kana_of_other) if (key := kana_key(name))]
        found = {
            p.patient_number: p for key in spoken for p in self._select("kana_key = ? AND birth_date = ?", key, born)
        }
        if found or spoken:
            return _match(tuple(found.values()), FoundBy.KANA, Finding.LOOK) if found else Match(Finding.NOBODY)
        written = name_key(person.name)
        named = self._select("name_key = ? AND birth_date = ?", written, born) if written else ()
        return _match(named, FoundBy.NAME, Finding.LOOK) if named else Match(Finding.NOBODY)

    def held(self, person: InsuredPerson) -> HeldInsurance | None:
        return held_of(self.find(person))

    def note_insurance(
        self, patient_number: str, person: InsuredPerson, on: date, share_percent: int | None = None
    ) -> bool:
        key = numbers_key(person.insurer_number, person.symbol, person.number)
        if key is None:
            return False
        with self._lock, sorted_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute(
                    "UPDATE patients SET former_insurer_number = insurer_number, former_symbol = symbol, "
                    "former_number = number, former_branch = branch "
                    "WHERE patient_number = ? AND numbers_key IS NOT NULL AND numbers_key <> ?",
                    (patient_number, key),
                )
                changed = self._db.execute(
                    "UPDATE patients SET insurer_number = ?, symbol = ?, number = ?, branch = ?, last_visit = ?, "
                    "share_percent = ?, numbers_key = ? WHERE patient_number = ?",
                    (
                        person.insurer_number,
                        person.symbol,
                        person.number,
                        person.branch,
                        on.isoformat(),
                        None if share_percent is None else str(share_percent),
                        key,
                        patient_number,
                    ),
                ).rowcount
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise
        return changed == 1

    def note_reference(self, patient_number: str, reference_number: str) -> bool:
        with self._lock, sorted_faults(self._path):
            return (
                self._db.execute(
                    "UPDATE patients SET reference_number = ? WHERE patient_number = ?",
                    (reference_number, patient_number),
                ).rowcount
                == 1
            )

    def named(self, patient_number: str) -> Patient | None:
        """The patient of this number."""
        found = self._select("patient_number = ?", patient_number)
        return found[0] if found else None

    def patients(self) -> Iterator[Patient]:
        """Everybody, by patient number."""
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(f"SELECT {', '.join(COLUMNS)} FROM patients ORDER BY patient_number").fetchall()
        return (_patient(dict(zip(COLUMNS, row, strict=True))) for row in rows)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _learnt(self) -> Iterator[tuple[str, Patient]]:
        rows = self._db.execute(
            f"SELECT {', '.join(COLUMNS)} FROM patients WHERE number IS NOT NULL OR reference_number IS NOT NULL"
        )
        for row in rows:
            yield row[0], _patient(dict(zip(COLUMNS, row, strict=True)))

    def _select(self, condition: str, *values: str) -> tuple[Patient, ...]:
        with self._lock, sorted_faults(self._path):
            rows = self._db.execute(
                f"SELECT {', '.join(COLUMNS)} FROM patients WHERE {condition} ORDER BY patient_number LIMIT 50", values
            ).fetchall()
        return tuple(_patient(dict(zip(COLUMNS, row, strict=True))) for row in rows)


def read_patients(path: Path) -> Iterator[Patient]:
    """The patients of a CSV, in its order. Raises `PatientListWrong` at the first fault."""
    rows = csv.reader(io.StringIO(list_text(path), newline=""), strict=True)
    try:
        heading = [HEADINGS.get(text.strip(), text.strip()) for text in next(rows, [])]
        for column in REQUIRED:
            if heading.count(column) != 1:
                raise PatientListWrong(path.name, 1, column, "absent" if column not in heading else "twice")
        seen: dict[str, int] = {}
        for row in rows:
            line = rows.line_num
            if not any(value.strip() for value in row):
                continue
            if len(row) != len(heading):
                raise PatientListWrong(path.name, line, "-", f"{len(row)} columns, {len(heading)} expected")
            values = {name: value.strip() for name, value in zip(heading, row, strict=True) if name in COLUMNS}
            patient = _checked(values, partial(PatientListWrong, path.name, line))
            if patient.patient_number in seen:
                raise PatientListWrong(
                    path.name, line, "patient_number", f"also on line {seen[patient.patient_number]}"
                )
            seen[patient.patient_number] = line
            yield patient
    except csv.Error:
        raise PatientListWrong(path.name, rows.line_num, "-", "no CSV") from None


def list_text(path: Path) -> str:
    """The text of a list. Raises `PatientListWrong` where it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PatientListWrong(path.name, 0, "-", type(error).__name__) from None
    for codec in ("utf-8-sig", "cp932"):
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise PatientListWrong(path.name, 0, "-", "neither UTF-8 nor Shift_JIS")


def _checked(values: dict[str, str], wrong: Callable[[str, str], PatientListWrong]) -> Patient:
    for column, value in values.items():
        if len(value) > _LONGEST:
            raise wrong(column, "too long")
        if column in REQUIRED and not value:
            raise wrong(column, "empty")
    sex = values.get("sex", "")
    if sex not in _SEX:
        raise wrong("sex", "1, 2, 男 or 女")
    if not kana_key(values["kana"]):
        raise wrong("kana", "no kana")
    share = values.get("share_percent", "")
    if share and share not in _SHARES:
        raise wrong("share_percent", "10, 20 or 30")
    former = Numbers(*(values.get(column) or None for column in FORMER))
    return Patient(
        patient_number=values["patient_number"],
        kana=values["kana"],
        birth_date=_date(values["birth_date"], "birth_date", wrong),
        sex=_SEX[sex],
        last_visit=_date(v, "last_visit", wrong) if (v := values.get("last_visit")) else None,
        share_percent=_SHARES[share] if share else None,
        former=former if former.usable else None,
        **{column: values.get(column) or None for column in _PLAIN},
    )


def _date(text: str, column: str, wrong: Callable[[str, str], PatientListWrong]) -> date:
    forms = ("%Y-%m-%d", "%Y/%m/%d", *(("%Y%m%d",) if len(text) == 8 else ()))  # of seven digits two days can be meant
    for form in forms:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise wrong(column, "no date (2026-10-05)")


def _kept(patient: Patient, learnt: Mapping[str, Patient]) -> Patient:
    """What a visit taught stays where the list knows less."""
    old = learnt.get(patient.patient_number)
    if old is None:
        return patient
    if patient.number is None:
        insurance = ("insurer_number", "symbol", "number", "branch", "last_visit", "share_percent", "former")
        patient = replace(patient, **{name: getattr(old, name) for name in insurance})
    return replace(patient, reference_number=patient.reference_number or old.reference_number)


def _row(patient: Patient) -> tuple[str | None, ...]:
    former = patient.former or Numbers()
    values: dict[str, object] = {
        **{column: getattr(patient, column) for column in COLUMNS if column not in FORMER},
        **{column: getattr(former, column.removeprefix("former_")) for column in FORMER},
    }
    return (
        *(_stored(values[column]) for column in COLUMNS),
        numbers_key(patient.insurer_number, patient.symbol, patient.number),
        kana_key(patient.kana),
        name_key(patient.name),
    )


def _stored(value: object) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _patient(row: dict[str, str | None]) -> Patient:
    born, seen, share = row["birth_date"], row["last_visit"], row["share_percent"]
    former = Numbers(*(row[column] for column in FORMER))
    return Patient(
        patient_number=row["patient_number"] or "",
        kana=row["kana"] or "",
        birth_date=date.fromisoformat(born or ""),
        last_visit=date.fromisoformat(seen) if seen else None,
        share_percent=int(share) if share else None,
        former=former if former.usable else None,
        sex=row["sex"],
        **{column: row[column] for column in _PLAIN},
    )


def _match(patients: tuple[Patient, ...], by: FoundBy, one: Finding) -> Match:
    return Match(one if len(patients) == 1 else Finding.SEVERAL, by, patients)
