"""The patient's screens: how soon a change is painted, what a camera frame and what idling cost, on a picture in memory
and under an X server without a screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.app.bench.result import BenchFailed, BenchResult, Figure, figure
from kiosk.domain.messages import Text

RUNS = 3
LONGEST_SECONDS = 180.0

_PROJECT = Path(__file__).resolve().parents[3]
_PROGRAM = [sys.executable, "-m", "kiosk.app.bench.painted_window"]

Seen = Mapping[str, Any]


def measure(*, runs: int = RUNS) -> BenchResult:
    """Raises `BenchFailed`. Without Xvfb only the picture in memory is measured, and a note says so."""
    figures = list(_figures("offscreen", [painted({"QT_QPA_PLATFORM": "offscreen"}) for _ in range(runs)]))
    notes = [Text("bench_result.ui.note")]
    if shutil.which("Xvfb") is None:
        notes.append(Text("bench_result.ui.no_x"))
    else:
        with x_server() as display:
            environment = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
            figures += _figures("x", [painted(environment) for _ in range(runs)])
    return BenchResult("ui", runs, tuple(figures), notes=tuple(notes))


def _figures(platform: str, runs: list[Seen]) -> Iterator[Figure]:
    changes = [sorted(1000 * s for seen in run["changes"].values() for s in seen) for run in runs]
    slowest = [max(sorted(1000 * s for s in seen)[len(seen) // 2] for seen in run["changes"].values()) for run in runs]
    frames = [sorted(1000 * s for s in run["frames"]) for run in runs]
    name = f"ui.{platform}"
    yield figure(f"{name}.first", "ms", [1000 * run["first"] for run in runs])
    yield figure(f"{name}.change_p50", "ms", [at(values, 0.5) for values in changes])
    yield figure(f"{name}.change_p95", "ms", [at(values, 0.95) for values in changes])
    used = [sorted(1000 * s for s in run["used"]) for run in runs]
    yield figure(f"{name}.used_p95", "ms", [at(values, 0.95) for values in used])
    yield figure(f"{name}.slowest", "ms", slowest)
    yield figure(f"{name}.frame_p50", "ms", [at(values, 0.5) for values in frames])
    yield figure(f"{name}.frame_p95", "ms", [at(values, 0.95) for values in frames])
    yield figure(f"{name}.idle_moving", "percent", [100 * run["idle_moving"] for run in runs])
    yield figure(f"{name}.idle_resting", "percent", [100 * run["idle_resting"] for run in runs])
    yield figure(f"{name}.memory", "mib", [run["memory"] / 2**20 for run in runs])


def at(ordered: list[float], part: float) -> float:
    """The value below which that part of them lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def painted(environment: Mapping[str, str]) -> Seen:
    """One process that shows every screen. Raises `BenchFailed`."""
    began = time.monotonic_ns()
    path = os.pathsep.join(filter(None, [str(_PROJECT), os.environ.get("PYTHONPATH", "")]))
    try:
        done = subprocess.run(
            _PROGRAM,
            env={**os.environ, **environment, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError:
        raise BenchFailed(Text("bench_result.ui.not_painted")) from None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**told, "first": (told["first_ns"] - began) / 1e9}


@contextmanager
def x_server() -> Iterator[str]:
    """An X server with one portrait screen in memory; yields its display. Raises `BenchFailed`."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1080x1920x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise BenchFailed(Text("bench_result.ui.not_painted"))
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
