"""Work is going on: a light that walks along a row of dots."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.guide_picture import Loop

_DOTS = 5


class ProgressDots(QProgressBar):
    """Nobody knows how far it is: there is no value."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self.setRange(0, 0)
        self._look = look
        time = look.theme.time
        self._loop = None if look.reduced_motion else Loop(self, self.update, time.progress, time.tick)

    def show_progress(self, description: str) -> None:
        self.setAccessibleName(description)

    def height_for(self, _width: float) -> float:
        return 96

    def runs(self) -> list[Run]:
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        at = self._loop.time * _DOTS if self._loop else 2.0
        with self._look.painting(self) as (painter, rect):
            painter.setPen(Qt.PenStyle.NoPen)
            for number in range(_DOTS):
                away = min(abs(number - at), _DOTS - abs(number - at))
                near = max(0.0, 1 - away / 1.6)
                colour = self._look.colour("accent")
                colour.setAlphaF(0.28 + 0.72 * near)
                painter.setBrush(colour)
                radius = 15 + 9 * near
                x = rect.center().x() + (number - (_DOTS - 1) / 2) * 76
                painter.drawEllipse(QPointF(x, rect.center().y()), radius, radius)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        if self._loop:
            self._loop.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        if self._loop:
            self._loop.stop()
        super().hideEvent(event)
