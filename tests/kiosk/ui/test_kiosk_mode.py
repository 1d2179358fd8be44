"""No way out for a patient, one for staff; and a window that finds its screen again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.domain.secret import Secret
from kiosk.ui.kiosk_mode import KioskMode
from kiosk.ui.leave_panel import TRIES, LeavePanel
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import PressButton

Desk = Any
NONE, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LEFT = Qt.MouseButton.LeftButton


class Held:
    def __init__(self, desk: Desk, **times: int) -> None:
        self.window, self.taps, self.found = desk.window, desk.taps, 0
        self.mode = KioskMode(desk.window, self._corner, **{"hold_ms": 600_000, **times})
        self.window.show_view(SAMPLES["consent"])
        self.window.show()

    def _corner(self) -> None:
        self.found += 1

    def at(self, x: float, y: float) -> tuple[Any, QPoint]:
        """The widget under a place in design pixels, and the place in it."""
        scale = self.window.look.scale
        place = QPoint(round(x * scale), round(y * scale))
        widget = self.window.childAt(place) or self.window
        return widget, widget.mapFrom(self.window, place)


@pytest.fixture
def held(desk: Desk) -> Held:
    return Held(desk)


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_F4, ALT),
        (Qt.Key.Key_Q, CONTROL),
        (Qt.Key.Key_W, CONTROL),
        (Qt.Key.Key_Tab, ALT),
        (Qt.Key.Key_Escape, NONE),
        (Qt.Key.Key_F11, NONE),
        (Qt.Key.Key_Super_L, NONE),
        (Qt.Key.Key_Delete, CONTROL | ALT),
        (Qt.Key.Key_D, Qt.KeyboardModifier.MetaModifier),
        (Qt.Key.Key_Print, NONE),
    ],
)
def test_keys_of_the_desktop_do_nothing(held: Held, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    arrived: list[Qt.Key] = []
    held.window.keyPressEvent = lambda event: arrived.append(event.key())
    QTest.keyClick(held.window, key, modifiers)
    assert arrived == []
    assert held.window.isVisible()
    assert held.taps == []


def test_keys_that_a_patient_needs_go_on_working(held: Held) -> None:
    QTest.keyClick(held.window, Qt.Key.Key_Tab)
    focused = held.window.focusWidget()
    assert focused.objectName() == "consent.all"
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert held.taps == ["consent.all"]


def test_the_window_does_not_close_until_it_is_released(held: Held) -> None:
    assert not held.window.close()
    assert held.window.isVisible()
    held.window.hide()
    QApplication.processEvents()
    assert held.window.isVisible()
    held.window.showMinimized()
    QApplication.processEvents()
    assert not held.window.isMinimized()
    held.mode.release()
    assert held.window.close()


def test_no_menu_and_no_frame(held: Held) -> None:
    assert held.window.windowFlags() & Qt.WindowType.FramelessWindowHint
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), held.window.mapToGlobal(QPoint(5, 5)))
    seen: list[QEvent] = []
    held.window.contextMenuEvent = seen.append
    QApplication.sendEvent(held.window, event)
    assert seen == []


def test_holding_the_corner_calls_staff_in_whatever_lies_there(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    held = Held(open_desk(), hold_ms=30)
    widget, place = held.at(100, 110)
    assert isinstance(widget, PressButton)
    QTest.mousePress(widget, LEFT, NONE, place)
    qtbot.waitUntil(lambda: held.found == 1, timeout=60_000)
    QTest.mouseRelease(widget, LEFT, NONE, place)
    assert held.taps == [], "lifting the finger presses nothing"


def test_a_finger_that_wanders_a_little_still_holds_and_one_that_leaves_does_not(held: Held) -> None:
    timer = held.mode._held
    widget, place = held.at(100, 110)
    QTest.mousePress(widget, LEFT, NONE, place)
    assert timer.isActive()
    QTest.mouseMove(widget, place + QPoint(30, 20))
    assert timer.isActive()
    QTest.mouseMove(widget, place + QPoint(300, 300))
    assert not timer.isActive()
    QTest.mouseRelease(widget, LEFT, NONE, place + QPoint(300, 300))
    widget, place = held.at(600, 900)
    QTest.mousePress(widget, LEFT, NONE, place)
    assert not timer.isActive(), "elsewhere nothing is counted"
    QTest.mouseRelease(widget, LEFT, NONE, place)
    assert held.found == 0


def test_five_quick_knocks_do_as_well_and_slow_ones_do_not(open_desk: Callable[..., Desk]) -> None:
    quick, slow = Held(open_desk(), knock_ms=60_000), Held(open_desk(), knock_ms=-1)
    for held in (quick, slow):
        widget, place = held.at(20, 100)
        for _ in range(5):
            QTest.mouseClick(widget, LEFT, NONE, place)
    assert (quick.found, slow.found) == (1, 0)


def panel_on(desk: Desk, left: list[str]) -> LeavePanel:
    desk.window.show_view(SAMPLES["consent"])
    return LeavePanel(
        desk.window,
        desk.window.look,
        lambda message_id: message_id,
        lambda code: bytes(code.reveal()) == b"123456",
        lambda: left.append("left"),
        length=6,
    )


def enter(panel: LeavePanel, code: str) -> None:
    for digit in code:
        panel.pad.keys[digit].click()
    panel.pad.ok.click()


def test_the_right_code_leaves_and_nothing_of_it_stays(desk: Desk) -> None:
    left: list[str] = []
    panel = panel_on(desk, left)
    codes: list[Secret] = []
    panel._judge = lambda code: codes.append(code) or bytes(code.reveal()) == b"123456"
    panel.open_panel()
    assert panel.isVisible()
    assert not desk.window.press("consent.all"), "covered"
    enter(panel, "111111")
    assert (left, panel.told.sentence) == ([], "leave.refused")
    enter(panel, "123456")
    assert left == ["left"]
    assert not panel.isVisible()
    for code in codes:
        with pytest.raises(ValueError, match=r"wiped|gone|secret"):
            code.reveal()


def test_wrong_codes_rest_and_a_patient_goes_back_with_one_press(desk: Desk) -> None:
    left: list[str] = []
    panel = panel_on(desk, left)
    panel.open_panel()
    for _ in range(TRIES):
        enter(panel, "000000")
    assert panel.told.sentence == "leave.resting"
    enter(panel, "123456")
    assert left == []
    panel.cancel.click()
    assert not panel.isVisible()
    assert desk.window.press("consent.all")
    panel.open_panel()
    assert panel.told.sentence == "leave.resting"
    panel._open.timeout.emit()
    assert not panel.isVisible(), "it goes away by itself"


# ---------- screens that come and go ----------

_SCREENS = {
    "screens": [
        {"name": name, "x": x, "y": 0, "width": w, "height": h, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for name, x, w, h in (("first", 0, 800, 600), ("second", 800, 540, 960))
    ]
}
_PROGRAM = """
import json, sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget
from kiosk.ui.screens import ScreenKeeper
app = QApplication([])
app.setQuitOnLastWindowClosed(False)
first, second = sorted(app.screens(), key=lambda s: s.name())
there = [first, second]
window = QWidget()
keeper = ScreenKeeper(window, "second", screens=lambda: there, primary=lambda: there[0] if there else None)
seen = []
def look():
    app.processEvents()
    seen.append([window.screen().name(), list(window.geometry().getRect()), window.isFullScreen()])
keeper.place(); look()
there.remove(second); app.screenRemoved.emit(second); look()
there.append(second); app.screenAdded.emit(second); look()
window.setGeometry(5, 5, 50, 50); keeper._settle.timeout.emit(); look()
there.clear(); app.screenRemoved.emit(first); look()
print(json.dumps(seen))
"""


def test_the_window_finds_another_screen_and_returns(tmp_path: Path) -> None:
    """In a process of its own: the platform's screens are read once, at its start."""
    config = tmp_path / "screens.json"
    config.write_text(json.dumps(_SCREENS), encoding="utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=180
    )
    here, gone, back, again, none = json.loads(done.stdout)
    second = ["second", [800, 0, 540, 960], True]
    assert here == second
    assert gone == ["first", [0, 0, 800, 600], True]
    assert back == second
    assert again == second
    assert none == second, "without any screen it waits where it is"


# ---------- under a window manager ----------

_DESKTOP = """
import subprocess, sys, time
from PySide6.QtWidgets import QApplication, QLineEdit
from kiosk.app.catalogue import load_catalogue
from kiosk.ui.gallery import ASSETS, gallery_window
from kiosk.ui.kiosk_mode import KioskMode
from kiosk.ui.samples import SAMPLES
app = QApplication([])
other = QLineEdit()
window = gallery_window(load_catalogue(ASSETS / "messages"))
window.show_view(SAMPLES["idle"])
mode = KioskMode(window, lambda: None) if sys.argv[1] == "held" else None
other.show()
window.showFullScreen()
def until(done, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        app.processEvents()
        time.sleep(0.01)
    return done()
assert until(window.isActiveWindow, 60)
def tell(*command):
    for _ in range(3 if mode else 50):  # a manager that has only just started may not hear a key yet
        subprocess.run(["xdotool", *command], check=True)
        if until(lambda: not window.isActiveWindow() or not window.isVisible(), 0.4):
            return "stays" if mode and until(window.isActiveWindow, 60) else "left"
    return "stays"
print(tell("key", "alt+Tab"))
if mode:
    print(tell("windowactivate", str(int(other.winId()))))
    print(tell("key", "alt+F4"))
"""


@pytest.mark.xvfb
@pytest.mark.parametrize(("how", "seen"), [("held", ["stays"] * 3), ("free", ["left"])])
def test_a_window_manager_cannot_take_the_patient_elsewhere(how: str, seen: list[str], tmp_path: Path) -> None:
    """Openbox switches windows on Alt+Tab and closes them on Alt+F4; the free window shows that it does."""
    server = ["Xvfb", "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(server, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as screen:
        assert screen.stdout is not None
        environment = {**os.environ, "DISPLAY": f":{screen.stdout.readline().strip()}", "HOME": str(tmp_path)}
        environment.pop("QT_QPA_PLATFORM", None)
        with subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL) as manager:
            try:
                done = subprocess.run(
                    [sys.executable, "-c", _DESKTOP, how],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=300,
                )
            finally:
                manager.terminate()
                screen.terminate()
    assert done.stdout.split() == seen, done.stdout + done.stderr
