"""Registration, consents and the answer of the eligibility system."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.decision.inputs import NumberQuery
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Outcome, Status
from kiosk.flow import consents
from kiosk.flow.assessment import Verdict, assess, confirmed_person
from kiosk.flow.confirmed import ask_consent, start_query
from kiosk.flow.effects import RegisterCard, RegisterConsents
from kiosk.flow.events import (
    CardPresented,
    CardRegistered,
    CardRemoved,
    ConsentsRegistered,
    EffectFailed,
    EligibilityAnswered,
    Tapped,
)
from kiosk.flow.fallback import Fallback
from kiosk.flow.prescription import code_of, consents_before, form_of, to_be_asked
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    AwaitingEligibility,
    AwaitingRegistration,
    AwaitingStaff,
    ChoosingConsents,
    ChoosingPrescription,
    ConfirmedStage,
    Consenting,
    FallingBack,
    HandingOver,
    Lane,
    ReadingCard,
    Registering,
    RegisteringConsents,
    ShowingResult,
    Visit,
)
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.transitions_card import (
    card_presented_beside_staff,
    card_presented_in_visit,
    with_card,
    without_card,
)
from kiosk.flow.transitions_end import hand_over

_FAILURE_ALERTS = {
    FailureCode.TERMINAL_SILENT: "terminal_silent",
    FailureCode.TERMINAL_FOLDER_GONE: "terminal_folder_gone",
    FailureCode.LINE_DOWN: "line_down",
    FailureCode.TERMINAL_ERROR: "terminal_error",
    FailureCode.ANSWER_DAMAGED: "answer_damaged",
    FailureCode.ANSWER_ENCRYPTED: "answer_encrypted",
    FailureCode.ANSWER_FOREIGN: "answer_foreign",
    FailureCode.DISK_FULL: "disk_full",
}


BY_NUMBERS = "staff.need.by_numbers"

_UNREADABLE = (FailureCode.ANSWER_DAMAGED, FailureCode.ANSWER_ENCRYPTED)

_REFUSED = (AwaitingStaff, FallingBack)
"""Where an answer leads that is not to be accepted. Days end: it may become so between answer and consent."""

_RESULT = (ShowingResult, HandingOver)
_SETTLED = (ChoosingPrescription, *_RESULT)


@on(ConfirmedStage, EligibilityAnswered, *_REFUSED, Registering, RegisteringConsents, *_SETTLED)
def answered(state: ConfirmedStage, event: EligibilityAnswered) -> Move:
    visit = replace(state.visit, answer=event.answer, query_ticket=None, result=event.ticket)
    visit = replace(visit, last_share=event.last_share, card_name=event.card_name or visit.card_name)
    lane = state.lane
    # What staff ask for afterwards goes by numbers too, about somebody whom the reader has confirmed.
    if visit.by_device and event.answer.by_numbers and visit.staff is None:
        return go(seen_by_nobody(lane, visit, event))
    if visit.by_device:
        items, until = consents.given(event.answer, event.at, lane.settings)
        visit = replace(visit, consents=items, consents_until=until)
    if not event.answer.card_registered:
        if visit.registration_offered or visit.by_device:
            return go(FallingBack(lane, visit.alert("not_registered"), "register.failed"))
        return go(Registering(lane, replace(visit, registration_offered=True)))
    if not event.answer.medical_information_allowed:
        visit = replace(visit, consents=(), consented_at=None, consents_until=None)
    if visit.consents is not None:
        return settle(lane, visit, event.at)
    verdict = assess(visit, event.at, lane.settings)
    visit = visit.alert(*verdict.alerts)
    return refused(lane, visit, verdict) or stay(replace(state, visit=visit))


def seen_by_nobody(lane: Lane, visit: Visit, event: EligibilityAnswered) -> AwaitingStaff:
    """A file in `face` about insurance numbers (ReferenceClassification 2): no card was read and nobody confirmed. The
    answer stands like that of a look-up by a document's numbers; which document, staff say."""
    answer = event.answer
    person = confirmed_person(answer, visit.on)
    found = person is not None and answer.eligibility in (Eligibility.VALID, Eligibility.INVALID_NEWER)
    fallback = Fallback(
        BY_NUMBERS,
        answer.eligibility,
        with_card=False,
        number_query=NumberQuery.OK if found else NumberQuery.FAIL,
        query_result=event.ticket if found else None,
        insured=person if found else None,
    )
    unseen = replace(visit, identity=IdentityMethod.NONE, fallback=fallback).alert("reading_by_numbers")
    return AwaitingStaff(lane, unseen, BY_NUMBERS, answer.eligibility)


def refused(lane: Lane, visit: Visit, verdict: Verdict) -> Move | None:
    """Where a verdict leads that accepts nobody."""
    if verdict.mismatch:
        # Nothing of the other person may stay: not on the screen, not in the state.
        nobodys = replace(visit, answer=None, last_share=None, result=None)
        return go(AwaitingStaff(lane, nobodys, "staff.need.mismatch", Eligibility.UNCONFIRMED))
    if verdict.staff_reason:
        return go(
            AwaitingStaff(lane, visit, verdict.staff_reason, verdict.eligibility, verdict.decision, verdict.claim_route)
        )
    if verdict.fallback_cause:
        return go(FallingBack(lane, visit, verdict.fallback_cause, verdict.eligibility))
    return None


def settle(lane: Lane, visit: Visit, at: datetime) -> Move:
    """Both consents and answer are known: ask what is left to ask, register what was said, or show the result."""
    verdict = assess(visit, at, lane.settings)
    visit = visit.alert(*verdict.alerts)
    if (elsewhere := refused(lane, visit, verdict)) is not None:
        return elsewhere
    if to_be_asked(visit, lane):
        return go(ChoosingPrescription(lane, visit))
    outcome = accepted(visit, verdict, lane.settings)
    if (visit.consents or visit.prescription) and not visit.by_device:
        form = code_of(visit.prescription, visit.on, lane.settings)
        lane, ticket = lane.with_ticket()
        return go(
            RegisteringConsents(lane, visit, ticket, outcome),
            RegisterConsents(ticket, visit.id, visit.consents or (), visit.consented_at or at, form),
        )
    return show(ShowingResult(lane, visit, outcome, at))


def show(result: ShowingResult) -> Move:
    """Where the next person's card lies already, the screen is not this patient's any more."""
    return hand_over(result) if result.visit.waited_for_on(result.lane) else go(result)


@on(ShowingResult, CardPresented, HandingOver, ShowingResult)
def next_card_at_result(state: ShowingResult, event: CardPresented) -> Move:
    if state.visit.is_of(event.insertion):
        return card_presented_in_visit(state, event)
    return hand_over(with_card(state, event.insertion))


def accepted(visit: Visit, verdict: Verdict, settings: FlowSettings) -> Outcome:
    return Outcome(
        status=Status.ACCEPTED,
        identity=visit.identity,
        eligibility=verdict.eligibility,
        document=Document.PHONE if visit.phone else Document.CARD,
        claim_route=verdict.claim_route,
        consents=visit.consents or (),
        decision=verdict.decision,
        share=verdict.share,
        alerts=visit.alerts,
        consents_until=visit.consents_until if visit.consents else None,
        prescription=form_of(visit, settings),
    )


@on(ConfirmedStage, EffectFailed, FallingBack, ConfirmedStage, AwaitingStaff)
def query_failed(state: ConfirmedStage, event: EffectFailed) -> Move:
    """A silent line is asked once more; anything else goes to the fallback at once."""
    visit = state.visit
    if event.terminal_code is not None:
        visit = replace(visit, terminal_error=(event.terminal_code, event.message or ""))
    if visit.by_device and event.code in _UNREADABLE:
        # Nobody can say whose reading it was, or whether there was a person at all.
        unknown = replace(visit, query_ticket=None, identity=IdentityMethod.NONE).alert(_FAILURE_ALERTS[event.code])
        return go(AwaitingStaff(state.lane, unknown, "staff.need.reading"))
    if event.code is FailureCode.TERMINAL_SILENT and visit.query_attempts < state.lane.settings.query_attempts:
        started = start_query(state.lane, visit, event.at)
        if started is not None:
            lane, visit, query = started
            return stay(replace(state, lane=lane, visit=visit), query)
    visit = replace(visit, query_ticket=None).alert(_FAILURE_ALERTS.get(event.code, "query_failed"))
    return go(FallingBack(state.lane, visit, "outage.network"))


# --- consents -----------------------------------------------------------------------------------


def consented(state: ConfirmedStage, items: tuple[str, ...], at: datetime) -> Move:
    end = consents.until(at, state.lane.settings) if items else None
    visit = replace(state.visit, consents=items, consented_at=at if items else None, consents_until=end)
    if visit.answer is None:
        return go(AwaitingEligibility(state.lane, visit))
    return settle(state.lane, visit, at)


@on(
    Consenting, Tapped, AwaitingEligibility, ChoosingPrescription, RegisteringConsents, *_REFUSED, control="consent.all"
)
def consent_to_all(state: Consenting, event: Tapped) -> Move:
    return consented(state, consents.offered(state.visit, state.lane.settings), event.at)


@on(Consenting, Tapped, AwaitingEligibility, *_SETTLED, *_REFUSED, control="consent.none")
def consent_to_none(state: Consenting, event: Tapped) -> Move:
    return consented(state, (), event.at)


@on(Consenting, Tapped, ChoosingConsents, control="consent.choose")
def choose_consents(state: Consenting, _event: Tapped) -> Move:
    return go(ChoosingConsents(state.lane, state.visit))


@on(ChoosingConsents, Tapped, ChoosingConsents, control="consent.")
def toggle_consent(state: ChoosingConsents, event: Tapped) -> Move:
    item = event.control.partition(".")[2]
    items = consents.offered(state.visit, state.lane.settings)
    if item not in items:
        return stay(state)
    chosen = set(state.chosen) ^ {item}
    ordered = tuple(i for i in items if i in chosen)
    return go(replace(state, chosen=ordered))


@on(ChoosingConsents, Tapped, AwaitingEligibility, RegisteringConsents, *_SETTLED, *_REFUSED, control="consent.ok")
def consents_chosen(state: ChoosingConsents, event: Tapped) -> Move:
    """Nothing is consented before the last screen of items was seen."""
    if state.page + 1 < len(consents.pages(state.visit, state.lane.settings)):
        return go(replace(state, page=state.page + 1))
    return consented(state, state.chosen, event.at)


@on(ChoosingConsents, Tapped, Consenting, control="back")
def back_to_consent(state: ChoosingConsents, _event: Tapped) -> Move:
    if state.page > 0:
        return go(replace(state, page=state.page - 1))
    return go(Consenting(state.lane, state.visit))


@on(ConfirmedStage, CardRemoved)
def card_taken_after_confirmation(state: ConfirmedStage, event: CardRemoved) -> Move:
    return stay(without_card(state, event))


@on(Consenting, CardRemoved, AwaitingEligibility, *_SETTLED, *_REFUSED)
@on(ChoosingConsents, CardRemoved, AwaitingEligibility, *_SETTLED, *_REFUSED)
def card_taken_before_consent(state: Consenting | ChoosingConsents, event: CardRemoved) -> Move:
    """No card, no consent; the eligibility itself goes on."""
    gone = without_card(state, event)
    if gone.lane.card is not None:
        return stay(gone)
    visit = state.visit.alert("card_taken_before_consent")
    return consented(replace(state, lane=gone.lane, visit=visit), (), event.at)


@on(ChoosingPrescription, Tapped, RegisteringConsents, *_REFUSED, control="prescription.electronic")
@on(ChoosingPrescription, Tapped, RegisteringConsents, *_REFUSED, control="prescription.paper")
def prescription_chosen(state: ChoosingPrescription, event: Tapped) -> Move:
    form = event.control.partition(".")[2]
    return settle(state.lane, replace(state.visit, prescription=form), event.at)


@on(ChoosingPrescription, Tapped, Consenting, control="back")
def back_to_consents(state: ChoosingPrescription, _event: Tapped) -> Move:
    """Nothing was registered yet: the patient says anew what they consent to."""
    if not consents_before(state.visit, state.lane):
        return stay(state)
    return go(Consenting(state.lane, replace(state.visit, consents=None, consented_at=None, consents_until=None)))


WITHOUT_FORM = (RegisteringConsents, *_RESULT, *_REFUSED)


def without_form(state: ChoosingPrescription, at: datetime) -> Move:
    """Nobody answered. The visit is as good as received: only the form of a prescription stays open."""
    return settle(state.lane, replace(state.visit, prescription=""), at)


@on(ChoosingPrescription, CardPresented, *WITHOUT_FORM, ChoosingPrescription)
def next_card_at_prescription(state: ChoosingPrescription, event: CardPresented) -> Move:
    """Nobody answers for another patient."""
    if state.visit.is_of(event.insertion):
        return card_presented_in_visit(state, event)
    return without_form(with_card(state, event.insertion), event.at)


@on(RegisteringConsents, ConsentsRegistered, *_RESULT, *_REFUSED)
def consents_registered(state: RegisteringConsents, event: ConsentsRegistered) -> Move:
    """The file that came with this answer is the one to be handed over: it must be about the same person.

    An answer without persons registered nothing for anybody.
    """
    if not event.answer.persons:
        return consents_not_registered(state, event)
    settings = state.lane.settings
    asked = state.visit.consents or ()
    items, end = consents.confirmed(asked, event.answer, event.at, settings)
    visit = replace(state.visit, answer=event.answer, result=event.ticket, consents=items)
    visit = replace(visit, consents_until=(end or visit.consents_until) if items else None)
    if items != asked:
        visit = visit.alert("consent_not_registered")
    verdict = assess(visit, event.at, state.lane.settings)
    visit = visit.alert(*verdict.alerts)
    elsewhere = refused(state.lane, visit, verdict)
    return elsewhere or show(ShowingResult(state.lane, visit, accepted(visit, verdict, settings), event.at))


@on(RegisteringConsents, EffectFailed, *_RESULT)
def consents_not_registered(state: RegisteringConsents, event: EffectFailed | ConsentsRegistered) -> Move:
    """The eligibility stands; only what the patient said did not arrive, and the outcome says so."""
    if state.withdrawn:
        return withdrawal_failed(state, event.at)
    missing = ["consent_not_registered"] if state.visit.consents else []
    missing += ["prescription_not_registered"] if state.visit.prescription else []
    visit = replace(state.visit, consents=(), consents_until=None).alert(*missing)
    outcome = replace(state.outcome, consents=(), alerts=visit.alerts, consents_until=None)
    return show(ShowingResult(state.lane, visit, outcome, event.at))


def withdrawal_failed(state: RegisteringConsents, at: datetime) -> Move:
    """What was registered still holds until its end; staff have to take it back at the terminal."""
    settings = state.lane.settings
    began = state.visit.consented_at
    end = consents.until(began, settings) if began else None
    visit = replace(state.visit, consents=state.withdrawn, consents_until=end).alert("consent_withdrawal_failed")
    outcome = replace(state.outcome, consents=visit.consents or (), alerts=visit.alerts, consents_until=end)
    return show(ShowingResult(state.lane, visit, outcome, at))


# --- first registration -------------------------------------------------------------------------


@on(Registering, Tapped, AwaitingRegistration, FallingBack, control="registration.yes")
def register(state: Registering, event: Tapped) -> Move:
    certificate = state.visit.summary.certificate if state.visit.summary else None
    if certificate is None:
        return go(FallingBack(state.lane, state.visit, "register.failed"))
    lane, ticket = state.lane.with_ticket()
    return go(
        AwaitingRegistration(lane, state.visit, ticket),
        RegisterCard(
            ticket, state.visit.id, certificate.serial, certificate.not_after, state.visit.identity, event.at.date()
        ),
    )


on(Registering, CardPresented, ReadingCard, Registering)(card_presented_beside_staff)


@on(Registering, Tapped, FallingBack, control="registration.no")
def registration_declined(state: Registering, _event: Tapped) -> Move:
    return go(FallingBack(state.lane, state.visit.alert("registration_declined"), "register.skip"))


@on(AwaitingRegistration, CardRegistered, Consenting, AwaitingEligibility, FallingBack)
def registered(state: AwaitingRegistration, event: CardRegistered) -> Move:
    started = start_query(state.lane, replace(state.visit, query_attempts=0), event.at)
    if started is None:
        return go(FallingBack(state.lane, state.visit, "register.failed"))
    lane, visit, query = started
    if visit.consents is None:
        return ask_consent(lane, visit, query)
    return go(AwaitingEligibility(lane, visit), query)


@on(AwaitingRegistration, EffectFailed, FallingBack)
def registration_failed(state: AwaitingRegistration, _event: EffectFailed) -> Move:
    return go(FallingBack(state.lane, state.visit.alert("registration_failed"), "register.failed"))
