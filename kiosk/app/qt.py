"""The one QApplication."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication


def application() -> QApplication:
    """The running application, or a new one."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    app = QApplication(["kiosk"])
    app.setApplicationName("madoguchi")
    app.setQuitOnLastWindowClosed(True)
    return app


def process_events() -> None:
    """What waits in Qt's queue, as the running event loop does it: by itself `processEvents` deletes nothing that was
    left to be deleted later, so that every screen ever shown would stay in memory."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
