"""One sample of every state, reached by playing, as it happens to people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from kiosk.domain.card import CardKind
from kiosk.domain.decision.inputs import Flag
from kiosk.domain.documents import DocumentReading, DocumentType
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility
from kiosk.flow import effects as fx
from kiosk.flow.events import CallAnswered, IncidentOpened, JournalFailed, PauseAsked, Rehearsed, StaffActed
from kiosk.flow.states import State, VisitState
from kiosk.flow.transitions_form import begin_form
from kiosk.ports.card import CredentialAccepted, CredentialRejected
from kiosk.ports.face import FaceHint, FaceVerdict
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.samples import (
    AT,
    CERTIFICATE,
    HELD,
    NOT_LIVE,
    OTHER_READING,
    PHONE,
    PHONES_READ,
    SETTINGS,
    STRANGER,
    answer,
    card,
    reading,
)

IN_DISASTER = replace(SETTINGS, flags=frozenset({Flag.DISASTER}))
ASKING_FORM = replace(SETTINGS, prescription_choice=True)


def accepting_without_paper(play: Play) -> Play:
    """Staff accept somebody of whom nothing is known on a declaration that was never made."""
    return play.on(StaffActed(play.at, "accept", "sato", None, document="attestation"))


REACHED: dict[str, Callable[[], Play]] = {
    "Idle": Play,
    "Idle in English": lambda: Play().taps("language.en"),
    "Practising": lambda: Play().taps("idle.practice"),
    "Practising, asking": lambda: REACHED["Practising"]().waits(),
    "Practising, done": lambda: REACHED["Rehearsing"]().on(Rehearsed(AT, over=True)),
    "Rehearsing": lambda: REACHED["Practising"]().taps("practice.place_card"),
    "AwaitingPhone": lambda: Play(PHONES_READ).taps("idle.phone"),
    "EnteringPin, phone": lambda: REACHED["AwaitingPhone"]().places_card().reads_card(PHONE),
    "Consenting, phone": lambda: (
        REACHED["EnteringPin, phone"]().enters_pin().judges_pin(CredentialAccepted(), CERTIFICATE)
    ),
    "OutOfService": lambda: Play().loses_reader(),
    "OutOfService, disk full": lambda: (
        Play().until_face().fails(fx.RunFace, FailureCode.CAMERA_GONE).on(JournalFailed(AT, FailureCode.DISK_FULL))
    ),
    "OutOfService, paused": lambda: Play().on(PauseAsked(AT, True, "sato", "cleaning")),
    "AwaitingStaff, answered": lambda: REACHED["AwaitingStaff"]().on(CallAnswered(AT, "sato")),
    "AwaitingStaff, incident": lambda: Play().until_result().on(IncidentOpened(AT, "sato", "mixed_up")),
    "ShowingResult, pause asked": lambda: Play().until_result().on(PauseAsked(AT, True, "sato", "cleaning")),
    "OutOfService, hung": lambda: Play().places_card().fails(fx.ReadCard, FailureCode.READER_HUNG),
    "CardProblem, reader back": lambda: REACHED["OutOfService, hung"]().gets_reader_back(),
    "ReadingCard": lambda: Play().places_card(),
    "ReadingPhoto": lambda: Play().places_card().reads_card(),
    "CheckingFace": lambda: Play().until_face(),
    "CheckingFace again": lambda: Play().until_face().judges_face(FaceVerdict.NO_MATCH, FaceHint.DARK).waits(),
    "PausingFace, not followed": lambda: Play().until_face().judges(NOT_LIVE),
    "CheckingFace, challenge": lambda: Play().until_face().hints(FaceHint.TURN_LEFT),
    "PausingFace": lambda: Play().until_face().judges_face(FaceVerdict.NO_MATCH, FaceHint.DARK),
    "ChoosingMethod": lambda: Play().until_face().judges_face(FaceVerdict.NOBODY),
    "ChoosingMethod, nothing left": lambda: Play().places_card().reads_card(card(pinless=True)).reads_photo(False),
    "ConfirmingLastTry": lambda: Play().until_face(card(pin_tries=1)).taps("method.pin"),
    "EnteringPin": lambda: Play().until_face().taps("method.pin"),
    "EnteringPin, last": lambda: Play().until_face(card(pin_tries=1)).taps("method.pin", "pin_last_try.yes"),
    "EnteringPin, wrong": lambda: _pin().judges_pin(CredentialRejected(2)),
    "VerifyingPin": lambda: _pin(),
    "AwaitingVisualCheck": lambda: Play().until_face().taps("method.staff"),
    "AwaitingVisualCheck, reading": lambda: Play().places_card().taps("staff"),
    "EnteringStaffCode": lambda: REACHED["AwaitingVisualCheck"]().taps("visual.code"),
    "EnteringStaffCode, refused": lambda: REACHED["EnteringStaffCode"]().enters_code().judges_code(None),
    "EnteringStaffCode, resting": lambda: resting(REACHED["EnteringStaffCode"]()),
    "CheckingStaffCode": lambda: REACHED["EnteringStaffCode"]().enters_code(),
    "DecidingVisually": lambda: REACHED["CheckingStaffCode"]().judges_code("sato"),
    "CardProblem": lambda: Play().places_card().reads_card(card(kind=CardKind.OTHER, certificate=None)),
    "CardProblem, left": lambda: REACHED["CardProblem"]().waits(),
    "CardProblem, removed": lambda: Play().places_card().takes_card(),
    "Registering": lambda: Play().until_consent().answers(answer(Eligibility.NOT_FOUND, card_registered=False)),
    "AwaitingRegistration": lambda: REACHED["Registering"]().taps("registration.yes"),
    "Consenting": lambda: Play().until_consent(),
    "Consenting, answered": lambda: Play().until_consent().answers(),
    "ChoosingConsents": lambda: Play().until_consent().taps("consent.choose", "consent.medication"),
    "AwaitingEligibility": lambda: Play().until_consent().taps("consent.all"),
    "AwaitingEligibility, card taken": lambda: Play().until_consent().takes_card(),
    "RegisteringConsents": lambda: Play().until_consent().answers().taps("consent.all"),
    "ChoosingPrescription": lambda: Play(ASKING_FORM).until_consent().answers().taps("consent.all"),
    "ChoosingPrescription, card taken": lambda: REACHED["ChoosingPrescription"]().takes_card(),
    "RegisteringConsents, form only": lambda: (
        Play(ASKING_FORM).until_consent().answers().taps("consent.none", "prescription.paper")
    ),
    "AskingMoreTime, form of a prescription": lambda: REACHED["ChoosingPrescription"]().waits(),
    "ShowingResult": lambda: Play().until_result(),
    "ShowingResult, confirmed": lambda: Play().until_result().taps("confirm.yes"),
    "HandingOver": lambda: Play().until_result().taps("result.next"),
    "HandOverFailed": lambda: REACHED["HandingOver"]().fails(fx.HandOver, FailureCode.OUT_WRITE_FAILED),
    "TakingCard": lambda: REACHED["HandingOver"]().hands_over(),
    "CardForgotten": lambda: REACHED["TakingCard"]().waits(),
    "Finished": lambda: REACHED["TakingCard"]().takes_card(),
    "FallingBack": lambda: Play().until_consent().fails(fx.QueryCard, FailureCode.TERMINAL_FOLDER_GONE),
    "FallingBack, unconfirmed": lambda: Play().places_card().fails(fx.ReadCard, FailureCode.CARD_BROKEN),
    "ChoosingDocument": lambda: Play().until_fallback().taps("fallback.document"),
    "ChoosingDocument, no card": lambda: Play().taps("idle.no_card"),
    "ReadingDocument": lambda: REACHED["ChoosingDocument"]().taps("document.portal_pdf"),
    "ReadingDocument, no card": lambda: REACHED["ChoosingDocument, no card"]().taps("document.certificate"),
    "ReadingDocument, again": lambda: REACHED["ReadingDocument"]().reads_document(DocumentReading()),
    "ChoosingDocument, no reader": lambda: REACHED["OutOfService"]().taps("idle.no_card"),
    "ReadingDocument, copy": lambda: REACHED["ChoosingDocument"]().taps("document.portal_screen", "document.copy"),
    "RecallingHolder": lambda: REACHED["ReadingDocument"]().reads_document(reading()),
    "EnteringDocument": lambda: REACHED["ReadingDocument, no card"]().taps("document.type"),
    "ConfirmingDocument": lambda: REACHED["RecallingHolder"]().reads_holder(),
    "ConfirmingDocument, no card": lambda: REACHED["ReadingDocument, no card"]().reads_document(
        reading(DocumentType.CERTIFICATE)
    ),
    "QueryingNumbers": lambda: REACHED["ConfirmingDocument, no card"]().taps("confirm.yes"),
    "AskingVisit": lambda: Play().until_fallback().taps("fallback.none"),
    "RecallingHolder, held": lambda: REACHED["AskingVisit"]().taps("visit.return"),
    "AskingUnchanged": lambda: REACHED["RecallingHolder, held"]().reads_holder(held=HELD),
    "ShowingDocumentResult": lambda: REACHED["ConfirmingDocument"]().taps("confirm.yes"),
    "ShowingDocumentResult, no card": lambda: REACHED["QueryingNumbers"]().answers_numbers(),
    "HandingOver, note": lambda: REACHED["ShowingDocumentResult"]().taps("result.next"),
    "AwaitingStaff": lambda: REACHED["FallingBack"]().staff("take_over"),
    "AwaitingStaff, other document": lambda: REACHED["RecallingHolder, other"]().reads_holder(),
    "RecallingHolder, other": lambda: REACHED["ReadingDocument"]().reads_document(OTHER_READING),
    "AwaitingStaff, no card": lambda: REACHED["ChoosingDocument, no card"]().taps("document.none"),
    "RecallingHolder, staff accept": lambda: accepting_without_paper(REACHED["AwaitingStaff, no card"]()),
    "AwaitingStaff, card taken": lambda: REACHED["AwaitingStaff"]().takes_card(),
    "AwaitingStaff, unconfirmed": lambda: Play().until_face().staff("take_over"),
    "AwaitingStaff, mismatch": lambda: Play().until_consent().answers(answer(Eligibility.VALID, STRANGER)),
    "StaffCalled": lambda: Play().until_consent().taps("staff"),
    "StaffCalled at the result": lambda: Play().until_result().taps("staff"),
    "StaffCalled, waiting": lambda: REACHED["AwaitingEligibility"]().taps("staff"),
    "StaffCalledAtIdle": lambda: Play().taps("staff"),
    "StaffCalled over a document": lambda: REACHED["ReadingDocument"]().taps("staff"),
    "StaffCalled, confirming": lambda: REACHED["ConfirmingDocument"]().taps("staff"),
    "StaffCalledAtIdle, card there": lambda: REACHED["TakingCard"]().taps("staff"),
    "StaffCalledAtIdle, out of service": lambda: REACHED["OutOfService"]().taps("staff"),
    "FillingForm": lambda: at_form(REACHED["FallingBack"]()),
    "FillingForm, written": lambda: REACHED["FillingForm"]().writes("name", "見本　花子"),
    "FillingForm, wrong": lambda: (
        REACHED["FillingForm"]().taps("form.next", "form.next").writes("birth_date", "S99-1-1")
    ),
    "FillingForm, choice": lambda: REACHED["FillingForm"]().taps(*["form.next"] * 5).taps("form.choose.municipal"),
    "FillingForm, last": lambda: REACHED["FillingForm"]().taps(*["form.unknown"] * 8),
    "FillingForm, changing": lambda: REACHED["ReviewingForm"]().taps("form.change.number"),
    "FillingForm, who writes": lambda: REACHED["Signing"]().taps("form.proxy"),
    "FillingForm, statement": lambda: Play(IN_DISASTER).taps("idle.no_card", "document.none"),
    "ReviewingForm, statement": lambda: REACHED["FillingForm, statement"]().taps(*["form.unknown"] * 5),
    "ReviewingForm": lambda: REACHED["FillingForm"]().taps(*["form.unknown"] * 9),
    "Signing": lambda: REACHED["ReviewingForm"]().taps("form.ok"),
    "Signing, signed": lambda: REACHED["Signing"]().signs(),
    "KeepingForm": lambda: REACHED["Signing, signed"]().taps("form.ok"),
    "StaffCalled over the form": lambda: REACHED["FillingForm, written"]().taps("staff"),
    "StaffCalled, keeping": lambda: REACHED["KeepingForm"]().taps("staff"),
    "AskingMoreTime, form": lambda: REACHED["FillingForm, written"]().waits(),
    "AskingMoreTime": lambda: REACHED["Consenting"]().waits(),
    "AskingMoreTime, method": lambda: REACHED["ChoosingMethod"]().waits(),
    "AskingMoreTime, fallback": lambda: REACHED["FallingBack"]().waits(),
    "AskingMoreTime, document": lambda: REACHED["ReadingDocument"]().waits(),
}


def resting(play: Play) -> Play:
    """So many wrong codes that the pad rests."""
    for _ in range(5):
        play.enters_code().judges_code(None)
    return play


def at_form(play: Play) -> Play:
    """The form as the fallback asks for it."""
    assert isinstance(play.state, VisitState)
    play.state = replace(begin_form(play.state, play.at).state, timer=play.state.timer)
    return play


def _pin() -> Play:
    return Play().until_face().taps("method.pin").enters_pin()


@cache
def reached(name: str) -> State:
    play = REACHED[name]()
    assert type(play.state).__name__ == name.split(",")[0].split(" ")[0], play.told()
    return play.state
