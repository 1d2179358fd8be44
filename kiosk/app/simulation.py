"""Whether the eligibility terminal is played (`[eligibility] simulated_requests`), and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.app.no_reader import has_own_reader
from kiosk.app.settings import Settings
from kiosk.domain.messages import Text
from kiosk.staff.readiness import Finding, State

_ALL, _TERMINAL = "simulated.all", "simulated.terminal"
_CARD = {"simulated.card", "simulated.authentication"}


def simulated_parts(parts: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """What is left of them beside a real terminal, and where no card is read here; where nothing is, there is nothing
    to warn of."""
    real = set() if settings.eligibility.simulated_requests else {_TERMINAL}
    if not has_own_reader(settings):
        real |= _CARD
    left = tuple(part for part in parts if part not in real)
    return left if set(left) - {_ALL} else ()


@dataclass(frozen=True)
class TerminalCheck:
    """Who answers in the folders. A real card whose holder a made-up terminal is asked about is worth a warning."""

    settings: Settings
    id: str = "terminal"

    def run(self) -> Finding:
        if not self.settings.eligibility.simulated_requests:
            return Finding(State.OK, Text("doctor.terminal.ok"))
        if self.settings.card.reader or self.settings.device.beside:
            return Finding(State.WARN, Text("doctor.terminal.simulated"), Text("doctor.terminal.simulated.remedy"))
        return Finding(State.OK, Text("doctor.terminal.simulated"))


@dataclass(frozen=True)
class BesideCheck:
    """What a certified reader beside this kiosk does in its place."""

    id: str

    def run(self) -> Finding:
        return Finding(State.OK, Text(f"doctor.{self.id}.beside"))
