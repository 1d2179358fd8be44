"""The decision on numbers alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.probe import ProbeCollector, averaged, normalised, similarity, verdict_of
from drivers.face.rules import ProbeRules
from kiosk.ports.face import FaceVerdict

RULES = ProbeRules(frames_least=4, frames_most=5, span_s=1.0, window_s=4.0)


def unit(seed: int) -> np.ndarray:
    return normalised(np.random.default_rng(seed).standard_normal(128).astype(np.float32))


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (1.0, FaceVerdict.MATCH),
        (0.45, FaceVerdict.MATCH),
        (0.4499, FaceVerdict.REVIEW),
        (0.363, FaceVerdict.REVIEW),
        (0.3629, FaceVerdict.NO_MATCH),
        (-1.0, FaceVerdict.NO_MATCH),
    ],
)
def test_bands(score: float, verdict: FaceVerdict) -> None:
    assert verdict_of(score, 0.45, 0.363) is verdict


def test_the_average_is_of_directions_and_has_length_one() -> None:
    one, other = unit(1), unit(2)
    probe = averaged([one * 100, other])  # a long embedding weighs no more than a short one
    assert np.linalg.norm(probe) == pytest.approx(1, abs=1e-6)
    assert similarity(probe, one) == pytest.approx(similarity(probe, other), abs=1e-5)


def test_the_average_is_not_the_best_of_many() -> None:
    reference, others = unit(1), [unit(seed) for seed in range(2, 6)]
    probe = averaged([reference, *others])
    assert similarity(reference, probe) < 0.75
    assert max(similarity(reference, one) for one in (reference, *others)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("bad", [np.zeros(128), np.full(128, np.nan), np.full(128, np.inf)])
def test_an_embedding_without_direction_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError):
        normalised(bad.astype(np.float32))


def collected(times: list[float]) -> tuple[ProbeCollector, list[float]]:
    """Offer a passing frame at each of the times; stop when the probe is complete."""
    collector, taken = ProbeCollector(RULES), []
    for i, at_s in enumerate(times):
        if collector.wants(at_s):
            collector.add(at_s, unit(i))
            taken.append(at_s)
        if collector.complete:
            break
    return collector, taken


def test_frames_at_15_a_second_give_five_over_a_second() -> None:
    collector, taken = collected([10 + i / 15 for i in range(60)])
    assert collector.complete
    assert len(taken) == 5
    assert 1.0 <= taken[-1] - taken[0] < 1.1


def test_many_frames_within_a_moment_are_not_enough() -> None:
    collector, taken = collected([10 + i / 200 for i in range(150)])
    assert not collector.complete
    assert len(taken) == 3


def test_a_slow_camera_needs_four_frames() -> None:
    collector, taken = collected([10, 10.6, 11.2, 11.8, 12.4])
    assert collector.complete
    assert taken == [10, 10.6, 11.2, 11.8]


def test_frames_of_long_ago_do_not_count() -> None:
    collector, _ = collected([0, 0.3, 0.6])
    assert collector.wants(5.0)
    assert len(collector) == 0


def test_clearing_overwrites_what_was_kept() -> None:
    collector = ProbeCollector(RULES)
    collector.add(0, unit(1))
    kept = collector._kept[0][1]
    collector.clear()
    assert len(collector) == 0
    assert not kept.any()


@given(st.lists(st.floats(0.001, 2.0), max_size=80))
def test_a_complete_probe_always_obeys_the_rule(steps: list[float]) -> None:
    collector, taken = collected(list(np.cumsum(steps)))
    if collector.complete:
        used = taken[-len(collector) :]
        assert 4 <= len(used) <= 5
        assert used[-1] - used[0] >= 1.0 - 1e-5
        assert used[-1] - used[0] <= RULES.window_s + 1e-5
