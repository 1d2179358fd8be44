"""From worker threads to the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from kiosk.ports.face import Frame


class Bridge(QObject):
    """Brings calls from worker threads to the thread that owns the window. What is still on its way when it closes has
    no window to be shown in."""

    woken = Signal()
    framed = Signal(object)
    seen = Signal()

    def __init__(
        self, on_wake: Callable[[], object], on_frame: Callable[[Frame], None], on_seen: Callable[[], None]
    ) -> None:
        super().__init__()
        self._on_wake, self._on_frame, self._on_seen = on_wake, on_frame, on_seen
        self._open = True
        self.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self.framed.connect(self._frame, Qt.ConnectionType.QueuedConnection)
        self.seen.connect(self._somebody, Qt.ConnectionType.QueuedConnection)

    def close(self) -> None:
        self._open = False

    @Slot()
    def _wake(self) -> None:
        if self._open:
            self._on_wake()

    @Slot(object)
    def _frame(self, frame: Frame) -> None:
        if self._open:
            self._on_frame(frame)

    @Slot()
    def _somebody(self) -> None:
        if self._open:
            self._on_seen()
