"""The line for the setting `staff.codes`, or one line that says why there is none."""

from __future__ import annotations

import io

import pytest

from kiosk.app.staff_codes import DigestedCodes, main
from kiosk.domain.secret import Secret


def typed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_prompt: str) -> str:
        line = io.StringIO(text).readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    monkeypatch.setattr("getpass.getpass", ask)


def test_the_printed_line_is_what_the_setting_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("135790\n", monkeypatch)
    assert main(["sato"]) == 0
    assert DigestedCodes([capsys.readouterr().out.strip()]).name_of(Secret("135790")) == "sato"


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        ([], "135790\n", "NAME"),
        (["sato"], "12a456\n", "6 digits"),
        (["佐藤"], "135790\n", "letters and digits"),
        (["sato"], "", ""),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], text: str, said: str
) -> None:
    typed(text, monkeypatch)
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert (told.out, "135790" in told.err, len(told.err.splitlines()) <= 1) == ("", False, True)
