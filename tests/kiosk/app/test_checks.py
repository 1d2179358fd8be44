"""The checks of an installation, put together: a fresh one, one in use, and one that was tampered with."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.app.catalogue import load_catalogue as load_messages
from kiosk.app.checks import default_checks
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.messages import Text
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import JournalEntry
from kiosk.staff.readiness import Report, State, as_data, as_text, examine

ASSETS = Path(__file__).parents[3] / "assets"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
ALL = [
    "packages",
    "reader",
    "camera",
    "models",
    "fonts",
    "display",
    "req",
    "res",
    "face_folder",
    "out",
    "clock",
    "disk",
    "journal",
]


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Report]:
    def look_(deployment: str = "virtual", **changes: object) -> Report:
        given: dict[str, object] = {
            "assets": ASSETS,
            "data": tmp_path,
            "journal": tmp_path / "journal.db",
            "deployment": deployment,
            "model_check": lambda: None,
            "now": lambda: NOW,
            "environ": {"QT_QPA_PLATFORM": "offscreen"},
        }
        given |= {name: tmp_path / name for name in ("req", "res", "face", "out")}
        return examine(default_checks(**{**given, **changes}))  # type: ignore[arg-type]

    return look_


def states(report: Report) -> dict[str, State]:
    return {line.check: line.finding.state for line in report.lines}


def fill(path: Path, count: int = 5) -> None:
    rules = CatalogueRules(load_catalogue((ASSETS / "rules/journal.toml").read_bytes()))
    with closing(SqliteJournal(path, rules)) as journal:
        for _ in range(count):
            journal.append(JournalEntry("reader.lost"), NOW)


def test_a_fresh_virtual_installation_is_ready(look: Callable[..., Report], tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    report = look()
    assert [line.check for line in report.lines] == ALL
    assert report.ready
    found = states(report)
    assert found["reader"] is found["camera"] is found["models"] is found["fonts"] is State.OK
    assert found["req"] is found["res"] is found["face_folder"] is found["out"] is found["journal"] is State.ABSENT
    assert found["display"] is State.WARN
    assert sorted(tmp_path.iterdir()) == before, "a look changes nothing"


def test_an_installation_in_use(look: Callable[..., Report], tmp_path: Path) -> None:
    fill(tmp_path / "journal.db")
    for name in ("req", "res", "face", "out"):
        (tmp_path / name).mkdir()
    report = look("own_reader", reader_check=lambda: None, camera_check=lambda: None)
    assert report.ready
    journal = report.lines[-1].finding
    assert (journal.state, journal.cause) == (State.OK, Text("doctor.journal.ok", (("entries", "5"),)))


def test_a_set_up_without_its_devices(look: Callable[..., Report]) -> None:
    def wrong() -> None:
        raise Fatal(FailureCode.MODEL_WRONG, "sface")

    found = states(look("own_reader", model_check=wrong))
    assert found["reader"] is found["camera"] is State.ABSENT
    assert found["models"] is found["req"] is found["out"] is State.FAIL


def test_a_clock_behind_the_journal(look: Callable[..., Report], tmp_path: Path) -> None:
    fill(tmp_path / "journal.db")
    report = look(now=lambda: NOW - timedelta(days=1))
    assert states(report)["clock"] is State.FAIL
    assert states(report)["journal"] is State.OK


def test_a_tampered_and_a_damaged_journal(look: Callable[..., Report], tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    fill(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TRIGGER entries_no_update")
        raw.execute("UPDATE entries SET event = 'reader.returned' WHERE seq = 3")
    finding = look().lines[-1].finding
    assert (finding.state, finding.cause) == (State.FAIL, Text("journal.chain.altered", (("seq", "3"),)))
    path.write_bytes(os.urandom(9000))
    report = look()
    assert report.lines[-1].finding.cause == Text("failure.K404.cause")
    assert states(report)["clock"] is not State.FAIL, "the journal's line tells about the journal"


def test_every_finding_has_its_sentences(look: Callable[..., Report], tmp_path: Path) -> None:
    """Renders reports of all kinds; a missing sentence raises."""
    catalogue = load_messages(ASSETS / "messages")

    def crash() -> None:
        raise RuntimeError

    (tmp_path / "res").write_text("")
    reports = [
        look(),
        look("own_reader", now=lambda: NOW.replace(year=1999), environ={}),
        look("own_reader", reader_check=crash, camera_check=lambda: None, environ={"DISPLAY": ":4711"}),
        look(reader_check=lambda: None, now=lambda: NOW.astimezone(ZoneInfo("UTC"))),
    ]
    for report in reports:
        for language in catalogue.languages:
            lines = as_text(report, catalogue, language)
            assert len(lines) > len(ALL)
            assert "[[" not in "\n".join(lines)
            assert len(as_data(report, catalogue, language)["checks"]) == len(ALL)  # type: ignore[arg-type]
