"""The camera above the reader: sees the front of whatever card lies there."""

from __future__ import annotations

from pathlib import Path

from drivers.simulated.card_front import card_front_picture
from drivers.simulated.persona import CardFields
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.clock import Clock
from kiosk.ports.face import Frame


class SimulatedFrontCamera:
    """Implements `kiosk.ports.face.Camera`. `card` is what lies there now: its fields and the picture of its holder.

    Every frame differs a little from the one before, as a hand-laid card under a lamp would.
    """

    def __init__(self, clock: Clock, seed: int) -> None:
        self.card: tuple[CardFields, Path | None] | None = None
        self._clock = clock
        self._seed = seed

    def open(self) -> None:
        """Always there."""

    def next_frame(self) -> Frame:
        """Raises `NeedsStaff(CAMERA_SILENT)` when no card lies there."""
        card = self.card
        if card is None:
            raise NeedsStaff(FailureCode.CAMERA_SILENT, "no card")
        self._seed += 1
        fields, photo = card
        return Frame(card_front_picture(fields, photo, seed=self._seed), self._clock.monotonic())

    def close(self) -> None:
        """Nothing to release."""
