"""What every pad is to page, layout and window: a block of keys that knows its height and takes a keyboard's keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import FrameButton, PressButton


class PadKey(PressButton):
    """One key. What it writes stands on it."""

    label_size = "digit"
    least_height = "target"
    border = "outline"
    ink = "ink"
    edge_kind = "edge_low"

    def text_area(self, width: float, height: float) -> QRectF:
        return QRectF(6, 0, width - 12, height - self.edge)

    def runs(self) -> list[Run]:
        """As large as the key allows."""
        rect = self.look.rect(self)
        area = self.text_area(rect.width(), rect.height())
        kinds = self.look.theme.type
        sizes = (getattr(kinds, self.label_size), kinds.name, kinds.quiet, kinds.detail, kinds.badge)
        size = next((s for s in sizes if self._fits(s, area)), sizes[-1])
        ink = self.ink if self.isEnabled() else "idle_ink"
        return [self.look.run(self.label, area, size, ink, bold=True)]

    def _fits(self, size: int, area: QRectF) -> bool:
        whole = self.look.width(self.label, size, bold=True) <= area.width()
        return whole and self.look.line_height(size, self.label) <= area.height()


class WordKey(PadKey):
    """A key with a word on it."""

    label_size = "quiet"


class SignKey(FrameButton):
    """A key that changes what is written."""

    label_size = "detail"
    edge_kind = "edge_low"

    def text_area(self, width: float, height: float) -> QRectF:
        return super().text_area(width, height) if self.icon_name else QRectF(6, 0, width - 12, height - self.edge)

    def _sign(self) -> str:
        return self.icon_name


class Pad(QWidget):
    """Base. `field` is what is written."""

    def __init__(self, parent: QWidget, look: Look, field: str) -> None:
        super().__init__(parent)
        self.field = field
        self.look = look

    def height_for(self, width: float) -> float:
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
                    self.look.place(widget, QRectF(left, box.y() + number * (height + gap), width, height))


class WrittenLine(QLabel):
    """What is written so far, in a box with a mark where the next letter goes. Shrinks and breaks, never cuts."""

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
        kinds = self._look.theme.type
        size = next((s for s in (kinds.name, kinds.body, kinds.body_small) if self._fits(s, rect)), kinds.detail)
        return [self._look.run(self._text, rect, size, "ink", bold=True, centred=False)]

    def _fits(self, size: int, rect: QRectF) -> bool:
        return self._look.height(self._text, rect.width(), size, bold=True) <= rect.height()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(self._look.colour("surface"))
            painter.setPen(QPen(self._look.colour("accent"), 6))
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), 20, 20)
            (run,) = self.runs()
            if self._text:
                self._look.paint(painter, run)
            last = run.lines[-1] if run.lines else ""
            width = self._look.width(last, run.size, bold=True) if self._text else 0
            line = self._look.line_height(run.size)
            x = min(run.rect.x() + width + 8, rect.right() - 20)
            bottom = run.rect.bottom()
            painter.setPen(QPen(self._look.colour("accent"), 5))
            painter.drawLine(round(x), round(bottom - line + 6), round(x), round(bottom - 6))
