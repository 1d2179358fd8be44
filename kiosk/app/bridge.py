"""From worker threads to the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from kiosk.ports.face import Frame


class Bridge(QObject):
    """Brings calls from worker threads to the thread that owns the window."""

    woken = Signal()
    framed = Signal(object)

    def __init__(self, on_wake: Callable[[], None], on_frame: Callable[[Frame], None]) -> None:
        super().__init__()
        self._on_wake, self._on_frame = on_wake, on_frame
        self.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self.framed.connect(self._frame, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _wake(self) -> None:
        self._on_wake()

    @Slot(object)
    def _frame(self, frame: Frame) -> None:
        self._on_frame(frame)
