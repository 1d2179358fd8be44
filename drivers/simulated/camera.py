"""A camera that sees the personas: 640x480 at 15 frames a second of the clock it is given.

Nothing is shortened: the frames are made from the shipped pictures, with the small motion of a person and the noise
of a sensor, and have to pass the same gates as those of a real camera. The same show gives the same frames.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.clock import Clock
from kiosk.ports.face import Frame

if TYPE_CHECKING:
    from drivers.simulated.motion import Motion
    from drivers.simulated.scenes import Studio

FRAMES_PER_SECOND = 15
REACTION_S = 0.3  # from what the screen says to the first movement
TURN_S = 0.35  # from straight to fully turned: about 25 degrees
_PATIENCE_S = 1.0  # a camera without a fresh frame for so long is reported as silent


@dataclass(frozen=True)
class _Show:
    face: str | None
    scene: str
    second: str | None


@dataclass(frozen=True)
class _Turn:
    """A movement of the head: where it began, where it leads, and when it was asked for. 1 is the own left."""

    begin: float = 0.0
    target: float = 0.0
    asked_s: float = 0.0

    def at(self, now_s: float) -> float:
        moved = max(0.0, now_s - self.asked_s - REACTION_S) / TURN_S
        way = self.target - self.begin
        return self.target if moved >= abs(way) else self.begin + (moved if way > 0 else -moved)


_TARGETS = {"left": 1.0, "right": -1.0, "straight": 0.0}


class SimulatedCamera:
    """Implements `Camera`. `show` and the faults may be called from any thread while frames are taken."""

    def __init__(self, clock: Clock, personas: Path) -> None:
        self._clock = clock
        self._personas = personas
        self._lock = threading.Lock()
        self._show = _Show(None, "none", None)
        self._turn = _Turn()
        self._opened = self._unplugged = self._frozen = False
        self._due_s: float | None = None
        self._count = 0
        self._studio: Studio | None = None
        self._motion: Motion | None = None

    def show(self, face: str | None, scene: str, second: str | None = None) -> None:
        """Put the person with this folder of pictures before the camera, from the next frame on.

        `scene` is a name of `drivers.simulated.scenes.Scene`; `second` is the other person of the scene `two`.
        Raises `Fatal(SCENARIO_WRONG)` for an unknown scene, `NeedsStaff(PICTURE_BROKEN)` naming a picture that
        cannot be read.
        """
        from drivers.simulated.scenes import scene_named

        self._studio_of().still(face, scene_named(scene), second)
        with self._lock:
            self._show = _Show(face, scene, second)
            self._turn = _Turn()
            self._count = 0

    def ask(self, direction: str) -> None:
        """Whoever stands there was asked to turn the head: `left`, `right` (their own) or `straight`."""
        target = _TARGETS[direction]
        with self._lock:
            if target != self._turn.target:
                now = self._clock.monotonic()
                self._turn = _Turn(self._turn.at(now), target, now)

    def unplug(self) -> None:
        self._unplugged = True

    def plug(self) -> None:
        """Undo `unplug` and `freeze`. The camera has to be opened again after it was unplugged."""
        self._unplugged = self._frozen = False

    def freeze(self) -> None:
        """From now on no fresh frame comes, though the camera stays open."""
        self._frozen = True

    def open(self) -> None:
        self._refuse_when_gone()
        self._opened = True
        self._due_s = None

    def next_frame(self) -> Frame:
        self._refuse_when_gone()
        if not self._opened:
            raise NeedsStaff(FailureCode.CAMERA_GONE, "not open")
        if self._frozen:
            self._clock.sleep(_PATIENCE_S)
            raise NeedsStaff(FailureCode.CAMERA_SILENT)
        now = self._clock.monotonic()
        if self._due_s is not None and self._due_s > now:
            self._clock.sleep(self._due_s - now)
            now = self._clock.monotonic()
        self._due_s = max(now, self._due_s or now) + 1 / FRAMES_PER_SECOND
        with self._lock:
            show, number, turn = self._show, self._count, self._turn.at(now)
            self._count += 1
        from drivers.simulated.scenes import scene_named

        studio, scene = self._studio_of(), scene_named(show.scene)
        still = studio.turned(show.face, scene, turn)
        if still is None:
            still = studio.still(show.face, scene, show.second)
        return Frame(self._motion_of().applied(still, number, f"{show.face} {show.scene}"), now)

    def close(self) -> None:
        self._opened = False

    def _refuse_when_gone(self) -> None:
        if self._unplugged:
            self._opened = False
            raise NeedsStaff(FailureCode.CAMERA_GONE)

    def _studio_of(self) -> Studio:
        if self._studio is None:
            from drivers.simulated.scenes import Studio

            self._studio = Studio(self._personas)
        return self._studio

    def _motion_of(self) -> Motion:
        if self._motion is None:
            from drivers.simulated.motion import Motion

            self._motion = Motion()
        return self._motion
