"""What the entries of the last run tell the next one."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.ports.journal import StoredEntry


def interrupted(last_run: Iterable[StoredEntry]) -> int | None:
    """How many visits were open when the program was cut off; None when it ended in good order or never ran.

    `last_run` are the entries since the last `kiosk.started` (`Journal.since`).
    """
    open_visits: set[str | None] = set()
    ended = True
    for entry in last_run:
        ended = entry.event == "kiosk.stopped"
        if entry.event == "visit.opened":
            open_visits.add(entry.visit_id)
        elif entry.event == "visit.closed":
            open_visits.discard(entry.visit_id)
    return None if ended else len(open_visits)
