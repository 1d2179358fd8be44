"""The journal of an installation: store and rules joined."""

from __future__ import annotations

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.journal.catalogue import EventCatalogue, load_catalogue
from kiosk.journal.rules import CatalogueRules


def event_catalogue() -> EventCatalogue:
    """Raises `Fatal(ASSET_MISSING)` naming the entry that is wrong."""
    return load_catalogue((ASSETS / "rules" / "journal.toml").read_bytes())


def open_journal(folders: DataFolders, *, must_exist: bool = False) -> SqliteJournal:
    """Raises what `SqliteJournal` raises; with `must_exist` an absent file is an error."""
    return SqliteJournal(folders.journal, CatalogueRules(event_catalogue()), must_exist=must_exist)
