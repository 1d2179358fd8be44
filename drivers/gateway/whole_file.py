"""Files that appear whole or not at all, also when the power fails."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from kiosk.domain.failures import FailureCode, NeedsStaff

TEMPORARY = ".tmp"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_DIRECTORY_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR})  # network shares


def temporary_name(name: str) -> str:
    """Begins with a dot and ends otherwise than a message, so that no watcher takes it for one."""
    return f".{name}{TEMPORARY}"


def write_whole(target: Path, content: bytes) -> None:
    """Writes beside the target, syncs, renames. Raises OSError, and then nothing is left behind."""
    staged = target.with_name(temporary_name(target.name))
    stage(staged, content)
    publish(staged, target)


def stage(path: Path, content: bytes) -> None:
    """A synced file under its temporary name. Raises OSError, and then removes it."""
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def publish(staged: Path, target: Path) -> None:
    """Gives a staged file its name, durably. Raises OSError, and then removes the staged file."""
    try:
        staged.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            staged.unlink()
        raise
    sync_directory(target.parent)


def sync_directory(folder: Path) -> None:
    """Makes a rename durable where the file system can; network shares often cannot and do not need it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno in _NO_DIRECTORY_SYNC:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_DIRECTORY_SYNC:
            raise
    finally:
        os.close(handle)


def failure(error: OSError, otherwise: FailureCode, folder: str) -> NeedsStaff:
    """The typed error for a refused write or an unreachable folder; `folder` is its role, e.g. "req"."""
    code = FailureCode.DISK_FULL if error.errno in _FULL else otherwise
    return NeedsStaff(code, f"{folder} {errno.errorcode.get(error.errno or 0, '')}".rstrip())
