"""What the entries of the last run tell the next one."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.ports.journal import StoredEntry


def interrupted(last_run: Iterable[StoredEntry]) -> tuple[str, ...] | None:
    """The visits that were open when the program was cut off; None when it ended in good order or never ran.

    `last_run` are the entries since the last `kiosk.started` (`Journal.since`).
    """
    open_visits: dict[str, None] = {}
    ended = True
    for entry in last_run:
        ended = entry.event == "kiosk.stopped"
        if entry.visit_id is None:
            continue
        if entry.event == "visit.opened":
            open_visits[entry.visit_id] = None
        elif entry.event == "visit.closed":
            open_visits.pop(entry.visit_id, None)
    return None if ended else tuple(open_visits)
