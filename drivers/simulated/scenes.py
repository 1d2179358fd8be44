"""Who stands before the simulated camera, and in which light: pictures made from the persona's true ones.

A scene is one still picture of 640x480; the camera adds motion and sensor noise. All places are those of the
shipped pictures, in which every face sits alike (eyes near y = 213 in `live_front.jpg`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.held import held_up, sheet_of
from drivers.simulated.turning import HeadTurn, with_nose_moved
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.ports.face import Picture

WIDTH, HEIGHT = 640, 480

_FRONT_EYES = (325.0, 213.0)
_HEAD = (322.0, 235.0)
_FACES_FOR_COMPANY = ("kenji", "hanako", "taro")

_LEAST_TURN = 0.02
_TURNS_FURTHER = {
    ("aya", "left"): ((391.0, 258.0), 10.0),
    ("aya", "right"): ((253.0, 256.0), -10.0),
    ("yoshiko", "left"): ((385.0, 255.0), 10.0),
    ("tomoko", "left"): ((385.0, 246.0), 6.0),
    ("tomoko", "right"): ((260.0, 248.0), -18.0),
}
"""Faces whose turned pictures stop a little before what is asked for: where the nose is, and how far it goes on."""

_Floats = NDArray[np.float32]


class Scene(StrEnum):
    """What the camera sees. `SELF` and `OTHER` differ only in whose face is asked for."""

    SELF = "self"
    OTHER = "other"
    NONE = "none"
    TWO = "two"
    SMILE = "smile"
    WARM = "warm"
    DISTANT = "distant"  # a step back, still near enough
    FAR = "far"
    NEAR = "near"
    OFF_CENTRE = "off_centre"
    TURNED = "turned"  # towards the person's own left
    TURNED_RIGHT = "turned_right"
    TILTED = "tilted"
    DARK = "dark"
    BRIGHT = "bright"
    BACKLIT = "backlit"
    BLURRED = "blurred"
    MASKED = "masked"
    SCREEN = "screen"  # the card's portrait on a telephone held up
    PRINT = "print"  # the card's portrait on paper held up
    PRINT_CLOSE = "print_close"  # the same, so near that its edges are out of the picture
    STILL = "still"  # the person, who does not turn the head when asked to


HELD = (Scene.SCREEN, Scene.PRINT, Scene.PRINT_CLOSE)


def scene_named(name: str) -> Scene:
    """Raises `Fatal(SCENARIO_WRONG)` that lists the known scenes."""
    try:
        return Scene(name)
    except ValueError:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"camera: {name} ({', '.join(Scene)})") from None


class Studio:
    """Makes scenes from the pictures in `assets/personas`. Each picture and each scene is made once."""

    def __init__(self, personas: Path) -> None:
        self._folder = personas
        self._pictures: dict[tuple[str, str], Picture] = {}
        self._scenes: dict[tuple[str | None, Scene, str | None], Picture] = {}
        self._turns: dict[tuple[str, str], HeadTurn] = {}

    def still(self, face: str | None, scene: Scene, second: str | None = None) -> Picture:
        """The scene without motion and noise; do not write into it.

        Without a face the room is empty. Raises `NeedsStaff(PICTURE_BROKEN)` naming the picture.
        """
        key = (face, scene, second)
        if key not in self._scenes:
            if face is None or scene is Scene.NONE:
                made = _empty_room()
            elif scene is Scene.TWO:
                made = _side_by_side(self._live(face, "front"), self._live(second or _company_of(face), "front"))
            elif scene in HELD:
                made = self._held(face, scene, 0.0)
            else:
                pose, change = _RECIPES[scene]
                made = change(self._live(face, pose))
            self._scenes[key] = made
        return self._scenes[key]

    def turned(self, face: str | None, scene: Scene, turn: float) -> Picture | None:
        """The scene while the head, or the sheet, is turned by a share from -1 to 1; 1 is full to the own left.

        None where nobody turns.
        """
        if face is None or abs(turn) < _LEAST_TURN:
            return None
        if scene in HELD:
            return self._held(face, scene, turn)
        if scene not in (Scene.SELF, Scene.OTHER):
            return None
        side = "left" if turn > 0 else "right"
        if (face, side) not in self._turns:
            self._turns[face, side] = HeadTurn(self._live(face, "front"), self._far_turned(face, side))
        return self._turns[face, side].at(abs(turn))

    def _far_turned(self, face: str, side: str) -> Picture:
        picture = self._live(face, side)
        if (face, side) not in _TURNS_FURTHER:
            return picture
        nose, by = _TURNS_FURTHER[face, side]
        return with_nose_moved(picture, nose, by)

    def _held(self, face: str, scene: Scene, turn: float) -> Picture:
        sheet = sheet_of(self._picture(face, "card"), on_paper=scene is not Scene.SCREEN)
        return held_up(sheet, _empty_room(), turn, bent=scene is not Scene.SCREEN, close=scene is Scene.PRINT_CLOSE)

    def _live(self, face: str, pose: str) -> Picture:
        picture = self._picture(face, f"live_{pose}")
        if picture.shape[:2] != (HEIGHT, WIDTH):
            picture = np.asarray(cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
        return picture

    def _picture(self, face: str, name: str) -> Picture:
        key = (face, name)
        if key not in self._pictures:
            path = self._folder / face / f"{name}.jpg"
            try:
                picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
            except (OSError, cv2.error):
                picture = None
            if picture is None:
                raise NeedsStaff(FailureCode.PICTURE_BROKEN, f"{face}/{path.name}")
            self._pictures[key] = np.asarray(picture, np.uint8)
        return self._pictures[key]


def _company_of(face: str) -> str:
    return next(name for name in _FACES_FOR_COMPANY if name != face)


def _bytes(picture: _Floats) -> Picture:
    return np.clip(picture, 0, 255).astype(np.uint8)


def _unchanged(picture: Picture) -> Picture:
    return picture


def _moved(picture: Picture, scale: float, about: tuple[float, float], by: tuple[float, float], turn: float) -> Picture:
    matrix = cv2.getRotationMatrix2D(about, turn, scale)
    matrix[:, 2] += np.asarray(by)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    if scale < 1:  # the warp does not average, so a small picture would show stairs
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.35 / scale), np.uint8)
    return np.asarray(cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=kind, borderMode=cv2.BORDER_REPLICATE))


def _near(picture: Picture) -> Picture:
    return _moved(picture, 2.35, _HEAD, (0, 10), 0)


def _far(picture: Picture) -> Picture:
    return _moved(picture, 0.58, (320, 480), (0, 0), 0)


def _off_centre(picture: Picture) -> Picture:
    return _moved(picture, 1.0, _HEAD, (-215, 0), 0)


def _tilted(picture: Picture) -> Picture:
    return _moved(picture, 1.0, (322, 330), (40, -20), -36)


def _dark(picture: Picture) -> Picture:
    return _bytes(picture.astype(np.float32) * 0.22)


def _bright(picture: Picture) -> Picture:
    return _bytes(picture.astype(np.float32) * 1.35 + 80)


def _blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 4.5), np.uint8)


def _backlit(picture: Picture) -> Picture:
    """A window behind: the camera exposes for it, the face stays dark and flat, and glare washes over it."""
    person = _person_mask(picture)[..., None]
    plain = picture.astype(np.float32)
    glare = cv2.GaussianBlur(1 - person, (0, 0), 40)[..., None] * 45 + 22
    return _bytes((plain * 0.22 + glare) * person + (plain * 0.3 + 190) * (1 - person))


def _person_mask(picture: Picture) -> _Floats:
    """1 where the person is, 0 in the background, soft between. Cut out at a quarter of the size: 30 ms."""
    small = np.asarray(cv2.resize(picture, (160, 120), interpolation=cv2.INTER_AREA), np.uint8)
    mask = np.full((120, 160), cv2.GC_BGD, np.uint8)
    mask[14:, 30:130] = cv2.GC_PR_BGD
    mask[84:, 4:156] = cv2.GC_PR_BGD
    cv2.ellipse(mask, (80, 62), (26, 44), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, (80, 62), (14, 26), 0, 0, 360, cv2.GC_FGD, -1)
    mask[96:, 40:120] = cv2.GC_PR_FGD
    mask[108:, 60:100] = cv2.GC_FGD
    cv2.setRNGSeed(1)  # the cut starts from random clusters
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    person = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.float32)
    person = np.asarray(cv2.resize(person, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.clip(cv2.GaussianBlur(person, (0, 0), 3), 0, 1).astype(np.float32)


def _masked(picture: Picture) -> Picture:
    """A pleated white mask from the bridge of the nose to below the chin, with its two loops."""
    x, y = _FRONT_EYES
    outline = [(0, 22), (26, 30), (60, 46), (72, 60), (64, 92), (40, 116), (0, 128)]
    points = [(x + dx, y + dy) for dx, dy in outline] + [(x - dx, y + dy) for dx, dy in reversed(outline[1:-1])]
    cover = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.fillPoly(cover, [np.asarray(points, np.int32)], 1.0, lineType=cv2.LINE_AA)
    for side in (-1, 1):
        ends = ((60, 48), (88, 20)), ((60, 94), (88, 44))
        for (x0, y0), (x1, y1) in ends:
            start, end = (round(x + side * x0), round(y + y0)), (round(x + side * x1), round(y + y1))
            cv2.line(cover, start, end, 1.0, 2, cv2.LINE_AA)
    rows = np.arange(HEIGHT, dtype=np.float32)[:, None]
    columns = np.arange(WIDTH, dtype=np.float32)[None, :]
    shade = 236 - 0.0045 * (columns - x) ** 2 - 4 * (np.sin((rows - y) / 5.5) > 0.8)
    cloth = np.stack([shade, shade - 1, shade - 5], axis=-1)
    soft = cv2.GaussianBlur(cover, (0, 0), 0.8)[..., None]
    return _bytes(cloth * soft + picture.astype(np.float32) * (1 - soft))


def _side_by_side(one: Picture, other: Picture) -> Picture:
    left, right = one[:, 160:480].astype(np.float32), other[:, 160:480].astype(np.float32)
    picture = np.concatenate([left, right], axis=1)
    blend = np.linspace(0, 1, 48, dtype=np.float32)[None, :, None]  # so that the two backgrounds meet without an edge
    picture[:, 296:344] = one[:, 456:504].astype(np.float32) * (1 - blend) + other[:, 136:184] * blend
    return _bytes(picture)


def _empty_room() -> Picture:
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    wall = (1 - rows) * np.array([226, 232, 236], np.float32) + rows * np.array([196, 202, 212], np.float32)
    picture = np.ascontiguousarray(np.broadcast_to(wall, (HEIGHT, WIDTH, 3)))
    cv2.rectangle(picture, (45, 110), (215, 126), (150, 170, 190), -1)
    for i, colour in enumerate([(150, 120, 110), (170, 150, 120), (120, 130, 160), (160, 140, 170), (140, 160, 140)]):
        cv2.rectangle(picture, (60 + 28 * i, 50), (80 + 28 * i, 110), colour, -1)
    cv2.rectangle(picture, (430, 60), (600, 300), (240, 243, 240), -1)
    return _bytes(np.asarray(cv2.GaussianBlur(picture, (0, 0), 9), np.float32))


_RECIPES: dict[Scene, tuple[str, Callable[[Picture], Picture]]] = {
    Scene.SELF: ("front", _unchanged),
    Scene.OTHER: ("front", _unchanged),
    Scene.STILL: ("front", _unchanged),
    Scene.SMILE: ("smile", _unchanged),
    Scene.WARM: ("warm", _unchanged),
    Scene.DISTANT: ("far", _unchanged),
    Scene.FAR: ("far", _far),
    Scene.NEAR: ("front", _near),
    Scene.OFF_CENTRE: ("front", _off_centre),
    Scene.TURNED: ("left", _unchanged),
    Scene.TURNED_RIGHT: ("right", _unchanged),
    Scene.TILTED: ("front", _tilted),
    Scene.DARK: ("front", _dark),
    Scene.BRIGHT: ("front", _bright),
    Scene.BACKLIT: ("front", _backlit),
    Scene.BLURRED: ("front", _blurred),
    Scene.MASKED: ("front", _masked),
}
