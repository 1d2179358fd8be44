"""The band across every screen of a rehearsal: what it is, and the one press that leaves it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import View
from kiosk.ui.linebreak import plain
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.badge import Badge
from kiosk.ui.widgets.button import FrameButton

CONTROL = "practice.end"
_HEIGHT = 88.0
_EDGE = 8.0
_BORDER = 10.0
_MOST = 0.5  # of the width, for the button


class PracticeSign(Badge):
    """As the badge, which it takes the place of, in the colour of rehearsals."""

    def runs(self) -> list[Run]:
        rect = self._look.rect(self).adjusted(4, 0, -4, 0)
        size = self._px(rect.width(), rect.height())
        return [self._look.run(self._sentence, rect, size, "on_practice", bold=True)]

    def _px(self, width: float, height: float) -> int:
        kinds, usual = self._look.asked.type, self._look.base.type
        for size in (kinds.frame, (kinds.frame + usual.frame) // 2, usual.frame):
            if self._look.height(self._sentence, width, size, bold=True) <= height:
                return size
        return usual.badge

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, _rect):
            for run in self.runs():
                self._look.paint(painter, run)


class PracticeBand:
    """Hidden but for a rehearsal. The ground under it, and a border around the screen, are painted by the frame."""

    height = _HEIGHT + 2 * _EDGE

    def __init__(
        self, window: QWidget, look: Look, render: Callable[[Text], str], on_tap: Callable[[str], None]
    ) -> None:
        self._look, self._render = look, render
        self.sign = PracticeSign(window, look)
        self.button = FrameButton(window, look, CONTROL)
        self.button.clicked.connect(lambda: on_tap(CONTROL))
        self._ground = QRectF()
        self.in_row = False  # of buttons, instead of a band from edge to edge
        for widget in (self.sign, self.button):
            widget.hide()

    @property
    def shown(self) -> bool:
        return not self.button.isHidden()

    def show_view(self, view: View) -> None:
        for widget in (self.sign, self.button):
            widget.setVisible(view.practice)
        if view.practice:
            self.sign.show_text(self._render(Text("practice.banner")))
            self.button.show_label(self._render(Text(f"control.{CONTROL}")))

    def place(self, size: QRectF, top: float, margin: float) -> None:
        """Across a screen of this size, from `top` on."""
        self.in_row = False
        self._ground = QRectF(size.x(), top, size.width(), self.height)
        self._arrange(QRectF(margin, top + _EDGE, size.width() - 2 * margin, _HEIGHT))

    def place_between(self, box: QRectF) -> bool:
        """Between the buttons of a row. False where that is too narrow for its words."""
        least = self._look.base.type.frame
        self.button.size_px = least
        words = self._look.width(plain(self.sign.text()), least, bold=True) + 12
        space = self._look.theme.space.gap + 2 * _EDGE
        if least < self._look.asked.type.frame or words + space + self.button.natural_width() > box.width():
            return False
        self.in_row = True
        self._ground = box.adjusted(0, (box.height() - self.height) / 2, 0, (self.height - box.height()) / 2)
        self._arrange(self._ground.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE))
        return True

    def _arrange(self, row: QRectF) -> None:
        wished, least = self._look.asked.type.frame, self._look.base.type.frame
        for px in (wished, (wished + least) // 2, least):
            self.button.size_px = px
            width, line = self.button.natural_width(), self._look.line_height(px, self.button.label)
            if width <= row.width() * _MOST and line <= row.height() - self.button.edge:
                break
        self._look.place(self.button, QRectF(row.right() - width, row.y(), width, row.height()))
        left = row.width() - width - self._look.theme.space.gap
        self._look.place(self.sign, QRectF(row.x(), row.y(), left, row.height()))

    def paint(self, painter: QPainter, size: QRectF) -> None:
        if not self.shown:
            return
        colour = self._look.colour("practice")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if self.in_row:
            painter.drawRoundedRect(self._ground, 18, 18)
        else:
            painter.drawRect(self._ground.adjusted(-20, -20 if self._ground.y() <= 0 else 0, 20, 0))
        for side in (
            QRectF(size.x() - 20, size.y(), 20 + _BORDER, size.height()),
            QRectF(size.right() - _BORDER, size.y(), 20 + _BORDER, size.height()),
            QRectF(size.x(), size.bottom() - _BORDER, size.width(), 20 + _BORDER),
            QRectF(size.x(), size.y() - 20, size.width(), 20 + _BORDER),
        ):
            painter.drawRect(side)
