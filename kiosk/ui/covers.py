"""What lies over a whole screen: the veil over personal data, and the shade of the night."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from kiosk.ui.linebreak import plain
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.icons import draw_icon

_SIGN = 220.0


class Veil(QPushButton):
    """Nobody seems to be there: what was on the screen is hidden until somebody touches it, or a screen reader presses
    it."""

    def __init__(self, parent: QWidget, look: Look, on_touched: Callable[[], None]) -> None:
        super().__init__(parent)
        self._look = look
        self._words = ("", "")
        self.setObjectName("veil")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pressed.connect(on_touched)
        self.hide()

    def show_words(self, title: str, touch: str) -> None:
        self._words = (title, touch)
        self.setText(f"{plain(title)}\n{plain(touch)}")
        self.setAccessibleName(self.text())
        self.update()

    def runs(self) -> list[Run]:
        title, touch = self._words
        look, rect, kinds = self._look, self._look.rect(self), self._look.asked.type
        width = rect.width() - 120
        height = look.height(title, width, kinds.title, bold=True)
        top = rect.height() * 0.45
        box = QRectF(60, top + 20 + height, width, look.height(touch, width, kinds.body))
        return [
            look.run(title, QRectF(60, top, width, height), kinds.title, "ink", bold=True),
            look.run(touch, box, kinds.body, "ink"),
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.fillRect(rect, self._look.colour("accent_tint"))
            square = QRectF(rect.center().x() - _SIGN / 2, rect.height() * 0.45 - _SIGN - 40, _SIGN, _SIGN)
            draw_icon(painter, "hand", square, self._look.colour("accent_deep"), 14)
            for run in self.runs():
                self._look.paint(painter, run)


class Shade(QWidget):
    """Takes light from the screen, for eyes in a dark room and for its lamps. A finger goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._light = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def leave(self, light: float) -> None:
        """So much of the light, 0 to 1."""
        if light != self._light:
            self._light = light
            self.setVisible(light < 1)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        black = QColor(0, 0, 0)
        black.setAlphaF(1 - self._light)
        painter.fillRect(self.rect(), black)
        painter.end()
