"""Light that falls on a line of print: a reflection hides a part of it, and what is left may read as something else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from kiosk.ports.face import Picture

AROUND = 1.3
"""Ground around a line that `is_hidden_by_light` wants to see, in heights of the line."""

_WHITE = 253  # of the mean of a few points: white paper with a camera's noise is white here and there only
_POINTS = (5, 5)
_USUAL_GROUND_MOST = 240  # lighter, and the ground alone cannot tell paper from reflection
_HIDDEN_SHARE = 0.02  # of the ground around a value
_FADED = 0.5  # of the usual contrast
_PAGE_SHARE = 0.8  # labels are often paler than values
_BESIDE = 1.2  # heights of the line to the left and right of a value


@dataclass(frozen=True)
class Usual:
    """Of the lines of one picture: brightness of the ground, and contrast of the print."""

    ground: float
    contrast: float


def usual_of(cuts: Iterable[Picture]) -> Usual:
    """Medians over some lines."""
    grounds, contrasts = [], []
    for cut in cuts:
        grounds.append(float(np.percentile(cut.min(axis=2), 80)))
        contrasts.append(_contrast(cut))
    return Usual(median(grounds), median(contrasts)) if grounds else Usual(255.0, 0.0)


def is_hidden_by_light(cut: Picture, spans: Sequence[tuple[float, float]], usual: Usual) -> bool:
    """`cut` is the line with `AROUND` heights of ground on all sides; `spans` are the letters of a value, from 0 at the
    line's left end to 1 at its right."""
    rows, columns = cut.shape[:2]
    rise = rows / (1 + 2 * AROUND)
    length = max(1.0, columns - 2 * AROUND * rise)
    band = cut[max(0, round(rows / 2 - 0.6 * rise)) : round(rows / 2 + 0.6 * rise)]

    def column(share: float) -> int:
        return int(min(columns, max(0.0, AROUND * rise + share * length)))

    if not spans or band.size == 0:
        return False
    beside = _BESIDE * rise / length
    around = band[:, column(min(a for a, _ in spans) - beside) : column(max(b for _, b in spans) + beside)].min(axis=2)
    seen = cv2.blur(around.astype(np.float32), _POINTS)
    if usual.ground < _USUAL_GROUND_MOST and float((seen >= _WHITE).mean()) > _HIDDEN_SHARE:
        return True
    more = 0.12 * rise / length  # letters do not stand exactly where the recogniser puts them
    contrasts = [_contrast(band[:, column(a - more) : column(b + more)]) for a, b in spans]
    return min(contrasts) < _FADED * max(median(contrasts), _PAGE_SHARE * usual.contrast)


def _contrast(cut: Picture) -> float:
    if cut.size == 0:
        return 0.0
    grey = cut.astype(np.float32).mean(axis=2)
    return float(np.percentile(grey, 98) - np.percentile(grey, 2))
