"""The two panels of the start screen: the way with the card, to look at, and the way without, to press."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from kiosk.ui.drawing import load_drawing
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.sheet import SheetGround

_PICTURE_LEAST = 90.0
_ABOVE, _BETWEEN, _BELOW = 32.0, 16.0, 36.0
_PICTURE_ASPECT = 4 / 3
_PARTS = (0.31, 0.38, 0.46, 0.54)
"""Of a panel's width, where the picture stands beside the words."""


class PosterPanel(SheetGround):
    """The ground under title, moving picture and sentence of the way with the card."""


class PanelButton(PressButton):
    """The other way: label, picture, second line, as on the poster."""

    label_size = "title"

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent, look, control_id)
        self.picture_id = ""
        self.part = 0.0  # of its width that the picture takes at the left of the words; 0: between them
        self.terse = False  # the label alone is seen

    def show_picture(self, picture_id: str | None) -> None:
        self.picture_id = picture_id or ""
        self.update()

    def height_for(self, width: float) -> float:
        """Of its words alone, with air."""
        return self.least_for(width) + (0.0 if self.terse else 28 - _BETWEEN)

    def least_for(self, width: float, *, picture: bool = False) -> float:
        """Of its words alone, or with the least picture between them."""
        inner = width - 88
        if self.terse:
            size = terse_size(self.look, self.label, inner)
            return self.look.height(self.label, inner, size, bold=True) + _ABOVE + _BELOW + self.edge
        words = sum(_heights(self.look, inner, self.label, self.detail))
        return words + _ABOVE + _BELOW + self.edge + (_PICTURE_LEAST + 28 if picture else _BETWEEN)

    def height_beside(self, width: float) -> float:
        """Of its words beside a small picture."""
        if self.terse:
            return self.height_for(width)
        inner = _inner(QRectF(0, 0, width, 0)).width() * (1 - _PARTS[0])
        return sum(_heights(self.look, inner, self.label, self.detail)) + _BETWEEN + _ABOVE + _BELOW + self.edge

    def boxes(self, rect: QRectF) -> tuple[QRectF, QRectF, QRectF]:
        """Label, picture and second line inside `rect`, as on the poster beside it."""
        return panel_boxes(self.look, rect, self.label, self.detail, part=self.part)

    def runs(self) -> list[Run]:
        rect = self.look.rect(self)
        kinds, ink = self.look.theme.type, "ink" if self.isEnabled() else "idle_ink"
        if self.terse:
            face = _inner(rect.adjusted(0, 0, 0, -self.edge))
            size = terse_size(self.look, self.label, face.width())
            return [self.look.run(self.label, face, size, ink, bold=True)]
        label, _picture, detail = self.boxes(rect.adjusted(0, 0, 0, -self.edge))
        size, words = title_size(self.look, self.label, label.width()), kinds.body
        if label.bottom() > detail.top():  # less room than the words need: both shrink
            usual, inner = self.look.base.type, label.united(detail)
            size, words = usual.title, usual.body
            height = self.look.height(self.label, inner.width(), size, bold=True)
            label = QRectF(inner.x(), inner.y(), inner.width(), height)
            detail = QRectF(inner.x(), label.bottom(), inner.width(), max(1.0, inner.bottom() - label.bottom()))
        runs = [self.look.run(self.label, label, size, ink, bold=True)]
        if self.detail:
            runs.append(self.look.run(self.detail, detail, words, ink))
        return runs

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        if self.picture_id and not self.terse:
            _label, box, _detail = self.boxes(face)
            if box.height() < _PICTURE_LEAST:
                return
            drawing = load_drawing(self.look.pictures, self.picture_id, self.look.theme.colours)
            drawing.paint(painter, box, drawing.still, self.look.scale)


def title_size(look: Look, text: str, width: float) -> int:
    """The largest title size that keeps `text` within two lines and its words whole."""
    steps = look.theme.type.title_steps
    return next(
        (s for s in steps if look.line_count(text, width, s, bold=True) <= 2 and look.whole(text, width, s, bold=True)),
        steps[-1],
    )


def terse_size(look: Look, text: str, width: float) -> int:
    """The largest size of a label that keeps it to one line; two lines of a title where there is none."""
    kinds = look.theme.type
    steps = (*kinds.title_steps, kinds.button, kinds.quiet)
    return next((s for s in steps if look.width(text, s, bold=True) <= width), title_size(look, text, width))


def panel_boxes(look: Look, rect: QRectF, title: str, body: str, *, part: float = 0.0) -> tuple[QRectF, QRectF, QRectF]:
    """Split a panel into title, picture and sentence. `part`: of its width for a picture at the left; 0 puts the
    picture between the two."""
    inner = _inner(rect)
    words = inner.adjusted(inner.width() * part, 0, 0, 0)
    above, below = _heights(look, words.width(), title, body)
    if part:
        top = words.y() + (words.height() - above - _BETWEEN - below) / 2
        picture = QRectF(inner.x(), inner.y(), inner.width() * (part - 0.03), inner.height())
        label = QRectF(words.x(), top, words.width(), above)
        return label, picture, QRectF(words.x(), top + above + _BETWEEN, words.width(), below)
    free = inner.height() - above - below
    if _BETWEEN <= free < _PICTURE_LEAST + 28:  # no room for a picture that says anything
        label = QRectF(inner.x(), inner.y() + (free - _BETWEEN) / 2, inner.width(), above)
        nothing = QRectF(inner.x(), label.bottom(), inner.width(), 0)
        return label, nothing, QRectF(inner.x(), label.bottom() + _BETWEEN, inner.width(), below)
    label = QRectF(inner.x(), inner.y(), inner.width(), above)
    low = QRectF(inner.x(), inner.bottom() - below, inner.width(), below)
    return label, QRectF(inner.x(), label.bottom() + 12, inner.width(), low.top() - label.bottom() - 28), low


def best_part(look: Look, rect: QRectF, title: str, body: str) -> float:
    """The `part` that shows the largest picture and leaves the words their room. What stands in the middle of a panel
    is read more easily, so a picture at the side has to be larger by a fifth."""
    inner, best = _inner(rect), 0.0
    largest = seen_width(panel_boxes(look, rect, title, body)[1]) * 1.2
    for part in _PARTS:
        width = inner.width() * (1 - part)
        seen = seen_width(panel_boxes(look, rect, title, body, part=part)[1])
        room = sum(_heights(look, width, title, body)) + _BETWEEN <= inner.height() and _whole(look, width, title, body)
        if room and seen > largest:
            best, largest = part, seen
    return best


def _whole(look: Look, width: float, title: str, body: str) -> bool:
    """No word is torn, and the title keeps to two lines."""
    size = title_size(look, title, width)
    lines = look.line_count(title, width, size, bold=True)
    return lines <= 2 and look.whole(title, width, size, bold=True) and look.whole(body, width, look.theme.type.body)


def seen_width(box: QRectF) -> float:
    """Width of a picture in this box."""
    return max(0.0, min(box.width(), box.height() * _PICTURE_ASPECT))


def _inner(rect: QRectF) -> QRectF:
    return rect.adjusted(44, _ABOVE, -44, -_BELOW)


def _heights(look: Look, width: float, title: str, body: str) -> tuple[float, float]:
    above = look.height(title, width, title_size(look, title, width), bold=True)
    return above, look.height(body, width, look.theme.type.body) if body else 0.0
