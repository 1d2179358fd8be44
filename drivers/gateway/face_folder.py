"""Result files of a certified reader in `face`: every reading of a card is reported once, however the file came.

Source: eligibility interface reference 1.2 and 1.3. Notifications of network shares get lost, so a watcher only makes
the next look come sooner; the look itself is a poll. Files taken over move to `done` beside them.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from drivers.gateway import whole_file
from drivers.gateway.looks import FACE_NAME, SETTLE_S, content_of, names_in
from drivers.gateway.result_file import Branch, read_result
from drivers.gateway.retired import DONE, retire
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import (
    DeviceBack,
    DeviceEvent,
    DeviceFault,
    DeviceForeign,
    DeviceResult,
    DeviceSetAside,
    ResultFile,
    TerminalRefused,
)

log = logging.getLogger("drivers.gateway")

POLL_S = 0.25
GONE_S = 2.0  # a share that stays away for so long is gone
FRESH = timedelta(minutes=10)
"""An older reading that lay in the folder before we looked belongs to an earlier visit: nobody stands at the desk for
it any more. One that arrives while we look is somebody's, whatever its writer's clock says."""

FOREIGN_S = 10.0
"""A file of another institution that nobody takes for so long is not one that its own kiosk is about to take."""

FACE_REFUSED = re.compile(r"OQSsiquc01res_face_.+\.err")

_OWN = re.compile(r".+-[0-9A-F]{12}")  # identifiers that kiosks make for their own requests
_REMEMBERED = 256

Listener = Callable[[DeviceEvent], None]


class FaceFolderWatcher:
    """Implements `kiosk.ports.eligibility.DeviceResults`.

    Several kiosks may share the folder: whoever renames a file has it, and `readers` (ArbitraryFileIdentifiers or the
    20 characters in the name; empty: all) limits whose results this one takes. Answers to requests of kiosks, and
    files of another institution, stay untouched; of the latter staff are told.

    `start` runs a thread. Who drives time by itself calls `listen` and `scan` in its place.
    """

    def __init__(
        self, face: Path, *, clock: Clock, institution_code: str, readers: frozenset[str] = frozenset()
    ) -> None:
        self._face, self._clock, self._institution_code = face, clock, institution_code
        self._readers = readers
        self._listener: Listener = lambda _event: None
        self._seen: OrderedDict[str, None] = OrderedDict()  # digests of contents that were reported
        self._unsettled: dict[Path, tuple[str, float]] = {}
        self._left: dict[Path, tuple[int, int]] = {}  # files that are not ours, by size and time
        self._foreign: dict[Path, float] = {}  # files of another institution, by when they were first seen
        self._foreign_told = 0
        self._first_look = True  # after the start, and after the folder was away
        self._gone_since: float | None = None
        self._gone = False
        self._over = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, listener: Listener) -> None:
        self._listener = listener

    def start(self, listener: Listener) -> None:
        self.stop()
        self.listen(listener)
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="face-folder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def scan(self) -> int:
        """One look at the folder; returns how many events were reported."""
        now = self._clock.monotonic()
        try:
            paths = names_in(self._face)
        except OSError as error:
            return self._missing(error, now)
        events = int(self._gone)
        if self._gone:
            self._listener(DeviceBack())
        self._gone, self._gone_since = False, None
        present = set(paths)
        self._left = {path: stamp for path, stamp in self._left.items() if path in present}
        self._unsettled = {path: seen for path, seen in self._unsettled.items() if path in present}
        for path in paths:
            ours = FACE_NAME.fullmatch(path.name) or FACE_REFUSED.fullmatch(path.name)
            if ours and (event := self._look(path, now)) is not None:
                self._listener(event)
                events += 1
        self._first_look = False
        return events + self._tell_foreign(present, now)

    def _tell_foreign(self, present: set[Path], now: float) -> int:
        self._foreign = {path: since for path, since in self._foreign.items() if path in present}
        lying = sum(now - since >= FOREIGN_S for since in self._foreign.values())
        if lying == self._foreign_told:
            return 0
        self._foreign_told = lying
        if lying:
            log.info("%d readings of another institution lie in the folder", lying)
        self._listener(DeviceForeign(lying))
        return 1

    def _missing(self, error: OSError, now: float) -> int:
        self._first_look = True
        self._gone_since = now if self._gone_since is None else self._gone_since
        if self._gone or now - self._gone_since < GONE_S:
            return 0
        self._gone = True
        self._listener(DeviceFault(whole_file.failure(error, FailureCode.TERMINAL_FOLDER_GONE, "face")))
        return 1

    def _look(self, path: Path, now: float) -> DeviceEvent | None:
        try:
            stat = path.stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            if self._left.get(path) == stamp:
                return None
            content = content_of(path)
        except OSError:
            return None  # gone again, or its writer still holds it
        digest = hashlib.sha256(content).hexdigest()
        if path.suffix == ".err":
            refused = DeviceFault(TerminalRefused(path.suffix, ""))
            return refused if self._take(path, digest) is not None else None
        try:
            message = read_result(content)
        except KioskError as fault:
            seen = self._unsettled.get(path)
            if seen is None or seen[0] != digest:
                self._unsettled[path] = (digest, now)
                return None
            if now - seen[1] < SETTLE_S:
                return None
            return DeviceFault(fault) if self._take(path, digest) is not None else None
        answer = message.answer
        if not self._is_ours(path, answer):
            self._left[path] = stamp
            if self._is_foreign(answer):
                self._foreign.setdefault(path, now)
            return None
        if message.branch is Branch.RUNNING or (new := self._take(path, digest)) is None:
            return None
        if not new:
            return DeviceSetAside("repeated")
        if self._first_look and self._is_late(answer):
            return DeviceSetAside("late")
        if message.branch is Branch.REFUSED:
            return DeviceFault(TerminalRefused(answer.message_code or "", answer.message or ""))
        return DeviceResult(answer, ResultFile(path.name, content))

    def _is_ours(self, path: Path, answer: EligibilityAnswer) -> bool:
        identifier = answer.file_identifier or ""
        if _OWN.fullmatch(identifier):
            return False
        if self._is_foreign(answer):
            return False
        return not self._readers or identifier in self._readers or any(r in path.name for r in self._readers)

    def _is_foreign(self, answer: EligibilityAnswer) -> bool:
        kiosks_own = _OWN.fullmatch(answer.file_identifier or "") is not None
        return not kiosks_own and answer.institution_code not in (self._institution_code, None)

    def _is_late(self, answer: EligibilityAnswer) -> bool:
        now = self._clock.now().replace(tzinfo=None)
        return answer.processed_at is not None and now - answer.processed_at > FRESH

    def _take(self, path: Path, digest: str) -> bool | None:
        """Moves the file to `done`. False where it is a copy of what was reported, None where another kiosk has it."""
        copy = digest in self._seen or self._was_taken(path, digest)
        target = retire(path, self._clock.now().timestamp())
        if target is None:
            return None
        self._seen[digest] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return not copy

    def _was_taken(self, path: Path, digest: str) -> bool:
        """Before a restart: the same name with the same content."""
        try:
            return hashlib.sha256(content_of(path.parent / DONE / path.name)).hexdigest() == digest
        except OSError:
            return False

    def _run(self) -> None:
        watch = _Watch(self._face, self._wake)
        try:
            while not self._over.is_set():
                watch.renew()
                self._wake.clear()
                self.scan()
                self._wake.wait(POLL_S)
        finally:
            watch.end()


class _Watch(FileSystemEventHandler):
    """Wakes the poll when something happens in the folder. Where that cannot be had, the poll goes on alone."""

    def __init__(self, folder: Path, wake: threading.Event) -> None:
        self._folder, self._wake = folder, wake
        self._inode: int | None = None
        self._end: Callable[[], None] = lambda: None

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in ("opened", "closed_no_write"):  # our own looks would wake us
            self._wake.set()

    def renew(self) -> None:
        """Starts over when the folder is another one than before, as after a share was mounted again."""
        try:
            inode: int | None = os.stat(self._folder).st_ino
        except OSError:
            inode = None
        if inode == self._inode:
            return
        self.end()
        if inode is None:
            return
        self._inode = inode
        observer = Observer()
        with contextlib.suppress(OSError, RuntimeError):
            observer.schedule(self, str(self._folder))
            observer.start()

            def end() -> None:
                observer.stop()
                observer.join()

            self._end = end

    def end(self) -> None:
        self._end()
        self._inode, self._end = None, lambda: None
