"""The only source of time. Simulated clocks jump when nothing is due."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware local time (Asia/Tokyo) of the kiosk."""

    def monotonic(self) -> float:
        """Seconds that never go back, on the same scale as `sleep`."""

    def sleep(self, seconds: float) -> None:
        """Block the calling worker for so long. On a simulated clock real time does not pass."""
