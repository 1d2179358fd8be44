"""The passive look before the challenge: does the face stand in a closed frame, as on paper or on a telephone?

A person's neck and shoulders go on to the picture's lower edge, so that no closed line runs around a live face; the
edges of a held-up sheet do. A sheet whose edges are out of the picture, or merge with the background, is not noticed:
that is left to the challenge.
"""

from __future__ import annotations

import cv2
import numpy as np

from drivers.face.detector import Detection
from drivers.face.rules import PassiveRules
from kiosk.ports.face import Picture

_WIDTH = 320  # pixels of the looked-at picture
_EDGE_LOW, _EDGE_HIGH = 40, 110
_CLOSING = 5  # pixels: gaps in an edge that are bridged
_CORNER_SHARE = 0.03  # of the outline's length: how far it may bow and still be straight


def in_a_frame(picture: Picture, face: Detection, rules: PassiveRules) -> bool:
    """Whether four straight, closed lines run around the whole face."""
    height, width = picture.shape[:2]
    scale = _WIDTH / width
    small = cv2.resize(picture, (_WIDTH, round(height * scale)), interpolation=cv2.INTER_AREA)
    edges = np.zeros(small.shape[:2], np.uint8)
    for channel in cv2.split(cv2.GaussianBlur(small, (0, 0), 1.0)):
        edges |= np.asarray(cv2.Canny(channel, _EDGE_LOW, _EDGE_HIGH), np.uint8)
    closed = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((_CLOSING, _CLOSING), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    face_area = face.width * face.height * scale * scale
    corners = [
        (face.x * scale, face.y * scale),
        ((face.x + face.width) * scale, face.y * scale),
        ((face.x + face.width) * scale, (face.y + face.height) * scale),
        (face.x * scale, (face.y + face.height) * scale),
    ]
    for outline in outlines:
        area = cv2.contourArea(outline)
        if not rules.border_least * face_area <= area <= rules.border_most * face_area:
            continue
        quad = cv2.approxPolyDP(outline, _CORNER_SHARE * cv2.arcLength(outline, True), True)
        if len(quad) != 4 or not cv2.isContourConvex(quad):
            continue
        if all(cv2.pointPolygonTest(quad, corner, False) >= 0 for corner in corners):
            return True
    return False
