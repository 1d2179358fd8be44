"""Carries out the slow effects on workers and posts their answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

from kiosk.domain.card import CardKind, CardSummary
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.outcome import Outcome
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ports.card import (
    CardAttributes,
    CardReader,
    CardSession,
    CredentialBlocked,
    CredentialRejected,
    FacePhoto,
    RecordCheck,
    Transmit,
)
from kiosk.ports.clock import Clock
from kiosk.ports.document_desk import DocumentDesk
from kiosk.ports.eligibility import DeviceFault, DeviceResult, DeviceResults, EligibilityGateway, TerminalRefused
from kiosk.ports.face import Camera, CardFrontReader, FaceHint, FaceMatcher, Frame, Picture
from kiosk.ports.handover import HandOverDesk
from kiosk.ports.patients import PatientIndex
from kiosk.ports.pending import OutageDesk
from kiosk.ports.printing import FormDesk
from kiosk.ports.staff import StaffCodes
from kiosk.runtime.documents import read_document
from kiosk.runtime.exchanges import Exchanges
from kiosk.runtime.holder import holder_person
from kiosk.runtime.sight import watch
from kiosk.runtime.vault import ReadingTray, Vault, VisitRecord, wipe
from kiosk.runtime.workers import Workers

log = logging.getLogger("kiosk.runtime")
DEVICE_WAIT_SECONDS = 0.02


@dataclass(frozen=True)
class Devices:
    """The drivers of one lane, as ports."""

    reader: CardReader
    session: Callable[[Transmit], CardSession]
    front_camera: Camera
    front_reader: CardFrontReader
    camera: Camera
    matcher: FaceMatcher
    gateway: EligibilityGateway
    documents: DocumentDesk | None = None
    staff_codes: StaffCodes | None = None
    forms: FormDesk | None = None
    patients: PatientIndex | None = None
    outage: OutageDesk | None = None
    readings: DeviceResults | None = None  # of a certified reader beside the kiosk
    desk: HandOverDesk | None = None  # without one the gateway's own folder gets the result file and nothing else does


@dataclass(frozen=True)
class NumberBLimits:
    """How 照合番号B is got and used: `pictures` of the card's front are read at most, and so many tries of the card are
    left as a `reserve`."""

    pictures: int
    reserve: int


class Executor:
    """`post` takes the answers, `on_preview` the camera's frames, `on_closed` every finished visit's outcome.

    `in_background` is called in a thread whose work nobody waits for.
    """

    def __init__(
        self,
        devices: Devices,
        clock: Clock,
        workers: Workers,
        *,
        query_seconds: float,
        number_b: NumberBLimits,
        on_preview: Callable[[Frame], None],
        on_closed: Callable[[str, Outcome], None],
        on_alert: Callable[[str, str], None],
        in_background: Callable[[], None] = lambda: None,
    ) -> None:
        self.post: Callable[[ev.Event], None] = lambda _event: None
        self.vault = Vault()
        self.readings = ReadingTray()
        self._camera_lock = threading.Lock()
        self._devices = devices
        self._number_b = number_b
        self._clock = clock
        self._workers = workers
        self._exchanges = Exchanges(
            devices.gateway,
            devices.desk,
            devices.outage,
            devices.patients,
            clock,
            workers,
            query_seconds=query_seconds,
            read_words=self._attributes,
        )
        self._on_preview = on_preview
        self._on_closed = on_closed
        self._on_alert = on_alert
        self._in_background = in_background

    def execute(self, effect: fx.Effect) -> None:
        match effect:
            case fx.OpenVisit(visit_id=visit_id):
                self.vault.open(visit_id)
            case fx.ForgetVisit(visit_id=visit_id):
                self.vault.forget(visit_id)
                self._forget_document()
            case fx.CloseVisit(visit_id=visit_id, outcome=outcome):
                self._exchanges.leave_open(self.vault.get(visit_id), outcome)
                self._on_closed(visit_id, outcome)
            case fx.RaiseAlert(visit_id=visit_id, alert=alert):
                self._on_alert(visit_id, alert)
            case fx.StopFace():
                self.vault.stop_faces()
            case fx.DeclareOutage(begin=begin):
                self._exchanges.declare_outage(begin)
            case fx.WatchCamera():
                ended = threading.Event()
                record = self.vault.get(effect.visit_id)
                if record is not None:
                    record.camera_stopped = ended
                self._run(effect.ticket, effect.visit_id, lambda _: self._watch(ended))
            case fx.StopCamera():
                self.vault.stop_cameras()
            case fx.ReadCard():
                self._run(effect.ticket, effect.visit_id, lambda v: self._read_card(effect, v))
            case fx.ReadPhoto():
                self._run(effect.ticket, effect.visit_id, lambda v: self._read_photo(effect, v))
            case fx.RunFace():
                stopped = threading.Event()
                record = self.vault.get(effect.visit_id)
                if record is not None:
                    # One for each attempt: an attempt that was stopped must not go on because the next one began.
                    record.face_stopped = stopped
                self._run(effect.ticket, effect.visit_id, lambda v: self._run_face(effect, v, stopped))
            case fx.VerifyPin():
                self._run(effect.ticket, effect.visit_id, lambda v: self._verify_pin(effect, v), secret=effect.pin)
            case fx.CheckStaffCode():
                self._run(effect.ticket, effect.visit_id, lambda _: self._check_code(effect), secret=effect.code)
            case fx.QueryCard():
                self._run(effect.ticket, effect.visit_id, lambda v: self._exchanges.query_card(effect, v))
            case fx.QueryNumber():
                self._run(effect.ticket, effect.visit_id, lambda v: self._exchanges.query_number(effect, v))
            case fx.TakeReading():
                self._run(effect.ticket, effect.visit_id, lambda v: self._take_reading(effect, v))
            case fx.OfferReading(reading=reading):
                self.post(ev.ReadingArrived(self._clock.now(), reading))
            case fx.RegisterCard():
                self._run(effect.ticket, effect.visit_id, lambda v: self._exchanges.register_card(effect, v))
            case fx.RegisterConsents():
                self._run(effect.ticket, effect.visit_id, lambda v: self._exchanges.register_consents(effect, v))
            case fx.ReadHolder():
                self._run(effect.ticket, effect.visit_id, lambda v: self._read_holder(effect, v))
            case fx.KeepForm():
                self._run(effect.ticket, effect.visit_id, lambda _: self._keep_form(effect))
            case fx.ReadDocument():
                ended = threading.Event()
                record = self.vault.get(effect.visit_id)
                if record is not None:
                    record.document_stopped = ended
                self._run(
                    effect.ticket,
                    effect.visit_id,
                    lambda v: read_document(effect, v, ended, self._devices.documents, self._clock, self.post),
                )
            case fx.StopDocument():
                record = self.vault.get(effect.visit_id)
                if record is not None:
                    record.document_stopped.set()
            case fx.DestroyDocument():
                self._forget_document()
            case fx.HandOver():
                self._run(effect.ticket, effect.visit_id, lambda v: self._exchanges.hand_over(effect, v))
            case _:
                raise NotImplementedError(type(effect).__name__)

    def _run(
        self, ticket: int, visit_id: str, job: Callable[[VisitRecord], ev.Event | None], secret: Secret | None = None
    ) -> None:
        """Run the job on a worker; whatever it raises becomes an event, so that the flow never waits in vain."""
        record = self.vault.get(visit_id)
        if record is None:
            if secret is not None:
                secret.wipe()
            return

        def work() -> None:
            answer: ev.Event | None
            try:
                answer = job(record)
            except KioskError as error:
                answer = ev.EffectFailed(self._clock.now(), ticket, error.code, *_words_of(error))
            except Exception as error:  # a defect of ours must not strand the patient
                log.error("%s in a worker", type(error).__name__)
                answer = ev.EffectFailed(self._clock.now(), ticket, FailureCode.INTERNAL)
            finally:
                if secret is not None:
                    secret.wipe()
            if record.over.is_set():
                wipe(record)
            elif answer is not None:
                self.post(answer)

        self._workers.start(f"{visit_id}-{ticket}", work)

    def photo_of(self, visit_id: str) -> Secret | None:
        """A copy of the card's photo (JPEG 2000) for whoever compares it with the person; who asks for it wipes it.

        None where the card holds none, it was not read, or the visit is over.
        """
        record = self.vault.get(visit_id)
        photo = None if record is None else record.photo
        try:
            return None if photo is None else Secret(photo.reveal())
        except ValueError:  # wiped meanwhile
            return None

    def picture_of(self, visit_id: str) -> Picture | None:
        """Who stands before the camera now, to be seen beside `photo_of`; who asks for it overwrites it.

        Waits a second at most. None when the visit is over, and while the camera is at other work or not there.
        """
        if self.vault.get(visit_id) is None or not self._camera_lock.acquire(blocking=False):
            return None
        camera = self._devices.camera
        try:
            camera.open()
            return camera.next_frame().picture
        except KioskError:
            return None
        finally:
            camera.close()
            self._camera_lock.release()

    # --- the card -------------------------------------------------------------------------------

    @contextmanager
    def _alone_with(self, device: threading.Lock, given_up: Callable[[], bool], code: FailureCode) -> Iterator[None]:
        """Wait on the kiosk's time until an earlier job has left the device. Raises `code` when nobody wants it now."""
        while not device.acquire(blocking=False):
            if given_up():
                raise KioskError(code)
            self._clock.sleep(DEVICE_WAIT_SECONDS)
        try:
            yield
        finally:
            device.release()

    def _card_of(self, record: VisitRecord) -> AbstractContextManager[None]:
        """Commands of two jobs on one card would mix: a PIN could reach another application than the one meant."""
        return self._alone_with(record.card_lock, record.over.is_set, FailureCode.CARD_LOST)

    def _read_card(self, effect: fx.ReadCard, record: VisitRecord) -> ev.Event:
        try:
            record.connection = self._devices.reader.connect(effect.insertion)
            record.session = self._devices.session(record.connection.transmit)
            with self._card_of(record):
                summary = record.session.summarise()
            record.number_b_tries = summary.number_b_tries
        except KioskError as error:
            if error.code is not FailureCode.CARD_SILENT:
                raise
            summary = CardSummary(CardKind.SILENT)
        return ev.CardRead(self._clock.now(), effect.ticket, summary)

    def _read_photo(self, effect: fx.ReadPhoto, record: VisitRecord) -> ev.Event:
        session = _required(record.session)
        with self._card_of(record):
            return self._read_photo_of(session, effect, record)

    def _read_photo_of(self, session: CardSession, effect: fx.ReadPhoto, record: VisitRecord) -> ev.Event:
        photo = self._open_card_face(session, record)
        if photo.jp2 is None:
            return ev.PhotoRead(self._clock.now(), effect.ticket, photo.holder, usable=False)
        try:
            if not session.prove_presence():
                raise KioskError(FailureCode.CARD_BROKEN)
            reference = self._devices.matcher.reference(photo.jp2)
            try:
                # A record that nobody known has signed proves nothing either way: a set-up may know no issuer.
                if session.check_record() is RecordCheck.FORGED:
                    raise KioskError(FailureCode.CARD_BROKEN)
            except BaseException:
                reference.wipe()
                raise
            record.keep_photo(reference, Secret(photo.jp2.reveal()))
        finally:
            photo.jp2.wipe()
        return ev.PhotoRead(self._clock.now(), effect.ticket, photo.holder, usable=True)

    def _open_card_face(self, session: CardSession, record: VisitRecord) -> FacePhoto:
        """Picture, OCR, 照合番号B, record. A refused number is never presented a second time."""
        if record.number_b_tries is not None and record.number_b_tries <= self._number_b.reserve:
            raise KioskError(FailureCode.VERIFICATION_NUMBER_REFUSED)
        presented: list[Secret] = []
        try:
            for _ in range(self._number_b.pictures):
                number = self._read_front(record)
                if number is None:
                    continue
                if any(number.reveal() == old.reveal() for old in presented):
                    number.wipe()
                    continue
                presented.append(Secret(bytes(number.reveal())))
                answer = session.read_face(number)
                if isinstance(answer, FacePhoto):
                    record.keep_number_b(Secret(bytes(presented[-1].reveal())))
                    record.holder = answer.holder
                    return answer
                record.number_b_tries = 0 if isinstance(answer, CredentialBlocked) else answer.tries_left
                if record.number_b_tries <= self._number_b.reserve:
                    break
            code = FailureCode.VERIFICATION_NUMBER_REFUSED if presented else FailureCode.FRONT_UNREADABLE
            raise KioskError(code)
        finally:
            for old in presented:
                old.wipe()

    def _read_front(self, record: VisitRecord) -> Secret | None:
        if record.over.is_set():
            raise KioskError(FailureCode.CARD_LOST)
        camera = self._devices.front_camera
        camera.open()
        try:
            return self._devices.front_reader.read(camera.next_frame().picture)
        finally:
            camera.close()

    def _verify_pin(self, effect: fx.VerifyPin, record: VisitRecord) -> ev.Event:
        session = _required(record.session)
        with self._card_of(record):
            result = session.verify_pin(effect.pin, last_try_confirmed=effect.last_try_confirmed)
            if not isinstance(result, CredentialRejected | CredentialBlocked) and not session.prove_presence():
                raise KioskError(FailureCode.CARD_BROKEN)
            accepted = not isinstance(result, CredentialRejected | CredentialBlocked)
            certificate = session.read_certificate() if accepted and effect.certificate else None
        return ev.PinJudged(self._clock.now(), effect.ticket, result, certificate)

    def _check_code(self, effect: fx.CheckStaffCode) -> ev.Event:
        codes = self._devices.staff_codes
        name = None if codes is None else codes.name_of(effect.code)
        return ev.StaffCodeJudged(self._clock.now(), effect.ticket, name)

    def _read_holder(self, effect: fx.ReadHolder, record: VisitRecord) -> ev.Event:
        """Neither part may hold up the visit: what cannot be read is asked."""
        attributes = None
        with suppress(KioskError):
            attributes = self._attributes(record)
        held = None
        if self._devices.patients is not None:
            with suppress(KioskError):
                held = record.held = self._devices.patients.held(holder_person(attributes, effect.known))
        return ev.HolderRead(self._clock.now(), effect.ticket, attributes, held)

    def _attributes(self, record: VisitRecord) -> CardAttributes | None:
        """Only with a 照合番号B that the card has taken already: a number that was read wrong would cost a try."""
        if record.attributes is None and record.number_b is not None and record.session is not None:
            with self._card_of(record):
                answer = record.session.read_attributes_by_number(Secret(bytes(record.number_b.reveal())))
            if isinstance(answer, CardAttributes):
                record.attributes = answer
        return record.attributes

    # --- the face -------------------------------------------------------------------------------

    def _run_face(self, effect: fx.RunFace, record: VisitRecord, stopped: threading.Event) -> ev.Event:
        if record.reference is None:
            raise KioskError(FailureCode.PHOTO_MISSING)

        def hinted(hint: FaceHint) -> None:
            self.post(ev.FaceHinted(self._clock.now(), effect.ticket, hint))

        camera = self._devices.camera
        # An attempt that was stopped still holds the camera until its next frame.
        with self._alone_with(self._camera_lock, stopped.is_set, FailureCode.CAMERA_SILENT):
            try:
                camera.open()
                result = self._devices.matcher.attempt(
                    record.reference,
                    camera,
                    seconds=effect.seconds,
                    on_hint=hinted,
                    on_preview=self._on_preview,
                    cancelled=stopped.is_set,
                    liveness=effect.liveness,
                )
            finally:
                camera.close()
        return ev.FaceJudged(self._clock.now(), effect.ticket, result)

    def _watch(self, ended: threading.Event) -> None:
        self._in_background()
        with self._alone_with(self._camera_lock, ended.is_set, FailureCode.CAMERA_SILENT):
            watch(self._devices.camera, self._on_preview, ended.is_set)

    def _forget_document(self) -> None:
        if self._devices.documents is not None:
            self._devices.documents.destroy()

    def keep_reading(self, reading: DeviceResult | DeviceFault) -> int:
        """Holds what a certified reader reported until a visit takes it; returns the name under which it does."""
        return self.readings.put(reading)

    def _take_reading(self, effect: fx.TakeReading, record: VisitRecord) -> ev.Event:
        reading = self.readings.take(effect.reading)
        if reading is None:
            raise KioskError(FailureCode.TERMINAL_SILENT)
        if isinstance(reading, DeviceFault):
            raise reading.error
        record.results[effect.ticket] = reading.file
        record.answers[effect.ticket] = reading.answer
        return self._exchanges.answered(effect.ticket, reading.answer, record)

    def _keep_form(self, effect: fx.KeepForm) -> ev.Event:
        if self._devices.forms is None:
            raise KioskError(FailureCode.FORM_NOT_DRAWN)
        printed = self._devices.forms.keep(effect.visit_id, effect.form, effect.at, effect.identity)
        return ev.FormKept(self._clock.now(), effect.ticket, printed)


def _words_of(error: KioskError) -> tuple[str, str] | tuple[()]:
    """What the terminal says of its own error, for staff."""
    return (error.terminal_code, error.message) if isinstance(error, TerminalRefused) else ()


def _required(session: CardSession | None) -> CardSession:
    if session is None:
        raise KioskError(FailureCode.CARD_LOST)
    return session
