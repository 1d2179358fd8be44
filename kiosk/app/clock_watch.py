"""The kiosk follows the machine's clock between visits, and says so where it jumped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kiosk.app.paths import ASSETS
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.rules import load_rules
from kiosk.flow.closing import visit_id_of
from kiosk.flow.states import State
from kiosk.ports.journal import Journal, JournalEntry
from kiosk.runtime.clocks import SteadyClock

log = logging.getLogger("kiosk.app")


class ClockWatch:
    """`look` is called often, from the thread that owns the window."""

    def __init__(
        self, clock: SteadyClock, state: Callable[[], State], journal: Callable[[], Journal], assets: Path = ASSETS
    ) -> None:
        # Whatever the day: the clock itself is in question.
        row = load_rules(assets / "rules" / "readiness.toml").first("clock", date.max, name="jump_seconds")
        self._least = row.real("value") if row is not None else 0.0
        self._clock, self._state, self._journal = clock, state, journal

    def look(self) -> None:
        if visit_id_of(self._state()) is not None:
            return
        jumped = self._clock.follow()
        if abs(jumped) < self._least:
            return
        code = FailureCode.CLOCK_JUMPED.value
        log.warning("%s %+.0f s", code, jumped)
        try:
            self._journal().append(
                JournalEntry("clock.jumped", {"seconds": round(jumped, 1), "code": code}), self._clock.now()
            )
        except KioskError as error:
            log.error("clock.jumped not recorded: %s", error.code.value)
