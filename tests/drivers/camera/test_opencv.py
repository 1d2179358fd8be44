"""Video files and numbered pictures through OpenCV, and the watchdog over devices that misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import opencv
from drivers.camera.opencv import OpenCvCamera
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.face import Picture

PATIENCE = 60.0  # real seconds after which a test gives up


class JumpingClock:
    at_s = 3.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds


def film(count: int) -> list[Picture]:
    return [np.full((48, 64, 3), 30 + 40 * i, np.uint8) for i in range(count)]


def levels(camera: OpenCvCamera, count: int) -> list[int]:
    return [round(float(camera.next_frame().picture.mean())) for _ in range(count)]


@pytest.fixture
def numbered(tmp_path: Path) -> str:
    for i, picture in enumerate(film(3)):
        cv2.imwrite(str(tmp_path / f"{i:03d}.png"), picture)
    return str(tmp_path / "%03d.png")


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "film.mkv"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 15, (64, 48))
    for picture in film(3):
        writer.write(picture)
    writer.release()
    return path


def test_numbered_pictures_come_in_turn_and_again(numbered: str) -> None:
    camera = OpenCvCamera(JumpingClock(), numbered)
    camera.open()
    assert levels(camera, 7) == [30, 70, 110, 30, 70, 110, 30]
    camera.close()


def test_a_video_comes_in_turn_and_again(video: Path) -> None:
    camera = OpenCvCamera(JumpingClock(), video)
    camera.open()
    assert levels(camera, 5) == [30, 70, 110, 30, 70]
    camera.close()


def test_a_file_keeps_the_clocks_pace(video: Path) -> None:
    camera = OpenCvCamera(JumpingClock(), video)
    camera.open()
    times = [camera.next_frame().at_s for _ in range(4)]
    assert all(other - one == pytest.approx(1 / 15) for one, other in pairwise(times))
    camera.close()


def test_opening_again_begins_again(video: Path) -> None:
    camera = OpenCvCamera(JumpingClock(), video)
    for _ in range(2):
        camera.open()
        assert levels(camera, 2) == [30, 70]
    camera.close()
    camera.close()


@pytest.mark.parametrize("content", [None, b"", b"no film"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "film.mkv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NeedsStaff) as caught:
        OpenCvCamera(JumpingClock(), path).open()
    assert (caught.value.code, caught.value.detail) == (FailureCode.PICTURE_BROKEN, "film.mkv")


def test_an_absent_device_is_gone() -> None:
    with pytest.raises(NeedsStaff) as caught:
        OpenCvCamera(JumpingClock(), 97).open()
    assert caught.value.code is FailureCode.CAMERA_GONE


def test_a_camera_that_was_not_opened_gives_nothing() -> None:
    with pytest.raises(NeedsStaff) as caught:
        OpenCvCamera(JumpingClock(), 0).next_frame()
    assert caught.value.code is FailureCode.CAMERA_GONE


class Device:
    """A device under the test's control: reading blocks until a picture, None for the end, is given."""

    def __init__(self) -> None:
        self._given: list[Picture | None] = []
        self._changed = threading.Condition()
        self.released = threading.Event()
        self.taken = 0

    def give(self, *pictures: Picture | None) -> None:
        with self._changed:
            self._given += pictures
            self._changed.notify_all()

    def wait_taken(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.taken >= count, PATIENCE)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, Any]:
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: bool(self._given))
            picture = self._given.pop(0)
            self.taken += 1
        return picture is not None, picture

    def release(self) -> None:
        self.released.set()


@contextmanager
def opened(device: Device) -> Iterator[OpenCvCamera]:
    camera = OpenCvCamera(JumpingClock(), 0, opener=lambda *_: device)
    camera.open()
    yield camera
    device.give(None)
    camera.close()
    assert device.released.wait(PATIENCE)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_PATIENCE_S", "_LEAVING_S"):
        monkeypatch.setattr(opencv, name, 0.05)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_PATIENCE_S", "_OPENING_S"):
        monkeypatch.setattr(opencv, name, PATIENCE)


@pytest.mark.usefixtures("impatient")
def test_a_device_that_hangs_is_silent_and_left_behind() -> None:
    device = Device()
    with opened(device) as camera:
        with pytest.raises(NeedsStaff) as caught:
            camera.next_frame()
        assert caught.value.code is FailureCode.CAMERA_SILENT
        assert not device.released.is_set()
        with pytest.raises(NeedsStaff) as caught:
            camera.next_frame()
        assert caught.value.code is FailureCode.CAMERA_GONE


def test_a_device_that_ends_is_gone() -> None:
    device = Device()
    with opened(device) as camera:
        device.give(None)
        with pytest.raises(NeedsStaff) as caught:
            camera.next_frame()
        assert caught.value.code is FailureCode.CAMERA_GONE


def test_a_device_gives_its_newest_frame_and_wipes_the_rest() -> None:
    device, pictures = Device(), film(3)
    with opened(device) as camera:
        device.give(*pictures)
        device.wait_taken(3)
        # The third is handed over a moment after it was read.
        seen = [camera.next_frame().picture]
        while seen[-1] is not pictures[2]:
            seen.append(camera.next_frame().picture)
        assert pictures[2].any()
        assert not pictures[0].any() or pictures[0] is seen[0]


@pytest.mark.usefixtures("impatient")
def test_a_picture_that_comes_after_the_camera_was_closed_is_wiped() -> None:
    device, (picture,) = Device(), film(1)
    camera = OpenCvCamera(JumpingClock(), 0, opener=lambda *_: device)
    camera.open()
    camera.close()
    device.give(picture)
    assert device.released.wait(PATIENCE)
    assert not picture.any()


def test_a_device_that_hangs_while_opening_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opencv, "_OPENING_S", 0.05)
    gate = threading.Event()
    device = Device()

    def slow(*_: object) -> Device:
        gate.wait(PATIENCE)
        return device

    opener: Callable[..., Device] = slow
    camera = OpenCvCamera(JumpingClock(), 0, opener=opener)
    with pytest.raises(NeedsStaff) as caught:
        camera.open()
    assert caught.value.code is FailureCode.CAMERA_GONE
    gate.set()
    assert device.released.wait(PATIENCE)
