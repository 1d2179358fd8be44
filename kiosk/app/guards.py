"""What a running kiosk keeps others from: its memory on disk, and its data folder at the same time."""

from __future__ import annotations

import fcntl
import os
import resource
from pathlib import Path
from typing import Self

from kiosk.app.paths import unusable
from kiosk.domain.failures import FailureCode, Fatal

LOCK = "kiosk.lock"

OVERWRITE_FREED_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
    "PYTHONMALLOC": "malloc",
}
"""Environment in which the C library overwrites what is given back to it, by Python, NumPy, OpenCV and Qt alike.

Buffers that are ours are overwritten by us; these are for copies made inside libraries, which nobody else can reach.
"""


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
