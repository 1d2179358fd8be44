"""The lanes as they are now, and acts on their way: asked for in the background, told when they are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from kiosk.domain.failures import KioskError
from kiosk.ports.counter import ActReport, ActState, Counter, Lane, LaneContent, Standing
from kiosk.staff.console.background import Background


@dataclass(frozen=True)
class Seen:
    """One look at all lanes. `contents` only where a kiosk runs."""

    lanes: tuple[Lane, ...] = ()
    contents: Mapping[str, LaneContent] = field(default_factory=dict)
    reports: tuple[ActReport, ...] = ()

    def lane(self, name: str | None) -> Lane | None:
        return next((lane for lane in self.lanes if lane.standing.lane == name), None)

    def calls(self) -> tuple[Lane, ...]:
        """Lanes that need a person now, who waits longest first."""
        needing = [lane for lane in self.lanes if needs_now(lane)]
        return tuple(sorted(needing, key=lambda lane: lane.standing.called_at or lane.standing.since))

    def holding(self, visit_id: str) -> Lane | None:
        """The lane that holds this visit."""
        return next((lane for lane in self.lanes if lane.standing.visit_id == visit_id and lane.alive), None)


def needs_now(lane: Lane) -> bool:
    standing = lane.standing
    return (bool(standing.needs) or standing.called_at is not None) and not standing.answered_by


class Live(QObject):
    """`told` brings what became of an act: its name, then None when it was done, else why not."""

    changed = Signal()
    told = Signal(str, object)
    failed = Signal(object)

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._counter: Counter | None = None
        self._looking = False
        self._waiting: dict[str, str] = {}  # id of an act → its name
        self.seen = Seen()

    @property
    def counter(self) -> Counter | None:
        return self._counter

    def open(self, counter: Counter) -> None:
        self._counter = counter
        self.look()

    def close(self) -> None:
        """Nobody is signed in any more: what was seen is forgotten."""
        if self._counter is not None:
            counter, self._counter = self._counter, None
            self._background.run(counter.close, lambda _nothing: None, lambda _error: None)
        self.seen, self._waiting, self._looking = Seen(), {}, False

    @property
    def busy(self) -> bool:
        """Whether an act is on its way."""
        return bool(self._waiting)

    def look(self) -> None:
        counter = self._counter
        if counter is None or self._looking:
            return
        self._looking = True
        waiting = tuple(self._waiting)

        def job() -> tuple[Counter, Seen]:
            lanes = tuple(counter.lanes())
            found = {lane.standing.lane: counter.content(lane.standing.lane) for lane in lanes if lane.alive}
            reports = tuple(report for act in waiting if (report := counter.report(act)) is not None)
            return counter, Seen(lanes, {name: content for name, content in found.items() if content}, reports)

        self._background.run(job, self._take, self._fail)

    def act(
        self,
        standing: Standing,
        action: str,
        *,
        reason: str | None = None,
        document: str | None = None,
        index: int | None = None,
        by: Counter | None = None,
    ) -> None:
        """`standing` is the one the button was drawn from, whatever the lane does by now. `by`: in another person's
        name."""
        counter = by or self._counter
        if counter is None:
            return

        def asked(report: ActReport) -> None:
            if report.state is ActState.ASKED:
                self._waiting[report.act_id] = action
                self.look()
            else:
                self.told.emit(action, report.why)

        def job() -> ActReport:
            return counter.act(standing, action, reason=reason, document=document, index=index)

        self._background.run(job, asked, self._fail)

    def _take(self, found: tuple[Counter, Seen]) -> None:
        counter, seen = found
        if counter is not self._counter:
            return
        self._looking = False
        self.seen = seen
        for report in seen.reports:
            if report.state is not ActState.ASKED and report.act_id in self._waiting:
                self.told.emit(self._waiting.pop(report.act_id), report.why)
        self.changed.emit()

    def _fail(self, error: KioskError) -> None:
        self._looking = False
        self.failed.emit(error)
