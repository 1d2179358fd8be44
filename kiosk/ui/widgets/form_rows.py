"""What a form asks by choice, and its answers side by side, each to be pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.pad import Pad

_GAP = 24.0


class ChoiceOption(PressButton):
    """One of several answers: a ring with a point in it once it is chosen. A press only asks; the view answers."""

    border = "outline"
    ink = "ink"
    least_height = "frame_button"
    edge_kind = "edge_low"

    def show_state(self, on: bool) -> None:
        self.mark(on, among=True)
        self.border = "accent" if on else "outline"
        self.fill = "accent_tint" if on else "surface"
        self.update()

    def height_for(self, width: float) -> float:
        least = float(self.look.theme.space.frame_button)
        return max(least, self._texts_height(self.text_area(width, least).width()) + 36)

    def text_area(self, width: float, height: float) -> QRectF:
        return QRectF(124, 0, width - 124 - 24, height - self.edge)

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        centre = QPointF(face.x() + 68, face.center().y())
        colour = "idle_ink" if not self.isEnabled() else "accent" if self.isChecked() else "outline"
        painter.setPen(QPen(self.look.colour(colour), 6))
        painter.setBrush(self.look.colour("surface"))
        painter.drawEllipse(centre, 28, 28)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour(colour))
            painter.drawEllipse(centre, 16, 16)

    def _centred(self) -> bool:
        return False


class AnswerRow(PressButton):
    """Label above, answer below; an answer that is still open stands out by words and colour."""

    border = "hairline"
    ink = "ink"
    least_height = "target"
    edge_kind = "edge_low"

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent, look, control_id)
        self.open = False
        self.alone = False  # needs the whole width

    def show_answer(self, label: str, value: str, *, open_: bool) -> None:
        self.open = open_
        self.fill = "care_tint" if open_ else "surface"
        self.border = "care" if open_ else "outline"
        self.show_label(label, value)

    def height_for(self, width: float) -> float:
        inner = width - 48
        detail = self.look.height(self.detail, inner, self.look.theme.type.body_small, bold=True)
        return max(float(self.look.theme.space.target), self._label_height(inner) + detail + 12 + self.edge)

    def runs(self) -> list[Run]:
        rect = self.look.rect(self)
        kinds = self.look.theme.type
        area = QRectF(24, 4, rect.width() - 48, rect.height() - self.edge - 8)
        label = self._label_height(area.width())
        room = QRectF(area.x(), area.y() + label, area.width(), area.height() - label)
        top = QRectF(area.x(), area.y(), area.width(), label)
        return [
            self.look.run(self.label, top, kinds.detail, "ink_soft", centred=False),
            self.look.run(self.detail, room, kinds.body_small, "ink", bold=True, centred=False),
        ]

    def _label_height(self, width: float) -> float:
        return self.look.height(self.label, width, self.look.theme.type.detail)


class AnswerGrid(Pad):
    """All answers. Long ones get a row of their own."""

    def __init__(self, parent: QWidget, look: Look, on_tap: Callable[[str], None]) -> None:
        super().__init__(parent, look, "review")
        self._on_tap = on_tap
        self._rows: dict[str, AnswerRow] = {}
        self._shown: tuple[int, int | None] = (0, None)

    def show_rows(self, rows: Sequence[tuple[str, str, str, bool]]) -> None:
        """Control id, label, answer, and whether the answer is still open."""
        for control, label, value, open_ in rows:
            row = self._rows.get(control)
            if row is None:
                row = self._rows[control] = AnswerRow(self, self.look, control)
                row.clicked.connect(lambda _checked=False, control=control: self._on_tap(control))
                row.show()
            row.show_answer(label, value, open_=open_)

    def buttons(self) -> list[PressButton]:
        return list(self._rows.values())

    def height_for(self, _width: float) -> float:
        return 10_000.0

    def least_for(self, width: float) -> float:
        heights = self.line_heights(width)
        return sum(heights) + _GAP * (len(heights) - 1)

    def line_heights(self, width: float) -> list[float]:
        """Of each line of answers side by side."""
        lines, columns = self._lines(width)
        each = (width - _GAP * (columns - 1)) / columns
        return [max(row.height_for(width if row.alone else each) for row in line) for line in lines]

    def line(self, number: int) -> Sequence[PressButton]:
        """What stood on that line at the width that it has now."""
        lines, _columns = self._lines(self.look.rect(self).width())
        return lines[number] if number < len(lines) else ()

    def show_lines(self, first: int, last: int | None) -> None:
        """Only the lines from `first` to before `last`; None: all that follow."""
        self._shown = (first, last)

    def arrange(self) -> None:
        rect = self.look.rect(self)
        first, last = self._shown
        lines, columns = self._lines(rect.width())
        heights = self.line_heights(rect.width())[first:last]
        shown = lines[first:last]
        for row in self._rows.values():
            row.setVisible(any(row in line for line in shown))
        free = rect.height() - sum(heights) - _GAP * (len(heights) - 1)
        grow = max(0.0, min(free / max(1, len(heights)), 40.0))
        each = (rect.width() - _GAP * (columns - 1)) / columns
        top = 0.0
        for line, height in zip(shown, heights, strict=True):
            for place, row in enumerate(line):
                width = rect.width() if row.alone else each
                self.look.place(row, QRectF(place * (each + _GAP), top, width, height + grow))
            top += height + grow + _GAP

    def _lines(self, width: float) -> tuple[list[list[AnswerRow]], int]:
        """Answers side by side, a long one alone; and how many fit beside one another."""
        size = self.look.theme.type.body_small
        columns = max(1, min(3, int(width // (10 * size))))
        lines: list[list[AnswerRow]] = []
        for row in self._rows.values():
            row.alone = columns == 1 or self.look.width(row.detail, size, bold=True) > width / columns * 1.4
            if lines and not row.alone and len(lines[-1]) < columns and not lines[-1][0].alone:
                lines[-1].append(row)
            else:
                lines.append([row])
        return lines, columns

    def type_key(self, _event: QKeyEvent) -> bool:
        return False

    def type_whole(self, _text: str) -> None:
        """Nothing is written here."""
