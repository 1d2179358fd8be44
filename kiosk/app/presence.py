"""Whether somebody stands before the kiosk, seen by a camera that runs for another purpose. No picture is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.face.rules import load_face_rules
from kiosk.app.bridge import Bridge
from kiosk.ports.face import Frame

if TYPE_CHECKING:
    from drivers.face.detector import YuNetDetector

LOOK_SECONDS = 1.0
"""Between two looks: the veil counts in tens of seconds."""


class Presence:
    """Gets every frame on the thread that takes them, and hands it on to be shown. `wanted` says whether anybody asks;
    then the window hears of a frame with a face large enough for somebody at the screen."""

    def __init__(self, assets: Path, on: date, bridge: Bridge, wanted: Callable[[], bool]) -> None:
        self._models = assets / "models"
        self._score = load_face_rules(assets / "rules" / "face.toml", on).score_to_track
        self._bridge, self._wanted = bridge, wanted
        self._detector: YuNetDetector | None = None  # of its own: that of the matcher belongs to another thread
        self._looked = float("-inf")

    def frame(self, frame: Frame) -> None:
        self._bridge.framed.emit(frame)
        if frame.at_s - self._looked < LOOK_SECONDS or not self._wanted():
            return
        self._looked = frame.at_s
        if self._detector is None:
            from drivers.face.detector import MODEL, YuNetDetector
            from drivers.face.models import read_model

            self._detector = YuNetDetector(read_model(self._models, MODEL), self._score)
        if self._detector.detect(frame.picture):
            self._bridge.seen.emit()
