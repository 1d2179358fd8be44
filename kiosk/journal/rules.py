"""Catalogue and chain behind the one interface that a store sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.journal import chain
from kiosk.journal.catalogue import EventCatalogue
from kiosk.ports.journal import ChainHead, ChainReport, JournalEntry, StoredEntry


class CatalogueRules:
    """Implements `kiosk.ports.journal.JournalRules`."""

    def __init__(self, catalogue: EventCatalogue) -> None:
        self._catalogue = catalogue

    def seal(self, head: ChainHead | None, entry: JournalEntry, at: datetime) -> StoredEntry:
        fields = chain.canonical(self._catalogue.admit(entry))
        if at.utcoffset() is None:
            raise Fatal(FailureCode.INTERNAL, f"journal: {entry.event}: time without offset")
        return chain.follow(head, at, entry.visit_id, entry.event, fields)

    def verify(self, rows: Iterable[StoredEntry], known: ChainHead | None = None) -> ChainReport:
        return chain.verify(rows, known)
