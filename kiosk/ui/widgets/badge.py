"""The sign that names what is not real here."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run


class Badge(QLabel):
    """Names what is simulated here, small and always there."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._sentence = ""

    def show_text(self, sentence: str) -> None:
        self._sentence = sentence
        self.setText(plain(sentence))
        self.setAccessibleName(spoken(sentence))
        self.update()

    def natural_width(self, most: float, height: float) -> float:
        size = self._px(most - 48, height)
        lines = self._look.lines(self._sentence, most - 48, size)
        return max(self._look.width(line, size) for line in lines) + 56

    def runs(self) -> list[Run]:
        rect = self._look.rect(self).adjusted(24, 2, -24, -2)
        return [self._look.run(self._sentence, rect, self._px(rect.width() + 2, rect.height()), "ink")]

    def _px(self, width: float, height: float) -> int:
        """As large as the place allows."""
        wished, usual = self._look.asked.type.badge, self._look.base.type.badge
        sizes = (wished, (wished + usual) // 2, usual)
        return next((s for s in sizes if self._look.height(self._sentence, width, s) <= height), usual)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(self._look.colour("surface"))
            painter.setPen(QPen(self._look.colour("outline"), 3, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 18, 18)
            for run in self.runs():
                self._look.paint(painter, run)
