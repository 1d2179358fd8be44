"""From frames to one decision: which frames count, how their embeddings become a probe, what its score means; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.face.rules import ProbeRules
from kiosk.ports.face import FaceVerdict

Embedding = NDArray[np.float32]


def normalised(embedding: Embedding) -> Embedding:
    """At length 1. Raises `ValueError` for one that has no direction."""
    length = float(np.linalg.norm(embedding))
    if not np.isfinite(length) or length < 1e-9:
        raise ValueError("an embedding without direction")
    return np.divide(embedding, length, dtype=np.float32)


def averaged(embeddings: Sequence[Embedding]) -> Embedding:
    """The normalised mean of normalised embeddings. One comparison follows, never the best of many, which would
    raise the false match rate."""
    total = np.zeros_like(embeddings[0], np.float32)
    for embedding in embeddings:
        # numpy keeps small arrays for reuse instead of giving them back: each copy is overwritten by hand.
        one = normalised(embedding)
        total += one
        one.fill(0)
    mean = normalised(total)
    total.fill(0)
    return mean


def similarity(reference: Embedding, probe: Embedding) -> float:
    """Cosine of two embeddings of length 1."""
    return float(np.clip(np.dot(reference, probe), -1.0, 1.0))


def verdict_of(score: float, threshold_match: float, threshold_review: float) -> FaceVerdict:
    """The band a similarity falls into; both limits belong to the upper band."""
    if score >= threshold_match:
        return FaceVerdict.MATCH
    return FaceVerdict.REVIEW if score >= threshold_review else FaceVerdict.NO_MATCH


class ProbeCollector:
    """Gathers embeddings of one person from frames spread over the prescribed time.

    Frames are taken at even distances, so that the last of `frames_most` falls just beyond `span_s`.
    """

    def __init__(self, rules: ProbeRules, combine: Callable[[Sequence[Embedding]], Embedding] = averaged) -> None:
        """`combine` makes the engine's probe of several embeddings."""
        self._rules = rules
        self._combine = combine
        self._distance_s = rules.span_s / (rules.frames_most - 1)
        self._kept: list[tuple[float, Embedding]] = []

    def __len__(self) -> int:
        return len(self._kept)

    def wants(self, at_s: float) -> bool:
        """Whether a passing frame of that time is worth an embedding."""
        self._forget_before(at_s - self._rules.window_s)
        return not self._kept or at_s - self._kept[-1][0] >= self._distance_s - 1e-6

    def add(self, at_s: float, embedding: Embedding) -> None:
        self._kept.append((at_s, embedding.copy()))
        if len(self._kept) > self._rules.frames_most:
            self._drop_first()

    @property
    def complete(self) -> bool:
        if len(self._kept) < self._rules.frames_least:
            return False
        return self._kept[-1][0] - self._kept[0][0] >= self._rules.span_s - 1e-6

    def probe(self) -> Embedding:
        return self._combine([embedding for _, embedding in self._kept])

    def clear(self) -> None:
        """Overwrite and forget: the person left, or may have changed places with another."""
        while self._kept:
            self._drop_first()

    def _forget_before(self, at_s: float) -> None:
        while self._kept and self._kept[0][0] < at_s:
            self._drop_first()

    def _drop_first(self) -> None:
        self._kept.pop(0)[1].fill(0)
