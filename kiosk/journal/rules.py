"""Catalogue, chain and keys behind the one interface that a store sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.journal import chain
from kiosk.journal.catalogue import EventCatalogue, Seal, Value
from kiosk.journal.sealing import Sealer, is_signed_by
from kiosk.ports.journal import ChainHead, ChainReport, Checkpoint, JournalEntry, StoredEntry

LAST_EVENT = "kiosk.stopped"
"""A program that ends in good order leaves a checkpoint."""


class CatalogueRules:
    """Implements `kiosk.ports.journal.JournalRules`. Without a sealer personal fields are refused, no checkpoint is
    made, and signatures are not looked at."""

    def __init__(
        self, catalogue: EventCatalogue, sealer: Sealer | None = None, public_key: bytes | None = None
    ) -> None:
        """`public_key`: against which checkpoints are verified instead of the sealer's own."""
        self._catalogue = catalogue
        self._sealer = sealer
        self._public_key = public_key or (sealer.public_key if sealer else None)

    def seal(
        self, head: ChainHead | None, entry: JournalEntry, at: datetime, wrapped_key: bytes | None = None
    ) -> StoredEntry:
        fields = chain.canonical(self._catalogue.admit(entry, self._seal_of(entry, wrapped_key)))
        if at.utcoffset() is None:
            raise Fatal(FailureCode.INTERNAL, f"journal: {entry.event}: time without offset")
        return chain.follow(head, at, entry.visit_id, entry.event, fields)

    def needs_key(self, entry: JournalEntry) -> bool:
        return self._sealer is not None and entry.visit_id is not None and bool(self._catalogue.personal_fields(entry))

    def new_key(self, visit_id: str) -> bytes:
        if self._sealer is None:
            raise Fatal(FailureCode.INTERNAL, "journal: no key")
        return self._sealer.new_key(visit_id)

    def checkpoint(self, before: int, row: StoredEntry) -> Checkpoint | None:
        every = self._catalogue.checkpoint_every
        if self._sealer is None or not every:
            return None
        if row.event != LAST_EVENT and before // every == row.seq // every:
            return None
        return self._sealer.checkpoint(row.seq, row.hash, row.at)

    def verify(
        self, rows: Iterable[StoredEntry], known: ChainHead | None = None, checkpoints: Iterable[Checkpoint] = ()
    ) -> ChainReport:
        public_key = self._public_key
        if public_key is None:
            return chain.verify(rows, known, checkpoints)
        return chain.verify(rows, known, checkpoints, lambda checkpoint: is_signed_by(checkpoint, public_key))

    def _seal_of(self, entry: JournalEntry, wrapped_key: bytes | None) -> Seal | None:
        sealer, visit_id = self._sealer, entry.visit_id
        if sealer is None or visit_id is None or wrapped_key is None:
            return None
        key = wrapped_key

        def seal(name: str, value: Value) -> str:
            return sealer.seal(key, visit_id, entry.event, name, value)

        return seal
