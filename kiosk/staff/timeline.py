"""One visit's story: its entries as lines that staff read. Values that the journal keeps encrypted stay out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.domain.messages import Text
from kiosk.ports.journal import StoredEntry

TECHNICAL = frozenset(
    (
        "timeout",
        "language.chosen",
        "voice.switched",
        "card.presented",
        "card.removed",
        "photo.read",
        "handover.done",
        "terminal.refused",
        "eligibility.late",
        "reading.arrived",
        "record.viewed",
    )
)
"""Entries that explain a failure to technicians and would hide the story from everybody else."""

_FAILURES = frozenset(("guard.mismatch",))
_SEALED = "~"
"""Begins every encrypted value."""

_NAMED = {
    "method": "usage.identity",
    "reason": "counter.reason",
    "eligibility": "usage.eligibility",
    "document": "usage.document",
    "status": "usage.status",
    "route": "console.route",
    "claim_route": "console.route",
    "action": "counter.act",
    "verdict": "console.verdict",
    "result": "console.result",
}
"""Fields whose words have sentences: `<beginning>.<word>`."""

_ALERTS = ("alerts",)
_PLAIN = ("row", "decision", "staff", "file", "target", "message_code", "account")
_CLOSING = ("status", "code")
"""Of the end of a visit: the rest stands in its decision."""


@dataclass(frozen=True)
class Detail:
    """One value of an entry. `message`: the id of its sentence, if there may be one; `word`: what stands in the
    journal."""

    name: str
    word: str
    message: str | None = None


@dataclass(frozen=True)
class Line:
    seq: int
    at: datetime
    event: str
    details: tuple[Detail, ...] = ()
    failed: bool = False
    code: str | None = None

    @property
    def technical(self) -> bool:
        return self.event in TECHNICAL


def timeline(entries: Iterable[StoredEntry]) -> tuple[Line, ...]:
    """In the order in which things happened."""
    return tuple(_line(entry) for entry in entries)


def _line(entry: StoredEntry) -> Line:
    fields: dict[str, Any] = json.loads(entry.fields)
    code = fields.get("code")
    if entry.event == "visit.closed":
        fields = {name: value for name, value in fields.items() if name in _CLOSING}
    details = [detail for name, value in fields.items() if (detail := _detail(name, value)) is not None]
    failed = entry.event.endswith(".failed") or entry.event in _FAILURES
    at = datetime.fromisoformat(entry.at)
    return Line(entry.seq, at, entry.event, tuple(details), failed, code if isinstance(code, str) else None)


def _detail(name: str, value: Any) -> Detail | None:
    if value is None or name == "code" or (isinstance(value, str) and (not value or value.startswith(_SEALED))):
        return None
    word = str(value)
    if name == "share":
        return Detail(name, f"{word} %")
    if name in _NAMED:
        return Detail(name, word, f"{_NAMED[name]}.{word}")
    if name in _ALERTS:
        return Detail(name, word)
    return Detail(name, word) if name in _PLAIN else None


def reasons(decision: str | None, route: str | None, share: int | None, facts: Mapping[str, str]) -> tuple[Text, ...]:
    """Why the visit was decided as it was: the row of the decision table in words, what it means for the claim, and
    where the share comes from. `facts`: `eligibility` and `document` of the outcome."""
    told: list[Text] = []
    if decision is not None:
        told.append(Text(f"decision.{decision}"))
    if route in ("1", "2", "3"):
        told.append(Text(f"decision.route.{route}"))
    if share is not None:
        source = "eligibility" if facts.get("eligibility") in _CONFIRMED else "document"
        source = "age" if facts.get("document") in ("oral", "attestation", "none") and source == "document" else source
        told.append(Text(f"decision.share.{source}", (("percent", str(share)), ("wari", str(share // 10)))))
    elif decision is not None:
        told.append(Text("decision.share.staff"))
    return tuple(told)


_CONFIRMED = frozenset(("valid", "invalid_newer", "not_registered_facility"))
