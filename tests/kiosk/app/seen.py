"""A picture that was looked at is not looked at again: what a network says follows from the picture alone.

Most plays show the same people, frame for frame. Every picture that differs in one pixel goes to the networks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from drivers.documents.card_front import OcrCardFrontReader
from drivers.face.detector import Detection
from drivers.face.engine import SFaceEngine
from drivers.simulated import card_front, front_camera
from kiosk.domain.secret import Secret
from kiosk.ports.face import Picture

Answer = TypeVar("Answer")

_faces: dict[object, tuple[Detection, ...]] = {}
_embeddings: dict[object, NDArray[np.float32]] = {}
_fronts: dict[object, bytes | None] = {}


def looks_once(engine: SFaceEngine) -> None:
    detect, embed = engine._detector.detect, engine.embed

    def detect_once(picture: Picture, *, shrink: bool = True) -> tuple[Detection, ...]:
        found = _once(_faces, (_digest(picture), shrink), lambda: detect(picture, shrink=shrink))
        return tuple(Detection(face.row.copy()) for face in found)

    def embed_once(picture: Picture, face: Detection, aligned: Picture) -> NDArray[np.float32]:
        return _once(_embeddings, _digest(aligned), lambda: embed(picture, face, aligned).copy()).copy()

    vars(engine._detector)["detect"] = detect_once
    vars(engine)["embed"] = embed_once


def reads_once(reader: OcrCardFrontReader) -> None:
    read = reader.read

    def read_once(picture: Picture) -> Secret | None:
        def now() -> bytes | None:
            found = read(picture)
            return None if found is None else bytes(found.reveal())

        number = _once(_fronts, _digest(picture), now)
        return None if number is None else Secret(number)

    vars(reader)["read"] = read_once


def draws_once() -> None:
    """The picture of a card that lies on the reader, which is overwritten by whoever read it."""
    drawn = lru_cache(maxsize=8)(card_front.card_front_picture)
    vars(front_camera)["card_front_picture"] = lambda fields, photo, *, seed: drawn(fields, photo, seed=seed).copy()


def _digest(picture: Picture) -> tuple[tuple[int, ...], bytes]:
    return picture.shape, hashlib.sha1(np.ascontiguousarray(picture), usedforsecurity=False).digest()


def _once(known: dict[object, Answer], key: object, ask: Callable[[], Answer]) -> Answer:
    if key not in known:
        known[key] = ask()
    return known[key]
