"""The alternative of the benchmark `start`: a process that shows one PySide6 window with a sentence and nothing else.

Run as a program of its own. What happened and when goes to standard output, one JSON object a line; `at_ns` is on the
clock of `time.monotonic_ns`, which all processes of a machine share.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget


def mark(name: str) -> None:
    print(json.dumps({"mark": name, "at_ns": time.monotonic_ns()}), flush=True)


class FirstPaint(QObject):
    """Calls `then` once, after the window was painted whole for the first time."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            # Qt paints a window and everything in it in one go; the next turn of its loop comes after that.
            QTimer.singleShot(0, self._then)
        return super().eventFilter(watched, event)


def main() -> int:
    app = QApplication(sys.argv[:1])
    window = QLabel("Welcome")

    def painted() -> None:
        mark("painted")
        app.quit()

    FirstPaint(window, painted)
    window.showFullScreen()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
