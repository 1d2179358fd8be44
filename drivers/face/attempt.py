"""One attempt with any engine: a probe of good frames, one comparison, then the check for a live person.

ISO/IEC 19795 terms: one attempt is one transaction with one 1:1 comparison of a probe against the reference.
Neither frames nor embeddings outlive it, and nothing is written.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from drivers.face.detector import Detection
from drivers.face.engine import Look
from drivers.face.gates import SteadyHint
from drivers.face.liveness import SIDES, Challenge, Doubt, Pose
from drivers.face.passive import in_a_frame
from drivers.face.probe import Embedding, ProbeCollector, verdict_of
from drivers.face.rules import FaceRules
from kiosk.ports.face import Camera, FaceHint, FaceResult, FaceVerdict, Frame, Liveness, Picture, Reference

_SHOWN_FRAMES = 8  # the preview may still be painting frames of the last half second
_SOMEBODY_ELSE_POSSIBLE = (FaceHint.NO_FACE, FaceHint.SEVERAL)


class Engine(Protocol):
    """What tells faces apart. Embeddings are the engine's own; `similarity` is higher for faces more alike."""

    name: str

    def look(self, picture: Picture) -> Look: ...
    def embed(self, picture: Picture, face: Detection, aligned: Picture) -> Embedding: ...
    def combine(self, embeddings: Sequence[Embedding]) -> Embedding: ...
    def similarity(self, one: Embedding, other: Embedding) -> float: ...
    def forget(self) -> None: ...


class PassiveModel(Protocol):
    """An optional model that judges one frame."""

    def live_probability(self, picture: Picture, face: Detection) -> float: ...


@dataclass
class _Evidence:
    """What the frames of the probe say about a live person."""

    yaws: list[float]
    framed: int = 0
    live: float = 0.0

    def clear(self) -> None:
        self.yaws.clear()
        self.framed, self.live = 0, 0.0


class Attempt:
    """Frames are overwritten after about half a second of frames, and all of them at the end."""

    def __init__(
        self,
        engine: Engine,
        rules: FaceRules,
        camera: Camera,
        rng: random.Random,
        model: PassiveModel | None,
        *,
        on_hint: Callable[[FaceHint], None],
        on_preview: Callable[[Frame], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._camera = camera
        self._rng = rng
        self._model = model
        self._on_hint = on_hint
        self._on_preview = on_preview
        self._cancelled = cancelled
        self._hints = SteadyHint(rules.steady_frames)
        self._collector = ProbeCollector(rules.probe, engine.combine)
        self._evidence = _Evidence([])
        self._recent: deque[Frame] = deque()
        self._seen = 0
        self._used = 0

    def run(self, reference: Reference, seconds: float, *, liveness: bool) -> FaceResult:
        """The camera is open already and stays so. Its errors pass through, after everything was overwritten."""
        probe: Embedding | None = None
        try:
            probe = self._collect(seconds)
            if probe is None:
                return self._result(FaceVerdict.NOBODY, None)
            score = self._engine.similarity(reference.embedding, probe)
            verdict = verdict_of(score, self._rules.threshold_match, self._rules.threshold_review)
            if verdict is not FaceVerdict.MATCH or not liveness:
                return self._result(verdict, score)
            doubt = self._passive_doubt() or self._challenge(probe)
            return self._result(verdict, score, Liveness.NOT_LIVE if doubt else Liveness.LIVE, doubt)
        finally:
            if probe is not None:
                probe.fill(0)
            self._collector.clear()
            for frame in self._recent:
                frame.picture.fill(0)
            self._engine.forget()

    def _next_frame(self) -> Frame:
        if len(self._recent) > _SHOWN_FRAMES:
            self._recent.popleft().picture.fill(0)
        frame = self._camera.next_frame()
        self._recent.append(frame)
        return frame

    # --- the probe ------------------------------------------------------------------------------

    def _collect(self, seconds: float) -> Embedding | None:
        started_s: float | None = None
        while not self._cancelled():
            frame = self._next_frame()
            started_s = frame.at_s if started_s is None else started_s
            if frame.at_s - started_s > seconds:
                return None
            self._seen += 1
            self._on_preview(frame)
            hint = self._take(frame)
            if self._hints.offer(hint):
                self._on_hint(hint)
            if self._collector.complete:
                self._used = len(self._collector)
                return self._collector.probe()
        return None

    def _take(self, frame: Frame) -> FaceHint:
        """Look at one frame and keep its embedding when it is good and due. The hint to show."""
        look = self._engine.look(frame.picture)
        try:
            if look.hint in _SOMEBODY_ELSE_POSSIBLE:
                self._collector.clear()
                self._evidence.clear()
            if look.hint is not None:
                return look.hint
            if look.aligned is not None and look.face is not None and self._collector.wants(frame.at_s):
                embedding = self._engine.embed(frame.picture, look.face, look.aligned)
                self._collector.add(frame.at_s, embedding)
                embedding.fill(0)
                self._note(frame.picture, look)
            return FaceHint.HOLD_STILL
        finally:
            if look.aligned is not None:
                look.aligned.fill(0)

    # --- a live person ---------------------------------------------------------------------------

    def _note(self, picture: Picture, look: Look) -> None:
        if look.face is None or look.measures is None:
            return
        evidence = self._evidence
        evidence.yaws.append(look.measures.yaw_proxy)
        evidence.framed += in_a_frame(picture, look.face, self._rules.passive)
        if self._model is not None:
            evidence.live += self._model.live_probability(picture, look.face)

    def _passive_doubt(self) -> Doubt | None:
        evidence, rules = self._evidence, self._rules.passive
        frames = len(evidence.yaws)
        if evidence.framed >= rules.border_share * frames:
            return Doubt.BORDER
        if self._model is not None and evidence.live / frames < rules.model_live:
            return Doubt.MODEL
        return None

    def _challenge(self, probe: Embedding) -> Doubt | None:
        order = tuple(self._rng.sample(SIDES, len(SIDES)))
        began_s = self._recent[-1].at_s
        challenge = Challenge(self._rules.challenge, median(self._evidence.yaws), order, began_s)
        asked: FaceHint | None = None
        while not challenge.over:
            if challenge.prompt is not asked:
                asked = challenge.prompt
                self._on_hint(asked)
            if self._cancelled():
                return Doubt.TIME
            frame = self._next_frame()
            self._seen += 1
            self._on_preview(frame)
            self._turn(challenge, frame, probe)
        return challenge.doubt

    def _turn(self, challenge: Challenge, frame: Frame, probe: Embedding) -> None:
        look = self._engine.look(frame.picture)
        face, aligned = look.face, look.aligned
        try:
            if face is None or aligned is None or look.measures is None:
                challenge.see(frame.at_s, None)
                return

            def similarity() -> float:
                raw = self._engine.embed(frame.picture, face, aligned)
                embedding = self._engine.combine([raw])
                raw.fill(0)
                score = self._engine.similarity(probe, embedding)
                embedding.fill(0)
                return score

            x, y = face.x + face.width / 2, face.y + face.height / 2
            challenge.see(frame.at_s, Pose(frame.at_s, look.measures.yaw_proxy, x, y, face.width, similarity))
        finally:
            if aligned is not None:
                aligned.fill(0)

    def _result(
        self,
        verdict: FaceVerdict,
        score: float | None,
        liveness: Liveness = Liveness.NOT_CHECKED,
        doubt: Doubt | None = None,
    ) -> FaceResult:
        return FaceResult(
            verdict=verdict,
            similarity=score,
            frames_seen=self._seen,
            frames_used=self._used,
            engine=self._engine.name,
            threshold_match=self._rules.threshold_match,
            threshold_review=self._rules.threshold_review,
            last_hint=self._hints.shown,
            liveness=liveness,
            doubt=doubt.value if doubt else None,
        )
