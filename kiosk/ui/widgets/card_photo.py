"""The photo from the card's chip and the live camera picture side by side, for staff who compare them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.camera_view import BgrPicture
from kiosk.ui.widgets.guide_picture import Picture

_LEAST, _MOST = 300.0, 640.0  # design pixels of a picture's height
_SHAPE = 4 / 5  # width to height, as on the card
_GAP = 32.0


class CardPhoto(Picture):
    """A place stays empty until its picture comes. The camera picture is no mirror: the photo is none either."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._captions: tuple[str, ...] = ()
        self._images: list[QImage | None] = [None, None]

    def show_captions(self, photo: str, camera: str | None) -> None:
        """Without `camera` the photo stands alone."""
        self._captions = (photo,) if camera is None else (photo, camera)
        self.setAccessibleName(" ".join(self._captions))
        if camera is None:
            self._take(1, None)
        self.update()

    def show_photo(self, picture: BgrPicture) -> None:
        """Takes a copy."""
        self._take(0, picture)

    def show_preview(self, picture: BgrPicture) -> None:
        """Takes a copy."""
        if len(self._captions) > 1:
            self._take(1, picture)

    def forget(self) -> None:
        """Overwrite the pictures: freeing them would leave them in memory."""
        for place in (0, 1):
            self._take(place, None)

    def least_for(self, width: float) -> float:
        return _LEAST + self._caption(width)

    def height_for(self, width: float) -> float:
        return min(max(width * 0.6, _LEAST), _MOST) + self._caption(width)

    def _caption(self, width: float) -> float:
        """Height of the words below the pictures."""
        size, count = self._look.theme.type.body_small, max(1, len(self._captions))
        each = (width - _GAP * (count - 1)) / count
        return max((self._look.height(text, each, size) for text in self._captions), default=0.0) + 12

    def runs(self) -> list[Run]:
        size = self._look.theme.type.body_small
        rect = self._look.rect(self)
        boxes, low = self._columns(rect), self._caption(rect.width())
        return [
            self._look.run(text, QRectF(box.x(), box.bottom() - low, box.width(), low), size, "ink_soft")
            for text, box in zip(self._captions, boxes, strict=True)
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            for image, box in zip(self._images, self._columns(rect), strict=False):
                self._paint(painter, image, _portrait_in(box.adjusted(0, 0, 0, -self._caption(rect.width()))))
            for run in self.runs():
                self._look.paint(painter, run)

    def _columns(self, rect: QRectF) -> list[QRectF]:
        count = max(1, len(self._captions))
        width = (rect.width() - _GAP * (count - 1)) / count
        return [QRectF(rect.x() + n * (width + _GAP), rect.y(), width, rect.height()) for n in range(count)]

    def _paint(self, painter: QPainter, image: QImage | None, place: QRectF) -> None:
        radius = self._look.theme.shape.radius_large
        clip = QPainterPath()
        clip.addRoundedRect(place, radius, radius)
        painter.save()
        painter.setClipPath(clip)
        if image is None:
            painter.fillRect(place, self._look.colour("accent_tint"))
        else:
            size = image.size().scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            whole = QRectF(0, 0, size.width(), size.height())
            whole.moveCenter(place.center())
            painter.drawImage(whole, image)
        painter.restore()

    def _take(self, place: int, picture: BgrPicture | None) -> None:
        old, self._images[place] = self._images[place], None
        if old is not None:
            old.fill(0)
        if picture is not None:
            rows, columns = picture.shape[:2]
            pixels = picture.data if picture.data.c_contiguous else memoryview(picture.data.tobytes())
            image = QImage(pixels, columns, rows, columns * 3, QImage.Format.Format_BGR888)
            # converting copies: the image must not outlive the picture
            self._images[place] = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()


def _portrait_in(box: QRectF) -> QRectF:
    """The largest of the card photo's shape in the middle of `box`."""
    height = min(box.height(), box.width() / _SHAPE)
    place = QRectF(0, 0, height * _SHAPE, height)
    place.moveCenter(box.center())
    return place
