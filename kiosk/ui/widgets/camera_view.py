"""The live picture of the patient as in a mirror, the oval for the face, and one hint."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.drawing import load_drawing
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.icons import draw_icon


class BgrPicture(Protocol):
    """The part of a numpy array that is needed here: BGR, 8 bits, rows x columns x 3."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def data(self) -> memoryview: ...


_STAGE_LEAST = 360.0


class CameraView(QLabel):
    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._hint = ""
        self._good = False
        self._turn: str | None = None
        self._image: QImage | None = None

    def show_hint(self, hint: str, description: str, *, good: bool, turn: str | None = None) -> None:
        """`turn`: left or right of the screen, which the picture is a mirror of."""
        self._hint = hint
        self._turn = turn
        self._good = good
        self.setText(plain(hint))
        self.setAccessibleName(spoken(hint))
        self.setAccessibleDescription(description)
        self.update()

    def show_preview(self, picture: BgrPicture) -> None:
        rows, columns = picture.shape[:2]
        pixels = picture.data if picture.data.c_contiguous else memoryview(picture.data.tobytes())
        image = QImage(pixels, columns, rows, columns * 3, QImage.Format.Format_BGR888)
        self.forget()
        # converting copies: the image must not outlive the frame, and RGB32 paints twice as fast
        self._image = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()

    def forget(self) -> None:
        """Overwrite the picture: freeing it would leave it in memory."""
        if self._image is not None:
            self._image.fill(0)
        self._image = None

    def height_for(self, width: float) -> float:
        return width * 1.08 + self._hint_height(width)

    def runs(self) -> list[Run]:
        rect = self._look.rect(self)
        height = self._hint_height(rect.width())
        strip = QRectF(rect.x() + 110, rect.bottom() - height, rect.width() - 140, height)
        return [self._look.run(self._hint, strip, self._size(strip.width()), self._ink(), bold=True)]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            radius = self._look.theme.shape.radius_large
            clip = QPainterPath()
            clip.addRoundedRect(rect, radius, radius)
            painter.setClipPath(clip)
            height = self._hint_height(rect.width())
            strip = QRectF(rect.x(), rect.bottom() - height, rect.width(), height)
            stage = QRectF(rect.x(), rect.y(), rect.width(), rect.height() - strip.height())
            self._paint_stage(painter, stage)
            painter.fillRect(strip, self._look.colour("good" if self._good else "accent_deep"))
            icon = QRectF(rect.x() + 36, strip.center().y() - 32, 64, 64)
            draw_icon(painter, "good" if self._good else "info", icon, self._look.colour("on_accent"), 7)
            for run in self.runs():
                self._look.paint(painter, run)

    def oval(self, stage: QRectF) -> QRectF:
        """Where the face belongs: two thirds of the height, as wide as a head."""
        height = min(stage.height() * 0.82, stage.width() * 0.95)
        width = height * 0.76
        return QRectF(stage.center().x() - width / 2, stage.center().y() - height / 2, width, height)

    def _paint_stage(self, painter: QPainter, stage: QRectF) -> None:
        oval = self.oval(stage)
        if self._image is None:
            painter.fillRect(stage, self._look.colour("accent_tint"))
            drawing = load_drawing(self._look.pictures, "look_here", self._look.theme.colours)
            drawing.paint(painter, stage.adjusted(60, 60, -60, -60), drawing.still, self._look.scale)
            return
        painter.save()
        painter.setClipRect(stage, Qt.ClipOperation.IntersectClip)
        painter.translate(stage.center())
        painter.scale(-1, 1)
        width, height = self._image.width(), self._image.height()
        unit = max(stage.width() / width, stage.height() / height)
        painter.drawImage(QRectF(-width * unit / 2, -height * unit / 2, width * unit, height * unit), self._image)
        painter.restore()
        shade = QPainterPath()
        shade.addRect(stage)
        hole = QPainterPath()
        hole.addEllipse(oval)
        veil = self._look.colour("ground")
        veil.setAlphaF(0.62)
        painter.fillPath(shade.subtracted(hole), veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._look.colour("surface"), 18))
        painter.drawEllipse(oval)
        style = Qt.PenStyle.SolidLine if self._good else Qt.PenStyle.DashLine
        pen = QPen(self._look.colour("good" if self._good else "accent"), 10, style, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(oval)
        if self._turn in ("left", "right"):
            self._paint_arrow(painter, stage, oval, -1 if self._turn == "left" else 1)
        if self._good:
            badge = QPointF(oval.center().x() + oval.width() * 0.36, oval.bottom() - oval.height() * 0.13)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("good"))
            painter.drawEllipse(badge, 46, 46)
            square = QRectF(badge.x() - 24, badge.y() - 24, 48, 48)
            draw_icon(painter, "check", square, self._look.colour("on_accent"), 9)

    def _paint_arrow(self, painter: QPainter, stage: QRectF, oval: QRectF, side: int) -> None:
        """Large, beside the oval: the way the nose should go."""
        edge = oval.right() if side > 0 else oval.left()
        wall = stage.right() if side > 0 else stage.left()
        centre = QPointF((edge + wall) / 2, oval.center().y())
        unit = max(70.0, min(abs(wall - edge) * 0.4, 120.0))
        arrow = QPainterPath(centre + QPointF(side * unit, 0))
        for x, y in ((-0.05, -0.95), (-0.05, -0.38), (-0.95, -0.38), (-0.95, 0.38), (-0.05, 0.38), (-0.05, 0.95)):
            arrow.lineTo(centre + QPointF(side * unit * x, unit * y))
        arrow.closeSubpath()
        painter.setPen(QPen(self._look.colour("surface"), 12, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(self._look.colour("accent"))
        painter.drawPath(arrow)

    def least_for(self, width: float) -> float:
        """With the face still large enough to see oneself."""
        return min(_STAGE_LEAST, width) + self._hint_height(width)

    def _hint_height(self, width: float) -> float:
        inner = width - 140
        return max(152.0, self._look.height(self._hint, inner, self._size(inner), bold=True) + 24)

    def _size(self, width: float) -> int:
        kinds = self._look.theme.type
        one_line = self._look.line_count(self._hint, width, kinds.hint, bold=True) == 1
        return kinds.hint if one_line else kinds.body

    def _ink(self) -> str:
        return "on_accent"
