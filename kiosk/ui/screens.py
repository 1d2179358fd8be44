"""Keeps the window on its screen: another one while that is unplugged, back when it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

SETTLE_MS = 800
"""A screen that was just plugged in changes its size once more."""


class ScreenKeeper(QObject):
    """`name`: of the output the window belongs on; empty, or while that is not there: the primary one."""

    def __init__(
        self,
        window: QWidget,
        name: str = "",
        *,
        screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens,
        primary: Callable[[], QScreen] = QGuiApplication.primaryScreen,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._name = name
        self._screens = screens
        self._primary = primary
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.place)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._changed)
        application.primaryScreenChanged.connect(self._changed)
        for screen in self._screens():
            screen.geometryChanged.connect(self._changed)

    @property
    def wanted(self) -> QScreen | None:
        """Where the window belongs now; None while no screen is there at all."""
        there = list(self._screens())
        named = [screen for screen in there if self._name and screen.name() == self._name]
        return named[0] if named else self._primary() or next(iter(there), None)

    def place(self) -> None:
        """Fill the wanted screen."""
        screen = self.wanted
        if screen is None:
            return
        window = self._window
        if window.screen() is not screen:
            window.setScreen(screen)
        if window.geometry() != screen.geometry():
            window.setGeometry(screen.geometry())
        if not window.isFullScreen():
            window.showFullScreen()

    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._changed)
        self._changed()

    def _changed(self, *_what: object) -> None:
        self.place()
        self._settle.start()
