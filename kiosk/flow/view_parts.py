"""Small parts that several screens share."""

from __future__ import annotations

from kiosk.domain.messages import Text
from kiosk.domain.screen import Control, Role, StaffView, View


def control(name: str, role: Role = Role.CHOICE, *, detail: bool = False, picture: str | None = None) -> Control:
    return Control(
        name,
        Text(f"control.{name}"),
        role,
        picture=picture,
        detail=Text(f"control.{name}.detail") if detail else None,
    )


def needs_of(*ids: str) -> StaffView:
    """What staff should come for; the step is filled in with the screen."""
    return StaffView(Text("staff.step.idle"), tuple(Text(i) for i in ids))


def extend_screen(_state: object = None) -> View:
    """Is anybody still there?"""
    return View(
        "extend_time",
        "",
        Text("extend.title"),
        body=(Text("timeout.ask"), Text("timeout.soon")),
        picture="extend_time",
        controls=(control("extend.yes", Role.MAIN),),
        back=True,
        sound="care",
    )
