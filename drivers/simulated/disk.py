"""A disk without room, for drills: refuses writes as a full file system would."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.journal import ChainReport, Journal, JournalEntry


class DrillDisk:
    """The switch, and the two things that write: files staged for the folders, and the journal."""

    def __init__(self) -> None:
        self.full = False

    def fill(self) -> None:
        self.full = True

    def empty(self) -> None:
        self.full = False

    def staging(self, stage: Callable[[Path, bytes], None]) -> Callable[[Path, bytes], None]:
        def write(path: Path, content: bytes) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, "no space left on device")
            stage(path, content)

        return write

    def journal(self, journal: Journal) -> Journal:
        return _DrillJournal(self, journal)


class _DrillJournal:
    def __init__(self, disk: DrillDisk, journal: Journal) -> None:
        self._disk = disk
        self._journal = journal

    def append(self, entry: JournalEntry, at: datetime) -> int:
        self._refuse_when_full()
        return self._journal.append(entry, at)

    def append_all(self, entries: Sequence[JournalEntry], at: datetime) -> None:
        self._refuse_when_full()
        self._journal.append_all(entries, at)

    def _refuse_when_full(self) -> None:
        if self._disk.full:
            raise NeedsStaff(FailureCode.DISK_FULL, "drill")

    def verify(self) -> ChainReport:
        return self._journal.verify()

    def close(self) -> None:
        self._journal.close()
