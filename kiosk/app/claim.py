"""`kiosk claim`: a visit as JSON in, the answer of the decision table as JSON out (design 4.4)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from kiosk.app.console import USAGE, CommandFailed
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.claim_note import (
    ITEMS,
    NUMBER_ITEMS,
    ClaimNote,
    Numbers,
    Stated,
    UnknownDigits,
    missing_items,
    remarks,
    send_to,
    waiting_items,
    warnings,
)
from kiosk.domain.decision.decide import Decision, DecisionRules, decide
from kiosk.domain.decision.inputs import CardState, Flag, NumberQuery, Online, Practice, Request, Says, Shown, Visit
from kiosk.domain.decision.table import decision_table
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.rules import load_rules

LIMIT = 1_000_000
"""Bytes of a request. A signature is the only long thing in it."""

KEYS = (
    "date",
    "visit",
    "documents",
    "card",
    "identity",
    "online",
    "number_query",
    "document_valid_to",
    "flags",
    "held",
    "patient_says",
    "person",
    "form",
)
NEEDED = ("date", "documents")
PERSON_KEYS = ("birth_date", "name", "kana", "address", "phone")
FORM_KEYS = (
    "name",
    "kana",
    "birth_date",
    "sex",
    "address",
    "phone",
    "insurance_kind",
    "insurer_name",
    "employer",
    "relation",
    "since",
    "symbol",
    "number",
    "branch",
    "share_percent",
    "reason",
    "signed_on",
    "signature_png",
    "proxy",
)
_UNREAD = ("sex", "relation", "since", "reason", "signature_png")
"""Items of the form that decide nothing."""

IDENTITIES = (IdentityMethod.FACE, IdentityMethod.PIN, IdentityMethod.VISUAL, IdentityMethod.NONE)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_Word = TypeVar("_Word", bound=StrEnum)


def practice_of(settings: Settings) -> Practice:
    """What the settings say about how this facility receives and claims."""
    reception = settings.reception
    return Practice(
        phone_equipped=reception.phone_equipped,
        unknown_digits=UnknownDigits(
            insurer_digits=reception.unknown_insurer_digits,
            number_digits=reception.unknown_number_digits,
            valid_check_digit=reception.unknown_check_digit,
        ),
    )


def claim_rules(practice: Practice | None = None) -> DecisionRules:
    """The shipped rule files. Raises `Fatal` where one of them is wrong."""
    rules = {name: load_rules(ASSETS / "rules" / f"{name}.toml") for name in ("decisions", "shares", "claims")}
    return DecisionRules(decision_table(rules["decisions"]), rules["shares"], rules["claims"], practice or Practice())


def answer(source: str, catalogue: Catalogue, practice: Practice | None = None) -> dict[str, Any]:
    """The output object for a file, or for standard input where `source` is "-".

    Raises `CommandFailed` for anything in the input that is not as the contract says.
    """
    request = parse_request(_load(source))
    rules = claim_rules(practice)
    return as_data(decide(request, rules), request.on, rules, catalogue)


def parse_request(data: Any) -> Request:
    """Raises `CommandFailed` naming the item."""
    _check_keys(data, KEYS, "")
    for key in NEEDED:
        if data.get(key) is None:
            _fail("missing_key", key=key)
    held = _object(data, "held", ("current", "former"), "")
    person = _object(data, "person", PERSON_KEYS, "")
    on = _date(data["date"], "date")
    documents = frozenset(_word(Shown, item, "documents") for item in _list(data["documents"], "documents"))
    return Request(
        on=on,
        documents=documents,
        visit=_optional(Visit, data, "visit"),
        card=_optional(CardState, data, "card") or (CardState.OK if Shown.CARD in documents else CardState.NONE),
        identity=_identity(data.get("identity")),
        online=_optional(Online, data, "online") or Online.NOT_ASKED,
        number_query=_optional(NumberQuery, data, "number_query"),
        document_valid_to=_optional_date(data, "document_valid_to", ""),
        flags=frozenset(_word(Flag, item, "flags") for item in _list(data.get("flags") or [], "flags")),
        held_current=_numbers(held, "current"),
        held_former=_numbers(held, "former"),
        says=_optional(Says, data, "patient_says"),
        person=_stated(person, "person.") if person else Stated(),
        form=_form(data),
    )


def as_data(decision: Decision, on: date, rules: DecisionRules, catalogue: Catalogue) -> dict[str, Any]:
    """The contract's keys in its order, then those added to it: `then`, `also` and `patient`."""
    return {
        "decision": decision.id,
        "outcome": decision.outcome.value,
        "claim_route": decision.claim_route.value if decision.claim_route else None,
        "share_percent": decision.share_percent,
        "share_source": decision.share_source.value,
        "ask_next": list(decision.ask_next),
        "claim_note": _note(decision.claim_note, on, rules, catalogue) if decision.claim_note else None,
        "why": _both(catalogue, *decision.why),
        "then": list(decision.then),
        "also": list(decision.beside),
        "patient": _both(catalogue, decision.say),
    }


def _note(note: ClaimNote, on: date, rules: DecisionRules, catalogue: Catalogue) -> dict[str, Any]:
    """`missing` is what can be asked now; `before_claim` what only time can bring and a closed note needs too."""
    named = {item: Text(f"claim.item.{item}") for item in ITEMS if f"claim.item.{item}" in catalogue}
    gaps = {
        item: catalogue.render(Text("claim.open_item", (("item", catalogue.render(text, "ja")),)), "ja")
        for item, text in named.items()
    }
    return {
        **{item: note.value(item) for item in NUMBER_ITEMS},
        "remarks": remarks(note, rules.claims, on, gaps),
        "missing": list(missing_items(note, rules.claims, on)),
        "before_claim": list(waiting_items(note, rules.claims, on)),
        "send_to": send_to(note, rules.claims, on),
        "warnings": list(warnings(note)),
        "history": [
            {
                "route": step.route.value,
                "reason": step.reason.value,
                "why": _both(catalogue, Text(f"decision.why_not.{step.reason.value}")),
            }
            for step in note.history
        ],
    }


def _both(catalogue: Catalogue, *texts: Text) -> dict[str, str]:
    joined = {"ja": "", "en": " "}
    return {language: joined[language].join(catalogue.render(text, language) for text in texts) for language in joined}


# --- reading ------------------------------------------------------------------------------------


def _load(source: str) -> Any:
    name = "stdin" if source == "-" else Path(source).name
    try:
        raw = sys.stdin.buffer.read(LIMIT + 1) if source == "-" else _read(Path(source))
    except OSError as error:
        raise CommandFailed(USAGE, "claim.input.unreadable", file=name, reason=error.strerror or "OS") from None
    if len(raw) > LIMIT:
        _fail("too_large", file=name, limit=str(LIMIT))
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise CommandFailed(USAGE, "claim.input.encoding", file=name) from None
    except json.JSONDecodeError as error:
        raise CommandFailed(
            USAGE, "claim.input.json", file=name, line=str(error.lineno), column=str(error.colno)
        ) from None
    except ValueError:  # a number with more digits than Python converts
        raise CommandFailed(USAGE, "claim.input.json", file=name, line="1", column="1") from None
    except RecursionError:
        raise CommandFailed(USAGE, "claim.input.nesting", file=name) from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LIMIT + 1)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            _fail("twice", key=key)
        found[key] = value
    return found


def _fail(kind: str, **values: str) -> NoReturn:
    raise CommandFailed(USAGE, f"claim.input.{kind}", **values)


def _check_keys(data: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(data, dict):
        _fail("object", key=where.rstrip(".") or "JSON")
    for key in data:
        if key not in known:
            _fail("unknown_key", key=f"{where}{key}"[:80], known=", ".join(known))


def _object(data: Mapping[str, Any], key: str, known: Sequence[str], where: str) -> dict[str, Any]:
    value = data.get(key)
    if value is None:
        return {}
    _check_keys(value, known, f"{where}{key}.")
    return dict(value)


def _list(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list):
        _fail("list", key=key)
    return value


def _word(words: type[_Word], value: Any, key: str) -> _Word:
    if isinstance(value, str) and value in [word.value for word in words]:
        return words(value)
    _fail("value", key=key, value=_shown(value), known=", ".join(word.value for word in words))


def _optional(words: type[_Word], data: Mapping[str, Any], key: str) -> _Word | None:
    value = data.get(key)
    return None if value is None else _word(words, value, key)


def _identity(value: Any) -> IdentityMethod:
    if value is None:
        return IdentityMethod.NONE
    if value not in [method.value for method in IDENTITIES]:
        _fail("value", key="identity", value=_shown(value), known=", ".join(IDENTITIES))
    return IdentityMethod(value)


def _date(value: Any, key: str) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    _fail("date", key=key, value=_shown(value))


def _optional_date(data: Mapping[str, Any], key: str, where: str) -> date | None:
    value = data.get(key)
    return None if value is None else _date(value, f"{where}{key}")


def _text(data: Mapping[str, Any], key: str, where: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        _fail("text", key=f"{where}{key}")
    return value if value and value.strip() else None


def _numbers(held: Mapping[str, Any], key: str) -> Numbers | None:
    if held.get(key) is None:
        return None
    values = _object(held, key, NUMBER_ITEMS, "held.")
    return Numbers(**{item: _text(values, item, f"held.{key}.") for item in NUMBER_ITEMS})


def _stated(values: Mapping[str, Any], where: str) -> Stated:
    percent = values.get("share_percent")
    if percent is not None and (isinstance(percent, bool) or not isinstance(percent, int) or not 0 <= percent <= 100):
        _fail("percent", key=f"{where}share_percent")
    return Stated(
        birth_date=_optional_date(values, "birth_date", where),
        numbers=Numbers(**{item: _text(values, item, where) for item in ("symbol", "number", "branch")}),
        share_percent=percent,
        **{
            item: _text(values, item, where)
            for item in ("name", "kana", "insurance_kind", "insurer_name", "employer", "address", "phone")
        },
    )


def _form(data: Mapping[str, Any]) -> Stated | None:
    if data.get("form") is None:
        return None
    values = _object(data, "form", FORM_KEYS, "")
    _optional_date(values, "signed_on", "form.")
    for key in _UNREAD:
        _text(values, key, "form.")
    if not isinstance(values.get("proxy"), bool | str | dict | None):
        _fail("text", key="form.proxy")
    return _stated(values, "form.")


def _shown(value: Any) -> str:
    return value[:40] if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:40]
