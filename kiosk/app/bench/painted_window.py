"""The measured side of the benchmark `ui`: a patient's window that shows every screen in turn. A program of its own.

Prints one JSON object. Times are seconds; `first_ns` is on the clock of `time.monotonic_ns`, which all processes of a
machine share.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.domain.messages import Catalogue
from kiosk.ui.gallery import sample_face
from kiosk.ui.samples import SAMPLES
from kiosk.ui.window import PORTRAIT, PatientWindow

QUICK = bool(os.environ.get("MADOGUCHI_BENCH_QUICK"))
"""Everything once: for tests that want to see it work, not how fast."""

ROUNDS = 1 if QUICK else 3
FRAMES = 3 if QUICK else 60
IDLE_SECONDS = 0.1 if QUICK else 4.0


class Painted(QObject):
    """Counts how often the window was painted."""

    def __init__(self, window: PatientWindow) -> None:
        super().__init__(window)
        self.count = 0
        window.installEventFilter(self)

    def again(self, before: int) -> bool:
        """Whether it was painted since there were so many."""
        return self.count > before

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


def main() -> int:
    app = QApplication(sys.argv[:1])
    catalogue = load_catalogue(ASSETS / "messages")
    window = _window(catalogue, reduced_motion=False)
    painted = Painted(window)
    window.show_view(SAMPLES["idle"])
    window.show()
    _until(app, lambda: painted.count > 0)
    first = time.monotonic_ns()
    timed = {name: _changes(app, window, painted, name) for name in SAMPLES}
    window.show_view(SAMPLES["face"])
    app.processEvents()
    face, frames = sample_face(), []
    for _ in range(FRAMES):
        began = time.perf_counter()
        window.show_preview(face)
        app.processEvents()
        frames.append(time.perf_counter() - began)
    window.show_view(SAMPLES["idle"])
    moving = _idle()
    window.close()
    still = _window(catalogue, reduced_motion=True)
    still.show_view(SAMPLES["idle"])
    still.show()
    app.processEvents()
    resting = _idle()
    print(
        json.dumps(
            {
                "first_ns": first,
                "changes": {name: [elapsed for elapsed, _used in seen] for name, seen in timed.items()},
                "used": [used for seen in timed.values() for _elapsed, used in seen],
                "frames": frames,
                "idle_moving": moving,
                "idle_resting": resting,
                "memory": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE"),
            }
        )
    )
    return 0


def _window(catalogue: Catalogue, *, reduced_motion: bool) -> PatientWindow:
    window = PatientWindow(
        catalogue,
        fonts_folder=ASSETS / "fonts",
        pictures_folder=ASSETS / "pictures",
        on_tap=lambda _control: None,
        on_typed=lambda _field, secret: secret.wipe(),
        reduced_motion=reduced_motion,
    )
    window.resize(*PORTRAIT)
    return window


def _changes(app: QApplication, window: PatientWindow, painted: Painted, name: str) -> list[tuple[float, float]]:
    """From the view to the painted picture, each time from another screen: elapsed and processor time."""
    seen = []
    for _ in range(ROUNDS):
        window.show_view(SAMPLES["finished" if name != "finished" else "idle"])
        app.processEvents()
        before, began, worked = painted.count, time.perf_counter(), time.process_time()
        window.show_view(SAMPLES[name])
        _until(app, partial(painted.again, before))
        seen.append((time.perf_counter() - began, time.process_time() - worked))
    return seen


def _until(app: QApplication, done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done() and time.monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)


def _idle() -> float:
    """Share of one core while nobody is there."""
    loop = QEventLoop()
    QTimer.singleShot(round(IDLE_SECONDS * 1000), loop.quit)
    began, used = time.perf_counter(), time.process_time()
    loop.exec()
    return (time.process_time() - used) / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
