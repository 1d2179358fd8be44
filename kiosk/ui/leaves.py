"""A screen whose words and controls do not fit at once: leaves, turned by one large button.

On each leaf the title stands above, what is read or seen below it, and what is pressed at the bottom. Controls that are
a choice between equals stay on one leaf. Lengths are design pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look
from kiosk.ui.page import Page, place
from kiosk.ui.rows import ControlRows
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.form_rows import AnswerGrid
from kiosk.ui.widgets.notice import NoticeBox
from kiosk.ui.widgets.pad import Pad
from kiosk.ui.widgets.result_card import ResultCard
from kiosk.ui.widgets.signature_pad import SignaturePad
from kiosk.ui.widgets.text import TextBlock

_PICTURE_LEAST = 200.0
_MORE_WIDTH = 440.0


@dataclass(frozen=True)
class Part:
    """Something that stays whole. `pressed`: it belongs to the bottom of its leaf."""

    least: Callable[[float], float]
    widgets: tuple[QWidget, ...]
    pressed: bool = False
    line: int | None = None  # of an answer grid
    grows: bool = False


@dataclass
class Leaf:
    parts: list[Part] = field(default_factory=list)

    def of(self, *, pressed: bool) -> list[Part]:
        return [part for part in self.parts if part.pressed is pressed]


class Leaves:
    """Distributes one page over leaves and places one of them."""

    def __init__(self, look: Look, page: Page, more: PressButton, rows: ControlRows) -> None:
        self._look = look
        self._page = page
        self._more = more
        self._rows = rows
        self._gap = float(look.theme.space.gap)
        self.leaves: list[Leaf] = []

    def arrange(self, area: QRectF, beside: float, leaf: int, lowest_top: float) -> int:
        """Distribute over `area` and place leaf number `leaf`, or the last; returns its number. `beside`: width that a
        sign takes at the left of the title. Nothing that is pressed may begin above `lowest_top`."""
        self._area = area
        self._beside = beside
        self._low = max(0.0, area.bottom() - lowest_top)
        parts = self._parts(area.width())
        content = self._page.content
        grid = isinstance(content, AnswerGrid)
        if self._page.title_inside and isinstance(content, DigitPad | Pad | CameraView) and not grid:
            # Keys and the picture come first: the title shrinks for them.
            wide = area.width() > area.height()
            least = content.least_for(area.width() - (_MORE_WIDTH + self._gap if wide else 0.0))
            below = 0.0 if wide else self._more.height_for(area.width()) + self._gap
            self._page.title.room = area.height() - self._gap - least - below
        said: list[TextBlock | NoticeBox] = [*self._page.body, *self._page.notices]
        for block in said:  # a sentence that is longer than a leaf gets smaller
            block.room = area.height() - self._title_height(area) - self._more.height_for(area.width()) - self._gap
        whole = Leaf(parts)
        self.leaves = [whole] if self._fits(whole, more=False) else self._distribute(parts)
        shown = min(leaf, len(self.leaves) - 1)
        self.show(shown)
        return shown

    def leaf_of(self, widget: QWidget) -> int | None:
        """On which leaf it stands."""
        for number, leaf in enumerate(self.leaves):
            for part in leaf.parts:
                if part.line is None and any(w is widget or w.isAncestorOf(widget) for w in part.widgets):
                    return number
                grid = self._page.content
                if part.line is not None and isinstance(grid, AnswerGrid) and widget in grid.line(part.line):
                    return number
        return None

    # ---------- distribution ----------

    def _parts(self, width: float) -> list[Part]:
        page, content = self._page, self._page.content
        pieces: list[NoticeBox | TextBlock] = [*page.notices, *page.body]
        words = [Part(piece.height_for, (piece,)) for piece in pieces]
        controls = self._control_parts(width)
        if content is None:
            return [*words, *controls]
        if isinstance(content, AnswerGrid):
            grid = content
            heights = grid.line_heights(width)
            lines = [Part(_constant(h), (grid,), pressed=True, line=n) for n, h in enumerate(heights)]
            return [*words, *lines, *controls]
        if isinstance(content, DigitPad | Pad):
            pad = Part(content.least_for, (content,), pressed=True, grows=True)
            warned = [part for part in words if isinstance(part.widgets[0], NoticeBox)]
            said = [part for part in words if part not in warned]
            first = said if isinstance(content, SignaturePad) else []  # what is signed is read before
            after = [part for part in said if part not in first]
            return [*warned, *first, pad, *controls, *after]  # to write and to go on belong together
        if isinstance(content, CameraView | CardPhoto):
            return [Part(content.least_for, (content,), grows=True), *words, *controls]
        shown = Part(content.height_for, (content,))
        if isinstance(content, ResultCard):
            below = 0.0 if self._area.width() > self._area.height() else self._more.height_for(width) + self._gap
            content.room = self._area.height() - self._title_height(self._area) - below
            notices = len(page.notices)
            return [*words[:notices], shown, *words[notices:], *controls]
        return [*words, shown, *controls]

    def _control_parts(self, width: float) -> list[Part]:
        """All controls together; by rows only where they would not fit on a leaf of their own."""
        if not self._page.controls:
            return []
        rows = self._control_rows(self._page.controls, width)
        each = [self._buttons(row) for row in rows]
        return [self._buttons(self._page.controls)] if self._fits(Leaf(each), more=True) else each

    def _buttons(self, buttons: Sequence[PressButton]) -> Part:
        """In as many rows as the width of its leaf asks for."""

        def least(width: float) -> float:
            rows = self._control_rows(buttons, width)
            return sum(self._rows.row_height(row, width) for row in rows) + self._gap * (len(rows) - 1)

        return Part(least, tuple(buttons), pressed=True)

    def _control_rows(self, buttons: Sequence[PressButton], width: float) -> list[list[PressButton]]:
        """Beside a pad two short buttons share a row, whatever their weight: the keys need the height."""
        buttons = list(buttons)
        half = (width - self._gap) / 2
        if (
            len(buttons) == 2
            and isinstance(self._page.content, DigitPad | Pad)
            and all(_short(b, half) for b in buttons)
        ):
            return [buttons]
        return self._rows.of(buttons, width)

    def _distribute(self, parts: Sequence[Part]) -> list[Leaf]:
        leaves = [Leaf()]
        for part in parts:
            tried = Leaf([*leaves[-1].parts, part])
            if not leaves[-1].parts or self._fits(tried, more=True):
                leaves[-1] = tried
            else:
                leaves.append(Leaf([part]))
        return leaves

    def _title_height(self, area: QRectF) -> float:
        if not self._page.title_inside:
            return 0.0
        return max(self._page.title.height_for(area.width() - self._beside), self._beside - 20) + self._gap

    def _beside_content(self, leaf: Leaf) -> bool:
        """On a wide screen the button that turns leaves stands beside a pad or picture: below, it would take the height
        that they need."""
        content = self._page.content
        if isinstance(content, AnswerGrid):  # its lines were divided for the whole width
            return False
        return self._area.width() > self._area.height() and any(content in part.widgets for part in leaf.parts)

    def _width(self, leaf: Leaf, *, more: bool) -> float:
        """What the parts of the leaf have."""
        beside = more and self._beside_content(leaf)
        return self._area.width() - (_MORE_WIDTH + self._gap if beside else 0.0)

    def _fits(self, leaf: Leaf, *, more: bool) -> bool:
        above, below = self._heights(leaf, more=more)
        height = self._area.height() - self._title_height(self._area)
        joined = above + below + (self._gap if above and below else 0.0)
        return joined <= height + 0.5 and below <= self._low + 0.5

    def _heights(self, leaf: Leaf, *, more: bool) -> tuple[float, float]:
        """Least heights of what is seen and of what is pressed."""
        width, found = self._width(leaf, more=more), []
        for pressed in (False, True):
            heights = [part.least(width) for part in leaf.of(pressed=pressed)]
            if pressed and more and not self._beside_content(leaf):
                heights.append(self._more.height_for(width))
            found.append(sum(heights) + self._gap * max(0, len(heights) - 1))
        return found[0], found[1]

    # ---------- placing ----------

    def show(self, number: int) -> None:
        """Place this leaf."""
        leaf, page, area, width = self.leaves[number], self._page, self._area, self._area.width()
        many = len(self.leaves) > 1
        if page.poster is not None:
            page.poster.hide()
        here = {widget for part in leaf.parts for widget in part.widgets}
        for widget in [*page.notices, *page.body, *page.controls, *([page.content] if page.content else [])]:
            widget.setVisible(widget in here)
        self._more.setVisible(many)
        top = area.y()
        if page.title_inside:
            height = self._title_height(area) - self._gap
            place(self._look, page.title, QRectF(area.x() + self._beside, top, width - self._beside, height))
            top += height + self._gap
        above, below = self._heights(leaf, more=many)
        free = area.bottom() - top - above - below - (self._gap if above and below else 0.0)
        bottom = area.bottom()
        if many:
            height = self._more.height_for(width)
            beside = self._beside_content(leaf)
            each = _MORE_WIDTH if beside else width
            place(self._look, self._more, QRectF(area.right() - each, bottom - height, each, height))
            bottom -= 0.0 if beside else height + self._gap
        self._leaf_width = self._width(leaf, more=many)
        grown = self._place_pressed(leaf, max(top, area.bottom() - self._low), bottom, free)
        self._place_seen(leaf, top, free - grown)

    def _place_pressed(self, leaf: Leaf, top: float, bottom: float, free: float) -> float:
        """From the bottom upwards; returns how much of what was free a pad took."""
        area, width, taken = self._area, self._leaf_width, 0.0
        lines = [part for part in leaf.parts if part.line is not None]
        for part in reversed(leaf.of(pressed=True)):
            height = part.least(width)
            if part.line is not None:
                continue
            if part.grows and isinstance(part.widgets[0], DigitPad | Pad):
                pad = part.widgets[0]
                room = self._low - (area.bottom() - bottom)
                grown = min(free, max(0.0, pad.height_for(width) - height), max(0.0, room - height))
                height += grown
                taken += grown
                height = min(height, bottom - top)
                place(self._look, pad, QRectF(area.x(), bottom - height, width, height))
            else:
                height = min(height, bottom - top)
                self._place_rows(part, QRectF(area.x(), bottom - height, width, height))
            bottom -= height + self._gap
        grid = self._page.content
        if lines and isinstance(grid, AnswerGrid):
            numbers = [part.line for part in lines if part.line is not None]
            grid.show_lines(numbers[0], numbers[-1] + 1)
            height = sum(part.least(width) for part in lines) + self._gap * (len(lines) - 1)
            place(self._look, grid, QRectF(area.x(), bottom - height, width, height))
        return taken

    def _place_rows(self, part: Part, box: QRectF) -> None:
        buttons = [widget for widget in part.widgets if isinstance(widget, PressButton)]
        top = box.y()
        rows = self._control_rows(buttons, box.width())
        for row in rows:
            height = self._rows.row_height(row, box.width()) if len(rows) > 1 else box.height()
            each = (box.width() - self._gap * (len(row) - 1)) / len(row)
            for number, button in enumerate(row):
                place(self._look, button, QRectF(box.x() + number * (each + self._gap), top, each, height))
            top += height + self._gap

    def _place_seen(self, leaf: Leaf, top: float, free: float) -> None:
        """From the top downwards, with the picture in what is left."""
        area, width, page = self._area, self._leaf_width, self._page
        seen = leaf.of(pressed=False)
        growing = any(part.grows for part in seen)
        picture = page.picture
        room = free - self._gap
        with_picture = picture is not None and not growing and room >= _PICTURE_LEAST and leaf is self.leaves[0]
        if picture is not None:
            picture.setVisible(with_picture)
            if with_picture:
                height = min(room, float(self._look.theme.space.picture_max))
                place(self._look, picture, QRectF(area.x(), top, width, height))
                top += height + self._gap
                free -= height + self._gap
        for part in seen:
            height = part.least(width)
            widget = part.widgets[0]
            if part.grows and isinstance(widget, CameraView | CardPhoto):
                grown = min(free, max(0.0, widget.height_for(width) - height))
                height, free = height + grown, free - grown
            if isinstance(widget, TextBlock):
                widget.centred = True
            place(self._look, widget, QRectF(area.x(), top, width, height))
            top += height + self._gap


def _short(button: PressButton, width: float) -> bool:
    room = button.text_area(width, 0).width()
    return not button.detail and button.look.width(button.label, button.label_px(), bold=True) <= room


def _constant(value: float) -> Callable[[float], float]:
    return lambda _width: value
