"""Lines of text with readings over them (ruby): how wide they are, how high, and how they are painted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from kiosk.domain.ruby import has_readings, parts

Measure = Callable[[str], float]

_READING = 0.5
_GAP = 0.02
_AIR_TAKEN = 0.08
_FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip


def reading_part(percent: int) -> float:
    """Size of a reading as a part of the size of what it stands over: half (JIS X 4051, 4.12), less over enlarged
    text, which would else push the sentences off the screen; it grows all the same."""
    return float(_READING * (100 / percent) ** 0.5)


def room_above(part: float) -> float:
    """What a line with readings is higher, as a part of its size."""
    return part + _GAP - _AIR_TAKEN


def measured(line: Measure, reading: Measure) -> Measure:
    """The width of a text, its readings included: a reading wider than its characters moves them apart."""

    def width(text: str) -> float:
        if not has_readings(text):
            return line(text)
        return sum(_advance(piece, said, line, reading) for piece, said in parts(text))

    return width


def paint_line(
    painter: QPainter,
    text: str,
    at: QPointF,
    size: int,
    line_height: float,
    fonts: tuple[QFont, QFont],
    measures: tuple[Measure, Measure],
) -> None:
    """`text` with its readings; `at` is the left lower corner of its line, `line_height` that of a line without
    readings. Fonts and measures: of the line, of the readings."""
    high = fonts[1].pixelSize()
    x = at.x()
    for piece, said in parts(text):
        advance = _advance(piece, said, *measures)
        painter.setFont(fonts[0])
        room = QRectF(x - 2, at.y() - line_height, advance + 4, line_height)
        painter.drawText(room, _FLAGS | Qt.AlignmentFlag.AlignHCenter, piece)
        if said:
            # the characters fill the middle `size` of their line; the reading stands close above them
            bottom = at.y() - (line_height + size) / 2 - size * _GAP
            over = QRectF(x - 2, bottom - high, advance + 4, high)
            painter.setFont(fonts[1])
            painter.drawText(over, _FLAGS | Qt.AlignmentFlag.AlignHCenter, said)
        x += advance


def _advance(piece: str, said: str, line: Measure, reading: Measure) -> float:
    return max(line(piece), reading(said)) if said else line(piece)
