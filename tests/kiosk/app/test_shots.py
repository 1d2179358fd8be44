"""Pictures of a play: every screen as it was left, and what it said before."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.app.paths import ASSETS
from kiosk.app.qt import application
from kiosk.app.shots import LOOKS_MOST, Shots
from kiosk.domain.messages import Text
from kiosk.domain.screen import Notice, View
from kiosk.ui.window import PatientWindow
from tests.kiosk.app.plays import catalogue, player, written

SMALL = "settings: {lane: {width: 540, height: 960}}"


def test_pictures_of_what_a_screen_said_before(tmp_path: Path) -> None:
    """Each sentence once, and no more of one screen than anybody would look at."""
    steps = "[place_card, {camera: far}, {wait: 1}, {camera: near}, {wait: 1}, {camera: far}, {wait: 1}, remove_card]"
    result = player().play(written(tmp_path, f"name: looks\n{SMALL}\nsteps: {steps}"), shots=tmp_path / "shots")
    assert result.failure is None
    folder = tmp_path / "shots/looks"
    face = result.screens.index("face") + 1
    assert sorted(path.name for path in folder.glob("*.png")) == [
        f"{number:02d}-{screen}.png" for number, screen in enumerate(result.screens, 1)
    ]
    looks = sorted((folder / f"{face:02d}-face").glob("*.png"))
    assert [path.name for path in looks] == ["1.png", "2.png", "3.png"]
    assert len({path.read_bytes() for path in looks}) == 3


@pytest.mark.parametrize("same", [True, False])
def test_pictures_of_one_screen_are_bounded(tmp_path: Path, same: bool) -> None:
    application()
    window = PatientWindow(
        catalogue(), fonts_folder=ASSETS / "fonts", pictures_folder=ASSETS / "pictures", on_tap=print, on_typed=print
    )
    shots = Shots(tmp_path, window)
    for number in range(LOOKS_MOST * 2):
        notice = Notice(Text("pin.tries", (("n", str(number % 2 if same else number)),)))
        shots.before(View("pin", "EnteringPin", Text("pin.title"), notices=(notice,)))
    shots.last()
    assert len(list(tmp_path.rglob("*.png"))) == (2 if same else LOOKS_MOST) + 1
