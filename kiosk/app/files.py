"""Files that a command writes where the user says."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from kiosk.app.console import FAILED, CommandFailed


def is_file(path: Path) -> bool:
    """False also for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def make_folder(path: Path) -> None:
    """Raises `CommandFailed` naming it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path, error) from None


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """The whole content or nothing: under a temporary name, synced, renamed. What staff write out may concern
    patients or staff, so that only its owner may read it. Raises `CommandFailed` naming the file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise _not_written(path, error) from None


def _not_written(path: Path, error: OSError) -> CommandFailed:
    why = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return CommandFailed(FAILED, "cli.not_written", file=str(path), why=why)
