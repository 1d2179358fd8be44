"""What the レセコン takes from `out`: the result file as received, and the claim note as JSON and as text."""

from __future__ import annotations

import json
import re
from datetime import date

from drivers.gateway.outbox import Outbox
from kiosk.domain.rules import RuleTable
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import ResultFile
from kiosk.ports.handover import FinishedVisit, NoteFields, Parcel

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


class OutFolder:
    """Implements `kiosk.ports.handover.Target`. The outbox remembers every file it wrote, so a repeated delivery writes
    nothing."""

    id = "out"

    def __init__(self, outbox: Outbox, rules: RuleTable, clock: Clock) -> None:
        self._outbox, self._rules, self._clock = outbox, rules, clock

    def parcels(self, visit: FinishedVisit) -> tuple[Parcel, ...]:
        found = [(visit.file.name, visit.file.content)] if visit.file else []
        if visit.note:
            name = f"claim_note_{_UNSAFE.sub('_', visit.visit_id)}"
            found.append((f"{name}.json", note_json(visit, visit.note)))
            found.append((f"{name}.txt", note_text(visit.note, self._rules, visit.at.date())))
        return tuple(Parcel(visit.visit_id, self.id, name, content) for name, content in found)

    def deliver(self, parcel: Parcel, *, repeated: bool) -> None:
        del repeated  # the outbox knows better than the caller
        at = self._clock.now().timestamp()
        self._outbox.put(parcel.visit_id, ResultFile(parcel.part, parcel.content), at)


class FhirFolder:
    """Implements `kiosk.ports.handover.Target`: the bundle of `drivers.gateway.fhir` as a file. Off by default."""

    id = "fhir"

    def __init__(self, outbox: Outbox, codes: RuleTable, clock: Clock, institution_name: str) -> None:
        self._outbox, self._codes, self._clock, self._name = outbox, codes, clock, institution_name

    def parcels(self, visit: FinishedVisit) -> tuple[Parcel, ...]:
        if visit.answer is None:
            return ()
        from drivers.gateway import fhir  # its library takes half a second to load

        content = fhir.bundle_json(visit, self._codes, self._name)
        return (Parcel(visit.visit_id, self.id, f"fhir_{_UNSAFE.sub('_', visit.visit_id)}.json", content),)

    def deliver(self, parcel: Parcel, *, repeated: bool) -> None:
        del repeated
        at = self._clock.now().timestamp()
        self._outbox.put(parcel.visit_id, ResultFile(parcel.part, parcel.content), at)


def note_json(visit: FinishedVisit, note: NoteFields) -> bytes:
    """The claim note for programs; keys as in the answer of `kiosk claim`."""
    data = {
        "visit_id": visit.visit_id,
        "date": visit.at.date().isoformat(),
        "claim_route": note.route,
        "decision": note.decision,
        **{item: note.items.get(item) for item in ("insurer_number", "symbol", "number", "branch")},
        "items": dict(note.items),
        "remarks": note.remarks,
        "missing": list(note.missing),
        "history": [{"route": route, "reason": reason} for route, reason in note.history],
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def note_text(note: NoteFields, rules: RuleTable, on: date) -> bytes:
    """The claim note for people: one line for each item that is known. UTF-8 with a mark, for editors of Windows."""
    route = rules.first("route", on, id=note.route)
    labels = {row.text("item"): row.text("ja") for row in rules.rows("note_label", on)}
    values = {
        **note.items,
        "route": route.text("ja") if route else note.route,
        "remarks": note.remarks,
        "missing": "、".join(labels.get(item, item) for item in note.missing),
    }
    lines = [f"{label}：{values[item]}" for item, label in labels.items() if values.get(item)]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
