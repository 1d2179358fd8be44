"""The parts of the proof of identity that settings choose: the face engine and the staff's codes."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from drivers.face.rules import load_face_rules
from drivers.face.sface import SFaceMatcher
from kiosk.app.settings import Settings
from kiosk.app.staff_codes import DigestedCodes

VIRTUAL_CODES = (
    "sato:6d893e5920fa5e19126a10232618a728:0362a23496b9363139f9cbac07d6c791f3fe7ff00b7971206f17a0279859d3aa",
    "suzuki:dadd3a1ec45b6403ac08930ec8ce4da1:71f3c17f20deb30c54359022b183f05ebd974411054e5e46e9569ac03231e96c",
)
"""Of the virtual deployment: 135790 and 246801, as the handbook says."""


def make_matcher(settings: Settings, assets: Path, on: date, rng: random.Random | None = None) -> SFaceMatcher:
    """The engine that the settings name, not yet loaded. `rng` makes the order of the challenge repeat."""
    rules = load_face_rules(assets / "rules" / "face.toml", on, settings.face.engine)
    return SFaceMatcher(assets / "models", rules, rng=rng)


def staff_codes(settings: Settings) -> DigestedCodes:
    """Raises `Fatal(SETTINGS_WRONG)` naming the entry."""
    return DigestedCodes(settings.staff.codes or VIRTUAL_CODES)
