"""The active challenge: a head that turns when asked, which a flat picture cannot; pure.

ISO/IEC 30107 calls what this is meant to stop a presentation attack. It is not a certified detector of such attacks:
the handbook states for each kind what is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from drivers.face.rules import ChallengeRules
from kiosk.ports.face import FaceHint

SIDES = (FaceHint.TURN_LEFT, FaceHint.TURN_RIGHT)


class Doubt(StrEnum):
    """Why an attempt did not count as live; a word for the journal, never for the person."""

    TIME = "time"  # the movements did not come within the time
    JUMP = "jump"  # the face moved as no head does between two frames
    LOST = "lost"  # the face went away
    BORDER = "border"  # the face stands in a closed frame
    MODEL = "model"  # the optional model said so


@dataclass(frozen=True)
class Pose:
    """One frame of the challenge. Places and width in pixels; `similarity` compares with the straight probe."""

    at_s: float
    yaw: float
    x: float
    y: float
    width: float
    similarity: Callable[[], float]


class Challenge:
    """Both sides in the order given, then straight, all within the time.

    `yaw_straight` is the median of the yaw proxy while the person looked straight. `prompt` is what to ask for now.
    """

    def __init__(self, rules: ChallengeRules, yaw_straight: float, order: tuple[FaceHint, ...], began_s: float) -> None:
        self._rules = rules
        self._straight = yaw_straight
        self._tasks = [*order, FaceHint.LOOK_STRAIGHT]
        self._began_s = began_s
        self._seen_s = began_s
        self._run = 0
        self._last: Pose | None = None
        self.passed = False
        self.doubt: Doubt | None = None

    @property
    def over(self) -> bool:
        return self.passed or self.doubt is not None

    @property
    def prompt(self) -> FaceHint:
        return self._tasks[0]

    def see(self, at_s: float, pose: Pose | None) -> None:
        """Take one frame; None where no face stood clearly in front."""
        if self.over:
            return
        if at_s - self._began_s > self._rules.seconds:
            self.doubt = Doubt.TIME
        elif pose is None:
            self._run = 0
            self.doubt = Doubt.LOST if at_s - self._seen_s > self._rules.gap_s else None
        elif self._last is not None and self._jumped(self._last, pose):
            self.doubt = Doubt.JUMP
        else:
            self._seen_s, self._last = at_s, pose
            self._count(pose)

    def _jumped(self, before: Pose, pose: Pose) -> bool:
        """Another picture in the place of the first: no head moves so far from one frame to the next."""
        step = math.hypot(pose.x - before.x, pose.y - before.y) / before.width
        grown = max(pose.width / before.width, before.width / pose.width)
        frames = max(1.0, (pose.at_s - before.at_s) / self._rules.frame_s)
        return step > self._rules.step_most * frames or grown > self._rules.growth_most * frames

    def _count(self, pose: Pose) -> None:
        turned = pose.yaw - self._straight
        if self.prompt is FaceHint.LOOK_STRAIGHT:
            fits, needed = abs(turned) <= self._rules.yaw_straight, 1
        else:
            sign = 1 if self.prompt is FaceHint.TURN_LEFT else -1
            fits, needed = sign * turned >= self._rules.yaw_turned, self._rules.frames_turned
        # Whoever turns must be whoever looked straight: a frame that is somebody else's does not count.
        if not fits or pose.similarity() < self._rules.similarity_turned:
            self._run = 0
            return
        self._run += 1
        if self._run < needed:
            return
        self._run = 0
        if len(self._tasks) == 1:
            self.passed = True
        else:
            self._tasks.pop(0)
