"""Many visits in a row in one process: memory, file handles and threads must stay where they are.

    python -m tests.soak.many_visits --visits 10000 --seed 1

Real application, virtual world, simulated time. Most visits take the PIN, so that thousands fit into an hour; every
`--face-every`th one goes the whole way with photo, text recognition and face check.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from kiosk.app.guards import OVERWRITE_FREED_MEMORY

if __name__ == "__main__" and any(name not in os.environ for name in OVERWRITE_FREED_MEMORY):
    # As `kiosk run` does: the C library shares out memory in the same way here and there.
    os.execve(
        sys.executable,
        [sys.executable, "-m", "tests.soak.many_visits", *sys.argv[1:]],
        {**os.environ, **OVERWRITE_FREED_MEMORY},
    )

from drivers.documents.card_front import OcrCardFrontReader
from kiosk.app.catalogue import load_catalogue
from kiosk.app.day.floor import Floor
from kiosk.app.day.people import DayPlan, Manner, plan_day
from kiosk.app.identity import make_matcher
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.qt import application
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.domain.rules import load_rules
from kiosk.runtime.clocks import SimulatedClock
from tests.soak.kills import BEGIN

BETWEEN = timedelta(seconds=90)
FACE = "hanako"
QUIET_MANNERS = frozenset({"pin_wrong_once", "card_pulled", "calls_staff", "walks_away", "card_left"})


@dataclass(frozen=True)
class Measure:
    """What the process holds after so many visits."""

    visits: int
    resident_kb: int
    handles: int
    threads: int
    objects: int  # that the garbage collector follows, after a full collection
    seconds: float
    journal_bytes: int


def measure(visits: int, seconds: float, journal: Path) -> Measure:
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    handles = len(os.listdir("/proc/self/fd")) - 1  # without the one that lists them
    count = len(gc.get_objects())
    return Measure(
        visits, resident, handles, threading.active_count(), count, round(seconds, 1), journal.stat().st_size
    )


def plan_of(visits: int, seed: int, face_every: int) -> DayPlan:
    plan = plan_day(visits, 1, seed, BEGIN.date(), load_rules(ASSETS / "rules/day.toml"), _population())
    arrivals = tuple(
        _quick(manner, full=bool(face_every) and manner.number % face_every == 0) for manner in plan.arrivals
    )
    # Rare ways first: what is loaded once for them does not look like growth later.
    rare_first = sorted(arrivals, key=_is_usual)
    arrivals = tuple(replace(manner, at=BEGIN + n * BETWEEN) for n, manner in enumerate(rare_first))
    return replace(plan, opens=BEGIN, arrivals=arrivals, windows=())


def _is_usual(manner: Manner) -> bool:
    """Nothing about this visit asks for more than the card, the PIN and the terminal."""
    card, record = manner.person.card, manner.person.record
    insured = record.validity == "valid" and record.registered and not record.public_expense_number
    return manner.brings == "card" and insured and card.certificate_ends > BEGIN.date() and not manner.troubles


def _population() -> object:
    return load_rules(ASSETS / "rules/population.toml")


def _quick(manner: Manner, *, full: bool) -> Manner:
    troubles = manner.troubles & QUIET_MANNERS
    if full:
        # One face for all: the simulated studio keeps the pictures of every face that it has shown.
        person = replace(manner.person, face=FACE, card=replace(manner.person.card, photo=True))
        return replace(manner, person=person, brings="card", way="face", troubles=frozenset())
    card = replace(manner.person.card, number_b_tries=1, photo=False)
    person = replace(manner.person, card=card, face=None)
    brings = "card" if manner.brings == "certificate" else manner.brings
    return replace(manner, brings=brings, paper=None, way="face_nobody", troubles=troubles, person=person)


def run(visits: int, seed: int, folder: Path, *, every: int, face_every: int, tell: bool = False) -> list[Measure]:
    """The first measure is taken after `every` visits: by then everything is loaded that is loaded once."""
    application()
    settings = replace(Settings(), virtual=replace(Settings().virtual, terminal=False))
    plan = plan_of(visits, seed, face_every)
    clock = SimulatedClock(plan.opens)
    stage = Stage(
        settings,
        DataFolders(folder),
        clock,
        load_catalogue(ASSETS / "messages"),
        matcher=make_matcher(settings, ASSETS, plan.on, random.Random(seed)),
        front_reader=OcrCardFrontReader(),
        rng=random.Random(seed),
        town=plan.town,
    )
    floor = Floor(plan, clock, [stage], seed)
    measures: list[Measure] = []
    outcomes: Counter[str] = Counter()
    began = time.perf_counter()
    stage.warm_up()

    def look(done: int) -> None:
        if done and done % every == 0 and (not measures or measures[-1].visits != done):
            measures.append(measure(done, time.perf_counter() - began, stage.folders.journal))
            if tell:
                print(json.dumps(asdict(measures[-1])), flush=True)

    floor.play(look)
    outcomes.update(closed.outcome.status.value for closed in stage.closed)
    sound = stage.journal.verify()
    clock.close()
    stage.stop()
    if tell:
        print(json.dumps({"journal": sound.ok, "entries": sound.entries, "stuck": floor.seen.stuck}), flush=True)
    if not sound.ok or floor.seen.stuck:
        raise SystemExit(f"journal {sound}, stuck {floor.seen.stuck}")
    return measures


def main() -> int:
    parser = argparse.ArgumentParser(description="Many visits in one process.")
    parser.add_argument("--visits", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--face-every", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faulthandler.register(signal.SIGUSR1)  # where it is, for whoever wonders
    with tempfile.TemporaryDirectory(prefix="madoguchi-visits-") as folder:
        run(
            options.visits,
            options.seed,
            Path(folder),
            every=options.every,
            face_every=options.face_every,
            tell=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
