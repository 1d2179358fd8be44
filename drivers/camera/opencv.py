"""A real camera, a video file or numbered pictures through `cv2.VideoCapture`, with a watchdog.

OpenCV's calls can hang for good when a device misbehaves, so one thread does nothing but read, and whoever waits for
a frame waits for a limited time. A thread that is stuck is left behind; it ends by itself if its call ever returns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.clock import Clock
from kiosk.ports.face import Frame, Picture

_PATIENCE_S = 1.0  # real seconds for a fresh frame
_OPENING_S = 5.0  # real seconds for a device to open; some need two
_LEAVING_S = 0.5  # real seconds a reading thread gets to end when the camera is closed
_FILE_FRAMES_PER_SECOND = 15.0


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool: ...  # noqa: N802 - OpenCV's name
    def read(self) -> tuple[bool, Any]: ...
    def release(self) -> None: ...


class OpenCvCamera:
    """Implements `Camera`. `source` is a device number, a video file, or a pattern of pictures such as `%03d.png`.

    A device gives its newest frame; a file gives every frame in turn, 15 a second of the clock, and begins again at
    its end. Opening or reading raises `NeedsStaff(CAMERA_GONE)` for a device that is not there, `CAMERA_SILENT` when
    no fresh frame comes within a second, `PICTURE_BROKEN` naming a file that cannot be read.
    """

    def __init__(
        self,
        clock: Clock,
        source: int | str | Path,
        *,
        size: tuple[int, int] = (640, 480),
        opener: Callable[[int | str, tuple[int, int]], Capture] | None = None,
    ) -> None:
        self._clock = clock
        self._source: int | str = source if isinstance(source, int) else str(source)
        self._size = size
        self._opener = opener or _open_capture
        self._grabber: _Grabber | None = None
        self._due_s: float | None = None

    def open(self) -> None:
        self.close()
        self._due_s = None
        grabber = _Grabber(lambda: self._opener(self._source, self._size), self._clock, self._is_file)
        if not grabber.start():
            grabber.leave()
            raise self._absent()
        self._grabber = grabber

    def next_frame(self) -> Frame:
        if self._grabber is None:
            raise NeedsStaff(FailureCode.CAMERA_GONE, "not open")
        if self._is_file:
            self._keep_pace()
        try:
            return self._grabber.next_frame()
        except EOFError:
            self.close()
            raise self._absent() from None
        except TimeoutError:
            self.close()  # a stuck thread cannot be woken: only opening anew helps
            raise NeedsStaff(FailureCode.CAMERA_SILENT, self._name) from None

    def close(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.leave()

    @property
    def _is_file(self) -> bool:
        return isinstance(self._source, str)

    @property
    def _name(self) -> str:
        return Path(self._source).name if isinstance(self._source, str) else f"camera {self._source}"

    def _absent(self) -> NeedsStaff:
        return NeedsStaff(FailureCode.PICTURE_BROKEN if self._is_file else FailureCode.CAMERA_GONE, self._name)

    def _keep_pace(self) -> None:
        now = self._clock.monotonic()
        if self._due_s is not None and self._due_s > now:
            self._clock.sleep(self._due_s - now)
            now = self._clock.monotonic()
        self._due_s = now + 1 / _FILE_FRAMES_PER_SECOND


class _Grabber:
    """One reading thread and its last frame. Owns the capture from opening to release."""

    def __init__(self, opener: Callable[[], Capture], clock: Clock, on_request: bool) -> None:
        self._opener = opener
        self._clock = clock
        self._on_request = on_request  # a file: read only when asked, and start again at its end
        self._changed = threading.Condition()
        self._opened: bool | None = None
        self._wanted = not on_request
        self._frame: Frame | None = None
        self._ended = self._left = False
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> bool:
        """Whether the capture opened in time."""
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._opened is not None, _OPENING_S)
            return bool(self._opened)

    def next_frame(self) -> Frame:
        """The next fresh frame. Raises `TimeoutError` when none comes, `EOFError` when none can come any more."""
        with self._changed:
            if self._on_request:
                self._wanted = True
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._frame is not None or self._ended, _PATIENCE_S)
            frame, self._frame = self._frame, None
            if frame is not None:
                return frame
            if self._ended:
                raise EOFError
            raise TimeoutError

    def leave(self) -> None:
        with self._changed:
            self._left = True
            if self._frame is not None:
                self._frame.picture.fill(0)
            self._changed.notify_all()
        self._thread.join(_LEAVING_S)

    def _run(self) -> None:
        capture = self._opener()
        try:
            with self._changed:
                self._opened = capture.isOpened()
                self._changed.notify_all()
            fresh = True
            while self._waits_for_work():
                good, picture = capture.read()
                if not good and self._on_request and not fresh:
                    capture.release()
                    capture, fresh = self._opener(), True
                    continue
                self._hand_over(picture if good else None)
                fresh = False
        finally:
            capture.release()

    def _waits_for_work(self) -> bool:
        """True when a frame is to be read, False when the thread shall end."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._left or not self._opened)
            return bool(self._opened) and not self._left and not self._ended

    def _hand_over(self, picture: Picture | None) -> None:
        at_s = self._clock.monotonic()
        with self._changed:
            if self._on_request:
                self._wanted = False
            if picture is None:
                self._ended = True
            elif self._left:
                picture.fill(0)  # it was read while the camera was closed
            else:
                if self._frame is not None:
                    self._frame.picture.fill(0)  # nobody took it, nobody shall find it
                self._frame = Frame(picture, at_s)
            self._changed.notify_all()


def _open_capture(source: int | str, size: tuple[int, int]) -> Capture:
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    capture = cv2.VideoCapture(source)
    if isinstance(source, int):
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    return capture
