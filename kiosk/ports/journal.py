"""Port of the journal: append-only, hash-chained events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class JournalEntry:
    """One event of the catalogue (`assets/rules/journal.toml`). `fields` are checked against it on append:
    an unknown event or field is an error, a field marked personal is refused until it can be encrypted."""

    event: str
    fields: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    visit_id: str | None = None


@dataclass(frozen=True)
class ChainReport:
    ok: bool
    entries: int
    first_bad: int | None  # sequence number
    reason: str | None  # message id


class Journal(Protocol):
    """Raises `NeedsStaff(JOURNAL_FAILED | DISK_FULL)`; an append either is durable or did not happen."""

    def append(self, entry: JournalEntry, at: datetime) -> int:
        """Returns the sequence number."""

    def verify(self) -> ChainReport: ...
    def close(self) -> None: ...
