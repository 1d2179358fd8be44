"""How a scenario's step `switch:` presses, in both ways of scanning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.app.paths import ASSETS
from kiosk.app.qt import application
from kiosk.app.settings import AccessSettings
from kiosk.app.switching import choose_by_switch
from kiosk.ui.samples import SAMPLES
from kiosk.ui.scanning import Scanner
from kiosk.ui.window import PatientWindow
from tests.kiosk.app.plays import catalogue

Press = Callable[[str], int | None]


@pytest.fixture(params=["auto", "step"])
def bench(request: pytest.FixtureRequest) -> Iterator[tuple[Press, list[str]]]:
    application()
    taps: list[str] = []
    window = PatientWindow(
        catalogue(),
        fonts_folder=ASSETS / "fonts",
        pictures_folder=ASSETS / "pictures",
        on_tap=taps.append,
        on_typed=lambda _field, secret: secret.wipe(),
    )
    window.show_view(SAMPLES["consent"])
    access = AccessSettings(scanning=request.param)
    scanner, now = Scanner(window, access.switches), 0.0
    stage: Any = SimpleNamespace(window=window, scanner=scanner, settings=SimpleNamespace(access=access))

    def pause(seconds: float) -> None:
        nonlocal now
        now += seconds
        scanner.tick(now)

    pause(1.0)
    yield lambda control: choose_by_switch(stage, control, pause), taps
    window.close()
    window.deleteLater()


def test_it_presses_until_the_control_was_taken(bench: tuple[Press, list[str]]) -> None:
    press, taps = bench
    assert press("consent.none")
    assert press("staff")
    assert taps == ["consent.none", "staff"]


def test_what_is_not_there_is_never_taken(bench: tuple[Press, list[str]]) -> None:
    press, taps = bench
    assert press("consent.everything") is None
    assert taps == []
