"""Faults of the machine under the whole kiosk, really caused: each has its code, nothing is lost, and it comes back."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.domain.failures import FailureCode
from kiosk.flow.closing import visit_id_of
from kiosk.flow.states import OutOfService
from kiosk.runtime.clocks import JAPAN, SimulatedClock
from tests.conftest import LogWatch
from tests.kiosk.app.plays import catalogue

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 11, 24, 9, 0, tzinfo=JAPAN)
PATIENCE = 60.0  # real seconds after which a test gives up


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("fault", ["locked", "read-only"])
def test_a_journal_that_cannot_be_written(tmp_path: Path, log_watch: LogWatch, fault: str) -> None:
    log_watch.announce("K403")
    clock = SimulatedClock(AT)
    stage = Stage(Settings(), DataFolders(tmp_path), clock, catalogue(), rng=random.Random(1))
    stage.start()
    stage.pump()
    _let_pass(stage, clock, 1.0)  # a screen that came by itself takes no press at once
    stage.journal._db.execute("PRAGMA busy_timeout = 100")  # type: ignore[attr-defined]
    before = stage.journal.verify().entries
    with ExitStack() as faulty:
        if fault == "locked":
            faulty.enter_context(_held_by_another(stage.folders.journal))
        else:
            stage.journal._db.execute("PRAGMA query_only = on")  # type: ignore[attr-defined]
        stage.lane.tapped("idle.no_card")
        stage.pump()
        state = stage.lane.state
        assert isinstance(state, OutOfService)
        assert state.code is FailureCode.JOURNAL_FAILED
        stage.journal._db.execute("PRAGMA query_only = off")  # type: ignore[attr-defined]
    _let_pass(stage, clock, 20.0)
    assert stage.lane.view.screen == "idle"
    report = stage.journal.verify()
    assert report.ok
    assert report.entries > before
    clock.close()
    stage.stop()


@pytest.mark.usefixtures("qapp")
def test_a_visit_in_which_the_program_is_stopped_belongs_to_the_staff_at_once(tmp_path: Path) -> None:
    """Whoever switches the machine off sends the same signal."""
    clock = SimulatedClock(AT)
    stage = Stage(Settings(), DataFolders(tmp_path), clock, catalogue(), rng=random.Random(1))
    stage.start()
    _let_pass(stage, clock, 1.0)
    stage.lane.tapped("idle.no_card")
    stage.pump()
    visit = visit_id_of(stage.lane.state)
    assert visit is not None
    clock.close()
    stage.stop()
    with closing(open_journal(stage.folders)) as journal:
        told = [(entry.event, json.loads(entry.fields)) for entry in journal.iterate(visit)]
        last = journal.newest()
    assert [(fields["status"], fields["alerts"]) for event, fields in told if event == "visit.closed"] == [
        ("handed_to_staff", "power_cut")
    ]
    assert last is not None
    assert last.event == "kiosk.stopped"


@contextmanager
def _held_by_another(file: Path) -> Iterator[None]:
    """Another process has the database for itself."""
    hold = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN EXCLUSIVE')"
    command = [sys.executable, "-S", "-c", f"{hold}; print(flush=True); sys.stdin.read()", str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"\n"
        yield
        other.stdin.close()


def _let_pass(stage: Stage, clock: SimulatedClock, seconds: float) -> None:
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        timer = stage.lane.engine.timer
        clock.advance(min([end, *([timer.due] if timer is not None and timer.due > clock.monotonic() else [])]))
        assert clock.wait_quiet(PATIENCE)
        stage.pump()


ON_A_SMALL_VOLUME = textwrap.dedent(
    """
    import json, logging, os, random, subprocess, sys
    from pathlib import Path
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.catalogue import load_catalogue
    from kiosk.app.paths import ASSETS, DataFolders
    from kiosk.app.qt import application
    from kiosk.app.settings import Settings
    from kiosk.app.stage import Stage
    from kiosk.domain.failures import KioskError
    from kiosk.flow.states import OutOfService
    from kiosk.runtime.clocks import SimulatedClock
    from tests.kiosk.app.test_machine_faults import AT, PATIENCE, _let_pass

    logging.disable(logging.CRITICAL)
    application()
    folder, clock = Path(sys.argv[1]), SimulatedClock(AT)
    sentences = load_catalogue(ASSETS / "messages")

    def begun():
        stage = Stage(Settings(), DataFolders(folder), clock, sentences, rng=random.Random(1))
        stage.start()
        stage.pump()
        return stage

    stage = begun()
    told = []

    def tried():
        # So many visits begin that none fits into room that is left somewhere.
        for _ in range(400):
            stage.lane.tapped("idle.no_card")
            stage.pump()
            if isinstance(stage.lane.state, OutOfService):
                break
            stage.lane.tapped("back")
            stage.pump()
            clock.advance(clock.monotonic() + 1)
            assert clock.wait_quiet(PATIENCE)
        state = stage.lane.state
        return state.code.value if isinstance(state, OutOfService) else type(state).__name__

    def back():
        _let_pass(stage, clock, 40.0)
        return [stage.lane.view.screen, stage.journal.verify().ok]

    ballast = folder / "ballast"
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(handle, bytes(4096))
    except OSError:
        os.close(handle)
    told.append(tried())
    entries = stage.journal.verify().entries
    ballast.unlink()
    told.append(back())
    entries, before = stage.journal.verify().entries, entries
    told.append(entries > before)
    stage.stop()

    def mounted_again(how):
        subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)
        try:
            stage = begun()
        except KioskError as error:
            return error.code.value
        return [stage.lane.view.screen, stage.journal.verify().ok, stage.journal.verify().entries > entries]

    told += [mounted_again("ro"), mounted_again("rw")]
    print(json.dumps(told))
    os._exit(0)
    """
)


def test_a_full_disk_and_one_that_takes_nothing_any_more(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'

    def on_a_small_volume(*command: str) -> subprocess.CompletedProcess[str]:
        whole = ["unshare", "-rm", "sh", "-c", script, "sh", "3m", str(tmp_path), *command]
        return subprocess.run(whole, capture_output=True, text=True, timeout=300, cwd=ROOT, check=False)

    if on_a_small_volume("true").returncode:
        pytest.skip("this system lets nobody mount a small volume here")
    done = on_a_small_volume(sys.executable, "-c", ON_A_SMALL_VOLUME, str(tmp_path))
    assert done.stdout, done.stderr
    full, room, kept, refused, there = json.loads(done.stdout.splitlines()[-1])
    assert (full, room, kept) == ("K402", ["idle", True], True)
    assert (refused, there) == ("K406", ["idle", True, True])
