"""The staff console: how soon a press reaches the kiosk."""

from __future__ import annotations

from kiosk.app.bench.console_channel import PRESSES, RUNS, SETTLED_SECONDS, channel_figures
from kiosk.app.bench.result import BenchResult
from kiosk.domain.messages import Text


def measure(*, runs: int = RUNS, presses: int = PRESSES, settled: float = SETTLED_SECONDS) -> BenchResult:
    figures, required = channel_figures(runs=runs, presses=presses, settled=settled)
    note = Text("bench_result.console.note", (("presses", str(runs * presses)),))
    return BenchResult("console", runs, figures, required, (note,))
