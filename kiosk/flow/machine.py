"""The reception as one pure machine: importing this module fills the transition table."""

from __future__ import annotations

from kiosk.flow import (
    outage,
    transitions_accept,
    transitions_card,
    transitions_code,
    transitions_counter,
    transitions_device,
    transitions_display,
    transitions_documents,
    transitions_eligibility,
    transitions_end,
    transitions_face,
    transitions_fallback,
    transitions_form,
    transitions_phone,
    transitions_pin,
    transitions_practice,
    transitions_staff,
    transitions_time,
)
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Idle, Lane
from kiosk.flow.table import rows, step

__all__ = ["initial_state", "rows", "step"]

_REGISTERED = (
    outage,
    transitions_accept,
    transitions_card,
    transitions_code,
    transitions_counter,
    transitions_documents,
    transitions_device,
    transitions_display,
    transitions_eligibility,
    transitions_end,
    transitions_face,
    transitions_fallback,
    transitions_form,
    transitions_phone,
    transitions_pin,
    transitions_practice,
    transitions_staff,
    transitions_time,
)


def initial_state(settings: FlowSettings, prefix: str) -> Idle:
    """`prefix` begins every visit id and must differ between two starts of the program."""
    return Idle(Lane(settings=settings, prefix=prefix).for_next_person())
