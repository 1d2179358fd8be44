"""The photo from the card's chip, large, for staff who compare it with the person before them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look
from kiosk.ui.widgets.camera_view import BgrPicture

_LEAST, _MOST = 300.0, 640.0  # design pixels of its height


class CardPhoto(QWidget):
    """Empty until the photo comes, and where there is none."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._image: QImage | None = None

    def show_photo(self, picture: BgrPicture) -> None:
        """Takes a copy."""
        rows, columns = picture.shape[:2]
        pixels = picture.data if picture.data.c_contiguous else memoryview(picture.data.tobytes())
        self.forget()
        image = QImage(pixels, columns, rows, columns * 3, QImage.Format.Format_BGR888)
        self._image = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()

    def forget(self) -> None:
        """Overwrite the picture: freeing it would leave it in memory."""
        if self._image is not None:
            self._image.fill(0)
        self._image = None

    def height_for(self, width: float) -> float:
        return min(max(width * 0.6, _LEAST), _MOST)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self._image is None:
            return
        with self._look.painting(self) as (painter, rect):
            size = self._image.size().scaled(rect.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(rect.center())
            clip = QPainterPath()
            clip.addRoundedRect(place, self._look.theme.shape.radius_large, self._look.theme.shape.radius_large)
            painter.setClipPath(clip)
            painter.drawImage(place, self._image)
