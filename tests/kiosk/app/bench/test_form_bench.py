"""The time of a form, by a clock that counts."""

from __future__ import annotations

from itertools import count

from kiosk.app.bench.form import RUNS, form_figures


def test_first_and_following_sheets_are_told_apart() -> None:
    ticks = count()
    found = {f.id: f for f in form_figures(lambda: float(next(ticks)))}
    assert next(ticks) == 2 * RUNS
    assert (found["documents.form.first"].value, found["documents.form.next"].value) == (1000, 1000)
    assert 20_000 < found["documents.form.size"].value < 200_000
