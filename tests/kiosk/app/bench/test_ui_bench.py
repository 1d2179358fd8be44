from __future__ import annotations

from kiosk.app.bench import ui
from kiosk.app.bench.ui import at, painted
from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.ui.samples import SAMPLES


def test_a_part_of_ordered_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (at(values, 0.5), at(values, 0.95), at([7.0], 0.95)) == (51.0, 96.0, 7.0)


def test_every_figure_has_its_words_and_a_value() -> None:
    """One real run in memory: every screen is painted."""
    run = painted({"QT_QPA_PLATFORM": "offscreen", "MADOGUCHI_BENCH_QUICK": "1"})
    assert set(run["changes"]) == set(SAMPLES)
    assert run["first"] > 0
    figures = list(ui._figures("offscreen", [run]))
    known = load_catalogue(ASSETS / "messages").ids()
    assert {f"bench_result.{f.id}" for f in figures} <= set(known)
    assert all(f.value >= 0 for f in figures)
    shown = {f.id: f.value for f in figures}
    assert 0 < shown["ui.offscreen.change_p50"] <= shown["ui.offscreen.change_p95"]
    assert 0 < shown["ui.offscreen.frame_p50"] <= shown["ui.offscreen.frame_p95"]
    assert shown["ui.offscreen.memory"] > 20
