"""`kiosk play day`, as the command line sees it; what it does is loaded when it runs."""

from __future__ import annotations

import argparse
import json
import os
from datetime import date
from typing import TYPE_CHECKING

from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.days import day_of
from kiosk.app.settings import Settings

if TYPE_CHECKING:
    from kiosk.app.day.run import Day

DAY = "day"
VISITS, LANES, SEED, DATE = 200, 1, 1, "2026-11-24"
_OPTIONS = ("visits", "lanes", "seed", "date")


def add_day(play: argparse.ArgumentParser, console: Console) -> None:
    for name, metavar in (("visits", "N"), ("lanes", "L"), ("seed", "S")):
        play.add_argument(f"--{name}", type=int, metavar=metavar, help=console.say(f"cli.play.{name}"))
    play.add_argument("--date", metavar="YYYY-MM-DD", help=console.say("cli.play.date"))


def play_day_command(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    """Prints the production report and what was checked; fails where a check does."""
    if options.scenarios != [DAY] or options.shots or options.show:
        raise CommandFailed(USAGE, "cli.play.day_alone")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.day.run import MOST_LANES, MOST_VISITS, play_day

    visits, lanes = (
        _number(options.visits, VISITS, MOST_VISITS, "visits"),
        _number(options.lanes, LANES, MOST_LANES, "lanes"),
    )
    seed = SEED if options.seed is None else options.seed
    on = day_of(options.date or DATE)
    _refuse_without_rules(on)
    day = play_day(visits, lanes, seed, on, settings, console.catalogue)
    if options.json:
        print(json.dumps(day.as_data(), ensure_ascii=False, indent=2))
        _say_speed(day, console, complain=True)
    else:
        _print(day, console)
    return OK if day.passed else FAILED


def _refuse_without_rules(on: date) -> None:
    """What a day consists of is known from a certain day on only."""
    from kiosk.app.paths import ASSETS
    from kiosk.domain.rules import load_rules

    tables = [load_rules(ASSETS / "rules" / name) for name in ("day.toml", "population.toml")]
    first = max(row.valid_from or on for table in tables for rows in table.sections.values() for row in rows)
    if on < first:
        raise CommandFailed(USAGE, "cli.play.day_too_early", first=first.isoformat())


def refuse_day_options(options: argparse.Namespace) -> None:
    """They mean nothing to a scenario."""
    if any(getattr(options, name) is not None for name in _OPTIONS):
        raise CommandFailed(USAGE, "cli.play.day_only")


def _number(given: int | None, usual: int, most: int, name: str) -> int:
    number = usual if given is None else given
    if not 1 <= number <= most:
        raise CommandFailed(USAGE, "cli.play.day_range", option=f"--{name}", most=str(most))
    return number


def _print(day: Day, console: Console) -> None:
    from kiosk.app.report import written

    print(written(day.report, "text", console))
    console.print("day.broke", what=", ".join(day.seen.happened) or "-")
    for check in day.checks:
        verdict = console.say("cli.play.passed" if check.ok else "cli.play.failed")
        console.print("day.check", verdict=verdict, what=console.say(f"day.check.{check.id}"))
        for wrong in check.wrong:
            print(f"    {wrong}", flush=True)
    _say_speed(day, console, complain=False)


def _say_speed(day: Day, console: Console, *, complain: bool) -> None:
    per_second = day.report.visits / day.real_seconds if day.real_seconds else 0.0
    values = {"n": str(day.report.visits), "seconds": f"{day.real_seconds:.0f}", "speed": f"{per_second:.2f}"}
    if complain:
        console.complain(console.say("day.speed", **values))
    else:
        console.print("day.speed", **values)
