"""Port of the visits as the journal tells of them, for reading only: what staff look through all day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kiosk.ports.journal import StoredEntry


class VisitRegister(Protocol):
    """Raises `NeedsStaff(JOURNAL_FAILED | JOURNAL_BROKEN)`. Reading never holds up whoever writes.

    How long an answer takes depends on how much it holds, not on how many visits are stored.
    """

    def opened(self, first: date, last: date) -> tuple[StoredEntry, ...]:
        """All entries of the visits that began on these days, both included, in the order of the journal. Days are
        those that the entries write: local time at the kiosk."""

    def told(self, events: Sequence[str], first: date, last: date) -> tuple[StoredEntry, ...]:
        """The entries of these events on these days. Only events of `INDEXED`."""

    def of_visit(self, visit_id: str) -> tuple[StoredEntry, ...]: ...

    def after(self, seq: int, most: int) -> tuple[StoredEntry, ...]:
        """What was added since, oldest first."""

    def key_of(self, visit_id: str) -> bytes | None:
        """The wrapped key of its personal fields; None where there is none, or none any more."""

    def newest(self) -> int:
        """Sequence number of the last entry; 0 in an empty journal."""

    def close(self) -> None: ...


INDEXED = ("visit.opened", "visit.finished", "claim.opened", "claim.settled", "guard.mismatch", "incident.opened")
"""Events by which visits are found again without reading the whole journal."""
