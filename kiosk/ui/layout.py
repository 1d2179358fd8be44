"""Where the pieces of a screen stand: one description for portrait and landscape. Lengths are design pixels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from kiosk.ui.fit import fits, place_of, texts_fit
from kiosk.ui.leaves import Leaves
from kiosk.ui.look import Look
from kiosk.ui.mood import SIGN
from kiosk.ui.page import Page, place
from kiosk.ui.rows import ControlRows
from kiosk.ui.start_screen import arrange_start
from kiosk.ui.theme import ROOM_STEPS, Step
from kiosk.ui.widgets.button import ChoiceCard, PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.form_rows import AnswerGrid, ChoiceOption
from kiosk.ui.widgets.item_switch import ItemSwitch
from kiosk.ui.widgets.notice import NoticeBox
from kiosk.ui.widgets.pad import Pad
from kiosk.ui.widgets.panel import PanelButton
from kiosk.ui.widgets.progress import ProgressDots
from kiosk.ui.widgets.result_card import ResultCard
from kiosk.ui.widgets.text import TextBlock

_EQUAL_CARDS = 3
"""So many stay below one another and alike."""

_PICTURE_LEAST = 200.0
_PICTURE_WIDE_LEAST = 260.0


class Layout:
    """Arranges one page inside an area. What does not fit at once goes on leaves; `more` turns them."""

    def __init__(self, look: Look, page: Page, more: PressButton) -> None:
        self._look = look
        self._page = page
        self._more = more
        self._leaves: Leaves | None = None
        self._asked: tuple[object, ...] = ()
        self._lowest_top = 0.0
        self.leaf = 0
        self._title_beside: QRectF | None = None
        self._rows = ControlRows(look)

    @property
    def count(self) -> int:
        """Of leaves."""
        return 1 if self._leaves is None else len(self._leaves.leaves)

    @property
    def as_asked(self) -> bool:
        """Whether everything is shown at once, in the size that the reader wants."""
        return self.count == 1 and self._look.theme.percent == self._look.asked.percent

    @property
    def _gap(self) -> float:
        return float(self._look.theme.space.gap)

    @property
    def _large(self) -> float:
        return float(self._look.theme.space.large)

    def begin(self, asked: tuple[object, ...]) -> None:
        """Another screen, language or size begins at its first leaf."""
        if asked != self._asked:
            self._asked, self.leaf = asked, 0

    def leaf_of(self, widget: QWidget) -> int | None:
        """On which leaf it stands; None where there is only one."""
        return None if self._leaves is None else self._leaves.leaf_of(widget, self.leaf)

    def turn(self) -> None:
        """To the next leaf; after the last the first."""
        self.leaf = (self.leaf + 1) % self.count
        if self._leaves is not None:
            self._leaves.show(self.leaf)

    def arrange(self, area: QRectF, title: QRectF | None, *, lowest_top: float | None = None) -> None:
        """Fill `area`; `title` is a place for the title outside of it, where there is one. Nothing that is pressed may
        begin above `lowest_top`."""
        self._leaves = None
        # two pixels further down: rounding to the screen's own may lift what stands at the very edge
        self._lowest_top = area.y() if lowest_top is None else lowest_top + 2
        self._rows.cards_paired = sum(isinstance(c, ChoiceCard) for c in self._page.controls) > _EQUAL_CARDS
        for step in ROOM_STEPS[self._look.asked.percent]:
            if self._look.keep_to(step.percent):
                self._page.size_words()
            self._begin(title)
            if step.parts == 1 and self._whole(area, self._title_beside, lowest_top):
                return
            smaller = step.percent < self._look.asked.percent
            if (smaller or step.parts > 1) and 0 < self._in_parts(area, lowest_top, step) <= step.parts:
                break
        assert self._leaves is not None
        self.leaf = min(self.leaf, self.count - 1)
        self._leaves.show(self.leaf)

    def _begin(self, title: QRectF | None) -> None:
        """Find out where the title stands."""
        page, look = self._page, self._look
        self._reset()
        if title is not None and page.poster is None:
            place_title = title.adjusted(self._beside, 0, 0, 0)
            page.title.most_lines = 2
            page.title.room = place_title.height()
            page.title.centred = False
            place(look, page.title, place_title)
            page.title_inside = not texts_fit(look, page.title)
        if page.title_inside:
            page.title.room = None
            page.title.most_lines = 2
            page.title.centred = True
            title = None
        self._title_beside = title

    def _whole(self, area: QRectF, title: QRectF | None, lowest_top: float | None) -> bool:
        """Everything at once; False where that is too much."""
        page, look = self._page, self._look
        tall = area.height() > area.width()
        pairs = any(isinstance(c, ChoiceOption) for c in page.controls)
        cards = any(isinstance(c, ChoiceCard) and c.picture_id for c in page.controls)
        steps = [(False, False, False)] if look.theme.percent == look.asked.percent else []
        steps += [(True, False, False)]
        steps += [(True, True, False)] if pairs else []
        steps += [(True, pairs, True)] if cards else []
        for look.tight, self._rows.paired, look.bare in steps:
            if look.tight:
                self._reset(keep_title=True)
            if page.poster is not None and any(isinstance(c, PanelButton) for c in page.controls):
                arrange_start(look, page, self._rows, area)
            elif tall:
                self._tall(area)
            else:
                self._wide(area, title)
            within = lowest_top is None or all(place_of(look, b).top() >= lowest_top for b in page.pressed())
            if within and fits(look, [page.title, *(w for w in page.widgets() if w is not page.title)], area):
                return True
        return False

    def _in_parts(self, area: QRectF, lowest_top: float | None, step: Step) -> int:
        """Divide into leaves; returns how many, 0 where it cannot be done as the step wants it. What has little room
        even on one leaf stands closer there."""
        page = self._page
        self._reset(keep_title=True)
        for panel in page.controls:
            if isinstance(panel, PanelButton):
                panel.terse = True
        self._look.tight = self._look.bare = self._rows.paired = True
        self._leaves = Leaves(self._look, page, self._more, self._rows)
        return self._leaves.divide(area, self._beside, lowest_top if lowest_top is not None else area.y(), step)

    def _reset(self, *, keep_title: bool = False) -> None:
        """Everything visible again, nothing shortened."""
        page = self._page
        self._leaves = None
        self._more.hide()
        for widget in page.widgets():
            widget.show()
        if isinstance(page.content, AnswerGrid):
            page.content.show_lines(0, None)
        if isinstance(page.content, ResultCard):
            page.content.room = None
        for panel in page.controls:
            if isinstance(panel, PanelButton):
                panel.part, panel.terse = 0.0, False
        said: list[TextBlock | NoticeBox] = [*page.body, *page.notices]
        for block in said:
            block.room = None
        if not keep_title:
            page.title.room = None
            page.title_inside = True

    @property
    def _beside(self) -> float:
        """Width that the sign beside the title takes."""
        return SIGN + 44 if self._page.mood is not None else 0.0

    # ---------- every other screen ----------

    def _tall(self, area: QRectF) -> None:
        page = self._page
        top = self._title(area)
        if page.picture is None and page.content is None:
            self._words_and_choices(QRectF(area.x(), top, area.width(), area.bottom() - top))
            return
        controls = self._rows.height(page.controls, area.width())
        bottom = area.bottom() - controls - (self._large if controls else 0)
        self._rows.place(page.controls, QRectF(area.x(), area.bottom() - controls, area.width(), controls))
        top = self._column(page.notices, area.x(), top, area.width())
        top += self._gap if page.notices else 0
        middle = QRectF(area.x(), top, area.width(), bottom - top)
        if isinstance(page.content, DigitPad | Pad):
            top = self._column(page.body, middle.x(), middle.y(), middle.width(), gap=8)
            self._fill(QRectF(middle.x(), top + self._gap, middle.width(), bottom - top - self._gap))
            return
        if isinstance(page.content, CameraView | CardPhoto):
            body = self._height(page.body, middle.width(), 12)
            self._fill(middle.adjusted(0, 0, 0, -body - self._gap))
            self._column(page.body, middle.x(), middle.bottom() - body, middle.width(), gap=12)
            return
        self._group(middle)

    def _words_and_choices(self, box: QRectF) -> None:
        """Nothing to look at: the choices take the room that a picture would have. The way on from answers of the form
        stands where it stands on its other questions."""
        page, every = self._page, self._page.controls
        answers = [button for button in every if isinstance(button, ChoiceOption)]
        ways = [button for button in every if button not in answers] if answers else []
        choices = answers or every
        below = self._rows.height(ways, box.width()) + self._gap if ways else 0.0
        top = self._column(page.notices, box.x(), box.y(), box.width())
        top += self._large if page.notices else self._gap
        top = max(self._column(page.body, box.x(), top, box.width(), gap=16) + self._large, self._lowest_top)
        rows = self._rows.of(choices, box.width())
        least = self._rows.height(choices, box.width())
        free = box.bottom() - below - top - least
        most = float(self._look.theme.space.choice_most)
        growing = [r for r in rows if isinstance(r[0], ChoiceCard | ItemSwitch)]
        each = min(free / len(growing), most - self._rows.row_height(growing[0], box.width())) if growing else 0.0
        rest = free - each * len(growing)
        self._rows.place(choices, QRectF(box.x(), top + rest * 0.3, box.width(), 0), grow=max(0.0, each))
        if ways:
            end = box.bottom() - min(0.0, free)  # outside of the box where there is no room for all
            self._rows.place(ways, QRectF(box.x(), end - below + self._gap, box.width(), 0))

    def _wide(self, area: QRectF, title: QRectF | None) -> None:
        page = self._page
        if page.picture is not None:
            page.picture.hide()
        top = self._title(area) if title is None else area.y()
        rest = QRectF(area.x(), top, area.width(), area.bottom() - top)
        between = 64.0
        width = (rest.width() - between) * (0.5 if page.picture is None and page.content is None else 0.47)
        left = QRectF(rest.x(), rest.y(), width, rest.height())
        right = QRectF(left.right() + between, rest.y(), rest.width() - width - between, rest.height())
        if isinstance(page.content, ResultCard):
            page.content.room = rest.height()
        cards = [c for c in page.controls if isinstance(c, ChoiceCard)]
        bare = page.picture is None and page.content is None
        if bare and cards and self._rows.height(page.controls, right.width()) > right.height():
            self._cards_wide(rest)
        elif isinstance(page.content, AnswerGrid):
            self._grid_wide(page.content, rest)
        elif isinstance(page.content, DigitPad | Pad):
            self._place_parts(("notices", "body", "controls"), left)
            self._fill(right)
        elif isinstance(page.content, CameraView):
            self._fill(left)
            self._place_parts(("notices", "body", "controls"), right)
        elif options := [c for c in page.controls if isinstance(c, ChoiceOption)]:
            self._options_wide(options, left, right)
        else:
            first, second = self._columns(left, right)
            self._place_parts(first, left if second else rest)
            self._place_parts(second, right)

    def _options_wide(self, options: Sequence[PressButton], left: QRectF, right: QRectF) -> None:
        """The answers in a column of their own, the way on beside them."""
        page, every = self._page, self._page.controls
        height = self._rows.height(options, right.width())
        self._rows.place(
            options, QRectF(right.x(), right.y() + max(0.0, right.height() - height) * 0.3, right.width(), 0)
        )
        page.controls = [c for c in every if c not in options]
        self._place_parts(("notices", "body", "controls"), left)
        page.controls = every

    def _cards_wide(self, rest: QRectF) -> None:
        """More ways than one column holds: words above, the ways in two columns."""
        page, width = self._page, (rest.width() - self._gap) / 2
        top = self._column(page.notices, rest.x(), rest.y(), width)
        across = width if page.notices else rest.width()
        top = max(top, self._column(page.body, rest.right() - across, rest.y(), across, gap=8)) + self._gap
        rows = (len(page.controls) + 1) // 2
        height = (rest.bottom() - top - self._gap * (rows - 1)) / rows
        for number, button in enumerate(page.controls):
            row, column = divmod(number, 2)
            at = QRectF(rest.x() + column * (width + self._gap), top + row * (height + self._gap), width, height)
            place(self._look, button, at)

    def _grid_wide(self, grid: AnswerGrid, rest: QRectF) -> None:
        """The answers take the width; words and buttons stand beside them."""
        beside = 420.0
        left = QRectF(rest.x(), rest.y(), rest.width() - beside - self._large, rest.height())
        right = QRectF(left.right() + self._large, rest.y(), beside, rest.height())
        place(self._look, grid, left)
        self._place_parts(("notices", "body", "controls"), right)

    def _columns(self, left: QRectF, right: QRectF) -> tuple[Sequence[str], Sequence[str]]:
        """The first distribution that fits: words beside the controls if they can be, else under the picture, at
        last without the picture."""
        page = self._page
        media = ["picture"] * (page.picture is not None) + ["content"] * (page.content is not None)
        if not media:
            return ("notices", "body"), ("controls",)
        ways = [
            ([*seen, *words], [*(w for w in ("notices", "body") if w not in words), "controls"])
            for seen in (media, [m for m in media if m == "content"])
            for words in ([], ["body"], ["notices"], ["notices", "body"])
            if seen or words
        ]
        height_of = cache(self._part_height)

        def needs(parts: Sequence[str], width: float) -> float:
            """Least height of a column of these parts."""
            heights = [h for h in (height_of(part, width) for part in parts) if h]
            return sum(heights) + self._gap * max(0, len(heights) - 1)

        for first, second in ways:
            if needs(first, left.width()) <= left.height() and needs(second, right.width()) <= right.height():
                return first, second
        return ways[-1]

    def _part_height(self, part: str, width: float) -> float:
        page = self._page
        if part == "picture":
            return _PICTURE_WIDE_LEAST if page.picture is not None else 0.0
        if part == "content" and isinstance(page.content, CardPhoto):
            return page.content.least_for(width)
        if part == "content":
            return page.content.height_for(width) if page.content is not None else 0.0
        if part == "notices":
            return self._height(page.notices, width, self._gap)
        if part == "body":
            return self._height(page.body, width, 16)
        return self._rows.height(page.controls, width)

    def _place_parts(self, parts: Sequence[str], box: QRectF) -> None:
        """One below the other, a little above the middle; a picture takes what the others leave."""
        page = self._page
        heights = {part: height for part in parts if (height := self._part_height(part, box.width()))}
        count = max(1, len(heights))
        if "picture" in heights:
            others = sum(heights.values()) - heights["picture"]
            room = box.height() - others - self._large * (count - 1)
            heights["picture"] = max(heights["picture"], min(room, box.width() * 0.78))
        elif "content" in heights and isinstance(page.content, CardPhoto):
            room = box.height() - sum(heights.values()) + heights["content"] - self._gap * (count - 1)
            heights["content"] = max(heights["content"], min(room, page.content.height_for(box.width())))
        free = max(0.0, box.height() - sum(heights.values()))
        gap = min(48.0, free / (count - 1)) if count > 1 else 0.0
        top = box.y() + (free - gap * (count - 1)) * 0.45
        for part, height in heights.items():
            rect = QRectF(box.x(), top, box.width(), height)
            if part == "picture" and page.picture is not None:
                place(self._look, page.picture, rect)
            elif part == "content" and page.content is not None:
                place(self._look, page.content, rect)
            elif part == "notices":
                self._column(page.notices, rect.x(), rect.y(), rect.width())
            elif part == "body":
                self._column(page.body, rect.x(), rect.y(), rect.width(), gap=16)
            else:
                self._rows.place(page.controls, rect)
            top += height + gap
        if page.picture is not None and "picture" in parts:
            page.picture.show()

    def _title(self, area: QRectF) -> float:
        """Place the title at the top; returns where the rest begins."""
        inner = area.adjusted(self._beside, 0, 0, 0)
        height = max(self._page.title.height_for(inner.width()), self._beside - 20)
        place(self._look, self._page.title, QRectF(inner.x(), area.y(), inner.width(), height))
        return area.y() + height + self._gap

    def _group(self, middle: QRectF) -> None:
        """Picture, content and sentences, together in the middle of what is free."""
        page = self._page
        width = middle.width()
        body = self._height(page.body, width, 16)
        below = self._large if page.body else 0.0
        if isinstance(page.content, ResultCard):
            page.content.room = middle.height() - body - below
            spill = page.content.height_for(width) + below + body - middle.height()
            below -= max(0.0, spill) / 2  # the words stand as far from the card as from the buttons
        content = page.content.height_for(width) + below if page.content else 0.0
        free = middle.height() - content - body
        picture = min(float(self._look.theme.space.picture_max), free - below) if page.picture else 0.0
        if page.picture is not None and picture < _PICTURE_LEAST:
            page.picture.hide()
            picture = 0.0
        taken = picture + below if picture else 0.0
        top = middle.y() + max(0.0, free - taken) * 0.42
        if page.picture is not None and picture:
            place(self._look, page.picture, QRectF(middle.x(), top, width, picture))
            top += taken
        if isinstance(page.content, ResultCard):
            place(self._look, page.content, QRectF(middle.x(), top, width, content - below))
            top += content
        top = self._column(page.body, middle.x(), top, width, gap=16)
        if isinstance(page.content, ProgressDots):
            place(self._look, page.content, QRectF(middle.x(), top + self._large - 16, width, content - below))

    def _fill(self, box: QRectF) -> None:
        content = self._page.content
        assert content is not None
        height = min(box.height(), content.height_for(box.width()))
        place(self._look, content, QRectF(box.x(), box.y() + (box.height() - height) * 0.4, box.width(), height))

    # ---------- columns of text ----------

    def _height(self, pieces: Sequence[TextBlock | NoticeBox], width: float, gap: float) -> float:
        heights = [p.height_for(width) for p in pieces]
        return sum(heights) + gap * max(0, len(heights) - 1)

    def _column(
        self,
        pieces: Sequence[TextBlock | NoticeBox],
        x: float,
        y: float,
        width: float,
        gap: float | None = None,
    ) -> float:
        """Place pieces one below the other; returns where the last one ends."""
        between = self._gap if gap is None else gap
        for number, piece in enumerate(pieces):
            height = piece.height_for(width)
            y += between if number else 0
            place(self._look, piece, QRectF(x, y, width, height))
            y += height
        return y
