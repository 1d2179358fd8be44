"""All components by name: what is not here has no picture and no check."""

from __future__ import annotations

from kiosk.ui.components.buttons import BUTTONS
from kiosk.ui.components.frames import FRAMES
from kiosk.ui.components.pads import PADS
from kiosk.ui.components.shown import SHOWN
from kiosk.ui.components.stand import Component

COMPONENTS: dict[str, Component] = {component.name: component for component in (*FRAMES, *BUTTONS, *PADS, *SHOWN)}
