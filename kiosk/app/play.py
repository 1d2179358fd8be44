"""`kiosk play`: scenarios one after the other, a line each, or one JSON object for all."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.app.console import FAILED, OK, CommandFailed, Console, place_of
from kiosk.app.scenario import Scenario
from kiosk.app.settings import Settings
from kiosk.domain.failures import KioskError

if TYPE_CHECKING:
    from kiosk.app.result import Result


def play_all(
    scenarios: Sequence[Scenario], options: argparse.Namespace, console: Console, settings: Settings, assets: Path
) -> int:
    """Prints results and returns the exit code. Raises what is wrong with any scenario before the first is played."""
    if not options.show:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.player import Player
    from kiosk.app.qt import application
    from kiosk.app.result import broken

    _app = application()
    if options.landscape:
        settings = dataclasses.replace(settings, lane=dataclasses.replace(settings.lane, width=1920, height=1080))
    if options.reader:
        settings = dataclasses.replace(settings, virtual=dataclasses.replace(settings.virtual, reader=options.reader))
    if options.shots:
        _make(options.shots)
    player = Player(settings, console.catalogue, show=options.show, assets=assets, explain=console.sentence)
    for scenario in scenarios:
        player.check(scenario)
    results: list[Result] = []
    for scenario in scenarios:
        try:
            result = player.play(scenario, shots=options.shots)
        except Exception as error:
            # A defect of ours in one scenario takes the others nothing away.
            result = broken(
                scenario.name, console.sentence(error) if isinstance(error, KioskError) else place_of(error)
            )
        results.append(result)
        for note in result.notes:
            console.complain(f"{result.scenario}: {note}")
        if not options.json:
            _print(result, console)
    passed = all(r.passed for r in results)
    if options.json:
        print(json.dumps({"passed": passed, "results": [r.as_json() for r in results]}, ensure_ascii=False, indent=2))
    else:
        good = sum(r.passed for r in results)
        console.print("cli.play.summary", passed=str(good), total=str(len(results)))
        if options.shots:
            console.print("cli.play.shots_at", folder=str(options.shots))
    return OK if passed else FAILED


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        raise CommandFailed(FAILED, "cli.play.shots_refused", folder=str(folder)) from None


def _print(result: Result, console: Console) -> None:
    verdict = console.say("cli.play.passed" if result.passed else "cli.play.failed")
    console.print(
        "cli.play.line",
        verdict=verdict,
        name=result.scenario,
        status=result.outcome["status"] if result.outcome else "-",
        taps=str(result.taps),
        seconds=f"{result.seconds:.1f}",
        machine=f"{result.machine_seconds:.2f}",
    )
    if result.failure:
        print(f"    {result.failure}", flush=True)
