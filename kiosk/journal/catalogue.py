"""The event catalogue: which events and fields a journal may hold. The events themselves are data (journal.toml)."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.masking import mask_my_number
from kiosk.journal.redaction import is_suspicious, mask
from kiosk.ports.journal import JournalEntry

LIMIT = 9_999_999  # seven digits: no insurance number, card number or My Number fits into a count
LINE_LENGTH = 120
VALUE_LENGTH = 200
DIGITS = 3
OUT_OF_FORM = "?"
"""Written for a code or file name of another system that does not look like one: what others send must not be able
to stop the journal, and must not bring a text of its own into it."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}")
_FOREIGN = re.compile(r"[A-Za-z0-9_-]{1,20}")
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,20}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VISIT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_EVENT_ID = re.compile(r"[a-z]+(\.[a-z]+)?")

Value = str | int | float | bool | None
Seal = Callable[[str, Value], str]
"""Field name and value → the encrypted value."""


class FieldKind(StrEnum):
    """What a field may hold; the head of `journal.toml` explains each."""

    WORD = "word"
    WORDS = "words"
    LINE = "line"
    FILE = "file"
    COUNT = "count"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    CODE = "code"
    FOREIGN = "foreign"
    MOMENT = "moment"
    MONTH = "month"
    REFERENCE = "reference"
    VALUE = "value"
    DIGEST = "digest"


@dataclass(frozen=True)
class FieldRule:
    name: str
    kind: FieldKind
    values: tuple[str, ...] = ()  # empty: open
    digits: int = DIGITS
    optional: bool = False
    personal: bool = False


@dataclass(frozen=True)
class EventRule:
    id: str
    category: str
    retention: str
    visit: bool  # refused without a visit
    meaning: Mapping[str, str] = field(hash=False)  # by language
    fields: Mapping[str, FieldRule] = field(hash=False)


@dataclass(frozen=True)
class Pick:
    """Entries of one event, or those of them with this value in a field."""

    event: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class EventCatalogue:
    version: int
    events: Mapping[str, EventRule] = field(hash=False)
    retention: Mapping[str, Mapping[str, str]] = field(hash=False)  # class → meaning by language
    checkpoint_every: int = 0  # entries between two signed checkpoints; 0: none
    audit: Mapping[str, tuple[Pick, ...]] = field(default_factory=dict, hash=False)  # question → what answers it

    def personal_fields(self, entry: JournalEntry) -> tuple[str, ...]:
        """Those that the entry fills."""
        rule = self.events.get(entry.event)
        filled = rule.fields.values() if rule else ()
        return tuple(r.name for r in filled if r.personal and entry.fields.get(r.name) is not None)

    def check(self, entry: JournalEntry) -> None:
        """Raises `Fatal(INTERNAL)` that names event and field, never the value, when the entry must not be written."""
        self.admit(entry)

    def admit(self, entry: JournalEntry, seal: Seal | None = None) -> dict[str, Value]:
        """The fields as they are to be written: rounded, masked, empty ones left out, personal ones through `seal`,
        without which they are refused. Raises like `check`."""
        rule = self.events.get(entry.event)
        if rule is None:
            raise _refused(entry.event, "unknown event")
        if entry.visit_id is None and rule.visit:
            raise _refused(entry.event, "needs a visit")
        if entry.visit_id is not None and not _VISIT_ID.fullmatch(entry.visit_id):
            raise _refused(entry.event, "visit id out of form")
        for name in entry.fields:
            if name not in rule.fields:
                raise _refused(entry.event, "unknown field")
        admitted: dict[str, Value] = {}
        for name, wanted in rule.fields.items():
            value = entry.fields.get(name)
            if value is None:
                if not wanted.optional:
                    raise _refused(entry.event, f"{name} is missing")
                continue
            if wanted.personal and (seal is None or entry.visit_id is None):
                raise _refused(entry.event, f"{name} is personal")
            try:
                admitted[name] = _admit_value(wanted, value)
            except ValueError as error:
                raise _refused(entry.event, f"{name} {error}") from None
            if wanted.personal and seal is not None:
                admitted[name] = seal(name, admitted[name])
        return admitted


def _refused(event: str, why: str) -> Fatal:
    return Fatal(FailureCode.INTERNAL, f"journal: {event if _EVENT_ID.fullmatch(event) else 'event'}: {why}")


def _admit_value(rule: FieldRule, value: str | int | float | bool) -> Value:
    """Raises ValueError whose text tells what was expected and does not quote the value."""
    if rule.kind is FieldKind.FLAG:
        if isinstance(value, bool):
            return value
        raise ValueError("is not true or false")
    if rule.kind in (FieldKind.COUNT, FieldKind.INTEGER):
        lowest = 0 if rule.kind is FieldKind.COUNT else -LIMIT
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= LIMIT:
            raise ValueError(f"is not a {rule.kind.value}")
        return value
    if rule.kind is FieldKind.NUMBER:
        if isinstance(value, (bool, str)) or not math.isfinite(value) or abs(value) > LIMIT:
            raise ValueError("is not a number")
        return round(float(value), rule.digits)
    if not isinstance(value, str):
        raise ValueError("is not text")
    return _admit_text(rule, str(value))


def _admit_text(rule: FieldRule, value: str) -> str:
    if rule.kind is FieldKind.WORD:
        _check_word(rule, value)
    elif rule.kind is FieldKind.WORDS:
        for word in value.split(",") if value else ():
            _check_word(rule, word)
    elif rule.kind is FieldKind.LINE:
        return mask("".join(c if c.isprintable() else " " for c in value))[:LINE_LENGTH]
    elif rule.kind is FieldKind.VALUE:
        return mask_my_number("".join(c if c.isprintable() else " " for c in value))[:VALUE_LENGTH]
    elif rule.kind is FieldKind.FILE:
        return value if _FILE.fullmatch(value) else OUT_OF_FORM
    elif rule.kind is FieldKind.FOREIGN:
        return value if _FOREIGN.fullmatch(value) and not is_suspicious(value) else OUT_OF_FORM
    elif rule.kind is FieldKind.REFERENCE:
        if not _REFERENCE.fullmatch(value) or mask_my_number(value) != value:
            raise ValueError("is not a reference")
    elif rule.kind is FieldKind.DIGEST:
        if not _DIGEST.fullmatch(value):
            raise ValueError("is not a SHA-256 digest")
    elif rule.kind is FieldKind.CODE:
        if value not in set(FailureCode):
            raise ValueError("is not a failure code")
    elif not _is_moment(value):
        raise ValueError("is not a date or a time with offset")
    return value[: len("2026-11")] if rule.kind is FieldKind.MONTH else value


def _check_word(rule: FieldRule, word: str) -> None:
    if rule.values and word not in rule.values:
        raise ValueError("is not one of its values")
    if not _WORD.fullmatch(word) or is_suspicious(word):
        raise ValueError("is not an identifier")


def _is_moment(value: str) -> bool:
    try:
        if len(value) == len("2026-11-24"):
            date.fromisoformat(value)
            return True
        return datetime.fromisoformat(value).utcoffset() is not None
    except ValueError:
        return False


def load_catalogue(content: bytes) -> EventCatalogue:
    """Reads `journal.toml`. Raises `Fatal(ASSET_MISSING)` naming the entry that is wrong."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
        return _catalogue(data)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Fatal(FailureCode.ASSET_MISSING, f"journal.toml: {error}") from error


def _catalogue(data: dict[str, Any]) -> EventCatalogue:
    known = {"version", "valid_from", "source", "forbidden_names", "checkpoint_every", "audit", "retention", "event"}
    _only(data, known, "journal.toml")
    retention = {name: _languages(meaning, name) for name, meaning in data["retention"].items()}
    forbidden = frozenset(data["forbidden_names"])
    events: dict[str, EventRule] = {}
    for item in data["event"]:
        rule = _event(item, forbidden)
        if rule.id in events:
            raise ValueError(f"{rule.id} stands twice")
        if rule.retention not in retention:
            raise ValueError(f"{rule.id}: unknown retention {rule.retention}")
        events[rule.id] = rule
    audit = {name: tuple(_pick(text, events) for text in picks) for name, picks in data.get("audit", {}).items()}
    return EventCatalogue(int(data["version"]), events, retention, int(data.get("checkpoint_every", 0)), audit)


def _pick(text: str, events: Mapping[str, EventRule]) -> Pick:
    """`event` or `event field=value`."""
    event, _, condition = text.partition(" ")
    name, _, value = condition.partition("=")
    if event not in events or (condition and name not in events[event].fields):
        raise ValueError(f"audit: {text}")
    return Pick(event, name or None, value or None)


def _event(item: dict[str, Any], forbidden: frozenset[str]) -> EventRule:
    name = str(item["id"])
    if not _EVENT_ID.fullmatch(name):
        raise ValueError(f"{name}: not an event id")
    _only(item, {"id", "category", "retention", "visit", "ja", "en", "fields"}, name)
    meaning = _languages({key: item[key] for key in ("ja", "en")}, name)
    fields = {rule.name: rule for rule in (_field(entry, name, forbidden) for entry in item["fields"])}
    if len(fields) != len(item["fields"]):
        raise ValueError(f"{name}: a field stands twice")
    return EventRule(name, str(item["category"]), str(item["retention"]), bool(item.get("visit")), meaning, fields)


def _field(item: dict[str, Any], event: str, forbidden: frozenset[str]) -> FieldRule:
    name = str(item["name"])
    _only(item, {"name", "kind", "values", "digits", "optional", "personal"}, f"{event}.{name}")
    if forbidden.intersection(name.split("_")):
        raise ValueError(f"{event}.{name}: a forbidden name")
    if item["kind"] in (FieldKind.REFERENCE, FieldKind.VALUE) and not item.get("personal"):
        raise ValueError(f"{event}.{name}: a {item['kind']} is about a person and personal")
    digits = int(item.get("digits", DIGITS))
    if not 0 <= digits <= DIGITS:
        raise ValueError(f"{event}.{name}: at most {DIGITS} digits")
    return FieldRule(
        name,
        FieldKind(item["kind"]),
        tuple(str(value) for value in item.get("values", ())),
        digits,
        bool(item.get("optional")),
        bool(item.get("personal")),
    )


def _languages(meaning: Mapping[str, str], where: str) -> dict[str, str]:
    if set(meaning) != {"ja", "en"} or not all(meaning.values()):
        raise ValueError(f"{where}: needs ja and en")
    return dict(meaning)


def _only(item: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = set(item) - known
    if unknown:
        raise ValueError(f"{where}: unknown key {sorted(unknown)[0]}")
