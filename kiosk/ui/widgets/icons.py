"""Small signs on buttons and notices, drawn with one line weight inside a square."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF


def draw_icon(painter: QPainter, name: str, square: QRectF, colour: QColor, weight: float = 7) -> None:
    """Draw the sign `name` into `square`; its strokes keep `weight` design pixels at any size."""
    painter.save()
    painter.translate(square.topLeft())
    unit = square.width() / 100
    painter.scale(unit, unit)
    pen = QPen(colour, weight / unit, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _ICONS[name](painter, colour)
    painter.restore()


def _point(painter: QPainter, at: tuple[float, float], colour: QColor) -> None:
    """A little heavier than a stroke, which looks wider than a point."""
    radius = painter.pen().widthF() * 0.56
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(*at), radius, radius)


def _line(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _back(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (56, 16), (22, 50), (56, 84))
    _line(painter, (24, 50), (86, 50))


def _chevron(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (36, 14), (70, 50), (36, 86))


def _check(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (14, 54), (40, 80), (88, 22))


def _person(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(50, 30), 20, 20)
    path = QPainterPath(QPointF(12, 92))
    path.cubicTo(12, 52, 88, 52, 88, 92)
    path.closeSubpath()
    painter.drawPath(path)


def _bell(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath(QPointF(12, 74))
    path.cubicTo(30, 64, 22, 18, 50, 18)
    path.cubicTo(78, 18, 70, 64, 88, 74)
    path.closeSubpath()
    painter.drawPath(path)
    _line(painter, (50, 8), (50, 16))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(50, 90), 6, 4)


def _speaker(painter: QPainter) -> None:
    _line(painter, (8, 38), (26, 38), (50, 16), (50, 84), (26, 62), (8, 62), (8, 38))


def _voice_on(painter: QPainter, _colour: QColor) -> None:
    _speaker(painter)
    painter.drawArc(QRectF(46, 32, 28, 36), -60 * 16, 120 * 16)
    painter.drawArc(QRectF(44, 14, 50, 72), -58 * 16, 116 * 16)


def _voice_off(painter: QPainter, _colour: QColor) -> None:
    _speaker(painter)
    _line(painter, (68, 36), (94, 64))
    _line(painter, (94, 36), (68, 64))


def _louder(painter: QPainter, _colour: QColor) -> None:
    _softer(painter, _colour)
    _line(painter, (79, 35), (79, 65))


def _softer(painter: QPainter, _colour: QColor) -> None:
    _speaker(painter)
    _line(painter, (64, 50), (94, 50))


def _again(painter: QPainter, _colour: QColor) -> None:
    """An arrow that comes round."""
    painter.drawArc(QRectF(14, 14, 72, 72), 40 * 16, 290 * 16)
    _line(painter, (80, 8), (79, 30), (56, 32))


def _info(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(50, 50), 42, 42)
    _line(painter, (50, 48), (50, 72))
    _point(painter, (50, 28), colour)


def _good(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(50, 50), 42, 42)
    _line(painter, (30, 52), (45, 66), (71, 36))


def _care(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath(QPointF(50, 10))
    path.lineTo(94, 88)
    path.lineTo(6, 88)
    path.closeSubpath()
    painter.drawPath(path)
    _line(painter, (50, 38), (50, 56))
    _point(painter, (50, 73), colour)


def _erase(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (36, 20), (92, 20), (92, 80), (36, 80), (8, 50), (36, 20))
    _line(painter, (50, 38), (74, 62))
    _line(painter, (74, 38), (50, 62))


def _wait(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (22, 10), (78, 10))
    _line(painter, (22, 90), (78, 90))
    _line(painter, (28, 10), (28, 26), (72, 74), (72, 90))
    _line(painter, (72, 10), (72, 26), (28, 74), (28, 90))


def _letters(painter: QPainter, _colour: QColor) -> None:
    """A small and a large letter A."""
    _line(painter, (4, 86), (20, 44), (36, 86))
    _line(painter, (10, 72), (30, 72))
    _line(painter, (42, 86), (68, 14), (94, 86))
    _line(painter, (52, 60), (84, 60))


def _half(painter: QPainter, colour: QColor) -> None:
    """A circle half filled."""
    painter.drawEllipse(QPointF(50, 50), 40, 40)
    path = QPainterPath(QPointF(50, 10))
    path.arcTo(QRectF(10, 10, 80, 80), 90, -180)
    path.closeSubpath()
    painter.fillPath(path, colour)


def _down(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (50, 8), (50, 68))
    _line(painter, (22, 42), (50, 70), (78, 42))
    _line(painter, (12, 92), (88, 92))


def _up(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (50, 92), (50, 32))
    _line(painter, (22, 58), (50, 30), (78, 58))
    _line(painter, (12, 8), (88, 8))


def _globe(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(50, 50), 42, 42)
    painter.drawEllipse(QPointF(50, 50), 18, 42)
    _line(painter, (8, 50), (92, 50))


def _hand(painter: QPainter, _colour: QColor) -> None:
    """A finger on the glass."""
    painter.drawArc(QRectF(26, 4, 44, 44), -20 * 16, 220 * 16)
    path = QPainterPath(QPointF(40, 62))
    path.lineTo(40, 28)
    path.cubicTo(40, 16, 56, 16, 56, 28)
    path.lineTo(56, 52)
    path.cubicTo(70, 52, 84, 54, 84, 68)
    path.cubicTo(84, 84, 76, 96, 58, 96)
    path.cubicTo(42, 96, 34, 86, 22, 68)
    path.cubicTo(16, 58, 28, 50, 40, 62)
    painter.drawPath(path)


_ICONS: dict[str, Callable[[QPainter, QColor], None]] = {
    "back": _back,
    "chevron": _chevron,
    "check": _check,
    "person": _person,
    "bell": _bell,
    "voice_on": _voice_on,
    "voice_off": _voice_off,
    "louder": _louder,
    "softer": _softer,
    "again": _again,
    "info": _info,
    "good": _good,
    "care": _care,
    "erase": _erase,
    "wait": _wait,
    "letters": _letters,
    "half": _half,
    "down": _down,
    "up": _up,
    "globe": _globe,
    "hand": _hand,
}

ICONS = tuple(_ICONS)
"""By name."""
