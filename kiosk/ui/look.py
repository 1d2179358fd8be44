"""What every component needs in order to draw itself: theme, fonts, scale, motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from kiosk.domain.ruby import has_readings
from kiosk.ui.fonts import families
from kiosk.ui.linebreak import balanced, chunks, line_count
from kiosk.ui.theme import LIGHT, Theme, TypeScale, theme_for
from kiosk.ui.typeset import Measure, measured, paint_line, reading_part, room_above


@dataclass(frozen=True)
class Run:
    """A text as it is painted: where (design pixels, inside its widget), how large, in which colour and letters."""

    text: str
    rect: QRectF
    size: int
    bold: bool
    colour: str
    lines: tuple[str, ...]
    centred: bool = True
    language: str = "ja"


class Look:
    """Drawing context of one window. Components measure and paint in design pixels; `scale` maps them to the screen."""

    def __init__(self, pictures: Path, theme: Theme = LIGHT, *, reduced_motion: bool = False) -> None:
        self._plain = theme
        self.asked = theme  # as the reader wants it; the frame keeps to it
        self.theme = theme  # as the room of the present screen allows it
        self.pictures = pictures
        self.reduced_motion = reduced_motion
        self.scale = 1.0
        self.shift = QPointF()  # of everything, in design pixels, against burn-in
        self.language = "ja"
        self.on_focus: Callable[[str], None] = lambda _control: None  # it came to a control, from a keyboard
        self.on_digit: Callable[[], None] = lambda: None  # one of a PIN was taken, which no control tells
        self.tight = False  # buttons give up some of their height, so that a screen stays whole
        self.bare = False  # and choices their pictures

    def least(self, kind: str) -> float:
        """Height of a button, by its name in the theme's space."""
        space = self.theme.space
        tight = {
            "main_button": space.main_tight,
            "choice_button": space.choice_tight,
            "quiet_button": space.quiet_tight,
            "switch": space.switch_tight,
        }
        return float(tight.get(kind, getattr(space, kind)) if self.tight else getattr(space, kind))

    def wear(self, palette: str, percent: int) -> bool:
        """Other colours, another size of text. False when nothing changes."""
        theme = theme_for(palette, percent, self._plain)
        changed = theme != self.asked
        self.theme = self.asked = theme
        return changed

    def keep_to(self, percent: int) -> bool:
        """Words of the content at so many per cent. False when they are so already."""
        if percent == self.theme.percent:
            return False
        self.theme = replace(self.theme, type=self.type_at(percent), percent=percent)
        return True

    def type_at(self, percent: int) -> TypeScale:
        return _grown(self._plain.type, percent)

    @property
    def base(self) -> Theme:
        """With words as small as they become to keep to their place: not enlarged."""
        return self._plain if self.theme.percent >= 100 else self.theme

    def forget(self) -> None:
        """Names and numbers that were drawn stay in no cache."""
        for cached in (_lines, _line_count, _widest, _measure, _plain_measure, chunks):
            cached.cache_clear()

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self.theme.colours, name))

    def line_height(self, size: int, text: str = "") -> float:
        """Readings over `text` take room."""
        return size * (self.theme.type.line + (room_above(self._reading) if has_readings(text) else 0))

    @property
    def _reading(self) -> float:
        """Of readings, as a part of the size of the text."""
        return reading_part(self.theme.percent)

    def lines(
        self, text: str, width: float, size: int, *, bold: bool = False, language: str | None = None
    ) -> tuple[str, ...]:
        return _lines(text, width, size, bold, families(language or self.language), self._reading)

    def line_count(self, text: str, width: float, size: int, *, bold: bool = False, language: str | None = None) -> int:
        return _line_count(text, width, size, bold, families(language or self.language), self._reading)

    def width(self, text: str, size: int, *, bold: bool = False, language: str | None = None) -> float:
        return _measure(size, bold, families(language or self.language), self._reading)(text)

    def height(self, text: str, width: float, size: int, *, bold: bool = False, language: str | None = None) -> float:
        return self.line_count(text, width, size, bold=bold, language=language) * self.line_height(size, text)

    def whole(self, text: str, width: float, size: int, *, bold: bool = False, language: str | None = None) -> bool:
        """Whether no word has to be broken."""
        return _widest(text, size, bold, families(language or self.language), self._reading) <= width

    def fitting(
        self, text: str, width: float, kind: str, wished: int, *, bold: bool = False, room: float | None = None
    ) -> int:
        """The largest size from the wished one down to that of text which is not enlarged, by its name in the theme's
        type, at which no word is broken and the lines keep to the room."""
        usual = int(getattr(self.base.type, kind))
        sizes = dict.fromkeys((wished, (3 * wished + usual) // 4, (wished + usual) // 2, (wished + 3 * usual) // 4))
        for size in sizes:
            high = room is not None and self.height(text, width, size, bold=bold) > room
            if not high and self.whole(text, width, size, bold=bold):
                return size
        return min(wished, usual)

    def run(
        self,
        text: str,
        rect: QRectF,
        size: int,
        colour: str,
        *,
        bold: bool = False,
        centred: bool = True,
        language: str | None = None,
    ) -> Run:
        """`text` broken for `rect`, vertically in its middle. `language`: where it is not that of the screen."""
        spoken = language or self.language
        lines = self.lines(text, rect.width(), size, bold=bold, language=spoken)
        height = len(lines) * self.line_height(size, text)
        placed = QRectF(rect.x(), rect.y() + (rect.height() - height) / 2, rect.width(), height)
        return Run(text, placed, size, bold, colour, lines, centred, spoken)

    def paint(self, painter: QPainter, run: Run) -> None:
        painter.setPen(self.colour(run.colour))
        height = self.line_height(run.size, run.text)
        if has_readings(run.text):
            self._paint_with_readings(painter, run, height)
            return
        painter.setFont(_font(run.size, run.bold, families(run.language)))
        sunk = _sunk(run.size, run.bold, families(run.language))
        across = Qt.AlignmentFlag.AlignHCenter if run.centred else Qt.AlignmentFlag.AlignLeft
        for number, line in enumerate(run.lines):
            # a little wider than measured, so that rounding never cuts the last stroke
            box = QRectF(run.rect.x() - 2, run.rect.y() + number * height - sunk, run.rect.width() + 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | across | Qt.TextFlag.TextDontClip, line)

    def _paint_with_readings(self, painter: QPainter, run: Run, height: float) -> None:
        own = families(run.language)
        sizes = (run.size, _reading_size(run.size, self._reading))
        fonts = (_font(sizes[0], run.bold, own), _font(sizes[1], run.bold, own))
        measures = (_plain_measure(sizes[0], run.bold, own), _plain_measure(sizes[1], run.bold, own))
        for number, line in enumerate(run.lines):
            free = run.rect.width() - self.width(line, run.size, bold=run.bold, language=run.language)
            at = QPointF(run.rect.x() + (free / 2 if run.centred else 0), run.rect.y() + (number + 1) * height)
            paint_line(painter, line, at, run.size, self.line_height(run.size), fonts, measures)

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
        parent = widget.parentWidget()
        if parent is not None and parent.isWindow():
            rect = rect.translated(self.shift)
        left, top = round(rect.left() * self.scale), round(rect.top() * self.scale)
        right, bottom = round(rect.right() * self.scale), round(rect.bottom() * self.scale)
        widget.setGeometry(left, top, right - left, bottom - top)


@lru_cache(maxsize=64)
def _grown(kinds: TypeScale, percent: int) -> TypeScale:
    return kinds.grown(percent)


@lru_cache(maxsize=128)
def _font(size: int, bold: bool, families: tuple[str, ...]) -> QFont:
    font = QFont()
    font.setFamilies(list(families))
    font.setPixelSize(size)
    font.setBold(bold)
    # unhinted outlines scale evenly: the same line breaks at every window size
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=128)
def _sunk(size: int, bold: bool, families: tuple[str, ...]) -> float:
    """How far below the middle of their line the figures of a font would stand; above it where negative."""
    metrics = QFontMetricsF(_font(size, bold, families))
    return metrics.ascent() - metrics.height() / 2 + metrics.tightBoundingRect("0").center().y()


@lru_cache(maxsize=128)
def _plain_measure(size: int, bold: bool, families: tuple[str, ...]) -> Measure:
    metrics = QFontMetricsF(_font(size, bold, families))
    # a function of its own: of Qt's, the cache would look up the documentation, which takes longer than many texts
    return lru_cache(maxsize=1024)(lambda text: metrics.horizontalAdvance(text))


@lru_cache(maxsize=128)
def _measure(size: int, bold: bool, families: tuple[str, ...], reading: float) -> Measure:
    over = _reading_size(size, reading)
    return measured(_plain_measure(size, bold, families), _plain_measure(over, bold, families))


def _reading_size(size: int, reading: float) -> int:
    return max(1, round(size * reading))


@lru_cache(maxsize=2048)
def _lines(
    text: str, width: float, size: int, bold: bool, families: tuple[str, ...], reading: float
) -> tuple[str, ...]:
    return balanced(text, width, _measure(size, bold, families, reading))


@lru_cache(maxsize=2048)
def _line_count(text: str, width: float, size: int, bold: bool, families: tuple[str, ...], reading: float) -> int:
    return line_count(text, width, _measure(size, bold, families, reading))


@lru_cache(maxsize=2048)
def _widest(text: str, size: int, bold: bool, families: tuple[str, ...], reading: float) -> float:
    """Width of the widest word."""
    measure = _measure(size, bold, families, reading)
    return max((measure(piece.strip()) for piece in chunks(text)), default=0.0)
