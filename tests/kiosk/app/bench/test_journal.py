"""The journal's benchmark, small: it measures, and what it needs to say is there."""

from __future__ import annotations

from kiosk.app.bench.journal import UNITS, _visit, measure
from kiosk.app.bench.result import as_lines
from kiosk.app.catalogue import load_catalogue
from kiosk.app.journal import event_catalogue
from kiosk.app.paths import ASSETS

CATALOGUE = load_catalogue(ASSETS / "messages")


def test_it_measures_every_figure() -> None:
    result = measure(runs=1, commits=30, visits=30)
    figures = {f.id.removeprefix("journal."): f.value for f in result.figures}
    assert set(figures) == set(UNITS)
    assert all(value > 0 for value in figures.values())
    for language in ("ja", "en"):
        lines = as_lines(result, lambda text, language=language: CATALOGUE.render(text, language))  # type: ignore[misc]
        assert not any("[[" in line for line in lines)


def test_its_visit_is_one_that_the_catalogue_takes() -> None:
    catalogue = event_catalogue()
    entries = [entry for transaction in _visit(1) for entry in transaction]
    for entry in entries:
        catalogue.admit(entry, lambda _name, _value: "sealed")
    assert (entries[1].event, entries[-1].event) == ("visit.opened", "visit.closed")
    assert sum(bool(catalogue.personal_fields(entry)) for entry in entries) == 1
