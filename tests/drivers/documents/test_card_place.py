from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.documents.card_place import FLAT_HEIGHT, FLAT_WIDTH, RATIO, flat_card
from kiosk.ports.face import Picture


def scene(corners: list[tuple[int, int]], *, card: int = 220, ground: int = 50) -> Picture:
    """A plain card with a dark mark in its upper left quarter."""
    flat = np.full((540, 856, 3), card, np.uint8)
    cv2.rectangle(flat, (100, 80), (300, 180), (card // 3,) * 3, -1)
    start = np.array([[0, 0], [856, 0], [856, 540], [0, 540]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, np.array(corners, np.float32))
    cover = cv2.warpPerspective(np.full((540, 856), 255, np.uint8), matrix, (1280, 960))
    seen = cv2.warpPerspective(flat, matrix, (1280, 960))
    seen[cover < 128] = ground
    return np.asarray(seen, np.uint8)


@pytest.mark.parametrize("light", [(220, 50), (40, 200)])
@pytest.mark.parametrize(
    "corners",
    [
        [(200, 200), (1056, 200), (1056, 740), (200, 740)],
        [(230, 160), (1080, 240), (1040, 770), (190, 690)],
        [(260, 210), (1020, 190), (1090, 760), (180, 740)],
    ],
    ids=["straight", "turned", "perspective"],
)
def test_the_card_is_laid_flat(corners: list[tuple[int, int]], light: tuple[int, int]) -> None:
    flat = flat_card(scene(corners, card=light[0], ground=light[1]))
    assert flat is not None
    assert flat.shape == (FLAT_HEIGHT, FLAT_WIDTH, 3)
    across, down = FLAT_WIDTH / 856, FLAT_HEIGHT / 540
    mark = flat[round(90 * down) : round(170 * down), round(110 * across) : round(290 * across)]
    assert abs(int(mark.mean()) - light[0] // 3) < 12
    assert abs(int(flat[round(300 * down) :].mean()) - light[0]) < 12


def test_an_upright_card_is_laid_on_its_long_side() -> None:
    flat = flat_card(scene([(900, 60), (900, 900), (370, 900), (370, 60)]))
    assert flat is not None


@pytest.mark.parametrize(
    "corners",
    [
        [(300, 200), (900, 200), (900, 800), (300, 800)],
        [(600, 450), (740, 450), (740, 538), (600, 538)],
        [(-200, 200), (656, 200), (656, 740), (-200, 740)],
        [(100, 400), (1200, 400), (1200, 560), (100, 560)],
    ],
    ids=["square", "too small", "beyond the edge", "strip"],
)
def test_what_has_not_the_shape_is_no_card(corners: list[tuple[int, int]]) -> None:
    assert flat_card(scene(corners)) is None


def test_the_ratio_is_that_of_id_1() -> None:
    assert pytest.approx(FLAT_WIDTH / FLAT_HEIGHT, abs=0.005) == RATIO
