"""Switch scanning: the frame goes over every screen in reading order, and a switch takes what it stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from kiosk.app.catalogue import patient_languages
from kiosk.app.paths import ASSETS
from kiosk.ui.kiosk_mode import KioskMode
from kiosk.ui.samples import SAMPLES
from kiosk.ui.scanning import Scanner
from kiosk.ui.switches import Switches
from kiosk.ui.window import LANDSCAPE, PatientWindow

Desk = Any
ALL = patient_languages(ASSETS / "messages")[0]


class Switch:
    """Somebody with one switch, or two, and time."""

    def __init__(self, window: PatientWindow, **switches: Any) -> None:
        self.window = window
        self.named: list[str] = []
        self.presses = 0
        self.speaks_until = 0.0
        self.now = 0.0
        self.scanner = Scanner(
            window,
            replace(Switches(mode="auto", onward=""), **switches),
            on_group=self.named.append,
            on_press=self._pressed,
            busy_until=lambda: self.speaks_until,
        )

    def _pressed(self) -> None:
        self.presses += 1

    def wait(self, seconds: float = 2.0) -> None:
        self.now += seconds
        self.scanner.tick(self.now)

    def press(self, key: Qt.Key = Qt.Key.Key_F7) -> None:
        self.wait(0.4)
        QTest.keyClick(self.window, key)
        self.scanner.tick(self.now)

    def reach(self, control: str) -> None:
        """Wait until the frame stands on the control, and take it."""
        for _move in range(80):
            here = self.scanner.offered
            if control in here:
                self.press()
                if here == (control,):
                    return
            else:
                self.wait()
        raise AssertionError(f"never came to {control}")

    @property
    def frame(self) -> QRect:
        frame = self.window.findChild(QWidget, "scan")
        assert frame is not None
        return frame.geometry() if frame.isVisible() else QRect()


def controls(window: PatientWindow) -> set[str]:
    return {button.control_id for part in window.offered() for button in part}


def test_nobody_sees_it_before_a_switch_is_pressed_nor_after_a_finger_came(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    switch = Switch(desk.window)
    switch.wait(100.0)
    assert switch.scanner.offered == ()
    switch.press()
    assert (switch.scanner.offered, desk.taps) == (("consent.all",), []), "the first press only begins"
    assert not switch.frame.isEmpty()
    QTest.mouseClick(desk.window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert switch.frame.isEmpty()


def test_one_switch_takes_what_the_frame_comes_to(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    switch = Switch(desk.window)
    switch.press()
    switch.wait()
    seen = [switch.scanner.offered]
    for _move in range(5):
        switch.wait()
        seen.append(switch.scanner.offered)
    inside, below, above = (tuple(b.control_id for b in part) for part in desk.window.offered())
    assert inside[:2] == ("consent.all", "consent.none")
    assert seen == [*((one,) for one in inside), below, above, (inside[0],)], "reading order, the content first"
    assert switch.named == ["scan.below", "scan.above"]
    switch.reach("consent.none")
    assert desk.taps == ["consent.none"]


def test_it_rests_after_some_rounds_and_comes_back_at_the_first_control(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    switch = Switch(desk.window, rounds=2)
    switch.press()
    moves = 0
    while switch.scanner.offered:
        switch.wait()
        moves += 1
        assert moves < 40
    assert moves > 8
    switch.press()
    assert switch.scanner.offered == ("consent.all",)
    assert desk.taps == []


def test_two_switches_one_moves_and_one_takes(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    switch = Switch(desk.window, mode="step", onward="F8")
    switch.press()
    switch.wait(500.0)
    assert switch.scanner.offered == ("consent.all",), "nothing moves by itself"
    switch.press(Qt.Key.Key_F8)
    switch.press(Qt.Key.Key_F8)
    switch.press(Qt.Key.Key_F8)
    assert len(switch.scanner.offered) > 1
    switch.press()
    row = [switch.scanner.offered]
    while len(row[-1]) == 1:
        switch.press(Qt.Key.Key_F8)
        row.append(switch.scanner.offered)
    assert row[-1] == tuple(one for (one,) in row[:-1]), "after the last of a row the row again: the way out"
    switch.press(Qt.Key.Key_F8)
    switch.press()
    while switch.scanner.offered != ("voice",):
        switch.press(Qt.Key.Key_F8)
    switch.press()
    assert desk.taps == ["voice"]


def test_the_keys_of_a_pin_are_taken_by_rows_and_none_is_named(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    switch = Switch(desk.window)
    switch.press()
    for digit in "1974":
        switch.reach(f"pin.digit.{digit}")
    switch.reach("pin.ok")
    [(field, secret)] = desk.typed
    assert (field, bytes(secret.reveal())) == ("pin", b"1974")
    assert switch.presses == 1 + 4 * 2 + 1, "a row and a key each; then only what is left is offered, one by one"
    assert all(name.startswith(("scan.row.", "scan.above", "scan.below")) for name in switch.named)


def test_a_key_in_a_column_of_its_own_belongs_to_the_row_beside_it(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["form_name"])
    switch = Switch(desk.window)
    switch.press()
    seen = [switch.scanner.offered]
    for _move in range(4):
        switch.wait()
        seen.append(switch.scanner.offered)
    assert ("key.0.あ", "key.0.い", "key.0.う", "key.0.え", "key.0.お", "key.voiced") in seen
    assert seen[0] == ("key.back",), "from the top"


@pytest.mark.parametrize("sample", ["form_name", "form_birth_date", "form_review", "idle", "consent_items"])
def test_everything_on_every_kind_of_screen_can_be_taken(open_desk: Callable[..., Desk], sample: str) -> None:
    """Also the letters of the kana pad, in landscape, with all languages."""
    for size in ((540, 960), LANDSCAPE):
        window = open_desk(size).window
        window.show_view(replace(SAMPLES[sample], languages=ALL))
        switch = Switch(window)
        switch.press()
        offered: set[str] = set()
        places = {
            b.control_id: QRect(b.mapTo(window, QPoint(0, 0)), b.size()) for part in window.offered() for b in part
        }
        while not places.keys() <= offered:
            here = switch.scanner.offered
            assert all(switch.frame.contains(places[name]) for name in here)
            if len(here) > 1 and not set(here) <= offered:
                switch.press()  # into the row
                continue
            offered |= set(here) if len(here) == 1 else set()
            switch.wait()
            assert switch.now < 600, sorted(places.keys() - offered)
        names = {name for name in switch.named if name.startswith("scan.")}
        assert names, "rows are named"
        assert {f"spoken.{name}" for name in names} <= set(window.catalogue.ids())


def test_another_screen_begins_anew_when_it_was_read_or_heard(desk: Desk) -> None:
    window = desk.window
    window.show_view(SAMPLES["consent"])
    switch = Switch(window)
    switch.press()
    switch.wait()
    assert window.focusWidget().objectName() == "consent.all"
    switch.reach("consent.none")
    window.show_view(SAMPLES["result"])
    switch.speaks_until = switch.now + 15.0
    switch.wait(0.1)
    assert switch.scanner.offered == ("result.next",)
    switch.wait(14.0)
    assert (switch.scanner.offered, window.focusWidget()) == (("result.next",), None), "it waits for the voice"
    switch.wait(1.0)
    assert window.focusWidget().objectName() == "result.next", "named, when the screen's sentence was said"
    switch.speaks_until = switch.now + 1000.0
    switch.wait(3.0)
    assert switch.scanner.offered == ("result.next",), "its name is longer than the time it has"
    switch.wait(3.0)
    assert switch.scanner.offered == ("confirm.yes",), "but a voice without end does not hold it"


def test_a_press_that_was_meant_for_the_screen_before_takes_nothing(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    switch = Switch(desk.window)
    switch.press()
    switch.wait()
    switch.now += 1.0
    desk.window.show_view(SAMPLES["result"])
    QTest.keyClick(desk.window, Qt.Key.Key_F7)
    assert desk.taps == []
    switch.press()
    assert desk.taps == ["result.next"]


def test_a_sheet_is_gone_through_and_the_veil_lifted(desk: Desk) -> None:
    window = desk.window
    window.show_view(replace(SAMPLES["result"], voice_on=True))
    switch = Switch(window)
    switch.press()
    switch.reach("voice")
    assert controls(window) == {"voice", *(f"voice.{n}" for n in ("repeat", "louder", "softer", "stop", "close"))}
    switch.reach("voice.close")
    assert "result.next" in controls(window)
    window.cover()
    switch.press()
    assert not window.covered
    assert desk.taps == []


def test_a_hand_that_trembles_presses_once_and_held_windows_hear_the_switch(desk: Desk) -> None:
    window = desk.window
    window.show_view(SAMPLES["consent"])
    switch = Switch(window)
    mode = KioskMode(window, lambda: None)
    switch.wait()
    for _press in range(4):
        QTest.keyClick(window, Qt.Key.Key_F7)
    assert switch.presses == 1
    assert desk.taps == []
    mode.release()


def test_without_the_setting_its_keys_mean_what_they_mean(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["consent"])
    switch = Switch(desk.window, mode="off")
    switch.press()
    assert (switch.scanner.offered, switch.presses) == ((), 0)
    assert not desk.window.own_keys


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mode": "both"}, "scanning: "),
        ({"seconds": 0.1}, "scan_seconds: "),
        ({"rounds": 0}, "scan_rounds: "),
        ({"choose": "1"}, "choose_key: "),
        ({"onward": "F7"}, "next_key: "),
        ({"mode": "step", "onward": ""}, "next_key: "),
        ({"ignore": 3.0}, "ignore_seconds: "),
    ],
)
def test_what_is_wrong_with_the_settings_is_said(changed: dict[str, Any], said: str) -> None:
    assert (replace(Switches(mode="auto"), **changed).wrong() or "").startswith(said)
    assert Switches(mode="auto", onward="").wrong() is None
