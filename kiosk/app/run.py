"""`kiosk run`: the patient kiosk on real time, with the tester's bench in the virtual deployment."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt, QTimer

from drivers.simulated.persona import load_persona, persona_names
from drivers.simulated.terminal import TerminalState
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.qt import application
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.domain.messages import Catalogue
from kiosk.runtime.clocks import RealClock
from kiosk.ui.bench import BenchActions, BenchWindow

TIMER_MS = 50
"""How often the flow's own timer is looked at."""

SLOW_SECONDS = 8.0


def run_kiosk(settings: Settings, folders: DataFolders, catalogue: Catalogue, *, bench: bool, fullscreen: bool) -> int:
    """Runs until the window is closed; returns the exit code."""
    app = application()
    stage = Stage(settings, folders, RealClock(), catalogue)
    window = stage.window
    available = app.primaryScreen().availableGeometry()
    scale = min(1.0, 0.92 * available.height() / settings.lane.height)
    window.resize(int(settings.lane.width * scale), int(settings.lane.height * scale))
    beside = _bench(stage, catalogue) if bench else None
    if beside is not None:
        stage.after_view = beside.show_lane
    stage.start()
    if fullscreen:
        window.showFullScreen()
    else:
        window.move(available.left(), available.top())
        window.show()
    if beside is not None:
        beside.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        beside.move(window.frameGeometry().right() + 20, available.top())
        beside.show()
    # Loading the models and the OCR takes a second: nobody waits for it at the first card.
    threading.Thread(target=stage.warm_up, name="warm-up", daemon=True).start()
    timer = QTimer()
    timer.timeout.connect(stage.pump)
    timer.start(TIMER_MS)
    try:
        return app.exec()
    finally:
        timer.stop()
        stage.stop()


def _bench(stage: Stage, catalogue: Catalogue) -> BenchWindow:
    personas = ASSETS / "personas"
    language = stage.settings.flow.default_language
    names = [stage.world.persona.name]
    names += [n for n in persona_names(personas) if n not in names]
    people = [(name, load_persona(personas, name).title[language]) for name in names]
    world = stage.world

    def set_terminal(state: str) -> None:
        world.set_terminal(TerminalState.of({"state": state, "seconds": SLOW_SECONDS if state == "slow" else 0}))

    def cause_fault(name: str) -> None:
        device, what = name.split(".")
        stage.cause_fault(device, what)

    actions = BenchActions(
        choose_person=lambda name: world.choose(load_persona(personas, name)),
        place_card=world.place_card,
        take_card=world.remove_card,
        show_scene=world.show,
        set_terminal=set_terminal,
        cause_fault=cause_fault,
        staff_act=lambda action: stage.lane.staff_acted(action, "sato", "bench"),
    )
    return BenchWindow(catalogue, language, people, actions)
