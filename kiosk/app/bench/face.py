"""One camera frame from capture to score: our engine against `face_recognition` as it comes, on the same frames."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

import numpy as np

from drivers.face import quality
from drivers.face.detector import MODEL, YuNetDetector
from drivers.face.engine import SFaceEngine
from drivers.face.gates import failing_gate
from drivers.face.jpeg2000 import decode_photo
from drivers.face.models import read_model
from drivers.face.probe import normalised, similarity
from drivers.face.rules import FaceRules, load_face_rules
from drivers.face.sface import SFaceMatcher
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.card.photo import face_photo_jp2
from kiosk.app.bench.face_alone import alone, cores_here
from kiosk.app.bench.result import BenchFailed, BenchResult, Figure, at_least, figure
from kiosk.app.paths import ASSETS
from kiosk.domain.messages import Text
from kiosk.domain.secret import Secret
from kiosk.ports.face import Picture
from kiosk.runtime.clocks import JAPAN

RUNS = 15
FRAMES = 4  # in each run: few, so that a busy moment of the machine meets both sides
FACE = "hanako"  # whose pictures stand before the camera and on the card
ALONE_FRAMES = 20  # in each process that is kept to so many cores
REQUIRED = 5.0  # times faster than the alternative

Times = dict[str, float]
"""Seconds by part; `processor` is processor time of all threads from the frame at hand to its score."""


class FrameClock:
    """Sleeping moves the time on, so that the camera gives its frames as fast as they are asked for."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._now, JAPAN)

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += max(seconds, 0.0)


class Ours:
    """YuNet and SFace, through the calls that the kiosk makes for each frame.

    The engine finds a face, cuts it out and measures it in one call; to tell these parts apart they are done once
    more, outside the total.
    """

    def __init__(self, models: Path, rules: FaceRules, jp2: bytes) -> None:
        matcher = SFaceMatcher(models, rules)
        self._rules = rules
        self._engine: SFaceEngine = matcher.engine()
        self._detector = YuNetDetector(read_model(models, MODEL), rules.score_to_track)
        self._reference = matcher.reference(Secret(jp2)).embedding

    def __call__(self, frame: Picture) -> Times | None:
        """None when a gate stops the frame: it would look faster than it is."""
        began, processor = time.perf_counter(), time.process_time()
        look = self._engine.look(frame)
        looked = time.perf_counter()
        if look.hint is not None or look.face is None or look.aligned is None:
            return None
        probe = normalised(self._engine.embed(frame, look.face, look.aligned))
        embedded = time.perf_counter()
        similarity(self._reference, probe)
        ended, processor_ended = time.perf_counter(), time.process_time()
        face = self._detector.detect(frame)[0]
        detected = time.perf_counter()
        failing_gate(quality.measure(frame, face, self._engine.align(frame, face)), self._rules)
        gated = time.perf_counter()
        return {
            "detect": detected - ended,
            "gates": gated - detected,
            "feature": embedded - looked,
            "cosine": ended - embedded,
            "total": ended - began,
            "processor": processor_ended - processor,
        }


class Alternative:
    """`face_recognition` with its defaults: HOG detector, 5 landmarks, ResNet of 128 numbers, distance."""

    def __init__(self, rules: FaceRules, jp2: bytes) -> None:
        """Raises `ImportError` when it is not installed."""
        try:
            import face_recognition
        except SystemExit:  # what the package does when its model files are absent
            raise ImportError("face_recognition_models") from None
        self._api = face_recognition
        self._known = self._api.face_encodings(_rgb(decode_photo(Secret(jp2), rules.photo)))
        if not self._known:
            raise BenchFailed(Text("bench_result.face.photo_not_found"))

    def __call__(self, frame: Picture) -> Times | None:
        """None when it finds no face."""
        began, processor = time.perf_counter(), time.process_time()
        picture = _rgb(frame)
        places = self._api.face_locations(picture)
        located = time.perf_counter()
        encodings = self._api.face_encodings(picture, places)
        if not encodings:
            return None
        encoded = time.perf_counter()
        self._api.face_distance(self._known, encodings[0])
        ended, processor_ended = time.perf_counter(), time.process_time()
        return {
            "detect": located - began,
            "feature": encoded - located,
            "distance": ended - encoded,
            "total": ended - began,
            "processor": processor_ended - processor,
        }


@dataclass(frozen=True)
class Run:
    """Medians over the frames of one run, in seconds. `counted` frames went through on both sides."""

    counted: int
    capture: float
    ours: Times
    alternative: Times | None


def measure(*, runs: int = RUNS, frames: int = FRAMES, alone_frames: int = ALONE_FRAMES) -> BenchResult:
    """Raises `BenchFailed` when no frame goes through on both sides. Without `face_recognition` only our side.

    With 0 `alone_frames` nothing is measured by number of cores.
    """
    rules = load_face_rules(ASSETS / "rules" / "face.toml", datetime.now(JAPAN).date())
    jp2 = face_photo_jp2(ASSETS / "personas" / FACE / "card.jpg")
    ours = Ours(ASSETS / "models", rules, jp2)
    alternative: Alternative | None = None
    notes = [Text("bench_result.face.note")]
    try:
        alternative = Alternative(rules, jp2)
    except ImportError:
        notes = [Text("bench_result.face.alternative_missing")]
    camera = SimulatedCamera(FrameClock(), ASSETS / "personas")
    camera.show(FACE, "self")
    camera.open()
    _run(camera, ours, alternative, frames=2)  # the first calls of each side set up their buffers
    done = [_run(camera, ours, alternative, frames=frames) for _ in range(runs)]
    figures = (*_figures(done), *(by_cores(alone_frames) if alone_frames else ()))
    ratio = next((f for f in figures if f.id == "face.ratio"), None)
    required = at_least(REQUIRED, ratio) if ratio is not None else None
    return BenchResult("face", runs, figures, required, tuple(notes))


def _run(camera: SimulatedCamera, ours: Ours, alternative: Alternative | None, *, frames: int) -> Run:
    """A film of so many frames, through one side and then through the other, as each would see it at work."""
    film: list[Picture] = []
    captures: list[float] = []
    for _ in range(frames):
        began = time.perf_counter()
        film.append(camera.next_frame().picture)
        captures.append(time.perf_counter() - began)
    mine = [ours(picture) for picture in film]
    theirs = [alternative(picture) if alternative is not None else {} for picture in film]
    both = [(one, other) for one, other in zip(mine, theirs, strict=True) if one is not None and other is not None]
    if not both:
        raise BenchFailed(Text("bench_result.face.no_frame"))
    return Run(
        counted=len(both),
        capture=median(captures),
        ours=_medians(one for one, _ in both),
        alternative=_medians(other for _, other in both) if alternative is not None else None,
    )


def by_cores(frames: int) -> Iterator[Figure]:
    """Each side in processes of its own, on one core and on two; what cannot be run here is left out."""
    for cores, name in ((1, "one_core"), (2, "two_cores")):
        if cores > cores_here():
            continue
        for side in ("ours", "alternative"):
            found = alone(side, cores, frames)
            if found:
                yield figure(f"face.{side}.{name}", "ms", [found["total"]])
            if found and cores == 1:
                parts = ("detect", "rest", "process") if side == "ours" else ("rest", "process")
                yield from (figure(f"face.{side}.memory.{part}", "mib", [found[part]]) for part in parts)
        seen = alone("preview", cores, frames)
        if seen:
            yield figure(f"face.preview.{name}", "per_second", [seen["pictures"]])


def _medians(times: Iterable[Times]) -> Times:
    by_part: dict[str, list[float]] = defaultdict(list)
    for one in times:
        for part, seconds in one.items():
            by_part[part].append(seconds)
    return {part: median(values) for part, values in by_part.items()}


def _figures(runs: list[Run]) -> tuple[Figure, ...]:
    def milliseconds(figure_id: str, seconds: Iterable[float]) -> Figure:
        return figure(figure_id, "ms", [one * 1000 for one in seconds])

    mine = [run.capture + run.ours["total"] for run in runs]
    figures = [milliseconds("face.capture", [run.capture for run in runs])]
    figures += [milliseconds(f"face.ours.{part}", [run.ours[part] for run in runs]) for part in _OURS]
    figures.append(milliseconds("face.ours.total", mine))
    figures.append(milliseconds("face.ours.processor", [run.ours["processor"] for run in runs]))
    others = [run.alternative for run in runs if run.alternative is not None]
    if others:
        theirs = [run.capture + other["total"] for run, other in zip(runs, others, strict=True)]
        figures += [milliseconds(f"face.alternative.{part}", [other[part] for other in others]) for part in _THEIRS]
        figures.append(milliseconds("face.alternative.total", theirs))
        figures.append(milliseconds("face.alternative.processor", [other["processor"] for other in others]))
        worked = [other["processor"] / run.ours["processor"] for run, other in zip(runs, others, strict=True)]
        figures.append(figure("face.processor_ratio", "times", worked))
        figures.append(figure("face.ratio", "times", [b / a for a, b in zip(mine, theirs, strict=True)]))
    figures.append(figure("face.frames", "count", [run.counted for run in runs]))
    return tuple(figures)


_OURS = ("detect", "gates", "feature", "cosine")
_THEIRS = ("detect", "feature", "distance")


def _rgb(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, :, ::-1])
