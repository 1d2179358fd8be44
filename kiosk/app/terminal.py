"""`kiosk terminal`: the simulated eligibility terminal on its own, for training and for other programs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.simulated.persona import load_persona, persona_names
from drivers.simulated.population import MOST_PEOPLE, Population
from drivers.simulated.terminal import SimulatedTerminal, TerminalState
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules
from kiosk.runtime.clocks import RealClock

POLL_SECONDS = 0.1
MANY_PEOPLE = 10_000
"""More take some seconds to make up."""


def run_terminal(
    folders: DataFolders,
    state: Mapping[str, Any],
    settings: Settings,
    announce: Callable[[], None],
    assets: Path,
    *,
    people: int = 0,
    seed: int | None = None,
    making: Callable[[], None] = lambda: None,
) -> int:
    """Answers until the process is told to end. `people` are made up beside the personas, which is told by `making`
    where they are many; raises `Fatal(SETTINGS_WRONG)` for more than 100,000."""
    try:
        behaviour = TerminalState.of(state)
    except Fatal as error:
        raise Fatal(FailureCode.SETTINGS_WRONG, error.detail) from None
    if not 0 <= people <= MOST_PEOPLE:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"--people: 0 to {MOST_PEOPLE}")
    if people > MANY_PEOPLE:
        making()
    folders.create()
    clock = RealClock()
    seed = settings.virtual.seed if seed is None else seed
    rules = assets / "rules" / "population.toml"
    today = clock.now().date()
    personas = assets / "personas"
    terminal = SimulatedTerminal(
        folders.req,
        folders.res,
        folders.face,
        clock=clock,
        register=[load_persona(personas, name) for name in persona_names(personas)],
        seed=seed,
        state=behaviour,
        population=Population(people, seed, load_rules(rules), today) if people else None,
    )
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda _number, _frame: over.set())
    announce()
    while not over.wait(POLL_SECONDS):
        terminal.poll()
    return 0
