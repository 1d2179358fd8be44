"""The command line of `kiosk bench face --pairs`."""

from __future__ import annotations

import argparse
import dataclasses
from datetime import datetime

from kiosk.app.bench.pairs import measure, print_report
from kiosk.app.console import USAGE, CommandFailed, Console
from kiosk.app.identity import make_matcher
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.runtime.clocks import JAPAN


def bench_pairs(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    """Raises `CommandFailed` for wrong usage and what `make_matcher` and loading the engine raise."""
    if options.names != ["face"] or options.pairs is None:
        raise CommandFailed(USAGE, "cli.pairs.only_face")
    if options.engine:
        settings = dataclasses.replace(settings, face=dataclasses.replace(settings.face, engine=options.engine))
    matcher = make_matcher(settings, ASSETS, datetime.now(JAPAN).date())
    thresholds = _thresholds(options.thresholds) or matcher.default_thresholds
    try:
        report = measure(options.pairs, matcher.engine(), thresholds)
    finally:
        matcher.close()
    return print_report(report, console, as_json=options.json)


def _thresholds(text: str | None) -> tuple[float, ...]:
    try:
        return tuple(sorted(float(part) for part in text.split(","))) if text else ()
    except ValueError:
        raise CommandFailed(USAGE, "cli.pairs.thresholds_wrong", value=text or "") from None
