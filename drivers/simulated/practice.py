"""Everything a rehearsal needs, in memory alone: a card that does not exist, a terminal that asks nobody, a face check
that compares nothing.

No part of this module knows a folder, a socket or a journal, or is ever given one. It shortens what the real devices
do, and behaves at the screen as they do when all goes well; a wrong PIN costs a try here too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from drivers.simulated.persona import Persona
from kiosk.domain.card import CardHolder, CardKind, CardSummary, CertificateInfo
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode, Retriable
from kiosk.domain.outcome import Eligibility
from kiosk.domain.secret import Secret
from kiosk.ports.card import (
    CardAttributes,
    CardInserted,
    CardTaken,
    CredentialAccepted,
    CredentialBlocked,
    CredentialRejected,
    CredentialResult,
    FacePhoto,
    ReaderAppeared,
    ReaderEvent,
    RecordCheck,
)
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import ResultFile
from kiosk.ports.face import Camera, FaceHint, FaceResult, FaceVerdict, Frame, Liveness, Reference

READING_SECONDS = 1.2
LOOKING_SECONDS = 2.0
"""Until the face check says that it is under way."""

CHECKING_SECONDS = 2.0
"""From there to its end."""

ANSWER_SECONDS = 0.8
TRIES = 3
_SHOWN_FRAMES = 8  # the screen may still be painting frames of the last half second
_NUMBER_B = "0" * 14


class PracticeReader:
    """Implements `CardReader` for the one card of a rehearsal."""

    def __init__(self) -> None:
        self._listener: Callable[[ReaderEvent], None] | None = None
        self._insertion = 0
        self._there = False

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        self._listener = listener
        listener(ReaderAppeared("practice"))

    def stop(self) -> None:
        self._listener = None

    def connect(self, insertion: int) -> NoConnection:
        if not self._there or insertion != self._insertion:
            raise Retriable(FailureCode.CARD_LOST)
        return NoConnection()

    def place(self) -> None:
        self._insertion += 1
        self._there = True
        self._tell(CardInserted(self._insertion))

    def remove(self) -> None:
        if self._there:
            self._there = False
            self._tell(CardTaken(self._insertion))

    def _tell(self, event: ReaderEvent) -> None:
        if self._listener is not None:
            self._listener(event)


class NoConnection:
    """Implements `CardConnection`: nothing lies there that could be asked."""

    atr = b""

    def transmit(self, _command: bytes) -> bytes:
        raise Retriable(FailureCode.CARD_LOST)

    def close(self) -> None:
        """Nothing to release."""


@dataclass(frozen=True)
class PracticePerson:
    """Whom the passer-by plays, on a day: everything is in order on every day."""

    persona: Persona
    on: date

    @property
    def birth_date(self) -> date:
        return date(self.on.year - (self.persona.age or 0) - 1, 12, 31)

    def holder(self) -> CardHolder:
        return CardHolder(self.birth_date, self.persona.card.sex, date(self.on.year + 5, 12, 31))

    def certificate(self) -> CertificateInfo:
        begins = datetime(self.on.year - 1, 1, 1, tzinfo=UTC)
        ends = datetime(self.on.year + 3, 12, 31, tzinfo=UTC)
        return CertificateInfo("0", begins, ends, "CN=practice", trusted=True, test=True)

    def attributes(self) -> CardAttributes:
        card = self.persona.card
        return CardAttributes(card.name, card.address, self.birth_date, card.sex)

    def answer(self, at: datetime) -> EligibilityAnswer:
        card, record = self.persona.card, self.persona.record
        person = InsuredPerson(
            insurer_number=record.insurer_number,
            insurer_name=record.insurer_name,
            number=record.number,
            name=card.name,
            kana=card.kana,
            sex=card.sex,
            birth_date=self.birth_date,
            qualified_on=date(self.on.year - 3, 4, 1),
            valid_from=date(self.on.year - 1, 8, 1),
            card_class=record.card_class,
            relation=record.relation,
            contribution_ratio=record.contribution_ratio,
        )
        return EligibilityAnswer(
            Eligibility.VALID, self.on, at.replace(tzinfo=None, microsecond=0), (person,), by_card=True
        )


class PracticeCard:
    """Implements `CardSession`. Its tries last for one rehearsal."""

    def __init__(self, person: PracticePerson, clock: Clock) -> None:
        self._person, self._clock = person, clock
        self._tries = TRIES

    def summarise(self) -> CardSummary:
        self._clock.sleep(READING_SECONDS)
        return CardSummary(CardKind.INDIVIDUAL_NUMBER, self._person.certificate(), self._tries, number_b_tries=10)

    def read_face(self, number_b: Secret) -> FacePhoto:
        number_b.wipe()
        self._clock.sleep(READING_SECONDS)
        return FacePhoto(self._person.holder(), Secret(b"no picture"))

    def read_attributes_by_number(self, number_b: Secret) -> CardAttributes:
        number_b.wipe()
        return self._person.attributes()

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool = False) -> CredentialResult:
        try:
            good = pin.reveal() == self._person.persona.card.pin.encode()
        finally:
            pin.wipe()
        if self._tries == 0:
            return CredentialBlocked()
        if self._tries == 1 and not last_try_confirmed:
            return CredentialRejected(1)
        self._clock.sleep(ANSWER_SECONDS)
        self._tries = TRIES if good else self._tries - 1
        if good:
            return CredentialAccepted()
        return CredentialRejected(self._tries) if self._tries else CredentialBlocked()

    def read_certificate(self) -> CertificateInfo:
        return self._person.certificate()

    def sign(self, _challenge: bytes) -> bytes:
        return bytes(256)

    def prove_presence(self) -> bool:
        return True

    def check_record(self) -> RecordCheck:
        return RecordCheck.ISSUER_UNKNOWN


class PracticeTerminal:
    """Implements `EligibilityGateway`: answers for the one person, and keeps nothing of what it is told."""

    def __init__(self, person: PracticePerson, clock: Clock) -> None:
        self._person, self._clock = person, clock

    def query_card(self, *_asked: Any, **_limits: Any) -> tuple[EligibilityAnswer, ResultFile]:
        return self._answered()

    def query_number(self, *_asked: Any, **_limits: Any) -> tuple[EligibilityAnswer, ResultFile]:
        return self._answered()

    def register_consents(self, *_asked: Any, **_limits: Any) -> tuple[EligibilityAnswer, ResultFile]:
        return self._answered()

    def register_card(self, *_asked: Any, **_limits: Any) -> None:
        self._clock.sleep(ANSWER_SECONDS)

    def hand_over(self, _visit_id: str, file: ResultFile) -> str:
        return file.name

    def _answered(self) -> tuple[EligibilityAnswer, ResultFile]:
        self._clock.sleep(ANSWER_SECONDS)
        return self._person.answer(self._clock.now()), ResultFile("practice", b"")


class PracticeMatcher:
    """Implements `FaceMatcher`: lets people see themselves as at the real check, looks for no face and compares none.
    Frames are overwritten soon after they were shown."""

    def load(self) -> None:
        """There is no model."""

    def reference(self, _jp2: Secret) -> Reference:
        import numpy as np

        return Reference(np.zeros(0, np.float32))

    def attempt(
        self,
        reference: Reference,  # noqa: ARG002
        camera: Camera,
        *,
        seconds: float,  # noqa: ARG002
        on_hint: Callable[[FaceHint], None],
        on_preview: Callable[[Frame], None],
        cancelled: Callable[[], bool],
        liveness: bool = True,  # noqa: ARG002
    ) -> FaceResult:
        """`seconds` are more than it takes."""
        shown: deque[Frame] = deque()
        count, began, told = 0, None, False
        try:
            while not cancelled():
                if len(shown) == _SHOWN_FRAMES:
                    shown.popleft().picture.fill(0)
                frame = camera.next_frame()
                shown.append(frame)
                on_preview(frame)
                count += 1
                began = frame.at_s if began is None else began
                if not told and frame.at_s - began >= LOOKING_SECONDS:
                    told = True
                    on_hint(FaceHint.HOLD_STILL)
                if frame.at_s - began >= LOOKING_SECONDS + CHECKING_SECONDS:
                    return _passed(FaceVerdict.MATCH, count)
            return _passed(FaceVerdict.NOBODY, count)
        finally:
            for frame in shown:
                frame.picture.fill(0)


def _passed(verdict: FaceVerdict, frames: int) -> FaceResult:
    return FaceResult(verdict, None, frames, 0, "practice", 0.0, 0.0, liveness=Liveness.LIVE)


class PracticeFront:
    """Implements `Camera` and `CardFrontReader` for the front of the card: there is nothing to be seen on it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open(self) -> None:
        """Always there."""

    def next_frame(self) -> Frame:
        import numpy as np

        return Frame(np.zeros((1, 1, 3), np.uint8), self._clock.monotonic())

    def close(self) -> None:
        """Nothing to release."""

    def read(self, _picture: Any) -> Secret:
        return Secret(_NUMBER_B)
