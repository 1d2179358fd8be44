"""How it goes, to be seen from two metres: the colour behind the title and the large sign beside it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.screen import CameraContent, ProgressContent, View


@dataclass(frozen=True)
class Mood:
    """`fill` and `ink` are colour names, `sign` one of `widgets.icons`."""

    fill: str
    ink: str
    sign: str


WORKING = Mood("accent", "on_accent", "wait")
DONE = Mood("good", "on_accent", "good")
CARE = Mood("signal", "on_signal", "care")
STAFF_COMES = Mood("accent", "on_accent", "person")

SIGN = 92.0
"""Edge of the sign, design pixels: 23 mm on a screen of 21.5 inches."""


def mood_of(view: View) -> Mood | None:
    """None where the screen asks or shows something to do: a question is no event."""
    if view.urgent or view.screen == "idle" or isinstance(view.content, CameraContent):
        return None
    if isinstance(view.content, ProgressContent):
        return WORKING
    if view.screen == "staff_called":
        return STAFF_COMES
    return {"ok": DONE, "care": CARE}.get(view.sound or "")
