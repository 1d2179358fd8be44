"""Looking for an answer in a folder that others write to: what is found, what is still being written, what is not ours.

Source: eligibility interface reference 1.2 and 1.3.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from drivers.gateway import requests, simulated_requests
from drivers.gateway.result_file import MAX_BYTES, Branch, ResultMessage, read_result
from kiosk.domain.failures import FailureCode, KioskError, Retriable
from kiosk.ports.eligibility import ResultFile, TerminalRefused

SETTLE_S = 1.0  # a damaged file that stays the same for so long is no longer being written
FACE_NAME = re.compile(r"OQSsiquc01res_face_.+_\d{14}\.xml")

Found = tuple[ResultMessage, ResultFile]
Retire = Callable[[Path], None]


class Look:
    """One way to look for the answer. Calling it returns the answer, or None for "not yet"; OSError: no folder."""

    role = "res"

    def __init__(self, folder: Path, identifier: str, retire: Retire) -> None:
        self._folder, self._identifier, self._retire = folder, identifier, retire
        self._damaged: dict[Path, tuple[bytes, float]] = {}

    def __call__(self, now: float) -> Found | None:
        raise NotImplementedError

    def at_deadline(self) -> KioskError:
        return Retriable(FailureCode.TERMINAL_SILENT)

    def _settled(self, path: Path, content: bytes, now: float) -> bool:
        """True once a faulty content has stopped changing."""
        digest = hashlib.sha256(content).digest()
        seen = self._damaged.get(path)
        if seen is None or seen[0] != digest:
            self._damaged[path] = (digest, now)
            return False
        return now - seen[1] >= SETTLE_S


class ResultLook(Look):
    """Waits for the answer whose name follows from the request's."""

    def __init__(
        self,
        folder: Path,
        request: str,
        identifier: str,
        retire: Retire,
        read: Callable[[bytes], ResultMessage] = read_result,
        limit: int = MAX_BYTES,
        running_ends: bool = False,
    ) -> None:
        super().__init__(folder, identifier, retire)
        self._read, self._limit, self._running_ends = read, limit, running_ends
        self._path = folder / answer_name(request)
        stem = request.removesuffix(".xml")
        self._running = False
        self._refusals = tuple(folder / name for name in (f"{stem}.err", f"{request}.err", f"{self._path.stem}.err"))

    def __call__(self, now: float) -> Found | None:
        os.stat(self._path.parent)
        for path in self._refusals:
            if path.exists():
                self._retire(path)
                raise TerminalRefused(path.suffix, "")
        try:
            content = content_of(self._path, self._limit)
        except (FileNotFoundError, PermissionError):
            return None
        try:
            message = self._read(content)
        except KioskError:
            if not self._settled(self._path, content, now):
                return None
            self._retire(self._path)
            raise
        unnamed = message.answer.file_identifier is None and message.branch is Branch.REFUSED
        if message.answer.file_identifier != self._identifier and not unnamed:
            # A refusal tells of nobody, so for one the name that we chose is enough.
            return None
        if message.branch is Branch.RUNNING and not self._running_ends:
            self._running = True
            return None
        self._retire(self._path)
        return message, ResultFile(self._path.name, content)

    def at_deadline(self) -> KioskError:
        """A word that it is still running is no answer that comes too late."""
        if self._running:
            self._retire(self._path)
        return super().at_deadline()


class FaceLook(Look):
    """Waits for the file of a card reading, whose name the terminal makes: it is ours by its identifier.

    One that cannot be read is ours by the part of its name that the simulated terminal makes of the identifier; without
    that it may be another lane's. To be built before the request goes out: what lies there already answers something
    else.
    """

    role = "face"

    def __init__(self, folder: Path, identifier: str, retire: Retire) -> None:
        super().__init__(folder, identifier, retire)
        # by time as well: a name comes again where two terminals write to one folder
        self._others: set[tuple[Path, int]] = set()
        with contextlib.suppress(OSError):
            self._others.update((path, os.stat(path).st_mtime_ns) for path in names_in(folder))
        self._fault: KioskError | None = None

    def __call__(self, now: float) -> Found | None:
        for path in names_in(self._folder):
            if not FACE_NAME.fullmatch(path.name):
                continue
            try:
                seen = path, os.stat(path).st_mtime_ns
                if seen in self._others:
                    continue
                content = content_of(path)
            except (FileNotFoundError, PermissionError):
                continue
            try:
                message = read_result(content)
            except KioskError as fault:
                if self._settled(path, content, now):
                    if simulated_requests.face_key(self._identifier) in path.name:
                        self._retire(path)
                        raise
                    self._fault = fault
                continue
            if message.answer.file_identifier != self._identifier:
                self._others.add(seen)
            elif message.branch is not Branch.RUNNING:
                self._retire(path)
                return message, ResultFile(path.name, content)
        return None

    def at_deadline(self) -> KioskError:
        """A damaged file may be another lane's, so it counts only once nothing better came."""
        return self._fault or super().at_deadline()


def answer_name(request: str) -> str:
    """The simulation's requests are answered under the official name."""
    kind, _, free = request.partition("_")
    if kind in (simulated_requests.CARD, simulated_requests.REGISTRATION, simulated_requests.PERSON):
        kind = requests.NUMBER
    return f"{kind.removesuffix('req')}res_{free}"


def content_of(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Raises OSError; `FileNotFoundError` for a name that is no file: a pipe or a device would be waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise FileNotFoundError(errno.ENOENT, "not a file") from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(errno.ENOENT, "not a file")
    with open(handle, "rb") as file:
        return file.read(limit + 1)


def names_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries)


def files_in(folder: Path) -> list[Path]:
    try:
        return [path for path in names_in(folder) if path.is_file()]
    except OSError:
        return []
