"""What every component needs in order to draw itself: theme, fonts, scale, motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ui.linebreak import balanced
from kiosk.ui.theme import LIGHT, Theme

FAMILIES = ("BIZ UDPGothic", "Noto Sans JP")
_FILES = ("BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf", "NotoSansJP-Regular.ttf", "NotoSansJP-Bold.ttf")


def load_fonts(folder: Path) -> None:
    """Make the bundled fonts known to Qt. Raises `Fatal(ASSET_MISSING)` naming the file."""
    known = set(QFontDatabase.families())
    if known.issuperset(FAMILIES):
        return
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(folder / name)) < 0:
            raise Fatal(FailureCode.ASSET_MISSING, name)


@dataclass(frozen=True)
class Run:
    """A text as it is painted: where (design pixels, inside its widget), how large, in which colour."""

    text: str
    rect: QRectF
    size: int
    bold: bool
    colour: str
    lines: tuple[str, ...]
    centred: bool = True


class Look:
    """Drawing context of one window. Components measure and paint in design pixels; `scale` maps them to the screen."""

    def __init__(self, pictures: Path, theme: Theme = LIGHT, *, reduced_motion: bool = False) -> None:
        self.theme = theme
        self.pictures = pictures
        self.reduced_motion = reduced_motion
        self.scale = 1.0
        self.language = "ja"

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self.theme.colours, name))

    def _families(self) -> tuple[str, ...]:
        # BIZ UDPGothic squeezes Latin descenders into the Japanese em square: g, p and y are hard to tell apart
        return FAMILIES if self.language.startswith("ja") else FAMILIES[::-1]

    def line_height(self, size: int) -> float:
        return size * self.theme.type.line

    def lines(self, text: str, width: float, size: int, *, bold: bool = False) -> tuple[str, ...]:
        return _lines(text, width, size, bold, self._families())

    def width(self, text: str, size: int, *, bold: bool = False) -> float:
        return _measure(size, bold, self._families())(text)

    def height(self, text: str, width: float, size: int, *, bold: bool = False) -> float:
        return len(self.lines(text, width, size, bold=bold)) * self.line_height(size)

    def run(self, text: str, rect: QRectF, size: int, colour: str, *, bold: bool = False, centred: bool = True) -> Run:
        """`text` broken for `rect`, vertically in its middle."""
        lines = self.lines(text, rect.width(), size, bold=bold)
        height = len(lines) * self.line_height(size)
        placed = QRectF(rect.x(), rect.y() + (rect.height() - height) / 2, rect.width(), height)
        return Run(text, placed, size, bold, colour, lines, centred)

    def paint(self, painter: QPainter, run: Run) -> None:
        painter.setFont(_font(run.size, run.bold, self._families()))
        painter.setPen(self.colour(run.colour))
        across = Qt.AlignmentFlag.AlignHCenter if run.centred else Qt.AlignmentFlag.AlignLeft
        height = self.line_height(run.size)
        for number, line in enumerate(run.lines):
            # a little wider than measured, so that rounding never cuts the last stroke
            box = QRectF(run.rect.x() - 2, run.rect.y() + number * height, run.rect.width() + 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | across | Qt.TextFlag.TextDontClip, line)

    @contextmanager
    def painting(self, widget: QWidget) -> Iterator[tuple[QPainter, QRectF]]:
        """A painter in design pixels and the widget's rectangle in them."""
        painter = QPainter(widget)
        try:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            painter.scale(self.scale, self.scale)
            yield painter, self.rect(widget)
        finally:
            painter.end()

    def rect(self, widget: QWidget) -> QRectF:
        return QRectF(0, 0, widget.width() / self.scale, widget.height() / self.scale)

    def place(self, widget: QWidget, rect: QRectF) -> None:
        """Give `widget` the rectangle (design pixels, in its parent), on whole screen pixels."""
        left, top = round(rect.left() * self.scale), round(rect.top() * self.scale)
        right, bottom = round(rect.right() * self.scale), round(rect.bottom() * self.scale)
        widget.setGeometry(left, top, right - left, bottom - top)


@lru_cache(maxsize=64)
def _font(size: int, bold: bool, families: tuple[str, ...]) -> QFont:
    font = QFont()
    font.setFamilies(list(families))
    font.setPixelSize(size)
    font.setBold(bold)
    # unhinted outlines scale evenly: the same line breaks at every window size
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=64)
def _measure(size: int, bold: bool, families: tuple[str, ...]) -> Callable[[str], float]:
    return QFontMetricsF(_font(size, bold, families)).horizontalAdvance


@lru_cache(maxsize=1024)
def _lines(text: str, width: float, size: int, bold: bool, families: tuple[str, ...]) -> tuple[str, ...]:
    return balanced(text, width, _measure(size, bold, families))
