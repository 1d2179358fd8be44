"""YuNet and SFace as OpenCV's own sample uses them: one frame, the first face, nothing else."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


class Plain:
    def __init__(self, models: Path) -> None:
        detector = str(models / "face_detection_yunet_2023mar_int8bq.onnx")
        self._detector = cv2.FaceDetectorYN.create(detector, "", (320, 320), 0.9)
        self._recogniser = cv2.FaceRecognizerSF.create(str(models / "face_recognition_sface_2021dec_int8bq.onnx"), "")

    def similarity(self, reference: Path, probe: Path) -> float:
        """Cosine; -1 where a face is missing."""
        features = [self._feature(path) for path in (reference, probe)]
        if features[0] is None or features[1] is None:
            return -1.0
        return float(self._recogniser.match(features[0], features[1], cv2.FaceRecognizerSF_FR_COSINE))

    def _feature(self, path: Path) -> np.ndarray | None:
        picture = cv2.imread(str(path))
        assert picture is not None
        self._detector.setInputSize((picture.shape[1], picture.shape[0]))
        faces = self._detector.detect(picture)[1]
        if faces is None:
            return None
        return self._recogniser.feature(self._recogniser.alignCrop(picture, faces[0])).copy()
