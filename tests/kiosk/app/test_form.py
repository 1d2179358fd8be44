"""`kiosk form` as others call it: a right PDF, or one sentence and the right exit code, and never half a file."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from kiosk.app.claim import FORM_KEYS
from kiosk.app.cli import main
from kiosk.domain.attestation import KEYS


class Stdin:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "form.pdf"


def run(out: Path, data: Any, *options: str) -> int:
    out.parent.mkdir(exist_ok=True)
    source = out.parent.parent / "form.json"
    source.write_bytes(data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode())
    return main(["form", str(source), "-o", str(out), "--lang", "en", *options])


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def test_form_and_claim_know_the_same_keys() -> None:
    assert KEYS == FORM_KEYS


def test_pdf_holds_what_was_given(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(out, {"name": "𠮷田　髙子", "birth_date": "1950-03-03"}) == 0
    text = text_of(out.read_bytes())
    assert "𠮷田　髙子" in text
    assert "昭和25年3月3日" in text
    assert str(out) in capsys.readouterr().out
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in out.parent.iterdir()] == ["form.pdf"]


def test_from_standard_input_to_standard_output(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin('{"name": "見本"}'.encode()))
    assert main(["form", "-", "-o", "-"]) == 0
    assert "見本" in text_of(capfdbinary.readouterr().out)


def test_blank_form(out: Path, tmp_path: Path) -> None:
    out.parent.mkdir()
    assert main(["form", "--blank", "-o", str(out)]) == 0
    assert "被保険者資格申立書" in text_of(out.read_bytes())
    assert main(["form", "--blank", str(tmp_path / "x.json"), "-o", str(out)]) == 2
    assert main(["form", "-o", str(out)]) == 2


def test_warnings_as_data(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(out, {"name": "민수", "number": "123456789018"}, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == str(out)
    assert len(told["warnings"]) == 2
    assert "12345678" not in text_of(out.read_bytes())


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "line 1"),
        (b"{", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "JSON"),
        (b'{"name": ' + b"9" * 5000 + b"}", "JSON"),
        (b'{"name": NaN}', "JSON"),
        (b'{"name": "a", "name": "b"}', "twice"),
        (b" " * 2_000_001, "too large"),
        ([], "object"),
        ("text", "object"),
        ({"nam": "x"}, "'nam'"),
        ({"name": {"first": "x"}}, "'name'"),
        ({"birth_date": "1950-13-01"}, "'birth_date'"),
        ({"share_percent": 100}, "'share_percent'"),
        ({"signature_png": "QUJD"}, "'signature_png'"),
        ({"address": "長" * 100_000}, "'address'"),
    ],
)
def test_wrong_input_is_one_sentence(out: Path, capsys: pytest.CaptureFixture[str], data: Any, named: str) -> None:
    assert run(out, data) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert named in told.err
    assert list(out.parent.iterdir()) == []


def test_a_file_that_was_there_stays_when_the_input_is_wrong(out: Path) -> None:
    assert run(out, {"name": "見本"}) == 0
    before = out.read_bytes()
    assert run(out, {"nam": "見本"}) == 2
    assert out.read_bytes() == before


@pytest.mark.parametrize("place", ["missing/form.pdf", ".", "form.pdf/x.pdf", "n" * 300 + ".pdf"])
def test_a_place_that_takes_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    source, folder = tmp_path / "form.json", tmp_path / "out"
    source.write_text("{}", encoding="utf-8")
    folder.mkdir()
    (folder / "form.pdf").write_bytes(b"")
    assert main(["form", str(source), "-o", str(folder / place), "--lang", "en"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert [path.name for path in folder.iterdir()] == ["form.pdf"]


def test_input_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "form.json"
    source.write_text("{}", encoding="utf-8")
    assert main(["form", str(source), "-o", str(source), "--lang", "en"]) == 2
    assert source.read_text(encoding="utf-8") == "{}"
    assert "same file" in capsys.readouterr().err


def test_own_template_by_the_settings(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[printer]\ntemplate = "/no/such/form.pdf"\n', encoding="utf-8")
    assert run(out, {}, "--config", str(config)) == 2
    assert "form.toml" in capsys.readouterr().err
