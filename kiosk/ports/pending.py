"""Port of the list of visits that wait for a later look-up, and of the outages that made them wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.domain.outcome import Eligibility
from kiosk.domain.pending import Difference, PendingState, PendingVisit


@dataclass(frozen=True)
class Outage:
    """One time without a line. `code` is the failure that showed it; `until` is None while it lasts."""

    since: datetime
    until: datetime | None
    code: str


class PendingList(Protocol):
    """Raises `NeedsStaff(JOURNAL_FAILED | DISK_FULL)`. Moments are aware."""

    def add(self, visit: PendingVisit) -> bool:
        """False where the visit stands there already."""

    def visits(self, *states: PendingState) -> tuple[PendingVisit, ...]:
        """Oldest first; of all states where none is named."""

    def due(self, at: datetime, most: int) -> tuple[PendingVisit, ...]:
        """Open ones whose next look-up has come, oldest first."""

    def wake(self) -> int:
        """The line is back: every open one is due now. Returns how many there are."""

    def failed(self, visit_ids: Sequence[str], code: str, again_at: datetime) -> None:
        """A look-up that brought no answer."""

    def answered(self, visit_id: str, eligibility: Eligibility, found: Sequence[Difference]) -> None:
        """Without differences the entry is settled and its personal items are erased."""

    def settle(self, visit_id: str, staff: str) -> bool:
        """Staff have dealt with it. False where there is no such entry that waits."""

    def outage_began(self, at: datetime, code: str) -> None:
        """Does nothing while one lasts."""

    def outage_ended(self, at: datetime) -> None:
        """Does nothing where none lasts."""

    def outages(self, most: int) -> tuple[Outage, ...]:
        """Newest first."""

    def purge(self, before: datetime) -> int:
        """Forgets settled entries and outages that ended before that moment; returns how many entries."""


class OutageDesk(Protocol):
    """Where the flow leaves a visit that could not be confirmed."""

    def left_open(self, visit: PendingVisit) -> None:
        """Never fails: what cannot be kept is in the journal."""

    def declare(self, begin: bool) -> None:
        """Staff say that the line is down, or take that back."""
