"""Labels on a page and what stands beside or below them: words decide, not positions (documents reference 2.2 (2))."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from drivers.documents.layout import Glyph, Line, Row, join, line_of
from drivers.documents.values import clean, without_notes
from drivers.documents.vocabulary import BORDER, Vocabulary, folded

_BESIDE_LABEL = frozenset(" ()[]{}【】「」『』〔〕〈〉<>:・|/■□●○◆◇▼▽※*.,_=-、")
_JOINTS = frozenset("・/()[]【】-、")
_BULLETS = frozenset("■●○◆◇▼▽※*・|/")
_HIRAGANA = re.compile("[ぁ-ゖ、。]")
_DIGITS = {"insurer_no", "number", "branch", "birth", "acquired", "issued", "valid_from", "valid_to", "checked_at"}
_DIGITS |= {"valid_period", "effective", "ratio", "symbol_number"}
_BEGINS_VALUE = re.compile(r"[0-9一二三明大昭平令元MTSHR]")
_ENDS_VALUE = frozenset("0123456789日割%男女でまら人族")
_MANY_LINES = frozenset({"name", "kana", "insurer_name", "householder"})
_NO_CONTINUATION = re.compile(r"[。、※]|ください|ません|ます|です|お問|電話|http|年月日")
_INLINE_GAP = {True: 7.0, False: 4.0}  # in em; digits may stand in boxes of their own
_PIECE_GAP = 1.2
_BELOW_MOST = 2.4  # heights of the label


@dataclass(repr=False)
class Spot:
    """A label that was found. `lines` is what stands there, one per printed line."""

    key: str
    word: str
    row: int
    start: int
    end: int
    left: float
    right: float
    top: float
    bottom: float
    lines: list[Line] = field(default_factory=list)
    below: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def line(self) -> Line:
        return join(self.lines)


@dataclass(frozen=True, repr=False)
class Piece:
    """Print that belongs to no label yet."""

    line: Line
    row: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, repr=False)
class Read:
    """All labels of a page with their values, and the print that is neither."""

    spots: tuple[Spot, ...]
    free: tuple[Piece, ...]


def read_labels(rows: Sequence[Row], words: Vocabulary, *, ocr: bool) -> Read:
    """Borders are among the spots, so that their values are nobody else's."""
    spots: list[Spot] = []
    free: list[Piece] = []
    for index, row in enumerate(rows):
        line = line_of(row.glyphs, row.em)
        found = _labels_of(line, index, words, ocr=ocr)
        spots += found
        edge = found[0].start if found else len(line.text)
        free += _pieces_of(line.cut(0, edge), row, index)
        for place, spot in enumerate(found):
            end = found[place + 1].start if place + 1 < len(found) else len(line.text)
            if end < len(line.text) and line.text[end - 1] in _BULLETS and end - 1 > spot.end:
                end -= 1  # it belongs to the next label; a name's own ● has a gap behind it
            beside, rest = _until_gap(line.cut(spot.end, end), row.em * _INLINE_GAP[spot.key in _DIGITS])
            if clean(without_notes(beside)).text:
                spot.lines.append(beside)
            free += _pieces_of(rest, row, index)
    taken: set[int] = set()
    for spot in spots:
        if not spot.lines:
            _take_right(spot, spots, free, taken)
    _take_below(spots, free, taken)
    for spot in spots:
        if spot.key in _MANY_LINES and spot.lines:
            _take_more_lines(spot, spots, free, taken)
    return Read(tuple(spots), tuple(p for i, p in enumerate(free) if i not in taken))


def _labels_of(line: Line, row: int, words: Vocabulary, *, ocr: bool) -> list[Spot]:
    kept = [i for i, c in enumerate(line.text) if c not in _BESIDE_LABEL and line.places[i] is not None]
    text = "".join(one if len(one := folded(line.text[i])) == 1 else line.text[i] for i in kept)
    found: list[Spot] = []
    at = 0
    while at < len(kept):
        match = _label_at(line, text, kept, at, words, found, ocr=ocr)
        if match is None:
            at += 1
            continue
        key, length = match
        start, end = kept[at], kept[at + length - 1] + 1
        glyphs = line.cut(start, end).glyphs
        found.append(
            Spot(
                key,
                text[at : at + length],
                row,
                start,
                end,
                min(g.left for g in glyphs),
                max(g.right for g in glyphs),
                min(g.top for g in glyphs),
                max(g.bottom for g in glyphs),
            )
        )
        at += length
    return found


def _label_at(
    line: Line, text: str, kept: Sequence[int], at: int, words: Vocabulary, before: Sequence[Spot], *, ocr: bool
) -> tuple[str, int] | None:
    start = kept[at]
    ahead = line.text[start - 1] if start else " "
    follows_label = bool(before) and before[-1].end == start
    free_ahead = ahead in _BESIDE_LABEL or follows_label
    if not free_ahead and ahead not in _ENDS_VALUE:
        return None
    for key, length in words.labels_at(text, at, near_misses=ocr):
        end = kept[at + length - 1] + 1
        part = line.text[start:end]
        if _is_two_labels(part, words):
            continue
        glyphs = line.cut(start, end).glyphs
        if sum(g.confidence for g in glyphs) / len(glyphs) < words.confidence_label:
            continue
        behind = line.text[end] if end < len(line.text) else " "
        if behind in _BESIDE_LABEL:
            return key, length
        if _HIRAGANA.match(behind):
            continue
        if key in _DIGITS:
            if _BEGINS_VALUE.match(behind):
                return key, length
        elif free_ahead and (key != BORDER or not found_inside(text, at, length)):
            return key, length
    return None


def found_inside(text: str, at: int, length: int) -> bool:
    """A border that other letters follow at once is the beginning of a longer word."""
    return at + length < len(text)


def _is_two_labels(part: str, words: Vocabulary) -> bool:
    """Two headings side by side (記号　番号) are one word only where a joint (記号・番号) or bracket says so."""
    if " " not in part or any(c in _JOINTS for c in part):
        return False
    known = {word for word, _ in words.labels}
    return all(folded(one) in known for one in part.split())


def _until_gap(line: Line, gap: float) -> tuple[Line, Line]:
    """What stands near, and the rest behind a gap that is too wide."""
    before: Glyph | None = None
    for place, glyph in enumerate(line.places):
        if glyph is None:
            continue
        if before is not None and glyph.left - before.right > gap and clean(line.cut(0, place)).text:
            return line.cut(0, place), line.cut(place, len(line.text))
        before = glyph
    return line, line.cut(0, 0)


def _pieces_of(line: Line, row: Row, index: int) -> list[Piece]:
    found = []
    while line.text:
        part, line = _until_gap(line, _PIECE_GAP * row.em)
        glyphs = part.glyphs
        if glyphs and clean(part).text:
            left, right = min(g.left for g in glyphs), max(g.right for g in glyphs)
            found.append(
                Piece(part.stripped(), index, left, right, min(g.top for g in glyphs), max(g.bottom for g in glyphs))
            )
    return found


def _take_right(spot: Spot, spots: Iterable[Spot], free: Sequence[Piece], taken: set[int]) -> None:
    """Beside a label that is centred on a value of several lines."""
    reach = 0.7 * spot.height
    others = [
        s for s in spots if s is not spot and s.left > spot.left and s.top - reach < spot.middle < s.bottom + reach
    ]
    edge = min((s.left for s in others), default=float("inf"))
    beside = [
        (i, piece)
        for i, piece in enumerate(free)
        if i not in taken
        and spot.right - 0.3 * spot.height < piece.left < min(edge, spot.right + 20 * spot.height)
        and spot.top - reach < piece.middle < spot.bottom + reach
        and not any(s.row == piece.row and s.right <= piece.left + 1 and s.left > spot.left for s in others)
        and not any(s.row == piece.row and s is not spot and s.left < piece.left for s in spots)
    ]
    if not beside or (len(beside) > 1 and spot.key not in _MANY_LINES and len({p.row for _, p in beside}) > 1):
        return
    for row in sorted({piece.row for _, piece in beside}):
        spot.lines.append(join([piece.line for _, piece in beside if piece.row == row]))
    taken.update(i for i, _ in beside)


def _take_below(spots: Sequence[Spot], free: Sequence[Piece], taken: set[int]) -> None:
    """Below a heading. Each piece goes to the heading that stands best above it."""
    empty = [s for s in spots if not s.lines]
    wanted: dict[int, list[tuple[int, Piece]]] = {}
    for i, piece in enumerate(free):
        if i in taken:
            continue
        above = [s for s in empty if _stands_above(s, piece, spots)]
        if above:
            best = min(
                above,
                key=lambda s: (
                    round((piece.top - s.bottom) / s.height),
                    min(abs(s.left - piece.left), abs(s.left + s.right - piece.left - piece.right) / 2),
                ),
            )
            wanted.setdefault(id(best), []).append((i, piece))
    for spot in empty:
        mine = wanted.get(id(spot), [])
        if not mine:
            continue
        row = min(mine, key=lambda one: one[1].top)[1].row
        first = [(i, piece) for i, piece in mine if piece.row == row]
        spot.lines.append(join([piece.line for _, piece in first]))
        spot.below = True
        taken.update(i for i, _ in first)


def _stands_above(spot: Spot, piece: Piece, spots: Iterable[Spot]) -> bool:
    if not -0.4 * spot.height <= piece.top - spot.bottom <= _BELOW_MOST * spot.height:
        return False
    beside = [s.left for s in spots if s.row == spot.row and s.left > spot.right]
    edge = min(beside, default=float("inf"))
    if piece.right <= spot.left - 1.5 * spot.height or piece.left >= edge - 0.2 * spot.height:
        return False
    if piece.left > spot.right + 12 * spot.height:
        return False
    between = [s for s in spots if s.row != spot.row and spot.middle < s.middle < piece.middle]
    if any(s.left < piece.right and s.right > piece.left for s in between):
        return False
    # Beside a label of its own row it would be that label's value.
    return not any(s.row == piece.row and s.left < piece.left and not s.lines for s in spots)


def _take_more_lines(spot: Spot, spots: Iterable[Spot], free: Sequence[Piece], taken: set[int]) -> None:
    """The lines that go on below a value, from the same edge and in the same size."""
    for _ in range(2):
        last = spot.lines[-1].glyphs
        if not last:
            return
        left, bottom = min(g.left for g in last), max(g.bottom for g in last)
        height = bottom - min(g.top for g in last)
        following = [
            (i, piece)
            for i, piece in enumerate(free)
            if i not in taken
            and abs(piece.left - left) < 1.2 * height
            and -0.35 * height < piece.top - bottom < 0.8 * height
            and 0.7 < piece.height / height < 1.4
            and not any(s.row == piece.row and s.left < piece.left for s in spots)
            and not _NO_CONTINUATION.search(piece.line.text)
        ]
        if len(following) != 1:
            return
        i, piece = following[0]
        spot.lines.append(piece.line)
        taken.add(i)
