"""Hints before a picture of a document is taken: quick looks at frames, without OCR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.documents.paper import find_paper
from drivers.documents.vocabulary import RULES
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules
from kiosk.ports.documents import DocumentHint
from kiosk.ports.face import Picture

Points = NDArray[np.float32]

_TURNED = 1.5


@dataclass(frozen=True)
class HintRules:
    """Rows of `documents.toml`; sizes are for a picture shrunk to `search_width`."""

    search_width: int
    smallest_share: float
    dark_luma: float
    glare_luma: float
    glare_share: float
    sharpness: float
    moved_share: float
    steady_frames: int


def load_hint_rules(path: Path = RULES, on: date = date.max) -> HintRules:
    """Raises `Fatal(ASSET_MISSING | SETTINGS_WRONG)`."""
    table = load_rules(path)

    def value(name: str) -> float:
        row = table.first("hint", on, name=name)
        if row is None:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: hint.{name}")
        return row.real("value")

    return HintRules(
        search_width=int(value("search_width")),
        smallest_share=value("smallest_share"),
        dark_luma=value("dark_luma"),
        glare_luma=value("glare_luma"),
        glare_share=value("glare_share"),
        sharpness=value("sharpness"),
        moved_share=value("moved_share"),
        steady_frames=int(value("steady_frames")),
    )


class FrameGuide:
    """Implements `DocumentGuide`. Remembers where the paper lay in the last frame, nothing else."""

    def __init__(self, rules: HintRules | None = None) -> None:
        self._rules = rules or load_hint_rules()
        self._last: Points | None = None
        self._steady = 0

    def look(self, picture: Picture) -> DocumentHint:
        rules = self._rules
        scale = min(1.0, rules.search_width / picture.shape[1])
        small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        paper = find_paper(small)
        hint = self._of_paper(paper, grey)
        if hint is None and _sharpness(picture) < rules.sharpness:
            hint = DocumentHint.HOLD_STILL
        moved = self._has_moved(paper, small.shape[1])
        self._last = paper
        if hint is not None:
            self._steady = 0
            return hint
        self._steady = 0 if moved else self._steady + 1
        return DocumentHint.READY if self._steady >= rules.steady_frames else DocumentHint.HOLD_STILL

    def _of_paper(self, paper: Points | None, grey: NDArray[np.uint8]) -> DocumentHint | None:
        """What has to change, the worst first; None where the picture is worth reading."""
        rules = self._rules
        if paper is None:
            dark = float(np.percentile(grey, 95)) < rules.dark_luma
            return DocumentHint.DARK if dark else DocumentHint.NO_DOCUMENT
        height, width = grey.shape
        if cv2.contourArea(paper) < rules.smallest_share * height * width:
            return DocumentHint.CLOSER
        edge = 2.0
        if (paper < edge).any() or (paper[:, 0] > width - edge).any() or (paper[:, 1] > height - edge).any():
            return DocumentHint.FARTHER
        mask = np.zeros_like(grey)
        cv2.fillConvexPoly(mask, paper.astype(np.int32), 255)
        inside = grey[mask > 0]
        if float(np.percentile(inside, 99.5)) < rules.dark_luma:
            return DocumentHint.DARK
        if self._has_glare(grey, mask):
            return DocumentHint.GLARE
        if _lies_on_its_side(grey, mask):
            return DocumentHint.TURN
        return None

    def _has_glare(self, grey: NDArray[np.uint8], mask: NDArray[np.uint8]) -> bool:
        """A spot far brighter than the paper around it. Paper that is white everywhere is no glare."""
        inside = grey[mask > 0]
        if float(np.median(inside)) > self._rules.glare_luma - 8:
            return False
        bright = cv2.morphologyEx(
            ((grey >= self._rules.glare_luma) & (mask > 0)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)
        )
        return float(bright.sum()) > self._rules.glare_share * inside.size

    def _has_moved(self, paper: Points | None, width: int) -> bool:
        if paper is None or self._last is None:
            return True
        return float(np.abs(paper - self._last).max()) > self._rules.moved_share * width


def _sharpness(picture: Picture) -> float:
    """The steepest change of brightness in the middle of the picture, in shares of its whole contrast."""
    height, width = picture.shape[:2]
    middle = picture[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    grey = cv2.GaussianBlur(cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY), (0, 0), 1.2).astype(np.float32)
    contrast = float(np.percentile(grey, 99) - np.percentile(grey, 0.3))
    return float(np.percentile(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), 99.5)) / max(1.0, contrast)


def _lies_on_its_side(grey: NDArray[np.uint8], mask: NDArray[np.uint8]) -> bool:
    """Letters stand closer to those beside them than lines to lines: closed along the print, fewer parts are left."""
    inner = cv2.erode(mask, np.ones((13, 13), np.uint8))
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    ink = cv2.bitwise_and(ink, inner)
    if cv2.countNonZero(ink) < 200:
        return False
    across, down = (
        cv2.connectedComponents(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(size, np.uint8)))[0]
        for size in ((1, 9), (9, 1))
    )
    return across > _TURNED * down
