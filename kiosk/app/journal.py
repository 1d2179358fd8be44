"""The journal of an installation: store, rules and keys joined."""

from __future__ import annotations

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.app.journal_key import open_sealer
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.journal.catalogue import EventCatalogue, load_catalogue
from kiosk.journal.rules import CatalogueRules


def event_catalogue() -> EventCatalogue:
    """Raises `Fatal(ASSET_MISSING)` naming the entry that is wrong."""
    return load_catalogue((ASSETS / "rules" / "journal.toml").read_bytes())


def open_journal(folders: DataFolders, *, must_exist: bool = False, public_key: bytes | None = None) -> SqliteJournal:
    """Raises what `SqliteJournal` and `open_sealer` raise; with `must_exist` an absent file is an error, and no key is
    made. `public_key`: as kept elsewhere; the signatures are verified against it."""
    sealer = open_sealer(folders, create=not must_exist)
    return SqliteJournal(folders.journal, CatalogueRules(event_catalogue(), sealer, public_key), must_exist=must_exist)
