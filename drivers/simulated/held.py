"""Photos held up before the camera, on paper or on a telephone: turned, shifted and bent, but flat."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.ports.face import Picture

_TILT_DEGREES = 38.0  # how far the hand turns the sheet when the screen says "turn"
_DEPTH = 2.2  # viewing distance in sheet heights: how strongly the far edge shrinks
_SHIFT_PX = 26.0
_BEND = 0.16  # of the width: a sheet bent like a cylinder


def sheet_of(portrait: Picture, *, on_paper: bool) -> Picture:
    """The card's portrait as it looks on paper or on a telephone's glass."""
    sheet_width, sheet_height = 330, 470
    sheet = np.full((sheet_height, sheet_width, 3), 244 if on_paper else 26, np.uint8)
    margin = 18 if on_paper else 12
    width = sheet_width - 2 * margin
    height = round(width * portrait.shape[0] / portrait.shape[1])
    top = (sheet_height - height) // 2
    shown = cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    if on_paper:
        shown = shown * 0.86 + 14
    else:
        shine = np.linspace(26, 0, width, dtype=np.float32)[None, :, None]  # a lamp reflected in the glass
        raster = 3.0 * np.sin(np.arange(height, dtype=np.float32) * 1.9)[:, None, None]
        shown = (shown * np.array([0.92, 0.87, 0.81], np.float32) + shine + raster).astype(np.float32)
    sheet[top : top + height, margin : margin + width] = np.clip(shown, 0, 255).astype(np.uint8)
    return sheet


def held_up(sheet: Picture, room: Picture, turn: float = 0.0, *, bent: bool = False, close: bool = False) -> Picture:
    """The sheet before the room. `turn` is the share of the tilt, from -1 to 1; `close` hides the sheet's edges."""
    height, width = room.shape[:2]
    if bent and turn:
        sheet = _bent(sheet, turn)
    sheet_height, sheet_width = sheet.shape[:2]
    corners = np.array([[0, 0], [sheet_width, 0], [sheet_width, sheet_height], [0, sheet_height]], np.float32)
    places = np.array([[166, 18], [482, 8], [494, 466], [158, 460]], np.float32)
    if close:
        middle = np.array([325, 190], np.float32)
        places = (places - middle) * np.array([2.3, 2.0], np.float32) + middle
    places = _tilted(places, turn)
    matrix = cv2.getPerspectiveTransform(corners, np.asarray(places, np.float32))
    cover = cv2.warpPerspective(np.ones((sheet_height, sheet_width), np.float32), matrix, (width, height))[..., None]
    warped = cv2.warpPerspective(sheet, matrix, (width, height)).astype(np.float32)
    return np.clip(warped * cover + room.astype(np.float32) * (1 - cover), 0, 255).astype(np.uint8)


def _tilted(places: NDArray[np.float32], turn: float) -> NDArray[np.float32]:
    """The corners of a plane turned about its upright middle line, and moved aside a little."""
    angle = math.radians(_TILT_DEGREES * turn)
    middle = places.mean(axis=0)
    size = float(np.ptp(places[:, 1]))
    around = places - middle
    away = around[:, 0] * math.sin(angle) / (size * _DEPTH)
    shrink = 1 / (1 + away)
    tilted = np.stack([around[:, 0] * math.cos(angle) * shrink, around[:, 1] * shrink], axis=1) + middle
    tilted[:, 0] += _SHIFT_PX * turn
    return np.asarray(tilted, np.float32)


def _bent(sheet: Picture, turn: float) -> Picture:
    """Seen from the side, a sheet bent like a cylinder is compressed towards one edge."""
    height, width = sheet.shape[:2]
    share = np.linspace(-1, 1, width, dtype=np.float32)
    source = (share + _BEND * turn * (1 - share**2) + 1) / 2 * (width - 1)
    columns = np.repeat(source[None, :].astype(np.float32), height, axis=0)
    rows = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
    return np.asarray(cv2.remap(sheet, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
