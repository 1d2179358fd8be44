"""YuNet and SFace together: looking at a picture, embedding a face. Loads OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face import quality
from drivers.face.detector import MODEL as DETECTOR_MODEL
from drivers.face.detector import Detection, YuNetDetector, clearly_in_front
from drivers.face.gates import Measures, failing_gate
from drivers.face.models import read_model
from drivers.face.probe import averaged, similarity
from drivers.face.rules import FaceRules
from kiosk.ports.face import FaceHint, Picture

EMBEDDING_MODEL = "face_recognition_sface_2021dec_int8bq.onnx"
_CLOSE_UP = 240  # pixels of the second, closer look (4 ms, only where a tilt is suspected)
_CLOSE_UP_WIDTHS = 1.6  # of the face, so that its height fits too


@dataclass(frozen=True, eq=False, repr=False)
class Look:
    """What one frame holds. `hint` is None when the frame may be compared; then `aligned` is the face."""

    hint: FaceHint | None
    face: Detection | None = None
    measures: Measures | None = None
    aligned: Picture | None = None


class SFaceEngine:
    """Not for use from several threads at once. Raises `Fatal(MODEL_MISSING | MODEL_WRONG)` on construction."""

    def __init__(self, models: Path, rules: FaceRules) -> None:
        # Broken pictures are an ordinary finding here; OpenCV would write each to standard error.
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        self._rules = rules
        self._detector = YuNetDetector(read_model(models, DETECTOR_MODEL), rules.score_to_track)
        self._net = cv2.FaceRecognizerSF.create("onnx", read_model(models, EMBEDDING_MODEL), np.empty(0, np.uint8))
        self.name = f"sface 2021dec-int8bq, yunet 2023mar-int8bq, opencv {cv2.__version__}"

    def look(self, picture: Picture) -> Look:
        """Find the face in front and measure whether it can be compared."""
        faces = self._detector.detect(picture)
        if not faces:
            dark = quality.mean_luma(picture) < self._rules.dark_frame_luma
            return Look(FaceHint.DARK if dark else FaceHint.NO_FACE)
        if not clearly_in_front(faces, self._rules.second_face_ratio):
            return Look(FaceHint.SEVERAL, faces[0])
        face = self._with_exact_landmarks(picture, faces[0])
        aligned = self.align(picture, face)
        measures = quality.measure(picture, face, aligned)
        return Look(failing_gate(measures, self._rules), face, measures, aligned)

    def only_face(self, picture: Picture) -> Detection | None:
        """The face of a portrait: None without a face or with several of like size."""
        faces = self._detector.detect(picture)
        if not faces or not clearly_in_front(faces, self._rules.second_face_ratio):
            return None
        return self._with_exact_landmarks(picture, faces[0])

    def largest_face(self, picture: Picture) -> Detection | None:
        """The widest face of any picture, looked for at full size and without gates: for measuring error rates."""
        faces = self._detector.detect(picture, shrink=False)
        return faces[0] if faces else None

    def align(self, picture: Picture, face: Detection) -> Picture:
        """The face at 112x112, eyes level, cut from the full picture."""
        return np.asarray(self._net.alignCrop(picture, face.row), np.uint8)

    def embed(self, _picture: Picture, _face: Detection, aligned: Picture) -> NDArray[np.float32]:
        """128 numbers, not normalised, the only copy. SFace looks at the aligned face only."""
        return np.asarray(self._net.feature(aligned), np.float32).reshape(-1)

    def combine(self, embeddings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """The normalised mean."""
        return averaged(embeddings)

    def similarity(self, one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
        """Cosine."""
        return similarity(one, other)

    def forget(self) -> None:
        """The networks keep what they worked on last, the face and its numbers: give them a blank instead."""
        self._detector.detect(np.zeros((240, 320, 3), np.uint8))
        self._net.feature(np.zeros((112, 112, 3), np.uint8))

    def _with_exact_landmarks(self, picture: Picture, face: Detection) -> Detection:
        """On the shrunk frame the landmarks of a tilted head stay nearly upright, and the alignment with them: at 30
        degrees the shipped pictures fall from a cosine of 0.86 to 0.5. Seen larger, the landmarks follow (0.85).
        """
        rules = self._rules
        if abs(quality.roll_degrees(face)) <= rules.roll_suspected_degrees and face.score >= rules.roll_suspected_score:
            return face
        side = face.width * _CLOSE_UP_WIDTHS
        scale = _CLOSE_UP / side
        corner = np.array([face.x + face.width / 2 - side / 2, face.y + face.height / 2 - side / 2], np.float32)
        matrix = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]], np.float32)
        closer = cv2.warpAffine(picture, matrix, (_CLOSE_UP, _CLOSE_UP), borderMode=cv2.BORDER_REPLICATE)
        again = self._detector.detect(np.asarray(closer, np.uint8))
        if not again:
            return face
        row = face.row.copy()
        row[4:14] = (again[0].landmarks / scale + corner).reshape(-1)
        return Detection(row)
