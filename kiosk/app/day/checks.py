"""What must hold after a day, whatever happened on it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from kiosk.app.day.floor import Seen
from kiosk.app.day.patient import Patient
from kiosk.app.day.people import MISTYPED, PINS, DayPlan
from kiosk.app.handover import open_deliveries
from kiosk.app.paths import DataFolders
from kiosk.domain.outcome import Status
from kiosk.domain.pending import PendingState
from kiosk.domain.verification_number import verification_number_b
from kiosk.journal.sealing import SEALED
from kiosk.ports.journal import JournalStore, StoredEntry
from kiosk.ports.pending import PendingList
from kiosk.staff.usage.figures import UsageReport

MOST_NAMED = 5
"""So many of a kind are named; the rest is counted."""

_NUMBER = re.compile(r"\d{7,}")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Check:
    """One promise: its id is a sentence of the catalogue (`day.check.<id>`), `wrong` names what broke it."""

    id: str
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.wrong

    def as_data(self) -> dict[str, Any]:
        return {"id": self.id, "ok": self.ok, "wrong": list(self.wrong)}


@dataclass(frozen=True)
class Evidence:
    """All that a day left."""

    plan: DayPlan
    seen: Seen
    folders: DataFolders
    journal: JournalStore
    pending: PendingList
    report: UsageReport
    log: str


def examine(evidence: Evidence) -> tuple[Check, ...]:
    """Raises what the stores raise."""
    entries = tuple(evidence.journal.iterate())
    checks: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("chain", partial(_chain, evidence.journal)),
        ("outcome", partial(_outcomes, entries)),
        ("turned_away", partial(_turned_away, evidence.seen)),
        ("stuck", lambda: evidence.seen.stuck),
        ("handed_over", partial(_handed_over, evidence, entries)),
        ("looked_up", partial(_looked_up, evidence.pending)),
        ("counts", partial(_counts, evidence, entries)),
        ("secrets", partial(_secrets, evidence, entries)),
    )
    return tuple(Check(name, _few(find())) for name, find in checks)


def _few(found: Iterable[str]) -> tuple[str, ...]:
    wrong = tuple(found)
    more = len(wrong) - MOST_NAMED
    return (*wrong[:MOST_NAMED], f"+{more}") if more > 0 else wrong


def _chain(journal: JournalStore) -> Iterator[str]:
    report = journal.verify()
    if not report.ok:
        yield f"{report.first_bad}: {report.reason}"


def _outcomes(entries: Sequence[StoredEntry]) -> Iterator[str]:
    """Each visit ends, and once."""
    opened = Counter(entry.visit_id for entry in entries if entry.event == "visit.opened")
    closed = Counter(entry.visit_id for entry in entries if entry.event == "visit.closed")
    for visit in sorted(str(visit) for visit in {*opened, *closed}):
        if (opened[visit], closed[visit]) != (1, 1):
            yield f"{visit}: opened {opened[visit]}, closed {closed[visit]}"


def _turned_away(seen: Seen) -> Iterator[str]:
    """Whoever did not go away by choice was accepted, or is with the staff."""
    for patient in seen.patients:
        if not patient.left_by_choice and not patient.sent_to_the_counter and not _received(patient, seen):
            yield f"{patient.manner.number}: {', '.join(patient.visits) or '-'}"


def _received(patient: Patient, seen: Seen) -> bool:
    outcomes = [seen.closed[visit] for visit in patient.visits if visit in seen.closed]
    return any(outcome.status is not Status.ABANDONED for outcome in outcomes)


def _handed_over(evidence: Evidence, entries: Sequence[StoredEntry]) -> Iterator[str]:
    """Every accepted visit, each file once, and nothing waits."""
    delivered = Counter(
        str(json.loads(entry.fields).get("file")) for entry in entries if entry.event == "handover.delivered"
    )
    there = {path.name for path in evidence.folders.out.iterdir() if not path.name.startswith(".")}
    yield from (f"{name}: delivered {n} times" for name, n in sorted(delivered.items()) if n > 1)
    yield from (f"{name}: delivered and not there" for name in sorted(set(delivered) - there))
    yield from (f"{name}: there and not delivered" for name in sorted(there - set(delivered)))
    visits = {entry.visit_id for entry in entries if entry.event == "handover.delivered"}
    for visit, outcome in evidence.seen.closed.items():
        if outcome.status is Status.ACCEPTED and visit not in visits:
            yield f"{visit}: accepted, nothing handed over"
    with closing(open_deliveries(evidence.folders)) as deliveries:
        counts = deliveries.counts()
    yield from (f"{state}: {counts[state]}" for state in ("waiting", "refused") if counts[state])


def _looked_up(pending: PendingList) -> Iterator[str]:
    """The line came back: nobody's answer is still waited for."""
    yield from (visit.visit_id for visit in pending.visits(PendingState.OPEN))


def _counts(evidence: Evidence, entries: Sequence[StoredEntry]) -> Iterator[str]:
    """What the lanes said, the journal holds and the report counts is the same."""
    said = Counter(outcome.status.value for outcome in evidence.seen.closed.values())
    told = Counter(json.loads(entry.fields)["status"] for entry in entries if entry.event == "visit.closed")
    reported = Counter(dict(evidence.report.status))
    if not said == told == reported:
        yield f"lanes {dict(said)}, journal {dict(told)}, report {dict(reported)}"
    written = {entry.visit_id for entry in entries if entry.event == "visit.closed"}
    yield from (f"{visit}: not in the journal" for visit in sorted(set(evidence.seen.closed) - written))
    if evidence.report.visits != sum(told.values()):
        yield f"report {evidence.report.visits} visits, journal {sum(told.values())}"
    if len(evidence.seen.patients) != len(evidence.plan.arrivals):
        yield f"{len(evidence.plan.arrivals)} came, {len(evidence.seen.patients)} were received"


def _secrets(evidence: Evidence, entries: Sequence[StoredEntry]) -> Iterator[str]:
    """No PIN and no 照合番号B anywhere in journal or log, and nobody's name, address or number in the open."""
    words, numbers = _known(evidence.plan)
    for entry in entries:
        for name, value in json.loads(entry.fields).items():
            if not isinstance(value, str) or value.startswith(SEALED):
                continue
            if value in (*PINS, MISTYPED) or _found(value, words, numbers):
                yield f"journal: {entry.event}.{name}"
    for line in evidence.log.splitlines():
        if any(pin in re.findall(r"\d+", line) for pin in (*PINS, MISTYPED)) or _found(line, words, numbers):
            yield f"log: {line.split(':')[0]}"
    for file in sorted(evidence.folders.root.glob("journal.sqlite*")):
        text = file.read_bytes().decode("utf-8", "replace")
        if _found(text, words, numbers):
            yield f"file: {file.name}"


def _known(plan: DayPlan) -> tuple[set[str], set[str]]:
    words: set[str] = set()
    numbers: set[str] = set()
    for manner in plan.arrivals:
        card, record = manner.person.card, manner.person.record
        words |= {
            word for text in (card.name, card.kana) for word in _WORD.findall(unicodedata.normalize("NFKC", text))
        }
        number_b = verification_number_b(
            card.birth_date, card.card_expires.year, card.security_code, western=card.western_birth_date
        )
        numbers.add(number_b.reveal().decode())
        numbers |= {number for number in (record.number, card.serial) if len(number) >= 7}
    return {word for word in words if len(word) > 2}, numbers


def _found(text: str, words: set[str], numbers: set[str]) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return bool(words & set(_WORD.findall(plain)) or numbers & set(_NUMBER.findall(plain)))
