"""Veil, wandering and light, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from kiosk.ui.check import flaws
from kiosk.ui.reach import Glass
from kiosk.ui.samples import SAMPLES
from kiosk.ui.upkeep import Habits, Upkeep
from kiosk.ui.widgets.button import PressButton

NOON = datetime(2026, 11, 24, 12)
Desk = Any


def kept(desk: Desk, **habits: Any) -> Callable[[float], None]:
    upkeep = Upkeep(desk.window, Habits(**habits))
    return lambda seconds: upkeep.tick(seconds, NOON)


def test_personal_data_are_covered_when_nobody_touches_the_screen(desk: Desk) -> None:
    at = kept(desk)
    desk.window.show_view(SAMPLES["result_confirmed"])
    at(100.0)
    at(119.9)
    assert not desk.window.covered
    at(120.0)
    assert desk.window.covered
    shown = " ".join(desk.window.texts())
    assert "見本" not in shown
    assert "ミホン" not in shown
    assert "さわってください" in shown
    assert not any(b.isVisible() for b in desk.window.findChildren(PressButton, "result.next"))
    names = {b.objectName() for b in desk.window.findChildren(PressButton) if b.isVisible()}
    assert {"staff", "voice"} <= names, "help stays where it is"


def test_what_is_covered_does_not_show_how_it_went(desk: Desk) -> None:
    def edges() -> list[str]:
        picture = desk.window.grab().toImage()
        return [picture.pixelColor(2, y).name() for y in range(0, picture.height(), 4)]

    desk.window.show_view(SAMPLES["result_confirmed"])
    good = desk.window.look.colour("good").name()
    assert good in edges()
    desk.window.cover()
    assert good not in edges()
    desk.window.uncover()
    assert good in edges()


def test_a_touch_brings_it_back_and_presses_nothing(desk: Desk) -> None:
    at = kept(desk)
    desk.window.show_view(SAMPLES["result_confirmed"])
    at(0.0)
    at(20.0)
    middle = desk.window.findChild(PressButton, "result.next").geometry().center()
    QTest.mouseClick(desk.window.childAt(middle), Qt.MouseButton.LeftButton)
    assert not desk.window.covered
    assert desk.taps == []
    assert any("見本" in text for text in desk.window.texts())
    at(30.0)
    at(49.0)
    assert not desk.window.covered
    at(50.0)
    assert desk.window.covered
    QTest.keyClick(desk.window, Qt.Key.Key_Space)
    assert not desk.window.covered
    assert desk.taps == []


def test_who_is_seen_is_there_without_a_touch(desk: Desk) -> None:
    upkeep = Upkeep(desk.window, Habits())
    desk.window.show_view(SAMPLES["result_confirmed"])
    upkeep.tick(0.0, NOON)
    for second in range(10, 100, 10):
        upkeep.seen()
        upkeep.tick(float(second), NOON)
        assert not desk.window.covered
    upkeep.tick(110.0, NOON)
    assert desk.window.covered
    upkeep.seen()
    assert not desk.window.covered
    upkeep.tick(111.0, NOON)
    upkeep.tick(130.0, NOON)
    assert not desk.window.covered


def test_the_veil_is_no_secret_and_no_trap(desk: Desk) -> None:
    """Another screen lifts it, a view of the same one does not; a press by id is preceded by a touch."""
    at = kept(desk)
    view = SAMPLES["form_review"]
    desk.window.show_view(view)
    at(0.0)
    at(20.0)
    desk.window.show_view(replace(view, voice_on=True))
    assert desk.window.covered
    assert flaws(desk.window, Glass(), painted=True) == []
    assert desk.window.press("form.ok")
    assert desk.taps == ["form.ok"]
    at(21.0)
    at(41.0)
    assert desk.window.covered
    desk.window.show_view(SAMPLES["checking"])
    assert not desk.window.covered


def test_a_screen_without_personal_data_is_never_covered(desk: Desk) -> None:
    at = kept(desk)
    for number, name in enumerate(("idle", "consent", "take_card", "pin", "staff_called")):
        desk.window.show_view(SAMPLES[name])
        at(number * 100.0)
        at(number * 100.0 + 99.0)
        assert not desk.window.covered, name
    off = kept(desk, veil_seconds=0.0)
    desk.window.show_view(SAMPLES["result_confirmed"])
    off(600.0)
    off(700.0)
    assert not desk.window.covered


def test_everything_wanders_slowly_and_only_on_the_start_screen(desk: Desk) -> None:
    at = kept(desk, shift=4, shift_seconds=60.0)
    window = desk.window
    window.show_view(SAMPLES["idle"])
    staff = window.findChild(PressButton, "staff")
    places = set()
    for minute in range(1, 10):
        at(minute * 60.0)
        places.add(staff.pos().toTuple())
        assert flaws(window, Glass(), painted=False) == []
    assert len(places) > 4
    across = [x for x, _y in places]
    assert max(across) - min(across) == round(8 * window.look.scale)
    window.show_view(SAMPLES["consent"])
    at(1000.0)
    held = staff.pos()
    at(2000.0)
    assert staff.pos() == held
    window.shift_to(QPointF())


@pytest.mark.parametrize(
    ("now", "dark"), [(time(19, 59), False), (time(20, 0), True), (time(3), True), (time(7), False)]
)
def test_less_light_at_night_until_somebody_comes(desk: Desk, now: time, dark: bool) -> None:
    upkeep = Upkeep(desk.window, Habits(dim_from=time(20), dim_until=time(7), dim_to=0.5))
    window = desk.window
    window.show_view(SAMPLES["idle"])
    corner = QPoint(3, window.height() // 2)
    full = window.grab().toImage().pixelColor(corner).lightness()
    upkeep.tick(0.0, datetime.combine(NOON.date(), now))
    seen = window.grab().toImage().pixelColor(corner).lightness()
    assert (seen < full * 0.6) is dark
    assert window.press("idle.no_card"), "a finger goes through"
    window.show_view(SAMPLES["checking"])
    upkeep.tick(1.0, datetime.combine(NOON.date(), now))
    assert window.grab().toImage().pixelColor(corner).lightness() == full


def test_an_urgent_frame_is_a_lamp_unless_motion_is_reduced(open_desk: Callable[..., Desk], qtbot: Any) -> None:
    moving, still = open_desk(reduced_motion=False), open_desk()
    for desk in (moving, still):
        desk.window.show_view(SAMPLES["take_card"])
    corner = QPoint(3, 3)

    def colour(desk: Desk) -> str:
        return str(desk.window.grab().toImage().pixelColor(corner).name())

    before = colour(moving)
    qtbot.waitUntil(lambda: colour(moving) != before, timeout=60_000)
    assert not still.window._light.isActive()
    moving.window.show_view(SAMPLES["finished"])
    assert not moving.window._light.isActive()
    assert isinstance(moving.window, QWidget)
