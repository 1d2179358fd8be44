"""The default engine for made-up people who come again and again: what it found in a picture once, it says of the same
picture again. Only the pictures' digests are kept, not the pictures; still, never to be used on people.

A simulated camera gives the same frames of the same face, so that a day of hundreds of visits is computed in a third of
the time and comes out as it would with every frame looked at anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from drivers.face.detector import Detection
from drivers.face.engine import Look, SFaceEngine
from drivers.face.sface import SFaceMatcher
from kiosk.ports.face import Picture

T = TypeVar("T")

MOST_KEPT = 20_000
"""Of each kind, some hundred bytes each; beyond that it begins anew."""


class RememberingMatcher(SFaceMatcher):
    """As its base, with an engine that remembers."""

    def _made(self, kind: type[SFaceEngine]) -> SFaceEngine:
        return RememberingEngine(super()._made(kind))


class RememberingEngine(SFaceEngine):
    """Asks `engine` about what it has not seen yet. Not for use from several threads at once."""

    def __init__(self, engine: SFaceEngine) -> None:
        self._engine = engine
        self.name = engine.name
        self._looks: dict[bytes, Look] = {}
        self._faces: dict[bytes, Detection | None] = {}
        self._embeddings: dict[bytes, NDArray[np.float32]] = {}
        self._worked = False

    def look(self, picture: Picture) -> Look:
        key = _digest(picture)
        known = self._looks.get(key)
        if known is None:
            self._worked = True
            found = self._engine.look(picture)
            _keep(self._looks, key, Look(found.hint, found.face, found.measures))
            return found
        # The cut-out face is the caller's to overwrite: cut out anew.
        aligned = None if known.face is None or known.measures is None else self.align(picture, known.face)
        return Look(known.hint, known.face, known.measures, aligned)

    def only_face(self, picture: Picture) -> Detection | None:
        key = _digest(picture)
        if key not in self._faces:
            self._worked = True
            _keep(self._faces, key, self._engine.only_face(picture))
        return self._faces[key]

    def largest_face(self, picture: Picture) -> Detection | None:
        self._worked = True
        return self._engine.largest_face(picture)

    def align(self, picture: Picture, face: Detection) -> Picture:
        return self._engine.align(picture, face)

    def embed(self, picture: Picture, face: Detection, aligned: Picture) -> NDArray[np.float32]:
        key = _digest(aligned)
        if key not in self._embeddings:
            self._worked = True
            _keep(self._embeddings, key, self._engine.embed(picture, face, aligned).copy())
        return self._embeddings[key].copy()

    def combine(self, embeddings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        return self._engine.combine(embeddings)

    def similarity(self, one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
        return self._engine.similarity(one, other)

    def forget(self) -> None:
        """The networks forget; nothing to be done where they were not asked."""
        if self._worked:
            self._engine.forget()
        self._worked = False


def _keep(known: dict[bytes, T], key: bytes, value: T) -> None:
    if len(known) >= MOST_KEPT:
        known.clear()
    known[key] = value


def _digest(picture: Picture) -> bytes:
    shape = repr(picture.shape).encode()
    return blake2b(np.ascontiguousarray(picture).data, digest_size=16, key=shape).digest()
