"""The default face engine behind the port: SFace embeddings of several good frames, one comparison.

ISO/IEC 19795 terms: one attempt is one transaction with one 1:1 comparison of a probe against the reference.
Neither frames nor embeddings outlive it, and nothing is written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.face.gates import SteadyHint
from drivers.face.probe import ProbeCollector, normalised, similarity, verdict_of
from drivers.face.rules import FaceRules
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.face import Camera, FaceHint, FaceResult, FaceVerdict, Frame, Reference

if TYPE_CHECKING:
    from drivers.face.engine import SFaceEngine

_SHOWN_FRAMES = 8  # the preview may still be painting frames of the last half second
_SOMEBODY_ELSE_POSSIBLE = (FaceHint.NO_FACE, FaceHint.SEVERAL)


class SFaceMatcher:
    """Implements `FaceMatcher`. Construction is cheap; `load` reads the models (0.5 s) and OpenCV.

    One worker at a time. Frames handed to `on_preview` are overwritten after about half a second of frames, and all
    of them when the attempt ends: a preview copies what it keeps.
    """

    def __init__(self, models: Path, rules: FaceRules) -> None:
        self._models = models
        self._rules = rules
        self._engine: SFaceEngine | None = None

    def load(self) -> None:
        self.engine()

    def engine(self) -> SFaceEngine:
        """The loaded engine, for measuring its parts."""
        if self._engine is None:
            from drivers.face.engine import SFaceEngine

            self._engine = SFaceEngine(self._models, self._rules)
        return self._engine

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
            embedding = normalised(engine.embed(aligned))
            aligned.fill(0)
            return Reference(embedding)
        finally:
            photo.fill(0)

    def attempt(
        self,
        reference: Reference,
        camera: Camera,
        *,
        seconds: float,
        on_hint: Callable[[FaceHint], None],
        on_preview: Callable[[Frame], None],
        cancelled: Callable[[], bool],
    ) -> FaceResult:
        """The camera is open already and stays so. Its errors pass through, after everything was overwritten."""
        engine = self.engine()
        collector = ProbeCollector(self._rules.probe)
        hints = SteadyHint(self._rules.steady_frames)
        recent: deque[Frame] = deque()
        started_s: float | None = None
        seen = 0
        try:
            while not cancelled():
                frame = camera.next_frame()
                recent.append(frame)
                started_s = frame.at_s if started_s is None else started_s
                if frame.at_s - started_s > seconds:
                    break
                seen += 1
                on_preview(frame)
                hint = self._take(engine, frame, collector)
                if hints.offer(hint):
                    on_hint(hint)
                if collector.complete:
                    probe = collector.probe()
                    score = similarity(reference.embedding, probe)
                    probe.fill(0)
                    verdict = verdict_of(score, self._rules.threshold_match, self._rules.threshold_review)
                    return self._result(engine, verdict, score, seen, len(collector), hints.shown)
                if len(recent) > _SHOWN_FRAMES:
                    recent.popleft().picture.fill(0)
            return self._result(engine, FaceVerdict.NOBODY, None, seen, 0, hints.shown)
        finally:
            collector.clear()
            for frame in recent:
                frame.picture.fill(0)

    def _take(self, engine: SFaceEngine, frame: Frame, collector: ProbeCollector) -> FaceHint:
        """Look at one frame and keep its embedding when it is good and due. The hint to show."""
        look = engine.look(frame.picture)
        try:
            if look.hint in _SOMEBODY_ELSE_POSSIBLE:
                collector.clear()
            if look.hint is not None:
                return look.hint
            if look.aligned is not None and collector.wants(frame.at_s):
                embedding = engine.embed(look.aligned)
                collector.add(frame.at_s, embedding)
                embedding.fill(0)
            return FaceHint.HOLD_STILL
        finally:
            if look.aligned is not None:
                look.aligned.fill(0)

    def _result(
        self,
        engine: SFaceEngine,
        verdict: FaceVerdict,
        score: float | None,
        frames_seen: int,
        frames_used: int,
        last_hint: FaceHint | None,
    ) -> FaceResult:
        return FaceResult(
            verdict=verdict,
            similarity=score,
            frames_seen=frames_seen,
            frames_used=frames_used,
            engine=engine.name,
            threshold_match=self._rules.threshold_match,
            threshold_review=self._rules.threshold_review,
            last_hint=last_hint,
        )
