"""The claim note: what is typed into the レセコン where the numbers of the patient could not be confirmed.

Sources: eligibility interface reference 3.3; documents reference 8. Digits, items and the text of the 摘要欄 are rows
of `assets/rules/claims.toml`. A note is a list of entries that only grows: a correction, even of the route, is one
more entry, and what was written before stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.insurance import check_digit_holds, normal_insurer_number, with_check_digit
from kiosk.domain.masking import STAR, mask_my_number
from kiosk.domain.rules import Row, RuleTable

NUMBER_ITEMS = ("insurer_number", "symbol", "number", "branch")
STATED_ITEMS = ("name", "kana", "birth_date", "insurance_kind", "insurer_name", "employer", "address", "phone")
CONTACTED_ON = "contacted_on"
"""患者連絡日: the day on which the patient was contacted again before the claim."""

ITEMS = (*NUMBER_ITEMS, *STATED_ITEMS, CONTACTED_ON)
DISASTER = "disaster"
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PLACE = re.compile(r"\[\[(\w+)\]\]")


class ClaimRoute(StrEnum):
    """請求の方法. The order ①→②→③ is fixed: the first that is possible is taken."""

    NORMAL = "normal"
    CURRENT = "1"  # current numbers, from asking or past visits
    FORMER = "2"  # former numbers, from the 資格(無効) screen or past visits
    UNKNOWN = "3"  # 不詳


class WhyNot(StrEnum):
    """Why a higher route was not possible."""

    NO_NUMBERS = "no_numbers"
    CHANGED = "changed"  # the patient says that the insurance changed since these numbers
    LOST = "lost"  # they are the numbers that the terminal calls 無効
    NOT_FOR_THIS = "not_for_this"  # replaced by a correction


@dataclass(frozen=True, repr=False)
class Numbers:
    """保険者番号, 記号, 番号 and 枝番 as far as they are known. Text, because zeros and kanji count."""

    insurer_number: str | None = None
    symbol: str | None = None
    number: str | None = None
    branch: str | None = None

    @property
    def usable(self) -> bool:
        """A claim can start from them: there is a 番号; what else is missing, the note says."""
        return bool(self.number and any(c.isdecimal() for c in self.number))

    def __repr__(self) -> str:
        return "Numbers()"


@dataclass(frozen=True, repr=False)
class Stated:
    """What the patient, the card's face or the 被保険者資格申立書 says. "わからない" is an answer, None is not."""

    name: str | None = None
    kana: str | None = None
    birth_date: date | None = None
    insurance_kind: str | None = None  # as said, or the id of a kind in claims.toml
    insurer_name: str | None = None
    employer: str | None = None
    address: str | None = None
    phone: str | None = None
    numbers: Numbers = field(default_factory=Numbers)
    share_percent: int | None = None

    def __repr__(self) -> str:
        return "Stated()"


@dataclass(frozen=True)
class UnknownDigits:
    """How a facility's レセコン wants unknown numbers; 0 means as many digits as the rule file says."""

    insurer_digits: int = 0
    number_digits: int = 0
    valid_check_digit: bool = False  # 77777779 in place of 77777777


@dataclass(frozen=True)
class RouteStep:
    """One route that was tried before and why it failed."""

    route: ClaimRoute
    reason: WhyNot


class EntryKind(StrEnum):
    OPENED = "opened"
    CORRECTED = "corrected"
    CLOSED = "closed"


@dataclass(frozen=True, repr=False)
class Entry:
    """One thing that happened to a note. `values` holds only what this entry sets."""

    kind: EntryKind
    route: str  # id of a row of claims.toml: "1", "2", "3" or "disaster"
    values: tuple[tuple[str, str], ...] = ()
    history: tuple[RouteStep, ...] = ()
    at: datetime | None = None  # None while the note is only proposed
    by: str | None = None  # staff id

    def __repr__(self) -> str:
        return f"Entry({self.kind.value}, {self.route})"


@dataclass(frozen=True, repr=False)
class ClaimNote:
    """A note, as the entries that made it; at least the opening one."""

    entries: tuple[Entry, ...]

    @property
    def route(self) -> str:
        return self.entries[-1].route

    @property
    def closed(self) -> bool:
        return self.entries[-1].kind is EntryKind.CLOSED

    @property
    def history(self) -> tuple[RouteStep, ...]:
        return tuple(step for entry in self.entries for step in entry.history)

    def value(self, item: str) -> str | None:
        """The newest value; an empty one takes an older one back."""
        for entry in reversed(self.entries):
            for name, value in entry.values:
                if name == item:
                    return value or None
        return None

    def __repr__(self) -> str:
        return f"ClaimNote({self.route}, {len(self.entries)} entries)"


@dataclass(frozen=True)
class NotClosed:
    """A note that may not be closed, and the items it waits for."""

    missing: tuple[str, ...]


def open_note(
    route: str,
    numbers: Numbers | None,
    stated: Stated,
    history: tuple[RouteStep, ...],
    rules: RuleTable,
    on: date,
    digits: UnknownDigits | None = None,
) -> ClaimNote:
    """A note for a route. Where `numbers` is None, the digits for 不詳 stand in their place.

    Raises `Fatal(SETTINGS_WRONG)` where the rule file has no row for the route on that day.
    """
    shown = numbers if numbers is not None else unknown_numbers(route, rules, on, digits or UnknownDigits())
    values: dict[str, str | None] = {item: getattr(shown, item) for item in NUMBER_ITEMS}
    if shown.insurer_number:
        values["insurer_number"] = normal_insurer_number(shown.insurer_number)
    needed = _needed(_route(route, rules, on))
    for item in STATED_ITEMS:
        if item in needed:
            said = getattr(stated, item)
            values[item] = said.isoformat() if isinstance(said, date) else said
    kind = kind_of(stated.insurance_kind, rules, on)
    if kind is not None:
        if values.get("insurance_kind") == kind.text("id"):
            values["insurance_kind"] = kind.text("ja")
        if "employer" in needed and not (values.get("employer") or "").strip() and route != DISASTER:
            values["employer"] = kind.get("no_employer")
    return ClaimNote((Entry(EntryKind.OPENED, route, _clean(values), history),))


def unknown_numbers(route: str, rules: RuleTable, on: date, digits: UnknownDigits) -> Numbers:
    """The digits that stand for 不詳. 記号 and 枝番 stay empty."""
    row = rules.first("unknown", on, id=route)
    if row is None:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"claims unknown {route} {on}")
    digit = row.text("digit")
    insurer = digit * max(2, digits.insurer_digits or row.number("insurer_digits"))
    if digits.valid_check_digit:
        insurer = with_check_digit(insurer[:-1])
    return Numbers(insurer_number=insurer, number=digit * max(1, digits.number_digits or row.number("number_digits")))


def kind_of(text: str | None, rules: RuleTable, on: date) -> Row | None:
    """The kind of insurance that a patient's words mean, or None."""
    said = "".join((text or "").split())
    if not said:
        return None
    return next((row for row in rules.rows("kind", on) if any(word in said for word in row.get("words", ()))), None)


def missing_items(note: ClaimNote, rules: RuleTable, on: date) -> tuple[str, ...]:
    """Items that must still be asked. Of two that stand for each other both are named until one is known."""
    row = _route(note.route, rules, on)
    missing = [item for item in row.get("required", ()) if not _known(note.value(item))]
    either = tuple(row.get("required_any", ()))
    if either and not any(_known(note.value(item)) for item in either):
        missing += either
    return tuple(missing)


def waiting_items(note: ClaimNote, rules: RuleTable, on: date) -> tuple[str, ...]:
    """Items that only time can bring and that a closed note needs as well."""
    return tuple(item for item in _route(note.route, rules, on).get("before_claim", ()) if not _known(note.value(item)))


def remarks(note: ClaimNote, rules: RuleTable, on: date, open_item: Mapping[str, str] | None = None) -> str:
    """The whole text of the 摘要欄; empty for routes without one. An item that is still open shows as `open_item` says
    (by item id), or not at all, so that nobody types a gap unseen."""
    pattern = _route(note.route, rules, on).text("remarks")
    return _PLACE.sub(lambda m: note.value(m[1]) or (open_item or {}).get(m[1], ""), pattern)


def warnings(note: ClaimNote) -> tuple[str, ...]:
    """What staff should look at: a check digit that fails is a typing error more often than not, never a refusal."""
    found = []
    insurer = note.value("insurer_number")
    if note.route in (ClaimRoute.CURRENT, ClaimRoute.FORMER) and insurer and not check_digit_holds(insurer):
        found.append("insurer_number_check_digit")
    if any(STAR in value for entry in note.entries for _, value in entry.values):
        found.append("my_number_masked")
    return tuple(found)


def send_to(note: ClaimNote, rules: RuleTable, on: date) -> str | None:
    """Where a claim of route ③ goes, by the kind of insurance; None where the facility has to choose."""
    if note.route != ClaimRoute.UNKNOWN:
        return None
    kind = kind_of(note.value("insurance_kind"), rules, on)
    place = kind.get("send_to") if kind else None
    return place if isinstance(place, str) else None


def correct(
    note: ClaimNote, changes: Mapping[str, str], at: datetime, by: str, route: ClaimRoute | None = None
) -> ClaimNote:
    """One more entry. With a new route, the old one goes into the history as replaced.

    Raises ValueError for an item that no note has or a route that is claimed without a note.
    """
    unknown = set(changes) - set(ITEMS)
    if unknown or route is ClaimRoute.NORMAL:
        raise ValueError(f"no item of a claim note: {', '.join(sorted(unknown)) or 'normal'}")
    history: tuple[RouteStep, ...] = ()
    if route is not None and route != note.route and note.route != DISASTER:
        history = (RouteStep(ClaimRoute(note.route), WhyNot.NOT_FOR_THIS),)
    entry = Entry(EntryKind.CORRECTED, route or note.route, _clean(changes, keep_empty=True), history, at, by)
    return replace(note, entries=(*note.entries, entry))


def close(note: ClaimNote, rules: RuleTable, at: datetime, by: str) -> ClaimNote | NotClosed:
    """Closed, or what it still waits for. Closing a closed note changes nothing."""
    on = at.date()
    missing = (*missing_items(note, rules, on), *waiting_items(note, rules, on))
    if missing:
        return NotClosed(missing)
    if note.closed:
        return note
    return replace(note, entries=(*note.entries, Entry(EntryKind.CLOSED, note.route, at=at, by=by)))


def _route(route: str, rules: RuleTable, on: date) -> Row:
    row = rules.first("route", on, id=str(route))
    if row is None:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"claims route {route} {on}")
    return row


def _needed(row: Row) -> frozenset[str]:
    return frozenset((*row.get("required", ()), *row.get("required_any", ()), *_PLACE.findall(row.text("remarks"))))


def _clean(values: Mapping[str, str | None], *, keep_empty: bool = False) -> tuple[tuple[str, str], ...]:
    """One line each, without any Individual Number that somebody wrote where it does not belong."""
    lines = ((item, mask_my_number(_BREAKS.sub(" ", value or "").strip())) for item, value in values.items())
    return tuple((item, line) for item, line in lines if line or keep_empty)


def _known(value: str | None) -> bool:
    """A masked value is no value."""
    return bool(value) and STAR not in (value or "")
