"""Every control of every screen can be reached by keys, in the order of reading, and is seen to be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.screen import PALETTES, View
from kiosk.ui.samples import SAMPLES
from kiosk.ui.theme import contrast
from kiosk.ui.window import PatientWindow

Desk = Any
LONG_MS = 60_000


def kind_of(view: View) -> tuple[object, ...]:
    """Views of one kind hold the same controls."""
    pad = (type(view.content), getattr(view.content, "kind", ""), getattr(view.content, "length", 0))
    return view.screen, pad, tuple((c.id, c.enabled) for c in view.controls), view.back, view.staff


_KINDS = {kind_of(view): name for name, view in SAMPLES.items()}
_SAME_ROW = 24  # pixels that tops may differ


def controls(window: PatientWindow) -> list[QWidget]:
    """All that can be used now."""
    kinds = (QAbstractButton, QLineEdit)
    return [w for w in window.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible() and w.isEnabled()]


def place(window: PatientWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def walk(window: PatientWindow, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """What a key comes to, from nowhere until the first one comes again."""
    met: list[QWidget] = []
    if held := window.focusWidget():
        held.clearFocus()
    for _press in range(200):
        QTest.keyClick(window.windowHandle(), key)
        now = window.focusWidget()
        assert now is not None
        assert now.shows_ring, f"{now.objectName()} does not show that it has the focus"
        if now in met:
            assert now is met[0], f"never comes back to {met[0].objectName()}"
            return met
        met.append(now)
    raise AssertionError("a trap")


def names(widgets: list[QWidget]) -> list[str]:
    return [widget.objectName() for widget in widgets]


def leaves(window: PatientWindow) -> Iterator[int]:
    for number in range(window.leaves):
        yield number
        window.turn_leaf()


@pytest.mark.parametrize(("percent", "low"), [(100, False), (200, True)])
def test_every_control_is_reached_in_the_order_of_reading(
    open_desk: Callable[..., Any], percent: int, low: bool
) -> None:
    window = open_desk((540, 960)).window
    for name in _KINDS.values():
        window.show_view(replace(SAMPLES[name], text_size=percent, low=low))
        for leaf in leaves(window):
            met = walk(window)
            said = f"{name}, part {leaf}: {names(met)}"
            assert sorted(names(met)) == sorted(names(controls(window))), said
            if percent == 100 and len(met) < 20:
                back = walk(window, Qt.Key.Key_Backtab)
                assert turned(back[::-1], met[0]) == met, said
            # Keys that write stand in columns where the screen is low.
            read = [w for w in met if not w.objectName().startswith("key.")]
            rows = [place(window, widget) for widget in from_top(read, window)]
            for one, other in pairwise(rows):
                below = other.top() > one.top() + _SAME_ROW
                assert below or (abs(other.top() - one.top()) <= _SAME_ROW and other.left() > one.left()), said


def turned(ring: list[QWidget], first: QWidget) -> list[QWidget]:
    start = ring.index(first)
    return ring[start:] + ring[:start]


def from_top(met: list[QWidget], window: PatientWindow) -> list[QWidget]:
    return turned(met, min(met, key=lambda w: (place(window, w).top() // _SAME_ROW, place(window, w).left())))


@pytest.mark.parametrize("palette", PALETTES)
def test_the_ring_is_seen_on_every_kind_of_control(open_desk: Callable[..., Any], palette: str) -> None:
    """Where the focus comes, a band around the control changes by 3:1 or more (WCAG 2.2, 1.4.11 and 2.4.13)."""
    window = open_desk((540, 960)).window
    seen: set[tuple[type, str]] = set()
    for view in SAMPLES.values():
        window.show_view(replace(view, palette=palette))
        for widget in controls(window):
            kind = (type(widget), str(getattr(widget, "fill", "")))
            if kind in seen:
                continue
            seen.add(kind)
            before = window.grab(place(window, widget)).toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            after = window.grab(place(window, widget)).toImage()
            widget.clearFocus()
            assert changed(before, after) >= widget.width() + widget.height(), (widget.objectName(), kind)
    assert {kind.__name__ for kind, _fill in seen} >= {"EnteredDots", "SignatureField", "DigitKey", "MainButton"}


def changed(before: QImage, after: QImage) -> int:
    """Pixels that stand out from what they were."""
    pairs = zip(_words(before), _words(after), strict=True)
    different = Counter((one, other) for one, other in pairs if one != other)
    return sum(count for (one, other), count in different.items() if contrast(_hex(one), _hex(other)) >= 3)


def _words(picture: QImage) -> memoryview:
    converted = picture.convertToFormat(QImage.Format.Format_RGB32)
    return memoryview(bytes(converted.constBits())).cast("I")


def _hex(pixel: int) -> str:
    return f"#{pixel & 0xFFFFFF:06X}"


KEYPAD = Qt.KeyboardModifier.KeypadModifier
NONE = Qt.KeyboardModifier.NoModifier
ONWARD = [(Qt.Key.Key_Right, NONE), (Qt.Key.Key_Down, NONE), (Qt.Key.Key_2, KEYPAD), (Qt.Key.Key_Right, KEYPAD)]
BACK = [(Qt.Key.Key_Left, NONE), (Qt.Key.Key_Up, NONE), (Qt.Key.Key_8, KEYPAD), (Qt.Key.Key_Left, KEYPAD)]


@pytest.mark.parametrize("screen", ["consent", "consent_items", "form_insurance"])
def test_arrows_lead_on_and_back_and_choose_nothing(open_desk: Callable[..., Any], screen: str) -> None:
    """A keypad's too, whether its lock is on or off; and several answers are walked through like all else."""
    desk = open_desk((540, 960))
    window = desk.window
    window.show_view(SAMPLES[screen])
    order = walk(window)
    window.focusWidget().clearFocus()
    met = []
    for key, held in (*ONWARD, *BACK[:3]):
        QTest.keyClick(window.windowHandle(), key, held)
        met.append(window.focusWidget())
    assert met == [*order[:4], *order[2::-1]]
    assert desk.taps == []


def test_keys_of_a_keypad_are_digits_of_a_pin_wherever_the_focus_is(open_desk: Callable[..., Any]) -> None:
    desk = open_desk((540, 960))
    window = desk.window
    window.show_view(SAMPLES["pin"])
    for place in ("method.staff", "pin.digit.7", "language.en"):
        window.findChild(QWidget, place).setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Left, KEYPAD)  # 4, with the lock off
        assert window.focusWidget().objectName() == "pin.entered"
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_2, KEYPAD)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Enter, KEYPAD)
    [(field, secret)] = desk.typed
    assert (field, bytes(secret.reveal())) == ("pin", b"4442")
    assert desk.taps == []


def test_a_window_that_becomes_active_gives_nobody_the_focus(desk: Desk, qtbot: QtBot) -> None:
    """The content comes first when somebody asks; what already has the focus keeps it."""
    window = desk.window
    window.show_view(SAMPLES["idle"])
    beside = QWidget()
    qtbot.addWidget(beside)
    for held in (None, "staff"):
        beside.show()
        beside.activateWindow()
        qtbot.waitUntil(beside.isActiveWindow, timeout=LONG_MS)
        if held is not None:
            window.findChild(QWidget, held).setFocus()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
        QTest.qWait(0)
        now = window.focusWidget()
        assert (now and now.objectName()) == held
