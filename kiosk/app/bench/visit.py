"""The machine time of the visit `face-ok`, by part, against the least time its exchanges take on the air."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from drivers.documents.card_front import OcrCardFrontReader
from drivers.simulated.persona import load_persona
from drivers.simulated.terminal import TerminalState
from kiosk.app.bench import measured as parts
from kiosk.app.bench.radio import lower_bound_seconds
from kiosk.app.bench.result import BenchFailed, BenchResult, figure
from kiosk.app.bench.stopwatch import BETWEEN, Stopwatch
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.player import Take
from kiosk.app.qt import application
from kiosk.app.scenario import Scenario, load_scenario
from kiosk.app.settings import Settings
from kiosk.app.shipped import find_scenario
from kiosk.app.stage import Stage
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import View
from kiosk.flow.states import State
from kiosk.ports.face import FaceMatcher
from kiosk.ports.journal import Journal
from kiosk.runtime.executor import Devices

RUNS = 5
SCENARIO = "face-ok"

PARTS = (
    parts.CARD,
    parts.FRONT,
    parts.PHOTO,
    parts.FACE,
    parts.ELIGIBILITY,
    parts.CONSENTS,
    parts.HAND_OVER,
    parts.JOURNAL,
    parts.FLOW,
    parts.DRAWING,
    BETWEEN,
    parts.SIMULATION,
)


class MeasuredStage(Stage):
    """The stage of `kiosk play` with a stopwatch on every device. A visit ends when the idle screen is back."""

    def __init__(
        self,
        settings: Settings,
        folders: DataFolders,
        clock: parts.MeasuredClock,
        catalogue: Catalogue,
        scenario: Scenario,
        watch: Stopwatch,
        matcher: FaceMatcher | None,
        front_reader: OcrCardFrontReader | None,
    ) -> None:
        self.watch = watch
        self.tape = parts.Tape()
        self.ended_at: float | None = None
        persona = load_persona(ASSETS / "personas", scenario.persona).with_overrides(scenario.card, scenario.record)
        super().__init__(
            settings, folders, clock, catalogue, persona=persona, matcher=matcher, front_reader=front_reader
        )
        self.world.set_terminal(TerminalState.of(scenario.terminal))

    def devices(self) -> Devices:
        return parts.measured(super().devices(), self.watch, self.tape)

    def records(self) -> Journal:
        return parts.MeasuredJournal(super().records(), self.watch)

    def pump(self) -> bool:
        with self.watch.part(parts.FLOW):
            return super().pump()

    def _show(self, view: View, state: State) -> None:
        with self.watch.part(parts.DRAWING):
            super()._show(view, state)
        if view.screen == "idle" and self.tape.inserted_at is not None:
            self.ended_at = self.watch.moment()


@dataclass(frozen=True)
class Visit:
    """One visit from the card noticed to the idle screen, in seconds of machine time."""

    total: float
    by_part: dict[str, float]
    bound: float
    exchanges: int
    sent: int
    received: int

    @property
    def own(self) -> float:
        """Without what only the simulation needs."""
        return self.total - self.by_part.get(parts.SIMULATION, 0.0)


class Plays:
    """Plays the scenario again and again; models and OCR are loaded once, as in a kiosk that runs all day."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._app = application()
        self._scenario = load_scenario(find_scenario(SCENARIO))
        self._settings = settings.overridden(self._scenario.settings)
        self._catalogue = catalogue
        self._matcher: FaceMatcher | None = None
        self._front_reader: OcrCardFrontReader | None = None

    def play(self) -> Visit:
        """Raises `BenchFailed` when the visit does not go as the scenario says."""
        watch = Stopwatch()
        with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as temporary:
            clock = parts.MeasuredClock(self._scenario.clock, watch)
            stage = MeasuredStage(
                self._settings,
                DataFolders(Path(temporary)),
                clock,
                self._catalogue,
                self._scenario,
                watch,
                self._matcher,
                self._front_reader,
            )
            self._matcher, self._front_reader = stage.matcher, stage.front_reader
            stage.warm_up()
            stage.window.show()
            try:
                with watch.part(parts.DRAWING):  # what the playing thread does outside the flow is painting
                    result = Take(self._scenario, stage, clock, None, None).play()
            finally:
                clock.close()
                stage.lane.workers.join(2.0)
                stage.stop()
                self._app.processEvents()
        begin, end = stage.tape.inserted_at, stage.ended_at
        if not result.passed or begin is None or end is None:
            reason = (("scenario", SCENARIO), ("failure", result.failure or "-"))
            raise BenchFailed(Text("bench_result.visit.not_played", reason))
        exchanges = stage.tape.exchanges
        return Visit(
            total=end - begin,
            by_part=watch.shares(begin, end),
            bound=lower_bound_seconds(exchanges),
            exchanges=len(exchanges),
            sent=sum(one.command for one in exchanges),
            received=sum(one.answer for one in exchanges),
        )


def measure(settings: Settings, catalogue: Catalogue, *, runs: int = RUNS) -> BenchResult:
    """The first visit only warms up and does not count."""
    plays = Plays(settings, catalogue)
    plays.play()
    visits = [plays.play() for _ in range(runs)]

    figures = [figure(f"visit.{part}", "ms", [v.by_part.get(part, 0.0) * 1000 for v in visits]) for part in PARTS]
    figures += [
        figure("visit.total", "ms", [v.total * 1000 for v in visits]),
        figure("visit.own", "ms", [v.own * 1000 for v in visits]),
        figure("visit.exchanges", "count", [v.exchanges for v in visits]),
        figure("visit.sent", "bytes", [v.sent for v in visits]),
        figure("visit.received", "bytes", [v.received for v in visits]),
        figure("visit.bound", "ms", [v.bound * 1000 for v in visits]),
        figure("visit.ratio", "times", [v.total / v.bound for v in visits]),
        figure("visit.own_ratio", "times", [v.own / v.bound for v in visits]),
    ]
    return BenchResult("visit", runs, tuple(figures), notes=(Text("bench_result.visit.note"),))
