"""The choice of a language: each by its own name in its own letters.

Few languages stand in the frame themselves. Many stand behind one button, which lays them over the content; on the
start screen they are there at once, so that whoever cannot read the screen needs one press only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import View
from kiosk.ui.look import Look
from kiosk.ui.widgets.button import FrameButton
from kiosk.ui.widgets.sheet import SheetGround, spread

FEW = 2
"""So many languages find room in the frame beside its other buttons."""

_STRIP_HEIGHT, _STRIP_GAP, _STRIP_CLOSER = 88.0, 20.0, 16.0
_STRIP_ROWS = {True: 3, False: 2}  # at most, on a tall and on a wide screen


class LanguageChoice:
    """The buttons of one window's languages. `changed` is called when they open or close."""

    def __init__(
        self,
        window: QWidget,
        look: Look,
        render: Callable[[Text], str],
        on_tap: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._window = window
        self._look = look
        self._render = render
        self._on_tap = on_tap
        self._changed = changed
        self.is_open = False
        self._buttons: dict[str, FrameButton] = {}
        self._panel = SheetGround(window, look)
        self._panel.setObjectName("languages")
        self._panel.hide()
        self._opener = FrameButton(window, look, "language", "globe", stacked=True)
        self._opener.clicked.connect(lambda: self.open_panel(not self.is_open))
        self._opener.hide()
        self._shown: tuple[str, str] = ("", "")
        self._on_start = False
        self.spread_out = True  # on the start screen, where they find room

    @property
    def many(self) -> bool:
        return len(self._buttons) > FEW

    def show_view(self, view: View, *, on_accent: bool) -> None:
        if (view.screen, view.language) != self._shown:
            self.is_open = False
        self._shown = (view.screen, view.language)
        self._on_start = view.screen == "idle" and not view.notices and not view.low and view.text_size <= 100
        for code in [c for c in self._buttons if c not in view.languages]:
            gone = self._buttons.pop(code)
            gone.hide()
            gone.deleteLater()
        for code in view.languages:
            if code not in self._buttons:
                self._buttons[code] = self._button(code)
        for code, button in self._buttons.items():
            self._name(button, code)
            button.show_chosen(code == view.language, on_accent=on_accent)
            button.stacked = not self.many
            button.icon_name = "" if self.many else "globe"
        self._opener.setVisible(self.many)
        if self.many:
            self._name(self._opener, view.language, short=True)

    def in_row(self) -> list[FrameButton]:
        """What stands in the row of the frame."""
        return [self._opener] if self.many else list(self._buttons.values())

    def buttons(self) -> list[FrameButton]:
        """In reading order, without those that are not seen now."""
        return [*self.in_row(), *(b for b in self._buttons.values() if self.many and not b.isHidden())]

    def holds(self, widget: QWidget | None) -> bool:
        return widget is self._opener or widget in self._buttons.values()

    def reveal(self, control_id: str) -> None:
        """Open the panel if that is where this control is."""
        button = self._buttons.get(control_id.partition(".")[2])
        if button is not None and button.objectName() == control_id and button.isHidden():
            self.open_panel(True)

    def open_panel(self, wanted: bool) -> None:
        without_finger = self._opener.shows_ring or QAccessible.isActive()
        if self.is_open and any(button.hasFocus() for button in self._buttons.values()):
            # Qt would hand it through all of them while they hide, and a screen reader say each.
            self._opener.setFocus(Qt.FocusReason.TabFocusReason)
        self.is_open = wanted
        self._changed()
        if wanted and without_finger:
            self._buttons[self._shown[1]].setFocus(Qt.FocusReason.TabFocusReason)

    # ---------- places ----------

    def place_strip(self, box: QRectF, *, tall: bool, beside: QRectF | None = None) -> float:
        """All languages below one another from the top of `box`, where they belong and find room; returns the height
        taken. `beside` is a place above the box for a first row. They hide otherwise, unless they stand in the row."""
        wanted = self.many and self._on_start and self.spread_out and not self.is_open
        rows, first = self._strip_rows(box.width(), beside, tall=tall) if wanted else ([], None)
        for button in self._buttons.values():
            button.setVisible(bool(rows) or first is not None or not self.many)
        if first is not None and beside is not None:
            middle = beside.y() + (beside.height() - _STRIP_HEIGHT) / 2
            self._place_row(first, QRectF(beside.x(), middle, beside.width(), _STRIP_HEIGHT))
        for number, row in enumerate(rows):
            top = box.y() + number * (_STRIP_HEIGHT + _STRIP_GAP)
            self._place_row(row, QRectF(box.x(), top, box.width(), _STRIP_HEIGHT))
        return len(rows) * (_STRIP_HEIGHT + _STRIP_GAP)

    def _place_row(self, row: Sequence[FrameButton], box: QRectF) -> None:
        free = box.width() - _row_width(row)
        x = box.x()
        for button in row:
            width = _strip_width(button) + free / len(row)
            self._look.place(button, QRectF(x, box.y(), width, box.height()))
            x += width + _STRIP_GAP

    def place_panel(self, area: QRectF, lowest_top: float | None) -> None:
        """Over the content while it is open; nothing to press above `lowest_top`."""
        self._panel.setVisible(self.is_open)
        if not self.is_open:
            return
        columns = 2 if area.height() > area.width() else 4
        spread(self._look, self._panel, list(self._buttons.values()), area, lowest_top, columns=columns)

    def _strip_rows(
        self, width: float, beside: QRectF | None, *, tall: bool
    ) -> tuple[list[list[FrameButton]], list[FrameButton] | None]:
        """In the fewest rows of about equally many, and the row beside; none where they would be too many."""
        buttons = list(self._buttons.values())
        for button in buttons:
            button.size_px = 0
        heads = []
        if beside is not None:
            heads = [n for n in range(len(buttons) - 1, 1, -1) if _row_needs(buttons[:n]) <= beside.width()]
        for count in range(1, _STRIP_ROWS[tall] + 1):
            for head in [*heads[:1], 0]:
                each = -(-(len(buttons) - head) // count)
                rows = [buttons[n : n + each] for n in range(head, len(buttons), each)]
                if all(_row_needs(row) <= width for row in rows):
                    return rows, buttons[:head] if head else None
        return [], None

    def _button(self, code: str) -> FrameButton:
        button = FrameButton(self._window, self._look, f"language.{code}", stacked=True)
        button.clicked.connect(lambda: self._chosen(button.objectName()))
        button.hide()
        return button

    def _chosen(self, control_id: str) -> None:
        if self.is_open:
            self.open_panel(False)
        self._on_tap(control_id)

    def _name(self, button: FrameButton, code: str, *, short: bool = False) -> None:
        name = self._render(Text(f"language.{code}"))
        button.letters = code
        if short:
            said = self._render(Text("control.language", (("name", name),)))
            button.show_label(self._render(Text(f"language.short.{code}")), heard=said)
        else:
            button.show_label(name)


def _row_width(row: Sequence[FrameButton]) -> float:
    return sum(_strip_width(b) for b in row) + _STRIP_GAP * (len(row) - 1)


def _row_needs(row: Sequence[FrameButton]) -> float:
    """Whichever of them is chosen: the rows stay the same when another language is."""
    return _row_width(row) + (0.0 if any(b.chosen for b in row) else row[0].sign_width)


def _strip_width(button: FrameButton) -> float:
    """Eleven of them stand closer to their words than a button of the frame."""
    return button.natural_width() - _STRIP_CLOSER
