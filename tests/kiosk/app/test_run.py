"""`kiosk run`: the real clock, the tester's bench, one kiosk to a data folder, and an end in good order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from kiosk.app.console import Console
from kiosk.app.defects import watched_defects
from kiosk.app.guards import DataLock
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.run import bench_beside
from kiosk.app.stage import Stage
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ui.bench import BenchWindow
from tests.conftest import LogWatch
from tests.kiosk.app.plays import assets_but, catalogue, that_day, unhurried

ROOT = Path(__file__).parents[3]
LONG_MS = 180_000
SECONDS = LONG_MS // 1000

Opened = tuple[Stage, BenchWindow]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """A kiosk with its bench, as `kiosk run` joins them."""
    stages: list[tuple[Stage, QTimer]] = []

    def open_(assets: Path = ASSETS) -> Opened:
        stage = Stage(unhurried(), DataFolders(tmp_path / "data"), that_day(), catalogue(), assets=assets)
        bench = bench_beside(stage, Console(catalogue(), "en"))
        qtbot.addWidget(bench)
        stage.start()
        stage.window.show()
        timer = QTimer()
        timer.timeout.connect(stage.pump)
        timer.start(20)
        stages.append((stage, timer))
        return stage, bench

    yield open_
    for stage, timer in stages:
        timer.stop()
        stage.stop()


def click(bench: BenchWindow, name: str) -> None:
    button = bench.findChild(QPushButton, name)
    assert button is not None
    button.click()


def test_a_visit_from_the_bench(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    stage, bench = opened()

    def comes(screen: str) -> None:
        lane = stage.lane
        qtbot.waitUntil(lambda: lane.view.screen == screen and not lane.gave_way_just_now, timeout=LONG_MS)
        assert bench.lane.text().startswith(f"{screen} · ")

    assert bench.lane.text().startswith("idle · ")
    click(bench, "bench.scene.self")
    click(bench, "bench.place")
    comes("consent")
    assert stage.window.press("consent.all")
    comes("result")
    assert stage.window.press("result.next")
    comes("take_card")
    click(bench, "bench.take")
    qtbot.waitUntil(lambda: bool(stage.closed), timeout=LONG_MS)
    assert stage.closed[0].outcome.status == "accepted"
    assert len(list(stage.folders.out.glob("*.xml"))) == 1


def test_faults_and_people_from_the_bench(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    stage, bench = opened()
    click(bench, "bench.fault.reader.unplug")
    qtbot.waitUntil(lambda: stage.lane.view.screen == "out_of_service", timeout=LONG_MS)
    click(bench, "bench.fault.reader.plug")
    qtbot.waitUntil(lambda: stage.lane.view.screen == "idle", timeout=LONG_MS)
    click(bench, "bench.fault.power.cut")
    qtbot.waitUntil(lambda: bench.lane.text().startswith("idle"), timeout=LONG_MS)
    people = bench.findChild(QComboBox, "bench.person")
    assert people is not None
    people.setCurrentIndex(people.findData("infant"))
    assert stage.world.persona.name == "infant"
    click(bench, "bench.terminal.silent")
    assert stage.world.terminal.state.mode == "silent"


def test_an_action_without_meaning_is_said_on_the_bench(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    _, bench = opened()
    click(bench, "bench.staff.refuse")
    qtbot.waitUntil(lambda: "この画面では意味がありません" in bench.lane.text(), timeout=LONG_MS)
    assert "idle · " in bench.lane.text()


def test_a_broken_picture_is_said_on_the_bench(tmp_path: Path, opened: Callable[..., Opened]) -> None:
    _, bench = opened(assets_but(tmp_path / "assets", "personas/hanako/live_front.jpg", b"no picture"))
    click(bench, "bench.scene.self")
    assert "K212 hanako/live_front.jpg" in bench.lane.text()


def test_one_kiosk_to_a_data_folder(tmp_path: Path) -> None:
    with DataLock(tmp_path):
        with pytest.raises(Fatal) as caught:
            DataLock(tmp_path)
        assert caught.value.code is FailureCode.ALREADY_RUNNING
    with DataLock(tmp_path):
        pass
    with pytest.raises(Fatal, match="K406"):
        DataLock(tmp_path / "absent")


# --- the process --------------------------------------------------------------------------------------


@pytest.fixture
def display() -> Iterator[str]:
    """A screen of its own."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def windows(display: str, process: subprocess.Popen[str]) -> list[str]:
    """Titles of the visible windows, once there are two: the patient's and the bench."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        search = ["xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@"]
        titles = subprocess.run(
            search, env=os.environ | {"DISPLAY": display}, capture_output=True, text=True, check=False
        ).stdout.splitlines()
        if len(titles) >= 2:
            return titles
        time.sleep(0.1)
    return []


@pytest.mark.xvfb
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_process_opens_its_windows_and_ends_in_good_order(
    tmp_path: Path, display: str, end: signal.Signals
) -> None:
    environment = os.environ | {"DISPLAY": display, "MADOGUCHI_DATA": str(tmp_path / "data"), "LC_ALL": "C.UTF-8"}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "kiosk.app.cli", "run"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert windows(display, process)
            again = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            assert (again.returncode, again.stdout) == (1, "")
            assert "K407" in again.stderr
            assert len(again.stderr.splitlines()) == 1
            process.send_signal(end)
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "", "")
    journal = open_journal(DataFolders(tmp_path / "data"), must_exist=True)
    newest = journal.newest()
    journal.close()
    assert newest is not None
    assert newest.event == "kiosk.stopped"


def test_a_defect_inside_a_callback_sends_the_patient_to_the_counter(
    opened: Callable[..., Opened], qtbot: QtBot, log_watch: LogWatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The screen must not stay as it was, and the text of the exception must not reach the log."""
    log_watch.announce("ValueError test_run.py")
    stage, _ = opened()
    with watched_defects(lambda _error: stage.lane.program_failed()):
        try:
            raise ValueError("見本　花子")
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)
    qtbot.waitUntil(lambda: stage.lane.view.screen == "out_of_service", timeout=LONG_MS)
    assert "outage.service" in stage.lane.view.message_ids()
    assert "ValueError test_run.py" in caplog.text
    assert "花子" not in caplog.text
