"""No way out for a patient: the window fills the screen and stays, keys that belong to the desktop do nothing, and only
a corner known to staff asks for a code that ends it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from kiosk.ui.window import PatientWindow

CORNER = 160.0
"""Edge of the square at the upper left, in design pixels."""

WANDER = 120.0
"""So far the finger may slip out of it while it holds."""

HOLD_MS = 2500
KNOCKS, KNOCK_MS = 5, 5000
"""Or so many presses within this time: a finger that does not stay on the glass gets in, too."""

_FORBIDDEN = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
_DESKTOP_KEYS = frozenset(
    {Qt.Key.Key_Escape, Qt.Key.Key_Menu, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_Meta, Qt.Key.Key_Print}
    | {Qt.Key.Key_Help, Qt.Key.Key_HomePage, Qt.Key.Key_Close, Qt.Key.Key_Back, Qt.Key.Key_Exit, Qt.Key.Key_LogOff}
    | {Qt.Key(Qt.Key.Key_F1.value + number) for number in range(24)}
)
_SWALLOWED = (
    QEvent.Type.ContextMenu,
    QEvent.Type.Gesture,
    QEvent.Type.NativeGesture,
    QEvent.Type.DragEnter,
    QEvent.Type.Wheel,
)
_LEAVINGS = (QEvent.Type.WindowStateChange, QEvent.Type.Hide, QEvent.Type.WindowDeactivate)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)


class KioskMode(QObject):
    """Holds the window until `release`. `on_corner` is called when staff found the corner."""

    def __init__(
        self,
        window: PatientWindow,
        on_corner: Callable[[], None],
        *,
        hold_ms: int = HOLD_MS,
        knock_ms: int = KNOCK_MS,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._on_corner = on_corner
        self._held = QTimer(self)
        self._held.setSingleShot(True)
        self._held.setInterval(hold_ms)
        self._held.timeout.connect(self._found)
        self._knock_ms = knock_ms
        self._clock = QElapsedTimer()
        self._clock.start()
        self._knocks: deque[int] = deque(maxlen=KNOCKS)
        self._under: QWidget | None = None  # the finger
        self._active = True
        window.may_close = lambda: not self._active
        window.setWindowFlags(
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        window.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def release(self) -> None:
        """The window may be closed now."""
        self._active = False
        self._held.stop()
        self._grab(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not self._active or not self._ours(watched):
            return False
        kind = event.type()
        if kind in _SWALLOWED:
            return True
        if kind in _KEYS and isinstance(event, QKeyEvent):
            mine = Qt.Key(event.key()) in self._window.own_keys
            return bool(event.modifiers() & _FORBIDDEN) or (event.key() in _DESKTOP_KEYS and not mine)
        if isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            return self._finger(watched, event)
        if watched is self._window and kind in _LEAVINGS:
            # Whatever minimised, hid or covered it; after this event, or it would be undone again.
            QTimer.singleShot(0, self._come_back)
        if watched is self._window and kind == QEvent.Type.WindowActivate:
            self._grab(True)
        return False

    def _ours(self, watched: QObject) -> bool:
        return isinstance(watched, QWidget) and watched.window() is self._window

    def _come_back(self) -> None:
        window = self._window
        if not self._active:
            return
        if window.isMinimized() or not window.isVisible() or not window.isFullScreen():
            window.setWindowState(Qt.WindowState.WindowFullScreen)
            window.show()
        if not window.isActiveWindow():
            window.activateWindow()

    def _grab(self, wanted: bool) -> None:
        """A window manager then gets no key that it would answer by switching windows. Not while a screen reader runs:
        its own keys would be lost."""
        handle = self._window.windowHandle()
        if handle is not None and QGuiApplication.platformName() == "xcb":
            handle.setKeyboardGrabEnabled(wanted and not QAccessible.isActive())

    def _finger(self, watched: QWidget, event: QMouseEvent) -> bool:
        kind = event.type()
        place = QPointF(watched.mapTo(self._window, event.position().toPoint())) / self._window.look.scale
        if kind == QEvent.Type.MouseButtonPress and _within(place, CORNER):
            self._under = watched
            self._held.start()
            self._knocks.append(self._clock.elapsed())
            if len(self._knocks) == KNOCKS and self._knocks[-1] - self._knocks[0] <= self._knock_ms:
                self._found()
        gone = kind == QEvent.Type.MouseMove and not _within(place, CORNER + WANDER)
        if gone or kind == QEvent.Type.MouseButtonRelease:
            self._held.stop()
        return False

    def _found(self) -> None:
        self._held.stop()
        self._knocks.clear()
        if isinstance(self._under, QAbstractButton):
            # The finger may still lie on the glass: lifting it must not press what is under it.
            self._under.setDown(False)
        self._on_corner()


def _within(place: QPointF, edge: float) -> bool:
    return place.x() <= edge and place.y() <= edge
