"""The facility's own patients: a list comes in whole or not at all, and nobody is chosen among several."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from drivers.store.patients import SqlitePatients
from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.patients import Finding, FoundBy
from kiosk.ports.patients import PatientListWrong

LIST = """患者番号,氏名,カナ氏名,生年月日,性別,保険者番号,記号,番号,枝番,最終来院日,備考
00012345,見本　花子,ﾐﾎﾝ ﾊﾅｺ,1985-06-12,女,06479992,2026,158,00,2026/9/1,x
00012346,見本　蒼,ミホン　アオイ,20230702,男,06479992,２０２６,０１５８,02,,
00012347,見本　葵,ミホン　アオイ,2023/7/2,女,06479992,2026,158,03,,
00012348,架空　次郎,カクウ　ジロウ,2001/03/27,男,  479998,架空・１２,3456,,,
"""
HANAKO = InsuredPerson(
    insurer_number="06479992", symbol="2026", number="158", branch="00", kana="ﾐﾎﾝ ﾊﾅｺ", birth_date=date(1985, 6, 12)
)


def person(**changes: object) -> InsuredPerson:
    values = {
        name: getattr(HANAKO, name) for name in ("insurer_number", "symbol", "number", "branch", "kana", "birth_date")
    }
    return InsuredPerson(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqlitePatients]:
    index = SqlitePatients(tmp_path / "patients.sqlite")
    (tmp_path / "list.csv").write_text(LIST, "utf-8-sig")
    assert index.load(tmp_path / "list.csv") == 4
    yield index
    index.close()


@pytest.mark.parametrize(
    ("wanted", "finding", "by", "numbers"),
    [
        (person(reference_number="00012345"), Finding.FOUND, FoundBy.REFERENCE_NUMBER, ["00012345"]),
        (
            person(reference_number="00012345", birth_date=date(1985, 6, 13)),
            Finding.OTHER_BIRTH_DATE,
            FoundBy.REFERENCE_NUMBER,
            ["00012345"],
        ),
        (person(reference_number="99"), Finding.FOUND, FoundBy.NUMBERS, ["00012345"]),
        (person(symbol="２０２６", number="0158"), Finding.FOUND, FoundBy.NUMBERS, ["00012345"]),
        (person(branch="3", birth_date=date(2023, 7, 2)), Finding.FOUND, FoundBy.NUMBERS, ["00012347"]),
        (person(branch=None, birth_date=date(2023, 7, 2)), Finding.SEVERAL, FoundBy.NUMBERS, ["00012346", "00012347"]),
        (
            person(insurer_number="479998", symbol="架空・12", number="3456", birth_date=date(2001, 3, 27)),
            Finding.FOUND,
            FoundBy.NUMBERS,
            ["00012348"],
        ),
        (person(insurer_number="01479997"), Finding.LOOK, FoundBy.KANA, ["00012345"]),
        (
            person(insurer_number="01479997", kana="ミホンアオイ", birth_date=date(2023, 7, 2)),
            Finding.SEVERAL,
            FoundBy.KANA,
            ["00012346", "00012347"],
        ),
        (
            person(insurer_number=None, kana="ﾍﾞﾂﾉ ﾋﾄ", kana_of_other="みほん はなこ"),
            Finding.LOOK,
            FoundBy.KANA,
            ["00012345"],
        ),
        (person(insurer_number="01479997", kana="ﾐﾎﾝ ﾀﾛｳ"), Finding.NOBODY, None, []),
        (person(birth_date=None), Finding.NOBODY, None, []),
        (InsuredPerson(), Finding.NOBODY, None, []),
    ],
)
def test_the_order_of_the_search(
    index: SqlitePatients, wanted: InsuredPerson, finding: Finding, by: FoundBy | None, numbers: list[str]
) -> None:
    match = index.find(wanted)
    assert (match.finding, match.by) == (finding, by)
    assert [patient.patient_number for patient in match.patients] == numbers


def test_what_was_taken_over_is_there_after_a_restart(index: SqlitePatients, tmp_path: Path) -> None:
    index.close()
    again = SqlitePatients(tmp_path / "patients.sqlite")
    (patient,) = again.find(HANAKO).patients
    assert (patient.name, patient.sex, patient.last_visit) == ("見本　花子", "2", date(2026, 9, 1))
    assert stat.S_IMODE((tmp_path / "patients.sqlite").stat().st_mode) == 0o600
    again.close()


LOCKED = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError:
    print("locked")
"""


def test_a_second_opening_takes_no_lock_from_the_first(index: SqlitePatients, tmp_path: Path) -> None:
    """Locks belong to the process: whoever closes the file loses those of all its connections (fcntl(2))."""
    path = tmp_path / "patients.sqlite"
    path.chmod(0o644)  # as a copy from elsewhere comes
    index._db.execute("BEGIN IMMEDIATE")
    with suppress(KioskError), closing(SqlitePatients(path)):
        pass
    other = subprocess.run([sys.executable, "-c", LOCKED, str(path)], capture_output=True, text=True, check=True)
    index._db.execute("ROLLBACK")
    assert other.stdout == "locked\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("1985-06-12", "1985-06-31", 2, "birth_date"),
        ("1985-06-12", "1985111", 2, "birth_date"),  # 11 January or 1 November
        ("2001/03/27", "", 5, "birth_date"),
        ("ミホン　アオイ,2023/7/2", "　,2023/7/2", 4, "kana"),
        ("20230702,男", "20230702,ＸＹ", 3, "sex"),
        ("00012348", "00012345", 5, "patient_number"),
        ("患者番号", "番", 1, "patient_number"),
        ("氏名,カナ", "カナ氏名,カナ", 1, "kana"),
        ("00,2026/9/1,x", "00,2026/9/1,x,y", 2, "-"),
        ("2026/9/1", "gestern", 2, "last_visit"),
        ("見本　花子", "花" * 201, 2, "name"),
    ],
)
def test_a_fault_names_line_and_column_and_keeps_the_former_list(
    index: SqlitePatients, tmp_path: Path, old: str, new: str, line: int, column: str
) -> None:
    faulty = tmp_path / "faulty.csv"
    faulty.write_text(LIST.replace(old, new, 1), "utf-8")
    with pytest.raises(PatientListWrong, match=rf"faulty\.csv:{line} {column}") as caught:
        index.load(faulty)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert not new or new not in str(caught.value)
    assert index.find(HANAKO).finding is Finding.FOUND


@pytest.mark.parametrize("content", [b"\x81", b"", b'patient_number,kana,birth_date\n"x'])
def test_a_file_that_is_no_list(index: SqlitePatients, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.csv").write_bytes(content)
    with pytest.raises(PatientListWrong):
        index.load(tmp_path / "other.csv")
    with pytest.raises(PatientListWrong):
        index.load(tmp_path / "absent.csv")


def test_a_list_in_shift_jis_takes_the_place_of_the_former_one(index: SqlitePatients, tmp_path: Path) -> None:
    (tmp_path / "sjis.csv").write_bytes("患者番号,フリガナ,生年月日\n7,ﾀｶﾐｻﾞﾜ,19700101\n".encode("cp932"))
    assert index.load(tmp_path / "sjis.csv") == 1
    assert index.find(HANAKO).finding is Finding.NOBODY
    assert index.find(InsuredPerson(kana="タカミザワ", birth_date=date(1970, 1, 1))).finding is Finding.LOOK


def test_the_last_known_insurance_follows_the_answers(index: SqlitePatients) -> None:
    changed = person(insurer_number="01479997", symbol="77", number="8", kana="ｶﾜｯﾀ")
    assert index.find(changed).finding is Finding.NOBODY
    assert index.note_insurance("00012345", changed, date(2026, 10, 5))
    assert index.find(changed).patients[0].last_visit == date(2026, 10, 5)
    assert not index.note_insurance("none", changed, date(2026, 10, 5))
    assert not index.note_insurance("00012345", InsuredPerson(), date(2026, 10, 5))


def test_a_name_finds_where_no_kana_is_known(index: SqlitePatients) -> None:
    card = InsuredPerson(name="見本花子", birth_date=date(1985, 6, 12))
    assert (index.find(card).finding, index.find(card).by) == (Finding.LOOK, FoundBy.NAME)
    held = index.held(card)
    assert held is not None
    assert (held.patient_number, held.certain, held.current) == (
        "00012345",
        False,
        Numbers("06479992", "2026", "158", "00"),
    )
    assert index.held(replace(card, name="●本　花子")) is None
    assert index.held(replace(card, birth_date=date(1985, 6, 13))) is None
    assert index.held(InsuredPerson(kana="ミホン　アオイ", birth_date=date(2023, 7, 2))) is None


def test_new_numbers_make_the_old_ones_former(index: SqlitePatients) -> None:
    newer = replace(HANAKO, insurer_number="01479997", symbol="7", number="8", branch=None)
    assert index.note_insurance("00012345", newer, date(2026, 10, 5), 30)
    assert index.note_insurance("00012345", newer, date(2026, 11, 5), 20)
    held = index.held(newer)
    assert held is not None
    assert (held.current, held.former) == (Numbers("01479997", "7", "8"), Numbers("06479992", "2026", "158", "00"))
    assert (held.share_percent, held.last_visit) == (20, date(2026, 11, 5))


def test_a_reference_number_of_its_own(index: SqlitePatients) -> None:
    assert index.note_reference("00012345", "R-1")
    assert not index.note_reference("99999999", "R-1")
    assert index.find(person(reference_number="R-1")).by is FoundBy.REFERENCE_NUMBER


def test_a_new_list_keeps_what_a_visit_taught(index: SqlitePatients, tmp_path: Path) -> None:
    index.note_insurance("00012348", replace(HANAKO, number="77"), date(2026, 10, 5))
    index.note_reference("00012348", "R-8")
    source = tmp_path / "short.csv"
    source.write_text(
        "患者番号,照会番号,フリガナ,生年月日,保険者番号,番号,負担割合,旧番号\n"
        "00012348,,カクウ　ジロウ,2001-03-27,,,,\n"
        "00012345,R-5,ミホン　ハナコ,1985-06-12,06479992,159,3割,158\n",
        "utf-8",
    )
    assert index.load(source) == 2
    people = {patient.patient_number: patient for patient in index.patients()}
    assert (people["00012348"].number, people["00012348"].reference_number) == ("77", "R-8")
    hanako = people["00012345"]
    assert (hanako.number, hanako.reference_number, hanako.share_percent) == ("159", "R-5", 30)
    assert hanako.former == Numbers(None, None, "158", None)


def test_a_share_that_no_insurance_has_names_the_line(index: SqlitePatients, tmp_path: Path) -> None:
    source = tmp_path / "wrong.csv"
    source.write_text("患者番号,フリガナ,生年月日,負担割合\n1,ア,2001-03-27,100\n", "utf-8")
    with pytest.raises(PatientListWrong, match=r"wrong\.csv:2 share_percent"):
        index.load(source)
