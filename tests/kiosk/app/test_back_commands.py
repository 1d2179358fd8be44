"""Own patients, appointments and the list for later by commands, beside a terminal that is a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from drivers.simulated.persona import Persona
from drivers.simulated.population import Population
from kiosk.app.backroom import open_pending
from kiosk.app.cli import main
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.domain.claim_note import Numbers
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.domain.rules import load_rules
from kiosk.runtime.clocks import JAPAN
from tests.kiosk.app.plays import day_that_lasts

SEED, PEOPLE = 5, 300
Command = Callable[..., Any]


@pytest.fixture(autouse=True)
def today() -> date:
    return day_that_lasts()


@lru_cache
def people_on(day: date) -> list[Persona]:
    return list(Population(PEOPLE, SEED, load_rules(ASSETS / "rules" / "population.toml"), day))


@pytest.fixture
def population(today: date) -> list[Persona]:
    return people_on(today)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolders:
    monkeypatch.setenv("MADOGUCHI_DATA", str(tmp_path / "data"))
    made = DataFolders(tmp_path / "data")
    made.create()
    return made


@pytest.fixture
def terminal(folders: DataFolders) -> Iterator[Callable[..., None]]:
    """Starts `kiosk terminal` on the folders; ends it with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*more: str) -> None:
        command = [sys.executable, "-m", "kiosk.app.cli", "terminal", "--folder", str(folders.root)]
        command += ["--people", str(PEOPLE), "--seed", str(SEED), *more]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert str(folders.root) in child.stdout.readline()
        running.append(child)

    yield start
    for child in running:
        child.terminate()
        assert child.wait(60) == 0
        assert child.stdout is not None
        child.stdout.close()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--json"]) == code
        out = capsys.readouterr()
        return json.loads(out.out) if code == 0 or out.out else out.err

    return command


def patient_list(path: Path, people: list[Persona]) -> Path:
    with path.open("w", encoding="cp932", errors="replace", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["患者番号", "氏名", "フリガナ", "生年月日", "性別", "保険者番号", "記号", "番号", "枝番"])
        for count, person in enumerate(people, start=1):
            card, record = person.card, person.record
            numbers = [record.insurer_number, record.symbol, record.number, record.branch]
            rows.writerow([f"{count:05d}", card.name, card.kana, card.birth_date, card.sex, *numbers])
    return path


def test_tomorrow_s_appointments_are_looked_up_at_once(
    folders: DataFolders,
    terminal: Callable[..., None],
    run: Command,
    population: list[Persona],
    today: date,
    tmp_path: Path,
) -> None:
    terminal()
    insured = [person for person in population if person.record.card_class != "A1"]
    source = patient_list(tmp_path / "patients.csv", insured)
    assert run("patients", "import", str(source)) == {"patients": len(insured)}
    assert run("patients", "count") == {"patients": len(insured), "insured": len(insured)}
    appointments = tmp_path / "tomorrow.csv"
    appointments.write_text("予約時刻,患者番号\n09:00,00001\n09:15,00002\n09:15,00002\n09:30,99999\n", "utf-8")
    found = run("appointments", str(appointments))
    assert found["date"] == (today + timedelta(days=1)).isoformat()
    assert [(each["patient_number"], each["asked"]) for each in found["patients"]] == [
        ("00001", True),
        ("00002", True),
        ("99999", False),
    ]
    everybody = run("appointments", "-", "--date", "2026-11-25")
    seen = {each["patient_number"]: each["eligibility"] for each in everybody["patients"]}
    assert seen == {f"{count:05d}": person.record.validity for count, person in enumerate(insured, start=1)}
    assert sorted(path.name for path in folders.out.glob("*.xml")) == sorted(found["files"] + everybody["files"])


def test_a_terminal_that_is_away_leaves_everybody_open(
    folders: DataFolders, run: Command, population: list[Persona], tmp_path: Path
) -> None:
    run("patients", "import", str(patient_list(tmp_path / "patients.csv", population[:3])))
    found = run("appointments", "-", "--seconds", "0.2", code=1)
    assert [each["eligibility"] for each in found["patients"]] == [None] * 3
    assert found["fault"] == "K301"
    assert not list(folders.req.iterdir())


def test_an_encrypted_exchange_is_recognised_and_said_so(
    terminal: Callable[..., None], run: Command, population: list[Persona], tmp_path: Path
) -> None:
    terminal("--state", "encrypted")
    run("patients", "import", str(patient_list(tmp_path / "patients.csv", population[:2])))
    found = run("appointments", "-", code=1)
    assert [each["eligibility"] for each in found["patients"]] == [None] * 2
    assert found["fault"] == "K305"


@pytest.mark.usefixtures("folders")
def test_a_wrong_list_is_one_sentence_with_its_line(run: Command, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("患者番号,フリガナ,生年月日\n1,ア,1950-02-11\n2,イ,never\n", "utf-8")
    message = run("patients", "import", str(wrong), code=2)
    assert "3" in message
    assert "birth_date" in message
    assert run("patients", "count")["patients"] == 0
    assert "patient_number" in run("appointments", str(Path(__file__).with_name("plays.py")), code=2)


def pending_of(person: Persona, name: str, **changes: object) -> PendingVisit:
    card, record = person.card, person.record
    visit = PendingVisit(
        name,
        datetime.now(JAPAN) - timedelta(minutes=30),
        CardFace(card.name, card.birth_date, card.sex, card.address),
        numbers=Numbers(record.insurer_number, record.symbol, record.number, record.branch),
        cause="K301",
    )
    return replace(visit, **changes)  # type: ignore[arg-type]


def test_the_list_for_later_by_command(
    folders: DataFolders, terminal: Callable[..., None], run: Command, population: list[Persona], tmp_path: Path
) -> None:
    valid = [person for person in population if person.record.validity == "valid" and not person.record.name]
    now = datetime.now(JAPAN)
    with closing(open_pending(folders)) as pending:
        pending.outage_began(now - timedelta(hours=1), "K301")
        pending.add(pending_of(valid[0], "K1-1"))
        pending.add(pending_of(valid[1], "K1-2", share_percent=99))
        pending.add(pending_of(valid[2], "K1-3", face=CardFace(birth_date=date(1950, 1, 1)), numbers=None))
        pending.outage_ended(now - timedelta(minutes=10))
    listed = run("pending")
    assert [(visit["visit_id"], visit["by"]) for visit in listed["visits"]] == [
        ("K1-1", "numbers"),
        ("K1-2", "numbers"),
        ("K1-3", "face"),
    ]
    assert "name" not in listed["visits"][0]
    assert run("pending", "--personal")["visits"][0]["name"] == valid[0].card.name

    terminal()
    (tmp_path / "file").touch()
    assert "ENOTDIR" in run("pending", "--report", str(tmp_path / "file" / "reports"), code=1)
    with closing(open_journal(folders)) as journal:
        assert [entry.event for entry in journal.iterate("K1-1")] == ["record.viewed"]
    found = run("pending", "--requery", "--report", str(tmp_path / "reports"))
    assert found["asked"] == {"visits": 3, "answered": 2}
    assert [(visit["visit_id"], visit["differences"]) for visit in found["visits"]] == [
        ("K1-2", ["share"]),
        ("K1-3", []),
    ]
    assert len(list(folders.out.glob("OQSsiquc01res_*.xml"))) == 2

    text = Path(found["report"]).read_text("utf-8")
    data = json.loads(Path(found["report"]).with_suffix(".json").read_text("utf-8"))
    assert (data["visits"], data["answered"], data["different"], data["open"], data["minutes"]) == (3, 2, 1, 1, 50)
    assert data["called_by"] is None
    assert "医療機関コード：4719999996" in text
    assert valid[0].card.name not in text

    assert "K1-9" in run("pending", "--settle", "K1-9", "--staff", "sato", code=1)
    assert "--staff" in run("pending", "--settle", "K1-2", code=2)
    assert "佐藤" in run("pending", "--settle", "K1-2", "--staff", "佐藤", code=2)
    with closing(open_journal(folders)) as journal:
        assert not [entry for entry in journal.iterate("K1-2") if entry.event == "pending.settled"]
    left = run("pending", "--settle", "K1-2", "--staff", "sato")
    assert [visit["visit_id"] for visit in left["visits"]] == ["K1-3"]
    assert len(run("pending", "--all")["visits"]) == 3
    with closing(open_journal(folders)) as journal:
        assert "pending.settled" in [entry.event for entry in journal.iterate("K1-2")]


def test_without_an_outage_there_is_nothing_to_report(folders: DataFolders, run: Command, tmp_path: Path) -> None:
    assert run("pending")["visits"] == []
    run("pending", "--report", str(tmp_path), code=1)
    assert folders.root.exists()
