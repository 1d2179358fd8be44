"""The choice of a language, and the screens in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.app.catalogue import patient_languages
from kiosk.app.paths import ASSETS
from kiosk.domain.messages import Text
from kiosk.domain.screen import CameraContent, View
from kiosk.ports.face import FaceHint
from kiosk.ui.check import flaws
from kiosk.ui.fit import texts_fit
from kiosk.ui.fonts import families
from kiosk.ui.gallery import LAYOUTS
from kiosk.ui.reach import GAP_MM, TARGET_MM, Glass
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import FrameButton
from kiosk.ui.widgets.sheet import SheetGround
from kiosk.ui.window import LANDSCAPE, PORTRAIT, PatientWindow

Desk = Any
ALL = patient_languages(ASSETS / "messages")[0]


def with_all(sample: str, **changes: Any) -> View:
    return replace(SAMPLES[sample], languages=ALL, **changes)


def seen(window: PatientWindow) -> dict[str, FrameButton]:
    return {b.objectName(): b for b in window.findChildren(FrameButton) if b.isVisible()}


def place(window: PatientWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def is_open(window: PatientWindow) -> bool:
    panel = window.findChild(SheetGround, "languages")
    assert panel is not None
    return panel.isVisible()


def test_the_start_screen_shows_every_language_for_one_press(desk: Desk) -> None:
    desk.window.show_view(with_all("idle"))
    assert {f"language.{code}" for code in ALL} <= set(seen(desk.window))
    for code in ALL:
        QTest.mouseClick(seen(desk.window)[f"language.{code}"], Qt.MouseButton.LeftButton)
    assert desk.taps == [f"language.{code}" for code in ALL]


def test_elsewhere_they_stand_behind_one_button(desk: Desk) -> None:
    window = desk.window
    window.show_view(with_all("consent"))
    assert [name for name in seen(window) if name.startswith("language")] == ["language"]
    assert seen(window)["language"].text() == "日本語"
    assert window.press("language")
    assert is_open(window)
    assert {f"language.{code}" for code in ALL} <= set(seen(window))
    assert not window.press("consent.all"), "the content is covered"
    QTest.mouseClick(seen(window)["language.ko"], Qt.MouseButton.LeftButton)
    assert not is_open(window)
    assert desk.taps == ["language.ko"]
    assert window.press("consent.all")


def test_a_press_by_name_finds_a_language_on_every_screen(desk: Desk) -> None:
    for name in SAMPLES:
        desk.window.show_view(with_all(name))
        assert desk.window.press("language.vi"), name
    assert desk.taps == ["language.vi"] * len(SAMPLES)
    assert not desk.window.press("language.tlh")


def test_the_panel_closes_with_its_screen_and_by_its_own_button(desk: Desk) -> None:
    window = desk.window
    window.show_view(with_all("consent"))
    window.press("language")
    window.press("language")
    assert not is_open(window)
    window.press("language")
    window.show_view(with_all("consent", voice_on=True))
    assert is_open(window), "the voice changes nothing"
    window.show_view(with_all("result"))
    assert not is_open(window)
    window.press("language")
    window.show_view(with_all("result", language="en"))
    assert not is_open(window)
    window.press("language")
    window.show_view(SAMPLES["result"])
    assert not is_open(window)
    assert desk.taps == []


def test_the_keyboard_goes_into_the_panel_and_out_of_it(desk: Desk) -> None:
    window = desk.window
    window.show_view(with_all("consent"))
    opener = seen(window)["language"]
    opener.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(opener, Qt.Key.Key_Return)
    assert is_open(window)
    assert window.focusWidget().objectName() == "language.ja"
    for code in ALL[1:]:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget().objectName() == f"language.{code}"
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget().objectName() == "voice"
    assert not is_open(window), "no focus on what is covered"


def test_each_name_is_drawn_in_its_own_letters(desk: Desk) -> None:
    desk.window.show_view(with_all("idle", language="en"))
    for code in ALL:
        [run] = seen(desk.window)[f"language.{code}"].runs()
        assert run.language == code
        assert families(run.language)[0] == families(code)[0]


def test_a_japanese_name_keeps_its_letters_in_a_chinese_sentence(desk: Desk) -> None:
    for sample in ("result_confirmed", "form_name"):
        desk.window.show_view(with_all(sample, language="zh-Hans"))
        [run] = [r for w in desk.window.findChildren(QLabel) for r in getattr(w, "runs", list)() if "見本" in r.text]
        assert run.language == "ja"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("percent", [100, 200])
def test_the_choice_has_room_everywhere(open_desk: Callable[..., Desk], layout: str, percent: int) -> None:
    window = open_desk(LAYOUTS[layout].size).window
    for sample in ("idle", "consent", "take_card"):
        window.show_view(with_all(sample, text_size=percent, low=LAYOUTS[layout].low))
        assert flaws(window, Glass(), painted=False) == []
        window.press("language")
        assert list(_crowded(window)) == []


def _crowded(window: PatientWindow) -> Iterator[str]:
    unit = Glass().mm_per_pixel / window.look.scale
    shown = [b for name, b in seen(window).items() if name in ("voice", "back", "staff") or name.startswith("language")]
    highest, lowest = Glass().within_reach(window.height() / window.look.scale) if window.low else (0, 10_000)
    assert len(shown) >= len(ALL) + 2
    for button in shown:
        at = place(window, button)
        if min(at.width(), at.height()) * unit < TARGET_MM - 0.3 or not window.rect().contains(at):
            yield f"{button.objectName()}: {at}"
        if not highest - 2 <= at.top() / window.look.scale < at.bottom() / window.look.scale <= lowest + 2:
            yield f"{button.objectName()} out of reach"
        if not texts_fit(window.look, button):
            yield f"{button.objectName()}: {button.text()}"
    for first, second in combinations(shown, 2):
        one, other = place(window, first), place(window, second)
        across = max(one.left() - other.right(), other.left() - one.right())
        down = max(one.top() - other.bottom(), other.top() - one.bottom())
        if max(across, down) * unit < GAP_MM - 0.3:
            yield f"{first.objectName()} beside {second.objectName()}"


# ---------- the screens in every language ----------


def test_every_hint_has_room_under_the_camera(open_desk: Callable[..., Desk]) -> None:
    """Hints change too often to be among the samples."""
    for size in (PORTRAIT, LANDSCAPE):
        window = open_desk(size).window
        for language in window.catalogue.languages:
            for hint in ["face.guide", *(f"face.hint.{hint.value}" for hint in FaceHint)]:
                view = with_all("face", language=language, content=CameraContent(Text(hint)))
                window.show_view(view)
                assert texts_fit(window.look, window.content), f"{hint} {language}"
