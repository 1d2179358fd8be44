"""Print of a line that was not read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.documents.ink import Ink
from drivers.documents.light import AROUND
from kiosk.ports.face import Picture

RISE = 16
MARGIN = round(AROUND * RISE)
LENGTH = 200


def line(*shapes: tuple[float, float, float], dark: bool = False) -> Picture:
    """Letters along a line, and boxes: from, to (shares of the line's length) and height (of the line's)."""
    cut = np.full((round(RISE * (1 + 2 * AROUND)), LENGTH + 2 * MARGIN, 3), 230, np.uint8)
    middle = cut.shape[0] // 2
    letters = [(i / 20, i / 20 + 0.02, 0.6) for i in (0, 1, 2, 3, 16, 17, 18, 19)]
    for start, end, high in [*letters, *shapes]:
        at = slice(MARGIN + round(start * LENGTH), MARGIN + round(end * LENGTH))
        cut[max(0, round(middle - high * RISE / 2)) : round(middle + high * RISE / 2), at] = 30
    return np.asarray(cv2.bitwise_not(cut) if dark else cut, np.uint8)


@pytest.mark.parametrize("dark", [False, True])
def test_print_beside_a_line_is_found_on_either_side(dark: bool) -> None:
    for left, shape in ((True, (-0.06, -0.03, 0.6)), (False, (1.03, 1.06, 0.6))):
        ink = Ink(line(shape, dark=dark))
        assert ink.beside(left=left) is not None
        assert ink.beside(left=not left) is None


@pytest.mark.parametrize(
    "shape",
    [
        (1.03, 1.035, 9.0),  # a rule
        (1.03, 1.2, 9.0),  # another sheet
        (1.03, 1.05, 0.1),  # a speck
        (1.0, 1.005, 0.6),  # the end of the line's own last letter
    ],
)
def test_a_rule_an_edge_and_a_speck_are_no_print(shape: tuple[float, float, float]) -> None:
    assert Ink(line(shape)).beside(left=False) is None


def test_what_stands_behind_a_rule_belongs_to_another_cell() -> None:
    assert Ink(line((1.02, 1.025, 9.0), (1.04, 1.07, 0.6))).beside(left=False) is None


def test_print_between_letters_that_stand_apart_is_found() -> None:
    apart = [(0.16, 0.81)]
    assert Ink(line((0.4, 0.45, 0.6))).between(apart)
    assert Ink(line((0.4, 0.45, 0.6))).between([(None, 0.81)])
    assert Ink(line((0.4, 0.45, 0.6))).between([(0.16, None)])
    assert not Ink(line()).between([*apart, (None, 0.01), (0.96, None)])
    assert not Ink(line((0.4, 0.41, 9.0))).between(apart)
    assert not Ink(line((0.4, 0.45, 0.6))).between([(0.81, 0.86), (0.01, 0.06)])
