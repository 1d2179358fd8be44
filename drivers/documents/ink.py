"""Print of a line that was not read: beside its frame, or between two letters that stand apart.

The black dots that stand for a lost character (●), and letters at the edge of a sheet, may be passed over without a
trace; what is left of a name or number reads well and is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.documents.light import AROUND
from kiosk.ports.face import Picture

_BAND = 0.36  # of the line's height, above and below its middle: where letters have ink
_INK = 0.45  # of the print's contrast
_RULE = 1.3  # of the line's height in one stroke: a rule of a table, another cell, or the edge of the sheet
_SHADE = 0.25  # of the print's contrast: so much makes another ground
_LEAST_HEIGHT = 0.22  # of the line's height: lower is a speck, a comma or a leader
_CLEAR = 0.12  # of the line's height outside the frame: nearer is still the frame's own
_LETTER = 0.5  # of the line's height to each side of its middle: so far reaches the broadest letter


class Ink:
    """`cut` is the line as seen, with `AROUND` heights of ground on all sides."""

    def __init__(self, cut: Picture) -> None:
        rows, columns = cut.shape[:2]
        self._rise = rows / (1 + 2 * AROUND)
        self._margin = round(AROUND * self._rise)
        self._columns = columns
        grey = cut.astype(np.float32).mean(axis=2)
        band = slice(round(rows / 2 - _BAND * self._rise), round(rows / 2 + _BAND * self._rise) + 1)
        own = grey[band, self._margin : max(self._margin + 1, columns - self._margin)]
        low, ground, high = (float(v) for v in np.percentile(own, (2, 50, 98)))
        contrast = max(ground - low, high - ground)
        least = max(1.0, _INK * contrast)
        light_on_dark = high - ground > ground - low
        self._height: NDArray[np.int64] = ((grey - ground if light_on_dark else ground - grey) > least)[band].sum(
            axis=0
        )
        other = (np.abs(grey - ground) > max(1.0, _SHADE * contrast)).astype(np.uint8)
        stroke = np.ones((round(_RULE * self._rise), 1), np.uint8)
        self._rule = np.asarray(cv2.erode(other, stroke, borderValue=0).max(axis=0) > 0)

    def beside(self, *, left: bool) -> tuple[float, float] | None:
        """From where to where ink stands outside the frame, in heights of the line counted outwards from its end; None
        where there is none. Nothing behind a rule or an edge counts."""
        height = self._height[: self._margin][::-1] if left else self._height[self._columns - self._margin :]
        rule = self._rule[: self._margin][::-1] if left else self._rule[self._columns - self._margin :]
        end = int(rule.argmax()) if rule.any() else len(rule)
        begin = round(_CLEAR * self._rise)
        inked = np.flatnonzero(height[begin:end]) + begin
        if not len(inked) or height[inked].max() < _LEAST_HEIGHT * self._rise:
            return None
        return float(inked[0]) / self._rise, float(inked[-1] + 1) / self._rise

    def between(self, neighbours: Sequence[tuple[float | None, float | None]]) -> bool:
        """Whether ink stands between two letters, given by their middles in shares of the frame's length, or between
        a letter and the frame's end, which is None."""
        length = max(1.0, self._columns - 2 * self._margin)
        reach = _LETTER * self._rise
        for one, other in neighbours:
            first = self._margin + (0 if one is None else round(one * length + reach))
            last = self._margin + (round(length) if other is None else round(other * length - reach))
            height = self._height[first:last][~self._rule[first:last]] if first < last else self._height[:0]
            if (height >= _LEAST_HEIGHT * self._rise).sum() > 1:
                return True
        return False
