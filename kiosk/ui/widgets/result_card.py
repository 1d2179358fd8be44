"""What was confirmed: the masked name, then rows of label and value."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.fonts import JAPANESE
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run

_PAD = 44.0


class ResultCard(QLabel):
    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._kinds = look.theme.type
        self._name: tuple[str, str] | None = None
        self._rows: tuple[tuple[str, str], ...] = ()
        self.room: float | None = None  # height that it may take; its words shrink for it

    def show_result(self, name: tuple[str, str] | None, rows: tuple[tuple[str, str], ...]) -> None:
        """`name` is its label and the name as the flow allows it to be seen."""
        self._name = name
        self._rows = rows
        lines = "\n".join(f"{label} {value}" for label, value in ((name,) if name else ()) + rows)
        self.setText(plain(lines))
        self.setAccessibleName(spoken(lines))
        self.update()

    def height_for(self, width: float) -> float:
        """Of the largest words that keep to the room."""
        self._kinds = self._look.theme.type
        for percent in (self._look.theme.percent, 125, 100):
            if percent <= self._look.theme.percent:
                self._kinds = self._look.base.type.grown(percent)
                height = self._height(width)
                if self.room is None or height <= self.room:
                    break
        return height

    def _height(self, width: float) -> float:
        inner = width - 2 * _PAD
        return 2 * 32 + self._name_height(inner) + sum(self._row_height(row, inner) for row in self._rows)

    def runs(self) -> list[Run]:
        rect = self._look.rect(self)
        inner = rect.width() - 2 * _PAD
        top = max(32.0, (rect.height() - self.height_for(rect.width())) / 2 + 32)
        kinds = self._kinds
        runs: list[Run] = []
        if self._name:
            label, name = self._name
            height = self._look.line_height(kinds.detail, label)
            box = QRectF(_PAD, top + 8, inner, height)
            runs.append(self._look.run(label, box, kinds.detail, "ink_soft"))
            box = QRectF(
                _PAD, top + 8 + height, inner, self._look.height(name, inner, kinds.name, bold=True, language=JAPANESE)
            )
            runs.append(self._look.run(name, box, kinds.name, "ink", bold=True, language=JAPANESE))
            top += self._name_height(inner)
        for row in self._rows:
            label, value = row
            height = self._row_height(row, inner)
            if self._stacked:
                first = self._look.height(label, inner, kinds.detail)
                box = QRectF(_PAD, top + 18, inner, first)
                runs.append(self._look.run(label, box, kinds.detail, "ink_soft", centred=False))
                box = QRectF(_PAD, top + 18 + first, inner, height - 36 - first)
            else:
                label_width = self._label_width(inner)
                box = QRectF(_PAD, top, label_width, height)
                runs.append(self._look.run(label, box, kinds.body_small, "ink_soft", centred=False))
                box = QRectF(_PAD + label_width + 24, top, inner - label_width - 24, height)
            runs.append(self._look.run(value, box, kinds.body, "ink", bold=True, centred=False))
            top += height
        return runs

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            shape = self._look.theme.shape
            painter.setBrush(self._look.colour("surface"))
            painter.setPen(QPen(self._look.colour("hairline"), shape.line))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), shape.radius_large, shape.radius_large)
            runs = self.runs()
            rows = runs[2 if self._name else 0 :: 2]
            for number, run in enumerate(rows):
                if number or self._name:
                    inner = rect.width() - 2 * _PAD
                    middle = run.rect.center().y() - self._row_height(self._rows[number], inner) / 2
                    y = run.rect.top() - 18 if self._stacked else middle
                    painter.setPen(QPen(self._look.colour("hairline"), 3))
                    painter.drawLine(round(_PAD), round(y), round(rect.width() - _PAD), round(y))
            for run in runs:
                self._look.paint(painter, run)

    def _name_height(self, inner: float) -> float:
        if not self._name:
            return 0.0
        kinds = self._kinds
        return (
            self._look.line_height(kinds.detail, self._name[0])
            + self._look.height(self._name[1], inner, kinds.name, bold=True, language=JAPANESE)
            + 36
        )

    @property
    def _stacked(self) -> bool:
        """Large words leave no room for two columns on a narrow screen."""
        return self._look.theme.percent > 100 and self._look.rect(self.window()).width() < 1300

    def _row_height(self, row: tuple[str, str], inner: float) -> float:
        kinds = self._kinds
        if self._stacked:
            label = self._look.height(row[0], inner, kinds.detail)
            return label + self._look.height(row[1], inner, kinds.body, bold=True) + 36
        label_width = self._label_width(inner)
        label = self._look.height(row[0], label_width, kinds.body_small)
        value = self._look.height(row[1], inner - label_width - 24, kinds.body, bold=True)
        return max(label, value) + 36

    def _label_width(self, inner: float) -> float:
        return inner * 0.44
