"""One pure function from a visit to what is done with it: accepted or not, how claimed, at which share, what next.

Sources: documents reference 8 (D01 to D40); eligibility interface reference 3.2 and 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kiosk.domain.claim_note import DISASTER, ClaimNote, ClaimRoute, Numbers, RouteStep, WhyNot, kind_of, open_note
from kiosk.domain.decision.facts import facts_of
from kiosk.domain.decision.inputs import Online, Practice, Request, Says
from kiosk.domain.decision.table import Acceptance, Claim, DecisionRow, DecisionTable
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import KioskError
from kiosk.domain.insurance import ShareSource, share_and_source
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Document
from kiosk.domain.rules import RuleTable

_SHARES = frozenset((10, 20, 30))
_OPEN = frozenset((Acceptance.ACCEPT, Acceptance.ACCEPT_WITH_CARD, Acceptance.CONDITIONAL))


class ShareFrom(StrEnum):
    """Who says what the patient pays."""

    ELIGIBILITY = "eligibility"
    DOCUMENT = "document"
    AGE = "age"
    FORM = "form"  # the signed statement, where the age leaves it open
    STAFF = "staff"  # nothing says it: a person has to


@dataclass(frozen=True)
class DecisionRules:
    """Everything the function reads besides the visit."""

    table: DecisionTable
    shares: RuleTable
    claims: RuleTable
    practice: Practice = field(default_factory=Practice)


@dataclass(frozen=True)
class Decision:
    """The answer. `why` is for staff and may be read by the patient; `say` is what the screen tells the patient."""

    id: str
    outcome: Acceptance
    claim_route: ClaimRoute | None
    share_percent: int | None
    share_source: ShareFrom
    ask_next: tuple[str, ...]
    then: tuple[str, ...]
    beside: tuple[str, ...]  # further rows that hold as well
    claim_note: ClaimNote | None
    document: Document
    variant: str
    why: tuple[Text, ...]
    say: Text


def decide(request: Request, rules: DecisionRules) -> Decision:
    """Total: every request has an answer, and the same one each time.

    Raises `Fatal(SETTINGS_WRONG)` only where claims.toml lacks a route for the day.
    """
    on = request.on
    facts = facts_of(request, rules.table.rules, rules.shares, rules.practice)
    row = rules.table.decide(facts, on)
    route, numbers, history = _route(row, request)
    note = _note(row, route, numbers, history, request, rules)
    share, source = (None, ShareFrom.STAFF) if row.share_by_staff else _share(request, numbers, facts["age"], rules)
    ask = rules.table.ask_next(row, facts, on)
    say = row.say if ask else row.say_settled
    if share is None and row.outcome in _OPEN:
        ask = (*ask, "share")
    beside = tuple(choice for choice in rules.table.beside if choice.fits(facts, on))
    then = (*row.then, *(name for choice in beside for name in choice.row.get("then", ())))
    why = [Text(row.why)]
    if route in (ClaimRoute.CURRENT, ClaimRoute.FORMER, ClaimRoute.UNKNOWN):
        why.append(Text(f"decision.route.{route.value}"))
    why.append(Text(f"decision.share.{source.value}", (("percent", str(share)), ("wari", str((share or 0) // 10)))))
    why += [Text(choice.row.text("why")) for choice in beside]
    return Decision(
        id=row.id,
        outcome=row.outcome,
        claim_route=route,
        share_percent=share,
        share_source=source,
        ask_next=ask,
        then=rules.table.then(then, facts, on),
        beside=tuple(choice.id for choice in beside),
        claim_note=note,
        document=row.document,
        variant=row.variant,
        why=tuple(why),
        say=Text(say),
    )


def _route(row: DecisionRow, request: Request) -> tuple[ClaimRoute | None, Numbers | None, tuple[RouteStep, ...]]:
    """The route, the numbers to type, and why each higher route failed."""
    if row.claim is Claim.NORMAL:
        return ClaimRoute.NORMAL, None, ()
    if row.claim in (Claim.NONE, Claim.DISASTER):
        return None, None, ()
    current, reason = _current(request)
    if current is not None:
        return ClaimRoute.CURRENT, current, ()
    history = [RouteStep(ClaimRoute.CURRENT, reason)]
    former = _usable(request.held_former) or _usable(request.held_current)
    if former is not None:
        return ClaimRoute.FORMER, former, tuple(history)
    history.append(RouteStep(ClaimRoute.FORMER, WhyNot.NO_NUMBERS))
    return ClaimRoute.UNKNOWN, None, tuple(history)


def _current(request: Request) -> tuple[Numbers | None, WhyNot]:
    """Numbers that are in force as far as anybody knows: held ones that nothing speaks against, else those stated."""
    held = _usable(request.held_current)
    reason = WhyNot.NO_NUMBERS
    if held is not None and request.says is Says.CHANGED:
        held, reason = None, WhyNot.CHANGED
    elif held is not None and request.online is Online.INVALID and _same(held, request.held_former):
        held, reason = None, WhyNot.LOST
    stated = _usable(request.form.numbers) if request.form else None
    return held or stated, reason


def _usable(numbers: Numbers | None) -> Numbers | None:
    return numbers if numbers is not None and numbers.usable else None


def _same(one: Numbers, other: Numbers | None) -> bool:
    """The same person's entry at the same insurer; an absent 枝番 makes no difference."""
    return other is not None and replace(one, branch=None) == replace(other, branch=None)


def _note(
    row: DecisionRow,
    route: ClaimRoute | None,
    numbers: Numbers | None,
    history: tuple[RouteStep, ...],
    request: Request,
    rules: DecisionRules,
) -> ClaimNote | None:
    if row.claim is Claim.DISASTER:
        kind = DISASTER
    elif route is None or route is ClaimRoute.NORMAL:
        return None
    else:
        kind = route.value
    digits = rules.practice.unknown_digits
    return open_note(kind, numbers, request.stated, history, rules.claims, request.on, digits)


def _share(request: Request, numbers: Numbers | None, age: str, rules: DecisionRules) -> tuple[int | None, ShareFrom]:
    """Eligibility, then document, then age, then what the patient signed; else staff. Only 10, 20 and 30 exist."""
    stated = request.stated
    insured = request.insured
    if insured is None:
        held = numbers or (request.held_current if request.says is not Says.CHANGED else None)
        insured = InsuredPerson(insurer_number=held.insurer_number if held else None)
    found = _by_rule(insured, stated.birth_date, request.on, rules.shares)
    if found is not None and found[1] is ShareSource.ANSWER and found[0] in _SHARES:
        return found[0], ShareFrom.ELIGIBILITY
    if request.document_share in _SHARES:
        return request.document_share, ShareFrom.DOCUMENT
    kind = kind_of(stated.insurance_kind, rules.claims, request.on) if request.form else None
    by_age = kind is None or kind.get("ratio_by_age", True)
    if found is not None and found[0] in _SHARES and by_age:
        return found[0], ShareFrom.AGE
    group = age if by_age or kind is None else kind.text("id")
    allowed = rules.table.rules.first("stated_share", request.on, group=group)
    if request.form and allowed is not None and request.form.share_percent in allowed.get("percents", ()):
        return request.form.share_percent, ShareFrom.FORM
    return None, ShareFrom.STAFF


def _by_rule(
    insured: InsuredPerson, birth_date: date | None, on: date, shares: RuleTable
) -> tuple[int, ShareSource] | None:
    try:
        return share_and_source(insured, birth_date, on, shares)
    except KioskError:
        return None
