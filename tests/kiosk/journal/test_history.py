"""After a cut-off run the next one knows which visits were open."""

from __future__ import annotations

import pytest

from kiosk.journal.history import interrupted
from kiosk.ports.journal import StoredEntry


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("", None),
        ("start stop", None),
        ("start", ()),
        ("start open:1 close:1", ()),
        ("start open:1 close:1 open:2", ("2",)),
        ("start open:2 open:1", ("2", "1")),
        ("start open:1 stop", ("1",)),
        ("start stop lost", None),
        ("start open:1 lost", ("1",)),
    ],
)
def test_interrupted(run: str, found: tuple[str, ...] | None) -> None:
    events = {"start": "kiosk.started", "stop": "kiosk.stopped", "lost": "reader.lost"}
    events |= {"open": "visit.opened", "close": "visit.closed"}
    rows = []
    for number, word in enumerate(run.split(), start=1):
        name, _, visit = word.partition(":")
        rows.append(StoredEntry(number, "2026-11-24T09:30:00.000+09:00", visit or None, events[name], "{}", ""))
    assert interrupted(rows) == found


def test_visits_of_another_lane_are_left_to_it() -> None:
    visits = ("K1-20261124-093000-1a2b-1", "K10-20261124-093000-1a2b-1", "K1-2-20261124-093000-1a2b-1")
    rows = [StoredEntry(1, "2026-11-24T09:30:00.000+09:00", None, "kiosk.started", "{}", "")]
    rows += [StoredEntry(n, rows[0].at, visit, "visit.opened", "{}", "") for n, visit in enumerate(visits, start=2)]
    assert [interrupted(rows, lane) for lane in ("K1", "K10", "K1-2", "K2")] == [*((visit,) for visit in visits), ()]
