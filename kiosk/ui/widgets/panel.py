"""The two halves of the idle screen: the way with the card, to look at, and the way without, to press."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from kiosk.ui.drawing import load_drawing
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.sheet import SheetGround

_PICTURE_LEAST = 90.0
_PICTURE_PART = 0.31
"""Of a panel's width, where the picture stands beside the words."""


class PosterPanel(SheetGround):
    """The ground under title, moving picture and sentence of the way with the card."""


class PanelButton(PressButton):
    """A way as large as the poster: label, picture, second line."""

    label_size = "title"

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent, look, control_id)
        self.picture_id = ""
        self.beside = False  # the picture stands at the left of the words

    def show_picture(self, picture_id: str | None) -> None:
        self.picture_id = picture_id or ""
        self.update()

    def height_for(self, width: float) -> float:
        """Of its words alone."""
        inner, kinds = width - 88, self.look.theme.type
        label = self.look.height(self.label, inner, title_size(self.look, self.label, inner), bold=True)
        detail = self.look.height(self.detail, inner, kinds.body) if self.detail else 0.0
        return label + detail + 96 + self.edge

    def boxes(self, rect: QRectF) -> tuple[QRectF, QRectF, QRectF]:
        """Label, picture and second line inside `rect`, as on the poster beside it."""
        return panel_boxes(self.look, rect, self.label, self.detail, beside=self.beside)

    def runs(self) -> list[Run]:
        rect = self.look.rect(self)
        kinds = self.look.theme.type
        label, _picture, detail = self.boxes(rect.adjusted(0, 0, 0, -self.edge))
        size, words = title_size(self.look, self.label, label.width()), kinds.body
        if label.bottom() > detail.top():  # less room than the words need: both shrink
            usual, inner = self.look.base.type, label.united(detail)
            size, words = usual.title, usual.body
            height = self.look.height(self.label, inner.width(), size, bold=True)
            label = QRectF(inner.x(), inner.y(), inner.width(), height)
            detail = QRectF(inner.x(), label.bottom(), inner.width(), max(1.0, inner.bottom() - label.bottom()))
        runs = [self.look.run(self.label, label, size, "ink", bold=True)]
        if self.detail:
            runs.append(self.look.run(self.detail, detail, words, "ink"))
        return runs

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        if self.picture_id:
            _label, box, _detail = self.boxes(face)
            if box.height() < _PICTURE_LEAST:
                return
            drawing = load_drawing(self.look.pictures, self.picture_id, self.look.theme.colours)
            drawing.paint(painter, box, drawing.still, self.look.scale)


def title_size(look: Look, text: str, width: float) -> int:
    """The largest title size that keeps `text` within two lines and its words whole."""
    steps = look.theme.type.title_steps
    return next(
        (s for s in steps if len(look.lines(text, width, s, bold=True)) <= 2 and look.whole(text, width, s, bold=True)),
        steps[-1],
    )


def panel_boxes(
    look: Look, rect: QRectF, title: str, body: str, *, beside: bool = False
) -> tuple[QRectF, QRectF, QRectF]:
    """Split a panel into title, picture and sentence; the same for both halves of the idle screen."""
    inner = _inner(rect)
    words = inner.adjusted(inner.width() * _PICTURE_PART, 0, 0, 0) if beside else inner
    above, below = _heights(look, words.width(), title, body)
    if beside:
        top = words.y() + (words.height() - above - 16 - below) / 2
        picture = QRectF(inner.x(), inner.y(), inner.width() * (_PICTURE_PART - 0.03), inner.height())
        label = QRectF(words.x(), top, words.width(), above)
        return label, picture, QRectF(words.x(), top + above + 16, words.width(), below)
    label = QRectF(inner.x(), inner.y(), inner.width(), above)
    low = QRectF(inner.x(), inner.bottom() - below, inner.width(), below)
    return label, QRectF(inner.x(), label.bottom() + 12, inner.width(), low.top() - label.bottom() - 28), low


def beside_possible(look: Look, rect: QRectF, title: str, body: str) -> bool:
    """Whether the words find room beside the picture, and the picture gains by it."""
    inner = _inner(rect)
    above, below = _heights(look, inner.width() * (1 - _PICTURE_PART), title, body)
    stacked = panel_boxes(look, rect, title, body)[1].height()
    gained = min(inner.height(), inner.width() * _PICTURE_PART) > 1.2 * stacked
    return above + 16 + below <= inner.height() and gained


def _inner(rect: QRectF) -> QRectF:
    return rect.adjusted(44, 32, -44, -36)


def _heights(look: Look, width: float, title: str, body: str) -> tuple[float, float]:
    above = look.height(title, width, title_size(look, title, width), bold=True)
    return above, look.height(body, width, look.theme.type.body) if body else 0.0
