"""Port of the loudspeaker or headphones at the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class SoundOutput(Protocol):
    """Never waits and never fails: where nothing can sound, it is silent. Calls come from one thread."""

    def play(self, files: Sequence[Path], volume: int) -> None:
        """These sound files one after the other, in place of whatever sounds now. `volume` in per cent."""

    def stop(self) -> None: ...

    def headphones(self) -> bool:
        """Whether headphones are plugged in, as far as the machine tells."""

    def audible(self) -> bool:
        """Whether there is anything to sound through now."""

    def close(self) -> None: ...
