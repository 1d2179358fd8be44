"""What keys of a keyboard and of a numeric keypad mean. A keypad is felt and not seen: nobody knows whether its number
lock is on, and after the start of many systems it is off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFocusEvent, QKeyEvent

_NUM_LOCK_OFF = dict(
    zip(
        (
            Qt.Key.Key_Insert,
            *(Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_PageDown),
            *(Qt.Key.Key_Left, Qt.Key.Key_Clear, Qt.Key.Key_Right),
            *(Qt.Key.Key_Home, Qt.Key.Key_Up, Qt.Key.Key_PageUp),
        ),
        "0123456789",
        strict=True,
    )
)
_ARROWS = {Qt.Key.Key_Right: True, Qt.Key.Key_Down: True, Qt.Key.Key_Left: False, Qt.Key.Key_Up: False}
_ARROWS_OF_DIGITS = {"6": True, "2": True, "4": False, "8": False}


_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


def is_shown(event: QFocusEvent) -> bool:
    """Whether what takes the focus shows it. A finger needs no sign where it is; keys and a screen reader do."""
    by_screen_reader = event.reason() is Qt.FocusReason.OtherFocusReason and QAccessible.isActive()
    return event.reason() in _BY_KEYS or by_screen_reader


def on_keypad(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)


def unlocked(event: QKeyEvent) -> str:
    """The digit on a key of a numeric keypad whose lock is off; empty for every other key."""
    return _NUM_LOCK_OFF.get(Qt.Key(event.key()), "") if on_keypad(event) else ""


def direction(event: QKeyEvent) -> bool | None:
    """Whether the key leads on or back; None for one that does neither. On a keypad 2, 4, 6 and 8 are arrows."""
    if on_keypad(event):
        return _ARROWS_OF_DIGITS.get(event.text() or unlocked(event))
    return _ARROWS.get(Qt.Key(event.key()))
