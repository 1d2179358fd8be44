"""The screens of the 被保険者資格申立書."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.domain.attestation import FormRules, read_day, read_month
from kiosk.domain.attestation_sheet import long_date
from kiosk.domain.claim_note import kind_of
from kiosk.domain.messages import Text
from kiosk.domain.rules import Row
from kiosk.domain.screen import (
    ChoiceContent,
    Control,
    Notice,
    ReviewContent,
    ReviewRow,
    Role,
    SignatureContent,
    Tone,
    View,
    WritingContent,
)
from kiosk.flow.form_answers import form_rules, question, questions, written_for
from kiosk.flow.states_form import FillingForm, FormDraft, FormStage, ReviewingForm, Signing
from kiosk.flow.view_parts import control, needs_of


def form_screen(state: FillingForm) -> View:
    rules = _rules(state)
    row = question(rules, state.question)
    choice = row is not None and row.text("kind") == "choice"
    return View(
        "form",
        "",
        Text(f"form.ask.{state.question}"),
        body=(Text(_hint(state)), *_step(state, rules)),
        notices=_notices(state),
        content=ChoiceContent(state.question) if choice else _writing(state, row, rules),
        controls=(*(_options(state, rules) if choice else ()), *_ways_on(row)),
        back=True,
        lane=needs_of("staff.need.form"),
    )


def _writing(state: FillingForm, row: Row | None, rules: FormRules) -> WritingContent:
    kind, words = (row.text("kind"), tuple(row.get("words", ()))) if row else ("text", ())
    limit = rules.limit(state.question) or rules.limit("text")
    return WritingContent(state.question, kind, state.draft.value(state.question), limit, words)


def review_screen(state: ReviewingForm) -> View:
    rules = _rules(state)
    asked = questions(rules, asked=False, statement=state.statement)
    rows = tuple(_review_row(row, state.draft, rules) for row in asked if row.get("review", True))
    return View(
        "form_review",
        "",
        Text("form.review.title"),
        body=(Text("form.review.hint"),),
        content=ReviewContent(rows),
        controls=(control("form.ok", Role.MAIN),),
        back=True,
        lane=needs_of("staff.need.form"),
    )


def signature_screen(state: Signing) -> View:
    relation = written_for(state.draft, _rules(state))
    hint = Text("form.sign.proxy", (("relation", relation),)) if relation else Text("form.sign.hint")
    ready = replace(control("form.ok", Role.MAIN), label=Text("control.form.sign"), enabled=state.signature is not None)
    return View(
        "signature",
        "",
        Text("form.sign.title"),
        body=(Text("form.sign.declare"), hint),
        content=SignatureContent(state.signature is not None),
        controls=(ready, control("form.paper", Role.QUIET), control("form.proxy", Role.QUIET)),
        back=True,
        lane=needs_of("staff.need.form"),
    )


def _rules(state: FormStage) -> FormRules:
    return form_rules(state.lane.settings, state.visit.on)


def _hint(state: FillingForm) -> str:
    if state.statement and state.question == "name":  # there is no card to copy it from
        return "form.statement.hint"
    return "form.check_card" if state.question in state.draft.prefilled else f"form.hint.{state.question}"


def _step(state: FillingForm, rules: FormRules) -> tuple[Text, ...]:
    names = [row.text("field") for row in questions(rules, statement=state.statement)]
    if state.changing or state.question not in names:
        return ()
    number = names.index(state.question) + 1
    return (Text("form.step", (("n", str(number)), ("of", str(len(names))))),)


def _notices(state: FillingForm) -> tuple[Notice, ...]:
    if state.wrong is not None:
        return (Notice(Text(state.wrong), Tone.CARE),)
    if state.question in state.draft.unknown:
        return (Notice(Text("form.said_unknown")),)
    first = questions(_rules(state), statement=True)[:1] if state.statement else ()
    if first and first[0].text("field") == state.question:
        return (Notice(Text("form.statement")),)
    if state.question == "number":
        return (Notice(Text("form.no_mynumber"), Tone.CARE),)
    return ()


def _ways_on(row: Row | None) -> tuple[Control, ...]:
    none = (control("form.none", Role.QUIET),) if row is not None and row.get("none") else ()
    return (control("form.next", Role.MAIN), control("form.unknown", Role.QUIET), *none)


def _options(state: FillingForm, rules: FormRules) -> tuple[Control, ...]:
    """The boxes of the paper; "not known" has its own button."""
    chosen = _chosen(state.question, state.draft.value(state.question), rules)
    return tuple(
        Control(
            f"form.choose.{row.text('id')}",
            Text(f"form.{state.question}.{row.text('id')}"),
            Role.CHOICE,
            checked=row.text("id") == chosen,
        )
        for row in _choices(state.question, rules)
    )


def _choices(name: str, rules: FormRules) -> tuple[Row, ...]:
    rows = _kinds(rules) if name == "insurance_kind" else rules.rows(_section(name))
    return tuple(row for row in rows if row.text("id") != "unknown" and row.get("box", True))


def _kinds(rules: FormRules) -> tuple[Row, ...]:
    """In the order of the paper."""
    order = {row.text("id"): place for place, row in enumerate(rules.rows("kind_order"))}
    return tuple(sorted(rules.claims.rows("kind", rules.on), key=lambda row: order.get(row.text("id"), len(order))))


def _section(name: str) -> str:
    return "share" if name == "share_percent" else name


def _chosen(name: str, value: str, rules: FormRules) -> str | None:
    if not value:
        return None
    row = kind_of(value, rules.claims, rules.on) if name == "insurance_kind" else rules.choice(_section(name), value)
    return row.text("id") if row else None


def _review_row(row: Row, draft: FormDraft, rules: FormRules) -> ReviewRow:
    name = row.text("field")
    value = draft.value(name)
    shown = _shown(name, value, row, rules)
    if name in draft.unknown:
        shown = Text("form.value.unknown")
    asked = bool(row.get("asked", True))
    open_ = not value and name not in draft.unknown
    if open_:
        shown = Text("form.value.open" if asked else "form.value.none")
    return ReviewRow(f"form.change.{name}", Text(f"form.label.{name}"), shown, open=open_ and asked)


def _shown(name: str, value: str, row: Row, rules: FormRules) -> Text:
    kind = row.text("kind")
    if kind == "choice" and (chosen := _chosen(name, value, rules)):
        return Text(f"form.{name}.{chosen}")
    if kind == "day" and (day := read_day(value)):
        return Text("form.value.day", (("wareki", long_date(day)), ("date", day)))
    if kind == "month" and (month := read_month(value)):
        year, number = month
        first = date(year, number or 1, 1)
        return Text(
            "form.value.month" if number else "form.value.year", (("y", str(first.year)), ("m", str(first.month)))
        )
    return Text("form.value", (("value", value),))
