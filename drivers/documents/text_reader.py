"""Text in pictures with the models of the package `rapidocr` (PP-OCRv6 small, Apache-2.0), run on onnxruntime.

The package's own pipeline is left out: it takes a second to import, writes log lines and may fetch files. Its two
model files are all that is needed. What was read never leaves through a log.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.documents.layout import plain
from drivers.documents.vocabulary import common_forms
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.face import Picture

# From version 1.29 on the library reports its use to its maker, from its import on (microsoft/onnxruntime#27379). From
# the counter of a clinic nothing goes to anybody.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

_DETECTOR, _RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_DETECTOR_STEP = 32  # sides of the detector's input are multiples of this
_TEXT_LIKELY = 0.3
_BOX_LIKELY = 0.5
_UNSHRINK = 1.6  # the detector marks the core of a line; its frame lies so far outside (DB, unclip ratio)
_LINE_HEIGHT = 48  # the recogniser's input
_NARROWEST = 48


@dataclass(frozen=True)
class Box:
    """An upright frame in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, repr=False)
class ReadLine:
    """One line; `confidences` has one value per character of `text`, `places` where each stands, from 0 at the left
    edge of the frame to 1 at the right. `common` are the confidences where an older or foreign form of a kanji counts
    as the one of today. Personal data: no repr."""

    text: str
    confidences: tuple[float, ...]
    places: tuple[float, ...] = ()
    common: tuple[float, ...] = ()


class TextReader:
    """Finds and reads lines of upright text. Raises `Fatal(MODEL_MISSING)` naming the file on construction."""

    def __init__(self) -> None:
        self._detector = _session(_DETECTOR)
        self._recogniser = _session(_RECOGNISER)
        listed = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *listed, " "]  # index 0 is the CTC blank
        self._alike = _Alike([plain(one) if one else one for one in self._characters])
        self._common = _Alike([common_forms(plain(one)) if one else one for one in self._characters])

    def find(self, picture: Picture, width: int) -> tuple[Box, ...]:
        """Frames of lines, found on the picture shrunk to `width` pixels, in no order."""
        likely, mask = self._likely(picture, width)
        across, down = picture.shape[1] / mask.shape[1], picture.shape[0] / mask.shape[0]
        boxes = []
        for outline in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
            x, y, w, h = cv2.boundingRect(outline)
            if min(w, h) < 3 or float(likely[y : y + h, x : x + w].mean()) < _BOX_LIKELY:
                continue
            margin = w * h * _UNSHRINK / (2 * (w + h))
            boxes.append(
                Box(
                    max(0.0, (x - margin) * across),
                    max(0.0, (y - margin) * down),
                    min(float(picture.shape[1]), (x + w + margin) * across),
                    min(float(picture.shape[0]), (y + h + margin) * down),
                )
            )
        return tuple(boxes)

    def find_turned(self, picture: Picture, width: int, most: int) -> tuple[NDArray[np.float32], ...]:
        """Corners of frames that lie along their lines, in the order of the picture: four points (x, y) each, the
        frame's longer side first. At most so many, the longest."""
        likely, mask = self._likely(picture, width)
        scale = np.array([picture.shape[1] / mask.shape[1], picture.shape[0] / mask.shape[0]], np.float32)
        found = []
        for outline in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
            x, y, w, h = cv2.boundingRect(outline)
            (cx, cy), (rw, rh), angle = cv2.minAreaRect(outline)
            if min(rw, rh) < 3:
                continue
            inside = mask[y : y + h, x : x + w] > 0
            if float(likely[y : y + h, x : x + w][inside].mean()) < _BOX_LIKELY:
                continue
            if rw < rh:
                rw, rh, angle = rh, rw, angle + 90
            margin = rw * rh * _UNSHRINK / (2 * (rw + rh))
            corners = cv2.boxPoints(((cx, cy), (rw + 2 * margin, rh + 2 * margin), angle))
            # boxPoints starts at the lower left corner of the frame before it is turned.
            found.append((rw, np.asarray(np.roll(corners, -1, axis=0) * scale, np.float32)))
        found.sort(key=lambda one: -one[0])
        return tuple(corners for _, corners in found[:most])

    def _likely(self, picture: Picture, width: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """How likely each point of the shrunk picture is text, and where it is likely enough."""
        height = max(
            _DETECTOR_STEP, round(picture.shape[0] * width / picture.shape[1] / _DETECTOR_STEP) * _DETECTOR_STEP
        )
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        likely = np.asarray(self._detector.run(None, {"x": _as_input(small)})[0][0, 0], np.float32)
        mask = cv2.dilate((likely > _TEXT_LIKELY).astype(np.uint8), np.ones((2, 2), np.uint8))
        return likely, np.asarray(mask, np.uint8)

    def read(self, picture: Picture, box: Box) -> ReadLine:
        """The line inside the frame; empty text where there is none."""
        return self.read_crop(picture[round(box.top) : round(box.bottom), round(box.left) : round(box.right)])

    def read_crop(self, crop: Picture) -> ReadLine:
        """The line that fills a picture of its own."""
        if crop.size == 0:
            return ReadLine("", ())
        width = max(_NARROWEST, round(crop.shape[1] * _LINE_HEIGHT / crop.shape[0]))
        likely = self._recogniser.run(None, {"x": _as_input(cv2.resize(crop, (width, _LINE_HEIGHT)))})[0][0]
        return self._decoded(likely)

    def _decoded(self, likely: NDArray[np.float32]) -> ReadLine:
        """Greedy CTC: the likeliest of each step, repeats and blanks left out.

        The network knows a character in several widths and the middle dot in six codes. They mean the same, so they are
        one character here: what it is unsure between them is no doubt of what is printed.
        """
        best = likely.argmax(axis=1)
        kind = self._alike.kind[best]
        keep = (best != 0) & np.concatenate([[True], kind[1:] != kind[:-1]])
        steps = np.flatnonzero(keep).tolist()
        text = "".join(self._characters[i] for i in best[keep].tolist())
        return ReadLine(
            text,
            tuple(self._alike.sum(likely[step], int(best[step])) for step in steps),
            _places(kind, keep, len(likely)),
            tuple(self._common.sum(likely[step], int(best[step])) for step in steps),
        )


class _Alike:
    """Which of the network's characters mean the same: those of equal form. The CTC blank is like no other."""

    def __init__(self, forms: Sequence[str]) -> None:
        first: dict[str, int] = {}
        self.kind = np.array([first.setdefault(form, i) if form else i for i, form in enumerate(forms)])
        members: dict[int, list[int]] = {}
        for i, kind in enumerate(self.kind.tolist()):
            members.setdefault(kind, []).append(i)
        self._members = {kind: np.array(those) for kind, those in members.items() if len(those) > 1}

    def sum(self, likely: NDArray[np.float32], index: int) -> float:
        """How likely this character or one that means the same is."""
        those = self._members.get(int(self.kind[index]))
        return float(likely[index]) if those is None else min(1.0, float(likely[those].sum()))


def _places(best: NDArray[np.int64], keep: NDArray[np.bool_], steps: int) -> tuple[float, ...]:
    """The middle of the steps that stand for each kept character."""
    found = []
    for start in np.flatnonzero(keep).tolist():
        end = start
        while end + 1 < steps and best[end + 1] == best[start]:
            end += 1
        found.append((start + end + 1) / 2 / steps)
    return tuple(found)


def _as_input(picture: NDArray[np.generic]) -> NDArray[np.float32]:
    """Both networks take 1 x 3 x height x width from -1 to 1."""
    scaled = (np.asarray(picture, np.float32) / 255 - 0.5) / 0.5
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def _session(file: str) -> onnxruntime.InferenceSession:
    package = find_spec("rapidocr")
    folders = list(package.submodule_search_locations or []) if package else []
    path = next((path for folder in folders if (path := Path(folder) / "models" / file).is_file()), None)
    if path is None:
        raise Fatal(FailureCode.MODEL_MISSING, file)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 2
    options.inter_op_num_threads = 1
    # Every width of a line is another shape: an arena would grow with them by hundreds of megabytes, keep what was read
    # in it, and save no time that can be measured.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads must not burn a core
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
