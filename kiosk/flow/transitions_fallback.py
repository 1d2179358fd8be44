"""How a visit goes on by another way: what the decision table still asks, until it is accepted or a person comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.attestation import AttestationForm
from kiosk.domain.decision.decide import Decision
from kiosk.domain.decision.inputs import NumberQuery, Says
from kiosk.domain.decision.inputs import Visit as VisitKind
from kiosk.domain.decision.table import Acceptance
from kiosk.domain.documents import FieldKey, HolderMatch, match_holder
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod
from kiosk.flow.assessment import assess_by_numbers
from kiosk.flow.effects import HandOver, QueryNumber, ReadHolder, ReadPhoto
from kiosk.flow.events import (
    CardPresented,
    CardRemoved,
    EffectFailed,
    EligibilityAnswered,
    HolderRead,
    Tapped,
    TimerFired,
)
from kiosk.flow.fallback import numbers_of
from kiosk.flow.fallback_decision import decision_of, known, note_of, outcome_of_decision
from kiosk.flow.fallback_seams import ONWARD
from kiosk.flow.states import AwaitingStaff, HandingOver, Lane, ReadingPhoto, Visit, VisitState
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    EnteringDocument,
    FallbackStage,
    QueryingNumbers,
    RecallingHolder,
    ShowingDocumentResult,
)
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.transitions_card import card_presented_in_visit, with_card, without_card
from kiosk.flow.transitions_form import begin_form

_OPEN = frozenset((Acceptance.ACCEPT, Acceptance.ACCEPT_WITH_CARD, Acceptance.CONDITIONAL))
_WITHOUT_PAPER = frozenset((Document.ORAL, Document.ATTESTATION))
_PAPERS = frozenset(("portal_screen", "portal_pdf", "notice", "certificate", "old_card"))


def advance(lane: Lane, visit: Visit, at: datetime) -> Move:
    """The next thing that the table asks and the kiosk can do; else the end."""
    decision = decision_of(visit, lane.settings)
    if decision is None:
        return go(AwaitingStaff(lane, visit, "staff.need.documents", known(visit).eligibility))
    visit = replace(visit, fallback=replace(known(visit), decision=decision.id, say=decision.say.id))
    fallback = known(visit)
    ask = set(decision.ask_next)
    if "number_query" in ask and fallback.shown:
        return query_numbers(lane, visit, at, decision)
    if "document_valid_to" in ask and fallback.reading is not None:
        return go(EnteringDocument(lane, visit, fallback.reading, (FieldKey.VALID_TO,)))
    if "statement" in ask and fallback.form is None:
        return begin_form(ChoosingDocument(lane, visit), at, statement=True)
    if "statement" in ask:
        return with_staff(lane, visit, decision)
    if decision.outcome in _OPEN and decision.document in _WITHOUT_PAPER:
        return _without_paper(lane, visit, at, decision)
    if decision.outcome not in _OPEN:
        return with_staff(lane, visit, decision)
    return person_then_accept(lane, visit, at, decision)


def _without_paper(lane: Lane, visit: Visit, at: datetime, decision: Decision) -> Move:
    """Card alone: other documents first, then first or return, then the oral check or the form."""
    ask, fallback = set(decision.ask_next), known(visit)
    if ask & _PAPERS and not fallback.settled:
        return go(ChoosingDocument(lane, visit, decision.say.id))
    if fallback.kind is None and fallback.form is None:
        return go(AskingVisit(lane, visit))
    on_the_form = "form" in ask and visit.summary is not None and visit.has_card_on(lane)
    if (fallback.kind is VisitKind.RETURN or on_the_form) and not fallback.holder_asked:
        if visit.holder is None and _face_can_be_asked(lane, visit, decision):
            return _ask_face(lane, visit)  # with the photo the card tells who its holder is
        return recall(lane, visit)  # a first visit, too: the card then writes name and address on the form
    if "oral" in ask:
        return go(AskingUnchanged(lane, visit))
    if "form" in ask:
        origin = AskingUnchanged(lane, visit) if fallback.says is Says.CHANGED else AskingVisit(lane, visit)
        return begin_form(origin, at)
    return person_then_accept(lane, visit, at, decision)


def person_then_accept(lane: Lane, visit: Visit, at: datetime, decision: Decision) -> Move:
    """Nobody is accepted on a card whose holder nobody has looked at: the face first, else a person. A document that
    is not in force yet is a person's to weigh: insurers send it weeks before."""
    if _not_begun(visit):
        early = visit.alert("document_not_begun")
        return go(AwaitingStaff(lane, early, "staff.need.documents", known(visit).eligibility, decision.id))
    if "visual_check" in decision.ask_next and known(visit).with_card:
        if _face_can_be_asked(lane, visit, decision):
            return _ask_face(lane, visit)
        return go(AwaitingStaff(lane, visit, "staff.need.visual", known(visit).eligibility, decision.id))
    if known(visit).says is Says.UNCHANGED and not _sure_of(visit):
        return go(AwaitingStaff(lane, visit, "staff.need.oral", known(visit).eligibility, decision.id))
    return accept(lane, visit, at, decision)


def _face_can_be_asked(lane: Lane, visit: Visit, decision: Decision) -> bool:
    wanted = "visual_check" in decision.ask_next and known(visit).with_card
    return wanted and visit.summary is not None and visit.has_card_on(lane) and not visit.face_attempts


def _ask_face(lane: Lane, visit: Visit) -> Move:
    lane, ticket = lane.with_ticket()
    return go(ReadingPhoto(lane, visit, ticket), ReadPhoto(ticket, visit.id))


def _not_begun(visit: Visit) -> bool:
    """The document shown begins on a later day, and no look-up by its numbers has confirmed today's insurance."""
    reading = known(visit).reading if known(visit).shown else None
    if reading is None or known(visit).number_query is NumberQuery.OK:
        return False
    begins = (reading.day(FieldKey.VALID_FROM), reading.day(FieldKey.ACQUIRED))
    return any(day is not None and day > visit.on for day in begins)


def _sure_of(visit: Visit) -> bool:
    """Whether the held insurance is this person's as far as the kiosk can tell, or a person has looked."""
    held = known(visit).held
    return held is None or held.certain or visit.identity is not IdentityMethod.NONE


def accept(lane: Lane, visit: Visit, at: datetime, decision: Decision) -> Move:
    assert lane.settings.decisions is not None
    rests_on_paper = bool(known(visit).shown) or decision.document is not Document.NONE
    if visit.identity is IdentityMethod.NONE and rests_on_paper:
        visit = replace(visit, identity=IdentityMethod.DOCUMENT)
    fallback = replace(known(visit), decision=decision.id, say=decision.say.id)
    visit = replace(visit, consents=(), result=fallback.query_result, fallback=fallback)
    note = note_of(visit, decision, lane.settings.decisions)
    if note.missing:
        visit = visit.alert("claim_note_incomplete")
    shown = ShowingDocumentResult(lane, visit, outcome_of_decision(visit, decision), at, note=note)
    # Where the next person's card lies already, the screen is not this patient's any more.
    return hand_over_noted(shown) if visit.waited_for_on(lane) else go(shown)


def hand_over_noted(state: ShowingDocumentResult) -> Move:
    """As for a card; without a result file the note says what is to be typed."""
    lane, ticket = state.lane.with_ticket()
    visit = state.visit
    over = HandingOver(lane, visit.id, state.outcome, ticket, visit.result, visit.to_take)
    note = None if visit.result is not None else state.note
    return go(over, HandOver(ticket, visit.id, visit.result, state.outcome, note))


@on(ShowingDocumentResult, Tapped, HandingOver, control="result.next")
@on(ShowingDocumentResult, TimerFired, HandingOver)
def noted_result_read(state: ShowingDocumentResult, _event: Tapped | TimerFired) -> Move:
    return hand_over_noted(state)


@on(ShowingDocumentResult, CardRemoved, HandingOver, ShowingDocumentResult)
def card_taken_at_noted_result(state: ShowingDocumentResult, event: CardRemoved) -> Move:
    own = state.visit.has_card_on(state.lane)
    gone = without_card(state, event)
    return hand_over_noted(gone) if own and gone.lane.card is None else stay(gone)


@on(ShowingDocumentResult, CardPresented, HandingOver, ShowingDocumentResult)
def next_card_at_noted_result(state: ShowingDocumentResult, event: CardPresented) -> Move:
    if state.visit.is_of(event.insertion):
        return card_presented_in_visit(state, event)
    return hand_over_noted(with_card(state, event.insertion))


@on(ShowingDocumentResult, Tapped, control="confirm.")
def nothing_to_confirm(state: ShowingDocumentResult, _event: Tapped) -> Move:
    """The patient confirmed the document already."""
    return stay(state)


def with_staff(lane: Lane, visit: Visit, decision: Decision) -> Move:
    reason = "staff.need.special_payment" if decision.id == "D23" else "staff.need.documents"
    if decision.id == "D07":
        reason = "staff.need.several"
    return go(AwaitingStaff(lane, visit, reason, known(visit).eligibility, decision.id))


# --- the query by number ------------------------------------------------------------------------


def query_numbers(lane: Lane, visit: Visit, at: datetime, decision: Decision, attempt: int = 1) -> Move:
    """Numbers and birth date are needed; without them a person decides."""
    reading = known(visit).reading
    numbers, born = numbers_of(reading), reading.day(FieldKey.BIRTH) if reading else None
    if reading is not None and numbers is not None and numbers.insurer_number and born is None:
        return go(EnteringDocument(lane, visit, reading, (FieldKey.BIRTH,)))
    if numbers is None or born is None or not numbers.insurer_number:
        return go(AwaitingStaff(lane, visit, "staff.need.documents", known(visit).eligibility, decision.id))
    lane, ticket = lane.with_ticket()
    query = QueryNumber(ticket, visit.id, numbers, born, at.date())
    return go(QueryingNumbers(lane, visit, ticket, attempt), query)


@on(QueryingNumbers, EligibilityAnswered, *ONWARD)
def numbers_answered(state: QueryingNumbers, event: EligibilityAnswered) -> Move:
    """Only an answer about the person of the document counts."""
    fallback = known(state.visit)
    eligibility, person, alerts = assess_by_numbers(event.answer, event.at.date())
    if person is None:
        failed = None if eligibility is Eligibility.MULTIPLE else NumberQuery.FAIL
        fallback = replace(fallback, number_query=failed, eligibility=_failed(eligibility, fallback.eligibility))
        return advance(state.lane, replace(state.visit, fallback=fallback).alert(*alerts), event.at)
    reading = fallback.reading
    assert reading is not None
    same = match_holder(reading, name=person.name, kana=person.kana, birth_date=person.birth_date)
    if same is HolderMatch.DIFFERENT or person.birth_date != reading.day(FieldKey.BIRTH):
        visit = replace(state.visit, fallback=replace(fallback, reading=None, shown=frozenset()))
        return go(AwaitingStaff(state.lane, visit.alert("document_mismatch"), "staff.need.mismatch"))
    fallback = replace(fallback, number_query=NumberQuery.OK, insured=person, query_result=event.ticket)
    visit = replace(state.visit, fallback=fallback, last_share=event.last_share).alert(*alerts)
    return advance(state.lane, visit, event.at)


def _failed(answered: Eligibility, before: Eligibility) -> Eligibility:
    lost = (Eligibility.INVALID, Eligibility.NOT_FOUND, Eligibility.MULTIPLE)
    return answered if answered in lost else before


@on(QueryingNumbers, EffectFailed, *ONWARD)
def numbers_not_answered(state: QueryingNumbers, event: EffectFailed) -> Move:
    """A silent line is asked once more; then the visit goes on as without a line, and the query is made up for."""
    decision = decision_of(state.visit, state.lane.settings)
    silent = event.code is FailureCode.TERMINAL_SILENT
    if silent and decision is not None and state.attempt < state.lane.settings.query_attempts:
        return query_numbers(state.lane, state.visit, event.at, decision, state.attempt + 1)
    fallback = replace(known(state.visit), query_code=event.code)
    visit = replace(state.visit, fallback=fallback).alert("number_query_failed")
    return advance(state.lane, visit, event.at)


@on(QueryingNumbers, TimerFired, *ONWARD)
def numbers_took_too_long(state: QueryingNumbers, event: TimerFired) -> Move:
    failed = EffectFailed(event.at, state.ticket, FailureCode.TERMINAL_SILENT)
    return replace(numbers_not_answered(state, failed), stays=False)


# --- first or return, changed or not ------------------------------------------------------------


@on(AskingVisit, Tapped, *ONWARD, control="visit.first")
def first_visit(state: AskingVisit, event: Tapped) -> Move:
    return _with(state, event, kind=VisitKind.FIRST)


@on(AskingVisit, Tapped, *ONWARD, control="visit.return")
def return_visit(state: AskingVisit, event: Tapped) -> Move:
    return _with(state, event, kind=VisitKind.RETURN)


@on(AskingVisit, Tapped, ChoosingDocument, control="back")
def back_to_documents(state: AskingVisit, _event: Tapped) -> Move:
    fallback = replace(known(state.visit), settled=False, kind=None)
    return go(ChoosingDocument(state.lane, replace(state.visit, fallback=fallback)))


@on(AskingUnchanged, Tapped, *ONWARD, control="oral.unchanged")
def unchanged(state: AskingUnchanged, event: Tapped) -> Move:
    return _with(state, event, says=Says.UNCHANGED)


@on(AskingUnchanged, Tapped, *ONWARD, control="oral.changed")
def changed(state: AskingUnchanged, event: Tapped) -> Move:
    return _with(state, event, says=Says.CHANGED)


@on(AskingUnchanged, Tapped, AskingVisit, control="back")
def back_to_visit(state: AskingUnchanged, _event: Tapped) -> Move:
    fallback = replace(known(state.visit), kind=None, says=None)
    return go(AskingVisit(state.lane, replace(state.visit, fallback=fallback)))


def _with(state: FallbackStage, event: Tapped, *, kind: VisitKind | None = None, says: Says | None = None) -> Move:
    fallback = known(state.visit)
    fallback = replace(fallback, kind=kind or fallback.kind, says=says or fallback.says)
    return advance(state.lane, replace(state.visit, fallback=fallback), event.at)


# --- name and held insurance --------------------------------------------------------------------


def recall(lane: Lane, visit: Visit) -> Move:
    lane, ticket = lane.with_ticket()
    return go(RecallingHolder(lane, visit, ticket), ReadHolder(ticket, visit.id, person_known(visit)))


def person_known(visit: Visit) -> InsuredPerson | None:
    """What a document or a lost qualification says about who this is."""
    fallback = known(visit)
    reading = fallback.reading if fallback.shown else None
    if reading is not None:
        numbers = numbers_of(reading)
        return InsuredPerson(
            insurer_number=numbers.insurer_number if numbers else None,
            symbol=numbers.symbol if numbers else None,
            number=numbers.number if numbers else None,
            branch=numbers.branch if numbers else None,
            name=reading.value(FieldKey.NAME),
            kana=reading.value(FieldKey.KANA),
            birth_date=reading.day(FieldKey.BIRTH),
        )
    if visit.answer is not None and len(visit.answer.persons) == 1:
        return visit.answer.persons[0]
    if visit.holder is not None:
        return InsuredPerson(birth_date=visit.holder.birth_date, sex=visit.holder.sex)
    return None


def recalled(visit: Visit, event: HolderRead | None) -> Visit:
    fallback = replace(known(visit), holder_asked=True)
    if event is not None:
        held = None if fallback.kind is VisitKind.FIRST else event.held  # who says "first" is not contradicted
        fallback = replace(fallback, attributes=event.attributes or fallback.attributes, held=held or fallback.held)
    return replace(visit, fallback=fallback)


# --- the form -----------------------------------------------------------------------------------


def form_finished(origin: VisitState, form: AttestationForm, at: datetime) -> Move:
    fallback = replace(known(origin.visit), form=form.stated(), settled=True)
    return advance(origin.lane, replace(origin.visit, fallback=fallback), at)


@on(FallbackStage, HolderRead)
def holder_read_late(state: FallbackStage, event: HolderRead) -> Move:
    return stay(replace(state, visit=recalled(state.visit, event)))
