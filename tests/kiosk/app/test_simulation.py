"""The switch between the simulated terminal and a real one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.app.device_checks import device_checks
from kiosk.app.no_reader import NoReader, has_own_reader
from kiosk.app.settings import Settings
from kiosk.app.simulation import TerminalCheck, simulated_parts
from kiosk.app.stage import SIMULATED
from kiosk.domain.failures import NeedsStaff
from kiosk.runtime.clocks import RealClock
from kiosk.staff.readiness import State
from tests.kiosk.app.plays import player, shipped, written

REAL: Mapping[str, Mapping[str, object]] = {"eligibility": {"simulated_requests": False}}


def settings(**changes: Mapping[str, object]) -> Settings:
    return Settings().overridden(changes)


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        (SIMULATED, ("simulated.all", "simulated.card", "simulated.authentication")),
        (("simulated.all", "simulated.terminal", "simulated.camera"), ("simulated.all", "simulated.camera")),
        (("simulated.all", "simulated.terminal"), ()),
    ],
)
def test_beside_a_real_terminal_only_what_is_played_is_named(parts: tuple[str, ...], left: tuple[str, ...]) -> None:
    assert simulated_parts(parts, settings(**REAL)) == left
    assert simulated_parts(parts, Settings()) == parts


BESIDE: Mapping[str, Mapping[str, object]] = {"device": {"beside": True}}


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        (BESIDE, ("simulated.all", "simulated.terminal")),
        ({**BESIDE, **REAL}, ()),
        ({**BESIDE, "virtual": {"reader": "simulated"}}, SIMULATED),
    ],
)
def test_beside_a_certified_reader_no_card_is_played(
    changes: Mapping[str, Mapping[str, object]], left: tuple[str, ...]
) -> None:
    assert simulated_parts(SIMULATED, settings(**changes)) == left
    own = has_own_reader(settings(**changes))
    told = [check.run().cause.id for check in device_checks(settings(**changes), RealClock())]
    codes = ["doctor.staff_codes.none"] if "eligibility" in changes else []
    assert told == ([] if own else ["doctor.reader.beside", "doctor.camera.beside", *codes])


def test_beside_a_certified_reader_a_card_put_down_here_is_nobodys(tmp_path: Path) -> None:
    text = "settings: {device: {beside: true}, eligibility: {simulated_requests: false}}\nsteps: [%s]"
    result = player().play(written(tmp_path, text % "{wait: 1}"), data=tmp_path / "data")
    assert (result.failure, result.screens) == (None, ["idle"])
    with closing(sqlite3.connect(tmp_path / "data/journal.sqlite")) as raw:
        events = dict(raw.execute("SELECT event, fields FROM entries").fetchall())
    assert '"deployment":"beside_reader"' in events["kiosk.started"]
    assert "simulation.used" not in events
    assert "device.beside" in (player().play(written(tmp_path, text % "place_card")).failure or "")
    assert "reader" in (player().play(written(tmp_path, text % "{fault: {reader: unplug}}")).failure or "")
    with pytest.raises(NeedsStaff):
        NoReader().connect(1)


@pytest.mark.parametrize(
    ("changes", "state", "cause"),
    [
        ({}, State.OK, "doctor.terminal.simulated"),
        ({"card": {"reader": "*"}}, State.WARN, "doctor.terminal.simulated"),
        ({"device": {"beside": True}}, State.WARN, "doctor.terminal.simulated"),
        ({"card": {"reader": "*"}, **REAL}, State.OK, "doctor.terminal.ok"),
    ],
)
def test_the_doctor_says_who_answers(changes: Mapping[str, Mapping[str, object]], state: State, cause: str) -> None:
    finding = TerminalCheck(settings(**changes)).run()
    assert (finding.state, finding.cause.id) == (state, cause)
    assert (finding.remedy is not None) is (state is State.WARN)


def test_no_made_up_terminal_is_asked_or_answers(tmp_path: Path) -> None:
    assert player().play(shipped("card-query-unavailable"), data=tmp_path).passed
    assert [path.name for folder in ("req", "res") for path in (tmp_path / folder).rglob("*.xml")] == []
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as raw:
        entries = raw.execute("SELECT event, fields FROM entries").fetchall()
    told = [data for event, data in entries if event == "simulation.used"]
    assert told == ['{"what":"simulated.all,simulated.card,simulated.authentication"}']
    assert '{"code":"K308"}' in [data for event, data in entries if event == "eligibility.failed"]
