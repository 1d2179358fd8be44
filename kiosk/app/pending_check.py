"""What waits in the data folder, for readiness report, metrics and support bundle: counts, nobody's data."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from kiosk.app.backroom import open_pending
from kiosk.app.handover import open_deliveries
from kiosk.app.paths import DataFolders
from kiosk.domain.messages import Text
from kiosk.domain.pending import PendingState
from kiosk.staff.readiness import Finding, State


@dataclass(frozen=True)
class Waiting:
    """`parcels` go out by themselves, `refused` and `different` wait for staff, `open` for the line."""

    parcels: int = 0
    refused: int = 0
    open: int = 0
    different: int = 0
    outage: str | None = None  # the code of one that lasts

    @property
    def nothing(self) -> bool:
        return self == Waiting()


def waiting_in(folders: DataFolders) -> Waiting:
    """Raises what the stores raise. Files that are not there yet hold nothing."""
    found = Waiting()
    if (folders.root / "deliveries.sqlite").exists():
        with closing(open_deliveries(folders)) as deliveries:
            counts = deliveries.counts()
        found = Waiting(counts["waiting"], counts["refused"])
    if (folders.root / "pending.sqlite").exists():
        with closing(open_pending(folders)) as pending:
            outages = pending.outages(1)
            found = Waiting(
                found.parcels,
                found.refused,
                len(pending.visits(PendingState.OPEN)),
                len(pending.visits(PendingState.DIFFERENT)),
                outages[0].code if outages and outages[0].until is None else None,
            )
    return found


@dataclass(frozen=True)
class PendingCheck:
    """Lists that somebody has to look at, and an outage that lasts."""

    folders: DataFolders
    id: str = "pending"

    def run(self) -> Finding:
        found = waiting_in(self.folders)
        if found.nothing:
            return Finding(State.OK, Text("doctor.pending.ok"))
        values = tuple((name, str(getattr(found, name))) for name in ("parcels", "refused", "open", "different"))
        if found.outage is not None:
            cause, remedy = Text("doctor.pending.outage", values), Text("doctor.pending.outage.remedy")
            return Finding(State.WARN, cause, remedy, found.outage)
        return Finding(State.WARN, Text("doctor.pending.waits", values), Text("doctor.pending.waits.remedy"))
