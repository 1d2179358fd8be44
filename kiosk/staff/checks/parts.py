"""Parts that are looked at through a callable of theirs: devices, models, and the journal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kiosk.domain.failures import FailureCode
from kiosk.domain.messages import Text
from kiosk.ports.journal import Journal
from kiosk.staff.readiness import Finding, State


@dataclass(frozen=True)
class CallCheck:
    """Good when `action` returns; a KioskError carries its own cause and remedy. Says `doctor.<id>.ok`."""

    id: str
    action: Callable[[], None]

    def run(self) -> Finding:
        self.action()
        return Finding(State.OK, Text(f"doctor.{self.id}.ok"))


@dataclass(frozen=True)
class SimulatedCheck:
    """A device that this deployment plays by itself. Says `doctor.<id>.simulated`."""

    id: str

    def run(self) -> Finding:
        return Finding(State.OK, Text(f"doctor.{self.id}.simulated"))


@dataclass(frozen=True)
class NotConfiguredCheck:
    """A device that nothing was set up for. Says `doctor.<id>.not_configured` and its remedy."""

    id: str

    def run(self) -> Finding:
        cause = f"doctor.{self.id}.not_configured"
        return Finding(State.ABSENT, Text(cause), Text(f"{cause}.remedy"))


@dataclass(frozen=True)
class JournalCheck:
    """Opens and verifies. An absent file is no fault: the first start makes it."""

    path: Path
    open_journal: Callable[[], Journal]
    id: str = "journal"

    def run(self) -> Finding:
        if not self.path.exists():
            return Finding(State.ABSENT, Text("doctor.journal.later"), detail=str(self.path))
        with closing(self.open_journal()) as journal:
            report = journal.verify()
        if report.ok:
            values = (("entries", str(report.entries)),)
            return Finding(State.OK, Text("doctor.journal.ok", values), detail=str(self.path))
        cause = Text(report.reason or "journal.chain.altered", (("seq", str(report.first_bad)),))
        return Finding(State.FAIL, cause, Text(f"failure.{FailureCode.JOURNAL_BROKEN.value}.remedy"), str(self.path))
