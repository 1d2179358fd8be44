"""Kills the kiosk with SIGKILL at random moments, over visits, and looks after each what it left behind.

    python -m tests.soak.kills --kills 1000 --seed 1

Each life is a process of its own: the real application with the virtual world, visits with PIN, consents, look-ups, an
outage now and then, claim notes and hand-over, on simulated time, so that a random moment of real time hits any step of
a visit. Lives follow each other on one data folder; after a number of them a new folder begins, and the old one must
come to an end in good order. What lies in `out` is taken away while the kiosk is dead, as the receipt computer does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

# Everything that a life needs is loaded once, before the first fork; none of it starts a thread or opens a file.
from drivers.simulated.terminal import TerminalState
from kiosk.app.catalogue import load_catalogue
from kiosk.app.day.floor import Floor
from kiosk.app.day.people import DayPlan, Manner, plan_day
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.qt import application
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.app.world import Town
from kiosk.domain.rules import load_rules
from kiosk.runtime.clocks import JAPAN, SimulatedClock

BEGIN = datetime(2026, 11, 24, 9, 0, tzinfo=JAPAN)
LIVES_IN_A_FOLDER = 50
LONGEST_LIFE_SECONDS = 2.0
"""From the first screen on."""

START_SECONDS = 0.35
"""One kill in six comes so soon that it hits the start."""

LONGEST_START_SECONDS = 240.0

SANE_AT_START = ("idle",)


def plan_of(life: int, seed: int) -> DayPlan:
    """Quick visits one after the other: the card lets nobody try its 照合番号B, so that the PIN is asked at once, and
    nobody brings a PDF, of which the made-up world would draw for longer than a life lasts."""
    plan = plan_day(40, 1, seed, BEGIN.date(), load_rules(ASSETS / "rules/day.toml"), _POPULATION)
    begin = BEGIN + timedelta(minutes=20 * life)
    quick = tuple(_quick(manner, begin + timedelta(seconds=n)) for n, manner in enumerate(plan.arrivals))
    return replace(plan, opens=begin, arrivals=quick, windows=(), town=Town(plan.town.population, plan.town.regulars))


def _quick(manner: Manner, at: datetime) -> Manner:
    troubles = manner.troubles - {"slow"}
    card = replace(manner.person.card, number_b_tries=1, photo=False)
    return replace(
        manner,
        at=at,
        way="face_nobody",
        troubles=troubles,
        paper=None if manner.paper == "portal_pdf" else manner.paper,
        person=replace(manner.person, card=card, face=None),
    )


_POPULATION = load_rules(ASSETS / "rules/population.toml")
_SENTENCES = load_catalogue(ASSETS / "messages")


# --- one life ---------------------------------------------------------------------------------------


def live(folder: Path, life: int, seed: int, tell: int, *, to_the_end: bool = False) -> None:
    """Receives patients and reports on `tell` what a patient could have seen; `to_the_end` delivers what waits."""

    def say(word: str, what: str) -> None:
        os.write(tell, f"{word} {what}\n".encode())

    application()
    dice = random.Random(f"{seed}:{life}")
    plan = plan_of(life, seed * 10_000 + life)
    settings = replace(Settings(), virtual=replace(Settings().virtual, terminal=False))
    clock = SimulatedClock(plan.opens)
    stage = Stage(settings, DataFolders(folder), clock, _SENTENCES, rng=dice, town=plan.town)
    if to_the_end:
        plan = replace(plan, arrivals=plan.arrivals[:2])
    floor = Floor(plan, clock, [stage], seed)
    told: set[str] = set()
    first = True

    def look(_done: int) -> None:
        nonlocal first
        if first:
            first = False
            say("screen", stage.lane.view.screen)
        for closed in stage.closed:
            if closed.visit_id not in told:
                told.add(closed.visit_id)
                say(closed.outcome.status.value, closed.visit_id)
                if not to_the_end and len(told) % 7 == 3:
                    stage.world.terminal.state = TerminalState.of({"state": dice.choice(("down", "silent", "online"))})
                elif len(told) % 7 == 0:
                    stage.world.terminal.state = TerminalState()

    floor.play(look)
    clock.close()
    stage.stop()
    say("over", str(life))


# --- after a death ----------------------------------------------------------------------------------


@dataclass
class Found:
    """Everything that went wrong, and what was counted."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class House:
    """One data folder over its lives."""

    folder: Path
    found: Found
    accepted: set[str] = field(default_factory=set)  # that a patient was told of
    taken: Counter[str] = field(default_factory=Counter)  # files that the receipt computer took

    def look_around(self, life: int) -> None:
        """While the kiosk is dead."""
        folders = DataFolders(self.folder)
        self._take(folders)
        if not folders.journal.exists():
            return
        wrong = self.found.wrong
        with closing(open_journal(folders, must_exist=True)) as journal:
            report = journal.verify()
            entries = list(journal.iterate())
        if not report.ok:
            wrong.append(f"life {life}: chain broken at {report.first_bad}: {report.reason}")
        closed: Counter[str] = Counter()
        status: dict[str, str] = {}
        opened: dict[str, int] = {}
        starts = 0
        for entry in entries:
            starts += entry.event == "kiosk.started"
            if entry.visit_id is None:
                continue
            if entry.event == "visit.opened":
                opened[entry.visit_id] = starts
            elif entry.event == "visit.closed":
                closed[entry.visit_id] += 1
                status[entry.visit_id] = json.loads(entry.fields)["status"]
        wrong += [f"life {life}: {visit} closed {n} times" for visit, n in closed.items() if n > 1]
        wrong += [
            f"life {life}: {visit} of an earlier life is still open"
            for visit, start in opened.items()
            if start < starts and visit not in closed
        ]
        wrong += [f"life {life}: {visit} was accepted and is lost" for visit in self.accepted - set(closed)]
        accepted = {visit for visit, what in status.items() if what == "accepted"}
        parcels = self._parcels(folders)
        without = accepted - {visit for visit, _, _ in parcels}
        wrong += [f"life {life}: {visit} was accepted without anything to hand over" for visit in without]
        wrong += [
            f"life {life}: {part} of {visit} is marked as delivered and never came"
            for visit, part, state in parcels
            if state == "done" and not self.taken[part]
        ]
        wrong += [f"life {life}: {name} was handed over {n} times" for name, n in self.taken.items() if n > 1]

    def end(self) -> None:
        """After a last life that delivered everything."""
        states = Counter(state for _, _, state in self._parcels(DataFolders(self.folder)))
        if states["waiting"] or states["refused"]:
            self.found.wrong.append(f"{self.folder.name}: left over {dict(states)}")
        self.found.counts["parcels"] += states["done"]
        litter = [p.name for p in self.folder.rglob(".*.tmp")]
        self.found.counts["temporary files left"] += len(litter)
        self.found.counts["files taken"] += sum(self.taken.values())
        self.found.counts["accepted visits"] += len(self.accepted)

    def _take(self, folders: DataFolders) -> None:
        for path in sorted(folders.out.glob("*")) if folders.out.is_dir() else ():
            if not path.name.startswith("."):
                self.taken[path.name] += 1
                path.unlink()

    def _parcels(self, folders: DataFolders) -> list[tuple[str, str, str]]:
        file = folders.root / "deliveries.sqlite"
        if not file.exists():
            return []
        with closing(sqlite3.connect(file)) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'parcels'").fetchone():
                return []
            return db.execute("SELECT visit_id, part, state FROM parcels").fetchall()


# --- lives and deaths -------------------------------------------------------------------------------


def spawn(folder: Path, life: int, seed: int, *, to_the_end: bool = False) -> tuple[int, int]:
    """Process id and the end to read from."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        live(folder, life, seed, writing, to_the_end=to_the_end)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def lines(reading: int, until: float, last: str = "") -> Iterator[str]:
    """What the life says, until the moment, its end, or a line that begins with `last`."""
    rest = b""
    while (left := until - time.monotonic()) > 0:
        if not select.select([reading], [], [], left)[0]:
            return
        content = os.read(reading, 65536)
        if not content:
            return
        *whole, rest = (rest + content).split(b"\n")
        said = [line.decode() for line in whole]
        yield from said
        if last and any(line.startswith(last) for line in said):
            return


def kill_again_and_again(kills: int, seed: int, work: Path, *, progress: bool = False) -> Found:
    """`work` takes a data folder after the other; a folder in which nothing was wrong is removed."""
    dice, found = random.Random(seed), Found()
    life = 0
    while found.counts["kills"] < kills:
        house = House(Path(tempfile.mkdtemp(prefix="house-", dir=work)), found)
        before = len(found.wrong)
        for _ in range(min(LIVES_IN_A_FOLDER, kills - found.counts["kills"])):
            life += 1
            _one_life(house, life, seed, dice, found)
            if progress and found.counts["kills"] % 20 == 0:
                print(dict(found.counts), f"wrong: {len(found.wrong)}", flush=True)
        life += 1
        child, reading = spawn(house.folder, life, seed, to_the_end=True)
        _listen(house, lines(reading, time.monotonic() + LONGEST_START_SECONDS), found)
        os.close(reading)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
            found.wrong.append(f"life {life}: the last life of {house.folder.name} did not end in good order")
        house.look_around(life)
        house.end()
        if len(found.wrong) == before:
            shutil.rmtree(house.folder)
    return found


def _one_life(house: House, life: int, seed: int, dice: random.Random, found: Found) -> None:
    at_start, seconds = dice.random() < 1 / 6, dice.uniform(0, 1)
    child, reading = spawn(house.folder, life, seed)
    if at_start:
        _listen(house, lines(reading, time.monotonic() + seconds * START_SECONDS), found)
    else:
        # A slow machine, too, shall lose accepted visits where any can be lost.
        first = "screen" if house.accepted else "accepted"
        _listen(house, lines(reading, time.monotonic() + LONGEST_START_SECONDS, first), found)
        _listen(house, lines(reading, time.monotonic() + seconds * LONGEST_LIFE_SECONDS), found)
    os.kill(child, signal.SIGKILL)
    # What it said before its death was seen by the patient, also what nobody has read yet.
    _listen(house, lines(reading, time.monotonic() + 5), found)
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        found.wrong.append(f"life {life}: ended by itself with {os.WEXITSTATUS(status)}")
    found.counts["kills"] += 1
    house.look_around(life)


def _listen(house: House, said: Iterator[str], found: Found) -> None:
    for line in said:
        word, _, what = line.partition(" ")
        found.counts[word] += 1
        if word == "accepted":
            house.accepted.add(what)
        elif word == "screen" and what not in SANE_AT_START:
            found.wrong.append(f"{house.folder.name}: the first screen of a life is {what}")


def main() -> int:
    parser = argparse.ArgumentParser(description="SIGKILL at random moments over visits.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the data folders are made (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="madoguchi-kills-") as temporary:
        work = options.folder or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        found = kill_again_and_again(options.kills, options.seed, work, progress=True)
    print(json.dumps({"counts": dict(found.counts), "wrong": found.wrong}, ensure_ascii=False, indent=2))
    return 1 if found.wrong or not found.counts["accepted"] else 0


if __name__ == "__main__":
    sys.exit(main())
