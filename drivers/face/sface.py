"""The default face engine behind the port: YuNet and SFace, embeddings of several good frames, one comparison."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.face.rules import FaceRules
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.face import Camera, FaceHint, FaceResult, Frame, Reference

if TYPE_CHECKING:
    from drivers.face.attempt import PassiveModel
    from drivers.face.engine import SFaceEngine


class SFaceMatcher:
    """Implements `FaceMatcher`. Construction is cheap; `load` reads the models (0.5 s) and OpenCV.

    One worker at a time. Frames handed to `on_preview` are overwritten after about half a second of frames, and all
    of them when the attempt ends: a preview copies what it keeps. `rng` chooses the side that is asked for first;
    `passive_model` makes an optional model when the others are loaded.
    """

    def __init__(
        self,
        models: Path,
        rules: FaceRules,
        *,
        rng: random.Random | None = None,
        passive_model: Callable[[], PassiveModel] | None = None,
    ) -> None:
        self.rng = rng or random.SystemRandom()
        self._models = models
        self._rules = rules
        self._make_passive_model = passive_model
        self._passive_model: PassiveModel | None = None
        self._engine: SFaceEngine | None = None

    @property
    def default_thresholds(self) -> tuple[float, float]:
        """Similarity from which a score is left to staff, and from which it is a match."""
        return self._rules.threshold_review, self._rules.threshold_match

    def close(self) -> None:
        """End what runs beside the program: nothing, with this engine."""

    def load(self) -> None:
        self.engine()

    def engine(self) -> SFaceEngine:
        """The loaded engine, for measuring its parts."""
        if self._engine is None:
            from drivers.face.engine import SFaceEngine

            engine = self._made(SFaceEngine)
            if self._make_passive_model is not None:
                self._passive_model = self._make_passive_model()
            self._engine = engine
        return self._engine

    def _made(self, kind: type[SFaceEngine]) -> SFaceEngine:
        return kind(self._models, self._rules)

    def reference(self, jp2: Secret) -> Reference:
        """The template of the card's photo. `jp2` stays as it is: its owner wipes it."""
        from drivers.face.jpeg2000 import decode_photo

        engine = self.engine()
        photo = decode_photo(jp2, self._rules.photo)
        try:
            face = engine.only_face(photo)
            if face is None:
                raise NeedsStaff(FailureCode.PHOTO_UNREADABLE, "face")
            aligned = engine.align(photo, face)
            raw = engine.embed(photo, face, aligned)
            embedding = engine.combine([raw])
            raw.fill(0)
            aligned.fill(0)
            return Reference(embedding)
        finally:
            photo.fill(0)
            engine.forget()

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
        """The camera is open already and stays so. Its errors pass through, after everything was overwritten."""
        engine = self.engine()
        from drivers.face.attempt import Attempt

        attempt = Attempt(
            engine,
            self._rules,
            camera,
            self.rng,
            self._passive_model,
            on_hint=on_hint,
            on_preview=on_preview,
            cancelled=cancelled,
        )
        return attempt.run(reference, seconds, liveness=liveness)
