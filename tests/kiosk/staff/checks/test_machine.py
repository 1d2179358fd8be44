"""Clock, disk, folders, fonts and display as they are found."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules
from kiosk.staff.checks.limits import Limits, limits_from
from kiosk.staff.checks.machine import ClockCheck, DiskCheck, DisplayCheck, FolderCheck, FontsCheck
from kiosk.staff.readiness import State

RULES = Path(__file__).parents[4] / "assets/rules/readiness.toml"
JAPAN = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
LIMITS = Limits(2000, 200, date(2026, 4, 1), date(2099, 12, 31), timedelta(seconds=60))


def test_the_shipped_limits_load() -> None:
    limits = limits_from(load_rules(RULES))
    assert 0 < limits.disk_fail_bytes < limits.disk_warn_bytes
    assert limits.clock_earliest < limits.clock_latest
    assert limits.journal_ahead > timedelta(0)


@pytest.mark.parametrize(("old", "new"), [("latest", "last"), ("2099-12-31", '"later"'), ("200_000_000", '"much"')])
def test_limits_that_are_incomplete_are_refused(old: str, new: str) -> None:
    rules = load_rules(RULES.read_text(encoding="utf-8").replace(old, new).encode())
    with pytest.raises(Fatal) as caught:
        limits_from(rules)
    assert caught.value.code is FailureCode.SETTINGS_WRONG


@pytest.mark.parametrize(
    ("now", "system_hours", "newest", "state", "cause"),
    [
        (NOW, 9, None, State.OK, "doctor.clock.ok"),
        (NOW, 9, NOW, State.OK, "doctor.clock.ok"),
        (NOW, 9, NOW + timedelta(seconds=60), State.OK, "doctor.clock.ok"),
        (NOW, 9, NOW + timedelta(seconds=61), State.FAIL, "doctor.clock.behind"),
        (NOW, 0, None, State.WARN, "doctor.clock.system_zone"),
        (NOW.astimezone(ZoneInfo("UTC")), 0, None, State.FAIL, "doctor.clock.zone"),
        (NOW.replace(year=1970), 9, None, State.FAIL, "doctor.clock.implausible"),
        (NOW.replace(year=2100), 9, None, State.FAIL, "doctor.clock.implausible"),
    ],
)
def test_clock(now: datetime, system_hours: int, newest: datetime | None, state: State, cause: str) -> None:
    finding = ClockCheck(lambda: now, lambda: timedelta(hours=system_hours), lambda: newest, LIMITS).run()
    assert (finding.state, finding.cause.id) == (state, cause)
    assert (finding.remedy is None) == (state is State.OK)
    assert finding.detail.startswith(str(now.year))


def test_disk(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    folder = tmp_path / "not" / "there" / "yet"
    cases = [(0, 0, State.OK), (4 * free, 0, State.WARN), (8 * free, 4 * free, State.FAIL)]
    for warn, fail, state in cases:
        finding = DiskCheck(folder, replace(LIMITS, disk_warn_bytes=warn, disk_fail_bytes=fail)).run()
        assert finding.state is state
        assert finding.detail == str(tmp_path)
    assert not folder.exists()


def test_a_data_folder_that_cannot_be_made_is_no_readiness(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    finding = DiskCheck(tmp_path / "file" / "data", LIMITS).run()
    assert finding.state is State.FAIL
    assert finding.cause.id == "failure.K406.cause"
    assert finding.detail == str(tmp_path / "file")


def test_a_good_folder_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "OQSsiquc01res_1.xml").write_text("x")
    finding = FolderCheck("res", tmp_path).run()
    assert finding.state is State.OK
    assert [path.name for path in tmp_path.iterdir()] == ["OQSsiquc01res_1.xml"]


def test_absent_folder(tmp_path: Path) -> None:
    path = tmp_path / "req"
    assert FolderCheck("req", path).run().cause.id == "doctor.folder.absent"
    later = FolderCheck("req", path, made_at_start=True).run()
    assert (later.state, later.cause.id) == (State.ABSENT, "doctor.folder.later")
    assert not path.exists()
    path.write_text("")
    assert FolderCheck("req", path, made_at_start=True).run().cause.id == "doctor.folder.no_folder"


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.EACCES, "doctor.folder.refused"),
        (errno.EROFS, "doctor.folder.refused"),
        (errno.ENOSPC, "failure.K402.cause"),
        (errno.EDQUOT, "failure.K402.cause"),
    ],
)
def test_a_folder_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, cause: str) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise OSError(number, "made up")

    monkeypatch.setattr(Path, "replace", refuse)
    finding = FolderCheck("out", tmp_path).run()
    assert (finding.state, finding.cause.id) == (State.FAIL, cause)
    assert finding.detail == f"{tmp_path}: {errno.errorcode[number]}"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_nobody_can_write_to() -> None:
    assert FolderCheck("out", Path("/proc/self/fd")).run().cause.id == "doctor.folder.refused"


def test_fonts(tmp_path: Path) -> None:
    (tmp_path / "good.ttf").write_bytes(b"\x00\x01\x00\x00rest")
    (tmp_path / "good.otf").write_bytes(b"OTTOrest")
    (tmp_path / "bad.ttf").write_bytes(b"<html>not found</html>")
    assert FontsCheck(tmp_path, ("good.ttf", "good.otf")).run().state is State.OK
    finding = FontsCheck(tmp_path, ("good.ttf", "bad.ttf", "absent.ttf")).run()
    assert (finding.state, finding.detail) == (State.FAIL, "bad.ttf, absent.ttf")


@pytest.fixture
def listen(tmp_path: Path) -> Callable[[str], None]:
    held: list[socket.socket] = []

    def listen_(name: str) -> None:
        held.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        held[-1].bind(str(tmp_path / name))
        held[-1].listen()

    yield listen_
    for server in held:
        server.close()


@pytest.mark.parametrize(
    ("environ", "state", "cause"),
    [
        ({}, State.ABSENT, "none"),
        ({"DISPLAY": ""}, State.ABSENT, "none"),
        ({"DISPLAY": ":1"}, State.OK, "ok"),
        ({"DISPLAY": ":1.0"}, State.OK, "ok"),
        ({"DISPLAY": "unix:1"}, State.OK, "ok"),
        ({"DISPLAY": ":2"}, State.FAIL, "dead"),
        ({"DISPLAY": "elsewhere:0"}, State.OK, "ok"),
        ({"WAYLAND_DISPLAY": "wayland-1"}, State.OK, "ok"),
        ({"WAYLAND_DISPLAY": "wayland-9"}, State.FAIL, "dead"),
        ({"WAYLAND_DISPLAY": "wayland-9", "DISPLAY": ":1"}, State.OK, "ok"),
        ({"QT_QPA_PLATFORM": "offscreen:configfile=x", "DISPLAY": ":1"}, State.WARN, "hidden"),
        ({"QT_QPA_PLATFORM": "eglfs"}, State.OK, "ok"),
        ({"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":2"}, State.FAIL, "dead"),
    ],
)
def test_display(
    tmp_path: Path, listen: Callable[[str], None], environ: dict[str, str], state: State, cause: str
) -> None:
    listen("X1")
    listen("wayland-1")
    finding = DisplayCheck({"XDG_RUNTIME_DIR": str(tmp_path), **environ}, x11_sockets=tmp_path).run()
    assert (finding.state, finding.cause.id) == (state, f"doctor.display.{cause}")
    assert (finding.remedy is None) == (state is State.OK)
