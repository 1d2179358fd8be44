"""One loaded engine for all tests of this folder, a clock that jumps, and card photos of the shipped personas."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from drivers.face.rules import FaceRules, load_face_rules
from drivers.face.sface import SFaceMatcher
from drivers.simulated.camera import SimulatedCamera
from kiosk.domain.secret import Secret

ASSETS = Path(__file__).parents[3] / "assets"


class JumpingClock:
    def __init__(self) -> None:
        self.at_s = 50.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.at_s)

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds


@cache
def _jp2(face: str, grey: bool) -> bytes:
    with Image.open(ASSETS / "personas" / face / "card.jpg") as card:
        small = card.convert("L" if grey else "RGB").resize((240, 300), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "JPEG2000", quality_mode="rates", quality_layers=[12 if grey else 36], irreversible=True)
    return stream.getvalue()


@pytest.fixture(scope="session")
def card_photo() -> Callable[..., Secret]:
    """Makes the chip's photo of a persona: JPEG 2000, 240x300, about 6 kB."""
    return lambda face, grey=True: Secret(_jp2(face, grey))


@pytest.fixture(scope="session")
def rules() -> FaceRules:
    return load_face_rules(ASSETS / "rules" / "face.toml", date(2026, 11, 24))


@pytest.fixture(scope="session")
def matcher(rules: FaceRules) -> SFaceMatcher:
    matcher = SFaceMatcher(ASSETS / "models", rules)
    matcher.load()
    return matcher


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def camera(clock: JumpingClock) -> SimulatedCamera:
    camera = SimulatedCamera(clock, ASSETS / "personas")
    camera.open()
    return camera
