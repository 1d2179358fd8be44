"""The visit reduced to words that the rows of the table are written in: each fact has one of a few values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kiosk.domain.decision.inputs import CardState, Flag, NumberQuery, Online, Practice, Request, Says, Shown, Visit
from kiosk.domain.failures import KioskError
from kiosk.domain.insurance import age_group
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.rules import RuleTable

_YES_NO = ("yes", "no")
_SHOWN = ("absent", "shown")

FACTS: Mapping[str, tuple[str, ...]] = {
    "by_card": ("valid", "newer", "several", "cannot", "not_registered", "none"),  # what the card itself led to
    "card": ("absent", "ok", "in_grace", "lapsed", "unreadable", "not_registered", "unknown"),
    "phone": ("absent", "read", "not_read"),
    "holder": ("confirmed", "open"),  # whether the bearer was shown to be the holder
    "identity": tuple(method.value for method in IdentityMethod),
    "online": tuple(state.value for state in Online),
    "line": ("up", "down"),
    "number_query": ("ok", "fail", "several", "not_asked"),
    "portal": _SHOWN,  # screen, PDF or a copy of them
    "portal_screen": _SHOWN,
    "portal_pdf": _SHOWN,
    "screenshot": _SHOWN,
    "notice": _SHOWN,
    "school_trip_copy": _SHOWN,
    "subsidy_certificate": _SHOWN,
    "certificate": ("absent", "in_date", "past"),
    "old_card": ("absent", "valid", "expired"),
    "document_date": ("known", "unknown", "none"),  # the end printed on a 資格確認書
    "visit": ("first", "return", "unknown"),
    "held": _YES_NO,  # numbers that a claim can be made with
    "former": _YES_NO,
    "says": ("unchanged", "changed", "unknown"),
    "settled": _YES_NO,  # the patient was asked for documents and has nothing else
    "form": _YES_NO,
    "statement": _YES_NO,  # what a disaster asks for
    "age": ("preschool", "general", "elderly_recipient", "late_elderly", "unknown"),
    **{flag.value: _YES_NO for flag in Flag},
}
"""Every fact and its values. A rule file that uses another word is refused."""

_CONFIRMED = {Online.VALID: "valid", Online.INVALID_NEWER: "newer", Online.MULTIPLE: "several"}
_PROVEN = frozenset((IdentityMethod.FACE, IdentityMethod.PIN, IdentityMethod.VISUAL, IdentityMethod.DEVICE))
_ANSWERED = frozenset((Online.VALID, Online.INVALID, Online.INVALID_NEWER, Online.NOT_FOUND, Online.MULTIPLE))
_BY_NUMBER = {
    Online.VALID: "ok",
    Online.INVALID_NEWER: "ok",
    Online.INVALID: "fail",
    Online.NOT_FOUND: "fail",
    Online.MULTIPLE: "several",
}


def facts_of(request: Request, rules: RuleTable, shares: RuleTable, practice: Practice) -> dict[str, str]:
    """All facts of `FACTS` about a request. Never raises for a loaded rule file."""
    documents = request.documents
    past = request.document_valid_to is not None and request.on > request.document_valid_to
    dated = Shown.CERTIFICATE in documents or Shown.OLD_CARD in documents
    card = _card(request, rules)
    phone = _phone(request, card, rules, practice)
    number_query = _number_query(request, card, phone)
    down = request.online is Online.DOWN and number_query != "ok"
    current = request.held_current is not None and request.held_current.usable
    former = request.held_former is not None and request.held_former.usable

    def shown(document: Shown) -> str:
        """A sheet past the end it prints counts for nothing; where a paper with an end lies beside it, the end is that
        paper's."""
        gone = past and not dated
        return "shown" if document in documents and _exists(document, request.on, rules) and not gone else "absent"

    facts = {
        "by_card": _by_card(request.online, card),
        "card": card,
        "phone": phone,
        "holder": "confirmed" if request.identity in _PROVEN else "open",
        "identity": request.identity.value,
        "online": request.online.value,
        "line": "down" if down else "up",
        "number_query": number_query,
        "portal_screen": shown(Shown.PORTAL_SCREEN),
        "portal_pdf": shown(Shown.PORTAL_PDF),
        "screenshot": shown(Shown.SCREENSHOT),
        "notice": shown(Shown.NOTICE),
        "school_trip_copy": shown(Shown.SCHOOL_TRIP_COPY),
        "subsidy_certificate": "shown" if Shown.SUBSIDY_CERTIFICATE in documents else "absent",
        "certificate": _certificate(request, past, rules),
        "old_card": _old_card(request, past, rules),
        "visit": _visit(request, current or former),
        "held": _yes(current or former),
        "former": _yes(former),
        "says": request.says.value if request.says else "unknown",
        "settled": _yes(
            (Shown.NONE in documents and len(documents) > 1) or request.form is not None or request.says is not None
        ),
        "form": _yes(request.form is not None),
        "statement": _yes(_statement(request)),
        "age": _age(request, shares),
        **{flag.value: _yes(flag in request.flags) for flag in Flag},
    }
    facts["document_date"] = (
        "none" if facts["certificate"] == "absent" else "known" if request.document_valid_to else "unknown"
    )
    facts["portal"] = (
        "shown" if "shown" in (facts["portal_screen"], facts["portal_pdf"], facts["screenshot"]) else "absent"
    )
    return facts


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _exists(thing: str, on: date, rules: RuleTable) -> bool:
    """True where the thing is in use that day; what the file does not name always is."""
    named = [row for row in rules.sections.get("exists", ()) if row.get("id") == str(thing)]
    return not named or any(row.in_force(on) for row in named)


def _card(request: Request, rules: RuleTable) -> str:
    """Whether a card is there is said by what is shown; `CardState` only says in which state it is."""
    if Shown.CARD not in request.documents:
        return "absent"
    if request.card is CardState.NONE:
        return "unknown"
    if request.card is CardState.IN_GRACE and not _exists("in_grace", request.on, rules):
        return "lapsed"
    return request.card.value


def _by_card(online: Online, card: str) -> str:
    if card == "absent":
        return "none"
    if card == "not_registered":
        return "not_registered"
    return "cannot" if card == "lapsed" else _CONFIRMED.get(online, "cannot")


def _phone(request: Request, card: str, rules: RuleTable, practice: Practice) -> str:
    """The phone follows the certificate of its card, without the period of grace."""
    if Shown.PHONE not in request.documents:
        return "absent"
    ended = card == "absent" and request.card in (CardState.IN_GRACE, CardState.LAPSED, CardState.NOT_REGISTERED)
    equipped = practice.phone_equipped or (card == "absent" and request.online in _ANSWERED)
    return "read" if equipped and not ended and _exists("phone", request.on, rules) else "not_read"


def _number_query(request: Request, card: str, phone: str) -> str:
    """Without a card or phone the online check can only have been made by number."""
    if request.number_query is NumberQuery.OK:
        return "ok"
    if card == "absent" and phone == "absent" and request.number_query is None:
        return _BY_NUMBER.get(request.online, "not_asked")
    return "fail" if request.number_query is NumberQuery.FAIL else "not_asked"


def _certificate(request: Request, past: bool, rules: RuleTable) -> str:
    if Shown.CERTIFICATE not in request.documents or not _exists(Shown.CERTIFICATE, request.on, rules):
        return "absent"
    return "past" if past else "in_date"


def _old_card(request: Request, past: bool, rules: RuleTable) -> str:
    """Valid until its last day, until the end it prints, and while the insurer is the same."""
    if Shown.OLD_CARD not in request.documents:
        return "absent"
    valid = _exists(Shown.OLD_CARD, request.on, rules) and not past and request.says is not Says.CHANGED
    return "valid" if valid else "expired"


def _visit(request: Request, held: bool) -> str:
    if request.visit is not None:
        return request.visit.value
    return Visit.RETURN.value if held else "unknown"


def _statement(request: Request) -> bool:
    said = request.stated
    return bool(said.name and said.birth_date and said.phone and (said.insurer_name or said.employer))


def _age(request: Request, shares: RuleTable) -> str:
    born = request.stated.birth_date
    if born is None:
        return "unknown"
    try:
        group = age_group(born, request.on, shares)
    except KioskError:
        return "unknown"
    return group if group in FACTS["age"] else "unknown"
