"""What the entries of the last run tell the next one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.ports.journal import StoredEntry

STARTED, STOPPED = "kiosk.started", "kiosk.stopped"


def interrupted(last_run: Iterable[StoredEntry], lane: str | None = None) -> tuple[str, ...] | None:
    """The visits that were open when the program was cut off; None when it ended in good order or never ran.

    `last_run` are the entries since the last `kiosk.started` (`Journal.since`). Other programs write behind the end of
    the kiosk; that makes the end no worse. With `lane` only its own visits count.
    """
    own = re.compile(r".*" if lane is None else re.escape(lane) + r"-\d{8}-\d{6}-.+")
    open_visits: dict[str, None] = {}
    ended = True
    for entry in last_run:
        if entry.event in (STARTED, STOPPED):
            ended = entry.event == STOPPED
        if entry.visit_id is None or not own.fullmatch(entry.visit_id):
            continue
        if entry.event == "visit.opened":
            open_visits[entry.visit_id] = None
        elif entry.event == "visit.closed":
            open_visits.pop(entry.visit_id, None)
    return None if ended else tuple(open_visits)
