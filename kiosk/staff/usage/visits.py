"""What the journal tells of each visit, as far as the report needs it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.ports.journal import StoredEntry

OF_VISITS = (
    "visit.opened",
    "visit.closed",
    "eligibility.asked",
    "eligibility.answered",
    "identity.confirmed",
    "consent.given",
    "claim.settled",
    "pending.settled",
)
SETTLED = ("claim.settled", "pending.settled")
"""Somebody dealt with what a visit left behind."""


def is_failure(event: str) -> bool:
    """Whether the code of this event is the cause of a failure."""
    return event.endswith(".failed") or event == "service.suspended"


def events_needed(catalogue: Iterable[str]) -> tuple[str, ...]:
    """Everything the report reads, of the events that there are."""
    return tuple(event for event in catalogue if event in OF_VISITS or is_failure(event))


class Way(StrEnum):
    """How eligibility was confirmed online: with the card (a certified reader's included), or by insurance number."""

    CARD = "card"
    NUMBER = "number"


@dataclass
class Visit:
    """One visit. `status` stays None for one that was never closed: it goes on, or the power was cut."""

    id: str
    opened: datetime
    closed: datetime | None = None
    status: str | None = None
    identity: str = "none"
    eligibility: str = "unconfirmed"
    document: str = "none"
    claim_route: str | None = None
    taps: int | None = None
    asked: set[str] = field(default_factory=set)
    answered: bool = False
    visual_reasons: list[str] = field(default_factory=list)
    consents: str | None = None  # comma-separated items as given; None: never asked
    settled: bool = False

    @property
    def on(self) -> date:
        """The day it began."""
        return self.opened.date()

    @property
    def seconds(self) -> float | None:
        return None if self.closed is None else (self.closed - self.opened).total_seconds()

    @property
    def way(self) -> Way | None:
        """None where no answer came, which no official count holds either."""
        if not self.answered:
            return None
        only_number = self.asked == {"insurance_number"} and self.identity != "device"
        return Way.NUMBER if only_number else Way.CARD


@dataclass(frozen=True)
class Failure:
    """One failure, by code and hour of the day, without a word on whose visit it was."""

    at: datetime
    code: str


@dataclass
class Seen:
    visits: dict[str, Visit] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def gather(entries: Iterable[StoredEntry]) -> Seen:
    """`entries` in the order of the journal; others than `events_needed` change nothing, nor do those of a visit whose
    beginning is not among them: staff may settle today what a visit left behind long before."""
    seen = Seen()
    for entry in entries:
        at = datetime.fromisoformat(entry.at)
        fields = json.loads(entry.fields)
        if is_failure(entry.event) and "code" in fields:
            seen.failures.append(Failure(at, str(fields["code"])))
        if entry.visit_id is None:
            continue
        if entry.event == "visit.opened":
            seen.visits[entry.visit_id] = Visit(entry.visit_id, at)
        elif entry.visit_id in seen.visits:
            _add(seen.visits[entry.visit_id], entry.event, at, fields)
    return seen


def _add(visit: Visit, event: str, at: datetime, fields: dict[str, str | int | float | bool]) -> None:
    match event:
        case "visit.closed":
            visit.closed = at
            visit.status = str(fields["status"])
            visit.identity = str(fields["identity"])
            visit.eligibility = str(fields["eligibility"])
            visit.document = str(fields["document"])
            visit.claim_route = str(fields["claim_route"]) if "claim_route" in fields else None
            visit.taps = int(fields["taps"]) if "taps" in fields else None
        case "eligibility.asked":
            visit.asked.add(str(fields["by"]))
        case "eligibility.answered":
            visit.answered = True
        case "identity.confirmed" if fields["method"] == "visual":
            visit.visual_reasons.append(str(fields.get("reason", "other")))
        case "consent.given":
            visit.consents = str(fields["items"])
        case "claim.settled" | "pending.settled":
            visit.settled = True
        case _:
            pass
