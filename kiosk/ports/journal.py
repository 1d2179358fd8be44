"""Port of the journal: append-only, hash-chained events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class JournalEntry:
    """One event of the catalogue (`assets/rules/journal.toml`). `fields` are checked against it on append:
    an unknown event or field is an error. A field marked personal belongs to a visit and is stored encrypted."""

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
class Checkpoint:
    """A head of the chain with a signature over it, by a key that whoever rewrites the file does not have."""

    seq: int
    hash: str
    at: str  # ISO 8601 with offset
    key_id: str
    signature: bytes


@dataclass(frozen=True)
class VisitKey:
    """The key of one visit's personal fields, wrapped; None once it was destroyed."""

    visit_id: str
    wrapped: bytes | None
    made_at: str
    destroyed_at: str | None = None


@dataclass(frozen=True)
class ChainReport:
    ok: bool
    entries: int
    first_bad: int | None  # sequence number
    reason: str | None  # message id
    checkpoints: int = 0  # that were compared and fit


class JournalRules(Protocol):
    """What a store must know about entries without knowing the catalogue: how one is admitted and chained."""

    def seal(
        self, head: ChainHead | None, entry: JournalEntry, at: datetime, wrapped_key: bytes | None = None
    ) -> StoredEntry:
        """The entry that follows `head` (None: the first one). `wrapped_key` is the key of its visit, where
        `needs_key` says so. Raises `Fatal(INTERNAL)` for what the catalogue does not allow and for a time without
        offset."""

    def needs_key(self, entry: JournalEntry) -> bool:
        """Whether the entry holds something personal and can be encrypted."""

    def new_key(self, visit_id: str) -> bytes:
        """A fresh wrapped key. Only after `needs_key`."""

    def checkpoint(self, before: int, row: StoredEntry) -> Checkpoint | None:
        """A signed head, when one is due after `row`; `before` is the sequence number before this transaction."""

    def verify(
        self, rows: Iterable[StoredEntry], known: ChainHead | None = None, checkpoints: Iterable[Checkpoint] = ()
    ) -> ChainReport:
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

    def after(self, seq: int) -> Iterator[StoredEntry]:
        """What was added behind this entry, oldest first."""

    def between(self, first: date, last: date, events: Sequence[str]) -> Iterator[StoredEntry]:
        """Entries of these events whose own date lies in the range, both days included, oldest first."""

    def visit_keys(self) -> Iterator[VisitKey]:
        """The keys of all visits that have personal fields, also those destroyed."""

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Oldest first."""

    def ended_before(self, day: date) -> tuple[str, ...]:
        """Visits with a living key whose last entry is older than the day."""

    def destroy_keys(self, visit_ids: Sequence[str], at: datetime) -> int:
        """How many were destroyed. They are overwritten in the file and in its companions."""

    def verify(self, known: ChainHead | None = None) -> ChainReport:
        """`known`: a head noted down earlier, which also shows a cut-off end."""
