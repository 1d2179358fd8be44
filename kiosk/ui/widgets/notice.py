"""A notice: what happened, with a sign and a colour that say how it is meant."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.domain.screen import Tone
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.icons import draw_icon

_TONES = {
    Tone.INFO: ("info", "accent", "surface"),
    Tone.GOOD: ("good", "good", "good_tint"),
    Tone.CARE: ("care", "care", "care_tint"),
}


class NoticeBox(QLabel):
    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._sentence = ""
        self._tone = Tone.INFO
        self.room: float | None = None  # height that it may take; its words shrink for it

    def show_notice(self, sentence: str, tone: Tone) -> None:
        self._sentence = sentence
        self._tone = tone
        self.setText(plain(sentence))
        self.setAccessibleName(spoken(sentence))
        self.update()

    def height_for(self, width: float) -> float:
        return max(104.0, self._look.height(self._sentence, self._text_width(width), self._size(width)) + 44)

    def runs(self) -> list[Run]:
        rect = self._look.rect(self)
        box = QRectF(124, 0, self._text_width(rect.width()), rect.height())
        return [self._look.run(self._sentence, box, self._size(rect.width()), "ink", centred=False)]

    def _size(self, width: float) -> int:
        wished, room = self._look.theme.type.body_small, self.room and max(1.0, self.room - 44)
        return self._look.fitting(self._sentence, self._text_width(width), "body_small", wished, room=room)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        sign, colour, fill = _TONES[self._tone]
        shape = self._look.theme.shape
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(self._look.colour(fill))
            painter.setPen(QPen(self._look.colour(colour), shape.line))
            half = shape.line / 2
            painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), 20, 20)
            painter.setPen(Qt.PenStyle.NoPen)
            draw_icon(painter, sign, QRectF(36, rect.center().y() - 30, 60, 60), self._look.colour(colour), 7)
            for run in self.runs():
                self._look.paint(painter, run)

    def _text_width(self, width: float) -> float:
        return width - 124 - 28
