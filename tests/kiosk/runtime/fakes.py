"""All devices of a lane as small fakes behind their ports, and an executor over them on simulated time."""

# ruff: noqa: ARG002 - a port's signature stays whole where a fake needs only a part of it

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from kiosk.domain.card import CardHolder, CardKind, CardSummary
from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.outcome import Eligibility, Outcome
from kiosk.domain.patients import Finding, FoundBy, HeldInsurance, Match
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ports.card import (
    CardAttributes,
    CredentialAccepted,
    CredentialBlocked,
    CredentialRejected,
    CredentialResult,
    FacePhoto,
    ReaderEvent,
    RecordCheck,
    Transmit,
)
from kiosk.ports.eligibility import CardQuery, ConsentRecord, NumberQuery, ResultFile
from kiosk.ports.face import FaceHint, FaceResult, FaceVerdict, Frame, Picture, Reference
from kiosk.ports.pending import OutageDesk
from kiosk.runtime.clocks import JAPAN, SimulatedClock
from kiosk.runtime.executor import Devices, Executor, NumberBLimits
from kiosk.runtime.workers import Workers

AT = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
UNTIL = datetime(2029, 3, 3, tzinfo=UTC)
DAY = date(2026, 11, 24)
HOLDER = CardHolder(date(1950, 3, 3), "2", date(2031, 3, 3))
ATTRIBUTES = CardAttributes("見本　花子", "架空県架空市１－２", HOLDER.birth_date, HOLDER.sex)
CARD = CardSummary(CardKind.INDIVIDUAL_NUMBER, None, 3, 10)
ANSWER = EligibilityAnswer(Eligibility.VALID, DAY, None, ())
PATIENCE = 60.0  # real seconds after which a test gives up
PICTURE = np.full((4, 4, 3), 200, np.uint8)


@dataclass
class World:
    """All devices of a lane in one: what they are to answer, and what was asked of them."""

    errors: dict[str, Exception] = field(default_factory=dict)
    summary: CardSummary = CARD
    numbers: list[str | None] = field(default_factory=lambda: ["1" * 14])
    card_number: str = "1" * 14
    number_tries: int = 10
    photo: bool = True
    present: bool = True
    record: RecordCheck = RecordCheck.GENUINE
    pin_result: CredentialResult = field(default_factory=CredentialAccepted)
    pictures: int = 0
    presented: list[str] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    handed_over: list[tuple[str, ResultFile]] = field(default_factory=list)
    open_cameras: int = 0
    most_cameras: int = 0
    hold: threading.Event | None = None
    held: threading.Event = field(default_factory=threading.Event)
    consented: list[ConsentRecord] = field(default_factory=list)
    seen_cancelled: Callable[[], bool] = lambda: False
    attempts: list[str] = field(default_factory=list)
    looked_for: list[InsuredPerson] = field(default_factory=list)

    def called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.errors:
            raise self.errors[name]


class FakeConnection:
    atr = b""

    def __init__(self, world: World) -> None:
        self.world = world

    def transmit(self, command: bytes) -> bytes:
        return command

    def close(self) -> None:
        self.world.calls.append("close")


class FakeReader:
    def __init__(self, world: World) -> None:
        self.world = world

    def start(self, listener: Callable[[ReaderEvent], None]) -> None: ...
    def stop(self) -> None: ...

    def connect(self, insertion: int) -> FakeConnection:
        self.world.called("connect")
        return FakeConnection(self.world)


class FakeSession:
    def __init__(self, world: World) -> None:
        self.world = world

    def summarise(self) -> CardSummary:
        self.world.called("summarise")
        return self.world.summary

    def read_face(self, number_b: Secret) -> FacePhoto | CredentialRejected | CredentialBlocked:
        self.world.secrets.append(number_b)
        self.world.presented.append(number_b.reveal().decode())
        right = number_b.reveal().decode() == self.world.card_number
        number_b.wipe()
        self.world.called("read_face")
        if not right:
            self.world.number_tries -= 1
            tries = self.world.number_tries
            return CredentialRejected(tries) if tries else CredentialBlocked()
        photo = Secret(b"jp2") if self.world.photo else None
        if photo is not None:
            self.world.secrets.append(photo)
        return FacePhoto(HOLDER, photo)

    def read_attributes_by_number(self, number_b: Secret) -> CardAttributes | CredentialRejected | CredentialBlocked:
        self.world.secrets.append(number_b)
        right = number_b.reveal().decode() == self.world.card_number
        number_b.wipe()
        self.world.called("read_attributes")
        return ATTRIBUTES if right else CredentialRejected(9)

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool = False) -> CredentialResult:
        self.world.called(f"verify_pin {last_try_confirmed}")
        return self.world.pin_result

    def sign(self, challenge: bytes) -> bytes:
        return challenge

    def prove_presence(self) -> bool:
        self.world.called("prove_presence")
        return self.world.present

    def check_record(self) -> RecordCheck:
        self.world.called("check_record")
        return self.world.record


class FakeCamera:
    def __init__(self, world: World, clock: SimulatedClock) -> None:
        self.world, self.clock = world, clock
        self.users = 0

    def open(self) -> None:
        self.world.called("camera")
        self.users += 1
        self.world.open_cameras += 1
        self.world.most_cameras = max(self.world.most_cameras, self.world.open_cameras)

    def next_frame(self) -> Frame:
        self.clock.sleep(0.1)
        return Frame(PICTURE.copy(), self.clock.monotonic())

    def close(self) -> None:
        if self.users:
            self.users -= 1
            self.world.open_cameras -= 1


class FakeFront(FakeCamera):
    def next_frame(self) -> Frame:
        return Frame(PICTURE, 0.0)


class FakeFrontReader:
    def __init__(self, world: World) -> None:
        self.world = world

    def read(self, picture: Picture) -> Secret | None:
        number = self.world.numbers[min(self.world.pictures, len(self.world.numbers) - 1)]
        self.world.pictures += 1
        if number is None:
            return None
        self.world.secrets.append(secret := Secret(number))
        return secret


class FakeMatcher:
    def __init__(self, world: World) -> None:
        self.world = world
        self.references: list[Reference] = []

    def load(self) -> None: ...

    def reference(self, jp2: Secret) -> Reference:
        self.world.called("reference")
        self.references.append(Reference(np.ones(4, np.float32)))
        return self.references[-1]

    def attempt(
        self,
        reference: Reference,
        camera: FakeCamera,
        *,
        seconds: float,
        on_hint: Callable[[FaceHint], None],
        on_preview: Callable[[Frame], None],
        cancelled: Callable[[], bool],
        liveness: bool = True,
    ) -> FaceResult:
        """Looks for `seconds`, like a real one with nobody there."""
        self.world.called("attempt")
        on_hint(FaceHint.NO_FACE)
        began = camera.clock.monotonic()
        while camera.clock.monotonic() - began < seconds and not cancelled():
            on_preview(camera.next_frame())
        self.world.attempts.append("stopped" if cancelled() else "through")
        return FaceResult(FaceVerdict.NOBODY, None, 1, 0, "fake 1", 0.4, 0.3)


class FakeGateway:
    def __init__(self, world: World) -> None:
        self.world = world

    def query_card(
        self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        self.world.called("query_card")
        self.world.seen_cancelled = cancelled
        if self.world.hold is not None:
            self.world.held.set()
            self.world.hold.wait(PATIENCE)
        return ANSWER, ResultFile(f"query-{len(self.world.calls)}.xml", b"")

    def query_number(
        self, query: NumberQuery, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        self.world.called("query_number")
        return ANSWER, ResultFile(f"query-{len(self.world.calls)}.xml", b"")

    def register_consents(
        self, record: ConsentRecord, *, timeout_s: float, cancelled: Callable[[], bool]
    ) -> tuple[EligibilityAnswer, ResultFile]:
        self.world.called("register_consents")
        self.world.consented.append(record)
        return ANSWER, ResultFile("consents.xml", b"")

    def register_card(self, query: CardQuery, *, timeout_s: float, cancelled: Callable[[], bool]) -> None:
        self.world.called("register_card")

    def hand_over(self, visit_id: str, file: ResultFile) -> str:
        self.world.called("hand_over")
        self.world.handed_over.append((visit_id, file))
        return file.name


class FakePatients:
    """Knows whoever has a name."""

    def __init__(self, world: World) -> None:
        self.world = world

    def load(self, source: Path) -> int:
        raise NotImplementedError

    def find(self, person: InsuredPerson) -> Match:
        self.world.called("find")
        return Match(Finding.NOBODY)

    def held(self, person: InsuredPerson) -> HeldInsurance | None:
        self.world.called("held")
        self.world.looked_for.append(person)
        return HeldInsurance("7", FoundBy.NAME, Numbers("06479992", "1", "2")) if person.name else None

    def note_insurance(
        self, patient_number: str, person: InsuredPerson, on: date, share_percent: int | None = None
    ) -> bool:
        return True

    def note_reference(self, patient_number: str, reference_number: str) -> bool:
        return True

    def close(self) -> None: ...


LIMITS = NumberBLimits(pictures=3, reserve=6)


class Bench:
    """An executor on simulated time; `does` carries out one effect and gives its events."""

    def __init__(self, outage: OutageDesk | None = None) -> None:
        self.world = World()
        self.clock = SimulatedClock(AT)
        self.workers = Workers(self.clock)
        self.events: list[ev.Event] = []
        self.closed: list[tuple[str, Outcome]] = []
        self.alerts: list[tuple[str, str]] = []
        self.frames: list[Frame] = []
        self.matcher = FakeMatcher(self.world)

        def session(_transmit: Transmit) -> FakeSession:
            return FakeSession(self.world)

        self.executor = Executor(
            Devices(
                FakeReader(self.world),
                session,
                FakeFront(self.world, self.clock),
                FakeFrontReader(self.world),
                FakeCamera(self.world, self.clock),
                self.matcher,  # type: ignore[arg-type]
                FakeGateway(self.world),
                patients=FakePatients(self.world),
                outage=outage,
            ),
            self.clock,
            self.workers,
            number_b=LIMITS,
            query_seconds=10.0,
            on_preview=self.frames.append,
            on_closed=lambda visit_id, outcome: self.closed.append((visit_id, outcome)),
            on_alert=lambda visit_id, alert: self.alerts.append((visit_id, alert)),
            in_background=self.clock.in_background,
        )
        self.executor.post = self.events.append

    def does(self, *effects: fx.Effect) -> list[ev.Event]:
        del self.events[:]
        for effect in effects:
            self.executor.execute(effect)
        self.settles()
        return list(self.events)

    def settles(self) -> None:
        assert self.clock.wait_quiet(PATIENCE)
        while (due := self.clock.next_sleeper()) is not None:
            self.clock.advance(due)
            assert self.clock.wait_quiet(PATIENCE)

    def until_photo(self) -> Bench:
        self.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
        self.does(fx.ReadPhoto(2, "v"))
        return self
