"""What a running kiosk keeps others from: its memory on disk, and its data folder at the same time."""

from __future__ import annotations

import fcntl
import os
import platform
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from kiosk.app.paths import unusable
from kiosk.domain.failures import FailureCode, Fatal

LOCK = "kiosk.lock"

OVERWRITE_FREED_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
    ":glibc.malloc.arena_max=2:glibc.malloc.mmap_threshold=4194304",
    "PYTHONMALLOC": "malloc",
}
"""Environment in which the C library overwrites what is given back to it, by Python, NumPy, OpenCV and Qt alike.

Buffers that are ours are overwritten by us; these are for copies made inside libraries, which nobody else can reach.
Two arenas: each job has a thread of its own, and with one for each of them memory that was free in one would be taken
anew in another. Blocks from 4 MiB on go back to the system when they are freed: by itself the C library soon keeps
them.
"""


def overwrite_freed_memory(arguments: Sequence[str]) -> None:
    """Start this program once more in that environment; it takes hold only at a start. Does nothing where it holds
    already, or where the C library is another."""
    if not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc":
        return
    if all(name in os.environ for name in OVERWRITE_FREED_MEMORY):
        return
    os.environ.update({name: os.environ.get(name, value) for name, value in OVERWRITE_FREED_MEMORY.items()})
    os.execv(sys.executable, [sys.executable, "-m", "kiosk.app.cli", *arguments])


def forbid_core_dumps() -> None:
    """A crash must not write the memory to disk, where PINs and face templates would lie in the open."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class DataLock:
    """Held from construction to the end of its `with` block or of the process, however that comes.

    Raises `Fatal(ALREADY_RUNNING)`, or `Fatal(DATA_FOLDER_UNUSABLE)` where no lock can be made.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unusable(folder, error) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._handle)
            if isinstance(error, BlockingIOError):
                raise Fatal(FailureCode.ALREADY_RUNNING, str(folder)) from None
            raise unusable(folder, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)
