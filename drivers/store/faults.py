"""Sorts database errors: the machine's fault, a damaged file, or a mistake of the program."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.domain.failures import FailureCode, Fatal, KioskError, NeedsStaff

# An input-output error on a volume with less room than this is a full disk: SQLite reports some of them (a file that
# cannot grow, shared memory that cannot be extended) only as "disk I/O error".
FULL_BELOW_BYTES = 1 << 20

_MACHINE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
    }
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})


@contextmanager
def sorted_faults(path: Path) -> Iterator[None]:
    """Turns `sqlite3.Error` and `OSError` into typed errors that name the file and SQLite's own code, never content."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_database(error, path) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = FailureCode.DISK_FULL if full else FailureCode.JOURNAL_FAILED
        raise NeedsStaff(code, f"{path.name}: {errno.errorcode.get(error.errno or 0, 'OSError')}") from error


def from_database(error: sqlite3.Error, path: Path) -> KioskError:
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest of the number tells variants
    detail = f"{path.name}: {name}"
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _is_full(path)):
        return NeedsStaff(FailureCode.DISK_FULL, detail)
    if primary in _MACHINE or primary == sqlite3.SQLITE_IOERR:
        return NeedsStaff(FailureCode.JOURNAL_FAILED, detail)
    if primary in _DAMAGED:
        return NeedsStaff(FailureCode.JOURNAL_BROKEN, detail)
    return Fatal(FailureCode.INTERNAL, detail)


def _is_full(path: Path) -> bool:
    try:
        volume = os.statvfs(path.parent)
    except OSError:
        return False
    return volume.f_bavail * volume.f_frsize < FULL_BELOW_BYTES
