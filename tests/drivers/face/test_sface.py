"""The engine on real pixels: the shipped personas before the simulated camera."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import cycle, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.face.rules import FaceRules
from drivers.face.sface import SFaceMatcher
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.scenes import Scene
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.face import FaceHint, FaceResult, FaceVerdict, Frame

Photo = Callable[..., Secret]
CORE = ("hanako", "taro", "sachiko", "kenji", "haruto", "daniel", "aya", "shigeru", "akira", "ichiro")


class Attempt:
    """One attempt with everything it told on the way."""

    def __init__(
        self,
        matcher: SFaceMatcher,
        photo: Secret,
        camera: SimulatedCamera,
        *,
        seconds: float = 2.0,
        cancelled: Callable[[], bool] = lambda: False,
        on_frame: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.hints: list[FaceHint] = []
        self.frames: list[Frame] = []
        self._on_frame = on_frame
        self.reference = matcher.reference(photo)
        self.result: FaceResult = matcher.attempt(
            self.reference,
            camera,
            seconds=seconds,
            on_hint=self.hints.append,
            on_preview=self._preview,
            cancelled=cancelled,
            liveness=False,
        )

    def _preview(self, frame: Frame) -> None:
        assert frame.picture.any()
        self.frames.append(frame)
        self._on_frame(len(self.frames))


@pytest.mark.parametrize(
    ("face", "scene"),
    [(face, Scene.SELF) for face in CORE] + list(zip(CORE, cycle([Scene.SMILE, Scene.DISTANT, Scene.WARM]))),
)
def test_a_persona_matches_the_own_card(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo, face: str, scene: Scene
) -> None:
    camera.show(face, scene)
    attempt = Attempt(matcher, card_photo(face), camera)
    assert attempt.result.verdict is FaceVerdict.MATCH
    assert attempt.result.similarity is not None
    assert attempt.result.similarity > 0.65
    assert attempt.hints == [FaceHint.HOLD_STILL]


@pytest.mark.parametrize(
    ("card", "live"),
    [
        *[("hanako", "kenji"), ("kenji", "hanako"), ("taro", "aya"), ("aya", "shigeru"), ("haruto", "ichiro")],
        *[("daniel", "kenji"), ("shigeru", "sachiko"), ("akira", "hanako"), ("ichiro", "taro"), ("sachiko", "taro")],
    ],
)
def test_a_different_person_is_refused(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo, card: str, live: str
) -> None:
    camera.show(live, Scene.OTHER)
    result = Attempt(matcher, card_photo(card), camera).result
    assert result.verdict is FaceVerdict.NO_MATCH
    assert result.similarity is not None
    assert result.similarity < 0.363


@pytest.mark.parametrize(
    ("scene", "hint"),
    [
        (Scene.TWO, FaceHint.SEVERAL),
        (Scene.FAR, FaceHint.TOO_FAR),
        (Scene.NEAR, FaceHint.TOO_CLOSE),
        (Scene.OFF_CENTRE, FaceHint.OFF_CENTRE),
        (Scene.TURNED, FaceHint.TURNED),
        (Scene.TURNED_RIGHT, FaceHint.TURNED),
        (Scene.TILTED, FaceHint.TILTED),
        (Scene.DARK, FaceHint.DARK),
        (Scene.BRIGHT, FaceHint.BRIGHT),
        (Scene.BACKLIT, FaceHint.BACKLIT),
        (Scene.BLURRED, FaceHint.BLURRED),
        (Scene.MASKED, FaceHint.COVERED),
    ],
)
@pytest.mark.parametrize("face", ["hanako", "daniel"])
def test_each_hindrance_has_its_hint(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo, face: str, scene: Scene, hint: FaceHint
) -> None:
    camera.show(face, scene, "taro" if scene is Scene.TWO else None)
    attempt = Attempt(matcher, card_photo(face), camera, seconds=0.5)
    assert attempt.hints[0] is hint
    assert attempt.result.verdict is FaceVerdict.NOBODY
    assert attempt.result.similarity is None


def test_an_empty_room_is_nobody(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    attempt = Attempt(matcher, card_photo("hanako"), camera, seconds=1.0)
    assert attempt.result.verdict is FaceVerdict.NOBODY
    assert attempt.result.last_hint is FaceHint.NO_FACE
    assert attempt.hints == [FaceHint.NO_FACE]
    assert attempt.result.frames_seen in (15, 16)  # 15 a second, and rounding
    assert attempt.result.frames_used == 0


def test_noise_in_darkness_is_nobody_who_should_have_light(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo
) -> None:
    class Dark:
        def open(self) -> None: ...
        def close(self) -> None: ...

        def next_frame(self) -> Frame:
            frame = camera.next_frame()
            return Frame((frame.picture // 12).astype(np.uint8), frame.at_s)

    camera.show(None, Scene.NONE)
    result = matcher.attempt(
        matcher.reference(card_photo("hanako")),
        Dark(),
        seconds=0.5,
        on_hint=lambda _: None,
        on_preview=lambda _: None,
        cancelled=lambda: False,
    )
    assert (result.verdict, result.last_hint) == (FaceVerdict.NOBODY, FaceHint.DARK)


def test_the_probe_is_of_several_frames_over_a_second(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo, rules: FaceRules
) -> None:
    camera.show("hanako", Scene.SELF)
    attempt = Attempt(matcher, card_photo("hanako"), camera)
    result = attempt.result
    assert result.frames_used == 5
    assert attempt.frames[-1].at_s - attempt.frames[0].at_s >= 1.0
    assert result.frames_seen == len(attempt.frames)
    assert (result.threshold_match, result.threshold_review) == (rules.threshold_match, rules.threshold_review)
    assert "sface 2021dec" in result.engine


def test_who_steps_in_later_is_matched_after_the_hints(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo
) -> None:
    def direct(frame: int) -> None:
        if frame == 8:
            camera.show("kenji", Scene.FAR)
        if frame == 16:
            camera.show("kenji", Scene.SELF)

    attempt = Attempt(matcher, card_photo("kenji"), camera, seconds=5, on_frame=direct)
    assert attempt.hints == [FaceHint.NO_FACE, FaceHint.TOO_FAR, FaceHint.HOLD_STILL]
    assert attempt.result.verdict is FaceVerdict.MATCH


def test_a_change_of_persons_starts_anew(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    """Frames of one person never help another who takes the place."""

    def direct(frame: int) -> None:
        if frame == 13:
            camera.show(None, Scene.NONE)
        if frame == 15:
            camera.show("kenji", Scene.OTHER)

    camera.show("hanako", Scene.SELF)
    result = Attempt(matcher, card_photo("hanako"), camera, seconds=5, on_frame=direct).result
    assert result.verdict is FaceVerdict.NO_MATCH
    assert result.frames_seen >= 15 + 15


def test_cancelling_ends_between_two_frames(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    camera.show("hanako", Scene.SELF)
    answers = iter([False, False, False, True])
    result = Attempt(matcher, card_photo("hanako"), camera, cancelled=lambda: next(answers)).result
    assert (result.verdict, result.frames_seen) == (FaceVerdict.NOBODY, 3)


def test_nothing_remains_in_the_buffers(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    camera.show("hanako", Scene.SELF)
    attempt = Attempt(matcher, card_photo("hanako"), camera)
    assert not any(frame.picture.any() for frame in attempt.frames)
    attempt.reference.wipe()
    assert not attempt.reference.embedding.any()


def test_a_camera_that_goes_leaves_nothing_either(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo
) -> None:
    seen: list[Frame] = []

    def preview(frame: Frame) -> None:
        seen.append(frame)
        if len(seen) == 4:
            camera.unplug()

    camera.show("hanako", Scene.SELF)
    with pytest.raises(NeedsStaff) as caught:
        matcher.attempt(
            matcher.reference(card_photo("hanako")),
            camera,
            seconds=5,
            on_hint=lambda _: None,
            on_preview=preview,
            cancelled=lambda: False,
        )
    assert caught.value.code is FailureCode.CAMERA_GONE
    assert not any(frame.picture.any() for frame in seen)


def test_all_frames_of_a_long_wait_are_overwritten(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo
) -> None:
    attempt = Attempt(matcher, card_photo("hanako"), camera, seconds=2)
    assert len(attempt.frames) > 20
    assert not any(frame.picture.any() for frame in attempt.frames)
    assert all(later.at_s > earlier.at_s for earlier, later in pairwise(attempt.frames))


@pytest.mark.parametrize("grey", [True, False])
def test_grey_and_colour_photos_give_the_same_person(matcher: SFaceMatcher, card_photo: Photo, grey: bool) -> None:
    reference = matcher.reference(card_photo("hanako", grey=grey)).embedding
    assert np.linalg.norm(reference) == pytest.approx(1, abs=1e-5)
    assert float(reference @ matcher.reference(card_photo("hanako")).embedding) > 0.8


def test_a_photo_without_a_face_needs_staff(matcher: SFaceMatcher) -> None:
    blank = cv2.imencode(".jp2", np.full((300, 240, 3), 128, np.uint8))[1]
    with pytest.raises(NeedsStaff) as caught:
        matcher.reference(Secret(blank.tobytes()))
    assert caught.value.code is FailureCode.PHOTO_UNREADABLE


def test_the_secret_is_left_to_its_owner(matcher: SFaceMatcher, card_photo: Photo) -> None:
    photo = card_photo("taro")
    before = bytes(photo.reveal())
    matcher.reference(photo)
    assert bytes(photo.reveal()) == before
    photo.wipe()


def test_missing_models_are_fatal(tmp_path: Path, rules: FaceRules) -> None:
    with pytest.raises(Fatal) as caught:
        SFaceMatcher(tmp_path, rules).load()
    assert caught.value.code is FailureCode.MODEL_MISSING


def test_opencv_stays_off_the_start_path() -> None:
    modules = "drivers.face.sface, drivers.simulated.camera, drivers.simulated.card_front, drivers.documents.card_front"
    code = f"import sys, {modules}, drivers.camera.opencv; print({{'cv2', 'onnxruntime', 'PIL'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
