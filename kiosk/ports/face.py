"""Ports of the camera, the card-front reader and the face engine. Pictures are BGR uint8 arrays (rows, columns, 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.domain.secret import Secret

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
else:
    Picture = Any  # numpy takes a sixth of a second to load: the first screen does not wait for it


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """One camera picture. `at_s` is the kiosk clock in seconds at capture."""

    picture: Picture
    at_s: float


class Camera(Protocol):
    """A source of frames. Raises `NeedsStaff(CAMERA_GONE | CAMERA_SILENT | PICTURE_BROKEN)`."""

    def open(self) -> None: ...
    def next_frame(self) -> Frame:
        """Waits for the next fresh frame, at most one second."""

    def close(self) -> None: ...


class CardFrontReader(Protocol):
    """Reads 照合番号B from pictures of the card's front: printed birth date, expiry year and security code."""

    def read(self, picture: Picture) -> Secret | None:
        """14 ASCII digits, or None when any of the three items is not read with certainty."""


class FaceHint(StrEnum):
    """What the person can change, before anything has failed. Message ids are `face.hint.<value>`."""

    NO_FACE = "no_face"
    SEVERAL = "several"
    TOO_FAR = "too_far"
    TOO_CLOSE = "too_close"
    OFF_CENTRE = "off_centre"
    TURNED = "turned"
    TILTED = "tilted"
    DARK = "dark"
    BRIGHT = "bright"
    BACKLIT = "backlit"
    BLURRED = "blurred"
    COVERED = "covered"
    HOLD_STILL = "hold_still"  # all is well, collecting frames
    TURN_LEFT = "turn_left"  # the challenge; left and right are the person's own
    TURN_RIGHT = "turn_right"
    LOOK_STRAIGHT = "look_straight"


class FaceVerdict(StrEnum):
    MATCH = "match"
    REVIEW = "review"  # grey band: a person decides
    NO_MATCH = "no_match"
    NOBODY = "nobody"  # no usable face within the time


class Liveness(StrEnum):
    """Whether a live person was seen (ISO/IEC 30107), apart from whose face it is."""

    LIVE = "live"
    NOT_LIVE = "not_live"  # or not shown to be: the two are never told apart
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class FaceResult:
    """Outcome of one attempt (ISO/IEC 19795: one transaction, 1:1 comparison). Scores say their kind.

    Only a match together with `liveness` live shows that the holder stands there.
    """

    verdict: FaceVerdict
    similarity: float | None  # of the averaged probe and the reference, in the engine's scale; None without a probe
    frames_seen: int
    frames_used: int
    engine: str  # name and version
    threshold_match: float
    threshold_review: float
    last_hint: FaceHint | None = None
    liveness: Liveness = Liveness.NOT_CHECKED
    doubt: str | None = None  # a word for the journal: what spoke against a live person


@dataclass(frozen=True, eq=False, repr=False)
class Reference:
    """The template of the card's photo. Lives in memory of one visit; `wipe` overwrites it."""

    embedding: NDArray[np.float32]

    def wipe(self) -> None:
        self.embedding.fill(0)


class FaceMatcher(Protocol):
    """One engine: reference from the card's JPEG 2000 photo, then attempts on camera frames."""

    def load(self) -> None:
        """Check digests and load the models. Raises `Fatal(MODEL_MISSING | MODEL_WRONG)`."""

    def reference(self, jp2: Secret) -> Reference:
        """Raises `NeedsStaff(PHOTO_UNREADABLE)` when it does not decode or holds no single face."""

    def attempt(
        self,
        reference: Reference,
        camera: Camera,
        *,
        seconds: float,
        on_hint: Callable[[FaceHint], None],
        on_preview: Callable[[Frame], None],
        cancelled: Callable[[], bool],
        liveness: bool = True,
    ) -> FaceResult:
        """Collect passing frames and decide once, then see whether a live person stands there.

        Returns NOBODY when `seconds` of the frames' clock are over without a probe, or `cancelled` turns true. A
        match is followed by the liveness check, with its own time, unless `liveness` is false. `on_hint` is called
        only when the hint changes.
        """
