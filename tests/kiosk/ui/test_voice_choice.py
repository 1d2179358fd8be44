"""The voice under the patient's hand: one press to hear, and again, louder, softer, stop on a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from kiosk.app.catalogue import patient_languages
from kiosk.app.paths import ASSETS
from kiosk.ui.check import flaws
from kiosk.ui.gallery import LAYOUTS
from kiosk.ui.reach import Glass
from kiosk.ui.samples import SAMPLES
from kiosk.ui.window import PatientWindow

Desk = Any
ALL = patient_languages(ASSETS / "messages")[0]
SHEET = ["voice.repeat", "voice.louder", "voice.softer", "voice.stop", "voice.close"]
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def there(window: PatientWindow) -> list[str]:
    seen = {b.objectName() for b in window.findChildren(QAbstractButton) if b.isVisible()}
    return [name for name in SHEET if name in seen]


def test_one_press_switches_on_and_the_next_one_offers_the_rest(desk: Desk) -> None:
    window = desk.window
    window.show_view(SAMPLES["consent"])
    assert window.press("voice")
    assert (desk.taps, there(window)) == (["voice"], [])
    window.show_view(replace(SAMPLES["consent"], voice_on=True))
    assert window.press("voice")
    assert (desk.taps, there(window)) == (["voice"], SHEET)
    assert not window.press("consent.all"), "the content is covered"
    assert window.press("voice.louder")
    louder = replace(SAMPLES["consent"], voice_on=True, voice_volume=100, voice_repeats=1, languages=ALL)
    window.show_view(louder)
    assert there(window) == SHEET, "it may be pressed again"
    assert window.press("language.ko"), "another sheet takes its place"
    assert there(window) == []
    assert window.press("voice.stop"), "a press by name finds it"
    window.show_view(SAMPLES["consent"])
    assert there(window) == []
    assert desk.taps == ["voice", "voice.louder", "language.ko", "voice.stop"]
    assert not window.press("voice.repeat"), "nothing to repeat while it is off"


def test_the_sheet_goes_with_its_screen_and_by_its_own_button(desk: Desk) -> None:
    window = desk.window
    ways: list[Callable[[], object]] = [
        lambda: window.press("voice"),
        lambda: window.press("voice.close"),
        lambda: window.press("voice.repeat"),
        lambda: window.show_view(replace(SAMPLES["pin"], voice_on=True)),
    ]
    for after in ways:
        window.show_view(replace(SAMPLES["consent"], voice_on=True))
        window.press("voice")
        assert there(window) == SHEET
        after()
        assert there(window) == []
    assert desk.taps == ["voice.repeat"]


def test_the_keyboard_goes_through_the_sheet_and_out_of_it(desk: Desk) -> None:
    window = desk.window
    window.show_view(replace(SAMPLES["consent"], voice_on=True))
    button = window.findChild(QAbstractButton, "voice")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)
    for name in SHEET:
        assert window.focusWidget().objectName() == name
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget().objectName() == "size"
    assert there(window) == []
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert (window.focusWidget(), desk.taps) == (button, ["voice.repeat"])


@pytest.mark.parametrize("on", [False, True])
def test_keys_of_the_keypad_and_for_the_volume_reach_the_voice(desk: Desk, on: bool) -> None:
    """Whoever asks to hear it again while the voice is off wants to hear it."""
    desk.window.show_view(replace(SAMPLES["form_name"], voice_on=on))
    keys = [Qt.Key.Key_Slash, Qt.Key.Key_Asterisk, Qt.Key.Key_Plus]
    for key, text in zip(keys, "/*+", strict=True):
        QTest.sendKeyEvent(QTest.KeyAction.Click, desk.window, key, text, KEYPAD)
    for key in (Qt.Key.Key_VolumeMute, Qt.Key.Key_MediaPlay, Qt.Key.Key_VolumeUp, Qt.Key.Key_VolumeDown):
        QTest.keyClick(desk.window, key)
    told = ["voice", "voice.repeat", "voice.louder", "voice", "voice.repeat", "voice.louder", "voice.softer"]
    assert desk.taps == (told if on else ["voice"] * 7)
    QTest.sendKeyEvent(QTest.KeyAction.Click, desk.window, Qt.Key.Key_Minus, "-", KEYPAD)
    assert len(desk.taps) == 7, "a hyphen is written"
    desk.window.show_view(replace(SAMPLES["consent"], voice_on=True))
    QTest.sendKeyEvent(QTest.KeyAction.Click, desk.window, Qt.Key.Key_Minus, "-", KEYPAD)
    assert desk.taps[7:] == ["voice.softer"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("percent", [100, 200])
def test_the_sheet_has_room_everywhere(open_desk: Callable[..., Desk], layout: str, percent: int) -> None:
    window = open_desk(LAYOUTS[layout].size).window
    for sample, language in (("consent", "ja-x-easy"), ("form_name", "ne"), ("take_card", "vi")):
        view = replace(SAMPLES[sample], voice_on=True, languages=ALL)
        window.show_view(replace(view, language=language, text_size=percent, low=LAYOUTS[layout].low))
        window.press("voice")
        assert there(window) == SHEET
        assert flaws(window, Glass(), painted=False) == []
