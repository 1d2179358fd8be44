"""Personal fields are encrypted under keys that can be destroyed; checkpoints show what the chain alone cannot."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from drivers.store.recovery import rebuild, salvage
from drivers.store.schema import VERSION
from drivers.store.sqlite_journal import SqliteJournal
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.secret import Secret
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.chain import CHECKPOINT, CUT, SIGNATURE, follow
from kiosk.journal.rules import CatalogueRules
from kiosk.journal.sealing import Sealer
from kiosk.ports.journal import ChainHead, JournalEntry

CATALOGUE = load_catalogue((Path(__file__).parents[3] / "assets/rules/journal.toml").read_bytes())
STORED = Path(__file__).parent / "stored"
SEALER = Sealer(Secret(bytes(range(32))))
NOTE = "lives with her daughter"


def noted(visit: str = "v-1", note: str = NOTE) -> JournalEntry:
    return JournalEntry("staff.action", {"action": "take_over", "staff": "sato", "note": note}, visit)


def closed(visit: str) -> JournalEntry:
    return JournalEntry("card.removed", {}, visit)


def files_of(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(path, CatalogueRules(CATALOGUE, SEALER))
    yield opened
    opened.close()


def opened_note(journal: SqliteJournal, visit: str) -> str:
    entry = next(row for row in journal.iterate(visit) if row.event == "staff.action")
    key = next(key.wrapped for key in journal.visit_keys() if key.visit_id == visit)
    assert key is not None
    return str(SEALER.open(key, visit, entry.event, "note", json.loads(entry.fields)["note"]))


def test_a_personal_field_is_stored_encrypted_and_opens_again(journal: SqliteJournal, path: Path, at: datetime) -> None:
    journal.append_all([noted(), noted("v-2"), noted()], at)
    assert NOTE.encode() not in files_of(path)
    assert opened_note(journal, "v-1") == opened_note(journal, "v-2") == NOTE
    assert len(list(journal.visit_keys())) == 2
    sealed = {json.loads(row.fields)["note"] for row in journal.iterate()}
    assert len(sealed) == 3  # the same words never look the same
    assert journal.verify().ok


def test_no_key_is_made_where_nothing_is_personal(journal: SqliteJournal, at: datetime) -> None:
    journal.append(JournalEntry("staff.action", {"action": "take_over", "staff": "sato"}, "v-1"), at)
    assert list(journal.visit_keys()) == []


def test_without_key_or_visit_a_personal_field_is_refused(journal: SqliteJournal, path: Path, at: datetime) -> None:
    with pytest.raises(Fatal, match="personal"):
        journal.append(JournalEntry("staff.action", noted().fields), at)
    with closing(SqliteJournal(path, CatalogueRules(CATALOGUE))) as keyless, pytest.raises(Fatal, match="personal"):
        keyless.append(noted(), at)
    assert journal.newest() is None


def test_a_destroyed_key_leaves_no_trace_and_the_chain_verifies(
    journal: SqliteJournal, path: Path, at: datetime
) -> None:
    journal.append_all([noted("v-1"), noted("v-2")], at)
    wrapped = next(key.wrapped for key in journal.visit_keys() if key.visit_id == "v-1")
    assert wrapped is not None
    assert wrapped in files_of(path)
    assert journal.destroy_keys(["v-1", "v-9"], at) == 1
    assert wrapped not in files_of(path)
    assert journal.destroy_keys(["v-1"], at) == 0
    assert {key.visit_id: key.wrapped is None for key in journal.visit_keys()} == {"v-1": True, "v-2": False}
    assert opened_note(journal, "v-2") == NOTE
    assert journal.verify().ok
    with pytest.raises(Fatal, match="retention"):
        journal.append(noted("v-1"), at)
    journal.append(closed("v-1"), at)


def test_visits_that_ended_before_a_day(journal: SqliteJournal, at: datetime) -> None:
    journal.append(noted("old"), at)
    journal.append(noted("long"), at)
    journal.append(closed("long"), at + timedelta(days=2))
    journal.append(noted("new"), at + timedelta(days=2))
    assert journal.ended_before(at.date()) == ()
    assert journal.ended_before(at.date() + timedelta(days=1)) == ("old",)
    assert journal.ended_before(date.max) == ("long", "new", "old")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM visit_keys",
        "UPDATE visit_keys SET wrapped = x'00'",
        "UPDATE visit_keys SET visit_id = 'x', wrapped = NULL",
        "UPDATE checkpoints SET hash = 'x'",
        "DELETE FROM checkpoints",
    ],
)
def test_keys_and_checkpoints_cannot_be_changed_by_mistake(
    journal: SqliteJournal, path: Path, at: datetime, statement: str
) -> None:
    journal.append_all([noted(), JournalEntry("kiosk.stopped")], at)
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


def test_checkpoints_come_by_number_and_at_the_end(journal: SqliteJournal, at: datetime) -> None:
    every = CATALOGUE.checkpoint_every
    journal.append_all([closed("v")] * (every - 1), at)
    assert list(journal.checkpoints()) == []
    journal.append_all([closed("v")] * 3, at)
    journal.append(JournalEntry("kiosk.stopped"), at)
    assert [mark.seq for mark in journal.checkpoints()] == [every + 2, every + 3]
    assert journal.verify().checkpoints == 2


def test_a_journal_written_anew_is_found(journal: SqliteJournal, path: Path, at: datetime) -> None:
    """Everything after an entry was made anew with sound hashes: only the signature tells."""
    journal.append_all([closed("v-1"), closed("v-2"), JournalEntry("kiosk.stopped")], at)
    head = None
    with closing(sqlite3.connect(path)) as raw, raw:
        for name in ("entries_no_update", "entries_no_delete"):
            raw.execute(f"DROP TRIGGER {name}")
        for row in list(journal.iterate()):
            forged = follow(head, at, "v-1" if row.seq < 3 else None, row.event, row.fields)
            head = ChainHead(forged.seq, forged.hash)
            values = (forged.visit_id, forged.hash, row.seq)
            raw.execute("UPDATE entries SET visit_id = ?, hash = ? WHERE seq = ?", values)
    report = journal.verify()
    assert (report.ok, report.first_bad, report.reason) == (False, 3, CHECKPOINT)


def test_a_cut_end_is_found_by_the_checkpoint(journal: SqliteJournal, path: Path, at: datetime) -> None:
    journal.append_all([closed("v-1"), JournalEntry("kiosk.stopped")], at)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TRIGGER entries_no_delete")
        raw.execute("DELETE FROM entries WHERE seq = 2")
    report = journal.verify()
    assert (report.ok, report.first_bad, report.reason) == (False, 2, CUT)


def test_a_signature_by_another_key_is_found(journal: SqliteJournal, path: Path, at: datetime) -> None:
    journal.append(JournalEntry("kiosk.stopped"), at)
    other = Sealer(Secret(bytes(32)))
    with closing(SqliteJournal(path, CatalogueRules(CATALOGUE, SEALER, other.public_key))) as doubting:
        report = doubting.verify()
    assert (report.ok, report.reason) == (False, SIGNATURE)
    assert journal.verify().ok


# --- files of earlier versions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", sorted(STORED.glob("journal_v*.sqlite")), ids=lambda path: path.stem)
def test_a_stored_file_of_every_earlier_version_migrates(stored: Path, path: Path, at: datetime) -> None:
    path.parent.mkdir()
    shutil.copyfile(stored, path)
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute("SELECT * FROM entries").fetchall()
        assert raw.execute("PRAGMA user_version").fetchone()[0] < VERSION
    with closing(SqliteJournal(path, CatalogueRules(CATALOGUE, SEALER))) as journal:
        assert journal.verify().entries == len(before) > 0
        journal.append_all([noted("K1-20261124-093000-0001-1"), JournalEntry("kiosk.stopped")], at)
        assert opened_note(journal, "K1-20261124-093000-0001-1") == NOTE
        report = journal.verify()
        assert (report.ok, report.checkpoints) == (True, 1)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT * FROM entries").fetchall()[: len(before)] == before
        assert raw.execute("PRAGMA user_version").fetchone()[0] == VERSION


def test_there_is_a_stored_file_of_every_earlier_version() -> None:
    assert [path.stem for path in sorted(STORED.glob("*.sqlite"))] == [f"journal_v{n}" for n in range(1, VERSION)]


# --- recovery -------------------------------------------------------------------------------------------------------


def test_what_is_readable_is_saved(journal: SqliteJournal, path: Path, tmp_path: Path, at: datetime) -> None:
    journal.append_all([noted(), *[closed("v-1")] * 400, JournalEntry("kiosk.stopped")], at)
    journal.close()
    sound = salvage(path, tmp_path)
    assert (sound.whole, len(sound.rows), len(sound.keys), len(sound.checkpoints)) == (True, 402, 1, 1)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    path.write_bytes(content)
    broken = salvage(path, tmp_path)
    assert not broken.whole
    assert 0 < len(broken.rows) < 402
    assert path.read_bytes() == content
    rebuilt = tmp_path / "rebuilt.sqlite"
    rebuild(rebuilt, sound.rows, sound.keys, sound.checkpoints)
    with closing(SqliteJournal(rebuilt, CatalogueRules(CATALOGUE, SEALER), must_exist=True)) as again:
        assert again.verify() == type(again.verify())(True, 402, None, None, 1)
        assert opened_note(again, "v-1") == NOTE
    assert rebuilt.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "number", [b"\xff" * 9, b"\xc0" + b"\x80" * 5 + b"\x01"], ids=["below zero", "beyond any file"]
)
def test_a_last_row_whose_number_is_damaged_costs_no_other(
    journal: SqliteJournal, path: Path, tmp_path: Path, at: datetime, number: bytes
) -> None:
    journal.append_all([JournalEntry("kiosk.stopped")] * 6, at)
    journal.close()
    content = bytearray(path.read_bytes())
    place = _number_of_the_last_row(content, _root_page(path, "entries"))
    content[place : place + len(number)] = number
    path.write_bytes(content)
    found = salvage(path, tmp_path)
    assert [row.seq for row in found.rows] == [1, 2, 3, 4, 5]
    assert not found.whole


def _root_page(path: Path, table: str) -> int:
    """Its offset in the file."""
    with closing(sqlite3.connect(path)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    return int((page - 1) * size)


def _number_of_the_last_row(content: bytearray, begin: int) -> int:
    """Where the row number of the last cell of a table's leaf stands (SQLite file format, 1.6): behind the length."""
    assert content[begin] == 0x0D, "the table fits on one page"
    cells = int.from_bytes(content[begin + 3 : begin + 5], "big")
    pointer = begin + 8 + 2 * (cells - 1)
    place = begin + int.from_bytes(content[pointer : pointer + 2], "big")
    while content[place] & 0x80:
        place += 1
    return place + 1


def test_a_file_that_is_no_database_gives_nothing(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 10_000)
    found = salvage(path, tmp_path)
    assert (found.rows, found.keys, found.checkpoints, found.whole) == ((), (), (), False)


def test_codes_of_a_wrong_secret() -> None:
    with pytest.raises(Fatal) as caught:
        Sealer(Secret(b"short"))
    assert caught.value.code is FailureCode.SETTINGS_WRONG
