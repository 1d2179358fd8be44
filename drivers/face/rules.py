"""The limits of the face check, read from the dated rule file `face.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import Row, load_rules


@dataclass(frozen=True)
class GateRules:
    """Limits a frame must keep to be used. Widths in pixels of a frame 640 wide, luma in grey levels."""

    face_width_least: float
    face_width_most: float
    off_centre_most: float
    luma_least: float
    luma_most: float
    deviation_least: float
    sharpness_least: float
    yaw_most: float
    roll_most: float
    mouth_contrast_least: float
    score_least: float


@dataclass(frozen=True)
class ProbeRules:
    """How many passing frames make a probe, and over how many seconds."""

    frames_least: int
    frames_most: int
    span_s: float
    window_s: float


@dataclass(frozen=True)
class PhotoRules:
    """Bounds of the card's JPEG 2000 photo, checked on its header."""

    bytes_most: int
    side_least: int
    side_most: int
    components_most: int
    tiles_most: int


@dataclass(frozen=True)
class ChallengeRules:
    """What a head must do to count as live. Yaw in eye distances, steps in widths of the face, times in seconds."""

    yaw_turned: float
    yaw_straight: float
    frames_turned: int
    seconds: float
    gap_s: float
    frame_s: float
    step_most: float
    growth_most: float
    similarity_turned: float


@dataclass(frozen=True)
class PassiveRules:
    """When the look before the challenge speaks against a live person. Areas of a frame in areas of the face."""

    border_least: float
    border_most: float
    border_share: float
    model_live: float


@dataclass(frozen=True)
class FaceRules:
    """Everything a matcher must know that could change without a change of code."""

    score_to_track: float
    second_face_ratio: float
    threshold_match: float
    threshold_review: float
    gate: GateRules
    probe: ProbeRules
    photo: PhotoRules
    challenge: ChallengeRules
    passive: PassiveRules
    bright_surroundings: float
    dark_frame_luma: float
    roll_suspected_degrees: float
    roll_suspected_score: float
    steady_frames: int


def load_face_rules(path: Path, on: date, engine: str = "sface") -> FaceRules:
    """Rules in force on the day. Raises `Fatal(ASSET_MISSING)` for an absent file, `Fatal(SETTINGS_WRONG)` naming
    the section and name that is missing or wrong."""
    table = load_rules(path)

    def row(section: str, name: str, **match: str) -> Row:
        found = table.first(section, on, name=name, **match)
        if found is None:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: {section}.{name}")
        return found

    return FaceRules(
        score_to_track=row("detector", "score_to_track").real("value"),
        second_face_ratio=row("detector", "second_face_ratio").real("value"),
        threshold_match=row("engine", "threshold_match", engine=engine).real("value"),
        threshold_review=row("engine", "threshold_review", engine=engine).real("value"),
        gate=GateRules(
            face_width_least=row("gate", "face_width").real("minimum"),
            face_width_most=row("gate", "face_width").real("maximum"),
            off_centre_most=row("gate", "off_centre").real("maximum"),
            luma_least=row("gate", "mean_luma").real("minimum"),
            luma_most=row("gate", "mean_luma").real("maximum"),
            deviation_least=row("gate", "luma_deviation").real("minimum"),
            sharpness_least=row("gate", "sharpness").real("minimum"),
            yaw_most=row("gate", "yaw_proxy").real("maximum"),
            roll_most=row("gate", "roll_degrees").real("maximum"),
            mouth_contrast_least=row("gate", "mouth_contrast").real("minimum"),
            score_least=row("detector", "score_to_match").real("value"),
        ),
        probe=ProbeRules(
            frames_least=row("probe", "frames_least").number("value"),
            frames_most=row("probe", "frames_most").number("value"),
            span_s=row("probe", "span_s").real("value"),
            window_s=row("probe", "window_s").real("value"),
        ),
        photo=PhotoRules(
            bytes_most=row("photo", "bytes").number("maximum"),
            side_least=row("photo", "side").number("minimum"),
            side_most=row("photo", "side").number("maximum"),
            components_most=row("photo", "components").number("maximum"),
            tiles_most=row("photo", "tiles").number("maximum"),
        ),
        challenge=ChallengeRules(
            yaw_turned=row("liveness", "yaw_turned").real("value"),
            yaw_straight=row("liveness", "yaw_straight").real("value"),
            frames_turned=row("liveness", "frames_turned").number("value"),
            seconds=row("liveness", "seconds").real("value"),
            gap_s=row("liveness", "gap_s").real("value"),
            frame_s=row("liveness", "frame_s").real("value"),
            step_most=row("liveness", "step_most").real("value"),
            growth_most=row("liveness", "growth_most").real("value"),
            similarity_turned=row("liveness", "similarity_turned", engine=engine).real("value"),
        ),
        passive=PassiveRules(
            border_least=row("liveness", "border").real("minimum"),
            border_most=row("liveness", "border").real("maximum"),
            border_share=row("liveness", "border_share").real("value"),
            model_live=row("liveness", "model_live").real("value"),
        ),
        bright_surroundings=row("hint", "bright_surroundings").real("value"),
        dark_frame_luma=row("hint", "dark_frame_luma").real("value"),
        roll_suspected_degrees=row("hint", "roll_suspected_degrees").real("value"),
        roll_suspected_score=row("hint", "roll_suspected_score").real("value"),
        steady_frames=row("hint", "steady_frames").number("value"),
    )
