"""`kiosk report usage` from outside: forms, files, and one sentence for every mistake."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.app.cli import main
from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from tests.kiosk.app.plays import player, shipped
from tests.kiosk.app.search import SecretSearch
from tests.kiosk.app.watch import people, secrets_of_everybody
from tests.kiosk.staff.usage.made import at, visit

FORMS = ("text", "csv", "json", "html")
RANGE = ["--from", "2026-11-01", "--to", "2026-11-30"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("MADOGUCHI_DATA", str(folder))
    return folder


@pytest.fixture
def filled(data: Path) -> Path:
    with closing(open_journal(DataFolders(data))) as journal:
        for moment, entry in [*visit("a", at("2026-11-24"), taps=1), *visit("b", at("2026-08-10"))]:
            journal.append(entry, moment)
    return data


@pytest.mark.usefixtures("filled")
def test_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "usage", *RANGE, "--lang", "en"]) == 0
    assert "Usage report" in capsys.readouterr().out
    assert main(["report", "usage", *RANGE, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["visits"]["total"] == 1
    assert told["thresholds"][0]["best"] == 100.0
    assert main(["report", "usage", *RANGE, "--format", "csv"]) == 0
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["section"] == "visits"
    assert main(["report", "usage", *RANGE, "--format", "html"]) == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.html", b"<!DOCTYPE"),
        ("r.htm", b"<!DOCTYPE"),
        ("r.csv", b"section,"),
        ("r.json", b"{"),
        ("r.txt", "利用".encode()),
    ],
)
def test_form_follows_the_name_of_the_file(tmp_path: Path, name: str, begins: bytes) -> None:
    path = tmp_path / name
    assert main(["report", "usage", *RANGE, "--lang", "ja", "-o", str(path)]) == 0
    assert path.read_bytes().startswith(begins)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [other.name for other in tmp_path.iterdir() if other.is_file()] == [name]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--from", "2026-11-30", "--to", "2026-11-01"], 2, "reversed"),
        (["--from", "yesterday"], 2, "no date"),
        (["--to", "2026-02-30"], 2, "no date"),
        (["--to", "0001-01-01"], 2, "no date"),
        (["--from", "2000-01-01", "--to", "2026-01-01"], 2, "too long"),
        ([*RANGE, "-o", "/nowhere/r.html"], 1, "cannot be written"),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "usage", *arguments, "--lang", "en"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_absent_and_empty_journal(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "usage", "--lang", "en"]) == 1
    assert "There is no journal" in capsys.readouterr().err
    assert not data.exists()
    open_journal(DataFolders(data)).close()
    assert main(["report", "usage", "--lang", "en"]) == 0
    assert "holds no visit" in capsys.readouterr().out
    assert main(["report", "usage", "--json", "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["visits"]["total"] == 0
    assert "holds no visit" in told.err


def test_a_played_visit_is_counted_with_its_taps(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = player().play(shipped("face-ok"), data=data)
    assert main(["report", "usage", *RANGE, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["visits"] == {"total": 1, "status": {"accepted": 1}}
    assert told["identity"] == {"face": 1}
    assert told["rate"]["total"] == {"card": 1, "answered": 1, "percent": 100.0}
    assert told["taps"]["median"] == result.taps > 0
    assert 0 < told["seconds"]["median"] <= result.seconds


def test_neither_report_nor_export_tells_who_came(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("face-ok", "pin-ok", "staff-code", "terminal-down"):
        player().play(shipped(name), data=data)
    names = SecretSearch()
    for person in people():
        for told in (person.card.name, person.card.birth_date.isoformat(), f"{person.card.birth_date:%Y%m%d}"):
            names.add_number(f"{told} of {person.name}", told)
    commands = [["report", "usage", *RANGE, "--format", form] for form in FORMS]
    for command in (*commands, ["journal", "export", "--json"], ["journal", "export"]):
        assert main(command) == 0
        printed = capsys.readouterr().out
        assert len(printed) > 200
        assert names.found_in(printed.encode()) | secrets_of_everybody().found_in(printed.encode()) == set()
    assert names.found_in(people()[0].card.name.encode())
