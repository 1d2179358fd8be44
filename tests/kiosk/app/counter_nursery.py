"""A process that makes kiosks and consoles to be killed: everything is imported once, each of them is a fork.

Reads orders from standard input, `ROLE FOLDER POINT NTH`, and answers each with the process id. At the NTH time that a
process comes to its POINT it kills itself; at POINT "-" it lives until somebody else kills it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from drivers.counter.server import LineServer
from drivers.counter.wire import folder_of
from drivers.store.counter import SqliteCounter
from kiosk.app.catalogue import load_catalogue
from kiosk.app.counter_lane import LaneCounter, Running, Sights
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.domain.accounts import account_rules
from kiosk.domain.rules import load_rules
from kiosk.flow import effects as fx
from kiosk.flow.machine import initial_state
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Idle
from kiosk.flow.transitions_counter import held_state
from kiosk.flow.view import view
from kiosk.ports.counter import Act
from kiosk.runtime.clocks import RealClock
from kiosk.runtime.engine import Engine

CATALOGUE = load_catalogue(ASSETS / "messages")
CLOCK = RealClock()
RULES = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), CLOCK.now().date())


class Death:
    """Kills this process at its point, as a power cut would."""

    def __init__(self, point: str, nth: int) -> None:
        self._point, self._nth, self._seen = point, nth, Counter[str]()

    def comes_to(self, point: str) -> None:
        self._seen[point] += 1
        if point == self._point and self._seen[point] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any, **named: Any) -> Any:
            self.comes_to(f"before_{name}")
            result = call(*given, **named)
            self.comes_to(f"after_{name}")
            return result

        return wrapped


def kiosk(folders: DataFolders, death: Death) -> None:
    """A lane without a window: flow, engine, journal, counter and line are those of every kiosk."""
    journal, store = open_journal(folders), SqliteCounter(folders.root / "counter.sqlite")
    journal.append_all = death.around("journal", journal.append_all)  # type: ignore[method-assign]
    store.settle = death.around("settle", store.settle)  # type: ignore[method-assign]
    store.publish = death.around("publish", store.publish)  # type: ignore[method-assign]
    turn = threading.Event()

    class Effects:
        def execute(self, effect: fx.Effect) -> None:
            if isinstance(effect, fx.DeclareOutage):
                death.comes_to("effect")

    prefix = f"K1-{CLOCK.now():%Y%m%d-%H%M%S}-{os.getpid():x}"
    engine = Engine(
        initial_state(FlowSettings(), prefix),
        clock=CLOCK,
        journal=journal,
        executor=Effects(),
        on_change=lambda state, _event: counter.shown(view(state), state),
        wake=turn.set,
    )
    running = Running(
        "K1",
        run=lambda: prefix,
        state=lambda: engine.state,
        executor=lambda: None,  # type: ignore[arg-type, return-value]
        act=engine.act,
        wake=turn.set,
        print_waiting=lambda: 0,
        sheets=lambda: 0,
    )
    nothing = Sights(photo=lambda *_: None, camera=lambda *_: None, screen=lambda: None)
    counter = LaneCounter(running, store, lambda: journal, lambda: journal, CLOCK, CATALOGUE, RULES, nothing)
    assert isinstance(engine.state, Idle)
    engine.state = held_state(engine.state, counter.held())
    counter.shown(view(engine.state), engine.state)
    line = LineServer(folder_of(folders.root), "K1", counter)
    while os.getppid() == NURSERY:
        counter.look()
        engine.pump()
        turn.wait(0.02)
        turn.clear()
    line.close()


def console(folders: DataFolders, death: Death) -> None:
    """Somebody presses "pause"; the id of the press is known to whoever presses again."""
    store = SqliteCounter(folders.root / "counter.sqlite")
    store.ask = death.around("ask", store.ask)  # type: ignore[method-assign]
    store.ask(press("c" * 20, "pause"), 0)


def press(act_id: str, action: str, staff: str = "suzuki", role: str = "supervisor") -> Act:
    return Act(act_id, "K1", action, staff, role, CLOCK.now() - timedelta(seconds=1), reason="drill")


ROLES: dict[str, Callable[[DataFolders, Death], None]] = {"kiosk": kiosk, "console": console}
NURSERY = os.getpid()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for order in sys.stdin:
        role, folder, point, nth = order.split()
        child = os.fork()
        if child == 0:
            try:
                ROLES[role](DataFolders(Path(folder)), Death(point, int(nth)))
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
