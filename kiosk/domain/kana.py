"""Folding and comparing names.

Sources: documents reference 2.2 (1, 7, 8); eligibility interface reference 1.4 and 2.7. Registered data differ in
width, small kana, old and new forms of a kanji; `●` stands for a character that a relay server could not map.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

GAPS = "●■〓?"  # stand-ins for exactly one character that was lost on the way

_NO_SOUND = "・･'’゛゜"
_MARKS = frozenset({"Cf", "Mn"})  # invisible characters, loose voicing marks, variation selectors
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_OLD_KANA = str.maketrans("ヰヱヲヷヸヹヺ", "イエオバビベボ")
_V_ROW = {"ヴア": "バ", "ヴイ": "ビ", "ヴエ": "ベ", "ヴオ": "ボ", "ヴ": "ブ"}
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—―−－﹣", "ー"))
_VARIANTS = (
    "高髙 崎﨑嵜 辺邉邊 斎齋斉齊 徳德 浜濵濱 富冨 沢澤 島嶋嶌 桜櫻 広廣 国國 真眞 瀬瀨 "
    "吉𠮷 柳栁 恵惠 竜龍 栄榮 峰峯 桑桒 関關"
)
_STANDARD = str.maketrans({variant: group[0] for group in _VARIANTS.split() for variant in group[1:]})
_WITH_VARIANTS = frozenset(_VARIANTS.replace(" ", ""))
_HALF_OF: dict[str, str] = {}
for _code in range(0xFF61, 0xFFA0):
    _HALF_OF.setdefault(unicodedata.normalize("NFKC", chr(_code)), chr(_code))
    for _mark in "ﾞﾟ":
        _whole = unicodedata.normalize("NFKC", chr(_code) + _mark)
        if len(_whole) == 1:
            _HALF_OF.setdefault(_whole, chr(_code) + _mark)


class Script(StrEnum):
    """In what a name is written."""

    LATIN = "latin"
    KANA = "kana"
    KANJI = "kanji"  # with or without kana


class NameMatch(StrEnum):
    EQUAL = "equal"
    SIMILAR = "similar"  # the same but for variant forms or lost characters
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one side has no name


def fold_kana(text: str) -> str:
    """The key under which two spellings of a reading are the same: full-width katakana, small kana large, ヴ as the
    バ row, no blanks, no middle dots. What is no kana is only brought to its compatibility form and upper case."""
    folded = unicodedata.normalize("NFKC", text)
    folded = to_katakana(folded)
    folded = "".join(
        c for c in folded if not c.isspace() and c not in _NO_SOUND and unicodedata.category(c) not in _MARKS
    )
    folded = folded.translate(_SMALL).translate(_OLD_KANA).translate(_DASHES)
    for spelling, plain in _V_ROW.items():
        folded = folded.replace(spelling, plain)
    return folded.upper()


def fold_name(text: str) -> str:
    """A written name without blanks, dots and variation selectors, in compatibility form. Variants stay apart."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        c for c in folded if not c.isspace() and c not in "・･" and unicodedata.category(c) not in _MARKS
    ).upper()


def compare_kana(one: str | None, other: str | None) -> NameMatch:
    """Readings are equal or different; a lost character makes them similar at most."""
    return _compare(fold_kana(one or ""), fold_kana(other or ""))


def compare_names(one: str | None, other: str | None) -> NameMatch:
    """Written names; a stand-in for a lost character matches exactly one character."""
    first, second = fold_name(one or ""), fold_name(other or "")
    match = _compare(first, second)
    if match is NameMatch.DIFFERENT and _alike(first.translate(_STANDARD), second.translate(_STANDARD)):
        return NameMatch.SIMILAR
    return match


def has_gap(text: str) -> bool:
    """True where a character was lost on the way; such a name never replaces a good one."""
    return any(c in GAPS for c in unicodedata.normalize("NFKC", text))


def has_variant(text: str) -> bool:
    """True where a character has a variant form in names of people (高 and 髙), which is easily mistaken for it."""
    return any(c in _WITH_VARIANTS for c in fold_name(text))


def script_of(text: str) -> Script:
    """Blanks, marks and digits count for nothing; of nothing at all it is Latin."""
    letters = [c for c in fold_name(text) if c.isalpha() and not c.isascii() and c != "ー"]
    if not letters:
        return Script.LATIN
    kana = all("ぁ" <= c <= "ゖ" or "ァ" <= c <= "ヺ" for c in letters)
    return Script.KANA if kana else Script.KANJI


def half_width_kana(text: str) -> str:
    """Katakana and its marks in half width, blanks too; everything else stays."""
    return "".join(_HALF_OF.get(c, " " if c == "　" else c) for c in unicodedata.normalize("NFC", text))


def to_katakana(text: str) -> str:
    """Hiragana as katakana; everything else stays."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def full_width_kana(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _compare(one: str, other: str) -> NameMatch:
    if not one or not other:
        return NameMatch.UNKNOWN
    if one == other:
        return NameMatch.SIMILAR if has_gap(one) else NameMatch.EQUAL
    return NameMatch.SIMILAR if _alike(one, other) else NameMatch.DIFFERENT


def _alike(one: str, other: str) -> bool:
    return len(one) == len(other) and all(a == b or a in GAPS or b in GAPS for a, b in zip(one, other, strict=True))
