"""What is stored in several data folders, as the staff console reads it: one list of visits."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from kiosk.app.console_records import StoredRecords
from kiosk.domain.claim_note import Stated
from kiosk.domain.pending import PendingVisit
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.claim_notes import Correction
from kiosk.staff.console.services import Person
from kiosk.staff.readiness import Report

_BITS = 48
"""Of one journal's number in the number of all of them: 281 million million entries."""


class ManyRecords:
    """Implements `kiosk.staff.console.services.Records`. All entries of an answer carry one number, in which the newest
    of each journal stands: what is asked behind it misses nothing and needs no memory here."""

    def __init__(self, parts: Sequence[StoredRecords]) -> None:
        self._parts = tuple(parts)

    def opened(self, first: date, last: date) -> tuple[StoredEntry, ...]:
        heads = [part.newest() for part in self._parts]
        return _merged((part.opened(first, last) for part in self._parts), _number(heads))

    def told(self, events: tuple[str, ...], first: date, last: date) -> tuple[StoredEntry, ...]:
        return _merged((part.told(events, first, last) for part in self._parts), 0)

    def after(self, seq: int, most: int) -> tuple[StoredEntry, ...]:
        heads = _heads(seq, len(self._parts))
        found = [part.after(head, most) for part, head in zip(self._parts, heads, strict=True)]
        behind = [max([head, *(entry.seq for entry in some)]) for head, some in zip(heads, found, strict=True)]
        return _merged(found, _number(behind))

    def of_visit(self, visit_id: str) -> tuple[StoredEntry, ...]:
        return next((found for part in self._parts if (found := part.of_visit(visit_id))), ())

    def person(self, visit_id: str) -> Person:
        return self._of(visit_id).person(visit_id)

    def note(self, visit_id: str) -> NoteFields | None:
        return self._of(visit_id).note(visit_id)

    def corrections(self, visit_id: str) -> tuple[Correction, ...]:
        return self._of(visit_id).corrections(visit_id)

    def stated(self, visit_id: str) -> Stated:
        return self._of(visit_id).stated(visit_id)

    def pending(self) -> tuple[PendingVisit, ...]:
        return tuple(chain.from_iterable(part.pending() for part in self._parts))

    def requery(self) -> tuple[int, int]:
        asked = [part.requery() for part in self._parts]
        return sum(one for one, _ in asked), sum(answered for _, answered in asked)

    def settle_pending(self, visit_id: str, staff: str) -> bool:
        return any(part.settle_pending(visit_id, staff) for part in self._parts)

    def readiness(self) -> Report:
        """Of the console's own kiosk; the others have commands of their own."""
        return self._parts[0].readiness()

    def close(self) -> None:
        for part in self._parts:
            part.close()

    def _of(self, visit_id: str) -> StoredRecords:
        return next((part for part in self._parts if part.of_visit(visit_id)), self._parts[0])


def _merged(answers: Iterable[tuple[StoredEntry, ...]], number: int) -> tuple[StoredEntry, ...]:
    """In the order of time; those of one journal stay in theirs, also after its clock went back."""
    merged = heapq.merge(*answers, key=lambda entry: datetime.fromisoformat(entry.at))
    return tuple(replace(entry, seq=number) for entry in merged)


def _number(heads: Sequence[int]) -> int:
    return sum(head << _BITS * place for place, head in enumerate(heads))


def _heads(number: int, count: int) -> list[int]:
    return [number >> _BITS * place & (1 << _BITS) - 1 for place in range(count)]
