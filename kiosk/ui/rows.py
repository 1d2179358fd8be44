"""Buttons below one another, two short equal ones side by side. Lengths are design pixels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from kiosk.ui.linebreak import plain
from kiosk.ui.look import Look
from kiosk.ui.page import place
from kiosk.ui.widgets.button import ChoiceButton, ChoiceCard, MainButton, PressButton, QuietButton
from kiosk.ui.widgets.form_rows import ChoiceOption
from kiosk.ui.widgets.item_switch import ItemSwitch


class ControlRows:
    """`paired`: short answers share a row, too; `cards_paired`: so do cards without their pictures."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.paired = False
        self.cards_paired = False

    def of(self, buttons: Sequence[PressButton], width: float) -> list[list[PressButton]]:
        """Two short equal buttons share a row; everything else has its own."""
        rows: list[list[PressButton]] = []
        for button in buttons:
            last = rows[-1] if rows else []
            alike = len(last) == 1 and type(last[0]) is type(button)
            if alike and all(self._short(b, (width - self._gap) / 2) for b in (*last, button)):
                last.append(button)
            else:
                rows.append([button])
        return rows

    def height(self, buttons: Sequence[PressButton], width: float) -> float:
        """Of all of them."""
        rows = self.of(buttons, width)
        return sum(self.row_height(row, width) for row in rows) + self._gap * max(0, len(rows) - 1)

    def row_height(self, row: Sequence[PressButton], width: float) -> float:
        each = (width - self._gap * (len(row) - 1)) / len(row)
        return max(b.height_for(each) for b in row)

    def place(self, buttons: Sequence[PressButton], box: QRectF, grow: float = 0.0) -> None:
        """From the top of `box` downwards; `grow`: so much higher are choices with a picture or a switch."""
        top = box.y()
        for row in self.of(buttons, box.width()):
            height = self.row_height(row, box.width())
            height += grow if isinstance(row[0], ChoiceCard | ItemSwitch) else 0.0
            each = (box.width() - self._gap * (len(row) - 1)) / len(row)
            for number, button in enumerate(row):
                place(self._look, button, QRectF(box.x() + number * (each + self._gap), top, each, height))
            top += height + self._gap

    @property
    def _gap(self) -> float:
        return float(self._look.theme.space.gap)

    def _short(self, button: PressButton, width: float) -> bool:
        if isinstance(button, ChoiceCard):
            return self._look.bare and self.cards_paired and self._in_few_lines(button, width)
        if isinstance(button, ChoiceOption):
            return self.paired and self._in_few_lines(button, width)
        if not isinstance(button, MainButton | ChoiceButton | QuietButton) or button.detail:
            return False
        return self._look.width(button.label, button.label_px(), bold=True) <= button.text_area(width, 0).width()

    def _in_few_lines(self, button: PressButton, width: float) -> bool:
        """Whether its words stay whole and stand in two lines each at most, no letter alone."""
        look, inner = self._look, button.text_area(width, 0).width()
        words = ((button.label, button.label_px(), True), (button.detail, look.theme.type.detail, False))
        for text, size, bold in words:
            lines = look.lines(text, inner, size, bold=bold)
            alone = len(lines) > 1 and any(len(plain(line)) == 1 for line in lines)
            if len(lines) > 2 or alone or not look.whole(text, inner, size, bold=bold):
                return False
        return True
