"""The one QApplication."""

from __future__ import annotations

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
