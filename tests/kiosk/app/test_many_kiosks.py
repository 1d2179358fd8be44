"""Two kiosks of a machine in one console: each act goes into its own folder, once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.app.cli import folders_of, main
from kiosk.app.console_records import StoredRecords
from kiosk.app.counter_stage import OpenCounter
from kiosk.app.journal import open_journal
from kiosk.app.many_kiosks import ManyCounters, kiosks_of, open_counters
from kiosk.app.many_records import ManyRecords
from kiosk.app.paths import DataFolders
from kiosk.app.settings import FacilitySettings, LaneSettings, Settings, load_settings
from kiosk.app.stage import Stage
from kiosk.domain.accounts import Role, Session
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.flow.states import AwaitingStaff
from kiosk.flow.states_documents import ChoosingDocument
from kiosk.ports.counter import ActState, Ending, Finish, Standing
from kiosk.ports.journal import JournalEntry
from kiosk.runtime.clocks import JAPAN, RealClock
from kiosk.staff.visit_list import VisitBook
from tests.kiosk.app.plays import catalogue

CLOCK = RealClock()
SECONDS = 60.0

pytestmark = pytest.mark.usefixtures("unhurried_line")


def written(folder: Path, lane: str, data: Path, more: str = "") -> Path:
    file = folder / f"{lane}.toml"
    file.write_text(f'[lane]\nid = "{lane}"\n[facility]\ndata = "{data}"\n{more}', encoding="utf-8")
    return file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    second = written(tmp_path, "K2", tmp_path / "two")
    return load_settings(written(tmp_path, "K1", tmp_path / "one", f'[console]\nkiosks = ["{second}"]\n'))


# --- settings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lane", "data", "told"), [("K1", "two", "lane.id"), ("K2", "one", "facility.data")])
def test_two_kiosks_that_an_act_could_not_tell_apart_are_refused(
    tmp_path: Path, lane: str, data: str, told: str
) -> None:
    (tmp_path / "other").mkdir()
    second = written(tmp_path / "other", lane, tmp_path / data)
    first = load_settings(written(tmp_path, "K1", tmp_path / "one", f'[console]\nkiosks = ["{second}"]\n'))
    with pytest.raises(Fatal) as failure:
        kiosks_of(first, folders_of)
    assert failure.value.code is FailureCode.SETTINGS_WRONG
    assert told in failure.value.detail


def test_the_other_settings_file_is_named_by_its_whole_path(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text('[console]\nkiosks = ["K2.toml"]\n', encoding="utf-8")
    with pytest.raises(Fatal) as failure:
        load_settings(file)
    assert "kiosk.toml:2: settings.console.kiosks" in failure.value.detail


# --- lanes and acts ---------------------------------------------------------------------------------------


class Machine:
    """Two kiosks at work, and one console that shows both."""

    def __init__(self, settings: Settings) -> None:
        self.kiosks = kiosks_of(settings, folders_of)
        self.stages = {kiosk.lane: Stage(kiosk.settings, kiosk.folders, CLOCK, catalogue()) for kiosk in self.kiosks}
        self.counters = [OpenCounter(stage) for stage in self.stages.values()]
        for stage in self.stages.values():
            stage.start()
        now = CLOCK.now()
        desk = open_counters(self.kiosks, Session("suzuki", Role.SUPERVISOR, now, now))
        assert isinstance(desk, ManyCounters)
        self.desk = desk

    def close(self) -> None:
        self.desk.close()
        for counter in self.counters:
            counter.close()
        for stage in self.stages.values():
            stage.stop()

    def until(self, holds: Callable[[], Any]) -> Any:
        end = time.monotonic() + SECONDS
        while not (found := holds()):
            assert time.monotonic() < end
            for stage in self.stages.values():
                stage.pump()
            QApplication.processEvents()
            time.sleep(0.002)
        return found

    def standing(self, lane: str, state: type) -> Standing:
        def seen() -> Standing | None:
            lanes = [one.standing for one in self.desk.lanes() if one.standing.lane == lane and one.alive]
            return next((one for one in lanes if one.state == state.__name__), None)

        found = self.until(seen)
        assert isinstance(found, Standing)
        return found

    def entries(self, lane: str, event: str) -> list[dict[str, Any]]:
        found = self.stages[lane].journal.iterate()
        return [json.loads(entry.fields) for entry in found if entry.event == event]


@pytest.fixture
def machine(settings: Settings, qapp: object) -> Iterator[Machine]:
    del qapp
    made = Machine(settings)
    yield made
    made.close()


def test_an_act_reaches_the_lane_of_its_button_and_no_other(
    machine: Machine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for stage in machine.stages.values():
        machine.until(lambda lane=stage.lane: lane.view.screen == "idle" and not lane.gave_way_just_now)  # type: ignore[misc]
        stage.lane.tapped("idle.no_card")
    first, second = (machine.standing(lane, ChoosingDocument) for lane in ("K1", "K2"))
    asked = machine.desk.act(second, "take_over")
    machine.until(lambda: (report := machine.desk.report(asked.act_id)) and report.state is ActState.DONE)
    taken = machine.standing("K2", AwaitingStaff)
    assert machine.standing("K1", ChoosingDocument) == first
    assert [len(machine.entries(lane, "staff.action")) for lane in ("K1", "K2")] == [0, 1]
    assert taken.visit_id is not None
    machine.desk.viewed(taken.visit_id)
    machine.desk.viewed(None, "journal")
    assert [entry["what"] for entry in machine.entries("K2", "record.viewed")] == ["visit"]
    assert [entry["what"] for entry in machine.entries("K1", "record.viewed")] == ["journal"]
    assert machine.desk.finish(taken.visit_id, Ending("left", "at_counter")) is Finish.ALREADY, "its kiosk holds it"
    assert main(["staff", "lanes", "--json", "--config", str(tmp_path / "K1.toml")]) == 0
    assert [lane["lane"] for lane in json.loads(capsys.readouterr().out)["lanes"]] == ["K1", "K2"]


# --- the list ---------------------------------------------------------------------------------------------

AT = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)


def kiosk_with(folder: Path, lane: str, visits: int, start: datetime) -> DataFolders:
    folders = folders_of(Settings(facility=FacilitySettings(data=str(folder)), lane=LaneSettings(lane)))
    folders.create()
    with closing(open_journal(folders)) as journal:
        for number in range(visits):
            add(journal, lane, number, start)
    return folders


def add(journal: Any, lane: str, number: int, start: datetime) -> None:
    moment = start + timedelta(minutes=number)
    journal.append(JournalEntry("visit.opened", {"language": "ja"}, f"{lane}-20261124-083000-ab12-{number}"), moment)


def test_the_visits_of_all_kiosks_are_one_list_and_nothing_new_is_missed(tmp_path: Path) -> None:
    one = kiosk_with(tmp_path / "one", "K1", 3, AT)
    two = kiosk_with(tmp_path / "two", "K2", 2, AT + timedelta(seconds=30))
    with closing(ManyRecords([StoredRecords(Settings(), folders) for folders in (one, two)])) as records:
        book = VisitBook()
        book.read(records.opened(AT.date(), AT.date()))
        assert [row.number for row in book.of_day(AT.date())] == ["K1-2", "K2-1", "K1-1", "K2-0", "K1-0"]
        assert records.after(book.seq, 100) == ()
        for folders, lane, number in ((two, "K2", 2), (one, "K1", 3), (two, "K2", 3)):
            with closing(open_journal(folders)) as journal:
                add(journal, lane, number, AT + timedelta(hours=1))
            new = records.after(book.seq, 100)
            assert [entry.visit_id for entry in new] == [f"{lane}-20261124-083000-ab12-{number}"]
            book.read(new)
        visit = "K2-20261124-083000-ab12-3"
        assert [entry.event for entry in records.of_visit(visit)] == ["visit.opened"]
        assert records.person(visit).name is None
