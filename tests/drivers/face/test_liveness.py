"""The challenge by numbers, and heads and photos before the simulated camera."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from drivers.face.liveness import SIDES, Challenge, Doubt, Pose
from drivers.face.rules import FaceRules
from drivers.face.sface import SFaceMatcher
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.scenes import Scene
from kiosk.domain.secret import Secret
from kiosk.ports.face import FaceHint, FaceResult, FaceVerdict, Liveness

Photo = Callable[..., Secret]
STEP = 1 / 15
FACES = tuple(
    sorted(path.parent.name for path in (Path(__file__).parents[3] / "assets/personas").glob("*/live_front.jpg"))
)


class Head:
    """Shows a challenge so many frames of each yaw, at the usual place unless told otherwise."""

    def __init__(self, rules: FaceRules, order: tuple[FaceHint, ...] = SIDES, straight: float = 0.0) -> None:
        self.challenge = Challenge(rules.challenge, straight, order, 10.0)
        self.at_s = 10.0

    def show(
        self, *yaws: float, x: float = 320, width: float = 150, similarity: float = 0.8, step: float = STEP
    ) -> Head:
        for yaw in yaws:
            self.at_s += step
            self.challenge.see(self.at_s, Pose(self.at_s, yaw, x, 240, width, lambda: similarity))
        return self

    def hide(self, frames: int) -> Head:
        for _ in range(frames):
            self.at_s += STEP
            self.challenge.see(self.at_s, None)
        return self


def test_both_sides_and_straight_again_are_live(rules: FaceRules) -> None:
    head = Head(rules)
    assert head.challenge.prompt is FaceHint.TURN_LEFT
    assert head.show(0.1, 0.25, 0.3, 0.3).challenge.prompt is FaceHint.TURN_RIGHT
    assert head.show(0.1, -0.1, -0.2, -0.25, -0.21).challenge.prompt is FaceHint.LOOK_STRAIGHT
    head.show(-0.2, -0.1)
    assert (head.challenge.passed, head.challenge.doubt) == (True, None)


def test_yaw_counts_from_where_the_person_looked_straight(rules: FaceRules) -> None:
    head = Head(rules, straight=0.08).show(*[0.25] * 9)
    assert head.challenge.prompt is FaceHint.TURN_LEFT
    assert head.show(*[0.29] * 3).challenge.prompt is FaceHint.TURN_RIGHT


@pytest.mark.parametrize("yaw", [0.0, 0.19, -0.4])
def test_the_wrong_side_or_too_little_never_counts(rules: FaceRules, yaw: float) -> None:
    head = Head(rules).show(*[yaw] * 200)
    assert head.challenge.doubt is Doubt.TIME
    assert not head.challenge.passed


def test_frames_in_a_row_are_needed(rules: FaceRules) -> None:
    head = Head(rules).show(*[0.3, 0.3, 0.0] * 12)
    assert head.challenge.prompt is FaceHint.TURN_LEFT


def test_somebody_elses_turning_does_not_count(rules: FaceRules) -> None:
    head = Head(rules).show(*[0.3] * 30, similarity=0.39)
    assert head.challenge.prompt is FaceHint.TURN_LEFT
    assert head.show(*[0.3] * 3, similarity=0.40).challenge.prompt is FaceHint.TURN_RIGHT


def test_similarity_is_asked_only_where_the_pose_fits(rules: FaceRules) -> None:
    def never() -> float:
        raise AssertionError("costs an embedding for nothing")

    Head(rules).challenge.see(10.1, Pose(10.1, 0.1, 320, 240, 150, never))


@pytest.mark.parametrize("jump", [{"x": 320 + 60}, {"width": 150 * 1.4}])
def test_another_picture_in_the_same_moment_is_a_jump(rules: FaceRules, jump: dict[str, float]) -> None:
    head = Head(rules).show(0.0).show(0.3, **jump)
    assert head.challenge.doubt is Doubt.JUMP
    head.show(*[0.3] * 3)
    assert not head.challenge.passed


def test_a_slow_camera_may_move_further_between_frames(rules: FaceRules) -> None:
    assert Head(rules).show(0.0).show(0.3, x=380, step=0.2).challenge.doubt is None


def test_a_face_that_stays_away_is_lost(rules: FaceRules) -> None:
    assert Head(rules).show(0.0).hide(9).show(0.3).challenge.doubt is None
    assert Head(rules).show(0.0).hide(12).challenge.doubt is Doubt.LOST


def test_time_runs_from_the_first_prompt(rules: FaceRules) -> None:
    assert Head(rules).show(*[0.3] * 3, *[0.0] * 150).challenge.doubt is Doubt.TIME


# --- pictures ------------------------------------------------------------------------------------


def judged(
    matcher: SFaceMatcher,
    camera: SimulatedCamera,
    photo: Secret,
    *,
    obey: bool = True,
    liveness: bool = True,
    hints: list[FaceHint] | None = None,
    before: Callable[[FaceHint], None] = lambda _hint: None,
) -> FaceResult:
    told = [] if hints is None else hints

    def on_hint(hint: FaceHint) -> None:
        told.append(hint)
        before(hint)
        if obey and hint in ASKED:
            camera.ask(ASKED[hint])

    return matcher.attempt(
        matcher.reference(photo),
        camera,
        seconds=4,
        on_hint=on_hint,
        on_preview=lambda _: None,
        cancelled=lambda: False,
        liveness=liveness,
    )


ASKED = {FaceHint.TURN_LEFT: "left", FaceHint.TURN_RIGHT: "right", FaceHint.LOOK_STRAIGHT: "straight"}


@pytest.mark.parametrize("face", FACES)
def test_a_person_who_follows_is_live(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo, face: str
) -> None:
    camera.show(face, Scene.SELF)
    hints: list[FaceHint] = []
    result = judged(matcher, camera, card_photo(face), hints=hints)
    assert (result.verdict, result.liveness, result.doubt) == (FaceVerdict.MATCH, Liveness.LIVE, None)
    assert set(hints[-3:-1]) == set(SIDES)
    assert (hints[0], hints[-1]) == (FaceHint.HOLD_STILL, FaceHint.LOOK_STRAIGHT)


def test_the_order_is_chance(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    first: set[FaceHint] = set()
    for seed in range(6):
        matcher.rng = random.Random(seed)
        camera.show("kenji", Scene.SELF)
        hints: list[FaceHint] = []
        judged(matcher, camera, card_photo("kenji"), hints=hints)
        first.add(hints[1])
    assert first == set(SIDES)


@pytest.mark.parametrize(
    ("face", "scene", "doubt"),
    [
        ("hanako", Scene.SCREEN, "border"),
        ("hanako", Scene.PRINT, "border"),
        ("hanako", Scene.PRINT_CLOSE, "time"),
        ("daniel", Scene.PRINT_CLOSE, "time"),
        ("daniel", Scene.STILL, "time"),
    ],
)
def test_a_photo_held_up_matches_and_is_not_live(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo, face: str, scene: Scene, doubt: str
) -> None:
    camera.show(face, scene)
    result = judged(matcher, camera, card_photo(face))
    assert (result.verdict, result.liveness, result.doubt) == (FaceVerdict.MATCH, Liveness.NOT_LIVE, doubt)


@pytest.mark.parametrize("scene", [Scene.SCREEN, Scene.PRINT])
def test_the_challenge_alone_refuses_a_turned_and_bent_photo(
    matcher: SFaceMatcher,
    camera: SimulatedCamera,
    card_photo: Photo,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("drivers.face.attempt.in_a_frame", lambda *_: False)
    camera.show("hanako", scene)
    result = judged(matcher, camera, card_photo("hanako"))
    assert (result.verdict, result.liveness, result.doubt) == (FaceVerdict.MATCH, Liveness.NOT_LIVE, "time")


def test_a_photo_before_and_an_own_head_after_is_not_live(
    matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo
) -> None:
    """The card's photo for the match, somebody else's head for the turning."""

    def change(hint: FaceHint) -> None:
        if hint in SIDES:
            camera.show("kenji", Scene.OTHER)

    camera.show("hanako", Scene.PRINT_CLOSE)
    result = judged(matcher, camera, card_photo("hanako"), before=change)
    assert result.liveness is Liveness.NOT_LIVE
    assert result.doubt in ("jump", "time")


def test_who_walks_away_is_lost(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    def leave(hint: FaceHint) -> None:
        if hint in SIDES:
            camera.show(None, Scene.NONE)

    camera.show("hanako", Scene.SELF)
    result = judged(matcher, camera, card_photo("hanako"), before=leave)
    assert (result.liveness, result.doubt) == (Liveness.NOT_LIVE, "lost")


def test_switched_off_it_says_so(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    camera.show("hanako", Scene.PRINT)
    result = judged(matcher, camera, card_photo("hanako"), liveness=False)
    assert (result.verdict, result.liveness) == (FaceVerdict.MATCH, Liveness.NOT_CHECKED)


def test_nobody_elses_match_is_challenged(matcher: SFaceMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    camera.show("kenji", Scene.OTHER)
    hints: list[FaceHint] = []
    result = judged(matcher, camera, card_photo("hanako"), hints=hints)
    assert (result.verdict, result.liveness) == (FaceVerdict.NO_MATCH, Liveness.NOT_CHECKED)
    assert not set(hints) & set(ASKED)


class Says:
    """An optional model with one opinion."""

    def __init__(self, values: Iterable[float]) -> None:
        self._values = iter(values)

    def live_probability(self, *_: object) -> float:
        return next(self._values)


@pytest.mark.parametrize(("value", "liveness"), [(0.4, Liveness.NOT_LIVE), (0.6, Liveness.LIVE)])
def test_an_optional_model_may_refuse(
    rules: FaceRules, camera: SimulatedCamera, card_photo: Photo, value: float, liveness: Liveness
) -> None:
    models = Path(__file__).parents[3] / "assets" / "models"
    matcher = SFaceMatcher(models, rules, rng=random.Random(1), passive_model=lambda: Says([value] * 9))
    camera.show("hanako", Scene.SELF)
    result = judged(matcher, camera, card_photo("hanako"))
    assert (result.liveness, result.doubt) == (liveness, "model" if value < 0.5 else None)
