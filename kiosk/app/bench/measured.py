"""The ports of a lane with a stopwatch on each. Nothing else about them changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from kiosk.app.bench.radio import Exchange
from kiosk.app.bench.stopwatch import WAITING, Stopwatch
from kiosk.domain.card import CardSummary, CertificateInfo
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.secret import Secret
from kiosk.ports.card import (
    CardAttributes,
    CardConnection,
    CardInserted,
    CardReader,
    CardSession,
    CredentialBlocked,
    CredentialRejected,
    CredentialResult,
    FacePhoto,
    ReaderEvent,
    RecordCheck,
    Transmit,
)
from kiosk.ports.eligibility import CardQuery, ConsentRecord, EligibilityGateway, NumberQuery, ResultFile
from kiosk.ports.face import Camera, CardFrontReader, FaceHint, FaceMatcher, FaceResult, Frame, Picture, Reference
from kiosk.ports.handover import FinishedVisit, HandOverDesk
from kiosk.ports.journal import ChainReport, Journal, JournalEntry
from kiosk.runtime.clocks import SimulatedClock
from kiosk.runtime.executor import Devices

CARD, FRONT, PHOTO, FACE = "card", "front", "photo", "face"
ELIGIBILITY, CONSENTS, HAND_OVER = "eligibility", "consents", "hand_over"
FLOW, JOURNAL, DRAWING = "flow", "journal", "drawing"
SIMULATION = "simulation"
"""Work of the virtual card, cameras and terminal, which other machines do outside the virtual deployment."""


class MeasuredClock(SimulatedClock):
    """Who sleeps or waits for others does no work; the simulated terminal works when time moves on."""

    def __init__(self, start: datetime, watch: Stopwatch) -> None:
        super().__init__(start)
        self._watch = watch

    def sleep(self, seconds: float) -> None:
        with self._watch.part(WAITING):
            super().sleep(seconds)

    def wait_quiet(self, real_seconds: float) -> bool:
        with self._watch.part(WAITING):
            return super().wait_quiet(real_seconds)

    def advance(self, until: float) -> None:
        with self._watch.part(SIMULATION):
            super().advance(until)


class Tape:
    """What crossed between kiosk and card, by size, and when the card was noticed."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.inserted_at: float | None = None


def measured(devices: Devices, watch: Stopwatch, tape: Tape) -> Devices:
    """The same devices, each under its part."""
    return replace(
        devices,
        reader=_Reader(devices.reader, watch, tape),
        session=lambda transmit: _Session(devices.session, transmit, watch),
        front_camera=_Camera(devices.front_camera, watch),
        front_reader=_FrontReader(devices.front_reader, watch),
        camera=_Camera(devices.camera, watch),
        matcher=_Matcher(devices.matcher, watch),
        gateway=_Gateway(devices.gateway, watch),
        desk=_Desk(devices.desk, watch) if devices.desk else None,
    )


class MeasuredJournal:
    """Implements `kiosk.ports.journal.Journal`."""

    def __init__(self, inner: Journal, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    def append(self, entry: JournalEntry, at: datetime) -> int:
        with self._watch.part(JOURNAL):
            return self._inner.append(entry, at)

    def append_all(self, entries: Sequence[JournalEntry], at: datetime) -> None:
        with self._watch.part(JOURNAL):
            self._inner.append_all(entries, at)

    def verify(self) -> ChainReport:
        return self._inner.verify()

    def close(self) -> None:
        self._inner.close()


class _Reader:
    def __init__(self, inner: CardReader, watch: Stopwatch, tape: Tape) -> None:
        self._inner = inner
        self._watch = watch
        self._tape = tape

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        def noted(event: ReaderEvent) -> None:
            if isinstance(event, CardInserted):
                self._tape.inserted_at = self._watch.moment()
            listener(event)

        self._inner.start(noted)

    def connect(self, insertion: int) -> CardConnection:
        with self._watch.part(CARD):
            return _Connection(self._inner.connect(insertion), self._watch, self._tape)

    def stop(self) -> None:
        self._inner.stop()


class _Connection:
    def __init__(self, inner: CardConnection, watch: Stopwatch, tape: Tape) -> None:
        self._inner = inner
        self._watch = watch
        self._tape = tape

    @property
    def atr(self) -> bytes:
        return self._inner.atr

    def transmit(self, command: bytes) -> bytes:
        with self._watch.part(SIMULATION):
            answer = self._inner.transmit(command)
        self._tape.exchanges.append(Exchange(len(command), len(answer)))
        return answer

    def close(self) -> None:
        self._inner.close()


class _Session:
    def __init__(self, make: Callable[[Transmit], CardSession], transmit: Transmit, watch: Stopwatch) -> None:
        self._watch = watch
        with watch.part(CARD):
            self._inner = make(transmit)

    def summarise(self) -> CardSummary:
        with self._watch.part(CARD):
            return self._inner.summarise()

    def read_face(self, number_b: Secret) -> FacePhoto | CredentialRejected | CredentialBlocked:
        with self._watch.part(CARD):
            return self._inner.read_face(number_b)

    def read_attributes_by_number(self, number_b: Secret) -> CardAttributes | CredentialRejected | CredentialBlocked:
        with self._watch.part(CARD):
            return self._inner.read_attributes_by_number(number_b)

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool = False) -> CredentialResult:
        with self._watch.part(CARD):
            return self._inner.verify_pin(pin, last_try_confirmed=last_try_confirmed)

    def read_certificate(self) -> CertificateInfo | None:
        with self._watch.part(CARD):
            return self._inner.read_certificate()

    def sign(self, challenge: bytes) -> bytes:
        with self._watch.part(CARD):
            return self._inner.sign(challenge)

    def prove_presence(self) -> bool:
        with self._watch.part(CARD):
            return self._inner.prove_presence()

    def check_record(self) -> RecordCheck:
        with self._watch.part(CARD):
            return self._inner.check_record()


class _Camera:
    def __init__(self, inner: Camera, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    def open(self) -> None:
        self._inner.open()

    def next_frame(self) -> Frame:
        with self._watch.part(SIMULATION):
            return self._inner.next_frame()

    def close(self) -> None:
        self._inner.close()


class _FrontReader:
    def __init__(self, inner: CardFrontReader, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    def read(self, picture: Picture) -> Secret | None:
        with self._watch.part(FRONT):
            return self._inner.read(picture)


class _Matcher:
    def __init__(self, inner: FaceMatcher, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    def load(self) -> None:
        self._inner.load()

    def reference(self, jp2: Secret) -> Reference:
        with self._watch.part(PHOTO):
            return self._inner.reference(jp2)

    def attempt(
        self,
        reference: Reference,
        camera: Camera,
        *,
        seconds: float,
        on_hint: Callable[[FaceHint], None],
        on_preview: Callable[[Frame], None],
        cancelled: Callable[[], bool],
        liveness: bool = True,
    ) -> FaceResult:
        with self._watch.part(FACE):
            return self._inner.attempt(
                reference,
                camera,
                seconds=seconds,
                on_hint=on_hint,
                on_preview=on_preview,
                cancelled=cancelled,
                liveness=liveness,
            )


class _Gateway:
    def __init__(self, inner: EligibilityGateway, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    def query_card(
        self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        with self._watch.part(ELIGIBILITY):
            return self._inner.query_card(query, timeout_s=timeout_s, cancelled=cancelled)

    def query_number(
        self, query: NumberQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        with self._watch.part(ELIGIBILITY):
            return self._inner.query_number(query, timeout_s=timeout_s, cancelled=cancelled)

    def register_consents(
        self, record: ConsentRecord, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        with self._watch.part(CONSENTS):
            return self._inner.register_consents(record, timeout_s=timeout_s, cancelled=cancelled)

    def register_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        with self._watch.part(ELIGIBILITY):
            self._inner.register_card(query, timeout_s=timeout_s, cancelled=cancelled)

    def hand_over(self, visit_id: str, file: ResultFile) -> str:
        with self._watch.part(HAND_OVER):
            return self._inner.hand_over(visit_id, file)


class _Desk:
    def __init__(self, inner: HandOverDesk, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    def hand_over(self, visit: FinishedVisit) -> str:
        with self._watch.part(HAND_OVER):
            return self._inner.hand_over(visit)
