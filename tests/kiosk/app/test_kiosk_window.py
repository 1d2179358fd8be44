from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from kiosk.app.catalogue import load_catalogue
from kiosk.app.identity import staff_codes
from kiosk.app.kiosk_window import habits_of, hold_window
from kiosk.app.paths import ASSETS
from kiosk.app.settings import ScreenSettings, Settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ui.gallery import gallery_window
from kiosk.ui.leave_panel import LeavePanel
from kiosk.ui.samples import SAMPLES


def test_staff_leave_with_the_code_that_they_use_at_the_counter(qtbot: QtBot) -> None:
    catalogue = load_catalogue(ASSETS / "messages")
    window = gallery_window(catalogue)
    qtbot.addWidget(window)
    left: list[str] = []
    mode = hold_window(window, catalogue, staff_codes(Settings()), lambda: left.append("left"), language="ja")
    window.show_view(SAMPLES["idle"])
    window.show()
    assert not window.close()
    mode._found()
    panel = window.findChild(LeavePanel)
    assert panel.isVisible()
    for digit in "135790":
        panel.pad.keys[digit].click()
    panel.pad.ok.click()
    assert left == ["left"]
    assert window.close()


@pytest.mark.parametrize(
    ("section", "values", "named"),
    [
        ("screen", {"short_mm": 21.5}, "settings.screen.short_mm"),
        ("screen", {"dim_from": "8 pm"}, "settings.screen.dim_from: HH:MM"),
        ("screen", {"dim_to": 0.0}, "settings.screen.dim_to"),
        ("screen", {"shift_pixels": 40}, "settings.screen.shift_pixels"),
        ("flow", {"text_size": 120}, "settings.flow.text_size: 100, 150, 200"),
        ("flow", {"palette": "pink"}, "settings.flow.palette: light, contrast, dark"),
    ],
)
def test_settings_of_the_screen(section: str, values: dict[str, Any], named: str) -> None:
    with pytest.raises(Fatal, match=named):
        Settings().overridden({section: values}, FailureCode.SETTINGS_WRONG)


def test_habits_are_as_set() -> None:
    habits = habits_of(ScreenSettings(veil_seconds=30.0, dim_from="20:30", dim_until="06:00", dim_to=0.4))
    assert (habits.veil_seconds, habits.dim_from, habits.dim_until, habits.dim_to) == (30, time(20, 30), time(6), 0.4)
    assert habits_of(ScreenSettings()).dim_from is None
    assert habits_of(ScreenSettings(shift_pixels=0)).shift == 0
