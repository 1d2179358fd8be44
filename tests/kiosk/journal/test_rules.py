"""Catalogue and chain work as one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import ChainHead, JournalEntry

AT = datetime(2026, 11, 24, 9, 30, 0, 1999, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture(scope="module")
def rules() -> CatalogueRules:
    return CatalogueRules(load_catalogue((Path(__file__).parents[3] / "assets/rules/journal.toml").read_bytes()))


def test_entries_are_checked_and_chained(rules: CatalogueRules) -> None:
    first = rules.seal(None, JournalEntry("visit.opened", {"insertion": 1, "language": None}, "v-1"), AT)
    second = rules.seal(ChainHead(first.seq, first.hash), JournalEntry("reader.lost"), AT)
    assert (first.seq, second.seq) == (1, 2)
    assert first.at == "2026-11-24T09:30:00.001+09:00"
    assert first.fields == '{"insertion":1}'
    assert rules.verify([first, second]).ok
    assert not rules.verify([first, second], ChainHead(3, "0" * 64)).ok


def test_a_wrong_entry_and_a_time_without_offset_are_refused(rules: CatalogueRules) -> None:
    with pytest.raises(Fatal):
        rules.seal(None, JournalEntry("visit.opened", {"pin": "1234"}, "v-1"), AT)
    with pytest.raises(Fatal) as caught:
        rules.seal(None, JournalEntry("reader.lost"), AT.replace(tzinfo=None))
    assert caught.value.code is FailureCode.INTERNAL
