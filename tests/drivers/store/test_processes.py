"""Several processes on one file, and processes killed without warning."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.ports.journal import JournalEntry

OpenJournal = Callable[..., SqliteJournal]
ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from drivers.store.sqlite_journal import SqliteJournal
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import JournalEntry

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
rules = CatalogueRules(load_catalogue((Path(sys.argv[4]) / "rules/journal.toml").read_bytes()))
journal = SqliteJournal(path, rules, busy_timeout_s=30)
print("ready", flush=True)
for number in range(count):
    entry = JournalEntry("visit.opened", {"insertion": number}, name)
    print(journal.append(entry, datetime(2026, 11, 24, tzinfo=timezone.utc)), flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count), str(ROOT / "assets")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_processes_keep_one_line(open_journal: OpenJournal, path: Path) -> None:
    """All of them start on a file that does not exist yet."""
    names = ["v-a", "v-b", "v-c"]
    writers = {name: writer(path, name, 50) for name in names}
    told = {name: process.communicate(timeout=180)[0].split()[1:] for name, process in writers.items()}
    journal = open_journal(must_exist=True)
    report = journal.verify()
    assert (report.ok, report.entries) == (True, 150)
    for name in names:
        assert [str(row.seq) for row in journal.iterate(name)] == told[name]


def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(
    open_journal: OpenJournal, path: Path, at: datetime
) -> None:
    """Killed after a random number of acknowledgements, at whatever it does then; the first ones while it opens."""
    chance = random.Random(20261124)
    total = 0
    for life in range(20):
        process = writer(path, f"v-{life}", 1_000_000)
        assert process.stdout is not None
        acknowledged = 0
        for _ in range(chance.randrange(0, 40)):
            line = process.stdout.readline().strip()
            acknowledged = int(line) if line != "ready" else acknowledged
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait(timeout=180)
        process.stdout.close()
        acknowledged = max([acknowledged, *(int(word) for word in rest if word != "ready")])
        journal = open_journal()
        report = journal.verify()
        assert report.ok
        assert report.entries >= max(acknowledged, total)
        assert report.entries <= max(acknowledged, total) + 1, "at most one append was under way"
        total = report.entries
        journal.close()
    journal = open_journal()
    assert journal.append(JournalEntry("reader.lost"), at) == total + 1
    assert total > 100
