"""The camera picture for staff who look themselves: shown as it comes, kept by nobody."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from kiosk.ports.face import Camera, Frame

_SHOWN_FRAMES = 8
"""The screen may still be painting frames of the last half second."""


def watch(camera: Camera, on_frame: Callable[[Frame], None], ended: Callable[[], bool]) -> None:
    """Show frames until `ended`, and overwrite each soon after. Raises what the camera raises."""
    shown: deque[Frame] = deque()
    try:
        camera.open()
        while not ended():
            if len(shown) == _SHOWN_FRAMES:
                shown.popleft().picture.fill(0)
            shown.append(camera.next_frame())
            on_frame(shown[-1])
    finally:
        camera.close()
        for frame in shown:
            frame.picture.fill(0)
