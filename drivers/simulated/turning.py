"""Heads that turn: pictures between the straight and the turned ones, by optical flow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.ports.face import Picture

_FLOW_SIZE = (320, 240)  # large enough for a face, 20 ms both ways
_FLOW_BLUR = 2.0

Field = NDArray[np.float32]


class HeadTurn:
    """One side of one face: `at(0)` is the straight picture, `at(1)` the turned one."""

    def __init__(self, straight: Picture, turned: Picture) -> None:
        self._straight, self._turned = straight, turned
        self._there, self._back = _flow(straight, turned), _flow(turned, straight)
        height, width = straight.shape[:2]
        self._grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)

    def at(self, share: float) -> Picture:
        """A new picture for a share between 0 and 1 of the turn."""
        one = _warped(self._straight, self._grid + self._back * share)
        other = _warped(self._turned, self._grid + self._there * (1 - share))
        return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0), np.uint8)


def with_nose_moved(picture: Picture, nose: tuple[float, float], by: float) -> Picture:
    """The nose so many pixels further to the side, as on a head that turns a few degrees more."""
    reach = 26.0  # pixels: the tip and its sides, not the eyes
    height, width = picture.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    share = np.exp(-((columns - nose[0]) ** 2 + (rows - nose[1]) ** 2) / (2 * reach**2))
    return _warped(picture, np.stack([columns - by * share, rows], -1).astype(np.float32))


def _flow(one: Picture, other: Picture) -> Field:
    small = [
        cv2.cvtColor(cv2.resize(p, _FLOW_SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY) for p in (one, other)
    ]
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    field = finder.calc(small[0], small[1], np.zeros((*small[0].shape, 2), np.float32))
    height, width = one.shape[:2]
    soft = cv2.resize(cv2.GaussianBlur(field, (0, 0), _FLOW_BLUR), (width, height))
    return np.asarray(soft * (width / _FLOW_SIZE[0]), np.float32)


def _warped(picture: Picture, places: Field) -> Picture:
    moved = cv2.remap(picture, np.asarray(places, np.float32), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(moved, np.uint8)
