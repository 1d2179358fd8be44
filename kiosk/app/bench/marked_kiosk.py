"""`kiosk run` that says when its first screen is painted and when it is ready for a card, and then ends."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from kiosk.app import cli, run
from kiosk.app.bench.bare_window import FirstPaint, mark
from kiosk.app.stage import Stage
from kiosk.domain.failures import KioskError

MARKS = ("painted", "watching", "loaded")
"""Screen painted; reader watched; face models and OCR loaded. All three: ready for a card."""


class Ending(QObject):
    """Ends the program from any thread: `QCoreApplication.exit` itself may block outside the main one."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @Slot(int)
    def _end(self, code: int) -> None:
        QCoreApplication.exit(code)


class MarkedStage(Stage):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._missing = set(MARKS)
        self._lock = threading.Lock()
        self._ending = Ending()
        FirstPaint(self.window, lambda: self._reached("painted"))

    def start(self) -> None:
        super().start()
        self._reached("watching")

    def warm_up(self) -> None:
        super().warm_up()
        try:  # what failed to load was only logged; loading it once more tells
            self.matcher.load()
            self.front_reader.load()
        except KioskError:
            self._ending.asked.emit(cli.FAILED)
        else:
            self._reached("loaded")

    def _reached(self, name: str) -> None:
        mark(name)
        with self._lock:
            self._missing.discard(name)
            ready = not self._missing
        if ready:
            self._ending.asked.emit(cli.OK)


def main(arguments: Sequence[str]) -> int:
    """Everything else is the real command, its arguments included."""
    vars(run)["Stage"] = MarkedStage
    return cli.main(["run", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
