"""Sample views of a rehearsal: screens that say something of their own, and the fullest of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.screen import View
from kiosk.flow.practice import practice_screen, rehearsed
from kiosk.flow.states import Lane
from kiosk.flow.states_practice import Practising

_REHEARSED = ("face", "pin_wrong", "visual", "consent_items", "result", "take_card")


def practice_samples(samples: Mapping[str, View]) -> dict[str, View]:
    """`samples`: of real visits."""
    return {
        "practice": replace(practice_screen(Practising(Lane())), state="Practising"),
        "practice_done": replace(practice_screen(Practising(Lane(), done=True)), state="Practising"),
        **{f"practice_{name}": rehearsed(samples[name]) for name in _REHEARSED},
    }
