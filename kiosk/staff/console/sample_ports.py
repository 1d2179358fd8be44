"""The ports of the console over made-up data in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kiosk.domain.accounts import Session
from kiosk.domain.claim_note import Numbers, Stated
from kiosk.domain.pending import PendingVisit
from kiosk.domain.staff_actions import BY_NAME
from kiosk.ports.counter import (
    ActReport,
    ActState,
    Change,
    Ending,
    Finish,
    Lane,
    LaneContent,
    LivePerson,
    Pixels,
    Refusal,
    Sight,
    Standing,
)
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.claim_notes import Correction
from kiosk.staff.console.samples import (
    CORRECTIONS,
    NOTE,
    PERSONAS,
    Entries,
    contents,
    journal,
    lanes,
    pending,
    pixels,
    report,
    visit,
)
from kiosk.staff.console.services import Person
from kiosk.staff.readiness import Report


@dataclass
class SampleRecords:
    """Implements `Records`."""

    entries: Entries = field(default_factory=journal)
    waiting: tuple[PendingVisit, ...] = field(default_factory=pending)
    asked: int = 0
    settled: list[tuple[str, str]] = field(default_factory=list)

    def opened(self, first: date, last: date) -> tuple[StoredEntry, ...]:
        days = [d.isoformat() for d in (first + timedelta(days=n) for n in range((last - first).days + 1))]
        ids = {e.visit_id for e in self.entries.rows if e.event == "visit.opened" and e.at[:10] in days}
        return tuple(entry for entry in self.entries.rows if entry.visit_id in ids)

    def told(self, events: tuple[str, ...], first: date, last: date) -> tuple[StoredEntry, ...]:
        return tuple(
            e for e in self.entries.rows if e.event in events and first.isoformat() <= e.at[:10] <= last.isoformat()
        )

    def of_visit(self, visit_id: str) -> tuple[StoredEntry, ...]:
        return tuple(entry for entry in self.entries.rows if entry.visit_id == visit_id)

    def after(self, seq: int, most: int) -> tuple[StoredEntry, ...]:
        return tuple(self.entries.rows[seq : seq + most])

    def person(self, visit_id: str) -> Person:
        if visit_id == visit(31):
            return Person()  # nothing is stored of a visit that runs
        return Person("山田　太郎", "ヤマダ　タロウ", date(1985, 3, 14), "208817")

    def note(self, visit_id: str) -> NoteFields | None:
        return NOTE if visit_id == visit(6, "K2") else None

    def corrections(self, visit_id: str) -> tuple[Correction, ...]:
        return CORRECTIONS if visit_id == visit(6, "K2") else ()

    def stated(self, visit_id: str) -> Stated:
        person = self.person(visit_id)
        numbers = Numbers("06138459", "１２３", "45678", "00")
        return Stated(name=person.name, kana=person.kana, birth_date=person.birth_date, numbers=numbers)

    def pending(self) -> tuple[PendingVisit, ...]:
        return self.waiting

    def requery(self) -> tuple[int, int]:
        self.asked += 1
        return len(self.waiting), 1

    def settle_pending(self, visit_id: str, staff: str) -> bool:
        self.settled.append((visit_id, staff))
        self.waiting = tuple(one for one in self.waiting if one.visit_id != visit_id)
        return True

    def readiness(self) -> Report:
        return report()


@dataclass
class SampleCounter:
    """Implements `Counter` over lanes in memory: an act drawn from another mark or visit is refused, as by a kiosk."""

    session: Session
    now_lanes: list[Lane] = field(default_factory=lambda: list(lanes()))
    now_contents: dict[str, LaneContent] = field(default_factory=contents)
    log: list[tuple[str, ...]] = field(default_factory=list)
    on_act: Callable[[Standing, str], None] = lambda _standing, _action: None

    def lanes(self) -> Sequence[Lane]:
        return tuple(self.now_lanes)

    def content(self, lane: str) -> LaneContent | None:
        return self.now_contents.get(lane)

    def picture(self, lane: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        if sight is not Sight.SCREEN:
            self.log.append(("picture", lane, sight.value, visit_id or ""))
        if sight is Sight.PHOTO:
            return pixels(PERSONAS / "hanako" / "card.jpg")
        if sight is Sight.CAMERA:
            return pixels(PERSONAS / "hanako" / "live_front.jpg")
        return None

    def persons(self, lane: str, visit_id: str) -> tuple[LivePerson, ...]:
        self.log.append(("persons", lane, visit_id))
        if visit_id != visit(31):
            return ()
        return (LivePerson("card", "佐藤　花子", None, date(1950, 4, 2)),)

    def act(
        self,
        standing: Standing,
        action: str,
        *,
        reason: str | None = None,
        document: str | None = None,
        index: int | None = None,
    ) -> ActReport:
        self.log.append(
            (
                "act",
                self.session.account,
                standing.lane,
                standing.visit_id or "",
                str(standing.mark),
                action,
                reason or "",
                document or "",
                "" if index is None else str(index),
            )
        )
        number = f"act{len(self.log)}"
        if BY_NAME[action].needs_reason and reason is None:
            return ActReport(number, ActState.REFUSED, Refusal.REASON_NEEDED)
        now = next((lane.standing for lane in self.now_lanes if lane.standing.lane == standing.lane), None)
        if now is None or (now.visit_id, now.mark) != (standing.visit_id, standing.mark):
            return ActReport(number, ActState.REFUSED, Refusal.MOVED_ON)
        self.on_act(standing, action)
        return ActReport(number, ActState.DONE)

    def report(self, act_id: str) -> ActReport | None:
        del act_id
        return None

    def wait(self, act_id: str, seconds: float) -> ActReport | None:
        del act_id, seconds
        return None

    def viewed(self, visit_id: str | None, what: str = "visit") -> None:
        self.log.append(("viewed", self.session.account, visit_id or "", what))

    def exported(self, what: str, entries: int, *, personal: bool) -> None:
        self.log.append(("exported", what, str(entries), str(personal)))

    def known(self, visit_id: str, patient: str) -> None:
        self.log.append(("known", visit_id, patient))

    def correct(self, visit_id: str, what: str, reason: str, note: str | None = None) -> None:
        self.log.append(("correct", visit_id, what, reason, note or ""))

    def correct_claim(self, visit_id: str, changes: Sequence[Change], route: str | None = None) -> None:
        told = (f"{change.item} {change.before} → {change.after}" for change in changes)
        self.log.append(("correct_claim", visit_id, ",".join(told), route or ""))

    def settle_claim(self, visit_id: str, reason: str | None = None) -> None:
        self.log.append(("settle_claim", visit_id, reason or ""))

    def open_incident(self, visit_id: str, reason: str, note: str | None = None) -> None:
        self.log.append(("open_incident", visit_id, reason, note or ""))

    def close_incident(self, visit_id: str, result: str, reason: str, note: str | None = None) -> bool:
        self.log.append(("close_incident", visit_id, result, reason, note or ""))
        return True

    def finish(self, visit_id: str, ending: Ending) -> Finish:
        told = (ending.result, ending.reason, ending.document or "", ending.note or "", ending.stated.numbers.number)
        self.log.append(("finish", visit_id, *(part or "" for part in told)))
        return Finish.HANDED_OVER if ending.document not in (None, "none") else Finish.DONE

    def close(self) -> None:
        self.log.append(("close",))
