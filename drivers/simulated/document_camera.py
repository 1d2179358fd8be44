"""The camera over the reading table: sees whatever paper or phone lies there."""

from __future__ import annotations

import numpy as np

from kiosk.ports.clock import Clock
from kiosk.ports.face import Frame, Picture

FRAME_SECONDS = 0.2
_TABLE = 120
"""Grey of the empty table."""

_NOISE = 1.5


class SimulatedDocumentCamera:
    """Implements `kiosk.ports.face.Camera`. `paper` is the picture of what lies there now, None for the empty table.

    Every frame has noise of its own, as the frames of a camera do.
    """

    def __init__(self, clock: Clock, seed: int) -> None:
        self.paper: Picture | None = None
        self._clock = clock
        self._noise = np.random.default_rng(seed)

    def open(self) -> None:
        """Always there."""

    def next_frame(self) -> Frame:
        self._clock.sleep(FRAME_SECONDS)
        paper = self.paper
        if paper is None:
            return Frame(np.full((270, 480, 3), _TABLE, np.uint8), self._clock.monotonic())
        seen = paper + self._noise.standard_normal((*paper.shape[:2], 1), np.float32) * _NOISE
        return Frame(np.clip(seen, 0, 255).astype(np.uint8), self._clock.monotonic())

    def close(self) -> None:
        """Nothing to release."""
