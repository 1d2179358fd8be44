"""A field to sign in with a finger. What is drawn leaves it as a PNG picture after every stroke."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.ui.fonts import FAMILIES
from kiosk.ui.keys import is_shown
from kiosk.ui.look import Look
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.pad import Pad, SignKey

_WIDTH, _HEIGHT = 1200, 360
_PEN = 9.0
_INK, _PAPER, _GUIDE = QColor(16, 24, 48), QColor(255, 255, 255), QColor(91, 107, 120)
"""Paper is white in every palette: what is drawn is printed."""


class SignatureField(QAbstractButton):
    """The paper. Points are kept in the picture's own measure, so that the size of the window does not matter."""

    def __init__(self, parent: QWidget, look: Look, on_drawn: Callable[[], None]) -> None:
        super().__init__(parent)
        self._look = look
        self._on_drawn = on_drawn
        self._strokes: list[list[QPointF]] = []
        self._words = ""
        self._ring = False
        self.setObjectName("signature")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def empty(self) -> bool:
        return not self._strokes and not self._words

    def wipe(self) -> None:
        self._strokes, self._words = [], ""
        self.update()

    def write(self, text: str) -> None:
        """A signature by keyboard, for whoever cannot draw."""
        self._strokes, self._words = [], text
        self.update()

    def picture(self) -> bytes:
        image = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())

    @property
    def words(self) -> str:
        """What was written by keyboard."""
        return self._words

    @property
    def shows_ring(self) -> bool:
        """Whether it has the focus, and from a keyboard."""
        return self._ring

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        event.ignore()  # to the pad

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = is_shown(event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = False
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._words = ""
        self._strokes.append([self._point(event)])
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._strokes and event.buttons():
            self._strokes[-1].append(self._point(event))
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        if self._strokes:
            self._on_drawn()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(_PAPER)
            painter.setPen(QPen(self._look.colour("accent"), 6))
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), 20, 20)
            if self._ring:
                width = self._look.theme.shape.focus
                painter.setPen(QPen(_INK, width))
                inset = 6 + width / 2
                painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), 18, 18)
            painter.setPen(QPen(_GUIDE, 3, Qt.PenStyle.DashLine))
            base = rect.height() * 0.78
            painter.drawLine(QPointF(48, base), QPointF(rect.width() - 48, base))
            box = self._paper(rect)
            painter.translate(box.topLeft())
            painter.scale(box.width() / _WIDTH, box.height() / _HEIGHT)
            self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        pen = QPen(_INK, _PEN, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self._strokes:
            if len(stroke) == 1:
                painter.drawPoint(stroke[0])
            painter.drawPolyline(stroke)
        if self._words:
            font = QFont()
            font.setFamilies(list(FAMILIES))
            font.setPixelSize(min(150, max(24, int((_WIDTH - 120) / max(1, len(self._words))))))
            painter.setFont(font)
            painter.drawText(QRectF(0, 0, _WIDTH, _HEIGHT), Qt.AlignmentFlag.AlignCenter, self._words)

    def _paper(self, rect: QRectF) -> QRectF:
        """Where the picture lies on the field: as large as it can be, in the middle."""
        unit = min(rect.width() / _WIDTH, rect.height() / _HEIGHT)
        width, height = _WIDTH * unit, _HEIGHT * unit
        return QRectF((rect.width() - width) / 2, (rect.height() - height) / 2, width, height)

    def _point(self, event: QMouseEvent) -> QPointF:
        place = event.position() / self._look.scale
        box = self._paper(self._look.rect(self))
        x, y = (place.x() - box.x()) * _WIDTH / box.width(), (place.y() - box.y()) * _HEIGHT / box.height()
        return QPointF(min(max(x, 0), _WIDTH), min(max(y, 0), _HEIGHT))


class SignaturePad(Pad):
    """`on_signed` gets the picture, or None when it was wiped away."""

    def __init__(self, parent: QWidget, look: Look, on_signed: Callable[[bytes | None], None]) -> None:
        super().__init__(parent, look, "signature")
        self._on_signed = on_signed
        self.paper = SignatureField(self, look, self._drawn)
        self.clear = SignKey(self, look, "signature.clear", "erase")
        self.clear.clicked.connect(self._wiped)

    def show_pad(self, field: str, clear: str) -> None:
        """What a screen reader calls the field, and the key that wipes it."""
        self.paper.setAccessibleName(field)
        self.paper.setText("")
        self.clear.show_label(clear, enabled=not self.paper.empty)

    def buttons(self) -> list[PressButton]:
        return [self.clear]

    def height_for(self, width: float) -> float:
        return min(width * 0.42, 520.0) + 24 + 112

    def least_for(self, width: float) -> float:
        return min(width * 0.3, 260.0) + 24 + 112

    def arrange(self) -> None:
        rect = self.look.rect(self)
        paper = rect.height() - 24 - 112
        self.look.place(self.paper, QRectF(0, 0, rect.width(), paper))
        width = min(rect.width(), 360.0)
        self.look.place(self.clear, QRectF(rect.width() - width, paper + 24, width, 112))

    def type_key(self, event: QKeyEvent) -> bool:
        """A name by keyboard, for whoever cannot draw."""
        words, text = self.paper.words, event.text()
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            words = words[:-1]
        elif text and text.isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            words += text
        else:
            return False
        if words:
            self.type_whole(words)
        else:
            self._wiped()
        return True

    def type_whole(self, text: str) -> None:
        self.paper.write(text)
        self._drawn()

    def _drawn(self) -> None:
        self.clear.setEnabled(True)
        self._on_signed(self.paper.picture())

    def _wiped(self) -> None:
        self.paper.wipe()
        self.clear.setEnabled(False)
        self._on_signed(None)
