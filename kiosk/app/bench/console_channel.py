"""From a press at the console to the kiosk: two processes as they run every day, on the volume of the temporary folder.

The kiosk is `kiosk run` without a screen; a press pauses its lane, the next one resumes it. `taken` ends when the kiosk
has recorded the act and carried it out, `answered` when the console can read that. Without the nudge the kiosk finds
the act by looking ten times a second. The bound is what no design can leave out: both durable commits, alone.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from drivers.counter.client import SocketLine
from drivers.counter.wire import folder_of
from drivers.store.counter import SqliteCounter
from kiosk.app.bench.result import BenchFailed, Figure, Requirement, at_least, figure
from kiosk.app.counter import SignedInCounter, new_act_id, open_counter
from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from kiosk.domain.accounts import Role, Session
from kiosk.domain.messages import Text
from kiosk.ports.counter import Act, ActState, CounterLine
from kiosk.ports.journal import JournalEntry
from kiosk.runtime.clocks import RealClock

RUNS = 5
PRESSES = 60
START_SECONDS = 120.0
SETTLED_SECONDS = 3.0
"""After the start: models and OCR are being loaded, and nobody presses in the first seconds of a day."""

ANSWER_SECONDS = 5.0
ALLOWED_MS = 200.0
"""An action reaches the kiosk within this time."""

UNITS = {
    "taken": "ms",
    "taken_p99": "ms",
    "answered": "ms",
    "looked": "ms",
    "looked_p99": "ms",
    "bound": "ms",
    "ratio": "times",
    "within": "times",
}


class _Deaf(SocketLine):
    """A console whose nudges never arrive."""

    def nudge(self, lane: str) -> bool:  # noqa: ARG002
        return False


def channel_figures(
    *, runs: int = RUNS, presses: int = PRESSES, settled: float = SETTLED_SECONDS
) -> tuple[tuple[Figure, ...], Requirement]:
    """Figures `console.<name>` for each of UNITS, and what is required of them. Raises `BenchFailed`."""
    values: dict[str, list[float]] = {name: [] for name in UNITS}
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as temporary:
        folders = DataFolders(Path(temporary) / "data")
        line = folder_of(folders.root)
        with (
            _running(folders),
            closing(_console(folders, SocketLine(line))) as console,
            closing(_console(folders, _Deaf(line))) as slow,
        ):
            _wait_for_lane(console, settled)
            for _ in range(runs):
                taken, answered = _presses(console, presses)
                looked, _ = _presses(slow, max(presses // 8 * 2, 2))
                bound = _bound(folders, presses)
                values["taken"].append(_share(taken, 0.5))
                values["taken_p99"].append(_share(taken, 0.99))
                values["answered"].append(_share(answered, 0.5))
                values["looked"].append(_share(looked, 0.5))
                values["looked_p99"].append(_share(looked, 0.99))
                values["bound"].append(bound)
                values["ratio"].append(values["taken"][-1] / bound)
                values["within"].append(ALLOWED_MS / max(values["taken_p99"][-1], values["looked_p99"][-1]))
    figures = tuple(figure(f"console.{name}", unit, values[name]) for name, unit in UNITS.items())
    return figures, at_least(1.0, figures[-1])


def _console(folders: DataFolders, line: CounterLine) -> SignedInCounter:
    now = RealClock().now()
    return open_counter(folders, Session("bench", Role.SUPERVISOR, now, now), line=line)


@contextmanager
def _running(folders: DataFolders) -> Iterator[None]:
    folders.create()
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "MADOGUCHI_DATA": str(folders.root)}
    command = [sys.executable, "-m", "kiosk.app.cli", "run", "--no-bench"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def _wait_for_lane(console: SignedInCounter, settled: float) -> None:
    end = time.monotonic() + START_SECONDS
    while not any(lane.alive for lane in console.lanes()):
        if time.monotonic() > end:
            raise BenchFailed(Text("bench_result.console.not_ready"))
        time.sleep(0.05)
    time.sleep(settled)


def _presses(console: SignedInCounter, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds until each was taken, and until the console knew. An even count leaves the lane as it was."""
    taken, answered = [], []
    standing = console.lanes()[0].standing
    for number in range(count):
        began, moment = RealClock().now(), time.perf_counter()
        report = console.act(standing, "resume" if number % 2 else "pause", reason="drill")
        settled = console.wait(report.act_id, ANSWER_SECONDS)
        if settled is None or settled.state is not ActState.DONE or settled.at is None:
            raise BenchFailed(Text("bench_result.console.no_answer"))
        answered.append((time.perf_counter() - moment) * 1000)
        taken.append((settled.at - began).total_seconds() * 1000)
        time.sleep(0.011 * (number % 10))  # not in step with the kiosk's looks
    return taken, answered


def _bound(folders: DataFolders, count: int) -> float:
    """Median of both commits one after the other, in one process and with nobody else there."""
    folder = folders.root / "bound"
    folder.mkdir(exist_ok=True)
    clock, spent = RealClock(), []
    alone = DataFolders(folder)
    with closing(SqliteCounter(folder / "counter.sqlite")) as store, closing(open_journal(alone)) as journal:
        for _ in range(count):
            now, began = clock.now(), time.perf_counter()
            act = Act(new_act_id(), "K1", "pause", "bench", "supervisor", now, reason="drill")
            store.ask(act, 0)
            journal.append(JournalEntry("lane.paused", {"lane": "K1", "staff": "bench", "act": act.id}), now)
            spent.append((time.perf_counter() - began) * 1000)
    return _share(spent, 0.5)


def _share(values: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
