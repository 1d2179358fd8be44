"""Each gate of the table, from just inside to just outside."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.gates import Measures, SteadyHint, failing_gate
from drivers.face.rules import FaceRules
from kiosk.ports.face import FaceHint

GOOD = Measures(
    face_width=150,
    off_centre=0.05,
    detector_score=0.92,
    yaw_proxy=0.02,
    roll_degrees=1.0,
    mean_luma=150,
    luma_deviation=45,
    sharpness=50,
    surroundings_excess=20,
    mouth_contrast=15,
)


def test_a_good_frame_passes(rules: FaceRules) -> None:
    assert failing_gate(GOOD, rules) is None


@pytest.mark.parametrize(
    ("field", "inside", "outside", "hint"),
    [
        ("face_width", 80, 79, FaceHint.TOO_FAR),
        ("face_width", 320, 321, FaceHint.TOO_CLOSE),
        ("off_centre", 0.30, 0.31, FaceHint.OFF_CENTRE),
        ("yaw_proxy", 0.15, 0.16, FaceHint.TURNED),
        ("yaw_proxy", -0.15, -0.16, FaceHint.TURNED),
        ("roll_degrees", 25, 26, FaceHint.TILTED),
        ("roll_degrees", -25, -26, FaceHint.TILTED),
        ("mean_luma", 60, 59, FaceHint.DARK),
        ("mean_luma", 185, 186, FaceHint.BRIGHT),
        ("luma_deviation", 22, 21, FaceHint.BRIGHT),
        ("sharpness", 13, 12, FaceHint.BLURRED),
        ("detector_score", 0.85, 0.84, FaceHint.COVERED),
        ("mouth_contrast", 8, 7, FaceHint.COVERED),
    ],
)
def test_each_gate_stands_at_its_limit(
    rules: FaceRules, field: str, inside: float, outside: float, hint: FaceHint
) -> None:
    assert failing_gate(dataclasses.replace(GOOD, **{field: inside}), rules) is None
    assert failing_gate(dataclasses.replace(GOOD, **{field: outside}), rules) is hint


@pytest.mark.parametrize("field", ["mean_luma", "luma_deviation", "mouth_contrast"])
def test_a_weak_face_before_bright_surroundings_is_backlit(rules: FaceRules, field: str) -> None:
    weak = dataclasses.replace(GOOD, surroundings_excess=100, **{field: 5})
    assert failing_gate(weak, rules) is FaceHint.BACKLIT


def test_a_dark_complexion_before_a_white_wall_passes(rules: FaceRules) -> None:
    assert failing_gate(dataclasses.replace(GOOD, mean_luma=75, surroundings_excess=150), rules) is None


def test_a_dull_dark_face_is_dark_and_not_bright(rules: FaceRules) -> None:
    assert failing_gate(dataclasses.replace(GOOD, mean_luma=80, luma_deviation=10), rules) is FaceHint.DARK


def test_a_blurred_mouth_is_not_called_covered(rules: FaceRules) -> None:
    assert failing_gate(dataclasses.replace(GOOD, sharpness=5, mouth_contrast=5), rules) is FaceHint.BLURRED


def test_a_white_mask_is_called_covered_and_not_bright(rules: FaceRules) -> None:
    assert failing_gate(dataclasses.replace(GOOD, mean_luma=190, mouth_contrast=3), rules) is FaceHint.COVERED


def test_a_hint_is_shown_once_it_stands_and_only_when_it_changes() -> None:
    steady = SteadyHint(2)
    dark, far, hold = FaceHint.DARK, FaceHint.TOO_FAR, FaceHint.HOLD_STILL
    offered = [dark, far, far, far, dark, far, hold, hold, far, dark, dark]
    assert [steady.offer(hint) for hint in offered] == [
        *[False, False, True, False, False, False, True, False, False, False, True]
    ]
    assert steady.shown is dark


@given(st.lists(st.sampled_from(list(FaceHint))), st.integers(1, 4))
def test_no_hint_is_shown_twice_in_a_row(hints: list[FaceHint], frames: int) -> None:
    steady = SteadyHint(frames)
    shown = [hint for hint in hints if steady.offer(hint)]
    assert all(one is not other for one, other in pairwise(shown))
