"""What an executor asks of the terminal, and where it leaves a visit: the hand-over, and the list for later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import date

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.outcome import Eligibility, Outcome, Status
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.assessment import confirmed_person
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import CardQuery, ConsentRecord, EligibilityGateway, NumberQuery
from kiosk.ports.handover import FinishedVisit, HandOverDesk
from kiosk.ports.patients import PatientIndex
from kiosk.ports.pending import OutageDesk
from kiosk.runtime.unconfirmed import pending_visit
from kiosk.runtime.vault import VisitRecord
from kiosk.runtime.workers import Workers

log = logging.getLogger("kiosk.runtime")


class Exchanges:
    """`read_words` reads name and address from the card, as long as it lies there."""

    def __init__(
        self,
        gateway: EligibilityGateway,
        desk: HandOverDesk | None,
        outage: OutageDesk | None,
        patients: PatientIndex | None,
        clock: Clock,
        workers: Workers,
        *,
        query_seconds: float,
        read_words: Callable[[VisitRecord], object],
    ) -> None:
        self._gateway, self._desk, self._outage, self._patients = gateway, desk, outage, patients
        self._clock, self._workers = clock, workers
        self._seconds, self._read_words = query_seconds, read_words

    def query_card(self, effect: fx.QueryCard, record: VisitRecord) -> ev.Event:
        """The name on the chip is read first: the answer is compared with it, and the card may be taken from now on."""
        with suppress(KioskError):
            self._read_words(record)
        try:
            answer, record.results[effect.ticket] = self._gateway.query_card(
                _card_query(effect), timeout_s=self._seconds, cancelled=record.over.is_set
            )
        except KioskError as error:
            self._unanswered(error, record)
            raise
        record.fault = None
        record.answers[effect.ticket] = answer
        return self.answered(effect.ticket, answer, record)

    def answered(self, ticket: int, answer: EligibilityAnswer, record: VisitRecord) -> ev.Event:
        """The answer, and what its person paid at the last visit."""
        now = self._clock.now()
        share = None if record.over.is_set() else self._last_share(answer, now.date(), record)
        words = record.attributes
        return ev.EligibilityAnswered(now, ticket, answer, share, words.name if words else None)

    def query_number(self, effect: fx.QueryNumber, record: VisitRecord) -> ev.Event:
        numbers = record.numbers = effect.numbers
        record.born = effect.birth_date
        query = NumberQuery(
            effect.visit_id,
            numbers.insurer_number or "",
            numbers.symbol,
            numbers.number or "",
            numbers.branch,
            effect.birth_date,
            effect.on,
        )
        try:
            answer, record.results[effect.ticket] = self._gateway.query_number(
                query, timeout_s=self._seconds, cancelled=record.over.is_set
            )
        except KioskError as error:
            self._unanswered(error, record)
            raise
        record.fault = None
        record.answers[effect.ticket] = answer
        return self.answered(effect.ticket, answer, record)

    def register_card(self, effect: fx.RegisterCard, record: VisitRecord) -> ev.Event:
        self._gateway.register_card(_card_query(effect), timeout_s=self._seconds, cancelled=record.over.is_set)
        return ev.CardRegistered(self._clock.now(), effect.ticket)

    def register_consents(self, effect: fx.RegisterConsents, record: VisitRecord) -> ev.Event:
        answer, record.results[effect.ticket] = self._gateway.register_consents(
            ConsentRecord(effect.visit_id, effect.items, effect.at, effect.prescription),
            timeout_s=self._seconds,
            cancelled=record.over.is_set,
        )
        record.answers[effect.ticket] = answer
        return ev.ConsentsRegistered(self._clock.now(), effect.ticket, answer)

    def hand_over(self, effect: fx.HandOver, record: VisitRecord) -> ev.Event:
        file = None if effect.result is None else record.results.get(effect.result)
        record.note = effect.note or record.note
        desk = self._desk
        if file is None and (desk is None or record.note is None):
            raise KioskError(FailureCode.OUT_WRITE_FAILED)
        if desk is not None:
            name = desk.hand_over(
                FinishedVisit(
                    effect.visit_id,
                    self._clock.now(),
                    institution_code="",
                    answer=None if effect.result is None else record.answers.get(effect.result),
                    file=file,
                    share_percent=effect.outcome.share if effect.outcome else None,
                    note=record.note,
                )
            )
        elif file is not None:
            name = self._gateway.hand_over(effect.visit_id, file)
        return ev.HandedOver(self._clock.now(), effect.ticket, name)

    def leave_open(self, record: VisitRecord | None, outcome: Outcome) -> None:
        """A visit that ends without an answer waits for one, with what is known about the person."""
        desk = self._outage
        if desk is None or record is None or record.fault is None:
            return
        if outcome.eligibility is not Eligibility.UNCONFIRMED or outcome.status is Status.ABANDONED:
            return
        visit = pending_visit(record, outcome, self._clock.now())
        self._workers.start(f"{visit.visit_id}-pending", lambda: desk.left_open(visit))

    def declare_outage(self, begin: bool) -> None:
        if self._outage is not None:
            self._outage.declare(begin)

    def _last_share(self, answer: EligibilityAnswer, on: date, record: VisitRecord) -> int | None:
        """Nothing waits for it: where the list fails, or is not sure who this is, nothing is said."""
        person = confirmed_person(answer, on)
        if person is None or self._patients is None:
            return None
        try:
            held = self._patients.held(person)
        except KioskError as error:
            if not record.over.is_set():  # the list is closed with the program
                log.error("patients: %s", error.code.value)
            return None
        return held.share_percent if held is not None and held.certain else None

    def _unanswered(self, error: KioskError, record: VisitRecord) -> None:
        """The visit is to be looked up later: who it is, is read while the card can still say it."""
        record.fault = error.code
        with suppress(KioskError):
            self._read_words(record)


def _card_query(effect: fx.QueryCard | fx.RegisterCard) -> CardQuery:
    insist = isinstance(effect, fx.QueryCard) and effect.insist
    return CardQuery(effect.visit_id, effect.serial, effect.not_after, effect.identity, effect.on, insist)
