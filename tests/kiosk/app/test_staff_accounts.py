"""`kiosk staff accounts` from outside."""

from __future__ import annotations

import io
import json
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from kiosk.app import staff_accounts
from kiosk.app.cli import main
from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from kiosk.app.records import ROLES
from kiosk.app.staff_accounts import open_accounts
from kiosk.domain.accounts import Role
from kiosk.runtime.clocks import JAPAN, RealClock
from tests.conftest import LogWatch

PASSWORD = "correct horse battery"


class Counter:
    """The command line with a keyboard and a clock that moves on by itself between codes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: Path) -> None:
        self._patch, self._capsys = monkeypatch, capsys
        self.folders = DataFolders(data)
        self.now = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
        self.totp: pyotp.OTP | None = None
        monkeypatch.setenv("MADOGUCHI_DATA", str(data))
        monkeypatch.setattr(RealClock, "now", lambda _clock: self.now)

    def __call__(self, *arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str, str]:
        self._patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        code = main(["staff", "accounts", *arguments, "--lang", "en"])
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err

    def first(self) -> None:
        code, out, _ = self("add", "suzuki", "--json", typed=(PASSWORD,))
        assert code == 0
        told = json.loads(out)
        assert told["role"] == "supervisor"
        self.totp = pyotp.parse_uri(told["uri"])

    def supervisor(self) -> tuple[str, str]:
        """Password and a fresh code."""
        assert isinstance(self.totp, pyotp.TOTP)
        self.now += timedelta(seconds=30)
        return PASSWORD, self.totp.at(self.now)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Counter:
    return Counter(monkeypatch, capsys, tmp_path / "data")


def test_from_nothing_to_three_accounts(counter: Counter) -> None:
    assert counter("list")[1].startswith("There is no account yet")
    assert not counter.folders.root.exists()
    counter.first()
    code, out, _ = counter("add", "sato", "--by", "suzuki", typed=(*counter.supervisor(), PASSWORD))
    assert code == 0
    assert "otpauth://totp/" in out
    code, out, _ = counter("add", "envelope", "--sealed", "--json", "--by", "suzuki", typed=counter.supervisor())
    assert code == 0
    assert len(json.loads(out)["password"]) == 24
    assert counter("list")[1].splitlines() == ["envelope  supervisor  sealed", "sato  reception", "suzuki  supervisor"]
    assert counter("disable", "sato", "--by", "suzuki", typed=counter.supervisor())[0] == 0
    assert {one["name"] for one in json.loads(counter("list", "--json")[1]) if one["disabled"]} == {"sato"}
    with closing(open_journal(counter.folders)) as journal:
        assert journal.verify().ok
        changes = [json.loads(row.fields)["change"] for row in journal.iterate() if row.event == "account.changed"]
    assert changes == ["added", "added", "sealed", "disabled"]
    assert PASSWORD.encode() not in b"".join(
        path.read_bytes() for path in counter.folders.root.iterdir() if path.is_file()
    )


def test_who_may_not(counter: Counter) -> None:
    counter.first()
    counter("add", "sato", "--by", "suzuki", typed=(*counter.supervisor(), PASSWORD))
    for arguments, typed, code, said in (
        (("add", "abe"), (), 2, "--by"),
        (("add", "abe", "--by", "suzuki"), (PASSWORD, "000000"), 1, "Check name, password and code"),
        (("add", "abe", "--by", "nobody"), (PASSWORD, "000000"), 1, "Check name, password and code"),
        (("disable", "suzuki", "--by", "suzuki"), counter.supervisor(), 1, "last supervisor"),
        (("disable", "nobody", "--by", "suzuki"), counter.supervisor(), 2, "no account"),
    ):
        given = counter(*arguments, typed=typed)
        assert given[0] == code
        assert given[1] == ""
        assert said in given[2]


def test_a_receptionist_adds_nobody(counter: Counter) -> None:
    counter.first()
    added = counter("add", "sato", "--json", "--by", "suzuki", typed=(*counter.supervisor(), PASSWORD))
    own = pyotp.parse_uri(json.loads(added[1])["uri"])
    assert isinstance(own, pyotp.TOTP)
    code, _, err = counter("add", "abe", "--by", "sato", typed=(PASSWORD, own.at(counter.now), PASSWORD))
    assert code == 1
    assert "not for the role reception" in err


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [("Suzuki", PASSWORD, "small letter"), ("suzuki", "short", "too short"), ("suzuki", "", "too short")],
)
def test_flaws_of_the_first_account(counter: Counter, name: str, typed: str, said: str) -> None:
    code, _, err = counter("add", name, typed=(typed,) if typed else ())
    assert code == 2
    assert said in err
    with closing(open_accounts(counter.folders)) as store:
        assert store.all() == ()


def test_who_lost_the_phone_gets_new_secrets(counter: Counter) -> None:
    counter.first()
    counter("add", "sato", "--by", "suzuki", typed=(*counter.supervisor(), PASSWORD))
    counter("disable", "sato", "--by", "suzuki", typed=counter.supervisor())
    code, out, _ = counter(
        "renew", "sato", "--by", "suzuki", "--json", typed=(*counter.supervisor(), "another long one")
    )
    assert code == 0
    own = pyotp.parse_uri(json.loads(out)["uri"])
    assert isinstance(own, pyotp.TOTP)
    with closing(open_accounts(counter.folders)) as store:
        sato = store.find("sato")
    assert sato is not None
    assert (sato.disabled, sato.role) == (False, Role.RECEPTION)
    assert counter("renew", "nobody", "--by", "suzuki", typed=counter.supervisor())[0] == 2
    assert counter("renew", "sato", "--by", "suzuki", typed=(*counter.supervisor(), "short"))[0] == 2


def test_the_envelope_saves_who_can_no_longer_sign_in(counter: Counter, log_watch: LogWatch) -> None:
    log_watch.announce("emergency account")
    counter.first()
    out = counter("add", "envelope", "--sealed", "--json", "--by", "suzuki", typed=counter.supervisor())[1]
    envelope = json.loads(out)["password"]
    assert counter("renew", "suzuki", "--by", "envelope", typed=("A" * 24, PASSWORD))[0] == 1
    code, out, err = counter("renew", "suzuki", "--by", "envelope", "--json", typed=(envelope, PASSWORD))
    assert code == 0
    assert "emergency account is in use" in err
    counter.totp = pyotp.parse_uri(json.loads(out)["uri"])
    assert counter("add", "sato", "--by", "suzuki", typed=(*counter.supervisor(), PASSWORD))[0] == 0
    assert counter("renew", "sato", "--by", "envelope", typed=(envelope, PASSWORD))[0] == 1


def test_an_envelope_needs_an_administrator(counter: Counter) -> None:
    assert counter("add", "envelope", "--sealed")[0] == 2


def test_at_a_terminal_nothing_typed_is_shown(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []
    monkeypatch.setattr(staff_accounts.getpass, "getpass", lambda prompt: asked.append(prompt) or PASSWORD)
    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["staff", "accounts", "add", "suzuki", "--lang", "en"]) == 0
    assert asked == ["New password of suzuki (at least 12 characters): "]
    assert (counter.folders.root / "accounts.sqlite").is_file()


def test_roles_of_the_command_line() -> None:
    assert ROLES == ("reception", "supervisor", "maintenance")
