"""The switch between the simulated terminal and a real one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.app.settings import Settings
from kiosk.app.simulation import TerminalCheck, simulated_parts
from kiosk.app.stage import SIMULATED
from kiosk.staff.readiness import State
from tests.kiosk.app.plays import player, shipped

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
