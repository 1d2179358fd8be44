"""The second engine, off unless chosen: dlib's ResNet, the one that the package `face-recognition` wraps.

Faces are found, measured and asked to turn as with the default engine; only the comparison differs. dlib is called
directly, in a process of its own, with five landmarks: the wrapper would load a file of 68 landmarks that may not be
used commercially. Its distance is turned into a similarity (1 minus distance), so that more is more alike everywhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import random
import selectors
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.face.detector import Detection
from drivers.face.dlib_child import HEAD, NUMBERS, READY
from drivers.face.engine import SFaceEngine
from drivers.face.rules import FaceRules, load_face_rules
from drivers.face.sface import SFaceMatcher
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.rules import load_rules
from kiosk.ports.face import Picture

ENGINE = "dlib"
_PACKAGE = "face_recognition_models"
_MARGIN = 0.6  # of the face's width, on each side: more than the network's own crop
_START_SECONDS = 30.0
_ANSWER_SECONDS = 10.0
_CPU_INFO = Path("/proc/cpuinfo")
_NEEDS_AVX = ("x86_64", "AMD64", "i686")


def load_dlib_rules(path: Path, on: date, distance: float = 0.0) -> FaceRules:
    """The engine's rules; `distance` replaces the greatest distance that is a match, 0 leaves it.

    Raises `Fatal(SETTINGS_WRONG)` for a distance as great as the library's default, which takes two of three
    strangers for the same person.
    """
    rules = load_face_rules(path, on, ENGINE)
    most = load_rules(path).first("engine", on, name="distance_most", engine=ENGINE)
    limit = most.real("value") if most is not None else 0.0
    chosen = distance or 1 - rules.threshold_match
    if not 0 < chosen < limit:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"settings.face.dlib_distance: < {limit:g}")
    return replace(rules, threshold_match=1 - chosen, threshold_review=min(rules.threshold_review, 1 - chosen))


def has_avx(machine: str | None = None, cpu_info: Path = _CPU_INFO) -> bool:
    """Whether dlib's wheel can run here. Where it cannot be told, the child finds out."""
    if (machine or platform.machine()) not in _NEEDS_AVX:
        return True
    try:
        text = cpu_info.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    flags = [line.partition(":")[2].split() for line in text.splitlines() if line.startswith("flags")]
    return not flags or any("avx" in words for words in flags)


def model_files(path: Path, on: date) -> tuple[Path, Path]:
    """Five landmarks and the network, with the digests that the rules name.

    Raises `Fatal(ENGINE_UNUSABLE)` without the package, `Fatal(MODEL_MISSING | MODEL_WRONG)` naming the file.
    """
    spec = importlib.util.find_spec(_PACKAGE)  # found, not imported: importing it needs a package that is often absent
    if spec is None or not spec.submodule_search_locations or importlib.util.find_spec("dlib") is None:
        raise Fatal(FailureCode.ENGINE_UNUSABLE, "dlib: not installed")
    folder = Path(next(iter(spec.submodule_search_locations))) / "models"
    found = []
    for row in load_rules(path).rows("engine_file", on, engine=ENGINE):
        file = folder / row.text("file")
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            raise Fatal(FailureCode.MODEL_MISSING, file.name) from None
        if digest != row.text("sha256"):
            raise Fatal(FailureCode.MODEL_WRONG, file.name)
        found.append(file)
    if len(found) != 2:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: engine_file")
    return found[0], found[1]


class DlibChild:
    """The running process. A child that dies or does not answer is started again at the next call."""

    def __init__(self, five_points: Path, network: Path) -> None:
        self._command = [sys.executable, "-m", "drivers.face.dlib_child", str(five_points), str(network)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises `Fatal(ENGINE_UNUSABLE)` when the library does not run on this machine."""
        self.stop()
        folder = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            self._command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
        if self._read(len(READY), _START_SECONDS) != READY:
            self.stop()
            raise Fatal(FailureCode.ENGINE_UNUSABLE, "dlib: does not run on this machine")

    def describe(self, picture: Picture, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
        """128 numbers of the face in the box (left, top, right, bottom) of an RGB picture."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            _write(process.stdin.fileno(), HEAD.pack(*picture.shape[:2], *box))
            _write(process.stdin.fileno(), picture.data.cast("B"))
        except BrokenPipeError:
            self.stop()
            raise NeedsStaff(FailureCode.ENGINE_UNUSABLE, "dlib: ended") from None
        answer = self._read(NUMBERS * 8, _ANSWER_SECONDS)
        if len(answer) != NUMBERS * 8:
            self.stop()
            raise NeedsStaff(FailureCode.ENGINE_UNUSABLE, "dlib: no answer")
        return np.frombuffer(answer, np.float64).astype(np.float32)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.kill()
        process.wait()

    def _read(self, size: int, seconds: float) -> bytes:
        """Fewer bytes than asked for where the child ended or was too slow."""
        assert self._process is not None
        assert self._process.stdout is not None
        got = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while len(got) < size and selector.select(seconds):
                part = os.read(self._process.stdout.fileno(), size - len(got))
                if not part:
                    break
                got += part
        return got


def _write(descriptor: int, content: bytes | memoryview) -> None:
    """Straight from the array: a buffer in between would keep a copy of the face. A child that takes nothing any
    more is a broken pipe."""
    view = memoryview(content)
    os.set_blocking(descriptor, False)
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_WRITE)
        while len(view) > 0:
            if not selector.select(_ANSWER_SECONDS):
                raise BrokenPipeError
            view = view[os.write(descriptor, view) :]


class DlibEngine(SFaceEngine):
    """Not for use from several threads at once."""

    def __init__(self, models: Path, rules: FaceRules, child: DlibChild) -> None:
        super().__init__(models, rules)
        self._child = child
        self.name = f"dlib resnet v1, five points, 1 - distance; {self.name.partition(', ')[2]}"

    def embed(self, picture: Picture, face: Detection, _aligned: Picture) -> NDArray[np.float32]:
        """128 numbers whose distances mean something; not of length 1."""
        height, width = picture.shape[:2]
        margin = face.width * _MARGIN
        left, top = max(0, int(face.x - margin)), max(0, int(face.y - margin))
        right, bottom = min(width, int(face.x + face.width + margin)), min(height, int(face.y + face.height + margin))
        crop = np.ascontiguousarray(picture[top:bottom, left:right, ::-1])
        edges = (face.x - left, face.y - top, face.x + face.width - left, face.y + face.height - top)
        box = tuple(int(min(max(edge, 0), 65535)) for edge in edges)
        try:
            return self._child.describe(crop, (box[0], box[1], box[2], box[3]))
        finally:
            crop.fill(0)

    def combine(self, embeddings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """The mean."""
        return np.asarray(np.mean(list(embeddings), axis=0, dtype=np.float32), np.float32)

    def similarity(self, one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
        """1 minus the Euclidean distance."""
        return 1.0 - float(np.linalg.norm(one - other))


class DlibMatcher(SFaceMatcher):
    """Implements `FaceMatcher`. `load` raises `Fatal(ENGINE_UNUSABLE | MODEL_MISSING | MODEL_WRONG)`."""

    def __init__(
        self, models: Path, rules: FaceRules, rules_file: Path, on: date, *, rng: random.Random | None = None
    ) -> None:
        """`rules_file` names the digests of the package's files in force on the day."""
        super().__init__(models, rules, rng=rng)
        self._rules_file = rules_file
        self._on = on
        self.child: DlibChild | None = None

    def engine(self) -> SFaceEngine:
        if self._engine is None and not has_avx():
            raise Fatal(FailureCode.ENGINE_UNUSABLE, "dlib: AVX")
        return super().engine()

    def _made(self, _kind: type[SFaceEngine]) -> SFaceEngine:
        child = DlibChild(*model_files(self._rules_file, self._on))
        child.start()
        self.child = child
        return DlibEngine(self._models, self._rules, child)

    def close(self) -> None:
        if self.child is not None:
            self.child.stop()
