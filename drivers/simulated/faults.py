"""The fault menu of the simulated readers: what goes wrong between a card and the kiosk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

SLOW_SECONDS = 0.2
"""An answer from the slow entry of the menu: as from a contact slot at its lowest rate."""


class Chip(Protocol):
    """What lies in the field: the virtual card, or a recording."""

    remove_after_apdus: int | None

    @property
    def atr(self) -> bytes: ...
    def power_on(self) -> None: ...
    def power_off(self) -> None: ...
    def reset(self) -> None: ...
    def transmit(self, command: bytes) -> bytes: ...


@dataclass
class Faults:
    """What goes wrong with the commands of the present insertion, which are counted from 1.

    `remove_after`: so many are answered, during the next one the card is pulled. `answers`: raw bytes given in
    place of the card's answer, which the card then never sees asked (a status word, an answer cut off or too
    long). `slow`: seconds that every answer takes longer. `busy`: another program holds the card. `frozen`: nothing
    answers any more.
    """

    remove_after: int | None = None
    answers: dict[int, bytes] = field(default_factory=dict)
    slow: float = 0.0
    busy: bool = False
    frozen: bool = False

    def begin(self, chip: Chip | None) -> None:
        """A new insertion: what was meant for single commands of the last one is over."""
        self.answers.clear()
        self.remove_after = None if chip is None else chip.remove_after_apdus

    def pulls_at(self, number: int) -> bool:
        return self.remove_after is not None and number > self.remove_after
