"""A finger that comes down on a screen which has just given way by itself does not press what appeared under it."""

from __future__ import annotations

from pathlib import Path

from kiosk.app.player import Observer
from kiosk.app.stage import Stage
from tests.kiosk.app.plays import player, written

STORY = """
steps:
  - camera: self
  - place_card
  - expect: {screen: consent}
  - wait: 2
  - expect: {screen: consent}
  - tap: consent.none
  - expect: {screen: result}
outcome: {status: accepted, consents: []}
"""


class Finger(Observer):
    """Presses a control the moment the consent screen comes up, and once more after a while."""

    def __init__(self, control: str, screen: str = "consent") -> None:
        self.control, self.screen_name = control, screen
        self.pressed = 0

    def ready(self, stage: Stage) -> None:
        self.stage = stage

    def screen(self, texts: list[str]) -> None:  # noqa: ARG002
        if self.stage.lane.view.screen == self.screen_name and not self.pressed:
            self.pressed += 1
            self.stage.lane.tapped(self.control)


def test_press_on_a_screen_that_just_came_up_is_not_taken(tmp_path: Path) -> None:
    finger = Finger("consent.all")
    result = player().play(written(tmp_path, STORY), observer=finger)
    assert finger.pressed == 1
    assert result.failure is None


def test_staff_can_be_called_at_any_moment(tmp_path: Path) -> None:
    story = "steps: [{camera: self}, place_card, {expect: {screen: staff_called}}]"
    result = player().play(written(tmp_path, story), observer=Finger("staff"))
    assert result.failure is None
