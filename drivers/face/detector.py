"""Finding faces with YuNet (`cv2.FaceDetectorYN`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.ports.face import Picture

MODEL = "face_detection_yunet_2023mar_int8bq.onnx"
_LARGEST = (320, 240)  # the frame is shrunk to fit: 4 ms, and faces of 80 px in 640 still have 40
_WHOLE = (1280, 1280)
_OVERLAP = 0.3  # boxes that share more than this are one face
_CANDIDATES = 50


@dataclass(frozen=True, eq=False, repr=False)
class Detection:
    """A face in pixels of the full picture.

    `row` is YuNet's own: x, y, width, height, then right eye, left eye, nose tip, right and left corner of the
    mouth (as the person has them), then the score.
    """

    row: NDArray[np.float32]

    @property
    def x(self) -> float:
        return float(self.row[0])

    @property
    def y(self) -> float:
        return float(self.row[1])

    @property
    def width(self) -> float:
        return float(self.row[2])

    @property
    def height(self) -> float:
        return float(self.row[3])

    @property
    def landmarks(self) -> NDArray[np.float32]:
        return self.row[4:14].reshape(5, 2)

    @property
    def score(self) -> float:
        return float(self.row[14])


class YuNetDetector:
    """Not for use from several threads at once."""

    def __init__(self, model: NDArray[np.uint8], score_least: float) -> None:
        self._net = cv2.FaceDetectorYN.create(
            "onnx", model, np.empty(0, np.uint8), _LARGEST, score_least, _OVERLAP, _CANDIDATES
        )

    def detect(self, picture: Picture, *, shrink: bool = True) -> tuple[Detection, ...]:
        """All faces, widest first. Without `shrink` also small ones, and ten times slower."""
        height, width = picture.shape[:2]
        largest = _LARGEST if shrink else _WHOLE
        scale = min(1.0, largest[0] / width, largest[1] / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = picture if size == (width, height) else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        self._net.setInputSize(size)
        rows = self._net.detect(small)[1]
        if rows is None:
            return ()
        found = []
        for row in np.asarray(rows, np.float32):
            row = row.copy()
            row[0:14:2] *= width / size[0]
            row[1:14:2] *= height / size[1]
            found.append(Detection(row))
        return tuple(sorted(found, key=lambda face: face.width, reverse=True))


def clearly_in_front(faces: Sequence[Detection], second_face_ratio: float) -> bool:
    """Whether the widest of the faces (widest first) stands alone: no other reaches that share of its width."""
    return len(faces) < 2 or faces[1].width < second_face_ratio * faces[0].width
