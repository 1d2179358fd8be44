"""The frame that is the same on every screen: language, voice, text size and colours above; back, reach, staff below.

In the low layout both rows stand below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import Tone, View
from kiosk.ui.look import Look
from kiosk.ui.mood import SIGN, Mood, mood_of
from kiosk.ui.widgets.badge import Badge
from kiosk.ui.widgets.button import FrameButton
from kiosk.ui.widgets.icons import draw_icon
from kiosk.ui.widgets.languages import LanguageChoice
from kiosk.ui.widgets.practice_band import PracticeBand
from kiosk.ui.widgets.voice_choice import VoiceChoice

_STRIP = 48.0
"""Height of the badge where it has the top of the screen for itself."""


class ScreenFrame:
    """Frame controls of one window and the ground they stand on."""

    def __init__(
        self,
        window: QWidget,
        look: Look,
        render: Callable[[Text], str],
        on_tap: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        """`changed` is called when the frame wants to be arranged anew."""
        self._window = window
        self._look = look
        self._render = render
        self._on_tap = on_tap
        self._changed = changed
        self.languages = LanguageChoice(window, look, render, on_tap, self._opened_languages)
        self.voice = VoiceChoice(window, look, render, on_tap, self._opened_voice)
        self._voice = self.voice.button
        self._size = self._button("size", "letters", stacked=True)
        self._contrast = self._button("contrast", "half", stacked=True)
        self._back = self._button("back", "back")
        self._low = self._button("low", "down")
        self._staff = self._button("staff", "bell")
        self._badge = Badge(window, look)
        self._badge.hide()
        self._practice = PracticeBand(window, look, render, on_tap)
        self._urgent = False
        self._alarm = False
        self._is_low = False
        self._between = QRectF()  # on a wide screen: what the buttons of the lower row leave
        self._row_bottom = 0.0  # of what stands above the content
        self.mood: Mood | None = None
        self.lit = False  # an urgent screen, in the second of its two lights

    def show_view(self, view: View) -> None:
        self._urgent = view.urgent
        self._is_low = view.low
        self.mood = mood_of(view)
        self._alarm = view.sound == "alarm" or any(n.tone is Tone.CARE for n in view.notices)
        self.languages.show_view(view, on_accent=view.urgent and not self._alarm)
        self.voice.show_view(view)
        self._show_sight(view)
        self._back.show_label(self._render(Text("control.back")))
        self._back.setVisible(view.back)
        self._staff.show_label(self._render(Text("control.staff")))
        self._staff.setVisible(view.staff)
        self._practice.show_view(view)
        self._badge.setVisible(view.simulated is not None)
        if view.simulated is not None:
            self._badge.show_text(self._render(view.simulated))

    def _show_sight(self, view: View) -> None:
        """Text size, colours and reach: each says what a press does."""
        state = "on" if view.low else "off"
        percent = (("percent", str(view.text_size)),)
        colours = self._render(Text(f"control.contrast.{view.palette}"))
        self._low.icon_name = "up" if view.low else "down"
        for button, label, said in (
            (self._size, Text(f"control.size.{view.text_size}"), Text("control.size.spoken", percent)),
            (
                self._contrast,
                Text(f"control.contrast.{view.palette}"),
                Text("control.contrast.spoken", (("next", colours),)),
            ),
            (self._low, Text(f"control.low.{state}"), Text(f"control.low.spoken.{state}")),
        ):
            button.show_label(self._render(label), heard=self._render(said))
            button.setVisible(True)

    def buttons(self) -> tuple[list[FrameButton], list[FrameButton]]:
        """Those above and those below the content, in reading order; hidden ones left out."""
        above = [*self.languages.buttons(), *self.voice.buttons(), self._size, self._contrast]
        below = [b for b in (self._back, self._low, self._staff) if not b.isHidden()]
        if self._practice.shown:
            row = below if self._practice.in_row else above
            row.insert(1 if row[0] is self._back else 0, self._practice.button)
        return ([], [*above, *below]) if self._is_low else (above, below)

    @property
    def open_sheet(self) -> LanguageChoice | VoiceChoice | None:
        """What lies over the content now."""
        return next((sheet for sheet in (self.languages, self.voice) if sheet.is_open), None)

    def reveal(self, control_id: str) -> None:
        """Open the sheet on which this control is."""
        self.languages.reveal(control_id)
        self.voice.reveal(control_id)

    def place_sheets(self, area: QRectF, lowest_top: float | None) -> None:
        self.languages.place_panel(area, lowest_top)
        self.voice.place_sheet(area, lowest_top)

    def close_sheets(self) -> None:
        for sheet in (self.languages, self.voice):
            sheet.is_open = False
        self._changed()

    def _opened_languages(self) -> None:
        self.voice.is_open = False
        self._changed()

    def _opened_voice(self) -> None:
        self.languages.is_open = False
        self._changed()

    def badge(self) -> list[QWidget]:
        return [self._badge, self._practice.sign]

    def arrange(self, size: QRectF) -> tuple[QRectF, QRectF | None]:
        """Place the frame in a screen of this size. Returns the area that is left for the content and, in landscape,
        the place for the title beside the languages, which leaves the content more height."""
        tall = size.height() > size.width()
        for button in (self._back, self._low, self._staff):
            button.stacked = False
        margin = float(self._look.theme.space.margin + (0 if tall else 8))
        edge = 28.0 if tall else 16.0
        gap = 28.0 if tall else 18.0
        strip = _STRIP + 6 if (tall or self._is_low) and not self._badge.isHidden() else 0.0
        if strip:
            self._place_badge(QRectF(margin, 4, size.width() - 2 * margin, _STRIP))
        practice = self._practice.height + gap / 2 if self._practice.shown else 0.0
        if practice and not self._is_low and (tall or not self._practice_in_row(size, margin, edge)):
            self._practice.place(size, 0, margin)
            strip = practice
        title: QRectF | None = None
        if not tall and self._is_low:
            bottom = self._one_row(size, margin, edge)
            top = strip + edge - 12
        else:
            bottom = self._lower_row(size, margin, edge, badge=not strip)
            top = strip + edge - 12
            if self._is_low:
                bottom = self._upper_row(size, margin, bottom - 24, up=True)
            else:
                first = strip + (edge if not strip else 8.0)
                top = self._upper_row(size, margin, first) + gap
                if not tall and not self._urgent:
                    left = min(b.x() for b in self._upper()) / self._look.scale - self._look.shift.x()
                    title = QRectF(margin, first, left - 24 - margin, top - gap - first)
        if practice and self._is_low:
            bottom -= practice
            self._practice.place(size, bottom, margin)
        self._row_bottom = top - gap if not self._is_low else strip
        free = QRectF(margin, top, size.width() - 2 * margin, bottom - top)
        top += self.languages.place_strip(free, tall=tall, beside=title)
        area = QRectF(margin, top, size.width() - 2 * margin, bottom - gap - top)
        return (area.adjusted(24, 24, -24, -24) if self._urgent else area), title

    def _practice_in_row(self, size: QRectF, margin: float, edge: float) -> bool:
        """On a wide screen the band stands where the badge does, if it can: height is scarce there."""
        self._lower_row(size, margin, edge, badge=True)
        return self._practice.place_between(self._between)

    def _upper(self) -> list[FrameButton]:
        return [*self.languages.in_row(), self._voice, self._size, self._contrast]

    def _upper_row(self, size: QRectF, margin: float, at: float, *, up: bool = False) -> float:
        """Equal widths, so that nothing moves when a label changes. `at` is the top, or with `up` the bottom; returns
        the other one."""
        tall, buttons = size.height() > size.width(), self._upper()
        gap, count = float(self._look.theme.space.gap), len(buttons)
        room = size.width() - 2 * margin if tall else min(size.width() * 0.56, 212.0 * count + gap * (count - 1))
        each = (room - gap * (count - 1)) / count
        self._fit(buttons, each - 22)
        height = max(b.natural_height() for b in buttons)
        top = at - height if up else at
        left = size.right() - margin - room
        for number, button in enumerate(buttons):
            self._look.place(button, QRectF(left + number * (each + gap), top, each, height))
        return top if up else top + height

    def _lower_row(self, size: QRectF, margin: float, edge: float, *, badge: bool) -> float:
        """Back, reach and staff at the bottom; returns where the row begins."""
        look, space = self._look, self._look.theme.space
        tall = size.height() > size.width()
        height = float(space.frame_button + 16 if tall else space.frame_button)
        top = size.bottom() - edge - height
        room = size.width() - 2 * margin - 2 * space.gap
        for px in self._sizes():
            for button in (self._back, self._low, self._staff):
                button.size_px = px
            widths = [max(200.0, self._back.natural_width()), self._low.natural_width(), self._staff.natural_width()]
            if sum(widths) <= room * (1.0 if tall else 0.72):
                break
        # Steady places: what a label leaves over widens the call for staff.
        if tall:
            widths[2] = max(widths[2], min(360.0, room - widths[0] - widths[1]))
        back, low, staff = widths
        look.place(self._back, QRectF(margin, top, back, height))
        look.place(self._staff, QRectF(size.right() - margin - staff, top, staff, height))
        left = margin + back + space.gap
        right = size.right() - margin - staff - space.gap
        if badge and not tall:
            look.place(self._low, QRectF(right - low, top, low, height))
            right -= low + space.gap
            self._between = QRectF(left, top + 8, right - left, height - 16)
            self._place_badge(self._between)
        else:
            look.place(self._low, QRectF(left + (right - left - low) / 2, top, low, height))
        return top

    def _one_row(self, size: QRectF, margin: float, edge: float) -> float:
        """Everything in one row at the bottom of a wide screen; returns where the row begins."""
        buttons = [self._back, self._low, *self._upper(), self._staff]
        gap = float(self._look.theme.space.gap)
        self._back.stacked = self._low.stacked = self._staff.stacked = True
        room = size.width() - 2 * margin - gap * (len(buttons) - 1)
        each = room / len(buttons)
        self._fit(buttons, each - 22)
        height = max(b.natural_height() for b in buttons)
        top = size.bottom() - edge - height
        for number, button in enumerate(buttons):
            self._look.place(button, QRectF(margin + number * (each + gap), top, each, height))
        return top

    def _sizes(self) -> tuple[int, ...]:
        """Of the frame's words, the wished one first, the least last."""
        wished, least = self._look.asked.type.frame, self._look.base.type.frame
        return tuple(dict.fromkeys((wished, (wished + least) // 2, (wished + 3 * least) // 4, least)))

    def _fit(self, buttons: Sequence[FrameButton], width: float) -> None:
        """The largest words that every button holds in one line; one whose word is longer goes below the others."""
        for px in self._sizes():
            if all(self._look.width(b.label, px, bold=True, language=b.letters) <= width for b in buttons):
                break
        for button in buttons:
            button.size_px = px

    def _place_badge(self, box: QRectF) -> None:
        if not self._badge.isHidden():
            width = min(box.width(), self._badge.natural_width(box.width(), box.height() - 4))
            self._look.place(self._badge, QRectF(box.center().x() - width / 2, box.y(), width, box.height()))

    def paint(self, painter: QPainter, size: QRectF, area: QRectF, title: QRectF, *, covered: bool) -> None:
        """`title` is where the title stands. What is covered has no band that says how it goes."""
        look = self._look
        if not self._urgent:
            painter.fillRect(size, look.colour("ground"))
            if self.mood is not None and not covered:
                self._paint_mood(painter, size, title, self.mood)
            self._practice.paint(painter, size)
            return
        wide = size.adjusted(-20, -20, 20, 20)
        painter.fillRect(wide, look.colour("signal" if self._alarm else "accent_deep" if self.lit else "accent"))
        if self._alarm:
            self._stripes(painter, wide)
        sheet = area.adjusted(-40, -24, 40, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(sheet, 56, 56)
        self._practice.paint(painter, size)

    def _paint_mood(self, painter: QPainter, size: QRectF, title: QRectF, mood: Mood) -> None:
        """A band from edge to edge behind the title, with a large sign."""
        look = self._look
        beside = title.top() < self._row_bottom
        top = 0.0 if beside else max(0.0, self._row_bottom + 10)
        bottom = max(self._row_bottom, title.bottom()) + (12 if beside else 10)
        painter.fillRect(QRectF(size.x() - 20, top, size.width() + 40, bottom - top), look.colour(mood.fill))
        square = QRectF(title.left() - SIGN - 28, title.center().y() - SIGN / 2, SIGN, SIGN)
        draw_icon(painter, mood.sign, square, look.colour(mood.ink), 10)

    def _stripes(self, painter: QPainter, size: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("signal_deep"))
        step, wide = 120.0, 60.0
        x = -size.height() + (step / 2 if self.lit else 0.0)
        while x < size.width():
            stripe = [(x, size.bottom()), (x + wide, size.bottom())]
            stripe += [(x + wide + size.height(), size.top()), (x + size.height(), size.top())]
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in stripe]))
            x += step

    def _button(self, control_id: str, icon: str, *, stacked: bool = False) -> FrameButton:
        button = FrameButton(self._window, self._look, control_id, icon, stacked=stacked)
        button.clicked.connect(lambda: self._on_tap(control_id))
        button.hide()
        return button
