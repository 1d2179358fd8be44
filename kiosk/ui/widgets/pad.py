"""What every pad is to page, layout and window: a block of keys that knows its height and takes a keyboard's keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.fonts import JAPANESE
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import FrameButton, PressButton

_SIGN_EDGE = 44.0
_LEAST_PX = 35
"""24 points on a screen of 21.5 inches."""


def fitting_px(key: PressButton, kind: str, *, around: float = 12) -> int:
    """The largest size, from the reader's to the least of all, in which the label stands in one line on its key.
    `around`: width that is not the label's."""
    look, rect = key.look, key.look.rect(key)
    wished, usual = getattr(look.theme.type, kind), getattr(look.base.type, kind)
    kinds = look.base.type
    sizes = (wished, (wished + usual) // 2, usual, kinds.name, kinds.quiet, kinds.detail, _LEAST_PX)
    width, height = rect.width() - around, (key.room or rect.height()) - key.edge

    def fits(size: int) -> bool:
        return look.width(key.label, size, bold=True) <= width and look.line_height(size) <= height

    return next((size for size in sorted(set(sizes), reverse=True) if size <= wished and fits(size)), sizes[-1])


def place_key(look: Look, key: QWidget, rect: QRectF) -> None:
    """One of a block of equal keys."""
    if isinstance(key, PressButton):
        key.room = rect.height()
    look.place(key, rect)


class PadKey(PressButton):
    """One key. What it writes stands on it."""

    label_size = "digit"
    least_height = "target"
    border = "outline"
    ink = "ink"
    edge_kind = "edge_low"

    def text_area(self, width: float, height: float) -> QRectF:
        return QRectF(6, 0, width - 12, height - self.edge)

    def label_px(self) -> int:
        """As large as the key allows."""
        return fitting_px(self, self.label_size)


class WordKey(PadKey):
    """A key with a word on it."""

    label_size = "quiet"


class SignKey(FrameButton):
    """A key that changes what is written."""

    label_size = "detail"
    edge_kind = "edge_low"

    def label_px(self) -> int:
        """As large as the key allows, or as the keys beside it; a mark alone is small by nature."""
        kind = "name" if len(self.label) == 1 else self.label_size
        return self.size_px or fitting_px(self, kind, around=self._sign_edge() + 44 if self._sign() else 14)

    def text_area(self, width: float, height: float) -> QRectF:
        return super().text_area(width, height) if self.icon_name else QRectF(6, 0, width - 12, height - self.edge)

    def _sign(self) -> str:
        return self.icon_name

    def _sign_edge(self) -> float:
        """Grows less than the words, which need the room."""
        return _SIGN_EDGE * (1 + (self.look.theme.percent - 100) / 250)


def even_words(keys: Sequence[SignKey]) -> None:
    """The same size on keys that stand side by side; a single mark is as large as it can be."""
    words = [key for key in keys if len(key.label) > 1]
    for key in words:
        key.size_px = 0
    least = min((key.label_px() for key in words), default=0)
    for key in words:
        key.size_px = least


class Pad(QWidget):
    """Base. `field` is what is written."""

    def __init__(self, parent: QWidget, look: Look, field: str) -> None:
        super().__init__(parent)
        self.field = field
        self.look = look

    def height_for(self, width: float) -> float:
        raise NotImplementedError

    def least_for(self, width: float) -> float:
        """Least height in which every key can be pressed by an old finger."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Place everything inside the widget's rectangle."""
        raise NotImplementedError

    def buttons(self) -> list[PressButton]:
        """In reading order."""
        raise NotImplementedError

    def type_key(self, event: QKeyEvent) -> bool:
        """Take a key of a keyboard; False when it means nothing here."""
        raise NotImplementedError

    def type_whole(self, text: str) -> None:
        """Write `text` in place of what is there."""
        raise NotImplementedError

    def runs(self) -> list[Run]:
        return []

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self.type_key(event):
            super().keyPressEvent(event)

    def place_rows(self, rows: Sequence[Sequence[QWidget | None]], box: QRectF, gap: float) -> None:
        """Rows of equal height; each row's keys share its width, None leaves a key's place free."""
        height = (box.height() - gap * (len(rows) - 1)) / max(1, len(rows))
        for number, row in enumerate(rows):
            width = (box.width() - gap * (len(row) - 1)) / max(1, len(row))
            for place, widget in enumerate(row):
                if widget is not None:
                    left = box.x() + place * (width + gap)
                    place_key(self.look, widget, QRectF(left, box.y() + number * (height + gap), width, height))


class WrittenLine(QLabel):
    """What is written so far, in a box with a mark where the next letter goes. Shrinks and breaks; of what is longer
    the end is seen."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._text = ""

    def show_written(self, text: str, spoken: str) -> None:
        self._text = text
        self.setText(text)
        self.setAccessibleName(spoken)
        self.update()

    def runs(self) -> list[Run]:
        rect = self._look.rect(self).adjusted(28, 8, -44, -8)
        kinds, usual = self._look.theme.type, self._look.base.type
        sizes = (kinds.name, kinds.body, kinds.body_small, usual.name, usual.body, usual.body_small)
        size = next((s for s in sizes if self._fits(self._text, s, rect)), usual.detail)
        shown = self._end(size, rect)
        return [self._look.run(shown, rect, size, "ink", bold=True, centred=False, language=JAPANESE)]

    def _end(self, size: int, rect: QRectF) -> str:
        """All of it, or as much of its end as has room: that is where is written."""
        if self._fits(self._text, size, rect):
            return self._text
        most = int(rect.width() * rect.height() / size / self._look.line_height(size))
        cuts = range(max(1, len(self._text) - 2 * most), len(self._text))
        ends = ("…" + self._text[cut:] for cut in cuts)
        return next((end for end in ends if self._fits(end, size, rect)), "…")

    def _fits(self, text: str, size: int, rect: QRectF) -> bool:
        return self._look.height(text, rect.width(), size, bold=True, language=JAPANESE) <= rect.height()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(self._look.colour("surface"))
            painter.setPen(QPen(self._look.colour("accent"), 6))
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), 20, 20)
            (run,) = self.runs()
            if self._text:
                self._look.paint(painter, run)
            last = run.lines[-1] if run.lines else ""
            width = self._look.width(last, run.size, bold=True, language=JAPANESE) if self._text else 0
            line = self._look.line_height(run.size)
            x = min(run.rect.x() + width + 8, rect.right() - 20)
            bottom = run.rect.bottom()
            painter.setPen(QPen(self._look.colour("accent"), 5))
            painter.drawLine(round(x), round(bottom - line + 6), round(x), round(bottom - 6))
