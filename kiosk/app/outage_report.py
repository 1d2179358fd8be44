"""A draft of the report after an outage: what the kiosk knows, and empty lines for what only staff know.

The official form (別添2 of 保発0710第1号, and the portal's own) was not found in published material; the headings are
ours. Nothing personal stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from kiosk.app.files import make_folder, write_whole
from kiosk.app.settings import Settings
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.pending import PendingState, PendingVisit
from kiosk.ports.pending import Outage

CALL_CENTRE = "0800-080-4583"
"""医療機関等の問合せ先 (eligibility interface reference 3.4)."""

BY_STAFF = ("called_at", "called_by", "function_used", "contact")


def report_data(outage: Outage, visits: Sequence[PendingVisit], settings: Settings) -> dict[str, object]:
    """`visits` are all of the list; those of the time of this outage count. None: for staff to fill in."""
    during = [visit for visit in visits if visit.at >= outage.since and (not outage.until or visit.at <= outage.until)]
    open_ones = [visit for visit in during if visit.state is PendingState.OPEN]
    minutes = None if outage.until is None else round((outage.until - outage.since).total_seconds() / 60)
    return {
        "institution_code": settings.facility.institution_code,
        "institution_name": settings.hand_over.institution_name,
        "since": outage.since.isoformat(timespec="minutes"),
        "until": outage.until.isoformat(timespec="minutes") if outage.until else None,
        "minutes": minutes,
        "cause": outage.code,
        "visits": len(during),
        "answered": sum(visit.eligibility is not None for visit in during),
        "different": sum(visit.state is PendingState.DIFFERENT for visit in during),
        "open": len(open_ones),
        "by_items": sum(not visit.by_number for visit in open_ones),
        "call_centre": CALL_CENTRE,
        **dict.fromkeys(BY_STAFF),
    }


def report_text(data: Mapping[str, object], catalogue: Catalogue, language: str) -> str:
    def say(name: str) -> str:
        return catalogue.render(Text(f"outage_report.{name}"), language)

    def value(name: str, item: object) -> str:
        if name == "cause":
            return f"{catalogue.render(Text(f'failure.{item}.cause'), language)} ({item})"
        return "" if item is None else str(item)

    lines = [say("title"), "", *(f"{say(name)}：{value(name, item)}" for name, item in data.items()), "", say("note")]
    return "\n".join(lines) + "\n"


def write_report(folder: Path, data: Mapping[str, object], catalogue: Catalogue, language: str) -> Path:
    """The readable draft and the same as data beside it; returns the first. Raises `CommandFailed` naming the file."""
    name = "outage-report-" + "".join(c for c in str(data["since"])[:16] if c.isdigit())
    path = folder / f"{name}.txt"
    make_folder(folder)
    write_whole(folder / f"{name}.json", (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode())
    write_whole(path, report_text(data, catalogue, language).encode())
    return path
