"""A machine's clock that jumps by a day: visits, time-outs, deliveries and look-ups go on, and the jump is told."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from drivers.store.deliveries import SqliteDeliveries
from drivers.store.pending import SqlitePending
from kiosk.app.clock_watch import ClockWatch
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.scenario import DEFAULT_CLOCK
from kiosk.app.settings import DeviceSettings, Settings
from kiosk.app.stage import Stage
from kiosk.domain.failures import FailureCode
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.flow.closing import visit_id_of
from kiosk.ports.handover import Parcel
from kiosk.runtime.clocks import JAPAN, SimulatedClock, SteadyClock
from tests.conftest import LogWatch
from tests.kiosk.app.plays import catalogue

DAY = 86_400.0
SECONDS = 60

pytestmark = pytest.mark.usefixtures("qapp")


class Machine:
    """Its clock on the wall jumps by `shift` seconds. It starts when the reading of the specimen is new: an old one
    would be set aside."""

    def __init__(self) -> None:
        self.shift = DEFAULT_CLOCK.timestamp() - time.monotonic()

    def wall(self) -> float:
        return time.monotonic() + self.shift


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["a day forward", "a day back"])
def test_a_jump_in_the_middle_of_a_visit(tmp_path: Path, log_watch: LogWatch, jump: float) -> None:
    log_watch.announce("K408")
    machine = Machine()
    clock = SteadyClock(machine.wall)
    settings = replace(Settings(), device=DeviceSettings(beside=True))
    settings = replace(settings, flow=replace(settings.flow, result_seconds=0.4, finished_seconds=0.1))
    stage = Stage(settings, DataFolders(tmp_path), clock, catalogue(), rng=random.Random(1))
    watch = ClockWatch(clock, lambda: stage.lane.state, lambda: stage.journal)
    stage.start()

    def until(holds: object) -> None:
        end = time.monotonic() + SECONDS
        while not holds():  # type: ignore[operator]
            assert time.monotonic() < end, stage.lane.view.screen
            stage.pump()
            watch.look()
            QApplication.processEvents()
            time.sleep(0.005)

    name = f"OQSsiquc01res_face_{settings.facility.institution_code}{1:020x}_{clock.now():%Y%m%d%H%M%S}.xml"
    shutil.copy(ASSETS / "specimens/reader-ok.xml", tmp_path / ".arriving")
    (tmp_path / ".arriving").rename(stage.folders.face / name)
    began = clock.now()
    until(lambda: visit_id_of(stage.lane.state) is not None)
    machine.shift += jump
    until(lambda: bool(stage.closed) and visit_id_of(stage.lane.state) is None and bool([*stage.folders.out.iterdir()]))
    watch.look()
    assert abs((clock.now() - began).total_seconds() - jump) < SECONDS
    stage.stop()
    with closing(open_journal(DataFolders(tmp_path))) as journal:
        assert journal.verify().ok
        entries = list(journal.iterate())
    [told] = [json.loads(entry.fields) for entry in entries if entry.event == "clock.jumped"]
    assert told["code"] == FailureCode.CLOCK_JUMPED.value
    assert abs(told["seconds"] - jump) < 5
    visit = [datetime.fromisoformat(entry.at) for entry in entries if entry.event in ("visit.opened", "visit.closed")]
    assert timedelta(0) <= visit[1] - visit[0] < timedelta(seconds=SECONDS)
    assert [closed.outcome.status.value for closed in stage.closed] == ["accepted"]


def test_the_clock_stands_on_what_really_passes() -> None:
    passed = [100.0]
    wall = [1_795_000_000.0]
    clock = SteadyClock(lambda: wall[0], lambda: passed[0])
    begin = clock.now()
    assert begin == datetime.fromtimestamp(wall[0], JAPAN)
    passed[0] += 10
    wall[0] += 10 - DAY
    assert clock.now() - begin == timedelta(seconds=10)
    assert clock.follow() == -DAY
    assert clock.now() - begin == timedelta(seconds=10 - DAY)
    assert clock.follow() == 0


def test_what_was_put_off_before_the_clock_went_back_is_delivered(tmp_path: Path) -> None:
    """It would else wait for the day to come again."""
    now = datetime(2026, 11, 24, 9, 0, tzinfo=JAPAN)
    tomorrow = now + timedelta(days=1)
    with closing(SqliteDeliveries(tmp_path / "deliveries.sqlite")) as deliveries:
        deliveries.put(Parcel("K1-1", "out", "one.xml", b"x"), tomorrow.timestamp())
        [waiting] = deliveries.due(tomorrow.timestamp(), 5)
        deliveries.later(waiting.id, tomorrow.timestamp() + 600, "K401")
        assert [each.parcel.part for each in deliveries.due(now.timestamp(), 5)] == ["one.xml"]
        deliveries.later(waiting.id, now.timestamp() + 600, "K401")
        assert deliveries.due(now.timestamp(), 5) == ()
    with closing(SqlitePending(tmp_path / "pending.sqlite")) as pending:
        pending.add(PendingVisit("K1-1", tomorrow, CardFace()))
        pending.failed(["K1-1"], "K301", tomorrow + timedelta(hours=6))
        assert [visit.visit_id for visit in pending.due(now, 5)] == ["K1-1"]
        pending.failed(["K1-1"], "K301", now + timedelta(hours=6))
        assert pending.due(now, 5) == ()


def test_files_taken_over_are_deleted_when_their_time_is_over(tmp_path: Path) -> None:
    """They hold what the terminal knows about a person."""
    clock = SimulatedClock(datetime(2026, 11, 24, 9, 0, tzinfo=JAPAN))
    stage = Stage(Settings(), DataFolders(tmp_path), clock, catalogue(), rng=random.Random(1))
    done = stage.folders.res / "done"
    done.mkdir(exist_ok=True)
    old, new = done / "old.xml", done / "new.xml"
    for file, days in ((old, 31), (new, 29)):
        file.write_text("x")
        moment = (clock.now() - timedelta(days=days)).timestamp()
        os.utime(file, (moment, moment))
    stage.start()
    assert (old.exists(), new.exists()) == (False, True)
    clock.advance(1.0)
    for _ in range(200):
        for action in clock.leap(clock.monotonic() + 3600):
            action()
        assert clock.wait_quiet(SECONDS)
    assert not new.exists()
    clock.close()
    stage.stop()
