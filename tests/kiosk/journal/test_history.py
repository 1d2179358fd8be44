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
        ("start open:1 stop", None),
        ("start stop lost", ()),
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
