"""Fills a journal file with made-up visits at speed, for benchmarks: the rows are real, their hashes are not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from drivers.store.faults import sorted_faults

A_DAY = 200
"""Visits of one day. More than a year of days is told by fewer entries each than a real visit has."""

_COLUMNS = "seq, at, visit_id, event, fields, hash"
_OUTCOME = {"status": "accepted", "identity": "face", "eligibility": "valid", "document": "card", "share": 30}
_DECISION = {"row": "D01", "route": "normal", "share": 30}
_EVENTS = (
    ("visit.opened", {"language": "ja"}),
    ("decision.made", _DECISION),
    ("visit.closed", {**_OUTCOME, "claim_route": "normal", "decision": "D01", "alerts": ""}),
)


def fill(path: Path, visits: int, last: date) -> None:
    """Adds so many visits, the last of them on that day. The file has to exist with its tables and to be empty. It does
    not verify afterwards."""
    with sorted_faults(path), closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for trigger in ("entries_in_order", "entries_no_update", "entries_no_delete"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("BEGIN")
        db.executemany(
            f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, '00')",
            (
                (number * len(_EVENTS) + place + 1, *_moment(number, visits, last), event, json.dumps(fields))
                for number in range(visits)
                for place, (event, fields) in enumerate(_EVENTS)
            ),
        )
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _moment(number: int, visits: int, last: date) -> tuple[str, str]:
    """Time and id of a visit: two hundred a day, two minutes apart, up to the last day."""
    behind, place = divmod(visits - 1 - number, A_DAY)
    day, minutes = last - timedelta(days=behind), 2 * (A_DAY - 1 - place)
    at = f"{day.isoformat()}T{8 + minutes // 60:02}:{minutes % 60:02}:00.000+09:00"
    return at, f"K1-{day:%Y%m%d}-080000-ab12-{A_DAY - place}"
