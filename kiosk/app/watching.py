"""Who looks on while a scenario is played, and how a step fails."""

from __future__ import annotations

from kiosk.app.stage import Stage


class StepFailed(Exception):
    """A step could not be done, or what it expected did not come. The text names the step."""


class Observer:
    """Looks on while a scenario is played. Nothing it does may change what happens."""

    def ready(self, stage: Stage) -> None:
        """Before the first event."""

    def screen(self, texts: list[str]) -> None:
        """Everything readable after each change of the screen and each key typed."""

    def over(self, stage: Stage) -> None:
        """After the last event, before anything is closed."""
