"""A person with one or two switches, as a scenario's step `switch:` plays them: they wait until the frame comes to what
they want, and press."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from kiosk.app.stage import Stage
from kiosk.ui.switches import STEP

MOST_MOVES = 120
"""Of the frame: more than two rounds through any screen."""


def choose_by_switch(stage: Stage, control: str, pause: Callable[[float], None]) -> int | None:
    """How often a switch was pressed until the control was; None when the frame never came there."""
    switches, scanner = stage.settings.access.switches, stage.scanner
    presses = 0
    for _move in range(MOST_MOVES):
        here = scanner.offered
        wanted = control in here or not here
        if wanted or switches.mode == STEP:
            _press(stage, switches.choose if wanted else switches.onward)
            presses += 1
        if here == (control,):
            return presses
        pause(2 * switches.ignore if wanted or switches.mode == STEP else switches.seconds)
    return None


def _press(stage: Stage, key: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key[f"Key_{key}"], Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(stage.window, event)
