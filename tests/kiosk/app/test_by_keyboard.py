"""Whole visits by keys alone: shipped scenarios, in which every press of a finger is a walk with the Tab key and every
text is typed. What has the focus shows it at every step."""

from __future__ import annotations

from itertools import cycle

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.app.player import Observer
from kiosk.app.stage import Stage
from kiosk.domain.screen import ChoiceContent, Control, WritingContent
from kiosk.ui.linebreak import plain
from kiosk.ui.widgets.date_text import WESTERN
from tests.kiosk.app.plays import catalogue, player, shipped

TAB, BACKTAB, ENTER = Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return
KEYPAD = Qt.KeyboardModifier.KeypadModifier
LONG_MS = 60_000
UNLOCKED = ("Insert", "End", "Down", "PageDown", "Left", "Clear", "Right", "Home", "Up", "PageUp")


class Keys(Observer):
    """Takes the place of finger and glass."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self._walks = cycle((TAB, TAB, BACKTAB))
        self._locks = cycle((True, False))

    def ready(self, stage: Stage) -> None:
        self._window = window = stage.window
        self._lane = stage.lane
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window, LONG_MS)
        vars(window).update(press=self.press, type_text=self.type_text, writes_whole=self.writes_whole)

    def press(self, control: str) -> bool:
        """Walk until it has the focus, turning parts of the screen, and press Enter. A written answer ends with Enter
        alone."""
        if control == "form.next" and self._focus() is None and isinstance(self._lane.view.content, WritingContent):
            self._key(ENTER)
            self.pressed.append(control)
            return True
        for _part in range(self._window.leaves + 1):
            if self._walk_to(control):
                self._key(ENTER)
                self.pressed.append(control)
                return True
            if not self._walk_to("more"):
                return False
            self._key(ENTER)
        return False

    def type_text(self, field: str, text: str) -> bool:
        """Digits on a keypad, whose lock may be on or off."""
        for digit in text:
            key = getattr(Qt.Key, f"Key_{digit if next(self._locks) else UNLOCKED[int(digit)]}")
            self._key(key, KEYPAD)
        return self._focus().objectName() == f"{field}.entered"

    def writes_whole(self, field: str, text: str) -> bool:
        content = self._lane.view.content
        if getattr(content, "field", field) != field or field == "pin":
            return False
        if isinstance(content, ChoiceContent):
            return self.press(next(c.id for c in self._lane.view.controls if self._answers(c, text)))
        for _letter in range(20):
            self._key(Qt.Key.Key_Backspace)
        if text[4:5] == "-" and text[:4].isdigit():
            year, month, day = text.split("-")
            typed = self.press(f"key.era.{WESTERN}")
            for digit in f"{year}{month}{day}":
                self._key(getattr(Qt.Key, f"Key_{digit}"))
            return typed
        for letter in text:
            event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(self._focus() or self._window, event)
        return True

    def _answers(self, control: Control, text: str) -> bool:
        label = plain(catalogue().render(control.label, self._lane.view.language))
        return control.checked is not None and (label == text or control.id.endswith(f".{text}"))

    def _walk_to(self, control: str) -> bool:
        """False once all have had the focus."""
        seen: list[QWidget] = []
        way = next(self._walks)
        while True:
            now = self._focus()
            if now is not None and now.objectName() == control:
                assert now.shows_ring
                return True
            if now in seen:
                return False
            if now is not None:
                seen.append(now)
                assert now.shows_ring, f"{now.objectName()} does not show that it has the focus"
            self._key(way)
            assert self._focus() is not None

    def _focus(self) -> QWidget:
        return self._window.focusWidget()

    def _key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._window.windowHandle(), key, held)
        QApplication.processEvents()


@pytest.mark.parametrize("name", ["pin-wrong-then-right", "form-complete"])
def test_a_visit_by_keys_alone(name: str) -> None:
    keys = Keys()
    result = player().play(shipped(name), observer=keys)
    assert result.failure is None
    assert len(keys.pressed) >= 4
