"""Text of a screen: balanced lines, never clipped."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run


class TextBlock(QLabel):
    """A sentence. Of `sizes` the first is taken in which it needs `most_lines` at most, else the last."""

    def __init__(
        self, parent: QWidget, look: Look, sizes: tuple[int, ...], *, colour: str = "ink", bold: bool = False
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.sizes = sizes
        self._colour = colour
        self._bold = bold
        self.sentence = ""
        self.centred = True
        self.most_lines = 2
        self.room: float | None = None  # height that it may take; the words shrink for it, down to the last size

    def show_text(self, sentence: str, colour: str | None = None) -> None:
        self.sentence = sentence
        self._colour = colour or self._colour
        self.setText(plain(sentence))
        self.setAccessibleName(spoken(sentence))
        self.update()

    def height_for(self, width: float) -> float:
        return self._look.height(self.sentence, width, self._size(width), bold=self._bold)

    def runs(self) -> list[Run]:
        rect = self._look.rect(self)
        size = self._size(rect.width())
        return [
            self._look.run(self.sentence, rect, size, self._colour, bold=self._bold, centred=self.centred),
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, _rect):
            for run in self.runs():
                self._look.paint(painter, run)

    def _size(self, width: float) -> int:
        for size in self.sizes:
            if not self._look.whole(self.sentence, width, size, bold=self._bold):
                continue
            lines = self._look.line_count(self.sentence, width, size, bold=self._bold)
            high = self.room is not None and lines * self._look.line_height(size, self.sentence) > self.room
            if lines <= self.most_lines and not high:
                return size
        return self.sizes[-1]
