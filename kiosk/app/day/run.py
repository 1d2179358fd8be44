"""`kiosk play day`: the lanes are opened, the day is played, the production report is made, and the checks are run."""

from __future__ import annotations

import dataclasses
import io
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from drivers.documents.card_front import OcrCardFrontReader
from drivers.documents.reader import FileDocumentReader
from kiosk.app.day.checks import Check, Evidence, examine
from kiosk.app.day.floor import Floor, Seen
from kiosk.app.day.people import DayPlan, plan_day
from kiosk.app.identity import make_matcher
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.qt import application
from kiosk.app.report import make_report
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.domain.messages import Catalogue
from kiosk.domain.rules import load_rules
from kiosk.runtime.clocks import SimulatedClock
from kiosk.staff.usage.data import as_data
from kiosk.staff.usage.figures import UsageReport

MOST_VISITS = 20_000
MOST_LANES = 8


@dataclass(frozen=True)
class Day:
    """A day that was played. `real_seconds` is the one thing that differs from run to run."""

    plan: DayPlan
    seed: int
    lanes: int
    seen: Seen
    report: UsageReport
    checks: tuple[Check, ...]
    real_seconds: float

    @property
    def passed(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_data(self) -> dict[str, Any]:
        """The same for the same seed."""
        waited = sorted(self.seen.waited)
        return {
            "passed": self.passed,
            "seed": self.seed,
            "date": self.plan.on.isoformat(),
            "arrivals": len(self.plan.arrivals),
            "lanes": self.lanes,
            "brought": _counted(manner.brings for manner in self.plan.arrivals),
            "troubles": _counted(name for manner in self.plan.arrivals for name in manner.troubles),
            "broke": _counted(self.seen.happened),
            "waited_seconds": {
                "median": round(median(waited), 1) if waited else None,
                "most": round(waited[-1], 1) if waited else None,
            },
            "alerts": _counted(alert for outcome in self.seen.closed.values() for alert in outcome.alerts),
            "decisions": _counted(outcome.decision or "-" for outcome in self.seen.closed.values()),
            "checks": [check.as_data() for check in self.checks],
            "report": as_data(self.report),
        }


def play_day(
    visits: int, lanes: int, seed: int, on: date, settings: Settings, catalogue: Catalogue, assets: Path = ASSETS
) -> Day:
    """Raises `WorkerHangs`, and what the stores and rules raise."""
    application()
    rules = assets / "rules"
    plan = plan_day(visits, lanes, seed, on, load_rules(rules / "day.toml"), load_rules(rules / "population.toml"))
    with tempfile.TemporaryDirectory(prefix="madoguchi-day-") as temporary, _logged() as log:
        folders, clock = DataFolders(Path(temporary)), SimulatedClock(plan.opens)
        stages = _open(plan, lanes, seed, settings, catalogue, folders, clock, assets)
        began = time.perf_counter()
        floor = Floor(plan, clock, stages, seed)
        try:
            seen = floor.play()
            journal, now = stages[0].journal, clock.now()
            report = make_report(journal, on, on, settings, now)
            evidence = Evidence(plan, seen, folders, journal, stages[0].back_room.pending, report, log.getvalue())
            return Day(plan, seed, lanes, seen, report, examine(evidence), time.perf_counter() - began)
        finally:
            # First forget, so that a worker ends at its next look instead of working on without time passing.
            for stage in stages:
                stage.lane.abandon()
            clock.close()
            for stage in stages:
                stage.stop()


def _open(
    plan: DayPlan,
    lanes: int,
    seed: int,
    settings: Settings,
    catalogue: Catalogue,
    folders: DataFolders,
    clock: SimulatedClock,
    assets: Path,
) -> list[Stage]:
    """Lanes with one set of folders. One face engine serves all: never do two of them work at the same moment."""
    matcher = make_matcher(settings, assets, plan.on, random.Random(f"faces:{seed}"), made_up=True)
    front = OcrCardFrontReader()
    documents = FileDocumentReader(lambda: clock.now().date())
    virtual = dataclasses.replace(settings.virtual, terminal=False, seed=seed)
    return [
        Stage(
            dataclasses.replace(
                settings, virtual=virtual, lane=dataclasses.replace(settings.lane, id=f"K{number + 1}")
            ),
            folders,
            clock,
            catalogue,
            matcher=matcher,
            front_reader=front,
            documents=documents,
            assets=assets,
            rng=random.Random(f"lane:{seed}:{number}"),
            town=plan.town,
        )
        for number in range(lanes)
    ]


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """All that the program logs meanwhile goes here: a day breaks things on purpose."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(logging.Formatter("%(name)s: %(levelname)s %(message)s"))
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    try:
        yield kept
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def _counted(names: Any) -> dict[str, int]:
    """The most frequent first, equal ones by name."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))
