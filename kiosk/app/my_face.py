"""`kiosk run --my-face`: the persona's card photo is made of whoever sits before the real camera, in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.clock import Clock
from kiosk.ports.face import Camera, Picture

if TYPE_CHECKING:
    from drivers.face.engine import SFaceEngine

PATIENCE_S = 8.0
"""So long a good picture is waited for."""

ABOVE, WIDE = 0.75, 2.4
"""A portrait as on a card: this much of the face's height above it, and so many of its widths across."""


def portrait(engine: SFaceEngine, camera: Camera, clock: Clock, seconds: float = PATIENCE_S) -> bytes:
    """The photo for the chip (JPEG 2000). Every frame and cut-out is overwritten.

    Raises `NeedsStaff(PHOTO_MISSING)` when nobody can be seen well in time, and what the camera raises.
    """
    from drivers.simulated.card.photo import jp2_of

    camera.open()
    try:
        began = clock.monotonic()
        while clock.monotonic() - began <= seconds:
            frame = camera.next_frame()
            look = engine.look(frame.picture)
            try:
                if look.hint is None and look.face is not None:
                    cut = _cut(frame.picture, look.face.x, look.face.y, look.face.width, look.face.height)
                    try:
                        return jp2_of(cut)
                    finally:
                        cut.fill(0)
            finally:
                frame.picture.fill(0)
                if look.aligned is not None:
                    look.aligned.fill(0)
        raise NeedsStaff(FailureCode.PHOTO_MISSING, "--my-face")
    finally:
        camera.close()


def _cut(picture: Picture, x: float, y: float, width: float, height: float) -> Picture:
    """4 : 5 around the face, as much of it as the picture holds."""
    across = width * WIDE
    tall = across * 5 / 4
    left, top = x + width / 2 - across / 2, y - height * ABOVE
    rows, columns = picture.shape[:2]
    shrink = min(1.0, rows / tall, columns / across)
    across, tall = across * shrink, tall * shrink
    left = min(max(x + width / 2 - across / 2, 0), columns - across)
    top = min(max(top, 0), rows - tall)
    return picture[int(top) : int(top + tall), int(left) : int(left + across)].copy()
