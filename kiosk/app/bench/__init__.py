"""`kiosk bench`: speeds as ratios measured in one run, against a named alternative or a computed lower bound.

Nothing heavy is imported here: each benchmark loads what it measures.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kiosk.app.bench.result import BenchFailed, BenchResult, as_data, as_lines
from kiosk.app.settings import Settings
from kiosk.domain.messages import Catalogue, Text

OK, FAILED, USAGE = 0, 1, 2

Bench = Callable[[Settings, Catalogue], BenchResult]


def _face(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.face import measure

    return measure()


def _visit(settings: Settings, catalogue: Catalogue) -> BenchResult:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # screens are really drawn, and nobody sees them
    from kiosk.app.bench.visit import measure

    return measure(settings, catalogue)


def _start(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.start import measure

    return measure()


def _card(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.card import measure

    return measure()


def _gateway(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.gateway import measure

    return measure()


def _documents(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.documents import measure

    return measure()


def _journal(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.journal import measure

    return measure()


def _console(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.console import measure

    return measure()


def _ui(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    from kiosk.app.bench.ui import measure

    return measure()


BENCHES: Mapping[str, Bench] = {
    "face": _face,
    "visit": _visit,
    "start": _start,
    "card": _card,
    "gateway": _gateway,
    "documents": _documents,
    "journal": _journal,
    "ui": _ui,
    "console": _console,
}
"""Every benchmark by name, in the order in which they run."""


def run_benches(
    names: Sequence[str],
    settings: Settings,
    catalogue: Catalogue,
    *,
    as_json: bool,
    language: str = "en",
    benches: Mapping[str, Bench] = BENCHES,
) -> int:
    """Measures the named benchmarks, all without a name. 2 for an unknown name, 1 when one could not be measured or
    misses what is required of it."""

    def say(text: Text) -> str:
        return catalogue.render(text, language)

    unknown = [name for name in names if name not in benches]
    if unknown:
        values = (("names", ", ".join(unknown)), ("known", ", ".join(benches)))
        print(say(Text("bench_result.unknown", values)), file=sys.stderr)
        return USAGE
    good = True
    results: list[dict[str, Any]] = []
    for name in [name for name in benches if name in names or not names]:
        print(say(Text("bench_result.measuring", (("name", name),))), file=sys.stderr, flush=True)
        try:
            result = benches[name](settings, catalogue)
        except BenchFailed as failure:
            good = False
            results.append({"name": name, "failure": say(failure.reason)})
            if not as_json:
                print(say(failure.reason), file=sys.stderr)
            continue
        good = good and (result.requirement is None or result.requirement.met)
        results.append(as_data(result, say))
        if not as_json:
            print("\n".join(as_lines(result, say)), flush=True)
    if as_json:
        print(json.dumps({"machine": _machine(), "benches": results}, ensure_ascii=False, indent=2))
    return OK if good else FAILED


def _machine() -> dict[str, Any]:
    """On what the figures were taken; nothing that names the machine."""
    return {"architecture": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
