"""What the screen does by itself as time goes by: cover personal data when nobody is there, wander a little against
burn-in, give less light at night. Time comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from kiosk.ui.window import PatientWindow

_TOUCHES = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel)
_ORBIT = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""Steps of the wandering, in units of its width."""


@dataclass(frozen=True)
class Habits:
    """`veil_seconds` without anyone until personal data are covered, 0: never; `shift`: how far everything wanders, in
    design pixels, a step each `shift_seconds`; between `dim_from` and `dim_until` the start screen keeps `dim_to` of
    its light."""

    veil_seconds: float = 20.0
    shift: int = 4
    shift_seconds: float = 90.0
    dim_from: time | None = None
    dim_until: time = time(7)
    dim_to: float = 0.5


class Upkeep(QObject):
    """Belongs to one window; `tick` is called several times a second on the thread that owns it."""

    def __init__(self, window: PatientWindow, habits: Habits) -> None:
        super().__init__(window)
        self._window = window
        self._habits = habits
        self._touched = True  # since the last tick
        self._alone_since = 0.0
        self._screen = ""
        self._step = 0
        self._stepped = 0.0
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        # The keys of a screen reader do not come here; what it moves does.
        if event.type() in _TOUCHES or (event.type() == QEvent.Type.FocusIn and QAccessible.isActive()):
            self._touched = True
        return False

    def seen(self) -> None:
        """Somebody is there: a camera or a reader says so."""
        self._touched = True
        self._window.uncover()

    def tick(self, monotonic: float, now: datetime) -> None:
        window, habits = self._window, self._habits
        another = window.screen_id != self._screen
        self._screen = window.screen_id
        if self._touched or another:
            self._touched = False
            self._alone_since = monotonic
        elif habits.veil_seconds and window.personal and monotonic - self._alone_since >= habits.veil_seconds:
            window.cover()
        idle = window.screen_id == "idle"
        window.leave_light(habits.dim_to if idle and self._is_night(now.time()) else 1.0)
        # Only where nobody is reading: a sentence that moves is lost.
        if habits.shift and idle and monotonic - self._stepped >= habits.shift_seconds:
            self._stepped = monotonic
            self._step = (self._step + 1) % len(_ORBIT)
            across, down = _ORBIT[self._step]
            window.shift_to(QPointF(across * habits.shift, down * habits.shift))

    def _is_night(self, now: time) -> bool:
        begin, end = self._habits.dim_from, self._habits.dim_until
        if begin is None:
            return False
        return begin <= now < end if begin <= end else now >= begin or now < end
