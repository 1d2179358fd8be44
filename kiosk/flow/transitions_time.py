"""Deadlines of devices: a device that does not answer counts as one that reported its failure.

Made from the rows for failures, so every module with such rows is imported first.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow import (
    transitions_card,
    transitions_code,
    transitions_eligibility,
    transitions_end,
    transitions_face,
    transitions_pin,
)
from kiosk.flow.events import EffectFailed, TimerFired
from kiosk.flow.states import State
from kiosk.flow.table import Move, find_row, go, on, rows
from kiosk.flow.timeouts import DEADLINES

_BEFORE = (
    transitions_card,
    transitions_code,
    transitions_eligibility,
    transitions_end,
    transitions_face,
    transitions_pin,
)


def deadline_over(state: State, event: TimerFired) -> Move:
    """A device that should have answered did not: go on as if it had reported its failure.

    Who stays waits anew: the timer that fired is gone.
    """
    failed = EffectFailed(event.at, event.ticket, DEADLINES[type(state)][1])
    row = find_row(state, failed)
    return replace(row.handler(state, failed), stays=False) if row else go(state)


for _state_type in DEADLINES:
    _targets = tuple(r.targets for r in rows() if r.event is EffectFailed and issubclass(_state_type, r.state))
    on(_state_type, TimerFired, *dict.fromkeys(t for group in _targets for t in group))(deadline_over)
