"""`kiosk read-document`: the contract of design 4.4, exit codes, and sentences."""

from __future__ import annotations

import json
import logging
import re
from datetime import date
from pathlib import Path

import pytest

from drivers.documents.cage import NOTES
from drivers.simulated.persona import load_persona
from drivers.simulated.specimens import specimen
from kiosk.app.catalogue import load_catalogue
from kiosk.app.cli import FAILED, OK, USAGE, main
from kiosk.app.paths import ASSETS
from kiosk.domain.documents import Blocked, DocumentType, FieldKey
from kiosk.ports.documents import DocumentHint
from tests.drivers.documents import damage

ON = date(2026, 11, 24)
CATALOGUE = load_catalogue(ASSETS / "messages")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "見本.pdf"
    path.write_bytes(specimen(load_persona(ASSETS / "personas", "kenji"), "certificate", on=ON, as_pdf=True))
    return path


def test_one_file_is_one_object_with_the_keys_of_the_contract(
    certificate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read-document", str(certificate), "--json"]) == OK
    data = json.loads(capsys.readouterr().out)
    assert list(data) == ["file", "type", "fields", "warnings", "blocked"]
    assert (data["file"], data["type"], data["blocked"]) == (str(certificate), "certificate", None)
    assert data["fields"]["insurer_no"] == {"value": "01479997", "source": "text", "confidence": 1.0, "warning": None}
    assert data["fields"]["birth"]["value"] == "1971-05-20"


def test_several_files_are_a_list_and_one_that_fails_fails_all(
    certificate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(b"nothing")
    assert main(["read-document", str(certificate), str(other), "--json", "--lang", "en"]) == FAILED
    printed = capsys.readouterr()
    assert [one["blocked"] for one in json.loads(printed.out)] == [None, "damaged"]
    assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_json_it_is_for_people_and_leaves_the_sex_out(
    certificate: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read-document", str(certificate), "--lang", language]) == OK
    printed = capsys.readouterr().out
    assert "1971-05-20" in printed
    assert "男" not in printed


@pytest.mark.parametrize(
    ("data", "blocked"),
    [
        (b"not a document", "damaged"),
        (damage.page(b"[0 0 2000000 2000000]"), "too_large"),
        (damage.locked(damage.printed([(20, 20, "資格確認書")]), "secret"), "encrypted"),
        (damage.printed([(20, 20, "資格確認書"), (20, 40, "1234 5678 9018")]), "my_number_seen"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_one(
    data: bytes, blocked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(data)
    assert main(["read-document", str(file), "--json", "--lang", "en"]) == FAILED
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {
        "file": str(file),
        "type": "unknown",
        "fields": {},
        "warnings": [],
        "blocked": blocked,
    }
    assert len(printed.err.splitlines()) == 1
    assert main(["read-document", str(file), "--lang", "en"]) == FAILED
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["absent.pdf", "."])
def test_a_file_that_is_not_there_is_wrong_usage(
    name: str, certificate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read-document", str(certificate), str(tmp_path / name), "--json", "--lang", "en"]) == USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1


def test_nothing_that_was_read_is_logged(certificate: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert main(["read-document", str(certificate), "--json"]) == OK
    assert "01479997" not in caplog.text
    assert "例示" not in caplog.text


def test_every_word_has_its_sentence() -> None:
    wanted = [f"document.type.{one}" for one in DocumentType]
    wanted += [f"document.field.{one}" for one in FieldKey]
    wanted += [f"document.blocked.{one}" for one in Blocked]
    wanted += [f"document.hint.{one}" for one in DocumentHint]
    assert [one for one in wanted if one not in CATALOGUE] == []


def test_every_warning_of_the_reader_has_its_sentence() -> None:
    folder = ASSETS.parent / "drivers" / "documents"
    source = "".join((folder / name).read_text(encoding="utf-8") for name in ("values.py", "interpret.py", "notes.py"))
    source += "".join((folder / name).read_text(encoding="utf-8") for name in ("reader.py", "page_ocr.py"))
    named = set(re.findall(r'Found\(None, [^"]*?"(\w+)"\)', source)) | set(re.findall(r'return None, "(\w+)"', source))
    named |= {one or other for one, other in re.findall(r'notes\.add\("(\w+)"\)|found\.add\("(\w+)"\)', source)}
    named |= set(re.findall(r'Candidate\(None, [^"]*?"(\w+)"', source)) | set(re.findall(r'return \{"(\w+)"\}', source))
    named |= NOTES | {"variant_possible", "second_look_differs", "print_beside", "glare"}
    assert len(named) > 25
    assert sorted(one for one in named if f"document.warning.{one}" not in CATALOGUE) == []
