"""A consent item that is switched by a press. What it shows is what the view says; a press only asks for a change."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.icons import draw_icon


class ItemSwitch(PressButton):
    least_height = "switch"
    border = "outline"
    ink = "ink"

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent, look, control_id)
        self._states = ("", "")

    def show_state(self, on: bool, words: tuple[str, str]) -> None:
        """`words` say off and on, beside the sign."""
        self._states = words
        self.mark(on, among=False)
        self.border = "accent" if on else "outline"
        self.fill = "accent_tint" if on else "surface"
        self.update()

    def height_for(self, width: float) -> float:
        least = self.look.least("switch")
        beside = 2 * (self.look.line_height(self.look.theme.type.detail) + 24) + self.edge
        return max(least, beside, self._texts_height(self.text_area(width, least).width()) + 36)

    def text_area(self, width: float, height: float) -> QRectF:
        return QRectF(44, 0, width - 44 - self._beside(), height - self.edge)

    def runs(self) -> list[Run]:
        rect = self.look.rect(self)
        size = self.look.theme.type.detail
        height, line = rect.height() - self.edge, self.look.line_height(size)
        word = self._states[self.isChecked()]
        box = QRectF(rect.right() - self._beside() + 12, height / 2 + 18, self._beside() - 32, line)
        colour = "idle_ink" if not self.isEnabled() else "accent_deep" if self.isChecked() else "ink_soft"
        return [*super().runs(), self.look.run(word, box, size, colour, bold=True)]

    def _beside(self) -> float:
        """Width of the switch and its word."""
        size = self.look.theme.type.detail
        return max(250.0, max(self.look.width(word, size, bold=True) for word in self._states) + 48)

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        on = self.isChecked()
        middle = face.right() - self._beside() / 2 - 4
        track = QRectF(middle - 64, face.center().y() - 68, 128, 72)
        colour = self.look.colour("idle_ink" if not self.isEnabled() else "accent" if on else "outline")
        painter.setPen(QPen(colour, 5))
        painter.setBrush(colour if on else self.look.colour("surface"))
        painter.drawRoundedRect(track, 36, 36)
        knob = QRectF(track.right() - 65 if on else track.x() + 7, track.y() + 7, 58, 58)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.colour("surface") if on else colour)
        painter.drawEllipse(knob)
        if on:
            draw_icon(painter, "check", knob.adjusted(13, 13, -13, -13), colour, 7)

    def edge_colour(self) -> QColor:
        return self.look.colour(self.border)

    def _centred(self) -> bool:
        return False
