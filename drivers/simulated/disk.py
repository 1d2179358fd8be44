"""A disk without room, for drills: refuses writes as a full file system would."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.handover import DeliveryStore, Parcel, Waiting
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

    def parcels(self, store: DeliveryStore) -> DeliveryStore:
        return _DrillParcels(self, store)


class _DrillParcels:
    """A full disk takes no new parcel; what lies there can still be delivered."""

    def __init__(self, disk: DrillDisk, store: DeliveryStore) -> None:
        self._disk, self._store = disk, store

    def put(self, parcel: Parcel, at: float) -> bool:
        if self._disk.full:
            raise NeedsStaff(FailureCode.DISK_FULL, "drill")
        return self._store.put(parcel, at)

    def due(self, at: float, most: int, target: str | None = None) -> tuple[Waiting, ...]:
        return self._store.due(at, most, target)

    def alone(self, target: str) -> AbstractContextManager[bool]:
        return self._store.alone(target)

    def began(self, parcel_id: int) -> None:
        self._store.began(parcel_id)

    def done(self, parcel_id: int) -> None:
        self._store.done(parcel_id)

    def later(self, parcel_id: int, at: float, code: str) -> None:
        self._store.later(parcel_id, at, code)

    def refused(self, parcel_id: int, code: str) -> None:
        self._store.refused(parcel_id, code)

    def counts(self) -> Mapping[str, int]:
        return self._store.counts()

    def purge_done(self, before: float) -> int:
        return self._store.purge_done(before)


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
