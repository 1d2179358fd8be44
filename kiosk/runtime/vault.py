"""What one visit keeps in memory outside the flow: the card connection, the face template, the result file."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date

from kiosk.domain.card import CardHolder
from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode
from kiosk.domain.patients import HeldInsurance
from kiosk.domain.secret import Secret
from kiosk.ports.card import CardAttributes, CardConnection, CardSession
from kiosk.ports.eligibility import DeviceFault, DeviceResult, ResultFile
from kiosk.ports.face import Reference
from kiosk.ports.handover import NoteFields


@dataclass(repr=False)
class VisitRecord:
    """Secrets of one visit. `over` turns true when the visit is forgotten; workers look at it."""

    visit_id: str
    connection: CardConnection | None = None
    session: CardSession | None = None
    reference: Reference | None = None
    photo: Secret | None = None  # JPEG 2000, for a visual check
    number_b_tries: int | None = None
    number_b: Secret | None = None  # 照合番号B that the card took; opens the attributes as well
    attributes: CardAttributes | None = None
    answers: dict[int, EligibilityAnswer] = field(default_factory=dict)  # the same, read
    holder: CardHolder | None = None
    held: HeldInsurance | None = None
    numbers: Numbers | None = None  # a look-up by number asked for these
    born: date | None = None  # and for this birth date
    fault: FailureCode | None = None  # why the newest look-up brought nothing
    note: NoteFields | None = None  # of the claim, as it is to be handed over
    results: dict[int, ResultFile] = field(default_factory=dict)  # by the ticket of the effect that brought them
    card_lock: threading.Lock = field(default_factory=threading.Lock)
    face_stopped: threading.Event = field(default_factory=threading.Event)  # of the newest attempt
    document_stopped: threading.Event = field(default_factory=threading.Event)  # of the newest reading
    camera_stopped: threading.Event = field(default_factory=threading.Event)  # of the picture for staff
    over: threading.Event = field(default_factory=threading.Event)

    def keep_photo(self, reference: Reference, photo: Secret) -> None:
        """In place of those of an earlier reading, which are wiped."""
        old_reference, old_photo = self.reference, self.photo
        self.reference, self.photo = reference, photo
        if old_reference is not None:
            old_reference.wipe()
        if old_photo is not None:
            old_photo.wipe()

    def keep_number_b(self, number_b: Secret) -> None:
        old, self.number_b = self.number_b, number_b
        if old is not None:
            old.wipe()


class Vault:
    """Visits by id. A forgotten visit is wiped, and whatever a late worker still adds to it is wiped too."""

    def __init__(self) -> None:
        self._visits: dict[str, VisitRecord] = {}
        self._lock = threading.Lock()

    def open(self, visit_id: str) -> None:
        with self._lock:
            self._visits[visit_id] = VisitRecord(visit_id)

    def get(self, visit_id: str) -> VisitRecord | None:
        with self._lock:
            return self._visits.get(visit_id)

    def forget(self, visit_id: str) -> None:
        with self._lock:
            record = self._visits.pop(visit_id, None)
        if record is not None:
            record.over.set()
            record.face_stopped.set()
            record.camera_stopped.set()
            wipe(record)

    def ids(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._visits)

    def stop_cameras(self) -> None:
        """Nobody is filmed for staff any more."""
        for visit_id in self.ids():
            if (record := self.get(visit_id)) is not None:
                record.camera_stopped.set()

    def stop_faces(self) -> None:
        """No attempt at a face goes on."""
        for visit_id in self.ids():
            if (record := self.get(visit_id)) is not None:
                record.face_stopped.set()

    def forget_all(self) -> None:
        for visit_id in self.ids():
            self.forget(visit_id)

    @property
    def empty(self) -> bool:
        return not self._visits


class ReadingTray:
    """What certified readers reported and no visit has taken yet, by a number each. Thread-safe."""

    def __init__(self) -> None:
        self._held: dict[int, DeviceResult | DeviceFault] = {}
        self._last = 0
        self._lock = threading.Lock()

    def put(self, reading: DeviceResult | DeviceFault) -> int:
        with self._lock:
            self._last += 1
            self._held[self._last] = reading
            return self._last

    def take(self, number: int) -> DeviceResult | DeviceFault | None:
        with self._lock:
            return self._held.pop(number, None)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


def wipe(record: VisitRecord) -> None:
    """May be called from two threads at once."""
    reference, record.reference = record.reference, None
    if reference is not None:
        reference.wipe()
    photo, record.photo = record.photo, None
    if photo is not None:
        photo.wipe()
    number_b, record.number_b = record.number_b, None
    if number_b is not None:
        number_b.wipe()
    record.attributes = None
    record.holder = record.held = record.numbers = record.born = None
    record.note = None
    record.answers.clear()
    record.session = None
    record.results.clear()
    connection, record.connection = record.connection, None
    if connection is not None:
        connection.close()
