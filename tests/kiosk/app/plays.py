"""Plays scenarios for the tests of this folder: one player a process, so that the models are loaded once."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from drivers.face.sface import SFaceMatcher
from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.app.player import Observer, Player
from kiosk.app.qt import application
from kiosk.app.result import Result
from kiosk.app.scenario import DEFAULT_CLOCK, Scenario, load_scenario
from kiosk.app.settings import LaneSettings, Settings
from kiosk.app.shipped import shipped_scenarios
from kiosk.app.stage import Stage
from kiosk.domain.messages import Catalogue
from kiosk.runtime.clocks import JAPAN, SteadyClock
from tests.kiosk.app.seen import draws_once, looks_once, reads_once

SHIPPED = sorted(shipped_scenarios())


@lru_cache
def catalogue() -> Catalogue:
    return load_catalogue(ASSETS / "messages")


def day_that_lasts() -> date:
    """Today in Japan, for longer than a test takes: a process beside it goes by the day on which it started."""
    now = datetime.now(JAPAN)
    left = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), JAPAN) - now
    if left < timedelta(minutes=1):
        time.sleep(left.total_seconds() + 1)
    return datetime.now(JAPAN).date()


def that_day() -> SteadyClock:
    """Real time that passes on the day of the scenarios: cards of the personas end some day."""
    began = time.monotonic()
    return SteadyClock(lambda: DEFAULT_CLOCK.timestamp() + time.monotonic() - began)


def unhurried() -> Settings:
    """For a visit on the real clock: whoever waits for a machine or for the patient waits as long as a loaded machine
    may need. What passes by itself still does."""
    flow = Settings().flow
    patient = {name: 20 * getattr(flow, name) for name in _WAITS}
    eligibility = replace(Settings().eligibility, timeout=20 * Settings().eligibility.timeout)
    return replace(Settings(), flow=replace(flow, **patient), eligibility=eligibility)


_WAITS = (
    *("face_seconds", "face_stage_seconds", "face_challenge_seconds", "reader_deadline", "terminal_deadline"),
    *("device_grace", "patience", "form_patience", "staff_patience", "extension", "result_seconds", "card_left_after"),
)


@lru_cache
def player() -> Player:
    """On half the screen in each direction: everything is drawn to scale, and four times as soon."""
    application()
    draws_once()
    made = _Player(replace(Settings(), lane=LaneSettings(width=540, height=960)), catalogue())
    reads_once(made._front_reader)
    return made


class _Player(Player):
    def _matcher_for(self, scenario: Scenario) -> SFaceMatcher:
        known = self._matcher
        matcher = super()._matcher_for(scenario)
        if matcher is not known:
            looks_once(matcher.engine())
        return matcher


def shipped(name: str) -> Scenario:
    return load_scenario(shipped_scenarios()[name])


def written(folder: Path, text: str, name: str = "test") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_scenario(path)


class AtEachPoll(Observer):
    """Calls `action` each time just before the terminal looks into its folders."""

    def __init__(self, action: Callable[[Stage], None]) -> None:
        self._action = action

    def ready(self, stage: Stage) -> None:
        terminal = stage.world.terminal
        poll = terminal.poll

        def look_first() -> int:
            self._action(stage)
            return poll()

        vars(terminal)["poll"] = look_first


def told(result: Result) -> dict[str, object]:
    """What may not depend on chance or on the machine's speed."""
    return {key: value for key, value in result.as_json().items() if key != "machine_seconds"}


def assets_but(folder: Path, changed: str, content: bytes | None) -> Path:
    """A copy of the assets in which one file holds something else, or is absent. All others are links."""
    target = ASSETS
    folder.mkdir()
    copy = folder
    for part in Path(changed).parts:
        for path in target.iterdir():
            if path.name != part:
                (copy / path.name).symlink_to(path)
        target, copy = target / part, copy / part
        if target.is_dir():
            copy.mkdir()
    if content is not None:
        copy.write_bytes(content)
    return folder
