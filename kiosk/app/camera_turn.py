"""One camera for real visits and for rehearsals: never both at once."""

from __future__ import annotations

import threading

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.clock import Clock
from kiosk.ports.face import Camera, Frame

WAIT_SECONDS = 0.02


class CameraTurn:
    """A camera that a rehearsal and real visits use in turn (`turn`): whoever comes waits until the other has left it.

    Implements `Camera`. `cut`, from any thread: no frame is given out from then on, and none is waited for.
    """

    def __init__(self, camera: Camera, turn: threading.Lock, clock: Clock) -> None:
        self._camera, self._turn, self._clock = camera, turn, clock
        self._mine = self._cut = False

    def cut(self) -> None:
        self._cut = True

    def open(self) -> None:
        while not self._mine and not self._turn.acquire(blocking=False):
            self._refuse_when_cut()
            self._clock.sleep(WAIT_SECONDS)
        self._mine = True
        self._refuse_when_cut()
        self._camera.open()

    def next_frame(self) -> Frame:
        self._refuse_when_cut()
        frame = self._camera.next_frame()
        if self._cut:
            frame.picture.fill(0)
            self._refuse_when_cut()
        return frame

    def close(self) -> None:
        if self._mine:
            self._mine = False
            try:
                self._camera.close()
            finally:
                self._turn.release()

    def _refuse_when_cut(self) -> None:
        if self._cut:
            raise NeedsStaff(FailureCode.CAMERA_GONE)
