"""An optional model for the look before the challenge, from a file that the facility names with its digest.

The layout is MiniFASNet's: a crop of 2.7 or 4.0 times the face's box, 80 x 80 BGR from 0 to 255, three classes of which
the middle one means live. No such file is shipped.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

from drivers.face.detector import Detection
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.face import Picture

_SIDE = 80
_LIVE_CLASS = 1


class OnnxLiveness:
    """Raises `Fatal(MODEL_MISSING)` for an absent file, `Fatal(MODEL_WRONG)` for another one or one of no use."""

    def __init__(self, path: Path, sha256: str, scale: float) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            raise Fatal(FailureCode.MODEL_MISSING, path.name) from None
        if hashlib.sha256(content).hexdigest() != sha256.lower():
            raise Fatal(FailureCode.MODEL_WRONG, path.name)
        self._scale = scale
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
            self._classes(np.zeros((_SIDE, _SIDE, 3), np.uint8))
        except (cv2.error, ValueError):
            raise Fatal(FailureCode.MODEL_WRONG, path.name) from None

    def live_probability(self, picture: Picture, face: Detection) -> float:
        side_x, side_y = face.width * self._scale, face.height * self._scale
        left, top = face.x + face.width / 2 - side_x / 2, face.y + face.height / 2 - side_y / 2
        matrix = np.array([[_SIDE / side_x, 0, -left * _SIDE / side_x], [0, _SIDE / side_y, -top * _SIDE / side_y]])
        crop = cv2.warpAffine(picture, matrix, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
        scores = self._classes(np.asarray(crop, np.uint8))
        crop.fill(0)
        return float(scores[_LIVE_CLASS])

    def _classes(self, crop: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        self._net.setInput(cv2.dnn.blobFromImage(crop))
        raw = np.asarray(self._net.forward(), np.float64).reshape(-1)
        if raw.size <= _LIVE_CLASS:
            raise ValueError("too few classes")
        if raw.min() >= 0 and abs(raw.sum() - 1) < 1e-3:
            return raw  # a network that ends with its own softmax
        powers = np.exp(raw - raw.max())
        return np.asarray(powers / powers.sum(), np.float64)
