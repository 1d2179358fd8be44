"""The eligibility terminal behind its folders: requests in `req`, answers in `res` and `face`, results on to `out`.

Source: eligibility interface reference 1.2 and 1.3. Several lanes may share the folders. An answer is ours by the name
we chose (in `res`) and by its ArbitraryFileIdentifier, which begins with the lane's name; files of others are never
touched. Answers taken over move to a `done` folder beside them; they hold sensitive data, so `purge_done` is to be
called regularly.
"""

from __future__ import annotations

import contextlib
import random
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from drivers.gateway import requests, safe_xml, simulated_requests, whole_file
from drivers.gateway.looks import FaceLook, Found, Look, ResultLook, answer_name, content_of, files_in
from drivers.gateway.outbox import Outbox
from drivers.gateway.result_file import Branch, BulkMessage, read_bulk_result
from drivers.gateway.retired import DONE, retire
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import (
    BulkAnswer,
    CardQuery,
    ConsentRecord,
    NumberQuery,
    PersonQuery,
    ReferenceRegistration,
    ResultFile,
    TerminalRefused,
)

POLL_S = 0.25
GONE_S = 2.0  # a share that stays away for so long is gone
_HANDED_OVER = "handed_over"
_REMEMBERED_VISITS = 8
_NO_RECEPTION = "0"

_RESULT = re.compile(r"OQS(siquc01|siimm01|muquc0[12])res_.+\.xml")

Answer = tuple[EligibilityAnswer, ResultFile]


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
        on_late: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """`on_late` hears from any thread how many answers were put aside because nobody waits for them any more."""
        self._on_late = on_late
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
        """Raises `NeedsStaff(CARD_QUERY_UNAVAILABLE)` beside a real terminal: the certified reader looks up cards."""
        self._require_simulation()
        with self._lock:
            self._cards[query.visit_id] = query
            while len(self._cards) > _REMEMBERED_VISITS:
                self._cards.popitem(last=False)
        with self._identified() as identifier:
            content = simulated_requests.card_request(query, self._institution_code, identifier)
            return self._reading(simulated_requests.CARD, content, identifier, timeout_s, cancelled)

    def query_number(self, query: NumberQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> Answer:
        with self._identified() as identifier:
            content = requests.number_request(query, self._institution_code, identifier)
            return self._exchange(requests.NUMBER, content, identifier, timeout_s, cancelled)

    def query_person(self, query: PersonQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> Answer:
        """Raises `NeedsStaff(CARD_QUERY_UNAVAILABLE)` beside a real terminal: staff ask on its own screen."""
        self._require_simulation()
        with self._identified() as identifier:
            content = simulated_requests.person_request(query, self._institution_code, identifier)
            return self._exchange(simulated_requests.PERSON, content, identifier, timeout_s, cancelled)

    def reachable(self) -> bool:
        """Whether the folders are there; asks nobody."""
        try:
            return all(any(folder.iterdir()) or True for folder in (self._req, self._res))
        except OSError:
            return False

    def ping(self, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        """Asks for a bulk result under a number that nobody has: the terminal's refusal shows that it answers. Raises
        as a look-up does, `TerminalRefused` among it."""
        self.collect_bulk(_NO_RECEPTION, timeout_s=timeout_s, cancelled=cancelled)

    def register_consents(self, record: ConsentRecord, *, timeout_s: float, cancelled: Callable[[], bool]) -> Answer:
        """Needs an earlier `query_card` of the same visit; raises `NeedsStaff(TERMINAL_ERROR)` otherwise."""
        self._require_simulation()
        with self._lock:
            query = self._cards.get(record.visit_id)
        if query is None:
            raise NeedsStaff(FailureCode.TERMINAL_ERROR, "consents without a look-up by card")
        with self._identified() as identifier:
            content = simulated_requests.consents_request(query, record, self._institution_code, identifier)
            return self._reading(simulated_requests.CONSENTS, content, identifier, timeout_s, cancelled)

    def register_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        self._require_simulation()
        with self._identified() as identifier:
            content = simulated_requests.registration_request(query, self._institution_code, identifier)
            self._exchange(simulated_requests.REGISTRATION, content, identifier, timeout_s, cancelled)

    def register_reference(
        self, registration: ReferenceRegistration, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> None:
        with self._identified() as identifier:
            content = requests.reference_request(registration, self._institution_code, identifier)
            self._exchange(requests.REFERENCE, content, identifier, timeout_s, cancelled)

    def submit_bulk(
        self, queries: Sequence[NumberQuery], on: date, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> str:
        """Raises `NeedsStaff(ANSWER_DAMAGED)` where the answer names no ReceptionNumber, ValueError where two queries
        have the same `visit_id` or there is none."""
        if not queries or len({query.visit_id for query in queries}) != len(queries):
            raise ValueError("queries of one bulk look-up need visit ids of their own")
        with self._identified() as identifier:
            content = requests.bulk_request(queries, on, self._institution_code, identifier)
            found, _ = self._bulk(requests.BULK_UPLOAD, content, identifier, timeout_s, cancelled, running_ends=False)
        if not found.reception_number:
            raise NeedsStaff(FailureCode.ANSWER_DAMAGED, "no ReceptionNumber")
        return found.reception_number

    def collect_bulk(
        self, reception_number: str, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[BulkAnswer, ...] | None:
        with self._identified() as identifier:
            content = requests.collect_request(reception_number, self._institution_code, identifier)
            found, file = self._bulk(
                requests.BULK_COLLECT, content, identifier, timeout_s, cancelled, running_ends=True
            )
        return None if found.branch is Branch.RUNNING else tuple(replace(unit, file=file) for unit in found.units)

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
            for path in files_in(folder):
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
            for path in files_in(folder):
                if _RESULT.fullmatch(path.name) and self._is_late(path):
                    late += retire(path, self._clock.now().timestamp()) is not None
        with self._lock:
            self._foreign = {path: stamp for path, stamp in self._foreign.items() if path.exists()}
        if late:
            self._on_late(late)
        return late

    def _is_late(self, path: Path) -> bool:
        try:
            stat = path.stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            with self._lock:
                if self._foreign.get(path) == stamp:
                    return False
            identifier = read_bulk_result(content_of(path, safe_xml.BULK.size)).answer.file_identifier or ""
        except (OSError, KioskError):
            return False
        with self._lock:
            if identifier.rpartition("-")[0] != self._lane:
                self._foreign[path] = stamp
                return False
            return identifier not in self._waiting

    def _require_simulation(self) -> None:
        if not self._simulated:
            raise NeedsStaff(FailureCode.CARD_QUERY_UNAVAILABLE, "eligibility.simulated_requests")

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
        """Writes the request under a free name: the date and digits, as other programs name them.

        Lanes cannot see one another's names between a request taken and its answer, so the serial is long: four
        digits gave two of fifty lanes the same name within minutes, and one answer overwrote the other.
        """
        try:
            for _ in range(100):
                with self._lock:
                    serial = self._rng.randrange(10**12)
                path = self._req / f"{kind}_{self._clock.now():%Y%m%d}{serial:012d}.xml"
                answer = self._res / answer_name(path.name)
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
        return self._answer(
            self._await(ResultLook(self._res, sent.name, identifier, self._retire), sent, timeout_s, cancelled)
        )

    def _reading(
        self, kind: str, content: bytes, identifier: str, timeout_s: float, cancelled: Callable[[], bool]
    ) -> Answer:
        """What a certified reader would write of the card, with consents or without: the レセコン knows it by name."""
        look = FaceLook(self._face, identifier, self._retire)
        return self._answer(self._await(look, self._send(kind, content), timeout_s, cancelled))

    def _bulk(
        self,
        kind: str,
        content: bytes,
        identifier: str,
        timeout_s: float,
        cancelled: Callable[[], bool],
        *,
        running_ends: bool,
    ) -> tuple[BulkMessage, ResultFile]:
        sent = self._send(kind, content)
        look = ResultLook(
            self._res, sent.name, identifier, self._retire, read_bulk_result, safe_xml.BULK.size, running_ends
        )
        message, file = self._await(look, sent, timeout_s, cancelled)
        if message.branch is not Branch.RUNNING:
            self._answer((message, file))
        assert isinstance(message, BulkMessage)
        return message, file

    def _answer(self, found: Found) -> Answer:
        message, file = found
        if message.branch is Branch.REFUSED:
            raise TerminalRefused(message.answer.message_code or "", message.answer.message or "")
        return message.answer, file

    def _await(self, look: Look, sent: Path, timeout_s: float, cancelled: Callable[[], bool]) -> Found:
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
        retire(path, self._clock.now().timestamp())
