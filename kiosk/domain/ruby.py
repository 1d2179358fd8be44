"""Readings over characters (ruby, ふりがな): `{漢字|かんじ}` in the catalogue, Unicode's annotation characters inside.

U+FFF9 begins what is written, U+FFFA its reading, U+FFFB ends both (Unicode 15.0, 23.8 Specials). Nobody types them,
so that a text with braces in it stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_BEGIN, _READING, _END = "\ufff9", "\ufffa", "\ufffb"
_WRITTEN_FORM = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_ANNOTATED = re.compile(f"{_BEGIN}([^{_END}]*?){_READING}([^{_END}]*){_END}")


def annotated(sentence: str) -> str:
    """`sentence` of the catalogue with its readings as annotations."""
    return _WRITTEN_FORM.sub(f"{_BEGIN}\\1{_READING}\\2{_END}", sentence)


def has_readings(text: str) -> bool:
    return _BEGIN in text


def written(text: str) -> str:
    """What stands on the line, without the readings."""
    return _ANNOTATED.sub(r"\1", text) if has_readings(text) else text


def heard(text: str) -> str:
    """What a voice says: the readings in place of what they stand over."""
    return _ANNOTATED.sub(r"\2", text) if has_readings(text) else text


def parts(text: str) -> list[tuple[str, str]]:
    """The pieces of a text with their readings, empty where there is none."""
    found: list[tuple[str, str]] = []
    end = 0
    for match in _ANNOTATED.finditer(text):
        if match.start() > end:
            found.append((text[end : match.start()], ""))
        found.append((match[1], match[2]))
        end = match.end()
    if end < len(text):
        found.append((text[end:], ""))
    return found


def rejoin(piece: str, reading: str) -> str:
    """One of `parts` as a text again."""
    return f"{_BEGIN}{piece}{_READING}{reading}{_END}" if reading else piece


def cut(text: str, places: Collection[int]) -> list[str]:
    """`text` in pieces, cut at these places of its written form; none of them lies under a reading."""
    found = [""]
    at = 0
    for piece, reading in parts(text):
        for unit in [rejoin(piece, reading)] if reading else piece:
            if at in places:
                found.append("")
            found[-1] += unit
            at += len(piece) if reading else 1
    return found


_DAYS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    20: "はつか",
    24: "にじゅうよっか",
}


def day_read(pattern: str, day: int) -> str:
    """A pattern of dates in which the day of the month, [[d]], is read as that day is: these have readings of their
    own, which stand over number and 日 together."""
    if day not in _DAYS:
        return pattern
    return pattern.replace("[[d]]" + rejoin("日", "にち"), rejoin("[[d]]日", _DAYS[day]))
