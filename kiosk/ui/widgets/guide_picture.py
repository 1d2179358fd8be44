"""The picture of what to do, moving where motion explains."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QRectF, QVariantAnimation
from PySide6.QtGui import QHideEvent, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.drawing import Drawing, load_drawing
from kiosk.ui.look import Look, Run
from kiosk.ui.theme import Colours


class Loop(QVariantAnimation):
    """Endless time from 0 to 1 that begins at `start`, `on_step` is called at most once per `tick`."""

    def __init__(
        self, widget: QWidget, on_step: Callable[[], None], milliseconds: int, tick: int, start: float = 0.0
    ) -> None:
        super().__init__(widget)
        self._on_step = on_step
        self._start = start
        self._steps = max(1, milliseconds // tick)
        self._step = -1
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setDuration(milliseconds)
        self.setLoopCount(-1)
        self.setEasingCurve(QEasingCurve.Type.Linear)

    @property
    def time(self) -> float:
        return (self._start + max(self._step, 0) / self._steps) % 1.0

    def updateCurrentValue(self, value: object) -> None:  # noqa: N802
        step = int(float(value) * self._steps) if isinstance(value, float) else 0
        if step != self._step:
            self._step = step
            self._on_step()


class Picture(QLabel):
    """Something drawn that a screen reader calls an image."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPixmap(QPixmap(1, 1))  # Qt tells images from texts by it; what is seen is painted


class GuidePicture(Picture):
    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._drawing: Drawing | None = None
        self._loop: Loop | None = None
        self._places: tuple[tuple[float, float, float], ...] = ()
        self.picture_id = ""
        self._colours: Colours | None = None

    def show_picture(self, picture_id: str, description: str) -> None:
        self.setAccessibleName(description)
        colours = self._look.theme.colours
        if picture_id == self.picture_id and colours == self._colours:
            return
        self.picture_id, self._colours = picture_id, colours
        self._drawing = load_drawing(self._look.pictures, picture_id, self._look.theme.colours)
        if self._loop:
            self._loop.stop()
            self._loop = None
        if self._drawing.seconds and not self._look.reduced_motion:
            # the first moment seen is the one that explains best
            milliseconds = round(self._drawing.seconds * 1000)
            self._loop = Loop(self, self._move, milliseconds, self._look.theme.time.tick, self._drawing.still)
            if self.isVisible():
                self._loop.start()
        self.update()

    def _move(self) -> None:
        if self._drawing is None or self._loop is None:
            return
        places = self._drawing.places(self._loop.time)
        if places != self._places:  # most of a loop rests: nothing to paint then
            self._places = places
            self.update()

    def runs(self) -> list[Run]:
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self._drawing is None:
            return
        time = self._loop.time if self._loop else self._drawing.still
        with self._look.painting(self) as (painter, rect):
            self._drawing.paint(painter, QRectF(rect), time, self._look.scale)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        if self._loop:
            self._loop.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        if self._loop:
            self._loop.stop()
        super().hideEvent(event)
