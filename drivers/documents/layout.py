"""Characters on a page, put together to rows and pieces: what the text layer and OCR have in common.

Coordinates run to the right and down, in any unit; sizes are compared with the height of the print only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

_EM = 0.8  # of a frame's height: frames hold more than the letter
_BLANK = 0.35  # in em: from here on a gap is a blank
_SAME_ROW = 0.5  # of the smaller height
_DASHES = frozenset("‐‑‒–—―−－﹣ｰ")
_DOTS = frozenset("·•‧∙⋅･")
_INVISIBLE = frozenset({"Cf", "Cc", "Mn"})  # variation selectors are Mn; voicing marks are dealt with before
_RADICALS = dict(zip("⺟⺠⻁⻄⻑⻘⻝⻩⻫⻭⻯⻲⻨⻤⼾⿊", "母民虎西長青食黄斉歯竜亀麦鬼戸黒", strict=True))


@dataclass(frozen=True, repr=False)
class Glyph:
    """One printed character in its frame. `line` is the number of the OCR line, -1 in a text layer; `common` is the
    confidence where older and foreign forms of a kanji count as the one of today."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0
    font: int = 0
    line: int = -1
    common: float = 1.0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def plain(character: str) -> str:
    """Compatibility form of digits, Latin letters, half-width kana, blanks and radicals; one kind of hyphen and dot.

    Kanji stay as they are: a name may hold one whose compatibility form is another. Invisible characters vanish.
    """
    if character in _DASHES:
        return "-"
    if character in _DOTS:
        return "・"
    if character in _RADICALS:
        return _RADICALS[character]
    code = ord(character)
    if code in (0x3099, 0x309A, 0xFF9E, 0xFF9F):
        return {0x3099: "\u3099", 0xFF9E: "\u3099"}.get(code, "\u309a")
    if character.isspace() or code in (0x200B, 0xFEFF):
        return " " if character.isspace() else ""
    if 0xFF00 <= code <= 0xFFEF or 0x2E80 <= code <= 0x2FDF or 0xFE50 <= code <= 0xFE6F or 0x2000 <= code <= 0x206F:
        return "".join(c for c in unicodedata.normalize("NFKC", character) if unicodedata.category(c) != "Cf")
    return "" if unicodedata.category(character) in _INVISIBLE else character


@dataclass(frozen=True, repr=False)
class Line:
    """Text in plain form; `places[i]` is the glyph behind character i, None for a blank that is only a gap."""

    text: str
    places: tuple[Glyph | None, ...]

    def cut(self, start: int, end: int) -> Line:
        return Line(self.text[start:end], self.places[start:end])

    def tight(self) -> Line:
        """Without blanks."""
        return self.only(not c.isspace() for c in self.text)

    def only(self, kept: Iterable[bool]) -> Line:
        pairs = [pair for pair, keep in zip(zip(self.text, self.places, strict=True), kept, strict=True) if keep]
        return Line("".join(c for c, _ in pairs), tuple(g for _, g in pairs))

    def stripped(self, characters: str = " ") -> Line:
        start, end = 0, len(self.text)
        while start < end and self.text[start] in characters:
            start += 1
        while end > start and self.text[end - 1] in characters:
            end -= 1
        return self.cut(start, end)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        return tuple(g for g in self.places if g is not None)

    @property
    def original(self) -> str:
        """As printed, blanks collapsed."""
        seen: list[str] = []
        last: Glyph | None = None
        for glyph in self.places:
            if glyph is None or glyph is not last:
                seen.append(" " if glyph is None else glyph.text)
            last = glyph
        return " ".join("".join(seen).split())


def join(lines: Sequence[Line], blank: str = " ") -> Line:
    """One line, with a blank or nothing between the parts."""
    text = ""
    places: list[Glyph | None] = []
    for line in lines:
        if text and line.text and blank:
            text += " "
            places.append(None)
        text += line.text
        places += line.places
    return Line(text, tuple(places))


@dataclass(frozen=True, repr=False)
class Row:
    """Glyphs of one height on the page, from left to right."""

    glyphs: tuple[Glyph, ...]
    height: float = field(default=0.0)

    @property
    def em(self) -> float:
        return self.height * _EM

    @property
    def top(self) -> float:
        return min(g.top for g in self.glyphs)

    @property
    def bottom(self) -> float:
        return max(g.bottom for g in self.glyphs)

    @property
    def left(self) -> float:
        return self.glyphs[0].left

    @property
    def right(self) -> float:
        return max(g.right for g in self.glyphs)


def row_of(glyphs: Iterable[Glyph]) -> Row:
    ordered = tuple(sorted(glyphs, key=lambda g: (g.left + g.right) / 2))
    return Row(ordered, median(g.height for g in ordered))


def rows_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """From top to bottom. Blanks are left out: gaps say the same, and a blank's frame may reach into other rows."""
    rows: list[list[Glyph]] = []
    bands: list[tuple[float, float]] = []
    for glyph in sorted((g for g in glyphs if not g.text.isspace() and g.height > 0), key=lambda g: g.middle):
        best, share = -1, 0.0
        for index in range(max(0, len(rows) - 12), len(rows)):
            top, bottom = bands[index]
            common = min(bottom, glyph.bottom) - max(top, glyph.top)
            part = common / max(min(bottom - top, glyph.height), 1e-6)
            if part > max(share, _SAME_ROW):
                best, share = index, part
        if best < 0:
            rows.append([glyph])
            bands.append((glyph.top, glyph.bottom))
        else:
            rows[best].append(glyph)
            bands[best] = (median(g.top for g in rows[best]), median(g.bottom for g in rows[best]))
    return [_without_doubles(row_of(row)) for row in rows]


def _without_doubles(row: Row) -> Row:
    """Bold print is sometimes made by printing twice, a little beside."""
    kept: list[Glyph] = []
    for glyph in row.glyphs:
        near = [g for g in kept[-2:] if g.text == glyph.text and abs(g.left - glyph.left) < 0.15 * row.em]
        if not near:
            kept.append(glyph)
    return Row(tuple(kept), row.height)


def line_of(glyphs: Sequence[Glyph], em: float) -> Line:
    """Glyphs of one row as text, with a blank for every wide gap."""
    text: list[str] = []
    places: list[Glyph | None] = []
    before: Glyph | None = None
    for glyph in glyphs:
        shown = plain(glyph.text)
        is_mark = shown in ("\u3099", "\u309a")
        if before is not None and not is_mark and glyph.left - before.right > _BLANK * em:
            text.append(" ")
            places.append(None)
        if is_mark and text and text[-1] != " ":
            whole = unicodedata.normalize("NFC", text[-1] + shown)
            if len(whole) == 1:
                text[-1] = whole
        else:
            for one in shown:
                if unicodedata.category(one) != "Mn":
                    text.append(one)
                    places.append(glyph)
        before = glyph
    return Line("".join(text), tuple(places))


def pieces(glyphs: Sequence[Glyph], gap: float) -> list[tuple[Glyph, ...]]:
    """Parted wherever the gap between two glyphs is wider."""
    found: list[list[Glyph]] = []
    for glyph in glyphs:
        if found and glyph.left - found[-1][-1].right <= gap:
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return [tuple(one) for one in found]
