"""The small motion of a person who stands still, and the noise of a sensor; deterministic."""

from __future__ import annotations

import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.ports.face import Picture

_SWAY_PX = 1.6
_ZOOM = 0.006
_ROLL_DEGREES = 0.5
_NOISE = 2.2  # grey levels, standard deviation
_TILES = 7  # noise patterns taken in turn; making fresh noise would cost more than everything else


@lru_cache
def _noise() -> tuple[NDArray[np.int8], ...]:
    """About 6 MB, drawn once: every camera has the same."""
    source = np.random.default_rng(20260401)
    return tuple(source.normal(0, _NOISE, (480, 640, 3)).round().astype(np.int8) for _ in range(_TILES))


class Motion:
    """Turns a still picture into the n-th frame of a film."""

    def __init__(self) -> None:
        self._noise = _noise()

    def applied(self, still: Picture, number: int, who: str) -> Picture:
        """A new array each time: the caller may overwrite it."""
        start = zlib.crc32(who.encode()) % 1000
        t = (start + number) / 15.0
        height, width = still.shape[:2]
        matrix = cv2.getRotationMatrix2D(
            (width / 2, height / 2), _ROLL_DEGREES * np.sin(1.1 * t + 2), 1 + _ZOOM * np.sin(0.7 * t + 1)
        )
        matrix[0, 2] += _SWAY_PX * (np.sin(1.9 * t) + 0.3 * np.sin(7.3 * t))
        matrix[1, 2] += _SWAY_PX * (np.sin(1.3 * t + 0.5) + 0.3 * np.sin(6.1 * t))
        moved = cv2.warpAffine(still, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        noise = self._noise[(start + number) % _TILES]
        if noise.shape != moved.shape:
            noise = noise[: moved.shape[0], : moved.shape[1]]
        return np.asarray(cv2.add(moved, noise, dtype=cv2.CV_8U), np.uint8)
