"""What was confirmed: the masked name, then rows of label and value."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.fonts import JAPANESE
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run

_PAD = 36.0
_AIR, _LEAST_AIR = 36.0, 14.0
"""Between two rows."""

_BESIDE_FROM = 1200.0
_NAME_PART = 0.36
"""Of a card so wide the name has the left part, the rows the rest."""


class ResultCard(QLabel):
    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._kinds = look.theme.type
        self._air = _AIR
        self._stacked = False  # labels above what they name
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
        """Of the largest words that keep to the room; then of lines that stand closer, and in two columns."""
        percent = self._look.theme.percent
        sizes = [p for p in (percent, 125, 100) if p <= percent]
        ways = [(p, _AIR, self._narrow) for p in sizes]
        for way in (*ways, (sizes[-1], _LEAST_AIR, self._narrow), (sizes[-1], _LEAST_AIR, False)):
            grown, self._air, self._stacked = way
            self._kinds = self._look.type_at(grown)
            height = self._height(width)
            if self.room is None or height <= self.room:
                break
        return height

    def _height(self, width: float) -> float:
        across = width - 2 * _PAD
        name, rows = self._name_height(across), sum(self._row_height(row, across) for row in self._rows)
        return 2 * 32 + (max(name, rows) if self._is_beside(across) else name + rows)

    def runs(self) -> list[Run]:
        rect = self._look.rect(self)
        across = rect.width() - 2 * _PAD
        top = max(32.0, (rect.height() - self.height_for(rect.width())) / 2 + 32)
        kinds, beside = self._kinds, self._is_beside(across)
        runs: list[Run] = []
        if self._name:
            label, name = self._name
            width = self._name_width(across)
            height = self._look.line_height(kinds.detail, label)
            high = self._look.height(name, width, kinds.name, bold=True, language=JAPANESE)
            first = top + 8 + (max(0.0, rect.height() - 2 * top - height - high - 16) / 2 if beside else 0)
            runs.append(self._look.run(label, QRectF(_PAD, first, width, height), kinds.detail, "ink_soft"))
            box = QRectF(_PAD, first + height, width, high)
            runs.append(self._look.run(name, box, kinds.name, "ink", bold=True, language=JAPANESE))
            top += 0.0 if beside else self._name_height(across)
        left, inner = self._rows_at(across)
        for row in self._rows:
            label, value = row
            height = self._row_height(row, across)
            if self._stacked:
                size = self._label_size(label, inner)
                first = self._look.height(label, inner, size)
                box = QRectF(left, top + self._air / 2, inner, first)
                runs.append(self._look.run(label, box, size, "ink_soft", centred=False))
                box = QRectF(left, top + self._air / 2 + first, inner, height - self._air - first)
            else:
                label_width = self._label_width(inner)
                box = QRectF(left, top, label_width, height)
                size = self._label_size(label, label_width)
                runs.append(self._look.run(label, box, size, "ink_soft", centred=False))
                box = QRectF(left + label_width + 24, top, inner - label_width - 24, height)
            runs.append(
                self._look.run(value, box, self._value_size(value, box.width()), "ink", bold=True, centred=False)
            )
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
            across = rect.width() - 2 * _PAD
            left, inner = self._rows_at(across)
            for number, run in enumerate(rows):
                if number or (self._name and not self._is_beside(across)):
                    middle = run.rect.center().y() - self._row_height(self._rows[number], across) / 2
                    y = run.rect.top() - self._air / 2 if self._stacked else middle
                    painter.setPen(QPen(self._look.colour("hairline"), 3))
                    painter.drawLine(round(left), round(y), round(left + inner), round(y))
            for run in runs:
                self._look.paint(painter, run)

    def _is_beside(self, across: float) -> bool:
        """Whether the name stands beside the rows."""
        return bool(self._name and self._rows) and across >= _BESIDE_FROM

    def _name_width(self, across: float) -> float:
        return across * _NAME_PART if self._is_beside(across) else across

    def _rows_at(self, across: float) -> tuple[float, float]:
        """Where the rows begin, and how wide they are."""
        beside = self._name_width(across) + 32 if self._is_beside(across) else 0.0
        return _PAD + beside, across - beside

    def _name_height(self, across: float) -> float:
        if not self._name:
            return 0.0
        kinds, width = self._kinds, self._name_width(across)
        return (
            self._look.line_height(kinds.detail, self._name[0])
            + self._look.height(self._name[1], width, kinds.name, bold=True, language=JAPANESE)
            + self._air
        )

    @property
    def _narrow(self) -> bool:
        """Large words leave no room for two columns on a narrow screen."""
        return self._look.theme.percent > 100 and self._look.rect(self.window()).width() < 1300

    def _row_height(self, row: tuple[str, str], across: float) -> float:
        inner = self._rows_at(across)[1]
        if self._stacked:
            label = self._look.height(row[0], inner, self._label_size(row[0], inner))
            return label + self._value_height(row[1], inner) + self._air
        label_width = self._label_width(inner)
        label = self._look.height(row[0], label_width, self._label_size(row[0], label_width))
        return max(label, self._value_height(row[1], inner - label_width - 24)) + self._air

    def _label_size(self, label: str, width: float) -> int:
        kind = "detail" if self._stacked else "body_small"
        return self._look.fitting(label, width, kind, getattr(self._kinds, kind))

    def _value_height(self, value: str, width: float) -> float:
        return self._look.height(value, width, self._value_size(value, width), bold=True)

    def _value_size(self, value: str, width: float) -> int:
        """Smaller for the long name of an insurer, before it is broken."""
        kinds, usual = self._kinds, self._look.base.type
        between = (kinds.body_small + usual.body) // 2
        sizes = sorted({kinds.body, kinds.body_small, between, usual.body, usual.body_small}, reverse=True)
        sizes = [size for size in sizes if size <= kinds.body]
        return next((s for s in sizes if self._look.whole(value, width, s, bold=True)), sizes[-1])

    def _label_width(self, inner: float) -> float:
        """As wide as the longest label, at most nearly half."""
        widest = max(self._look.width(label, self._kinds.body_small) for label, _value in self._rows)
        return min(inner * 0.44, widest + 8)
