"""A screen whose words and controls do not fit at once: leaves, turned by one large button.

What is pressed stands on every leaf wherever there is room for it, and what is read is divided: nobody has to look for
the button. Else the main buttons do, and choices between equals stay together. On a wide screen words and buttons, or
the keys and what belongs to them, stand side by side. Lengths are design pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look
from kiosk.ui.page import Page, place
from kiosk.ui.rows import ControlRows
from kiosk.ui.theme import Kept, Step
from kiosk.ui.widgets.button import MainButton, PressButton, QuietButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.form_rows import AnswerGrid, ChoiceOption
from kiosk.ui.widgets.guide_picture import GuidePicture
from kiosk.ui.widgets.notice import NoticeBox
from kiosk.ui.widgets.pad import Pad
from kiosk.ui.widgets.result_card import ResultCard
from kiosk.ui.widgets.text import TextBlock

_PICTURE_LEAST = 200.0
_CLOSE = 16.0
"""Between two sentences."""

_BETWEEN = 64.0
"""Two columns."""

_KEPT: Mapping[str, tuple[type[PressButton], ...]] = {
    "all": (PressButton,),
    "ways on": (MainButton, QuietButton),
    "main": (MainButton,),
}
"""What stands on every leaf: the most that leaves room for the rest. A way out is kept beside a main button only: "none
of these" means nothing where these cannot be seen."""

_LESS = ("content", "")
"""Keys or the camera picture alone; nothing."""

_BESIDE_GRID = 460.0
"""Width of words and buttons beside the answers of the form."""


@dataclass(frozen=True)
class Part:
    """Something that stays whole. `pressed`: it belongs to the bottom of its leaf. `kept`: it stands on every leaf."""

    least: Callable[[float], float]
    widgets: tuple[QWidget, ...]
    pressed: bool = False
    line: int | None = None  # of an answer grid
    grows: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Leaf:
    parts: tuple[Part, ...] = ()

    def of(self, *, pressed: bool) -> list[Part]:
        return [part for part in self.parts if part.pressed is pressed]

    def own(self) -> list[Part]:
        return [part for part in self.parts if not part.kept]


@dataclass(frozen=True)
class Plan:
    """Boxes for what is read, for what is pressed, and for pad, camera picture or answers; they may be the same."""

    seen: QRectF
    pressed: QRectF
    content: QRectF

    def box(self, part: Part) -> QRectF:
        if part.line is not None or isinstance(part.widgets[0], _CONTENT):
            return self.content
        return self.pressed if part.pressed else self.seen

    def boxes(self) -> list[QRectF]:
        found: list[QRectF] = []
        for box in (self.seen, self.pressed, self.content):
            if box not in found:
                found.append(box)
        return found


class Leaves:
    """Distributes one page over leaves and places one of them."""

    def __init__(self, look: Look, page: Page, more: PressButton, rows: ControlRows) -> None:
        self._look = look
        self._page = page
        self._more = more
        self._rows = rows
        self._gap = float(look.theme.space.gap)
        self._divides = False  # choices between equals may be
        self.leaves: list[Leaf] = []

    def divide(self, area: QRectF, beside: float, lowest_top: float, step: Step) -> int:
        """Distribute over `area`; returns the number of leaves. `beside`: width that a sign takes at the left of the
        title. Nothing that is pressed may begin above `lowest_top`. 0 where it cannot be done as the step wants it."""
        self._area = area
        self._beside = beside
        self._lowest_top = lowest_top
        self._rest = area.adjusted(0, self._title_height(area), 0, 0)
        self.leaves = []
        for keep in (*_KEPT, *_LESS[: 2 - step.kept]):
            for plan in self._plans():
                found = self._divided(plan, keep, step)
                if found and (not self.leaves or len(found) < len(self.leaves)):
                    self.leaves, self._plan = found, plan
            if 0 < len(self.leaves) <= step.parts:
                break
        return len(self.leaves)

    def leaf_of(self, widget: QWidget, now: int) -> int | None:
        """On which leaf it stands; of several that one which is shown `now`."""
        found = [number for number, leaf in enumerate(self.leaves) if any(self._holds(p, widget) for p in leaf.parts)]
        return now if now in found else next(iter(found), None)

    def _holds(self, part: Part, widget: QWidget) -> bool:
        if part.line is None:
            return any(w is widget or w.isAncestorOf(widget) for w in part.widgets)
        grid = self._page.content
        return isinstance(grid, AnswerGrid) and widget in grid.line(part.line)

    # ---------- distribution ----------

    def _plans(self) -> list[Plan]:
        rest, content = self._rest, self._page.content
        stacked = Plan(rest, rest, rest)
        if rest.height() > rest.width():
            return [stacked]
        part = 1 - _BESIDE_GRID / rest.width() if isinstance(content, AnswerGrid) else 0.5
        left = QRectF(rest.x(), rest.y(), rest.width() * part - _BETWEEN / 2, rest.height())
        right = QRectF(left.right() + _BETWEEN, rest.y(), rest.right() - left.right() - _BETWEEN, rest.height())
        if isinstance(content, AnswerGrid | CameraView | CardPhoto):
            return [Plan(right, right, left), stacked]
        if isinstance(content, DigitPad | Pad):
            return [Plan(left, left, right), stacked]
        if isinstance(content, ResultCard):
            return [Plan(right, right, left), Plan(left, right, left), stacked]
        return [Plan(left, right, left), stacked]

    def _divided(self, plan: Plan, keep: str, step: Step) -> list[Leaf]:
        """Empty where it cannot be done so. `keep`: which controls stand on every leaf."""
        at_last = step.parts > 2 and not keep
        self._divides = step.kept < Kept.WAYS_ON
        parts = self._parts(plan, keep)
        if parts is None:
            return []
        room = self._rest.height() - self._more.height_for(plan.pressed.width()) - self._gap
        for block in self._said():  # a sentence that is longer than a leaf gets smaller
            block.room = room if at_last else None
        if self._fits(Leaf(tuple(parts)), plan, more=False):
            return [Leaf(tuple(parts))]
        if step.parts == 1:
            return []
        leaves = self._spread(parts, plan, at_last=at_last)
        if leaves and not any(map(_answers, leaves[0].parts)) and any(map(_answers, parts)):
            # the first leaf would ask and offer nothing to choose: what is said beside the question comes later
            words = [part for part in parts if isinstance(part.widgets[0], TextBlock)]
            later = self._spread([*(part for part in parts if part not in words), *words], plan, at_last=at_last)
            return later if 0 < len(later) <= len(leaves) else leaves
        return leaves

    def _spread(self, parts: Sequence[Part], plan: Plan, *, at_last: bool) -> list[Leaf]:
        """As many on a leaf as fit. `at_last`: rather too much on one than not at all."""
        leaves = [_leaf(parts, [])]
        if not self._fits(leaves[0], plan) and not at_last:
            return []
        for part in (p for p in parts if not p.kept):
            tried = _leaf(parts, [*leaves[-1].own(), part])
            if self._fits(tried, plan) or (not leaves[-1].own() and at_last):
                leaves[-1] = tried
                continue
            alone = _leaf(parts, [part])
            if not at_last and not self._fits(alone, plan):
                return []
            leaves.append(alone)
        return leaves

    def _said(self) -> list[TextBlock | NoticeBox]:
        return [*self._page.body, *self._page.notices]

    def _parts(self, plan: Plan, keep: str) -> list[Part] | None:
        """In reading order; None where there is nothing to keep so."""
        page, content = self._page, self._page.content
        pieces: list[NoticeBox | TextBlock] = [*page.notices, *page.body]
        words = [Part(piece.height_for, (piece,)) for piece in pieces]
        controls = self._control_parts(plan, keep)
        if controls is None:
            return None
        if content is None:
            return [*words, *controls]
        if isinstance(content, AnswerGrid):
            heights = content.line_heights(plan.content.width())
            lines = [Part(_constant(h), (content,), pressed=True, line=n) for n, h in enumerate(heights)]
            return [*words, *lines, *controls]
        kept = bool(keep)
        if isinstance(content, DigitPad | Pad):
            pad = Part(content.least_for, (content,), pressed=True, grows=True, kept=kept)
            if not kept and not self._fits(Leaf((pad, *controls)), plan):
                return [*words, *controls, pad]
            return [*words, pad, *controls]
        if isinstance(content, CameraView | CardPhoto):
            return [Part(content.least_for, (content,), grows=True, kept=kept), *words, *controls]
        if not isinstance(content, ResultCard):
            return [*words, Part(content.height_for, (content,)), *controls]
        notices = len(page.notices)
        before, after = words[:notices], words[notices:]
        width, alone = plan.content.width(), plan.content not in (plan.seen, plan.pressed)
        others = [] if alone else [part.least(width) for part in before]
        if plan.content == plan.pressed:
            others += [part.least(width) for part in controls if part.kept] + [self._more.height_for(width)]
        content.room = plan.content.height() - sum(others) - self._gap * len(others)
        return [*before, Part(content.height_for, (content,), kept=kept and alone), *after, *controls]

    def _control_parts(self, plan: Plan, keep: str) -> list[Part] | None:
        """In their order. Those that are not kept stay together, too; by rows only where they would not fit on a leaf
        with what is kept."""
        buttons, parts = self._page.controls, list[Part]()
        kinds = _KEPT.get(keep, ())
        groups = [(kept, list(group)) for kept, group in groupby(buttons, lambda button: isinstance(button, kinds))]
        led = any(isinstance(button, MainButton) for button in buttons)
        if keep in ("ways on", "main") and not (led and len({kept for kept, _group in groups}) > 1):
            return None
        whole = [self._buttons(plan, group, kept=kept) for kept, group in groups]
        always = [part for part in whole if part.kept]
        for (kept, group), together in zip(groups, whole, strict=True):
            if kept or not self._divides or self._fits(Leaf((together, *always)), plan):
                parts.append(together)
            else:
                parts += [self._buttons(plan, row) for row in self._control_rows(group, plan.pressed.width())]
        return parts

    def _buttons(self, plan: Plan, buttons: Sequence[PressButton], *, kept: bool = False) -> Part:
        rows = self._control_rows(buttons, plan.pressed.width())
        heights = [self._rows.row_height(row, plan.pressed.width()) for row in rows]
        return Part(_constant(_stacked(heights, self._gap)), tuple(buttons), pressed=True, kept=kept)

    def _control_rows(self, buttons: Sequence[PressButton], width: float) -> list[list[PressButton]]:
        """Beside a pad up to three short buttons share a row, whatever their weight: the keys need the height."""
        buttons = list(buttons)
        count = len(buttons)
        each = (width - self._gap * (count - 1)) / count
        pad = isinstance(self._page.content, DigitPad | Pad)
        if pad and count in (2, 3) and all(_short(b, each) for b in buttons):
            return [buttons]
        return self._rows.of(buttons, width)

    def _title_height(self, area: QRectF) -> float:
        if not self._page.title_inside:
            return 0.0
        return max(self._page.title.height_for(area.width() - self._beside), self._beside - 20) + self._gap

    def _fits(self, leaf: Leaf, plan: Plan, *, more: bool = True) -> bool:
        for box in plan.boxes():
            heights = [(part.least(box.width()), part.pressed) for part in leaf.parts if plan.box(part) == box]
            if more and box == plan.pressed:
                heights.append((self._more.height_for(box.width()), True))
            pressed = [height for height, low in heights if low]
            reach = box.bottom() - max(box.y(), self._lowest_top)
            if self._total(heights) > box.height() + 0.5:
                return False
            if _stacked(pressed, self._gap) > reach + 0.5:
                return False
        return True

    def _total(self, heights: Sequence[tuple[float, bool]]) -> float:
        """Of what stands one below the other, and whether it is pressed; sentences stand closer than buttons."""
        gaps = [self._gap if one[1] or other[1] else _CLOSE for one, other in pairwise(heights)]
        return sum(height for height, _pressed in heights) + sum(gaps)

    # ---------- placing ----------

    def show(self, number: int) -> None:
        """Place this leaf."""
        leaf, page, area, plan = self.leaves[number], self._page, self._area, self._plan
        many = len(self.leaves) > 1
        if page.poster is not None:
            page.poster.hide()
        here = {widget for part in leaf.parts for widget in part.widgets}
        for widget in [*self._said(), *page.controls, *([page.content] if page.content else [])]:
            widget.setVisible(widget in here)
        if page.title_inside:
            height = self._title_height(area) - self._gap
            place(
                self._look, page.title, QRectF(area.x() + self._beside, area.y(), area.width() - self._beside, height)
            )
        bottom = plan.pressed.bottom()
        self._more.setVisible(many)
        if many:
            height = self._more.height_for(plan.pressed.width())
            place(self._look, self._more, QRectF(plan.pressed.x(), bottom - height, plan.pressed.width(), height))
            bottom -= height + self._gap
        for box in plan.boxes():
            parts = [part for part in leaf.parts if plan.box(part) == box]
            end = bottom if box == plan.pressed else box.bottom()
            picture = page.picture if box == plan.seen else None
            if picture is not None and number:
                picture.hide()
                picture = None
            room = QRectF(box.x(), box.y(), box.width(), end - box.y())
            self._fill(parts, room, picture, alone=box != plan.pressed)

    def _fill(self, parts: Sequence[Part], box: QRectF, picture: GuidePicture | None, *, alone: bool) -> None:
        """Seen from the top downwards, pressed from the bottom upwards. `alone`: nothing is pressed below."""
        width = box.width()
        heights = [part.least(width) for part in parts]
        free = box.height() - self._total([(h, part.pressed) for part, h in zip(parts, heights, strict=True)])
        top, bottom = box.y(), box.bottom()
        reach = (
            bottom
            - max(box.y(), self._lowest_top)
            - _stacked([h for part, h in zip(parts, heights, strict=True) if part.pressed], self._gap)
        )
        lines = [part for part in parts if part.line is not None]
        grown: dict[int, float] = {}
        for part, height in zip(parts, heights, strict=True):
            widget = part.widgets[0]
            if part.grows and isinstance(widget, DigitPad | Pad | CameraView | CardPhoto):
                most = max(0.0, widget.height_for(width) - height)
                grown[id(part)] = max(0.0, min(free, most, reach if part.pressed else most))
                free -= grown[id(part)]
        for part, height in zip(reversed(parts), reversed(heights), strict=True):
            if not part.pressed or part.line is not None:
                continue
            height = min(height + grown.get(id(part), 0.0), bottom - top)
            at = QRectF(box.x(), bottom - height, width, height)
            if isinstance(part.widgets[0], DigitPad | Pad):
                place(self._look, part.widgets[0], at)
            else:
                self._place_rows(part, at)
            bottom -= height + self._gap
        grid = self._page.content
        if lines and isinstance(grid, AnswerGrid):
            numbers = [part.line for part in lines if part.line is not None]
            grid.show_lines(numbers[0], numbers[-1] + 1)
            height = _stacked([part.least(width) for part in lines], self._gap)
            alone = len(lines) == len(parts)
            first = max(box.y(), min(self._lowest_top + 2, bottom - height)) if alone else bottom - height
            at = QRectF(box.x(), first, width, height)
            place(self._look, grid, at)
        top, room = box.y(), free - self._gap
        there = picture is not None and room >= _PICTURE_LEAST and not grown
        if picture is not None:
            picture.setVisible(there)
            if there:
                height = min(room, float(self._look.theme.space.picture_max))
                place(self._look, picture, QRectF(box.x(), top, width, height))
                top += height + self._gap
        elif alone and not grown:
            top += max(0.0, free) * 0.3  # words of a column of their own stand as on a screen that is whole
        for part in (part for part in parts if not part.pressed):
            height = part.least(width) + grown.get(id(part), 0.0)
            widget = part.widgets[0]
            if isinstance(widget, TextBlock):
                widget.centred = True
            place(self._look, widget, QRectF(box.x(), top, width, height))
            top += height + _CLOSE

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


def _short(button: PressButton, width: float) -> bool:
    room = button.text_area(width, 0).width()
    return not button.detail and button.look.width(button.label, button.label_px(), bold=True) <= room


def _answers(part: Part) -> bool:
    return any(isinstance(widget, ChoiceOption) for widget in part.widgets)


def _constant(value: float) -> Callable[[float], float]:
    return lambda _width: value


_CONTENT = (DigitPad, Pad, CameraView, CardPhoto, ResultCard)


def _leaf(parts: Sequence[Part], own: Sequence[Part]) -> Leaf:
    """With everything that is kept, in reading order."""
    return Leaf(tuple(part for part in parts if part.kept or part in own))


def _stacked(heights: Sequence[float], gap: float) -> float:
    return sum(heights) + gap * max(0, len(heights) - 1)
