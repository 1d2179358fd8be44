"""Finding the sheet, card or screen in a picture by its edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.ports.face import Picture

Points = NDArray[np.float32]

_SEARCH_SIDE = 640
_SMALLEST_SHARE = 0.08


def find_paper(picture: Picture, smallest_share: float = _SMALLEST_SHARE) -> Points | None:
    """Four corners, clockwise on the screen; None where no shape of four sides stands out.

    Light paper on a darker rest, a screen in its dark frame, and a card whose edge is only a line are looked for in
    this order; the largest shape that holds its outline counts.
    """
    scale = min(1.0, _SEARCH_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), np.uint8)
    whole = grey.shape[0] * grey.shape[1]
    best: Points | None = None
    for mask in _masks(grey):
        outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:3]:
            corners = _four_corners(np.asarray(outline, np.int32))
            if corners is None or cv2.contourArea(corners) < smallest_share * whole or _is_frame(corners, grey):
                continue
            if best is None or cv2.contourArea(corners) > 1.1 * cv2.contourArea(best):
                best = corners
        if best is not None:
            break
    return None if best is None else np.asarray(best / np.float32(scale), np.float32)


def _masks(grey: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    light = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    edges = cv2.dilate(cv2.Canny(grey, 40, 120), np.ones((3, 3), np.uint8))
    return [np.asarray(mask, np.uint8) for mask in (closed, cv2.bitwise_not(light), edges)]


def _four_corners(outline: NDArray[np.int32]) -> Points | None:
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    length = cv2.arcLength(hull, True)
    for loose in (0.02, 0.035, 0.05):
        corners = cv2.approxPolyDP(hull, loose * length, True).reshape(-1, 2).astype(np.float32)
        if len(corners) == 4 and cv2.contourArea(corners) > 0.88 * area:
            centre = corners.mean(axis=0)
            order = np.argsort(np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0]))
            return np.ascontiguousarray(corners[order])
    return None


def _is_frame(corners: Points, grey: NDArray[np.uint8]) -> bool:
    """The picture's own edge is no paper."""
    height, width = grey.shape
    at_edge = (corners < 3).any(axis=1) | (corners[:, 0] > width - 4) | (corners[:, 1] > height - 4)
    return bool(at_edge.sum() >= 3)


def homography(paper: Points, reading: Points) -> NDArray[np.float64]:
    """From the picture to the paper seen from straight above, print running to the right; `reading` is its direction
    in the picture. The size of the paper in pixels stays about the same."""
    sides = [paper[(i + 1) % 4] - paper[i] for i in range(4)]
    best = max(range(4), key=lambda i: float(sides[i] @ reading) / max(1.0, float(np.hypot(*sides[i]))))
    corners = np.roll(paper, -best, axis=0)
    width = max(float(np.hypot(*(corners[1] - corners[0]))), float(np.hypot(*(corners[2] - corners[3]))), 1.0)
    height = max(float(np.hypot(*(corners[3] - corners[0]))), float(np.hypot(*(corners[2] - corners[1]))), 1.0)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), target), np.float64)
