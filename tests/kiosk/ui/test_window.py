from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.failures import Fatal
from kiosk.domain.messages import Text
from kiosk.domain.screen import CameraContent, View
from kiosk.ui.fonts import load_fonts
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad

Desk = Any


def pressable(desk: Desk) -> dict[str, PressButton]:
    found = desk.window.findChildren(PressButton)
    return {b.objectName(): b for b in found if b.isVisible() and b.isEnabled()}


# ---------- view → controls → ids ----------


@pytest.mark.parametrize("name", SAMPLES)
def test_each_control_of_a_view_can_be_pressed_and_sends_its_id(desk: Desk, name: str) -> None:
    view = SAMPLES[name]
    desk.window.show_view(view)
    expected = view.control_ids() - {"pin.ok", "pin.clear"}  # these two stay inside the pad
    for control_id in sorted(expected):
        assert desk.window.press(control_id), control_id
    assert desk.taps == sorted(expected)
    offered = {i for i in pressable(desk) if not i.startswith(("pin.digit.", "key."))}  # a pad's own keys
    assert offered - {"pin.clear", "pin.ok"} == expected


def test_a_finger_on_the_glass_sends_the_id_too(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    QTest.mouseClick(pressable(desk)["consent.none"], Qt.MouseButton.LeftButton)
    assert desk.taps == ["consent.none"]


def test_what_is_not_there_cannot_be_pressed(desk: Desk) -> None:
    assert not desk.window.press("staff")  # nothing shown yet
    desk.window.show_view(replace(SAMPLES["consent"], staff=False))
    for control_id in ("back", "staff", "confirm.yes", "language.fr", ""):
        assert not desk.window.press(control_id)
    assert desk.taps == []


def test_a_disabled_control_cannot_be_pressed(desk: Desk) -> None:
    view = SAMPLES["extend_time"]
    off = replace(view, controls=(replace(view.controls[0], enabled=False),))
    desk.window.show_view(off)
    assert not desk.window.press("extend.yes")
    QTest.mouseClick(desk.window.findChild(QWidget, "extend.yes"), Qt.MouseButton.LeftButton)
    assert desk.taps == []


def test_a_covered_control_cannot_be_pressed(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["extend_time"])
    cover = QWidget(desk.window)
    cover.setGeometry(desk.window.rect())
    cover.show()
    assert not desk.window.press("extend.yes")


def test_a_switch_shows_what_the_view_says_and_only_asks_for_a_change(desk: Desk) -> None:
    view = SAMPLES["consent_items"]
    desk.window.show_view(view)
    switch = pressable(desk)["consent.surgery"]
    assert not any(pressable(desk)[f"consent.{i}"].isChecked() for i in ("surgery", "medication", "checkup"))
    assert desk.window.press("consent.surgery")
    assert not switch.isChecked()
    controls = tuple(replace(c, checked=True) if c.id == "consent.surgery" else c for c in view.controls)
    desk.window.show_view(replace(view, controls=controls))
    assert switch.isChecked()
    assert pressable(desk)["consent.surgery"] is switch
    assert "見せる" in switch.accessibleDescription()


# ---------- language ----------


def test_the_language_changes_every_text(desk: Desk, catalogue: Any) -> None:
    view = SAMPLES["fallback_terminal_down"]
    for language in ("ja", "en", "ja"):
        desk.window.show_view(replace(view, language=language))
        shown = desk.window.texts()
        for text in (*view.body, *(c.label for c in view.controls)):
            assert catalogue.render(text, language).replace("\u200b", "") in shown
    assert not any("line is down" in text for text in desk.window.texts())


def test_the_chosen_language_is_marked_by_more_than_colour(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    buttons = pressable(desk)
    assert buttons["language.ja"]._sign() == "check"
    assert buttons["language.en"]._sign() != "check"


def test_more_languages_bring_more_buttons_and_fewer_take_them_away(desk: Desk) -> None:
    view = SAMPLES["idle"]
    desk.window.show_view(replace(view, languages=("ja",)))
    assert not desk.window.press("language.en")
    desk.window.show_view(view)
    assert desk.window.press("language.en")


# ---------- the PIN ----------


def test_the_digits_leave_the_pad_once_and_are_wiped(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    pad = desk.window.findChild(DigitPad)
    assert not desk.window.press("pin.ok")
    assert desk.window.type_text("pin", "1209")
    buffer = pad._buffer
    assert desk.window.press("pin.ok")
    assert desk.taps == []
    [(field, secret)] = desk.typed
    assert (field, bytes(secret.reveal())) == ("pin", b"1209")
    assert len(buffer) == 0
    assert not desk.window.press("pin.ok")


def test_a_fifth_digit_is_not_taken_and_clear_forgets_all(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    assert not desk.window.type_text("pin", "12345")
    assert desk.window.press("pin.clear")
    assert desk.window.findChild(DigitPad)._buffer == b""
    assert desk.window.type_text("pin", "9876")
    desk.window.press("pin.ok")
    assert bytes(desk.typed[0][1].reveal()) == b"9876"


def test_digits_survive_a_new_notice_but_not_another_screen(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    desk.window.type_text("pin", "12")
    desk.window.show_view(replace(SAMPLES["pin"], voice_on=True))
    pad = desk.window.findChild(DigitPad)
    buffer = pad._buffer
    assert len(buffer) == 2
    desk.window.show_view(SAMPLES["identify"])
    assert len(buffer) == 0
    desk.window.show_view(SAMPLES["pin"])
    assert desk.window.type_text("pin", "5555")
    desk.window.press("pin.ok")
    assert bytes(desk.typed[0][1].reveal()) == b"5555"


def test_no_text_of_the_screen_tells_the_digits(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    before = desk.window.texts()
    desk.window.type_text("pin", "73")
    changed = set(desk.window.texts()) - set(before)
    assert changed == {"4けたのうち2けた入力しました"}
    desk.window.type_text("pin", "19")
    other = desk.window.texts()
    desk.window.press("pin.clear")
    desk.window.type_text("pin", "8246")
    assert desk.window.texts() == other


def test_a_keyboard_types_the_pin(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    QTest.keyClicks(desk.window, "129")
    QTest.keyClick(desk.window, Qt.Key.Key_Backspace)
    QTest.keyClicks(desk.window, "4321")
    QTest.keyClick(desk.window, Qt.Key.Key_Return)
    assert bytes(desk.typed[0][1].reveal()) == b"4321"


KEYPAD = Qt.KeyboardModifier.KeypadModifier
UNLOCKED = {"1": "End", "2": "Down", "3": "PageDown", "4": "Left", "5": "Clear", "6": "Right", "7": "Home", "8": "Up",
            "9": "PageUp", "0": "Insert"}  # fmt: skip


@pytest.mark.parametrize("lock", [True, False])
@pytest.mark.parametrize("digits", ["1234", "5678", "9001"])
def test_a_tactile_keypad_types_the_pin(desk: Desk, digits: str, lock: bool) -> None:
    """Its keys are felt: whether the number lock is on cannot be."""
    desk.window.show_view(SAMPLES["pin"])
    QTest.keyClick(desk.window, Qt.Key.Key_7, KEYPAD)
    QTest.keyClick(desk.window, Qt.Key.Key_Backspace)
    for digit in digits:
        QTest.keyClick(desk.window, getattr(Qt.Key, f"Key_{digit if lock else UNLOCKED[digit]}"), KEYPAD)
    QTest.keyClick(desk.window, Qt.Key.Key_Enter, KEYPAD)
    assert bytes(desk.typed[0][1].reveal()).decode() == digits
    assert desk.taps == []


def test_arrow_keys_of_a_keyboard_are_no_digits(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    for key in UNLOCKED.values():
        QTest.keyClick(desk.window, getattr(Qt.Key, f"Key_{key}"))
    assert desk.window.findChild(DigitPad).dots.count == 0


def test_no_digit_sounds_or_shows_unlike_another(desk: Desk) -> None:
    """Nothing leaves the pad at a digit, and nothing on the screen differs from one to the next: what a voice or an
    earcon could speak of is the same."""
    told: list[tuple[object, ...]] = []
    for digit in "0123456789":
        desk.window.show_view(SAMPLES["idle"])
        desk.window.show_view(SAMPLES["pin"])
        assert desk.window.type_text("pin", digit)
        dots = desk.window.findChild(DigitPad).dots
        told.append((tuple(desk.taps), len(desk.typed), dots.accessibleName(), tuple(desk.window.texts())))
    assert told == [told[0]] * 10
    assert told[0][:2] == ((), 0)


def test_text_for_an_unknown_field_is_refused(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    assert not desk.window.type_text("name", "1234")
    desk.window.show_view(SAMPLES["idle"])
    assert not desk.window.type_text("pin", "1234")


# ---------- the camera ----------


def test_the_preview_is_mirrored_and_its_colours_are_right(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["face"])
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, :320] = (0, 0, 255)  # red at the left of the camera's picture
    picture[:, 320:] = (255, 0, 0)
    desk.window.show_preview(picture[:, :, :])
    picture[:] = 0  # the window keeps its own copy
    camera = desk.window.findChild(CameraView)
    oval = camera.oval(desk.window._look.rect(camera))
    image = camera.grab().toImage()
    middle = QPoint(camera.width() // 2, round(oval.center().y() * desk.window._look.scale * 0.9))
    step = camera.width() // 10
    assert image.pixelColor(middle + QPoint(step, 0)) == QColor("#FF0000")
    assert image.pixelColor(middle - QPoint(step, 0)) == QColor("#0000FF")


def test_photo_and_camera_stand_side_by_side_and_are_no_mirrors(desk: Desk) -> None:
    """Each picture: its left half red, its right half blue."""
    desk.window.show_view(SAMPLES["visual_decide"])
    picture = np.zeros((80, 64, 3), np.uint8)
    picture[:, :32, 2] = picture[:, 32:, 0] = 255
    desk.window.show_card_photo(picture)
    assert _reds_and_blues(desk) == ["red", "blue"], "the camera's place is empty yet"
    desk.window.show_preview(picture)
    assert _reds_and_blues(desk) == ["red", "blue", "red", "blue"]
    desk.window.show_view(SAMPLES["visual_decide_no_camera"])
    assert _reds_and_blues(desk) == ["red", "blue"]
    desk.window.show_preview(picture)
    assert _reds_and_blues(desk) == ["red", "blue"], "a late frame has no place"
    desk.window.show_view(SAMPLES["idle"])
    desk.window.show_view(SAMPLES["visual_decide"])
    assert _reds_and_blues(desk) == []


def _reds_and_blues(desk: Desk) -> list[str]:
    """What a line through the pictures meets, from the left."""
    content = desk.window._page.content
    assert isinstance(content, CardPhoto)
    seen = desk.window.grab().toImage()
    place = content.geometry()
    met: list[str] = []
    for x in range(place.left(), place.right()):
        colour = seen.pixelColor(x, place.top() + place.height() // 3)
        name = {(255, 0, 0): "red", (0, 0, 255): "blue"}.get((colour.red(), colour.green(), colour.blue()))
        if name is not None and met[-1:] != [name]:
            met.append(name)
    return met


def test_a_preview_that_is_a_slice_is_drawn_too(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["face"])
    desk.window.show_preview(np.full((100, 100, 3), 255, np.uint8)[::2, ::2])
    assert desk.window.findChild(CameraView)._image.width() == 50


def test_a_hint_keeps_the_preview_and_another_screen_forgets_it(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["face"])
    desk.window.show_preview(np.zeros((48, 64, 3), np.uint8))
    camera = desk.window.findChild(CameraView)
    desk.window.show_view(replace(SAMPLES["face"], content=CameraContent(Text("face.hint.dark"))))
    assert desk.window.findChild(CameraView) is camera
    assert camera._image is not None
    desk.window.show_view(SAMPLES["checking"])
    desk.window.show_preview(np.zeros((48, 64, 3), np.uint8))  # comes late: ignored
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert desk.window.findChild(CameraView) is None


# ---------- keyboard and screen reader ----------


def tab_round(desk: Desk, qtbot: QtBot) -> list[str]:
    order: list[str] = []
    while True:
        qtbot.keyClick(desk.window.focusWidget() or desk.window, Qt.Key.Key_Tab)
        name = desk.window.focusWidget().objectName()
        if name in order:
            return order
        order.append(name)


@pytest.mark.parametrize("name", ["idle", "identify", "pin", "consent", "consent_items", "result", "extend_time"])
def test_focus_begins_with_the_content_of_a_wide_screen(
    open_desk: Callable[..., Desk], qtbot: QtBot, name: str
) -> None:
    """Every screen of a tall one: `test_focus.py`."""
    desk = open_desk((960, 540))
    desk.window.show_view(SAMPLES[name])
    order = tab_round(desk, qtbot)
    buttons = pressable(desk)
    assert set(order) - {"pin.entered"} == set(buttons)
    assert order[0] == next(i for i in order if not i.startswith("language."))
    assert order[0] not in {"voice", "back", "staff"}


def test_focus_starts_anew_on_another_screen_and_stays_on_the_same(desk: Desk, qtbot: QtBot) -> None:
    desk.window.show_view(SAMPLES["consent"])
    qtbot.keyClick(desk.window, Qt.Key.Key_Tab)
    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Tab)
    held = desk.window.focusWidget()
    assert held.objectName() == "consent.none"
    desk.window.show_view(replace(SAMPLES["consent"], voice_on=True))
    assert desk.window.focusWidget() is held
    desk.window.show_view(SAMPLES["consent_items"])
    assert desk.window.focusWidget() is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_focused_control_is_pressed_by_key(desk: Desk, qtbot: QtBot, key: Qt.Key) -> None:
    desk.window.show_view(SAMPLES["consent"])
    qtbot.keyClick(desk.window, Qt.Key.Key_Tab)
    qtbot.keyClick(desk.window.focusWidget(), key)
    assert desk.taps == ["consent.all"]


def test_the_focus_is_visible_for_keyboard_users_only(desk: Desk, qtbot: QtBot) -> None:
    desk.window.show_view(SAMPLES["consent"])
    button = pressable(desk)["consent.all"]
    plain = button.grab().toImage()
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert button.grab().toImage() == plain
    button.clearFocus()
    qtbot.keyClick(desk.window, Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert button.grab().toImage() != plain


@pytest.mark.parametrize("name", SAMPLES)
def test_every_control_and_picture_has_an_accessible_name(desk: Desk, name: str) -> None:
    desk.window.show_view(SAMPLES[name])
    for control_id, button in pressable(desk).items():
        reader = QAccessible.queryAccessibleInterface(button)
        assert reader.text(QAccessible.Text.Name).strip(), control_id
        roles = (QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.RadioButton)
        assert reader.role() in roles, control_id
    for widget in desk.window.findChildren(QWidget):
        if type(widget).__name__ in {"GuidePicture", "CameraView", "ProgressDots", "NoticeBox", "TextBlock"}:
            assert widget.accessibleName(), type(widget)
    assert QAccessible.queryAccessibleInterface(desk.window).text(QAccessible.Text.Name)


# ---------- texts, pictures, start-up ----------


def test_texts_hold_everything_shown_and_nothing_of_the_screen_before(desk: Desk, catalogue: Any) -> None:
    desk.window.show_view(SAMPLES["result_confirmed"])
    assert any("見本　花子" in text for text in desk.window.texts())
    desk.window.show_view(SAMPLES["idle"])
    shown = desk.window.texts()
    assert not any("見本" in text or "ミホン" in text for text in shown)
    assert catalogue.render(Text("simulated.card_terminal"), "ja") in shown
    assert catalogue.render(Text("picture.place_card"), "ja") in shown


def test_the_picture_of_the_window_is_written(desk: Desk, tmp_path: Path) -> None:
    desk.window.show_view(SAMPLES["idle"])
    desk.window.grab_png(tmp_path / "idle.png")
    assert QImage(str(tmp_path / "idle.png")).size() == desk.window.size()
    with pytest.raises(OSError, match=r"idle\.png"):
        desk.window.grab_png(tmp_path / "absent" / "idle.png")


@pytest.mark.parametrize(("name", "ground"), [("take_card", "#0A4D8C"), ("card_forgotten", "#FFC23D")])
def test_an_urgent_screen_changes_the_whole_frame(desk: Desk, name: str, ground: str) -> None:
    corners = [QPoint(4, 4), QPoint(4, 940), QPoint(535, 480), QPoint(300, 955)]
    desk.window.show_view(replace(SAMPLES[name], urgent=False))
    calm = desk.window.grab().toImage()
    assert {calm.pixelColor(c).name().upper() for c in corners} == {"#F3F6F9"}
    desk.window.show_view(SAMPLES[name])
    urgent = desk.window.grab().toImage()
    colours = {urgent.pixelColor(c).name().upper() for c in corners}
    assert "#F3F6F9" not in colours
    assert colours <= {ground, "#F5A800", "#FFC23D"} or colours == {ground}


def test_the_idle_picture_moves_unless_motion_is_reduced(open_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    moving, still = open_desk(reduced_motion=False), open_desk(reduced_motion=True)
    moving.window.show_view(SAMPLES["idle"])
    still.window.show_view(SAMPLES["idle"])
    picture = moving.window._page.picture
    before = picture.grab().toImage()
    qtbot.waitUntil(lambda: picture.grab().toImage() != before, timeout=60_000)
    assert still.window._page.picture._loop is None
    picture.hide()
    assert picture._loop.state() == picture._loop.State.Stopped
    picture.show()
    assert picture._loop.state() == picture._loop.State.Running


def test_the_same_view_again_changes_nothing(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    widgets = desk.window.findChildren(QObject)
    desk.window.show_view(SAMPLES["consent"])
    assert desk.window.findChildren(QObject) == widgets


def test_a_long_day_of_screens_leaves_no_widgets_behind(desk: Desk) -> None:
    def day() -> int:
        for view in SAMPLES.values():
            desk.window.show_view(view)
        QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
        return len(desk.window.findChildren(QObject))

    assert day() == day()


def test_references_to_none_are_not_lost(desk: Desk) -> None:
    """PySide6 6.12.0 drops one with every call that returns None, on Python 3.11."""
    desk.window.show_view(SAMPLES["idle"])
    before = sys.getrefcount(None)
    for _ in range(1000):
        desk.window.setObjectName("kiosk")
    assert sys.getrefcount(None) >= before - 100


def test_a_missing_font_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.ui.fonts.FAMILIES", ("Not Installed",))
    with pytest.raises(Fatal, match="BIZUDPGothic-Regular"):
        load_fonts(tmp_path)


def test_the_window_starts_without_the_heavy_libraries() -> None:
    code = (
        "import sys, kiosk.ui.window; "
        "print(sorted({'cv2', 'numpy', 'yaml', 'sqlite3'} & {m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_view_that_names_an_unknown_sentence_is_an_error(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    before = desk.window.texts()
    with pytest.raises(KeyError, match=r"no\.such\.sentence"):
        desk.window.show_view(View("idle", "Idle", Text("no.such.sentence")))
    assert desk.window.texts() == before
