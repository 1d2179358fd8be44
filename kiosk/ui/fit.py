"""Whether what was placed fits: nothing outside, nothing over another thing, no text larger than its place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.pad import Pad
from kiosk.ui.widgets.panel import PosterPanel

_LEEWAY = 2.0  # design pixels that rounding to the screen's own may take


def fits(look: Look, widgets: Sequence[QWidget], area: QRectF) -> bool:
    """`area`: where all of them have to be, in design pixels; the title may stand beside the frame."""
    placed = [(widget, place_of(look, widget)) for widget in widgets if not widget.isHidden()]
    inside = area.adjusted(-_LEEWAY, -_LEEWAY, _LEEWAY, _LEEWAY)
    for number, (widget, place) in enumerate(placed):
        title = number == 0 or isinstance(widget, PosterPanel)
        if not (title or inside.contains(place)) or not _high_enough(widget, place):
            return False
    solid = [place for widget, place in placed if not isinstance(widget, PosterPanel)]
    if any(overlap(first, second) for first, second in combinations(solid, 2)):
        return False
    return all(texts_fit(look, widget) for widget, _place in placed)  # at last: it takes longest


def place_of(look: Look, widget: QWidget) -> QRectF:
    """In design pixels, in its window."""
    found, scale = widget.geometry(), look.scale
    place = QRectF(found.x() / scale, found.y() / scale, found.width() / scale, found.height() / scale)
    return place.translated(-look.shift)


def overlap(first: QRectF, second: QRectF) -> bool:
    shared = first & second
    return shared.width() > _LEEWAY and shared.height() > _LEEWAY


def texts_fit(look: Look, widget: QWidget) -> bool:
    """Whether each of its texts has room, and none touches another."""
    runs: list[Run] = getattr(widget, "runs", list)()
    inside = look.rect(widget).adjusted(-_LEEWAY, -_LEEWAY, _LEEWAY, _LEEWAY)
    for run in runs:
        if run.text and not inside.contains(run.rect):
            return False
        widths = (look.width(line, run.size, bold=run.bold, language=run.language) for line in run.lines)
        if any(width > run.rect.width() + _LEEWAY for width in widths):
            return False
    return not any(overlap(glyphs(look, first), glyphs(look, second)) for first, second in combinations(runs, 2))


def glyphs(look: Look, run: Run) -> QRectF:
    """A text without the air above and below its lines."""
    air = run.size * (look.theme.type.line - 1) / 2
    return run.rect.adjusted(0, air, 0, -air)


def _high_enough(widget: QWidget, place: QRectF) -> bool:
    if isinstance(widget, DigitPad | Pad | CameraView | CardPhoto):
        return place.height() >= widget.least_for(place.width()) - _LEEWAY
    return True
