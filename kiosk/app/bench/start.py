"""From process start to the first painted screen and to ready for a card, against a bare window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from kiosk.app.bench.result import BenchFailed, BenchResult, figure
from kiosk.domain.messages import Text

RUNS = 5
LONGEST_SECONDS = 120.0

_BARE = [sys.executable, str(Path(__file__).with_name("bare_window.py"))]
_KIOSK = [sys.executable, "-m", "kiosk.app.bench.marked_kiosk", "--no-bench", "--fullscreen"]
_PROJECT = Path(__file__).resolve().parents[3]

_SCREEN = {
    "screens": [
        {
            "name": "portrait",
            "x": 0,
            "y": 0,
            "width": 1080,
            "height": 1920,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
    ]
}
"""One screen for both sides, as a kiosk has it."""

Marks = dict[str, float]
"""Seconds since just before the process was started."""


def measure(*, runs: int = RUNS) -> BenchResult:
    """The first pair only warms the disk's cache and does not count. Raises `BenchFailed`."""
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as temporary:
        return result([pair(Path(temporary)) for _ in range(runs + 1)][1:])


def pair(folder: Path) -> tuple[Marks, Marks]:
    """One start of the bare window, then one of the kiosk. `folder` takes the kiosk's data."""
    screen = folder / "screen.json"
    screen.write_text(json.dumps(_SCREEN), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
        "MADOGUCHI_DATA": str(folder / "data"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_PROJECT), os.environ.get("PYTHONPATH", "")])),
    }
    return _started(_BARE, environment), _started(_KIOSK, environment)


def result(pairs: Sequence[tuple[Marks, Marks]]) -> BenchResult:
    ready = [max(kiosk.values()) for _, kiosk in pairs]
    figures = (
        figure("start.bare", "ms", [bare["painted"] * 1000 for bare, _ in pairs]),
        figure("start.painted", "ms", [kiosk["painted"] * 1000 for _, kiosk in pairs]),
        figure("start.watching", "ms", [kiosk["watching"] * 1000 for _, kiosk in pairs]),
        figure("start.loaded", "ms", [kiosk["loaded"] * 1000 for _, kiosk in pairs]),
        figure("start.ready", "ms", [seconds * 1000 for seconds in ready]),
        figure("start.ratio", "times", [kiosk["painted"] / bare["painted"] for bare, kiosk in pairs]),
        figure("start.ready_ratio", "times", [s / bare["painted"] for s, (bare, _) in zip(ready, pairs, strict=True)]),
    )
    return BenchResult("start", len(pairs), figures, notes=(Text("bench_result.start.note"),))


def _started(command: Sequence[str], environment: Mapping[str, str]) -> Marks:
    began = time.monotonic_ns()
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BenchFailed(Text("bench_result.start.not_ready")) from None
    if done.returncode != 0:
        raise BenchFailed(Text("bench_result.start.not_ready"))
    return marks_in(done.stdout, began)


def marks_in(output: str, began_ns: int) -> Marks:
    """Moments that the process named, since `began_ns`. Raises `BenchFailed` when it named none."""
    marks: Marks = {}
    for line in output.splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            marks[told["mark"]] = (told["at_ns"] - began_ns) / 1e9
    if not marks:
        raise BenchFailed(Text("bench_result.start.not_ready"))
    return marks
