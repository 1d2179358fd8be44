"""The gateway's benchmark, small: it measures, and what it needs to say is there."""

from __future__ import annotations

from kiosk.app.bench.gateway import measure
from kiosk.app.bench.result import as_lines
from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS

CATALOGUE = load_catalogue(ASSETS / "messages")


def test_it_measures_every_figure() -> None:
    result = measure(runs=1, files=20, lanes=(1, 10), pending=60)
    figures = {f.id.removeprefix("gateway."): f.value for f in result.figures}
    assert set(figures) == {"parse", "decide", "lanes_1", "lanes_10", "pending", "pending_rate", "growth"}
    assert all(value > 0 for name, value in figures.items() if name != "growth")
    assert figures["growth"] < 1_000_000
    for language in ("ja", "en"):
        lines = as_lines(result, lambda text, language=language: CATALOGUE.render(text, language))  # type: ignore[misc]
        assert not any("[[" in line for line in lines)
