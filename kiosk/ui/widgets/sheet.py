"""What a button of the frame lays over the content: a ground with a few large buttons on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import FrameButton

_CELL_MOST = 150.0


class SheetGround(QWidget):
    """A tinted sheet with round corners on the ground of the screen."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look

    def runs(self) -> list[Run]:
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.fillRect(rect, self._look.colour("ground"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("accent_tint"))
            radius = self._look.theme.shape.radius_large
            painter.drawRoundedRect(rect, radius, radius)


def spread(
    look: Look,
    ground: QWidget,
    buttons: Sequence[FrameButton],
    area: QRectF,
    lowest_top: float | None,
    *,
    columns: int,
) -> None:
    """The ground over `area` and the buttons in rows on it; nothing to press above `lowest_top`."""
    look.place(ground, area)
    ground.raise_()
    inner = area.adjusted(24, 24, -24, -24)
    rows = -(-len(buttons) // columns)
    gap = float(look.theme.space.gap)
    top = inner.top() if lowest_top is None else max(inner.top(), lowest_top)
    room = inner.bottom() - top - gap * (rows - 1)
    height = min(_CELL_MOST, room / rows)
    top += (room - height * rows) * (1.0 if lowest_top is not None else 0.3)
    width = (inner.width() - gap * (columns - 1)) / columns
    _fit(look, buttons, width - 56, height)
    for number, button in enumerate(buttons):
        row, column = divmod(number, columns)
        at = QRectF(inner.x() + column * (width + gap), top + row * (height + gap), width, height)
        look.place(button, at)
        button.setVisible(True)
        button.raise_()


def _fit(look: Look, buttons: Sequence[FrameButton], width: float, height: float) -> None:
    """The largest words that every button holds in one line."""
    wished, usual = look.asked.type.choice, look.base.type
    for px in (wished, (wished + usual.choice) // 2, usual.choice, usual.frame):
        for button in buttons:
            button.size_px = px
        if all(b.natural_width() - 56 <= width and look.line_height(px, b.label) + b.edge <= height for b in buttons):
            return
