"""The gates a frame has to pass before it may be compared, and the hint for each that fails; pure."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.face.rules import FaceRules
from kiosk.ports.face import FaceHint

FRAME_WIDTH = 640  # widths are given for a frame so many pixels wide


@dataclass(frozen=True)
class Measures:
    """What was measured on one frame with one face in front. Luma in grey levels."""

    face_width: float  # pixels of a frame 640 wide
    off_centre: float  # larger of the two distances from the frame's centre, in frame widths and heights
    detector_score: float
    yaw_proxy: float  # nose against the middle of the eyes along the eye axis, in eye distances; signed
    roll_degrees: float
    mean_luma: float  # of the aligned face, as the next two
    luma_deviation: float
    sharpness: float  # variance of the Laplacian after a Gaussian blur of sigma 1
    surroundings_excess: float  # mean luma around the face less that of its middle
    mouth_contrast: float  # standard deviation of lightness around mouth and chin


def failing_gate(measures: Measures, rules: FaceRules) -> FaceHint | None:
    """What the person should change first, or None when the frame may be used.

    Place comes before pose, pose before light, light before cover and focus: a dark face also looks covered, and
    a face against a window also looks blurred.
    """
    gate = rules.gate
    if measures.face_width < gate.face_width_least:
        return FaceHint.TOO_FAR
    if measures.face_width > gate.face_width_most:
        return FaceHint.TOO_CLOSE
    if measures.off_centre > gate.off_centre_most:
        return FaceHint.OFF_CENTRE
    if abs(measures.roll_degrees) > gate.roll_most:
        return FaceHint.TILTED
    if abs(measures.yaw_proxy) > gate.yaw_most:
        return FaceHint.TURNED
    return _light(measures, rules) or _cover_and_focus(measures, rules)


def _light(measures: Measures, rules: FaceRules) -> FaceHint | None:
    gate = rules.gate
    dark = measures.mean_luma < gate.luma_least
    flat = measures.luma_deviation < gate.deviation_least
    # Glare washes out the mouth first. A dark complexion before a white wall keeps its contrast and passes.
    washed_out = measures.mouth_contrast < gate.mouth_contrast_least
    if (dark or flat or washed_out) and measures.surroundings_excess > rules.bright_surroundings:
        return FaceHint.BACKLIT
    if dark:
        return FaceHint.DARK
    if flat:
        middle = (gate.luma_least + gate.luma_most) / 2
        return FaceHint.DARK if measures.mean_luma < middle else FaceHint.BRIGHT
    return None


def _cover_and_focus(measures: Measures, rules: FaceRules) -> FaceHint | None:
    gate = rules.gate
    blurred = measures.sharpness < gate.sharpness_least
    if measures.mouth_contrast < gate.mouth_contrast_least:
        return FaceHint.BLURRED if blurred else FaceHint.COVERED
    if measures.mean_luma > gate.luma_most:  # after the cover: a white mask alone can make the face too bright
        return FaceHint.BRIGHT
    if blurred:
        return FaceHint.BLURRED
    return FaceHint.COVERED if measures.detector_score < gate.score_least else None


class SteadyHint:
    """Lets a hint through once it has stood for some frames, so that the screen does not flicker.

    "Hold still" passes at once: it is the answer to the person's doing right.
    """

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._candidate: FaceHint | None = None
        self._seen = 0
        self.shown: FaceHint | None = None

    def offer(self, hint: FaceHint) -> bool:
        """Whether `hint` became the shown one with this frame."""
        self._seen = self._seen + 1 if hint is self._candidate else 1
        self._candidate = hint
        if hint is self.shown or (self._seen < self._frames and hint is not FaceHint.HOLD_STILL):
            return False
        self.shown = hint
        return True
