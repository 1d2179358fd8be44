"""What the simulated world sees of a kiosk that lost its power: nothing any more."""

from __future__ import annotations

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.face import Camera, Frame


class PoweredCamera:
    """A camera as one running kiosk holds it. A worker of a kiosk that has died neither sees nor closes it."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._dead = False

    def cut(self) -> None:
        if not self._dead:
            self._dead = True
            self._camera.close()

    def open(self) -> None:
        self._refuse_when_dead()
        self._camera.open()

    def next_frame(self) -> Frame:
        self._refuse_when_dead()
        return self._camera.next_frame()

    def close(self) -> None:
        if not self._dead:
            self._camera.close()

    def _refuse_when_dead(self) -> None:
        if self._dead:
            raise NeedsStaff(FailureCode.CAMERA_GONE)
