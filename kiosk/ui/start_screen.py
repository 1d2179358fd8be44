"""Where the pieces of the start screen stand: poster and instruction in one, the other ways beside. Lengths are design
pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF

from kiosk.ui.fit import fits, place_of
from kiosk.ui.look import Look
from kiosk.ui.page import Page, place
from kiosk.ui.rows import ControlRows
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.panel import PanelButton, best_part, panel_boxes, seen_width

_OTHER_PART = 0.3
"""Of the height of a tall screen that the way without the card takes, where its words need no more."""

_COLUMNS = (0.6, 0.5)
"""The poster's part of a wide screen; less of it where the words beside it need more."""

_PICTURE_WIDTHS = (200.0, 110.0)
"""A picture is good from the first on; one below the second tells nobody anything."""


def arrange_start(look: Look, page: Page, rows: ControlRows, area: QRectF) -> None:
    """The poster takes what the others leave it: nine of ten people have come to place their card. Large letters leave
    the way without the card its name only, and at last the poster its words."""
    look.tight = True  # what stands below the ways takes little from them
    good, least = _PICTURE_WIDTHS
    fitting: list[tuple[_Way, float]] = []
    for way in (_Way(), _Way(terse=True), _Way(terse=True, flat=True)):
        _arrange(look, page, rows, area, way)
        everything = [page.title, *(w for w in page.widgets() if w is not page.title)]
        if all(_whole(look, c) for c in page.controls if isinstance(c, PanelButton)) and fits(look, everything, area):
            seen = seen_width(place_of(look, page.picture)) if page.picture is not None and not way.flat else 0.0
            if seen >= good:
                return
            fitting.append((way, seen))
    if fitting:
        _arrange(look, page, rows, area, next((way for way, seen in fitting if seen >= least), fitting[-1][0]))


class _Way(NamedTuple):
    terse: bool = False  # of the way without the card its label only
    flat: bool = False  # of the poster its words only


class _Pieces(NamedTuple):
    look: Look
    page: Page
    rows: ControlRows
    area: QRectF  # below the notices
    panels: Sequence[PanelButton]
    others: Sequence[PressButton]
    gap: float


def _arrange(look: Look, page: Page, rows: ControlRows, area: QRectF, way: _Way) -> None:
    tall = area.height() > area.width()
    space = look.theme.space
    gap = float(space.large) + (0.0 if tall else 8.0)
    top = area.y()
    for notice in page.notices:
        height = notice.height_for(area.width())
        place(look, notice, QRectF(area.x(), top, area.width(), height))
        top += height + space.gap
    area = QRectF(area.x(), top, area.width(), area.bottom() - top)
    panels = [c for c in page.controls if isinstance(c, PanelButton)]
    others = [c for c in page.controls if not isinstance(c, PanelButton)]
    for panel in panels:
        panel.terse = way.terse
    if page.poster is not None:
        page.poster.setVisible(not way.flat)
    if page.picture is not None:
        page.picture.setVisible(not way.flat)
    pieces = _Pieces(look, page, rows, area, panels, others, float(space.gap) if way.flat else gap)
    if way.flat:
        _flat(pieces)
    elif tall:
        _tall(pieces)
    else:
        _wide(pieces)


def _tall(pieces: _Pieces) -> None:
    """Poster, panels, other buttons from the top downwards."""
    look, page, rows, area, panels, others, gap = pieces
    low = rows.height(others, area.width())
    rows.place(others, QRectF(area.x(), area.bottom() - low, area.width(), low))
    rest = area.adjusted(0, 0, 0, -low - gap if others else 0)
    each = max(p.height_beside(area.width()) for p in panels)
    wished = each if any(p.terse for p in panels) else max(each, rest.height() * _OTHER_PART)
    each = min(wished, (rest.height() - gap * len(panels)) / (1 + len(panels)))
    bottom = rest.bottom()
    for panel in reversed(panels):
        _panel(look, panel, QRectF(rest.x(), bottom - each, rest.width(), each))
        bottom -= each + gap
    _poster(look, page, QRectF(rest.x(), rest.y(), rest.width(), bottom - rest.y()))


def _wide(pieces: _Pieces) -> None:
    """The poster on the left, all that can be pressed in a column on the right."""
    look, page, rows, area, panels, others, gap = pieces
    width, low, each = _column(pieces)
    x = area.right() - width
    for number, panel in enumerate(panels):
        _panel(look, panel, QRectF(x, area.y() + number * (each + gap), width, each))
    rows.place(others, QRectF(x, area.bottom() - low, width, low))
    _poster(look, page, area.adjusted(0, 0, -width - gap, 0))


def _column(pieces: _Pieces) -> tuple[float, float, float]:
    """The narrowest column that leaves each panel words and picture, or else its words: width, height of the buttons
    below the panels, and of each panel."""
    look, _, rows, area, panels, others, gap = pieces
    between = float(look.theme.space.gap) if others else 0.0
    found = []
    for part in _COLUMNS:
        width = (area.width() - gap) * (1 - part)
        low = rows.height(others, width)
        each = (area.height() - low - between - gap * (len(panels) - 1)) / len(panels)
        found.append((width, low, each))
    for picture in (True, False):
        for width, low, each in found:
            if all(min(p.height_beside(width), p.least_for(width, picture=picture)) <= each for p in panels):
                return width, low, each
    return found[-1]


def _flat(pieces: _Pieces) -> None:
    """The poster's words over the whole width; below what is pressed, on a wide screen in two columns."""
    look, page, rows, area, panels, others, gap = pieces
    tall = area.height() > area.width()
    width = area.width() if tall else (area.width() - gap) / 2
    low = rows.height(others, width)
    needs = [p.height_for(width) for p in panels]
    each = max([*needs, 0.0 if tall or not others else (low - gap * (len(panels) - 1)) / len(panels)])
    high = each * len(panels) + gap * (len(panels) - 1)
    rows.place(others, QRectF(area.right() - width, area.bottom() - low, width, low))
    top = area.bottom() - high - (low + gap if tall and others else 0.0)
    for number, panel in enumerate(panels):
        place(look, panel, QRectF(area.x(), top + number * (each + gap), width, each))
    height = page.title.height_for(area.width())
    place(look, page.title, QRectF(area.x(), area.y(), area.width(), height))
    words = area.y() + height
    for block in page.body:
        height = block.height_for(area.width())
        place(look, block, QRectF(area.x(), words, area.width(), height))
        words += height


def _whole(look: Look, panel: PanelButton) -> bool:
    """Whether its words have their size: where they do not find room, they shrink."""
    box = place_of(look, panel)
    return min(panel.height_beside(box.width()), panel.least_for(box.width())) <= box.height() + 2


def _panel(look: Look, panel: PanelButton, box: QRectF) -> None:
    panel.part = best_part(look, box.adjusted(0, 0, 0, -panel.edge), panel.label, panel.detail)
    place(look, panel, box)


def _poster(look: Look, page: Page, box: QRectF) -> None:
    assert page.poster is not None
    place(look, page.poster, box)
    title, words = page.title.sentence, "\n".join(block.sentence for block in page.body)
    above, picture, low = panel_boxes(look, box, title, words, part=best_part(look, box, title, words))
    place(look, page.title, above)
    if page.picture is not None:
        place(look, page.picture, picture)
    top = low.y()
    for block in page.body:
        height = block.height_for(low.width())
        place(look, block, QRectF(low.x(), top, low.width(), height))
        top += height
