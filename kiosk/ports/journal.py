"""Port of the journal: append-only, hash-chained events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class JournalEntry:
    """One event of the catalogue (`assets/rules/journal.toml`). `fields` are checked against it on append:
    an unknown event or field is an error, a field marked personal is refused until it can be encrypted."""

    event: str
    fields: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    visit_id: str | None = None


@dataclass(frozen=True)
class StoredEntry:
    """One entry as it stands in the store. `fields` is the canonical text that was hashed, not a parsed copy."""

    seq: int  # 1, 2, 3, … without gaps
    at: str  # ISO 8601 with offset, milliseconds
    visit_id: str | None
    event: str
    fields: str
    hash: str  # hexadecimal SHA-256 over this entry and the hash before it


@dataclass(frozen=True)
class ChainHead:
    """The newest entry at some moment. Kept outside the store, it shows later whether the end was cut off."""

    seq: int
    hash: str


@dataclass(frozen=True)
class ChainReport:
    ok: bool
    entries: int
    first_bad: int | None  # sequence number
    reason: str | None  # message id


class JournalRules(Protocol):
    """What a store must know about entries without knowing the catalogue: how one is admitted and chained."""

    def seal(self, head: ChainHead | None, entry: JournalEntry, at: datetime) -> StoredEntry:
        """The entry that follows `head` (None: the first one). Raises `Fatal(INTERNAL)` for what the catalogue
        does not allow and for a time without offset."""

    def verify(self, rows: Iterable[StoredEntry], known: ChainHead | None = None) -> ChainReport:
        """`rows` in the order of their sequence. `known` is a head that was noted down earlier."""


class Journal(Protocol):
    """Raises `NeedsStaff(JOURNAL_FAILED | JOURNAL_BROKEN | DISK_FULL)` and `Fatal(JOURNAL_NEWER)`; an append
    either is durable or did not happen."""

    def append(self, entry: JournalEntry, at: datetime) -> int:
        """Returns the sequence number."""

    def append_all(self, entries: Sequence[JournalEntry], at: datetime) -> None:
        """All of them in this order or none, with one wait for the disk. Nothing happens for none."""

    def verify(self) -> ChainReport: ...
    def close(self) -> None: ...


class JournalStore(Journal, Protocol):
    """A journal that can be read as well: for the start of the program, staff and audits."""

    def newest(self) -> StoredEntry | None:
        """The last entry, or None in an empty journal."""

    def iterate(self, visit_id: str | None = None) -> Iterator[StoredEntry]:
        """All entries, or those of one visit, oldest first."""

    def since(self, event: str) -> Iterator[StoredEntry]:
        """From the last entry of this event on, oldest first; nothing when there is none."""

    def between(self, first: date, last: date, events: Sequence[str]) -> Iterator[StoredEntry]:
        """Entries of these events whose own date lies in the range, both days included, oldest first."""

    def verify(self, known: ChainHead | None = None) -> ChainReport:
        """`known`: a head noted down earlier, which also shows a cut-off end."""
