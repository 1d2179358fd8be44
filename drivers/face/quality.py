"""Measuring a face on its aligned 112x112 crop and in its frame."""

from __future__ import annotations

import math

import cv2
import numpy as np

from drivers.face.detector import Detection
from drivers.face.gates import FRAME_WIDTH, Measures
from kiosk.ports.face import Picture

# Parts of the aligned crop, in which SFace puts the eyes at (38, 52) and (74, 52) and the mouth at y = 92.
_MIDDLE = (slice(46, 100), slice(34, 78))
_MOUTH_AND_CHIN = (slice(82, 108), slice(40, 72))


def measure(picture: Picture, face: Detection, aligned: Picture) -> Measures:
    """All measures of one frame."""
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY).astype(np.float32)
    middle = float(grey[_MIDDLE].mean())
    blurred = cv2.GaussianBlur(grey, (0, 0), 1)
    mouth = cv2.GaussianBlur(grey, (0, 0), 2)[_MOUTH_AND_CHIN]
    return Measures(
        face_width=face.width * FRAME_WIDTH / width,
        off_centre=max(
            abs(face.x + face.width / 2 - width / 2) / width, abs(face.y + face.height / 2 - height / 2) / height
        ),
        detector_score=face.score,
        yaw_proxy=yaw_proxy(face),
        roll_degrees=roll_degrees(face),
        mean_luma=float(grey.mean()),
        luma_deviation=float(grey.std()),
        sharpness=float(cv2.Laplacian(blurred, cv2.CV_32F).var()),
        surroundings_excess=_surroundings(picture, face) - middle,
        mouth_contrast=float(mouth.std()),
    )


def yaw_proxy(face: Detection) -> float:
    """Nose tip against the middle of the eyes along the eye axis, in eye distances; positive when the nose points to
    the picture's right, about 0.2 for a head turned by 25 degrees."""
    right_eye, left_eye, nose = face.landmarks[:3]
    axis = left_eye - right_eye
    distance = float(np.hypot(axis[0], axis[1]))
    return float(np.dot(nose - (right_eye + left_eye) / 2, axis)) / max(distance, 1e-6) ** 2


def roll_degrees(face: Detection) -> float:
    """Tilt of the line from the middle of the eyes to the middle of the mouth, positive when the chin points to the
    picture's left. The landmarks show a roll by this line sooner than by the eye axis."""
    line = face.landmarks[3:5].mean(axis=0) - face.landmarks[:2].mean(axis=0)
    return math.degrees(math.atan2(-line[0], line[1]))


def mean_luma(picture: Picture) -> float:
    """Of a whole frame, on a grid of it."""
    return float(cv2.cvtColor(np.ascontiguousarray(picture[::8, ::8]), cv2.COLOR_BGR2GRAY).mean())


def _surroundings(picture: Picture, face: Detection) -> float:
    """Mean luma beside and above the head, within three face widths."""
    height, width = picture.shape[:2]
    left, right = max(0, int(face.x - face.width)), min(width, int(face.x + 2 * face.width))
    top, bottom = max(0, int(face.y - face.height / 2)), min(height, int(face.y + 0.8 * face.height))
    area = np.ascontiguousarray(picture[top:bottom:4, left:right:4])
    if area.size == 0:
        return mean_luma(picture)
    grey = cv2.cvtColor(area, cv2.COLOR_BGR2GRAY)
    columns = np.arange(left, right, 4)[: grey.shape[1]]
    # The hair belongs to the head, so the head is taken half as wide again as the face.
    beside = (columns < face.x - face.width / 4) | (columns > face.x + 1.25 * face.width)
    return float(grey[:, beside].mean()) if beside.any() else float(grey.mean())
