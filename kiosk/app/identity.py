"""The parts of the proof of identity that settings choose: the face engine and the staff's codes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.face.rules import load_face_rules
from drivers.face.sface import SFaceMatcher
from kiosk.app.settings import Settings
from kiosk.app.staff_codes import DigestedCodes

if TYPE_CHECKING:
    from drivers.face.attempt import PassiveModel

VIRTUAL_CODES = (
    "sato:6d893e5920fa5e19126a10232618a728:0362a23496b9363139f9cbac07d6c791f3fe7ff00b7971206f17a0279859d3aa",
    "suzuki:dadd3a1ec45b6403ac08930ec8ce4da1:71f3c17f20deb30c54359022b183f05ebd974411054e5e46e9569ac03231e96c",
)
"""Of the virtual deployment: 135790 and 246801, as the handbook says. Whoever can read it knows them."""


def make_matcher(
    settings: Settings, assets: Path, on: date, rng: random.Random | None = None, *, made_up: bool = False
) -> SFaceMatcher:
    """The engine that the settings name, not yet loaded. `rng` makes the order of the challenge repeat. `made_up`: only
    made-up people come, and what was found in a picture once need not be looked for again.

    Raises `Fatal(SETTINGS_WRONG)` for a distance at which strangers would pass.
    """
    rules_file = assets / "rules" / "face.toml"
    if settings.face.engine == "dlib":
        from drivers.face.dlib_engine import DlibMatcher, load_dlib_rules

        rules = load_dlib_rules(rules_file, on, settings.face.dlib_distance)
        return DlibMatcher(assets / "models", rules, rules_file, on, rng=rng)
    rules = load_face_rules(rules_file, on)
    kind = SFaceMatcher
    if made_up:
        from drivers.face.remembered import RememberingMatcher

        kind = RememberingMatcher
    return kind(assets / "models", rules, rng=rng, passive_model=_passive_model(settings))


def people_are_real(settings: Settings) -> bool:
    """Real cards are read here, or a real terminal answers."""
    return bool(settings.card.reader) or not settings.eligibility.simulated_requests


def code_entries(settings: Settings) -> tuple[str, ...]:
    """None where the facility has set none for real people: a code that everybody knows must confirm nobody."""
    return settings.staff.codes or (() if people_are_real(settings) else VIRTUAL_CODES)


def staff_codes(settings: Settings) -> DigestedCodes:
    """Raises `Fatal(SETTINGS_WRONG)` naming the entry."""
    return DigestedCodes(code_entries(settings))


def _passive_model(settings: Settings) -> Callable[[], PassiveModel] | None:
    """The facility's own model, where it names one; a file that is not the named one stops the start."""
    face = settings.face
    if not face.liveness_model:
        return None

    def load(path: Path, sha256: str, scale: float) -> PassiveModel:
        from drivers.face.passive_model import OnnxLiveness

        return OnnxLiveness(path, sha256, scale)

    return partial(load, Path(face.liveness_model), face.liveness_model_sha256, face.liveness_model_scale)
