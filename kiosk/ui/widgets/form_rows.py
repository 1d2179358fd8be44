"""What a form asks by choice, and its answers side by side, each to be pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.pad import Pad


class ChoiceOption(PressButton):
    """One of several answers: a ring with a point in it once it is chosen. A press only asks; the view answers."""

    border = "outline"
    ink = "ink"
    least_height = "frame_button"
    edge_kind = "edge_low"

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent, look, control_id)
        self.setCheckable(True)

    def show_state(self, on: bool) -> None:
        self.setChecked(on)
        self.border = "accent" if on else "outline"
        self.fill = "accent_tint" if on else "surface"
        self.update()

    def nextCheckState(self) -> None:  # noqa: N802
        """The flow decides."""

    def height_for(self, width: float) -> float:
        least = float(self.look.theme.space.frame_button)
        return max(least, self._texts_height(self.text_area(width, least).width()) + 36)

    def text_area(self, width: float, height: float) -> QRectF:
        return QRectF(124, 0, width - 124 - 24, height - self.edge)

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        centre = QPointF(face.x() + 68, face.center().y())
        painter.setPen(QPen(self.look.colour("accent" if self.isChecked() else "outline"), 6))
        painter.setBrush(self.look.colour("surface"))
        painter.drawEllipse(centre, 28, 28)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour("accent"))
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

    def runs(self) -> list[Run]:
        rect = self.look.rect(self)
        kinds = self.look.theme.type
        area = QRectF(24, 0, rect.width() - 48, rect.height() - self.edge)
        label = self.look.line_height(kinds.badge)
        room = area.height() - label - 12
        sizes = (kinds.body_small, kinds.detail, kinds.badge, 24, 20)
        size = next((s for s in sizes if self.look.height(self.detail, area.width(), s, bold=True) <= room), sizes[-1])
        return [
            self.look.run(self.label, QRectF(area.x(), 6, area.width(), label), kinds.badge, "ink_soft", centred=False),
            self.look.run(
                self.detail, QRectF(area.x(), 6 + label, area.width(), room), size, "ink", bold=True, centred=False
            ),
        ]


class AnswerGrid(Pad):
    """All answers. Long ones get a row of their own."""

    def __init__(self, parent: QWidget, look: Look, on_tap: Callable[[str], None]) -> None:
        super().__init__(parent, look, "review")
        self._on_tap = on_tap
        self._rows: dict[str, AnswerRow] = {}

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

    def arrange(self) -> None:
        rect = self.look.rect(self)
        columns = 2 if rect.width() < 1200 else 3
        gap = 24.0
        lines: list[list[AnswerRow]] = []
        for row in self._rows.values():
            long = (
                self.look.width(row.detail, self.look.theme.type.body_small, bold=True) > rect.width() / columns * 1.4
            )
            if lines and not long and len(lines[-1]) < columns and not self._alone(lines[-1]):
                lines[-1].append(row)
            else:
                lines.append([row])
            row.alone = long
        most = 150.0
        height = min(most, (rect.height() - gap * (len(lines) - 1)) / max(1, len(lines)))
        filled = [line if self._alone(line) else [*line, *[None] * (columns - len(line))] for line in lines]
        self.place_rows(filled, QRectF(0, 0, rect.width(), len(lines) * (height + gap) - gap), gap)

    def _alone(self, line: Sequence[AnswerRow]) -> bool:
        return len(line) == 1 and line[0].alone

    def type_key(self, _event: QKeyEvent) -> bool:
        return False

    def type_whole(self, _text: str) -> None:
        """Nothing is written here."""
