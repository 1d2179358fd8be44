"""Staff accept a visit on what they have seen themselves; and what else may happen while another way is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.claim_note import Stated
from kiosk.domain.decision.decide import Decision
from kiosk.domain.decision.inputs import Says, Shown
from kiosk.domain.decision.inputs import Visit as VisitKind
from kiosk.domain.decision.table import Acceptance
from kiosk.domain.outcome import Document, IdentityMethod
from kiosk.flow.effects import ReadHolder
from kiosk.flow.events import CardPresented, CardRemoved, ReaderLost, StaffActed, Tapped, TimerFired
from kiosk.flow.fallback import Fallback, shown_as
from kiosk.flow.fallback_decision import decision_of, known
from kiosk.flow.fallback_seams import ONWARD, FallbackSide, offer
from kiosk.flow.form_answers import finished, form_rules
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingStaff,
    ChoosingPrescription,
    FallingBack,
    ReadingCard,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    Visit,
    VisitState,
)
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    ConfirmingDocument,
    EnteringDocument,
    FallbackStage,
    ReadingDocument,
    RecallingHolder,
)
from kiosk.flow.states_form import FormStage
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.transitions_card import card_presented_beside_staff, reader_lost_in_visit, without_card
from kiosk.flow.transitions_eligibility import settle
from kiosk.flow.transitions_fallback import accept, advance, form_finished, person_known
from kiosk.flow.transitions_staff import patience_over, staff_called, taken_over

NEVER = frozenset(("staff.need.mismatch", "staff.need.not_me", "staff.need.incident"))
"""Reasons to come after which nothing is accepted at this screen: another person may stand there."""

ORAL, ATTESTATION = "oral", "attestation"
PAPERS = frozenset(Shown) - {Shown.CARD, Shown.PHONE, Shown.NONE, Shown.SUBSIDY_CERTIFICATE}
"""What staff may have seen in the patient's hand."""

SEVERAL = "D07"
_WITH_CARD = frozenset((Shown.PORTAL_SCREEN, Shown.PORTAL_PDF, Shown.SCREENSHOT, Shown.NOTICE))


def accepted_by_staff(state: VisitState, event: StaffActed) -> Move:
    """`document` names what they saw; without one, what the patient has shown already. What the table does not accept
    on that day stays where it is."""
    if isinstance(state, AwaitingStaff) and state.reason in NEVER:
        return stay(state)
    if isinstance(getattr(state, "resume", state), RegisteringConsents | ShowingResult):
        return stay(state)  # accepted already: a press makes nothing worse
    if (by_card := accepted_by_card(state, event.at, event.staff)) is not None:
        return by_card
    if event.document not in (None, ORAL, ATTESTATION, *PAPERS):
        return stay(state)
    lane, visit = state.lane, replace(_begun(state), staff=event.staff)
    if event.document == ATTESTATION:
        visit = _with_answers(state, visit, event)
    fallback = known(visit)
    if event.document in (ORAL, ATTESTATION) and _of_several(lane.settings, visit, event):
        return stay(state)
    if event.document in (ORAL, ATTESTATION) and not fallback.holder_asked:
        lane, ticket = lane.with_ticket()
        return go(RecallingHolder(lane, visit, ticket, act=event), ReadHolder(ticket, visit.id, person_known(visit)))
    for tried in _readings(visit, event):
        decision = decision_of(tried, lane.settings)
        if decision is None or decision.outcome is Acceptance.NOT_ACCEPTED:
            continue
        if _is_meant(tried, decision, event):
            return accept(lane, tried, event.at, decision)
    return stay(state)


def accepted_by_card(state: VisitState, at: datetime, staff: str) -> Move | None:
    """Where the card has confirmed the insurance, nothing else is weighed, whatever staff have seen beside it. None:
    it has not. Consents that the patient has not given are none."""
    visit = state.visit
    if visit.answer is None or visit.identity is IdentityMethod.NONE:
        return None
    asked_last = isinstance(getattr(state, "resume", state), ChoosingPrescription)
    form = "" if asked_last else visit.prescription
    move = settle(state.lane, replace(visit, staff=staff, consents=visit.consents or (), prescription=form), at)
    return None if isinstance(move.state, AwaitingStaff | FallingBack) else move


def _of_several(settings: FlowSettings, visit: Visit, event: StaffActed) -> bool:
    """Without a paper nothing says which of several people it is: staff choose one, or see a document."""
    decisions = (decision_of(tried, settings) for tried in _readings(visit, event))
    return any(decision is not None and decision.id == SEVERAL for decision in decisions)


def _is_meant(visit: Visit, decision: Decision, event: StaffActed) -> bool:
    """Staff accept no row that has nothing to rest on, unless they say that they accept without a document; and with a
    paper that does not count that day nobody has answered the oral check or filled in the form."""
    if event.document in PAPERS and decision.document in (Document.ORAL, Document.ATTESTATION):
        return known(visit).form is not None or known(visit).says is not None
    return decision.claim_route is not None or decision.document.value == event.document


def _readings(visit: Visit, event: StaffActed) -> tuple[Visit, ...]:
    """The visit as staff describe it; a paper that counts only with the card was shown with it."""
    fallback = known(visit)
    method = IdentityMethod.VISUAL if fallback.with_card else IdentityMethod.DOCUMENT
    looked = replace(visit, identity=method if visit.identity is IdentityMethod.NONE else visit.identity)
    if event.document in (ORAL, ATTESTATION):
        stated = fallback.form or Stated()
        said = Says.UNCHANGED if event.document == ORAL else fallback.says
        kind = VisitKind.RETURN if event.document == ORAL else fallback.kind or VisitKind.FIRST
        form = None if event.document == ORAL else stated
        fallback = replace(fallback, kind=kind, says=said, form=form, settled=True)
        return (replace(looked, fallback=fallback),)
    if event.document is None:
        if fallback.reading is not None and not fallback.shown:
            fallback = fallback.with_document(shown_as(fallback.reading.type, copied=fallback.copied))
        rests_on = fallback.shown or fallback.form or fallback.says
        return (replace(looked, fallback=fallback),) if rests_on else ()
    shown = Shown(event.document)
    alone = replace(looked, fallback=fallback.with_document(shown))
    if shown not in _WITH_CARD:
        # Beside a card that tells nothing a paper counts as it would without one.
        return (alone, replace(alone, fallback=replace(known(alone), with_card=False)))
    if fallback.with_card:
        return (alone,)
    beside = replace(fallback.with_document(shown), with_card=True)
    seen = replace(visit, identity=IdentityMethod.VISUAL, fallback=beside).alert("card_seen_by_staff", "card_damaged")
    return (alone, seen)


def _begun(state: VisitState) -> Visit:
    if state.visit.fallback is not None:
        return state.visit
    if isinstance(state, FallingBack):
        phone = state.visit.phone
        return replace(state.visit, fallback=Fallback(state.cause, state.eligibility, with_card=not phone, phone=phone))
    eligibility = state.eligibility if isinstance(state, AwaitingStaff) else None
    fallback = Fallback("fallback.reassure") if eligibility is None else Fallback("fallback.reassure", eligibility)
    return replace(state.visit, fallback=fallback)


def _with_answers(state: VisitState, visit: Visit, event: StaffActed) -> Visit:
    """What the patient has written so far is part of the declaration that staff go on with."""
    form = getattr(state, "resume", state)
    if not isinstance(form, FormStage):
        return visit
    written = finished(form.draft, form_rules(state.lane.settings, event.at.date()), None)
    return replace(visit, fallback=replace(known(visit), form=written.stated()))


offer(FallbackSide(form_finished, advance, accepted_by_staff))


# --- around the states of another way -----------------------------------------------------------


@on(FallbackStage, StaffActed, *ONWARD)
def staff_acted_in_fallback(state: FallbackStage, event: StaffActed) -> Move:
    if event.action == "accept":
        return accepted_by_staff(state, event)
    if event.action == "visual_check" and known(state.visit).with_card:
        return looked_at(state, event)
    return taken_over(state, event)


def looked_at(state: FallbackStage, event: StaffActed) -> Move:
    """Staff compared the person with the photo on the card; what the patient is doing goes on."""
    if state.visit.identity is not IdentityMethod.NONE:
        return stay(state)
    reason = event.reason or "asked"
    looked = replace(state.visit, identity=IdentityMethod.VISUAL, staff=event.staff, staff_reason=reason)
    return stay(replace(state, visit=looked))


on(FallbackStage, Tapped, StaffCalled, control="staff")(staff_called)
on(FallbackStage, ReaderLost)(reader_lost_in_visit)
on(FallbackStage, CardPresented, ReadingCard, FallbackStage)(card_presented_beside_staff)
on(ChoosingDocument, TimerFired, AskingMoreTime)(patience_over)
on(ReadingDocument, TimerFired, AskingMoreTime)(patience_over)
on(EnteringDocument, TimerFired, AskingMoreTime)(patience_over)
on(ConfirmingDocument, TimerFired, AskingMoreTime)(patience_over)
on(AskingVisit, TimerFired, AskingMoreTime)(patience_over)
on(AskingUnchanged, TimerFired, AskingMoreTime)(patience_over)


@on(FallbackStage, CardRemoved)
def card_taken_in_fallback(state: FallbackStage, event: CardRemoved) -> Move:
    """What was read of it stays until the visit ends."""
    return stay(without_card(state, event))
