"""The visits of a day as staff see them in a list, made of what the journal tells. Nothing in it names a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kiosk.domain.messages import Text
from kiosk.ports.journal import StoredEntry


class VisitStanding(StrEnum):
    """Where a visit stands; message ids `console.standing.<value>`."""

    GOING_ON = "going_on"
    ACCEPTED = "accepted"
    WITH_STAFF = "with_staff"  # handed to staff, and nobody has finished it
    FINISHED = "finished"  # handed to staff, who have dealt with it
    ABANDONED = "abandoned"
    CUT_OFF = "cut_off"  # never closed, and not of the present run of any lane


class NoteStanding(StrEnum):
    NONE = "none"
    OPEN = "open"
    SETTLED = "settled"


INCIDENTS = frozenset(("person_mismatch", "patient_says_not_me", "wrong_person"))
"""Alerts of a visit in which another person may have been meant."""


@dataclass(frozen=True)
class VisitRow:
    """One visit. Ids and counts only."""

    id: str
    opened: datetime
    closed: datetime | None = None
    status: str | None = None
    identity: str = "none"
    eligibility: str = "unconfirmed"
    document: str = "none"
    route: str | None = None
    decision: str | None = None
    share: int | None = None
    consents: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # failures on the way
    staff: tuple[str, ...] = ()  # who acted
    reason: str | None = None  # of a visual check
    note: NoteStanding = NoteStanding.NONE
    missing: tuple[str, ...] = ()  # items that the claim note lacks
    mismatch: bool = False
    incident_result: str | None = None  # how the last mix-up was closed
    settled: bool = False  # staff have dealt with what it left
    result: str | None = None  # how staff finished it
    corrected: bool = False
    handed_over: bool = False
    waits: bool = False  # on the list of later look-ups
    called: bool = False
    live: bool = True

    @property
    def lane(self) -> str:
        return lane_of(self.id)

    @property
    def number(self) -> str:
        """For people: the lane and the visit's number since the lane was started."""
        number = self.id.rpartition("-")[2]
        return f"{self.lane}-{number.lstrip('0') or number}"

    @property
    def standing(self) -> VisitStanding:
        if self.status is None and not self.settled:
            return VisitStanding.GOING_ON if self.live else VisitStanding.CUT_OFF
        if self.status is None or self.status == "handed_to_staff":
            return VisitStanding.FINISHED if self.settled else VisitStanding.WITH_STAFF
        return VisitStanding(self.status)

    @property
    def incident(self) -> bool:
        """Another person may have been meant, and nobody has closed it."""
        return self.incident_result is None and (self.mismatch or bool(INCIDENTS.intersection(self.alerts)))


def lane_of(visit_id: str) -> str:
    """A visit id is lane, day, time, a random part and a number, joined by hyphens; a lane's name may hold some too."""
    return visit_id.rsplit("-", 4)[0]


@dataclass
class VisitBook:
    """Collects entries, in the order of the journal, into rows. Entries of a visit whose beginning was not read are
    left out, unless `whole` says that every entry given belongs to a wanted visit."""

    rows: dict[str, VisitRow] = field(default_factory=dict)
    seq: int = 0  # of the newest entry read

    def read(self, entries: Iterable[StoredEntry]) -> bool:
        """Whether anything shown has changed."""
        changed = False
        for entry in entries:
            self.seq = max(self.seq, entry.seq)
            if entry.visit_id is None:
                continue
            row = self.rows.get(entry.visit_id)
            at = datetime.fromisoformat(entry.at)
            if row is None:
                if entry.event != "visit.opened":
                    continue
                row = VisitRow(entry.visit_id, at)
            after = _after(row, entry.event, at, json.loads(entry.fields))
            changed = changed or after != self.rows.get(entry.visit_id)
            self.rows[entry.visit_id] = after
        return changed

    def of_day(self, day: date) -> tuple[VisitRow, ...]:
        """Newest first."""
        found = [row for row in self.rows.values() if row.opened.date() == day]
        return tuple(sorted(found, key=lambda row: (row.opened, row.id), reverse=True))


def _after(row: VisitRow, event: str, at: datetime, fields: dict[str, Any]) -> VisitRow:
    if isinstance(code := fields.get("code"), str) and code not in row.codes:
        row = replace(row, codes=(*row.codes, code))
    staff = fields.get("staff")
    if isinstance(staff, str) and staff not in row.staff and event != "record.viewed":
        row = replace(row, staff=(*row.staff, staff))
    change = _CHANGES.get(event)
    return change(row, at, fields) if change else row


def _closed(row: VisitRow, at: datetime, fields: dict[str, Any]) -> VisitRow:
    return replace(
        row,
        closed=at,
        status=fields["status"],
        identity=fields["identity"],
        eligibility=fields["eligibility"],
        document=row.document if row.result else fields["document"],
        route=fields.get("claim_route") or row.route,
        decision=fields.get("decision") or row.decision,
        share=fields.get("share", row.share),
        consents=_words(fields.get("consents")),
        alerts=tuple(dict.fromkeys((*row.alerts, *_words(fields.get("alerts"))))),
    )


def _decided(row: VisitRow, _at: datetime, fields: dict[str, Any]) -> VisitRow:
    return replace(
        row,
        decision=fields.get("row") or row.decision,
        route=fields.get("route") or row.route,
        share=fields.get("share", row.share),
        alerts=tuple(dict.fromkeys((*row.alerts, *_words(fields.get("alerts"))))),
    )


def _claim_corrected(row: VisitRow, fields: dict[str, Any]) -> VisitRow:
    """What was missing and is there now is not missing any more."""
    missing = tuple(item for item in row.missing if item not in _words(fields.get("items")))
    whole = {"claim_note_incomplete"} if row.missing and not missing else set()
    alerts = tuple(alert for alert in row.alerts if alert not in whole)
    return replace(row, corrected=True, route=fields.get("route") or row.route, missing=missing, alerts=alerts)


def _confirmed(row: VisitRow, _at: datetime, fields: dict[str, Any]) -> VisitRow:
    return replace(row, identity=fields["method"], reason=fields.get("reason", row.reason))


_CHANGES: dict[str, Callable[[VisitRow, datetime, dict[str, Any]], VisitRow]] = {
    "visit.opened": lambda row, at, _fields: replace(row, opened=at),
    "visit.closed": _closed,
    "decision.made": _decided,
    "identity.confirmed": _confirmed,
    "eligibility.answered": lambda row, _at, fields: replace(row, eligibility=fields["eligibility"]),
    "claim.opened": lambda row, _at, fields: replace(
        row, note=NoteStanding.OPEN, missing=_words(fields.get("missing")), route=fields["route"]
    ),
    "claim.corrected": lambda row, _at, fields: _claim_corrected(row, fields),
    "handover.done": lambda row, _at, _fields: replace(row, handed_over=True),
    "claim.settled": lambda row, _at, _fields: replace(row, note=NoteStanding.SETTLED, settled=True),
    "pending.added": lambda row, _at, _fields: replace(row, waits=True),
    "pending.answered": lambda row, _at, fields: replace(row, waits=bool(fields.get("differences"))),
    "pending.settled": lambda row, _at, _fields: replace(row, waits=False, settled=True),
    "guard.mismatch": lambda row, _at, _fields: replace(row, mismatch=True, incident_result=None),
    "incident.opened": lambda row, _at, _fields: replace(
        row, alerts=_with(row.alerts, "wrong_person"), incident_result=None
    ),
    "incident.closed": lambda row, _at, fields: replace(row, incident_result=fields["result"]),
    "visit.finished": lambda row, _at, fields: replace(
        row, settled=True, result=fields["result"], document=fields.get("document") or row.document
    ),
    "record.corrected": lambda row, _at, _fields: replace(row, corrected=True),
    "staff.called": lambda row, _at, _fields: replace(row, called=True),
}


def _with(words: tuple[str, ...], word: str) -> tuple[str, ...]:
    return words if word in words else (*words, word)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word for word in (text or "").split(",") if word)


def open_notes(entries: Iterable[StoredEntry]) -> dict[str, tuple[datetime, str]]:
    """Claim notes that nobody has settled yet, oldest first: visit → since when, and the route."""
    found: dict[str, tuple[datetime, str]] = {}
    for entry in entries:
        if entry.visit_id is None:
            continue
        if entry.event == "claim.opened":
            found.setdefault(entry.visit_id, (datetime.fromisoformat(entry.at), str(json.loads(entry.fields)["route"])))
        elif entry.event == "claim.settled":
            found.pop(entry.visit_id, None)
    return found


# --- filter -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitFilter:
    """None, or an empty text, takes everything. `text` is sought in what the list shows, whatever the case; several
    words have to be found all."""

    standing: VisitStanding | None = None
    route: str | None = None
    lane: str | None = None
    method: str | None = None
    text: str = ""

    def takes(self, row: VisitRow, shown: str = "") -> bool:
        """`shown`: the row as the list writes it, in the language of the person who searches."""
        if self.standing is not None and row.standing is not self.standing:
            return False
        if self.route is not None and row.route != self.route:
            return False
        if self.lane is not None and row.lane != self.lane:
            return False
        if self.method is not None and row.identity != self.method:
            return False
        within = " ".join((searched(row), shown)).casefold()
        return all(word in within for word in self.text.casefold().split())


def searched(row: VisitRow) -> str:
    """The fields in which a text is sought: nothing about a person stands in any of them."""
    words = (row.id, row.number, row.identity, row.eligibility, row.document, row.decision or "", row.route or "")
    return " ".join((*words, *row.codes, *row.alerts, *row.staff))


def counted(rows: Iterable[VisitRow]) -> dict[VisitStanding, int]:
    """How many visits stand where, every standing named."""
    counts = dict.fromkeys(VisitStanding, 0)
    for row in rows:
        counts[row.standing] += 1
    return counts


# --- what to do about it ------------------------------------------------------------------------------

_FIRST = (
    "person_mismatch",
    "wrong_person",
    "patient_says_not_me",
    "power_cut",
    "hand_over_failed",
    "consent_withdrawal_failed",
    "share_unknown",
    "share_changed",
    "claim_note_incomplete",
    "facility_not_on_ticket",
    "several",
    "reading_by_numbers",
    "confirmed_another_day",
    "special_payment",
    "staff_refuse",
)
"""Alerts that say what is to be done, the most pressing first."""


def next_steps(row: VisitRow) -> tuple[Text, ...]:
    """What is to be done about a visit, the most pressing first; nothing for one that is through.

    Ids: `console.alert.<alert>`, `console.next.…` and the remedies of failures.
    """
    if row.standing is VisitStanding.GOING_ON:
        return ()
    steps: list[Text] = []
    alerts = set(row.alerts) | ({"person_mismatch"} if row.mismatch else set())
    if not row.incident:
        alerts -= INCIDENTS
    if row.settled:
        alerts -= {"power_cut", "claim_note_incomplete", "share_unknown"}
    elif row.standing is VisitStanding.CUT_OFF:
        steps.append(Text("console.alert.power_cut"))
    steps += [Text(f"console.alert.{alert}") for alert in _FIRST if alert in alerts]
    if row.note is NoteStanding.OPEN and "claim_note_incomplete" not in alerts:
        steps.append(Text("console.alert.claim_note_incomplete" if row.missing else "console.next.note"))
    if row.waits:
        steps.append(Text("console.next.waits"))
    if row.standing is VisitStanding.WITH_STAFF:
        steps.append(Text("console.next.with_staff"))
        steps += [Text(f"failure.{code}.remedy") for code in row.codes[-1:]]
    return tuple(dict.fromkeys(steps))
