"""The pad for the PIN. Digits stay in one buffer that is overwritten as soon as they are handed on or given up."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.domain.secret import Secret
from kiosk.ui.announcer import announce
from kiosk.ui.keys import is_shown, unlocked
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import MainButton, PressButton
from kiosk.ui.widgets.pad import PadKey, SignKey, fitting_px, place_key

_DIGITS = "1234567890"
_WIDE = 1200.0


class DigitKey(PadKey):
    """Whoever stands behind must not read a PIN from its colour."""

    edge_kind = "edge"
    tells_press = False


class ClearKey(SignKey):
    label_size = "choice"
    edge_kind = "edge"


class OkKey(MainButton):
    def label_px(self) -> int:
        """As large as the key allows."""
        return fitting_px(self, self.label_size, around=58)


class EnteredDots(QLineEdit):
    """How many digits are in, never which: no digit ever comes here. To a screen reader it is a field for a password,
    so that it keeps silent about keys while this has the focus; all keys go on to the pad."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._ring = False
        self.length = 4
        self.count = 0
        self.setObjectName("pin.entered")
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def show_count(self, count: int, sentence: str) -> None:
        self.count = count
        self.setText("●" * count)
        before = self.accessibleName()
        self.setAccessibleName(sentence)
        if self.isVisible() and not self.hasFocus() and before not in ("", sentence):
            announce(self, sentence)  # of what has the focus a new name is said anyway
        self.update()

    @property
    def shows_ring(self) -> bool:
        """Whether it has the focus, and from a keyboard."""
        return self._ring

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = is_shown(event)
        super().focusInEvent(event)
        self.deselect()  # else a screen reader tells of a selection

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = False
        super().focusOutEvent(event)

    def runs(self) -> list[Run]:
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            side, gap = (100.0, 30.0) if self.length <= 4 else (96.0, 18.0)
            left = rect.center().x() - (self.length * side + (self.length - 1) * gap) / 2
            for number in range(self.length):
                box = QRectF(left + number * (side + gap), rect.center().y() - side / 2, side, side)
                current = number == self.count
                painter.setPen(QPen(self._look.colour("accent" if current else "outline"), 8 if current else 4))
                painter.setBrush(self._look.colour("surface"))
                painter.drawRoundedRect(box, 20, 20)
                if number < self.count:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(self._look.colour("ink"))
                    painter.drawEllipse(QPointF(box.center()), 24, 24)
            if self._ring:
                width = self._look.theme.shape.focus
                row = QRectF(left, rect.center().y() - side / 2, self.length * (side + gap) - gap, side)
                painter.setPen(QPen(self._look.colour("focus"), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(row.adjusted(-12, -8, 12, 8), 26, 26)


class DigitPad(QWidget):
    """`on_typed` is called with the digits when the OK key is pressed with all of them in.

    `field` says what they are. A shuffled pad has its digits in another order each time it is made; keys of a
    keyboard mean what is printed on them.
    """

    dots_height = 148.0

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        on_typed: Callable[[Secret], None],
        *,
        field: str = "pin",
        shuffled: bool = False,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._order = list(_DIGITS)
        if shuffled:
            random.SystemRandom().shuffle(self._order)
        self._look = look
        self._on_typed = on_typed
        self._buffer = bytearray()
        self._length = 4
        self._say_entered: Callable[[int, int], str] = lambda _count, _length: ""
        self.dots = EnteredDots(self, look)
        self.keys: dict[str, DigitKey] = {}
        for digit in _DIGITS:
            key = DigitKey(self, look, f"pin.digit.{digit}")
            key.show_label(digit)
            key.clicked.connect(lambda _checked=False, digit=digit: self._press(digit))
            self.keys[digit] = key
        self.clear = ClearKey(self, look, "pin.clear", "erase")
        self.clear.clicked.connect(self.forget)
        self.ok = OkKey(self, look, "pin.ok")
        self.ok.clicked.connect(self._hand_on)

    def show_pad(self, length: int, clear: str, ok: str, say_entered: Callable[[int, int], str]) -> None:
        """`say_entered(count, length)` gives the sentence that a screen reader speaks."""
        self._length = self.dots.length = length
        self._say_entered = say_entered
        self.clear.show_label(clear)
        self.ok.show_label(ok)
        self._show_count()

    def buttons(self) -> list[PressButton]:
        """In reading order."""
        *above, last = (self.keys[digit] for digit in self._order)
        return [*above, self.clear, last, self.ok]

    def forget(self) -> None:
        for position in range(len(self._buffer)):
            self._buffer[position] = 0
        self._buffer.clear()
        self._show_count()

    def height_for(self, width: float) -> float:
        return self.dots_height + 4 * min(176.0, width * 0.17) + 3 * self._look.theme.space.gap

    def least_for(self, width: float) -> float:
        space = self._look.theme.space
        keys = 4 * space.target + 3 * space.gap
        return float(keys if self._can_stand_beside(width) else keys + self.dots_height)

    def _can_stand_beside(self, width: float) -> bool:
        """Whether dots and keys have room side by side."""
        return width > _WIDE

    def arrange(self) -> None:
        rect = self._look.rect(self)
        space = self._look.theme.space
        gap = float(space.gap)
        high = rect.height() >= self.dots_height + 4 * space.target + 3 * gap
        beside = not high and self._can_stand_beside(rect.width())
        keys = QRectF(0, self.dots_height, rect.width(), rect.height() - self.dots_height)
        if beside:  # low and wide: the dots stand at the left
            part = rect.width() * 0.4
            keys = QRectF(part + gap, 0, rect.width() - part - gap, rect.height())
            self._look.place(self.dots, QRectF(0, 0, part, rect.height()))
        else:
            self._look.place(self.dots, QRectF(0, 0, rect.width(), self.dots_height - gap))
        width = (keys.width() - 2 * gap) / 3
        height = (keys.height() - 3 * gap) / 4
        for number, button in enumerate(self.buttons()):
            row, column = divmod(number, 3)
            left, top = keys.x() + column * (width + gap), keys.y() + row * (height + gap)
            place_key(self._look, button, QRectF(left, top, width, height))

    def runs(self) -> list[Run]:
        return []

    def _means(self, event: QKeyEvent) -> bool:
        keys = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return (event.text() or unlocked(event)) in self.keys or event.key() in keys

    def type_key(self, event: QKeyEvent) -> bool:
        """Take a digit, erase or enter from a keyboard; False when the key is none of them."""
        if not self._means(event):
            return False
        text = event.text() or unlocked(event)
        if text in self.keys:
            self.keys[text].click()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.clear.click()
        else:
            self.ok.click()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """From one of its keys: Enter must not press that key again after a digit was typed."""
        if not self._means(event):
            super().keyPressEvent(event)
            return
        self.dots.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.type_key(event)

    def _press(self, digit: str) -> None:
        if len(self._buffer) < self._length:
            self._buffer += digit.encode("ascii")
            self._show_count()
            self._look.on_digit()

    def _hand_on(self) -> None:
        if len(self._buffer) == self._length:
            secret = Secret(self._buffer)
            self.forget()
            self._on_typed(secret)

    def _show_count(self) -> None:
        count = len(self._buffer)
        self.dots.show_count(count, self._say_entered(count, self._length))
        self.clear.setEnabled(count > 0)
        self.ok.setEnabled(count == self._length)
        if count == self._length and any(key.hasFocus() for key in self.keys.values()):
            self.ok.setFocus(Qt.FocusReason.TabFocusReason)  # before Qt hands it to the key that erases
        for key in self.keys.values():
            key.setEnabled(count < self._length)
