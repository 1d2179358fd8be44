"""Printed lines of a page as glyphs: found, straightened one by one, read, and looked at twice where it matters.

A picture is searched for text once. Turning, tilt and perspective are taken out of the places of the lines, not out of
the picture: each line is cut along its own frame, and only then read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.documents.ink import Ink
from drivers.documents.layout import Glyph, Line, plain
from drivers.documents.light import AROUND, Usual, is_hidden_by_light, usual_of
from drivers.documents.paper import find_paper, homography
from drivers.documents.text_reader import ReadLine, TextReader
from drivers.documents.vocabulary import common_forms
from kiosk.ports.face import Picture

Points = NDArray[np.float32]

_SEARCH_SIDE = 1280  # pixels of the long side: print of 8 points on A4 is still found
_LINES_MOST = 160
_STEP = 32
_TRY_LINES = 4
_SURE_UPRIGHT = 0.93
_LOW_CONTRAST = 110.0
_CUT_HEIGHT = 56  # pixels of a cut line; the recogniser shrinks it to 48
_CUT_WIDTH_MOST = 3200
_SECOND_LOOK = 0.14  # more ground around a line, in shares of its height
_MORE_LOOKS = (0.07, 0.14, 0.21)


@dataclass(frozen=True, eq=False, repr=False)
class _Frame:
    """A line: its corners in the picture from the upper left in reading direction, and on the straightened page."""

    picture: int
    corners: Points
    flat: Points


class Look:
    """What one look at the pictures of a document gave. Lives until the reading is done."""

    def __init__(self, reader: TextReader, pictures: Sequence[Picture]) -> None:
        self._reader = reader
        self._pictures = pictures
        self._frames: list[_Frame] = []
        self._read: list[list[Glyph]] = []
        self._again: dict[tuple[int, float], list[tuple[str, float, float]]] = {}
        self._usual: dict[int, Usual] = {}
        self.pages: list[list[Glyph]] = []

    def add(self, frames: Sequence[_Frame], first: dict[int, ReadLine]) -> None:
        """Reads the lines of one page; those in `first` are read already."""
        page: list[Glyph] = []
        for place, frame in enumerate(frames):
            number = len(self._frames)
            self._frames.append(frame)
            line = first.get(place) or self._reader.read_crop(_cut(self._pictures[frame.picture], frame.corners, 0.0))
            glyphs = _glyphs(line, frame, number)
            self._read.append(glyphs)
            page += glyphs
        self.pages.append(page)

    def doubt(self, line: Line, *, common: bool = False) -> str | None:
        """What speaks against a value: light that may hide a part of it, print that fades, print beside it that was not
        read, or a second look, with more ground around each line, that does not show it again. The id of a warning, or
        None. `common`: older forms of a kanji count as the one of today."""
        for number, glyphs in _by_line(line).items():
            frame = self._frames[number]
            around = _cut(self._pictures[frame.picture], frame.corners, AROUND, as_seen=True)
            letters = [g for g in glyphs if g.text.isalnum()]  # a dot or dash has little ink in any light
            if is_hidden_by_light(around, _spans(frame, letters), self._usual_of(frame.picture)):
                return "glare"
            if self._holds_more(number, glyphs, Ink(around)):
                return "print_beside"
            if self._seen_again(number, glyphs, _SECOND_LOOK, common=common) is None:
                return "second_look_differs"
        return None

    def steady(self, line: Line, least: float, *, common: bool = False) -> float | None:
        """The confidence of a value whose first look was not certain enough, if it is: every further look at its lines,
        each cut in another way, has to show the same, and most of them with so much confidence. None otherwise."""
        worst = 1.0
        for number, glyphs in _by_line(line).items():
            seen = [self._seen_again(number, glyphs, wider, common=common) for wider in _MORE_LOOKS]
            sure = sorted(one for one in seen if one is not None)
            if len(sure) < len(seen) or sure[len(sure) // 3] < least:
                return None
            worst = min(worst, sure[len(sure) // 3])
        return worst

    def _reach(self, number: int, glyphs: Sequence[Glyph]) -> tuple[bool, bool]:
        """Whether the value holds the first and the last letter of its line."""
        letters = [g for g in self._read[number] if _bare(g.text)]
        mine = {id(g) for g in glyphs}
        return bool(letters) and id(letters[0]) in mine, bool(letters) and id(letters[-1]) in mine

    def _holds_more(self, number: int, glyphs: Sequence[Glyph], ink: Ink) -> bool:
        """Whether print that was not read stands in the value, before it or behind it."""
        frame = self._frames[number]
        mine = {id(g) for g in glyphs}
        read = self._read[number]
        middles: list[float | None] = [None, *((a + b) / 2 for a, b in _spans(frame, read)), None]
        if ink.between(
            [pair for i, pair in enumerate(pairwise(middles)) if mine & {id(g) for g in read[max(0, i - 1) : i + 1]}]
        ):
            return True
        begins, ends = self._reach(number, glyphs)
        return (begins and self._goes_on(frame, ink, left=True)) or (ends and self._goes_on(frame, ink, left=False))

    def _goes_on(self, frame: _Frame, ink: Ink, *, left: bool) -> bool:
        """Whether print stands at the end of the line that is in no line."""
        found = ink.beside(left=left)
        if found is None:
            return False
        corners = frame.corners
        end, other = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
        if not left:
            end, other = other, end
        out = (end - other) / max(1.0, float(np.hypot(*(end - other)))) * _rise(corners)
        places = [end + out * share for share in np.linspace(*found, 5)]
        others = [f.corners for f in self._frames if f.picture == frame.picture and f is not frame]
        return not any(
            cv2.pointPolygonTest(shape, (float(x), float(y)), False) >= 0 for shape in others for x, y in places
        )

    def _seen_again(self, number: int, glyphs: Sequence[Glyph], wider: float, *, common: bool) -> float | None:
        """The least confidence of the value's letters in another look at its line; None where they are not there, or
        not at the end of the line where they were."""
        value = "".join(_bare(g.text) for g in glyphs)
        again = self._look(number, wider)
        text = "".join(one for one, _, _ in again)
        if common:
            value, text = common_forms(value), common_forms(text)
        begins, ends = self._reach(number, glyphs)
        at = 0 if begins else len(text) - len(value) if ends else text.find(value)
        if at < 0 or not text.startswith(value, at) or (ends and at + len(value) != len(text)):
            return None
        used = again[at : at + len(value)]
        return min((one[2] if common else one[1] for one in used), default=1.0)

    def _look(self, number: int, wider: float) -> list[tuple[str, float, float]]:
        """Letters of a line cut with so much more ground, each with its confidence, also as the form of today."""
        if (number, wider) not in self._again:
            frame = self._frames[number]
            again = self._reader.read_crop(_cut(self._pictures[frame.picture], frame.corners, wider))
            parts = zip(again.text, again.confidences, again.common, strict=True)
            self._again[number, wider] = [(c, sure, as_now) for one, sure, as_now in parts for c in _bare(one)]
        return self._again[number, wider]

    def _usual_of(self, picture: int) -> Usual:
        if picture not in self._usual:
            mine = [frame for frame in self._frames if frame.picture == picture]
            looked = mine[:: max(1, len(mine) // 12)]
            self._usual[picture] = usual_of(
                _cut(self._pictures[picture], frame.corners, 0.0, as_seen=True) for frame in looked
            )
        return self._usual[picture]


class PageOcr:
    """Loads the models on construction. Raises `Fatal(MODEL_MISSING)` naming the file."""

    def __init__(self) -> None:
        self._reader = TextReader()

    @contextmanager
    def looking(self, pictures: Sequence[Picture], *, straighten: bool) -> Iterator[Look]:
        """All lines of all pictures. `straighten`: the picture is a photo, in which the paper has to be found."""
        look = Look(self._reader, pictures)
        for number, picture in enumerate(pictures):
            frames, first = self._frames(picture, number, straighten=straighten)
            look.add(frames, first)
        yield look

    def contradicts(
        self, pictures: Sequence[Picture], scales: Sequence[float | None], values: Sequence[tuple[int, Line]]
    ) -> bool:
        """Whether the digits of a value in a text layer are plainly not what the rendered page shows in its place.

        A place where no digit is readable contradicts nothing: its font may not be in the file.
        """
        for page, line in values:
            scale = scales[page]
            if scale is None:
                return False
            rows: dict[float, list[Glyph]] = {}
            for glyph in line.glyphs:
                rows.setdefault(glyph.top, []).append(glyph)
            for glyphs in rows.values():
                seen = self._reader.read_crop(_of_text_layer(pictures[page], glyphs, scale))
                printed, read = _digits("".join(g.text for g in glyphs)), _digits(seen.text)
                if printed and read and printed != read and min(seen.confidences) > _SURE_UPRIGHT:
                    return True
        return False

    def _frames(self, picture: Picture, number: int, *, straighten: bool) -> tuple[list[_Frame], dict[int, ReadLine]]:
        height, width = picture.shape[:2]
        scale = min(1.0, _SEARCH_SIDE / max(height, width))
        search = max(_STEP, round(width * scale / _STEP) * _STEP)
        found = self._reader.find_turned(picture, search, _LINES_MOST)
        if not found:
            return [], {}
        ordered = [_along(corners, _axis(found)) for corners in found]
        ordered, first = self._upright(picture, ordered)
        flat = _flattening(picture, ordered) if straighten else _levelling(ordered)
        frames = [_Frame(number, corners, _mapped(corners, flat)) for corners in ordered]
        return frames, first

    def _upright(self, picture: Picture, frames: list[Points]) -> tuple[list[Points], dict[int, ReadLine]]:
        """Turned by half where the longest lines are read better so. Also what was read meanwhile, by place."""
        tried = [i for i, corners in enumerate(frames) if 3 < _length(corners) / _rise(corners) < 24][:_TRY_LINES]
        straight = {i: self._reader.read_crop(_cut(picture, frames[i], 0.0)) for i in tried}
        if not tried or _worth(straight.values()) > _SURE_UPRIGHT * len(tried):
            return frames, straight
        turned = [np.roll(corners, 2, axis=0) for corners in frames]
        other = {i: self._reader.read_crop(_cut(picture, turned[i], 0.0)) for i in tried}
        return (turned, other) if _worth(other.values()) > _worth(straight.values()) else (frames, straight)


def _of_text_layer(picture: Picture, glyphs: Sequence[Glyph], scale: float) -> Picture:
    left, right = min(g.left for g in glyphs) * scale, max(g.right for g in glyphs) * scale
    top, bottom = min(g.top for g in glyphs) * scale, max(g.bottom for g in glyphs) * scale
    more = 0.1 * (bottom - top)
    corners = np.array(
        [
            [left - more, top - more],
            [right + more, top - more],
            [right + more, bottom + more],
            [left - more, bottom + more],
        ],
        np.float32,
    )
    return _cut(picture, corners, 0.0)


def _digits(text: str) -> str:
    return "".join(c for one in text for c in plain(one) if c.isdecimal())


def _worth(lines: Iterable[ReadLine]) -> float:
    """Sum of the lines' mean confidences; a line without text has none."""
    return sum(sum(line.confidences) / len(line.confidences) if line.confidences else 0.0 for line in lines)


def _length(corners: Points) -> float:
    return float(np.hypot(*(corners[1] - corners[0])))


def _rise(corners: Points) -> float:
    return max(1.0, float(np.hypot(*(corners[3] - corners[0]))))


def _axis(found: Sequence[Points]) -> float:
    """Direction of the print in radians, from minus 45 to 135 degrees, by the long lines; the rest follow it."""
    long = [c for c in found if _length(c) > 3 * _rise(c)] or list(found)
    angles = np.array([np.arctan2(*(c[1] - c[0])[::-1]) for c in long])
    weights = np.array([_length(c) for c in long])
    doubled = np.arctan2((weights * np.sin(2 * angles)).sum(), (weights * np.cos(2 * angles)).sum())
    axis = float(doubled / 2)
    return axis + np.pi if axis < -np.pi / 4 else axis


def _along(corners: Points, axis: float) -> Points:
    """The corners in an order whose first side runs most nearly along the axis."""
    direction = np.array([np.cos(axis), np.sin(axis)], np.float32)
    best = max(range(4), key=lambda i: float((corners[(i + 1) % 4] - corners[i]) @ direction) / _side(corners, i))
    return np.ascontiguousarray(np.roll(corners, -best, axis=0))


def _side(corners: Points, i: int) -> float:
    return max(1.0, float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))))


def _flattening(picture: Picture, frames: Sequence[Points]) -> NDArray[np.float64]:
    """By the edges of the paper, where they enclose the print; else only level."""
    level = _levelling(frames)
    paper = find_paper(picture)
    if paper is None:
        return level
    centres = [corners.mean(axis=0) for corners in frames]
    inside = sum(cv2.pointPolygonTest(paper, (float(x), float(y)), False) >= 0 for x, y in centres)
    if inside < 0.9 * len(centres):
        return level
    matrix = homography(paper, _direction(frames))
    residual = _tilt([_mapped(corners, matrix) for corners in frames])
    return matrix if abs(residual) < abs(_tilt([_mapped(c, level) for c in frames])) + 0.02 else level


def _direction(frames: Sequence[Points]) -> Points:
    return np.asarray(sum((c[1] - c[0] for c in frames), np.zeros(2, np.float32)), np.float32)


def _levelling(frames: Sequence[Points]) -> NDArray[np.float64]:
    along = _direction(frames)
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    return np.vstack([cv2.getRotationMatrix2D((0.0, 0.0), angle, 1.0), [0.0, 0.0, 1.0]])


def _tilt(frames: Sequence[Points]) -> float:
    """Spread of the lines' directions in radians: 0 where all are level."""
    long = [c for c in frames if _length(c) > 5 * _rise(c)]
    if not long:
        return 0.0
    angles = [abs(float(np.arctan2(*(c[1] - c[0])[::-1]))) for c in long]
    return median(angles)


def _mapped(corners: Points, matrix: NDArray[np.float64]) -> Points:
    return np.asarray(cv2.perspectiveTransform(corners[None].astype(np.float64), matrix)[0], np.float32)


def _cut(picture: Picture, corners: Points, wider: float, *, as_seen: bool = False) -> Picture:
    """The line laid level, with so much more ground around it, in shares of its height. Poor light is made up for,
    unless it is wanted as seen."""
    along, down = corners[1] - corners[0], corners[3] - corners[0]
    length, rise = max(1.0, float(np.hypot(*along))), max(1.0, float(np.hypot(*down)))
    more = wider * rise
    out, up = along / length * more, down / rise * more
    corners = corners + np.array([-out - up, out - up, out + up, -out + up], np.float32)
    length, rise = length + 2 * more, rise + 2 * more
    height = _CUT_HEIGHT
    width = int(min(_CUT_WIDTH_MOST, max(8, round(length * height / rise))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    shrinking = rise > 1.6 * height
    flags = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    if shrinking:  # warping alone would skip pixels
        factor = max(1, int(rise / height))
        wide = np.array([[0, 0], [width * factor, 0], [width * factor, height * factor], [0, height * factor]])
        matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), wide.astype(np.float32))
        large = cv2.warpPerspective(picture, matrix, (width * factor, height * factor), flags=cv2.INTER_LINEAR)
        cut = cv2.resize(large, (width, height), interpolation=flags)
    else:
        cut = cv2.warpPerspective(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    found = np.asarray(cut, np.uint8)
    return found if as_seen else _with_contrast(found)


def _with_contrast(cut: Picture) -> Picture:
    """Print in poor light, spread over the whole range."""
    low, high = (float(v) for v in np.percentile(cut, (2, 98)))
    if high - low >= _LOW_CONTRAST or high - low < 8:
        return cut
    return np.asarray(np.clip((cut.astype(np.float32) - low) * (255 / (high - low)), 0, 255), np.uint8)


def _glyphs(line: ReadLine, frame: _Frame, number: int) -> list[Glyph]:
    """Each character in a frame on the straightened page. The line of print itself is lower than its frame."""
    corners = frame.flat
    left, right = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    rise = float(np.hypot(*((corners[3] + corners[2] - corners[0] - corners[1]) / 2)))
    length = float(right[0] - left[0])
    wide = [_is_wide(c) for c in line.text]
    steps = [
        (b - a) * length for a, b, u, v in zip(line.places, line.places[1:], wide, wide[1:], strict=False) if u and v
    ]
    em = min(0.82 * rise, median(steps)) if steps else 0.72 * rise
    found = []
    for character, confidence, common, place, is_wide in zip(
        line.text, line.confidences, line.common, line.places, wide, strict=True
    ):
        if character.isspace():
            continue
        middle = left + (right - left) * place
        half = em * (0.48 if is_wide else 0.31)
        across, down = float(middle[0]), float(middle[1])
        found.append(
            Glyph(
                character,
                across - half,
                down - 0.42 * rise,
                across + half,
                down + 0.42 * rise,
                confidence,
                line=number,
                common=common,
            )
        )
    return found


def _spans(frame: _Frame, glyphs: Sequence[Glyph]) -> list[tuple[float, float]]:
    """Left and right edge of each glyph in shares of its line's frame, and so many frames' heights its length."""
    corners = frame.flat
    left = float(corners[0][0] + corners[3][0]) / 2
    length = max(1.0, float(corners[1][0] + corners[2][0]) / 2 - left)
    return [((glyph.left - left) / length, (glyph.right - left) / length) for glyph in glyphs]


def _by_line(line: Line) -> dict[int, list[Glyph]]:
    parts: dict[int, list[Glyph]] = {}
    for glyph in dict.fromkeys(line.glyphs):
        parts.setdefault(glyph.line, []).append(glyph)
    return parts


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _bare(text: str) -> str:
    """Letters and digits only: blanks and brackets come and go between two looks."""
    return "".join(c for one in text for c in plain(one) if c.isalnum() or c in "ー・●").upper()
