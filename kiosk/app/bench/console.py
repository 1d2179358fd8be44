"""The staff console: how soon a press reaches the kiosk, and how soon the window shows a day among many visits."""

from __future__ import annotations

from kiosk.app.bench.console_channel import PRESSES, RUNS, SETTLED_SECONDS, channel_figures
from kiosk.app.bench.console_window import FEW, MANY, window_figures
from kiosk.app.bench.result import BenchResult
from kiosk.domain.messages import Text


def measure(
    *, runs: int = RUNS, presses: int = PRESSES, settled: float = SETTLED_SECONDS, many: int = MANY, few: int = FEW
) -> BenchResult:
    figures, required = channel_figures(runs=runs, presses=presses, settled=settled)
    window = window_figures(runs=runs, many=many, few=few)
    note = Text("bench_result.console.note", (("presses", str(runs * presses)),))
    stored = Text("bench_result.console.stored", (("many", f"{many:,}"), ("few", f"{few:,}")))
    return BenchResult("console", runs, (*figures, *window), required, (note, stored))
