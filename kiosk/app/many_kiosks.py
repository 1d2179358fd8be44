"""Several kiosks of a machine in one console: each has a data folder of its own, and every act goes into its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.app.counter import SignedInCounter, open_counter
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings, load_settings
from kiosk.domain.accounts import Session
from kiosk.domain.failures import FailureCode, Fatal, KioskError
from kiosk.ports.counter import (
    ActReport,
    Change,
    Ending,
    Finish,
    Lane,
    LaneContent,
    LivePerson,
    Pixels,
    Sight,
    Standing,
)
from kiosk.staff.visit_list import lane_of


@dataclass(frozen=True)
class Kiosk:
    settings: Settings
    folders: DataFolders

    @property
    def lane(self) -> str:
        return self.settings.lane.id


def kiosks_of(settings: Settings, folders_of: Callable[[Settings], DataFolders]) -> tuple[Kiosk, ...]:
    """The console's own one, and those whose settings files it names. Raises `Fatal(SETTINGS_WRONG)` where two of them
    have one lane or one data folder: an act could not tell them apart."""
    found = [Kiosk(settings, folders_of(settings))]
    for file in settings.console.kiosks:
        other = load_settings(Path(file))
        found.append(Kiosk(other, folders_of(other)))
        for before in found[:-1]:
            if before.lane == found[-1].lane:
                raise Fatal(FailureCode.SETTINGS_WRONG, f"{Path(file).name}: lane.id {other.lane.id}")
            if before.folders.root.resolve() == found[-1].folders.root.resolve():
                raise Fatal(FailureCode.SETTINGS_WRONG, f"{Path(file).name}: facility.data")
    return tuple(found)


def open_counters(kiosks: Sequence[Kiosk], session: Session) -> SignedInCounter | ManyCounters:
    """Raises what the stores raise, and then none is open."""
    opened: list[tuple[str, SignedInCounter]] = []
    try:
        for kiosk in kiosks:
            kiosk.folders.create()
            opened.append((kiosk.lane, open_counter(kiosk.folders, session, settings=kiosk.settings)))
    except KioskError:
        for _, counter in opened:
            counter.close()
        raise
    return opened[0][1] if len(opened) == 1 else ManyCounters(opened)


class ManyCounters:
    """Implements `kiosk.ports.counter.Counter`: what is asked or appended goes to the kiosk of the lane or visit."""

    def __init__(self, counters: Sequence[tuple[str, SignedInCounter]]) -> None:
        """Each with the lane of its kiosk; the first one keeps what belongs to none of them."""
        self._all = tuple(counter for _, counter in counters)
        self._by_lane = dict(counters)
        self._asked: dict[str, SignedInCounter] = {}  # by the id of an act

    def lanes(self) -> tuple[Lane, ...]:
        found = [(counter, lane) for counter in self._all for lane in counter.lanes()]
        # A folder may remember a lane that was renamed or moved: it is shown where its kiosk is now.
        shown: dict[str, Lane] = {}
        for counter, lane in found:
            if self._by_lane.get(lane.standing.lane, counter) is counter:
                shown.setdefault(lane.standing.lane, lane)
        return tuple(shown[name] for name in sorted(shown))

    def content(self, lane: str) -> LaneContent | None:
        return self._at(lane).content(lane)

    def picture(self, lane: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        return self._at(lane).picture(lane, sight, visit_id)

    def persons(self, lane: str, visit_id: str) -> tuple[LivePerson, ...]:
        return self._at(lane).persons(lane, visit_id)

    def act(
        self,
        standing: Standing,
        action: str,
        *,
        reason: str | None = None,
        document: str | None = None,
        index: int | None = None,
    ) -> ActReport:
        counter = self._at(standing.lane)
        report = counter.act(standing, action, reason=reason, document=document, index=index)
        self._asked[report.act_id] = counter
        return report

    def report(self, act_id: str) -> ActReport | None:
        counter = self._asked.get(act_id)
        return None if counter is None else counter.report(act_id)

    def wait(self, act_id: str, seconds: float) -> ActReport | None:
        counter = self._asked.get(act_id)
        return None if counter is None else counter.wait(act_id, seconds)

    def viewed(self, visit_id: str | None, what: str = "visit") -> None:
        self._of(visit_id).viewed(visit_id, what)

    def exported(self, what: str, entries: int, *, personal: bool) -> None:
        self._all[0].exported(what, entries, personal=personal)

    def known(self, visit_id: str, patient: str) -> None:
        self._of(visit_id).known(visit_id, patient)

    def correct(self, visit_id: str, what: str, reason: str, note: str | None = None) -> None:
        self._of(visit_id).correct(visit_id, what, reason, note)

    def correct_claim(self, visit_id: str, changes: Sequence[Change], route: str | None = None) -> None:
        self._of(visit_id).correct_claim(visit_id, changes, route)

    def settle_claim(self, visit_id: str, reason: str | None = None) -> None:
        self._of(visit_id).settle_claim(visit_id, reason)

    def open_incident(self, visit_id: str, reason: str, note: str | None = None) -> None:
        self._of(visit_id).open_incident(visit_id, reason, note)

    def close_incident(self, visit_id: str, result: str, reason: str, note: str | None = None) -> bool:
        return self._of(visit_id).close_incident(visit_id, result, reason, note)

    def finish(self, visit_id: str, ending: Ending) -> Finish:
        return self._of(visit_id).finish(visit_id, ending)

    def close(self) -> None:
        for counter in self._all:
            counter.close()

    def _at(self, lane: str) -> SignedInCounter:
        """Where a lane is that no settings file names any more, its folder still knows it."""
        known = self._by_lane.get(lane)
        if known is not None:
            return known
        holding = (c for c in self._all if any(lane == held.standing.lane for held in c.lanes()))
        return next(holding, self._all[0])

    def _of(self, visit_id: str | None) -> SignedInCounter:
        """By the journal, not by the name: lanes may be renamed."""
        if visit_id is None:
            return self._all[0]
        named = self._by_lane.get(lane_of(visit_id), self._all[0])
        if named.knows(visit_id):
            return named
        return next((counter for counter in self._all if counter.knows(visit_id)), named)
