"""The folder or USB stick into which a patient's PDF comes, and the end of a file that has been read.

Events of the file system wake the watcher; a look every few seconds finds what events miss, as on a stick that was just
put in or a network drive. A file counts once its size has not changed between two looks.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

ENDINGS = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})
DEPTH = 2
"""Folders below a watched one that are looked into: sticks have one or two."""

_ENTRIES_MOST = 2000
_CHUNK = 1 << 20

Settled = Callable[[Path], None]


class FolderWatcher:
    """Calls `on_file` once for every document that appears after `start`, from the watcher's own thread.

    `folders` may be absent and appear later, as the mount point of a stick does. What lies there already when watching
    begins was not brought by this patient and is left alone, unless `present_too`.
    """

    def __init__(
        self, folders: Sequence[Path], on_file: Settled, *, every_s: float = 2.0, present_too: bool = False
    ) -> None:
        self._folders = tuple(folders)
        self._on_file = on_file
        self._every_s = every_s
        self._present_too = present_too
        self._known: dict[Path, tuple[int, int]] = {}  # size and time of change of what was handed on
        self._growing: dict[Path, tuple[int, int]] = {}
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if not self._present_too:
            self._known = dict(self._listed())
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="document-folder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended; no file is handed on afterwards."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> None:
        """One look: hands on what has come and stopped growing since the last one."""
        seen = dict(self._listed())
        for path, state in seen.items():
            if self._known.get(path) == state:
                continue
            if self._growing.get(path) == state and state[0] > 0:
                self._known[path] = state
                self._growing.pop(path)
                self._on_file(path)
            else:
                self._growing[path] = state
        for gone in [path for path in (*self._known, *self._growing) if path not in seen]:
            self._known.pop(gone, None)
            self._growing.pop(gone, None)

    def _run(self) -> None:
        observer = Observer()
        watched: set[Path] = set()
        try:
            while not self._stopped.is_set():
                self._observe(observer, watched)
                self.look()
                # A file that just came is looked at again soon, to see whether it still grows.
                self._wake.wait(min(0.3, self._every_s) if self._growing else self._every_s)
                self._wake.clear()
        finally:
            if observer.is_alive():
                observer.stop()
                observer.join()

    def _observe(self, observer: BaseObserver, watched: set[Path]) -> None:
        """Events where the system has them; without them the look at intervals remains."""
        for folder in self._folders:
            if folder in watched and not folder.is_dir():
                watched.discard(folder)
            elif folder not in watched and folder.is_dir():
                try:
                    observer.schedule(_Waker(self._wake), str(folder), recursive=True)
                    if not observer.is_alive():
                        observer.start()
                except (OSError, RuntimeError):
                    pass
                watched.add(folder)

    def _listed(self) -> list[tuple[Path, tuple[int, int]]]:
        """Documents in the folders with size and time of change; links are not followed."""
        found: list[tuple[Path, tuple[int, int]]] = []
        ahead = [(folder, 0) for folder in self._folders]
        while ahead and len(found) < _ENTRIES_MOST:
            folder, depth = ahead.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries[:_ENTRIES_MOST]:
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISDIR(about.st_mode) and depth < DEPTH and not entry.name.startswith("."):
                    ahead.append((Path(entry.path), depth + 1))
                elif stat.S_ISREG(about.st_mode) and Path(entry.name).suffix.lower() in ENDINGS:
                    found.append((Path(entry.path), (about.st_size, about.st_mtime_ns)))
        return found


class _Waker(FileSystemEventHandler):
    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake

    def on_any_event(self, _event: FileSystemEvent) -> None:
        self._wake.set()


def destroy(path: Path, sha256: str) -> bool:
    """Removes a file after its reading was confirmed; its hash stays with the visit. False where it could not be done.

    Only the file that was read: what has another hash by now is somebody else's and stays. The content is overwritten
    before; on flash memory and journalling file systems copies of it may outlive that, which no program can prevent.
    """
    try:
        with path.open("r+b") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or path.is_symlink() or hash_of(path) != sha256:
                return False
            for start in range(0, about.st_size, _CHUNK):
                file.seek(start)
                file.write(bytes(min(_CHUNK, about.st_size - start)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except OSError:
        return False
    return True


def hash_of(path: Path) -> str:
    """SHA-256 in hexadecimal digits. Raises `OSError`."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()
