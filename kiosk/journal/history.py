"""What the entries of the last run tell the next one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.ports.journal import StoredEntry

STARTED, STOPPED = "kiosk.started", "kiosk.stopped"


def interrupted(last_run: Iterable[StoredEntry], lane: str | None = None) -> tuple[str, ...] | None:
    """The visits that nobody closed; None when there is none and the program ended in good order or never ran.

    `last_run` are the entries since the last `kiosk.started` (`Journal.since`). Other programs write behind the end of
    the kiosk; that makes the end no worse, and a visit that is open none the less. With `lane` only its own visits
    count.
    """
    own = re.compile(r".*" if lane is None else re.escape(lane) + r"-\d{8}-\d{6}-.+")
    left: dict[str, None] = {}
    ended = True
    for entry in last_run:
        if entry.event in (STARTED, STOPPED):
            ended = entry.event == STOPPED
        if entry.visit_id is None or not own.fullmatch(entry.visit_id):
            continue
        if entry.event == "visit.opened":
            left[entry.visit_id] = None
        elif entry.event == "visit.closed":
            left.pop(entry.visit_id, None)
    return None if ended and not left else tuple(left)
