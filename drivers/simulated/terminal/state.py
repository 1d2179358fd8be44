"""How the simulated terminal behaves right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal


class TerminalMode(StrEnum):
    """The states of a scenario's `terminal:` (design 4.2)."""

    ONLINE = "online"
    DOWN = "down"  # requests stay where they are
    SLOW = "slow"  # answered after `seconds`
    RUNNING = "running"  # says that it is still at work (処理中), and answers after `seconds`; without them never
    SILENT = "silent"  # taken, never answered
    GARBAGE = "garbage"  # a broken file is written
    ERROR = "error"  # abnormal end with `code`
    ENCRYPTED = "encrypted"  # the exchange's encryption is switched on
    RESTART = "restart"  # away for `seconds`, forgets what it was doing, then online
    UNSTEADY = "unsteady"  # by the seed, one request in eight fares as in one of the other states


@dataclass(frozen=True)
class TerminalState:
    mode: TerminalMode = TerminalMode.ONLINE
    seconds: float = 0.0
    code: str = "SAMPLE-E0001"

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> TerminalState:
        """From a scenario's `{state: slow, seconds: 20}`; raises `Fatal(SCENARIO_WRONG)` naming the faulty key."""
        unknown = set(settings) - {"state", "seconds", "code"}
        if unknown:
            raise Fatal(FailureCode.SCENARIO_WRONG, f"terminal: {', '.join(sorted(unknown))}")
        try:
            mode = TerminalMode(settings.get("state", "online"))
        except ValueError:
            known = ", ".join(TerminalMode)
            raise Fatal(
                FailureCode.SCENARIO_WRONG, f"terminal.state: {str(settings['state'])[:60]} ({known})"
            ) from None
        seconds = settings.get("seconds", 0)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < inf:
            raise Fatal(FailureCode.SCENARIO_WRONG, f"terminal.seconds: {str(seconds)[:60]} (0 …)")
        code = settings.get("code", cls.code)
        if isinstance(code, bool) or not isinstance(code, str | int):
            raise Fatal(FailureCode.SCENARIO_WRONG, "terminal.code: str")
        return cls(mode, float(seconds), str(code))
