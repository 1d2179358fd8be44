"""The questions of the 被保険者資格申立書: their order, whether an answer is one, and the form that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kiosk.domain.attestation import KEYS, UNKNOWN, AttestationForm, FormRules, FormWrong, parse_form, read_day
from kiosk.domain.insurance import age_on
from kiosk.domain.rules import Row
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Visit
from kiosk.flow.states_form import FormDraft
from kiosk.ports.card import CardAttributes

_SEXES = {"1": "male", "2": "female"}
_HELD = ("name", "kana", "address", "phone", "insurance_kind", "insurer_name", "employer", "relation")
_MOST = 500  # characters of any answer, whatever the rule file says


def form_rules(settings: FlowSettings, on: date) -> FormRules:
    return FormRules(settings.form_rules, settings.claim_rules, on)


PROXY = "proxy"
"""The question who writes for the patient."""


def questions(rules: FormRules, *, asked: bool = True, statement: bool = False) -> tuple[Row, ...]:
    """In the order of the screen; with `asked` false those that only the review leads to as well. `statement`: the few
    of a disaster."""
    if statement:
        found = (question(rules, row.text("field")) for row in rules.rows("statement"))
        return tuple(row for row in found if row is not None)
    return tuple(row for row in rules.rows("question") if row.get("asked", True) or not asked)


def question(rules: FormRules, name: str) -> Row | None:
    return next((row for row in questions(rules, asked=False) if row.text("field") == name), None)


def neighbours(rules: FormRules, name: str, *, statement: bool = False) -> tuple[str | None, str | None]:
    """The questions before and after; None at the ends."""
    names = [row.text("field") for row in questions(rules, statement=statement)]
    place = names.index(name) if name in names else len(names)
    before = names[place - 1] if 0 < place <= len(names) else None
    return before, names[place + 1] if place + 1 < len(names) else None


def prefilled(visit: Visit, held: AttestationForm | None = None) -> FormDraft:
    """What is known already, as answers that the person confirms or changes. The card wins over what was `held`."""
    holder, attributes = visit.holder, getattr(getattr(visit, "fallback", None), "attributes", None)
    values = {name: getattr(held, name) or "" for name in _HELD} if held else {}
    if isinstance(attributes, CardAttributes):
        values |= {"name": attributes.name, "address": attributes.address}
    known = holder or attributes
    if known is not None:
        values |= {"birth_date": known.birth_date.isoformat(), "sex": _SEXES.get(known.sex, "")}
    elif held and held.birth_date:
        values["birth_date"] = held.birth_date.isoformat()
    values = {name: text for name, text in values.items() if text}
    return FormDraft(tuple(values.items()), prefilled=frozenset(values))


def wrong_answer(name: str, text: str, rules: FormRules) -> str | None:
    """The message id of what is wrong with an answer, or None. An empty answer is none, and never wrong."""
    if not text:
        return None
    if name == "birth_date" and read_day(text) is None:
        return "form.wrong.birth_date"
    try:
        parse_form(_as_data(name, text, rules), rules)
    except FormWrong as error:
        known = ("date", "month", "born_later", "too_long")
        return f"form.wrong.{error.problem}" if error.problem in known else "form.wrong.value"
    return None


def finished(draft: FormDraft, rules: FormRules, signature: bytes | None) -> AttestationForm:
    """The form of a draft. An answer that is none after all is left out: the paper shows a gap, not a guess."""
    data: dict[str, object] = {}
    for name, text in draft.answers:
        if wrong_answer(name, text, rules) is None:
            data |= _as_data(name, text, rules)
    for name in draft.unknown:
        if (row := question(rules, name)) and row.get("answers_unknown"):
            data[name] = "unknown" if row.text("kind") == "choice" else UNKNOWN
    return replace(parse_form({**data, "signed_on": rules.on.isoformat()}, rules), signature_png=signature)


def shortened(text: str) -> str:
    """What an answer may be at most, without halves of characters that no letter stands for."""
    return text[:_MOST].encode("utf-8", "ignore").decode("utf-8")


def written_for(draft: FormDraft, rules: FormRules) -> str | None:
    """The 続柄 of whoever writes for the patient, as the sheet says it; None where the patient does."""
    row = rules.choice(PROXY, draft.value(PROXY))
    relation = row.get("relation") if row else None
    return relation if isinstance(relation, str) else None


def asks_who_writes(draft: FormDraft, rules: FormRules) -> bool:
    """Whether the patient is too young to sign and nobody has said yet who does."""
    born = read_day(draft.value("birth_date"))
    years = rules.limit("signs_from_years")
    if born is None or draft.value(PROXY) or PROXY in draft.unknown:
        return False
    return age_on(born, rules.on) < years


def _as_data(name: str, text: str, rules: FormRules) -> Mapping[str, object]:
    if name not in KEYS:
        return {}
    if name == PROXY:
        return {name: {"relation": written_for(FormDraft(((name, text),)), rules)} if text != "self" else None}
    if name == "birth_date":
        day = read_day(text)
        return {name: day.isoformat() if day else text}
    if name == "share_percent" and text.isascii() and text.isdecimal():
        return {name: int(text[:3])}
    return {name: text}
