"""What is wrong with a screen as it is drawn: cut or touching texts, small or crowded targets, weak contrast.

Contrast is taken from the painted picture: what a text stands on is the colour most of its place has, what it is
written in the painted colour nearest to the one meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.fit import glyphs, overlap, place_of, texts_fit
from kiosk.ui.linebreak import plain
from kiosk.ui.look import Look, Run
from kiosk.ui.reach import BODY_POINTS, GAP_MM, TARGET_MM, Glass
from kiosk.ui.theme import contrast
from kiosk.ui.widgets.badge import Badge
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.form_rows import AnswerRow
from kiosk.ui.widgets.guide_picture import GuidePicture
from kiosk.ui.widgets.pad import SignKey, WrittenLine
from kiosk.ui.widgets.panel import PosterPanel
from kiosk.ui.widgets.result_card import ResultCard
from kiosk.ui.window import PatientWindow

CONTRAST = 7.0
CONTRAST_OF_RESTING = 4.5
"""Of a control that cannot be pressed now."""

BADGE_POINTS = 18.0
"""What names the simulated parts is no instruction and may be smaller."""

_DENSE = 0.4
"""Of the commonest colour's pixels, so many must have the next one for that to be a ground."""

_ROUNDING_MM = 0.6  # of a window at half size


@dataclass
class Checked:
    shown: int = 0  # pictures that were looked at
    flaws: list[str] = field(default_factory=list)
    parts: dict[tuple[str, ...], int] = field(default_factory=dict)  # in which each row's screen was divided


def flaws(window: PatientWindow, glass: Glass, *, painted: bool) -> list[str]:
    """Of what is on the screen now, one sentence each. `painted`: contrast too, which takes most of the time."""
    found = [*text_flaws(window, window.look, glass), *_places(window), *_targets(window, glass)]
    return [*found, *contrast_flaws(window, window.look, picture_of(window))] if painted else found


def _visible(window: QWidget, *kinds: type[QWidget]) -> list[QWidget]:
    found = [w for w in window.findChildren(QWidget) if w.isVisible()]
    return [w for w in found if isinstance(w, kinds)] if kinds else found


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()!r}".replace("  ", " ")


def _runs(widget: QWidget) -> list[Run]:
    runs: list[Run] = getattr(widget, "runs", list)()
    return [run for run in runs if run.text]


def text_flaws(window: QWidget, look: Look, glass: Glass) -> Iterator[str]:
    """Of the texts of everything that is seen in a window."""
    for widget in _visible(window):
        if not texts_fit(look, widget):
            yield f"text does not fit: {_name(widget)}"
        least = BADGE_POINTS if isinstance(widget, Badge) else BODY_POINTS
        for run in _runs(widget):
            if glass.points(run.size) < least:
                yield f"text of {glass.points(run.size):.0f} pt: {_name(widget)} {run.text!r}"
            # what is said of a person may be longer than any line, and a key narrower than its word
            said = not isinstance(widget, WrittenLine | AnswerRow | ResultCard | SignKey) or not run.bold
            if said and _torn(look, run):
                yield f"torn word: {_name(widget)} {run.lines!r}"


def _torn(look: Look, run: Run) -> bool:
    """Whether a word is broken, or one letter stands alone on its line."""
    alone = len(run.lines) > 1 and any(len(plain(line)) == 1 for line in run.lines)
    return alone or not look.whole(run.text, run.rect.width() + 2, run.size, bold=run.bold, language=run.language)


def _places(window: PatientWindow) -> Iterator[str]:
    for widget in _visible(window):
        if not window.rect().contains(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())):
            yield f"outside the window: {_name(widget)}"
    solid = _visible(window, PressButton, QLabel, GuidePicture, CardPhoto)
    placed = [(w, _on_window(window.look, window, w)) for w in solid if not isinstance(w, PosterPanel)]
    for (first, one), (second, other) in combinations(placed, 2):
        nested = first.isAncestorOf(second) or second.isAncestorOf(first)
        if not nested and overlap(one, other):
            yield f"overlap: {_name(first)} over {_name(second)}"
    content = window.content
    if isinstance(content, CameraView) and content.isVisible():
        place = place_of(window.look, content)
        if place.height() < content.least_for(place.width()) - 2:
            yield f"small camera picture: {place.height():.0f}"


def _on_window(look: Look, window: PatientWindow, widget: QWidget) -> QRectF:
    corner = widget.mapTo(window, QPoint(0, 0))
    scale = look.scale
    return QRectF(corner.x() / scale, corner.y() / scale, widget.width() / scale, widget.height() / scale)


def _targets(window: PatientWindow, glass: Glass) -> Iterator[str]:
    look, millimetre = window.look, glass.mm_per_pixel
    placed = [(b, _on_window(look, window, b)) for b in _visible(window, PressButton)]
    for button, place in placed:
        edge = min(place.width(), place.height()) * millimetre
        if edge < TARGET_MM - _ROUNDING_MM:
            yield f"target of {edge:.1f} mm: {_name(button)}"
    for (first, one), (second, other) in combinations(placed, 2):
        across = max(one.left() - other.right(), other.left() - one.right(), 0.0)
        down = max(one.top() - other.bottom(), other.top() - one.bottom(), 0.0)
        if max(across, down) * millimetre < GAP_MM - _ROUNDING_MM:
            yield f"gap of {max(across, down) * millimetre:.1f} mm: {_name(first)} beside {_name(second)}"
    if window.low:
        highest, lowest = glass.within_reach(look.rect(window).height())
        for button, place in placed:
            if place.top() < highest - 2 or place.bottom() > lowest + 2:
                yield f"out of reach of somebody seated: {_name(button)}"


# ---------- contrast from the picture ----------


def picture_of(window: QWidget) -> QImage:
    return window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def contrast_flaws(window: QWidget, look: Look, picture: QImage) -> Iterator[str]:
    """Of the texts of everything that is seen in a window, as they are painted in its picture."""
    for widget in _visible(window):
        resting = isinstance(widget, PressButton) and not widget.isEnabled()
        corner = widget.mapTo(window, QPoint(0, 0))
        for run in _runs(widget):
            box, scale = glyphs(look, run), look.scale
            cut = QRect(
                corner.x() + round(box.x() * scale),
                corner.y() + round(box.y() * scale),
                max(1, round(box.width() * scale)),
                max(1, round(box.height() * scale)),
            )
            ratio = measured(picture.copy(cut & picture.rect()), look.colour(run.colour).name())
            if ratio < (CONTRAST_OF_RESTING if resting else CONTRAST):
                yield f"contrast of {ratio:.1f}: {_name(widget)} {run.text!r}"


def measured(part: QImage, meant: str) -> float:
    """Contrast of the text in this part of a picture; 1 when nothing is written there in about that colour."""
    rows, step = part.height(), part.bytesPerLine()
    pixels: Counter[int] = Counter()
    bits = memoryview(part.constBits())
    for row in range(0, rows, 2):  # a stroke is higher than one row; what is missed can only look fainter
        line = bits[row * step : row * step + part.width() * 4]
        pixels.update(line.cast("I"))
    (ground, often), *others = pixels.most_common(2)
    red, green, blue = (int(meant[i : i + 2], 16) for i in (1, 3, 5))

    def away(pixel: int) -> int:
        return abs((pixel >> 16 & 255) - red) + abs((pixel >> 8 & 255) - green) + abs((pixel & 255) - blue)

    ink = min(pixels, key=away)
    if ink == ground and others and others[0][1] > often * _DENSE:
        ground = others[0][0]  # strokes so dense that they cover more than they leave
    return ratio(ink, ground)


@lru_cache(maxsize=4096)
def ratio(first: int, second: int) -> float:
    """Contrast of two pixels, 0xffRRGGBB."""
    return contrast(f"#{first & 0xFFFFFF:06X}", f"#{second & 0xFFFFFF:06X}")
