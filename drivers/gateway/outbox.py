"""The hand-over to the レセコン: a file in `out`, whole or not at all, once for a visit."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from drivers.gateway import whole_file
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.eligibility import ResultFile

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")


class Outbox:
    """Remembers on disk what was handed over, because the レセコン takes files away and the kiosk may restart between.

    The order is: staged file, ledger entry, rename. After a crash the staged file tells whether the rename is still
    due, so a file is neither lost nor handed over twice. A ledger entry holds digests, no personal data.
    """

    def __init__(self, out: Path, ledger: Path, stage: Callable[[Path, bytes], None] = whole_file.stage) -> None:
        self._out, self._ledger, self._stage = out, ledger, stage

    def put(self, visit_id: str, file: ResultFile, at: float) -> str:
        """Raises `NeedsStaff(OUT_WRITE_FAILED | DISK_FULL)`; a visit may not send two contents under one name.

        `at` (seconds since 1970 by the kiosk's clock) dates the ledger entry, for its retention.
        """
        if not _NAME.fullmatch(file.name):
            raise NeedsStaff(FailureCode.OUT_WRITE_FAILED, "name")
        visit = hashlib.sha256(visit_id.encode()).hexdigest()[:32]
        digest = hashlib.sha256(file.content).hexdigest()
        entry = self._ledger / f"{visit}-{hashlib.sha256(file.name.encode()).hexdigest()[:16]}"
        target = self._out / file.name
        staged = self._out / whole_file.temporary_name(f"{visit[:8]}-{file.name}")
        try:
            with self._alone():
                self._put(entry, digest, staged, target, file, at)
        except OSError as error:
            raise whole_file.failure(error, FailureCode.OUT_WRITE_FAILED, "out") from None
        return file.name

    def _put(self, entry: Path, digest: str, staged: Path, target: Path, file: ResultFile, at: float) -> None:
        if entry.exists():
            if entry.read_text(encoding="ascii") != digest:
                raise NeedsStaff(FailureCode.OUT_WRITE_FAILED, "already handed over with other content")
        else:
            if target.exists():
                raise NeedsStaff(FailureCode.OUT_WRITE_FAILED, "name taken by another visit")
            self._stage(staged, file.content)
            whole_file.write_whole(entry, digest.encode("ascii"))
            os.utime(entry, (at, at))
        if staged.exists():
            whole_file.publish(staged, target)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Kiosk and console deliver from the same store: between looking and renaming no other process may. A share
        that locks no folders leaves it at the ledger."""
        self._ledger.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._ledger, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
