"""The eligibility terminal behind its folders: requests in `req`, answers in `res` and `face`, results on to `out`.

Source: eligibility interface reference 1.2 and 1.3. Several lanes may share the folders. An answer is ours by the name
we chose (in `res`) and by its ArbitraryFileIdentifier, which begins with the lane's name; files of others are never
touched. Answers taken over move to a `done` folder beside them; they hold sensitive data, so `purge_done` is to be
called regularly.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from drivers.gateway import requests, simulated_requests, whole_file
from drivers.gateway.outbox import Outbox
from drivers.gateway.result_file import MAX_BYTES, Branch, ResultMessage, read_result
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import CardQuery, ConsentRecord, NumberQuery, ResultFile, TerminalRefused

POLL_S = 0.25
SETTLE_S = 1.0  # a damaged file that stays the same for so long is no longer being written
GONE_S = 2.0  # a share that stays away for so long is gone
DONE = "done"
_HANDED_OVER = "handed_over"
_REMEMBERED_VISITS = 8

_RESULT = re.compile(r"OQSsiquc01res_.+\.xml")
_FACE = re.compile(r"OQSsiquc01res_face_.+_\d{14}\.xml")

Answer = tuple[EligibilityAnswer, ResultFile]
Found = tuple[ResultMessage, ResultFile]


class FolderGateway:
    """Implements `kiosk.ports.eligibility.EligibilityGateway`. One lane; its calls may come from several workers.

    `simulated_card_queries` opens the simulation boundary of `simulated_requests`; without it a look-up by card is
    refused, because only a certified reader can make it. `lane` must differ between kiosks that share folders.
    """

    def __init__(
        self,
        req: Path,
        res: Path,
        face: Path,
        out: Path,
        *,
        clock: Clock,
        institution_code: str,
        rng: random.Random,
        lane: str = "K1",
        simulated_card_queries: bool = False,
        stage: Callable[[Path, bytes], None] = whole_file.stage,
    ) -> None:
        self._req, self._res, self._face = req, res, face
        self._clock, self._rng, self._lane = clock, rng, lane
        self._institution_code = institution_code
        self._simulated = simulated_card_queries
        self._outbox = Outbox(out, res / DONE / _HANDED_OVER, stage)
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._foreign: dict[Path, tuple[int, int]] = {}
        self._cards: OrderedDict[str, CardQuery] = OrderedDict()

    def query_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> Answer:
        """Raises `NeedsStaff(TERMINAL_ERROR)` beside a real terminal, where the certified reader looks up cards."""
        self._require_simulation()
        with self._lock:
            self._cards[query.visit_id] = query
            while len(self._cards) > _REMEMBERED_VISITS:
                self._cards.popitem(last=False)
        with self._identified() as identifier:
            content = simulated_requests.card_request(query, self._institution_code, identifier)
            return self._exchange(simulated_requests.CARD, content, identifier, timeout_s, cancelled)

    def query_number(self, query: NumberQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> Answer:
        with self._identified() as identifier:
            content = requests.number_request(query, self._institution_code, identifier)
            return self._exchange(requests.NUMBER, content, identifier, timeout_s, cancelled)

    def register_consents(self, record: ConsentRecord, *, timeout_s: float, cancelled: Callable[[], bool]) -> Answer:
        """Needs an earlier `query_card` of the same visit; raises `NeedsStaff(TERMINAL_ERROR)` otherwise."""
        self._require_simulation()
        with self._lock:
            query = self._cards.get(record.visit_id)
        if query is None:
            raise NeedsStaff(FailureCode.TERMINAL_ERROR, "consents without a look-up by card")
        with self._identified() as identifier:
            content = simulated_requests.consents_request(query, record, self._institution_code, identifier)
            look = _FaceLook(self, identifier)
            sent = self._send(simulated_requests.CONSENTS, content)
            return self._answer(self._await(look, sent, timeout_s, cancelled))

    def register_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        self._require_simulation()
        with self._identified() as identifier:
            content = simulated_requests.registration_request(query, self._institution_code, identifier)
            self._exchange(simulated_requests.REGISTRATION, content, identifier, timeout_s, cancelled)

    def hand_over(self, visit_id: str, file: ResultFile) -> str:
        name = self._outbox.put(visit_id, file, self._clock.now().timestamp())
        with self._lock:
            self._cards.pop(visit_id, None)
        return name

    def purge_done(self, older_than: timedelta) -> int:
        """Deletes what was taken over longer ago than that; returns how many files went."""
        limit = (self._clock.now() - older_than).timestamp()
        gone = 0
        for folder in (self._res / DONE, self._face / DONE, self._res / DONE / _HANDED_OVER):
            for path in _files(folder):
                with contextlib.suppress(OSError):
                    if path.stat().st_mtime < limit:
                        path.unlink()
                        gone += 1
        return gone

    def collect_late(self) -> int:
        """Moves answers to this lane that nobody waits for any more to `done`; returns how many.

        Files of others are remembered by size and time, so that they are read once.
        """
        late = 0
        for folder in (self._res, self._face):
            for path in _files(folder):
                if _RESULT.fullmatch(path.name) and self._is_late(path):
                    self._retire(path)
                    late += 1
        with self._lock:
            self._foreign = {path: stamp for path, stamp in self._foreign.items() if path.exists()}
        return late

    def _is_late(self, path: Path) -> bool:
        try:
            stat = path.stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            with self._lock:
                if self._foreign.get(path) == stamp:
                    return False
            identifier = read_result(_content(path)).answer.file_identifier or ""
        except (OSError, KioskError):
            return False
        with self._lock:
            if identifier.rpartition("-")[0] != self._lane:
                self._foreign[path] = stamp
                return False
            return identifier not in self._waiting

    def _require_simulation(self) -> None:
        if not self._simulated:
            raise NeedsStaff(FailureCode.TERMINAL_ERROR, "a look-up by card needs a certified reader")

    @contextlib.contextmanager
    def _identified(self) -> Iterator[str]:
        """A fresh ArbitraryFileIdentifier, waited for inside the block."""
        with contextlib.suppress(OSError):
            self.collect_late()
        with self._lock:
            identifier = f"{self._lane}-{self._rng.getrandbits(48):012X}"
            self._waiting.add(identifier)
        try:
            yield identifier
        finally:
            with self._lock:
                self._waiting.discard(identifier)

    def _send(self, kind: str, content: bytes) -> Path:
        """Writes the request under a free name: the date and a serial, as other programs name them."""
        try:
            for attempt in range(100):
                with self._lock:
                    serial = self._rng.randrange(10**4) if attempt < 20 else self._rng.randrange(10**8)
                path = self._req / f"{kind}_{self._clock.now():%Y%m%d}{serial:04d}.xml"
                answer = self._res / _answer_name(path.name)
                if not (path.exists() or answer.exists() or (self._res / DONE / answer.name).exists()):
                    break
            whole_file.write_whole(path, content)
        except OSError as error:
            raise whole_file.failure(error, FailureCode.TERMINAL_FOLDER_GONE, "req") from None
        return path

    def _exchange(
        self, kind: str, content: bytes, identifier: str, timeout_s: float, cancelled: Callable[[], bool]
    ) -> Answer:
        sent = self._send(kind, content)
        return self._answer(self._await(_ResultLook(self, sent.name, identifier), sent, timeout_s, cancelled))

    def _answer(self, found: Found) -> Answer:
        message, file = found
        if message.branch is Branch.REFUSED:
            raise TerminalRefused(message.answer.message_code or "", message.answer.message or "")
        return message.answer, file

    def _await(self, look: _Look, sent: Path, timeout_s: float, cancelled: Callable[[], bool]) -> Found:
        deadline = self._clock.monotonic() + timeout_s
        gone_since: float | None = None
        try:
            while True:
                now = self._clock.monotonic()
                try:
                    found = look(now)
                    gone_since = None
                except OSError as error:
                    gone_since = now if gone_since is None else gone_since
                    if now - gone_since >= GONE_S or now >= deadline:
                        raise whole_file.failure(error, FailureCode.TERMINAL_FOLDER_GONE, look.role) from None
                    found = None
                if found is not None:
                    return found
                if cancelled():
                    raise Retriable(FailureCode.TERMINAL_SILENT, "cancelled")
                if now >= deadline:
                    raise look.at_deadline()
                self._clock.sleep(min(POLL_S, deadline - now))
        except KioskError:
            # a request nobody took must not be answered for the next patient
            with contextlib.suppress(OSError):
                sent.unlink()
            raise

    def _retire(self, path: Path) -> None:
        """Moves a file to `done`. One that its writer still holds stays, and `collect_late` comes back for it."""
        with contextlib.suppress(OSError):
            folder = path.parent / DONE
            folder.mkdir(exist_ok=True)
            target, copy = folder / path.name, 1
            while target.exists():
                copy += 1
                target = folder / f"{path.stem}-{copy}{path.suffix}"
            path.rename(target)
            now = self._clock.now().timestamp()
            os.utime(target, (now, now))


class _Look:
    """One way to look for the answer. Calling it returns the answer, or None for "not yet"; OSError: no folder."""

    role = "res"

    def __init__(self, gateway: FolderGateway, identifier: str) -> None:
        self._gateway, self._identifier = gateway, identifier
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


class _ResultLook(_Look):
    """Waits for the answer whose name follows from the request's."""

    def __init__(self, gateway: FolderGateway, request: str, identifier: str) -> None:
        super().__init__(gateway, identifier)
        self._path = gateway._res / _answer_name(request)
        stem = request.removesuffix(".xml")
        self._refusals = tuple(
            gateway._res / name for name in (f"{stem}.err", f"{request}.err", f"{self._path.stem}.err")
        )

    def __call__(self, now: float) -> Found | None:
        os.stat(self._path.parent)
        for path in self._refusals:
            if path.exists():
                self._gateway._retire(path)
                raise TerminalRefused(path.suffix, "")
        try:
            content = _content(self._path)
        except (FileNotFoundError, PermissionError):
            return None
        try:
            message = read_result(content)
        except KioskError:
            if not self._settled(self._path, content, now):
                return None
            self._gateway._retire(self._path)
            raise
        if message.answer.file_identifier not in (self._identifier, None) or message.branch is Branch.RUNNING:
            return None
        self._gateway._retire(self._path)
        return message, ResultFile(self._path.name, content)


class _FaceLook(_Look):
    """Waits for the file of a card reading, whose name the terminal makes: it is ours by its identifier alone.

    To be built before the request goes out: what lies there already answers something else.
    """

    role = "face"

    def __init__(self, gateway: FolderGateway, identifier: str) -> None:
        super().__init__(gateway, identifier)
        self._others: set[Path] = set()
        with contextlib.suppress(OSError):
            self._others.update(_names(gateway._face))
        self._fault: KioskError | None = None

    def __call__(self, now: float) -> Found | None:
        for path in _names(self._gateway._face):
            if path in self._others or not _FACE.fullmatch(path.name):
                continue
            try:
                content = _content(path)
            except (FileNotFoundError, PermissionError):
                continue
            try:
                message = read_result(content)
            except KioskError as fault:
                if self._settled(path, content, now):
                    self._fault = fault
                continue
            if message.answer.file_identifier != self._identifier:
                self._others.add(path)
            elif message.branch is not Branch.RUNNING:
                self._gateway._retire(path)
                return message, ResultFile(path.name, content)
        return None

    def at_deadline(self) -> KioskError:
        """A damaged file may be another lane's, so it counts only once nothing better came."""
        return self._fault or super().at_deadline()


def _answer_name(request: str) -> str:
    """The simulation's requests are answered under the official name."""
    kind, _, free = request.partition("_")
    if kind in (simulated_requests.CARD, simulated_requests.REGISTRATION):
        kind = requests.NUMBER
    return f"{kind.removesuffix('req')}res_{free}"


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _names(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in _names(folder) if path.is_file()]
    except OSError:
        return []
