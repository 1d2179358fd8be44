"""The frame that is the same on every screen: language and voice above, back and staff below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import Tone, View
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.button import FrameButton


class Badge(QLabel):
    """Names what is simulated here, small and always there."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._sentence = ""

    def show_text(self, sentence: str) -> None:
        self._sentence = sentence
        self.setText(plain(sentence))
        self.setAccessibleName(spoken(sentence))
        self.update()

    def natural_width(self, most: float) -> float:
        size = self._look.theme.type.badge
        lines = self._look.lines(self._sentence, most - 48, size)
        return max(self._look.width(line, size) for line in lines) + 50

    def runs(self) -> list[Run]:
        rect = self._look.rect(self).adjusted(24, 4, -24, -4)
        return [self._look.run(self._sentence, rect, self._look.theme.type.badge, "ink")]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(self._look.colour("surface"))
            painter.setPen(QPen(self._look.colour("outline"), 3, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 18, 18)
            for run in self.runs():
                self._look.paint(painter, run)


class ScreenFrame:
    """Frame controls of one window and the ground they stand on."""

    def __init__(
        self, window: QWidget, look: Look, render: Callable[[Text], str], on_tap: Callable[[str], None]
    ) -> None:
        self._window = window
        self._look = look
        self._render = render
        self._on_tap = on_tap
        self._languages: dict[str, FrameButton] = {}
        self._voice = self._button("voice", "voice_off")
        self._back = self._button("back", "back")
        self._staff = self._button("staff", "bell")
        self._badge = Badge(window, look)
        self._badge.hide()
        self._urgent = False
        self._alarm = False

    def show_view(self, view: View) -> None:
        self._urgent = view.urgent
        self._alarm = view.sound == "alarm" or any(n.tone is Tone.CARE for n in view.notices)
        for code in [c for c in self._languages if c not in view.languages]:
            gone = self._languages.pop(code)
            gone.hide()
            gone.deleteLater()
        for code in view.languages:
            button = self._languages.get(code) or self._button(f"language.{code}", "")
            self._languages[code] = button
            name = self._render(Text(f"language.{code}"))
            button.show_label(name)
            button.setAccessibleName(spoken(self._render(Text("control.language", (("name", name),)))))
            button.show_chosen(code == view.language, on_accent=view.urgent and not self._alarm)
            button.setVisible(True)
        self._voice.icon_name = "voice_on" if view.voice_on else "voice_off"
        self._voice.show_label(self._render(Text("control.voice.on" if view.voice_on else "control.voice.off")))
        self._voice.setVisible(True)
        self._back.show_label(self._render(Text("control.back")))
        self._back.setVisible(view.back)
        self._staff.show_label(self._render(Text("control.staff")))
        self._staff.setVisible(view.staff)
        self._badge.setVisible(view.simulated is not None)
        if view.simulated is not None:
            self._badge.show_text(self._render(view.simulated))

    def buttons(self) -> tuple[list[FrameButton], list[FrameButton]]:
        """Those above and those below the content, in reading order; hidden ones left out."""
        above = [*self._languages.values(), self._voice]
        below = [b for b in (self._back, self._staff) if not b.isHidden()]
        return above, below

    def arrange(self, size: QRectF) -> tuple[QRectF, QRectF | None]:
        """Place the frame in a screen of this size. Returns the area that is left for the content and, in landscape,
        the place for the title beside the languages, which leaves the content more height."""
        look, space = self._look, self._look.theme.space
        tall = size.height() > size.width()
        margin = float(space.margin if tall else space.margin + 8)
        edge = 28.0 if tall else 20.0
        height = float(space.frame_button if tall else space.frame_button - 8)
        x = size.right() - margin
        for button in [self._voice, *reversed(self._languages.values())]:
            width = max(float(space.target), button.natural_width())
            look.place(button, QRectF(x - width, edge, width, height))
            x -= width + space.gap
        title = None if tall or self._urgent else QRectF(margin, edge, x - margin, height)
        low = float(space.frame_button + 16 if tall else space.frame_button)
        top = size.bottom() - edge - low
        width = max(260.0, self._back.natural_width())
        look.place(self._back, QRectF(margin, top, width, low))
        left = margin + width + space.gap
        width = max(360.0, self._staff.natural_width())
        look.place(self._staff, QRectF(size.right() - margin - width, top, width, low))
        if not self._badge.isHidden():
            most = size.right() - margin - width - space.gap - left
            width = self._badge.natural_width(most)
            look.place(self._badge, QRectF(left + (most - width) / 2, top + 8, width, low - 16))
        gap = 28.0 if tall else 24.0
        area = QRectF(margin, edge + height + gap, size.width() - 2 * margin, top - edge - height - 2 * gap)
        return (area.adjusted(24, 24, -24, -24) if self._urgent else area), title

    def paint(self, painter: QPainter, size: QRectF, area: QRectF) -> None:
        look = self._look
        if not self._urgent:
            painter.fillRect(size, look.colour("ground"))
            return
        painter.fillRect(size, look.colour("signal" if self._alarm else "accent"))
        if self._alarm:
            self._stripes(painter, size)
        sheet = area.adjusted(-40, -24, 40, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(sheet, 56, 56)

    def _stripes(self, painter: QPainter, size: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("signal_deep"))
        step, wide = 120.0, 60.0
        x = -size.height()
        while x < size.width():
            stripe = [(x, size.bottom()), (x + wide, size.bottom())]
            stripe += [(x + wide + size.height(), size.top()), (x + size.height(), size.top())]
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in stripe]))
            x += step

    def _button(self, control_id: str, icon: str) -> FrameButton:
        button = FrameButton(self._window, self._look, control_id, icon)
        button.clicked.connect(lambda: self._on_tap(control_id))
        button.hide()
        return button
