"""A drawn sheet as a camera sees it: on a rest, from a hand's distance, in good light or not."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from drivers.simulated.specimens.sheet import Sheet
from kiosk.ports.face import Picture

CONDITIONS = ("clean", "tilted", "dim", "glaring", "blurred")
"""In which a picture can be made."""

_MARGIN = 0.06  # of the sheet, on each side


def photographed(drawn: Picture, sheet: Sheet, condition: str, source: np.random.Generator) -> Picture:
    """Another state of `source` is another moment."""
    import cv2

    rows, columns = drawn.shape[:2]
    height, width = round(rows * (1 + 2 * _MARGIN)), round(columns * (1 + 2 * _MARGIN))
    if condition == "tilted":
        height, width = round(height * 1.25), round(width * 1.25)
    matrix = _placed(columns, rows, width, height, condition, source)
    cover = cv2.warpPerspective(_shape(drawn, sheet), matrix, (width, height))[..., None].astype(np.float32) / 255
    seen = cv2.warpPerspective(drawn, matrix, (width, height), flags=cv2.INTER_AREA).astype(np.float32)
    rest = np.array(sheet.rest[::-1], np.float32) * source.uniform(0.9, 1.1)
    picture = seen * cover + rest * (1 - cover)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    light = source.uniform(0.88, 1.0) + across * source.uniform(-0.07, 0.07) + down * source.uniform(-0.07, 0.07)
    noise = source.uniform(1.5, 3.0)
    if condition == "dim":
        light *= 0.30
        noise = 5.0
    picture *= light.astype(np.float32)
    if condition == "glaring":
        picture += _spot(across, down, source)
    blur = 0.6
    if condition == "blurred":
        blur = max(rows, columns) / 640
    picture = np.asarray(cv2.GaussianBlur(np.minimum(picture, 255), (0, 0), blur), np.float32)
    picture += source.standard_normal((height, width, 1), np.float32) * noise
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def _placed(
    columns: int, rows: int, width: int, height: int, condition: str, source: np.random.Generator
) -> NDArray[np.float64]:
    import cv2

    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    turn, jitter = math.radians(source.uniform(-0.6, 0.6)), 0.003
    if condition == "tilted":
        turn, jitter = math.radians(source.choice([-1, 1]) * source.uniform(6, 11)), 0.03
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    centred = (corners - np.array([columns, rows]) / 2) @ rotation.T
    moved = centred + np.array([width, height]) / 2 + source.uniform(-1, 1, (4, 2)) * jitter * min(columns, rows)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved.astype(np.float32)), np.float64)


def _shape(drawn: Picture, sheet: Sheet) -> NDArray[np.uint8]:
    """255 on the sheet, 0 beyond its rounded corners."""
    from PIL import Image, ImageDraw

    rows, columns = drawn.shape[:2]
    shape = Image.new("L", (columns, rows), 0)
    radius = sheet.corner * columns / sheet.width
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, columns - 1, rows - 1), radius=radius, fill=255)
    return np.asarray(shape, np.uint8)


def _spot(across: NDArray[np.float32], down: NDArray[np.float32], source: np.random.Generator) -> NDArray[np.float32]:
    """A lamp reflected somewhere on the sheet: white in the middle, fading."""
    x, y = source.uniform(-0.5, 0.5, 2)
    distance = np.hypot((across - x) / 0.26, (down - y) / 0.16)
    return np.asarray(np.clip(1.6 - distance, 0, 1) * 300, np.float32)
