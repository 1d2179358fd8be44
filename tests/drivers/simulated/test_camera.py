"""The simulated camera: its pace, its scenes, its faults."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from drivers.simulated.camera import FRAMES_PER_SECOND, SimulatedCamera
from drivers.simulated.scenes import Scene
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff

PERSONAS = Path(__file__).parents[3] / "assets" / "personas"


class JumpingClock:
    at_s = 7.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def camera(clock: JumpingClock) -> SimulatedCamera:
    camera = SimulatedCamera(clock, PERSONAS)
    camera.open()
    return camera


def test_frames_come_at_the_clocks_pace(camera: SimulatedCamera) -> None:
    frames = [camera.next_frame() for _ in range(5)]
    assert all(frame.picture.shape == (480, 640, 3) and frame.picture.dtype == np.uint8 for frame in frames)
    for one, other in pairwise(frames):
        assert other.at_s - one.at_s == pytest.approx(1 / FRAMES_PER_SECOND)


def test_a_late_consumer_gets_no_backlog(camera: SimulatedCamera, clock: JumpingClock) -> None:
    camera.next_frame()
    clock.sleep(3)
    assert camera.next_frame().at_s == 10.0
    assert camera.next_frame().at_s == pytest.approx(10 + 1 / FRAMES_PER_SECOND)


def test_nobody_stands_there_at_first(camera: SimulatedCamera) -> None:
    first = camera.next_frame().picture
    camera.show("hanako", "none")
    assert abs(first.astype(int) - camera.next_frame().picture.astype(int)).mean() < 8


@pytest.mark.parametrize("scene", Scene)
def test_every_scene_shows_something_of_its_own(camera: SimulatedCamera, scene: Scene) -> None:
    camera.show("hanako", scene)
    seen = camera.next_frame().picture.astype(int)
    camera.show("hanako", "none" if scene is not Scene.NONE else "self")
    assert abs(seen - camera.next_frame().picture.astype(int)).mean() > 2


def test_frames_differ_a_little_and_repeat_with_the_show(camera: SimulatedCamera) -> None:
    camera.show("taro", "self")
    film = [camera.next_frame().picture.astype(int) for _ in range(6)]
    for one, other in pairwise(film):
        assert 0.5 < abs(one - other).mean() < 12
    camera.show("taro", "self")
    assert np.array_equal(camera.next_frame().picture, film[0])


def test_overwriting_a_frame_harms_no_later_one(camera: SimulatedCamera) -> None:
    camera.show("taro", "self")
    first = camera.next_frame()
    kept = first.picture.copy()
    first.picture.fill(0)
    camera.show("taro", "self")
    assert np.array_equal(camera.next_frame().picture, kept)


def test_two_can_be_told_who_comes_along(camera: SimulatedCamera) -> None:
    pictures = []
    for second in (None, "kenji", "aya"):
        camera.show("hanako", "two", second)
        pictures.append(camera.next_frame().picture)
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_who_has_no_pictures_leaves_the_room_empty(camera: SimulatedCamera) -> None:
    camera.show(None, "self")
    assert camera.next_frame().picture.std() < 30


def test_an_unknown_scene_is_named_with_the_known_ones(camera: SimulatedCamera) -> None:
    with pytest.raises(Fatal) as caught:
        camera.show("hanako", "sefl")
    assert caught.value.code is FailureCode.SCENARIO_WRONG
    assert "sefl" in caught.value.detail
    assert "backlit" in caught.value.detail


@pytest.mark.parametrize("damage", ["cut", "absent", "text", "empty"])
def test_a_broken_picture_is_named(tmp_path: Path, clock: JumpingClock, damage: str) -> None:
    shutil.copytree(PERSONAS / "hanako", tmp_path / "hanako")
    path = tmp_path / "hanako" / "live_front.jpg"
    if damage == "absent":
        path.unlink()
    else:
        path.write_bytes({"cut": path.read_bytes()[:20], "text": b"no picture", "empty": b""}[damage])
    with pytest.raises(NeedsStaff) as caught:
        SimulatedCamera(clock, tmp_path).show("hanako", "self")
    assert (caught.value.code, caught.value.detail) == (FailureCode.PICTURE_BROKEN, "hanako/live_front.jpg")


def test_pictures_of_another_size_are_fitted(tmp_path: Path, clock: JumpingClock) -> None:
    (tmp_path / "hanako").mkdir()
    shutil.copy(PERSONAS / "hanako" / "card.jpg", tmp_path / "hanako" / "live_front.jpg")
    camera = SimulatedCamera(clock, tmp_path)
    camera.open()
    camera.show("hanako", "self")
    assert camera.next_frame().picture.shape == (480, 640, 3)


def test_unplugging_and_plugging_again(camera: SimulatedCamera) -> None:
    camera.unplug()
    for act in (camera.next_frame, camera.open):
        with pytest.raises(NeedsStaff) as caught:
            act()
        assert caught.value.code is FailureCode.CAMERA_GONE
    camera.plug()
    with pytest.raises(NeedsStaff):
        camera.next_frame()
    camera.open()
    assert camera.next_frame().picture.any()


def test_a_frozen_camera_is_silent_after_a_second(camera: SimulatedCamera, clock: JumpingClock) -> None:
    camera.next_frame()
    camera.freeze()
    before = clock.monotonic()
    with pytest.raises(NeedsStaff) as caught:
        camera.next_frame()
    assert caught.value.code is FailureCode.CAMERA_SILENT
    assert clock.monotonic() - before == pytest.approx(1.0)
    camera.plug()
    assert camera.next_frame().picture.any()


def test_a_closed_camera_gives_nothing(camera: SimulatedCamera) -> None:
    camera.close()
    with pytest.raises(NeedsStaff) as caught:
        camera.next_frame()
    assert caught.value.code is FailureCode.CAMERA_GONE
