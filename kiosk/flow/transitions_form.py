"""The 被保険者資格申立書 on the screen: one question at a time, a review, a signature, then paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.attestation import AttestationForm
from kiosk.flow.effects import KeepForm
from kiosk.flow.events import (
    CardPresented,
    EffectFailed,
    FormKept,
    FormWritten,
    ReaderLost,
    SignatureDrawn,
    Tapped,
    TimerFired,
)
from kiosk.flow.fallback_seams import ONWARD, after_form
from kiosk.flow.form_answers import (
    PROXY,
    asks_who_writes,
    finished,
    form_rules,
    neighbours,
    prefilled,
    question,
    questions,
    shortened,
    wrong_answer,
)
from kiosk.flow.states import AskingMoreTime, AwaitingStaff, State, VisitState
from kiosk.flow.states_form import FillingForm, FormDraft, FormStage, KeepingForm, ReviewingForm, Signing
from kiosk.flow.table import Move, go, on, stay
from kiosk.flow.transitions_card import card_presented_in_visit, reader_lost_in_visit, with_card


def begin_form(
    origin: VisitState, at: datetime, known: AttestationForm | None = None, *, statement: bool = False
) -> Move:
    """Ask for the form, or for the `statement` of a disaster. `origin` is the state that the first question's "back"
    returns to and that `after_form` is given; `known` is what is known of the patient beside the card."""
    visit = origin.visit
    asked = questions(form_rules(origin.lane.settings, at.date()), statement=statement)
    draft = prefilled(visit, known)
    if not asked:
        return go(ReviewingForm(origin.lane, visit, origin, draft, statement=statement))
    return go(FillingForm(origin.lane, visit, origin, draft, asked[0].text("field"), statement=statement))


# --- the questions ------------------------------------------------------------------------------


@on(FillingForm, FormWritten, FillingForm)
def written(state: FillingForm, event: FormWritten) -> Move:
    """Every stroke counts as a sign of life: the patience begins anew."""
    if event.field != state.question:
        return stay(state)
    return go(replace(state, draft=state.draft.written(event.field, shortened(event.text)), wrong=None))


@on(FillingForm, Tapped, FillingForm, control="form.")
def chosen(state: FillingForm, event: Tapped) -> Move:
    """One of several answers: `form.choose.<answer>`."""
    _form, verb, answer = (*event.control.split(".", 2), "", "")[:3]
    row = question(form_rules(state.lane.settings, event.at.date()), state.question)
    if verb != "choose" or row is None or row.text("kind") != "choice":
        return stay(state)
    return go(replace(state, draft=state.draft.written(state.question, shortened(answer)), wrong=None))


@on(FillingForm, Tapped, FillingForm, ReviewingForm, Signing, control="form.next")
def answered(state: FillingForm, event: Tapped) -> Move:
    rules = form_rules(state.lane.settings, event.at.date())
    wrong = wrong_answer(state.question, state.draft.value(state.question), rules)
    if wrong is not None:
        return go(replace(state, wrong=wrong))
    return _next_question(state, event, state.draft)


@on(FillingForm, Tapped, FillingForm, ReviewingForm, Signing, control="form.unknown")
def not_known(state: FillingForm, event: Tapped) -> Move:
    return _next_question(state, event, state.draft.not_known(state.question))


@on(FillingForm, Tapped, FillingForm, ReviewingForm, Signing, control="form.none")
def has_none(state: FillingForm, event: Tapped) -> Move:
    """There is nothing to name, such as an employer of somebody who is retired."""
    row = question(form_rules(state.lane.settings, event.at.date()), state.question)
    if row is None or not row.get("none"):
        return stay(state)
    return _next_question(state, event, state.draft.written(state.question, row.text("none")))


@on(FillingForm, Tapped, State, control="back")
def back_a_question(state: FillingForm, event: Tapped) -> Move:
    """What was written stays, even where it is not finished."""
    if state.question == PROXY:
        return go(Signing(state.lane, state.visit, state.origin, state.draft))
    if state.changing:
        return _review(state, state.draft)
    rules = form_rules(state.lane.settings, event.at.date())
    before, _ = neighbours(rules, state.question, statement=state.statement)
    if before is None:
        return go(replace(state.origin, lane=state.lane, visit=state.visit))
    return go(replace(state, question=before, wrong=None))


def _next_question(state: FillingForm, event: Tapped, draft: FormDraft) -> Move:
    if state.question == PROXY:
        return go(Signing(state.lane, state.visit, state.origin, draft))
    rules = form_rules(state.lane.settings, event.at.date())
    _, after = neighbours(rules, state.question, statement=state.statement)
    if state.changing or after is None:
        return _review(state, draft)
    return go(replace(state, draft=draft, question=after, wrong=None))


def _review(state: FormStage, draft: FormDraft) -> Move:
    return go(ReviewingForm(state.lane, state.visit, state.origin, draft, statement=state.statement))


# --- review and signature -----------------------------------------------------------------------


@on(ReviewingForm, Tapped, FillingForm, control="form.")
def change(state: ReviewingForm, event: Tapped) -> Move:
    """`form.change.<field>`: one answer again."""
    _form, verb, name = (*event.control.split(".", 2), "", "")[:3]
    if verb != "change" or question(form_rules(state.lane.settings, event.at.date()), name) is None:
        return stay(state)
    changed = FillingForm(state.lane, state.visit, state.origin, state.draft, name, changing=True)
    return go(replace(changed, statement=state.statement))


@on(ReviewingForm, Tapped, Signing, FillingForm, *ONWARD, control="form.ok")
def reviewed(state: ReviewingForm, event: Tapped) -> Move:
    rules = form_rules(state.lane.settings, event.at.date())
    if state.statement:
        origin = replace(state.origin, lane=state.lane, visit=state.visit)
        return after_form(origin, finished(state.draft, rules, None), event.at)
    if asks_who_writes(state.draft, rules):
        return _who_writes(state)
    return go(Signing(state.lane, state.visit, state.origin, state.draft))


@on(Signing, Tapped, FillingForm, control="form.proxy")
def written_by_another(state: Signing, _event: Tapped) -> Move:
    return _who_writes(state)


def _who_writes(state: FormStage) -> Move:
    return go(FillingForm(state.lane, state.visit, state.origin, state.draft, PROXY, changing=True))


@on(ReviewingForm, Tapped, State, control="back")
def back_to_questions(state: ReviewingForm, event: Tapped) -> Move:
    asked = questions(form_rules(state.lane.settings, event.at.date()), statement=state.statement)
    if not asked:
        return go(replace(state.origin, lane=state.lane, visit=state.visit))
    last = FillingForm(state.lane, state.visit, state.origin, state.draft, asked[-1].text("field"))
    return go(replace(last, statement=state.statement))


@on(Signing, SignatureDrawn, Signing)
def drawn(state: Signing, event: SignatureDrawn) -> Move:
    return go(replace(state, signature=event.picture))


@on(Signing, Tapped, Signing, KeepingForm, control="form.ok")
def signed(state: Signing, event: Tapped) -> Move:
    return _keep(state, event) if state.signature else stay(state)


@on(Signing, Tapped, KeepingForm, control="form.paper")
def signed_on_paper(state: Signing, event: Tapped) -> Move:
    """Who cannot draw on glass signs the printed sheet."""
    return _keep(replace(state, signature=None), event)


@on(Signing, Tapped, ReviewingForm, control="back")
def back_to_review(state: Signing, _event: Tapped) -> Move:
    """A signature stands under what was read last: whoever looks again signs again."""
    return _review(state, state.draft)


def _keep(state: Signing, event: Tapped) -> Move:
    lane, ticket = state.lane.with_ticket()
    rules = form_rules(lane.settings, event.at.date())
    form = finished(state.draft, rules, state.signature)
    keeping = KeepingForm(lane, state.visit, state.origin, state.draft, ticket, state.signature)
    return go(keeping, KeepForm(ticket, state.visit.id, event.at, state.visit.identity, form))


# --- paper --------------------------------------------------------------------------------------


@on(KeepingForm, FormKept, State)
def kept(state: KeepingForm, event: FormKept) -> Move:
    """A printer without paper stops nobody: the sheet waits for it, staff are told."""
    visit = state.visit if event.printed else state.visit.alert("form_waits_for_printer")
    form = finished(state.draft, form_rules(state.lane.settings, event.at.date()), state.signature)
    return after_form(replace(state.origin, lane=state.lane, visit=visit), form, event.at)


@on(KeepingForm, EffectFailed, AwaitingStaff)
@on(KeepingForm, TimerFired, AwaitingStaff)
def not_kept(state: KeepingForm, _event: EffectFailed | TimerFired) -> Move:
    """Neither paper nor store took it: somebody has to have it signed on paper."""
    visit = state.visit.alert("form_not_kept")
    return go(AwaitingStaff(state.lane, visit, "staff.need.form", state.eligibility))


# --- what happens around it ---------------------------------------------------------------------


on(FormStage, CardPresented)(card_presented_in_visit)


@on(FillingForm, CardPresented, AskingMoreTime)
@on(ReviewingForm, CardPresented, AskingMoreTime)
@on(Signing, CardPresented, AskingMoreTime)
def next_card_at_form(state: FormStage, event: CardPresented) -> Move:
    """Who still writes says so and goes on; who has left must not keep the next person waiting for the patience of a
    form. What was written is covered meanwhile."""
    if state.visit.is_of(event.insertion):
        return card_presented_in_visit(state, event)
    waiting = with_card(state, event.insertion)
    return go(AskingMoreTime(waiting.lane, waiting.visit, resume=waiting))


on(FormStage, ReaderLost)(reader_lost_in_visit)
