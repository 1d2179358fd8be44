"""A journal on a fresh file, with the shipped catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules

AT = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
OpenJournal = Callable[..., SqliteJournal]


@pytest.fixture(scope="session")
def rules() -> CatalogueRules:
    return CatalogueRules(load_catalogue((Path(__file__).parents[3] / "assets/rules/journal.toml").read_bytes()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def open_journal(path: Path, rules: CatalogueRules) -> Iterator[OpenJournal]:
    opened: list[SqliteJournal] = []

    def open_(where: Path = path, **options: float | bool) -> SqliteJournal:
        opened.append(SqliteJournal(where, rules, **options))
        return opened[-1]

    yield open_
    for journal in opened:
        journal.close()


@pytest.fixture
def at() -> datetime:
    return AT
