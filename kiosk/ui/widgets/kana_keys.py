"""What the keys of a writing pad write: the fifty sounds by pages, and marks that change the sound before them."""

from __future__ import annotations

import unicodedata

from kiosk.domain.kana import to_katakana

BACK, VOICED, HALF_VOICED, SMALL, BLANK, PAGE = "back", "voiced", "half_voiced", "small", "blank", "page"
"""Keys that write nothing of their own, by their names in the messages (`pad.…`)."""

_FIRST = ("あいうえお", "かきくけこ", "さしすせそ", "たちつてと", "なにぬねの")
_SECOND = ("はひふへほ", "まみむめも", "や　ゆ　よ", "らりるれろ", "わをんー・")
_DIGITS = ("12345", "67890")
_SMALL = dict(
    zip("あいうえおつやゆよわアイウエオツヤユヨワカケ", "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ", strict=True)
)
_LARGE = {small: large for large, small in _SMALL.items()}
_MARKS = {VOICED: "\u3099", HALF_VOICED: "\u309a"}


def kana_pages(*, katakana: bool) -> tuple[tuple[str, ...], ...]:
    """Two pages, each five rows of five; a blank stands where no sound is."""
    pages = (_FIRST, _SECOND)
    return tuple(tuple(to_katakana(row) if katakana else row for row in page) for page in pages)


def digit_rows() -> tuple[str, ...]:
    return _DIGITS


def changed(text: str, key: str) -> str:
    """The text after a key that changes its last character. A second press takes a mark back; where the mark means
    nothing, nothing changes."""
    if not text:
        return text
    if key == BACK:
        return text[:-1]
    before, last = text[:-1], text[-1]
    if key == SMALL:
        return before + _SMALL.get(last, _LARGE.get(last, last))
    mark = _MARKS.get(key)
    if mark is None:
        return text
    taken_apart = unicodedata.normalize("NFD", _LARGE.get(last, last) if key == VOICED else last)
    plain, marks = taken_apart[0], taken_apart[1:]
    if marks == mark:
        return before + plain
    joined = unicodedata.normalize("NFC", plain + mark)
    return before + joined if len(joined) == 1 else text
