"""The patient's window as the settings want it: what it does by itself, and held on its screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from kiosk.app.settings import ScreenSettings
from kiosk.domain.messages import Catalogue, Text
from kiosk.flow.identity_view import STAFF_CODE_LENGTH
from kiosk.ports.staff import StaffCodes
from kiosk.ui.kiosk_mode import KioskMode
from kiosk.ui.leave_panel import LeavePanel
from kiosk.ui.upkeep import Habits
from kiosk.ui.window import PatientWindow


def habits_of(screen: ScreenSettings) -> Habits:
    return Habits(
        veil_seconds=screen.veil_seconds,
        shift=screen.shift_pixels,
        shift_seconds=screen.shift_seconds,
        dim_from=time.fromisoformat(screen.dim_from) if screen.dim_from else None,
        dim_until=time.fromisoformat(screen.dim_until) if screen.dim_until else time(7),
        dim_to=screen.dim_to,
    )


def hold_window(
    window: PatientWindow,
    catalogue: Catalogue,
    codes: StaffCodes,
    on_leave: Callable[[], None],
    *,
    language: str,
) -> KioskMode:
    """It stays until a member of staff enters a code at the corner. Before the window is shown."""

    def leave() -> None:
        mode.release()
        on_leave()

    panel = LeavePanel(
        window,
        window.look,
        lambda message_id: catalogue.render(Text(message_id), language),
        lambda code: codes.name_of(code) is not None,
        leave,
        length=STAFF_CODE_LENGTH,
    )
    mode = KioskMode(window, panel.open_panel)
    return mode
