"""`kiosk pending`: the visits that could not be confirmed, beside or without the running kiosk."""

from __future__ import annotations

import argparse
import json
import re
from contextlib import closing
from typing import Any

from kiosk.app.backroom import BackRoom, Surroundings, open_pending
from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.journal import open_journal
from kiosk.app.journal_commands import operator
from kiosk.app.outage_report import report_data, write_report
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.app.terminal_line import folder_gateway
from kiosk.domain.pending import PendingState, PendingVisit
from kiosk.ports.journal import JournalEntry
from kiosk.ports.pending import PendingList
from kiosk.runtime.clocks import RealClock

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
"""Of a member of staff, as the journal takes it."""

DELIVERY_SECONDS = 30.0
OUTAGES = 20


def run_pending(options: argparse.Namespace, console: Console, settings: Settings, folders: DataFolders) -> int:
    folders.create()
    if options.settle and not options.staff:
        raise CommandFailed(USAGE, "cli.pending.who")
    if options.settle and not _NAME.fullmatch(options.staff):
        raise CommandFailed(USAGE, "cli.pending.staff_name", name=options.staff)
    asked = look_up_now(settings, folders) if options.requery else None
    with closing(open_pending(folders)) as pending:
        if options.settle and not settle(pending, options.settle, options.staff, folders):
            raise CommandFailed(FAILED, "cli.pending.unknown", visit=options.settle)
        report = _report(options, console, settings, pending)
        shown = tuple(PendingState) if options.all else (PendingState.OPEN, PendingState.DIFFERENT)
        visits = pending.visits(*shown)
        if options.personal:
            _looked_at(visits, folders)
        outages = [
            {
                "since": outage.since.isoformat(timespec="seconds"),
                "until": outage.until.isoformat(timespec="seconds") if outage.until else None,
                "code": outage.code,
            }
            for outage in pending.outages(OUTAGES)
        ]
    if options.json:
        data = {
            "visits": [as_data(visit, personal=options.personal) for visit in visits],
            "outages": outages,
            "asked": None if asked is None else {"visits": asked[0], "answered": asked[1]},
            "report": report,
        }
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return OK
    if asked is not None:
        console.print("cli.pending.asked", n=str(asked[0]), done=str(asked[1]))
    if options.settle:
        console.print("cli.pending.settled", visit=options.settle)
    if report is not None:
        console.print("cli.pending.report_at", file=report)
    _print(visits, console, personal=options.personal)
    return OK


def look_up_now(settings: Settings, folders: DataFolders) -> tuple[int, int]:
    """Asks for every open visit and waits for the answers; returns how many were asked and how many answered."""
    clock = RealClock()
    gateway = folder_gateway(settings, folders, clock, "P")
    with closing(open_journal(folders)) as journal:
        around = Surroundings(by_items=settings.eligibility.simulated_requests, people=None)
        room = BackRoom(settings, folders, clock, journal, gateway, ASSETS, around)
        try:
            waiting = room.pending.wake()
            room.outage.requery_due()
            room.workers.join(DELIVERY_SECONDS)
            left = len(room.pending.visits(PendingState.OPEN))
        finally:
            room.close(DELIVERY_SECONDS)
    return waiting, waiting - left


def as_data(visit: PendingVisit, *, personal: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "visit_id": visit.visit_id,
        "at": visit.at.isoformat(timespec="seconds"),
        "state": visit.state.value,
        "by": _by(visit),
        "cause": visit.cause,
        "tried": visit.tried,
        "code": visit.code or None,
        "decision": visit.decision,
        "claim_route": visit.claim_route,
        "document": visit.document,
        "share_percent": visit.share_percent,
        "eligibility": visit.eligibility.value if visit.eligibility else None,
        "differences": [difference.value for difference in visit.differences],
    }
    if personal:
        face = visit.face
        born = face.birth_date.isoformat() if face.birth_date else None
        data |= {"name": face.name, "birth_date": born, "sex": face.sex, "address": face.address}
    return data


def _by(visit: PendingVisit) -> str:
    return "numbers" if visit.by_number else "face" if visit.face.birth_date else "nothing"


def settle(pending: PendingList, visit_id: str, staff: str, folders: DataFolders) -> bool:
    """The journal first: what cannot be recorded is not done. False where the visit does not wait."""
    if not any(one.visit_id == visit_id for one in pending.visits(PendingState.OPEN, PendingState.DIFFERENT)):
        return False
    with closing(open_journal(folders)) as journal:
        journal.append(JournalEntry("pending.settled", {"staff": staff}, visit_id), RealClock().now())
    return pending.settle(visit_id, staff)


def _looked_at(visits: tuple[PendingVisit, ...], folders: DataFolders) -> None:
    """Before a name is printed: what cannot be recorded is not shown."""
    looks = [JournalEntry("record.viewed", {"staff": operator(), "what": "patient"}, one.visit_id) for one in visits]
    with closing(open_journal(folders)) as journal:
        journal.append_all(looks, RealClock().now())


def _report(options: argparse.Namespace, console: Console, settings: Settings, pending: PendingList) -> str | None:
    if options.report is None:
        return None
    newest = pending.outages(1)
    if not newest:
        raise CommandFailed(FAILED, "cli.pending.no_outage")
    data = report_data(newest[0], pending.visits(), settings)
    return str(write_report(options.report, data, console.catalogue, "ja"))


def _print(visits: tuple[PendingVisit, ...], console: Console, *, personal: bool) -> None:
    if not visits:
        console.print("cli.pending.none")
    for visit in visits:
        console.print(
            "cli.pending.line",
            at=f"{visit.at:%Y-%m-%d %H:%M}",
            visit=visit.visit_id,
            state=console.say(f"pending.state.{visit.state.value}"),
            by=console.say(f"pending.by.{_by(visit)}") if visit.state is PendingState.OPEN else "",
            differences=" ".join(console.say(f"pending.difference.{each.value}") for each in visit.differences),
        )
        if personal and visit.face.birth_date:
            face = visit.face
            console.print(
                "cli.pending.person",
                name=face.name or "",
                birth_date=f"{face.birth_date:%Y-%m-%d}",
                sex=face.sex or "",
                address=face.address or "",
            )
