"""Text that always fits its place: smaller first, then in lines, never cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.documents.form.fonts import FontSet

MM = 72 / 25.4
"""Points in a millimetre."""

LEADING = 1.18
_STEP = 0.5
_ONE_LINE_LEAST = 9.0
_NOT_FIRST = "、。，．・」』）】〉》］｝ー々ゝヽっゃゅょッャュョァィゥェォヵヶ)]},.!?：；"


@dataclass(frozen=True)
class Fitted:
    """Lines and the size of their type in points. `whole` is False where even the smallest type does not fit."""

    lines: tuple[str, ...]
    size: float
    whole: bool = True

    @property
    def line_height(self) -> float:
        """Millimetres."""
        return self.size * LEADING / MM


def fit(
    text: str, width: float, height: float, most: float, least: float, fonts: FontSet, *, bold: bool = False
) -> Fitted:
    """The largest type in which `text` fits `width` by `height` millimetres; a single line as long as it is easy to
    read."""
    room = width * MM
    for size in _sizes(most, min(most, _ONE_LINE_LEAST)):
        if fonts.width(text, size, bold=bold) <= room:
            return Fitted((text,), size)
    for size in _sizes(most, least):
        lines = _broken(text, room, size, fonts, bold=bold)
        if len(lines) * size * LEADING <= height * MM:
            return Fitted(lines, size)
    return Fitted(_broken(text, room, least, fonts, bold=bold), least, whole=False)


def _sizes(most: float, least: float) -> Iterator[float]:
    size = most
    while size > least:
        yield size
        size -= _STEP
    yield least


def _broken(text: str, room: float, size: float, fonts: FontSet, *, bold: bool) -> tuple[str, ...]:
    """Lines of at most `room` points; at a blank where one is near the end, never before closing marks."""
    lines: list[str] = []
    line, width = "", 0.0
    for char in text:
        more = fonts.width(char, size, bold=bold)
        if line and width + more > room:
            cut = _cut(line, char)
            lines.append(line[:cut])
            line = line[cut:]
            width = fonts.width(line, size, bold=bold)
        line += char
        width += more
    return (*lines, line)


def _cut(line: str, following: str) -> int:
    blank = max(line.rfind(" "), line.rfind("　"))
    if blank >= len(line) * 0.6:
        return blank + 1
    back = len(line)
    while back > 1 and len(line) - back < 3 and (following if back == len(line) else line[back]) in _NOT_FIRST:
        back -= 1
    return back
