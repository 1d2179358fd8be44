"""取り違え: what showed that person, card and answer may not have belonged together, and how it was closed. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.ports.journal import StoredEntry


@dataclass(frozen=True)
class Incident:
    """`result`: how it was closed, by `staff` then."""

    at: datetime
    visit: str
    source: str
    staff: str = ""
    result: str | None = None


def incidents(entries: Iterable[StoredEntry]) -> tuple[Incident, ...]:
    """Each visit once: the first thing that showed it, and how the last one ended."""
    found: dict[str, Incident] = {}
    for entry in entries:
        visit, fields = entry.visit_id, json.loads(entry.fields)
        if visit is None:
            continue
        staff = str(fields.get("staff", ""))
        if entry.event in ("guard.mismatch", "incident.opened"):
            source = "guard" if entry.event == "guard.mismatch" else "staff"
            first = found.get(visit) or Incident(datetime.fromisoformat(entry.at), visit, source, staff)
            found[visit] = replace(first, result=None)
        elif entry.event == "incident.closed" and visit in found:
            found[visit] = replace(found[visit], result=str(fields["result"]), staff=staff)
    return tuple(found.values())
