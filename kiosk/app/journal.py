"""The journal of an installation: store and rules joined."""

from __future__ import annotations

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules


def open_journal(folders: DataFolders, *, must_exist: bool = False) -> SqliteJournal:
    """Raises what `SqliteJournal` raises; with `must_exist` an absent file is an error."""
    events = load_catalogue((ASSETS / "rules" / "journal.toml").read_bytes())
    return SqliteJournal(folders.journal, CatalogueRules(events), must_exist=must_exist)
