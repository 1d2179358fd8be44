"""Finding a card of ID-1 format in a picture and laying it flat (ISO/IEC 7810: 85.60 x 53.98 mm)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.ports.face import Picture

RATIO = 85.60 / 53.98
FLAT_WIDTH = 1072
FLAT_HEIGHT = 676

_SEARCH_WIDTH = 640
_SMALLEST_SHARE = 0.12  # of the picture: smaller, and the print could not be read
_RATIO_TOLERANCE = 0.15  # perspective changes the ratio of the sides
_Points = NDArray[np.float32]
_Outline = NDArray[np.int32]
_Line = NDArray[np.float32]


def flat_card(picture: Picture) -> Picture | None:
    """The card seen from straight above, or None when no shape of its proportions stands out."""
    scale = min(1.0, _SEARCH_WIDTH / picture.shape[1])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    corners = _card_corners(np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), np.uint8))
    if corners is None:
        return None
    target = np.array([[0, 0], [FLAT_WIDTH, 0], [FLAT_WIDTH, FLAT_HEIGHT], [0, FLAT_HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners / np.float32(scale), target)
    return np.asarray(cv2.warpPerspective(picture, matrix, (FLAT_WIDTH, FLAT_HEIGHT), flags=cv2.INTER_CUBIC), np.uint8)


def _card_corners(grey: NDArray[np.uint8]) -> _Points | None:
    """Clockwise from the upper left corner, long side up, as the picture shows it; light card or light ground."""
    light = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    for mask in (light, cv2.bitwise_not(light)):
        outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
        for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:2]:
            corners = _corners_of(np.asarray(outline, np.int32))
            if corners is not None and _is_card(corners, grey.shape[0], grey.shape[1]):
                return corners
    return None


def _corners_of(outline: _Outline) -> _Points | None:
    """Where the four sides would meet if the corners were not rounded."""
    hull = cv2.convexHull(outline)
    if cv2.contourArea(hull) < 400:
        return None
    box = cv2.boxPoints(cv2.minAreaRect(hull))
    points = outline.reshape(-1, 2).astype(np.float32)
    sides = []
    for i in range(4):
        start, end = box[i], box[(i + 1) % 4]
        along = end - start
        length = float(np.hypot(*along))
        if length < 10:
            return None
        along = along / length
        offset = points - start
        position = offset @ along / length
        distance = np.abs(offset @ np.array([-along[1], along[0]], np.float32))
        near = points[(position > 0.15) & (position < 0.85) & (distance < 0.12 * length)]
        if len(near) < 20:
            return None
        sides.append(np.asarray(cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01), np.float32).reshape(-1))
    corners = [_meeting(sides[i - 1], sides[i]) for i in range(4)]
    if any(corner is None for corner in corners):
        return None
    return _long_side_up(np.array(corners, np.float32))


def _meeting(one: _Line, other: _Line) -> _Points | None:
    (vx, vy, x, y), (wx, wy, u, v) = (tuple(float(value) for value in line) for line in (one, other))
    across = vx * wy - vy * wx
    if abs(across) < 0.3:  # sides of a card are far from parallel
        return None
    t = ((u - x) * wy - (v - y) * wx) / across
    return np.array([x + t * vx, y + t * vy], np.float32)


def _long_side_up(corners: _Points) -> _Points:
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    ordered = corners[np.argsort(angles)]  # clockwise on the screen, from the upper left
    if np.hypot(*(ordered[1] - ordered[0])) < np.hypot(*(ordered[2] - ordered[1])):
        ordered = np.roll(ordered, 1, axis=0)
    return np.ascontiguousarray(ordered, np.float32)


def _is_card(corners: _Points, height: int, width: int) -> bool:
    sides = [float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4)]
    ratio = (sides[0] + sides[2]) / max(sides[1] + sides[3], 1e-6)
    inside = bool((corners > -4).all() and (corners[:, 0] < width + 4).all() and (corners[:, 1] < height + 4).all())
    large = cv2.contourArea(corners) > _SMALLEST_SHARE * width * height
    return inside and large and abs(ratio / RATIO - 1) < _RATIO_TOLERANCE
