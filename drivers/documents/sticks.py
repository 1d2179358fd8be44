"""A patient's USB stick: the documents on it, newest first. Nothing is written to a stick or removed from it.

The system mounts sticks below a few folders. What lies there when the program starts was brought by nobody and is left
alone until it has been pulled out once.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

ENDINGS = frozenset({".pdf", ".jpg", ".jpeg", ".png"})
DEPTH = 4
"""Folders below a root that are looked into: user, name of the stick, and two of its own."""

_ENTRIES_MOST = 2000

_State = tuple[int, int]


class UsbSticks:
    """May be used from any thread. `bytes_most` is the size from which the reader refuses a file."""

    def __init__(self, roots: Sequence[Path], bytes_most: Callable[[], int]) -> None:
        self._roots = tuple(roots)
        self._bytes_most = bytes_most
        self._lock = threading.Lock()
        self._taken = False
        self._known = self._listed()

    def take(self, *, pdf: bool) -> bytes | None:
        """The newest file that was not taken yet; with `pdf` PDF files come before pictures. None where there is none.

        Of a file that is too large the first byte too many is taken as well, so that the reader says so.
        """
        with self._lock:
            found = self._listed()
            self._keep_only(found)
            new = [path for path, state in found.items() if self._known.get(path) != state and state[0] > 0]
            new.sort(key=lambda path: (pdf and path.suffix.lower() == ".pdf", found[path][1]), reverse=True)
            for path in new:
                self._known[path] = found[path]
                content = self._content(path)
                if content is not None:
                    self._taken = True
                    return content
        return None

    def leave_rest(self) -> None:
        """Somebody's document was dealt with: the other files on the sticks are not for whoever comes next."""
        with self._lock:
            if self._taken:
                self._known, self._taken = self._listed(), False

    def notice_gone(self) -> None:
        """Forgets sticks that were pulled out, so that they count when they come again. Looks at nothing else."""
        with self._lock:
            self._known = {path: state for path, state in self._known.items() if os.path.lexists(path)}

    def _keep_only(self, found: dict[Path, _State]) -> None:
        self._known = {path: state for path, state in self._known.items() if path in found}

    def _listed(self) -> dict[Path, _State]:
        """Documents with size and time of change. No link is followed: it could lead away from the stick."""
        found: dict[Path, _State] = {}
        ahead = [(root, 0) for root in self._roots]
        looked = 0
        while ahead and looked < _ENTRIES_MOST:
            folder, depth = ahead.pop(0)
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        looked += 1
                        about = entry.stat(follow_symlinks=False)
                        if entry.name.startswith("."):
                            continue
                        if stat.S_ISDIR(about.st_mode) and depth < DEPTH:
                            ahead.append((Path(entry.path), depth + 1))
                        elif stat.S_ISREG(about.st_mode) and Path(entry.name).suffix.lower() in ENDINGS:
                            found[Path(entry.path)] = (about.st_size, about.st_mtime_ns)
                        if looked >= _ENTRIES_MOST:
                            break
            except OSError:  # pulled out in the middle of it, or not for us
                continue
        return found

    def _content(self, path: Path) -> bytes | None:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    return None
                return file.read(self._bytes_most() + 1)
        except OSError:
            return None
