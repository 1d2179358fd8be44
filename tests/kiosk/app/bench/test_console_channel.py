"""The console's benchmark, small: a real kiosk takes presses, and what it needs to say is there."""

from __future__ import annotations

from kiosk.app.bench.console import measure
from kiosk.app.bench.console_channel import UNITS
from kiosk.app.bench.result import as_lines
from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS

CATALOGUE = load_catalogue(ASSETS / "messages")


def test_a_kiosk_takes_presses_and_each_is_measured() -> None:
    result = measure(runs=1, presses=4, settled=0.0, many=400, few=200)
    figures = {f.id.removeprefix("console."): f.value for f in result.figures}
    assert set(figures) >= set(UNITS)
    assert all(value > 0 for value in figures.values())
    for language in ("ja", "en"):
        lines = as_lines(result, lambda text, language=language: CATALOGUE.render(text, language))  # type: ignore[misc]
        assert not any("[[" in line for line in lines)
