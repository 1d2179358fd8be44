"""Each fault of the machine has its code, and nothing acknowledged is lost by it."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from drivers.store.faults import from_database, sorted_faults
from drivers.store.sqlite_journal import SqliteJournal
from kiosk.domain.failures import FailureCode, Fatal, KioskError, NeedsStaff
from kiosk.ports.journal import JournalEntry

OpenJournal = Callable[..., SqliteJournal]
ENTRY = JournalEntry("reader.lost")


def code_of(action: Callable[[], object], family: type[KioskError] = NeedsStaff) -> FailureCode:
    with pytest.raises(family) as caught:
        action()
    return caught.value.code


def test_an_absent_file_that_must_exist(open_journal: OpenJournal, path: Path) -> None:
    assert code_of(lambda: open_journal(must_exist=True)) is FailureCode.JOURNAL_FAILED
    assert not path.exists()


def test_a_folder_in_the_place_of_the_file(open_journal: OpenJournal, tmp_path: Path) -> None:
    assert code_of(lambda: open_journal(tmp_path)) is FailureCode.JOURNAL_FAILED


def test_a_file_in_the_place_of_the_folder(open_journal: OpenJournal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert code_of(lambda: open_journal(tmp_path / "file" / "journal.db")) is FailureCode.JOURNAL_FAILED


def test_a_file_that_is_no_database(open_journal: OpenJournal, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to be looked at " * 40)
    assert code_of(open_journal) is FailureCode.JOURNAL_BROKEN


def test_a_damaged_database(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    for _ in range(200):
        journal.append(ENTRY, at)
    journal.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)

    def use() -> None:
        open_journal().verify()

    assert code_of(use) is FailureCode.JOURNAL_BROKEN


def test_a_lost_table(open_journal: OpenJournal, path: Path) -> None:
    open_journal().close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TABLE entries")
    assert code_of(open_journal) is FailureCode.JOURNAL_BROKEN


def test_a_locked_database(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal(busy_timeout_s=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert code_of(lambda: journal.append(ENTRY, at)) is FailureCode.JOURNAL_FAILED
        other.execute("ROLLBACK")
    assert journal.append(ENTRY, at) == 1


def test_a_database_that_became_read_only(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    journal._db.execute("PRAGMA query_only = on")
    assert code_of(lambda: journal.append(ENTRY, at)) is FailureCode.JOURNAL_FAILED


def test_a_file_deleted_or_exchanged_under_the_program(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    path.rename(path.with_suffix(".old"))
    assert code_of(lambda: journal.append(ENTRY, at)) is FailureCode.JOURNAL_FAILED
    path.write_bytes(b"")
    assert code_of(lambda: journal.append(ENTRY, at)) is FailureCode.JOURNAL_FAILED


def test_a_full_file_and_room_again(open_journal: OpenJournal, at: datetime) -> None:
    journal = open_journal()
    journal.append(ENTRY, at)
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for _ in range(1000):
            journal.append(ENTRY, at)

    assert code_of(fill) is FailureCode.DISK_FULL
    report = journal.verify()
    assert report.ok
    written = report.entries
    journal._db.execute("PRAGMA max_page_count = 1000000")
    assert journal.append(ENTRY, at) == written + 1
    assert journal.verify().ok


FULL_VOLUME = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from drivers.store.sqlite_journal import SqliteJournal
from kiosk.domain.failures import KioskError
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import JournalEntry

folder, assets = Path(sys.argv[1]), Path(sys.argv[2])
rules = CatalogueRules(load_catalogue((assets / "rules/journal.toml").read_bytes()))
journal = SqliteJournal(folder / "journal.db", rules)
ballast = folder / "ballast"
ballast.write_bytes(bytes(int(sys.argv[3])))
at = datetime(2026, 11, 24, tzinfo=timezone.utc)
written = 0
codes = []
for _ in range(20000):
    try:
        journal.append(JournalEntry("reader.lost"), at)
        written += 1
    except KioskError as error:
        codes.append(error.code.value)
        if len(codes) == 3:
            break
full = journal.verify()
ballast.unlink()
journal.append(JournalEntry("reader.returned"), at)
journal.close()
journal = SqliteJournal(folder / "journal.db", rules, must_exist=True)
print(codes, full.ok, full.entries == written, journal.verify().ok, journal.verify().entries == written + 1)
"""


def in_small_volume(folder: Path, size: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run with a tmpfs of that size over `folder`, in a mount namespace of its own."""
    script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", size, str(folder), *command],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=Path(__file__).parents[3],
    )


def test_a_full_volume(tmp_path: Path) -> None:
    if in_small_volume(tmp_path, "1m", "true").returncode:
        pytest.skip("this system lets nobody mount a small volume here")
    command = [sys.executable, "-c", FULL_VOLUME, str(tmp_path), str(Path(__file__).parents[3] / "assets"), "300000"]
    done = in_small_volume(tmp_path, "800k", *command)
    assert done.stdout.split("\n")[0] == "['K402', 'K402', 'K402'] True True True True", done.stderr


def test_a_newer_file_is_refused_and_left_alone(open_journal: OpenJournal, path: Path, at: datetime) -> None:
    journal = open_journal()
    journal.append(ENTRY, at)
    journal.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    assert code_of(open_journal, Fatal) is FailureCode.JOURNAL_NEWER
    assert path.read_bytes() == before


def test_a_foreign_database_is_refused_and_left_alone(open_journal: OpenJournal, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE entries (seq INTEGER)")
    before = path.read_bytes()
    assert code_of(open_journal) is FailureCode.JOURNAL_BROKEN
    assert path.read_bytes() == before


def test_an_empty_file_left_by_a_cut_off_first_start_is_taken(open_journal: OpenJournal, path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert open_journal().verify().ok


def test_a_mistake_of_the_program_is_told_apart(path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as raw, pytest.raises(sqlite3.OperationalError) as caught:
        raw.execute("SELEKT 1")
    found = from_database(caught.value, path)
    assert isinstance(found, Fatal)
    assert found.code is FailureCode.INTERNAL


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, FailureCode.DISK_FULL),
        (errno.EDQUOT, FailureCode.DISK_FULL),
        (errno.EROFS, FailureCode.JOURNAL_FAILED),
        (errno.EACCES, FailureCode.JOURNAL_FAILED),
    ],
)
def test_errors_of_the_file_system(path: Path, number: int, code: FailureCode) -> None:
    def fail() -> None:
        with sorted_faults(path):
            raise OSError(number, "made up")

    assert code_of(fail) is code
