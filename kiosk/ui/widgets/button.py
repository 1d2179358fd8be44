"""What can be pressed: one shape with a lower edge, four weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from kiosk.ui.drawing import load_drawing
from kiosk.ui.keys import direction, is_shown, on_keypad
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look, Run
from kiosk.ui.widgets.icons import draw_icon

_SIGN, _SIGN_GAP = 44.0, 16.0
_SMALL_CARD = 600.0

_PRESSED = {
    "surface": "accent_tint",
    "ground": "accent_tint",
    "accent": "accent_deep",
    "accent_tint": "surface",
    "care_tint": "surface",
}
"""What a fill becomes under a finger."""


class PressButton(QPushButton):
    """Base of all buttons: label and second line, keyboard, focus ring, accessible name. Subclasses say
    how they are filled and where their texts stand."""

    fill = "surface"
    border = "accent"
    ink = "accent_deep"
    label_size = "choice"
    room = 0.0
    """Height that a pad gives its key, before whole screen pixels: keys that differ by one look alike. 0: its own."""
    least_height = "choice_button"
    edge_kind = "edge"
    tells_press = True  # by its colour, too

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent)
        self.control_id = control_id
        self.look = look
        self.label = ""
        self.detail = ""
        self.letters: str | None = None  # the label's language where it is not the screen's
        self._ring = False
        self._among = self._marked = False
        self.toggled.connect(self._toggled)
        self.setObjectName(control_id)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, False)

    def show_label(
        self,
        label: str,
        detail: str = "",
        *,
        enabled: bool = True,
        heard: str | None = None,
        more_heard: str | None = None,
    ) -> None:
        """`heard` and `more_heard` say to a screen reader something else than label and detail do. A name is set once:
        a screen reader repeats the button it is on whenever that changes its name."""
        self.label = label
        self.detail = detail
        self.setText(plain(label))
        self.setAccessibleName(spoken(label if heard is None else heard))
        self.setAccessibleDescription(spoken(detail if more_heard is None else more_heard).strip())
        self.setEnabled(enabled)
        self.update()

    def mark(self, on: bool, *, among: bool) -> None:
        """Tell assistive technology whether it is chosen. `among`: one of several, of which one is chosen."""
        self.setCheckable(True)
        self._among, self._marked = among, on
        self._show_mark()

    def _show_mark(self) -> None:
        with self._alone(), QSignalBlocker(self):
            self.setChecked(self._marked)

    def _toggled(self, on: bool) -> None:
        """By assistive technology, which passes the press by. Of several, Qt has cleared the others by itself."""
        self._show_mark()
        if on or not self._among:
            self.click()

    def nextCheckState(self) -> None:  # noqa: N802
        """A press only asks; the next view brings the new state."""

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Qt gives the role of a radio button to what is exclusive, but would also move the choice with the arrow keys
        and take the others out of the order of focus."""
        self.setAutoExclusive(False)
        yield
        self.setAutoExclusive(self._among)

    @property
    def shows_ring(self) -> bool:
        """Whether it has the focus, and from a keyboard."""
        return self._ring

    @property
    def edge(self) -> int:
        """Height of the lower edge, design pixels."""
        return int(getattr(self.look.theme.shape, self.edge_kind))

    def label_px(self) -> int:
        """Size of the label."""
        return int(getattr(self.look.theme.type, self.label_size))

    def height_for(self, width: float) -> float:
        least, air = self.look.least(self.least_height), 28 if self.look.tight else 56
        return max(least, self._texts_height(self.text_area(width, least).width()) + air)

    def text_area(self, width: float, height: float) -> QRectF:
        """Where label and detail stand, for a button of this size."""
        return QRectF(28, 0, width - 56, height - self.edge)

    def runs(self) -> list[Run]:
        rect = self.look.rect(self)
        area = self.text_area(rect.width(), rect.height())
        look = self.look
        size, words = self._sizes(area.width())
        label_height = look.height(self.label, area.width(), size, bold=True, language=self.letters)
        detail_height = look.height(self.detail, area.width(), words) + 4 if self.detail else 0
        top = area.y() + (area.height() - label_height - detail_height) / 2
        box = QRectF(area.x(), top, area.width(), label_height)
        ink = self.ink if self.isEnabled() else "idle_ink"
        runs = [look.run(self.label, box, size, ink, bold=True, centred=self._centred(), language=self.letters)]
        if self.detail:
            box = QRectF(area.x(), top + label_height + 4, area.width(), detail_height - 4)
            runs.append(look.run(self.detail, box, words, self._detail_ink(), centred=self._centred()))
        return runs

    def _sizes(self, width: float) -> tuple[int, int]:
        """Of label and second line."""
        look, detail = self.look, self.look.theme.type.detail
        if look.theme.percent <= 100:
            return self.label_px(), detail
        label = look.fitting(self.label, width, self.label_size, self.label_px(), bold=True)
        return label, look.fitting(self.detail, width, "detail", detail)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self.look.painting(self) as (painter, rect):
            face = self.paint_body(painter, rect)
            painter.save()
            painter.translate(0, face.y())
            self.paint_extras(painter, QRectF(face.x(), 0, face.width(), face.height()))
            for run in self.runs():
                self.look.paint(painter, run)
            painter.restore()

    def paint_body(self, painter: QPainter, rect: QRectF) -> QRectF:
        """The raised shape; returns its face, which sinks onto the edge while pressed."""
        shape = self.look.theme.shape
        sunk = self.edge - 2 if self.isDown() else 0
        face = QRectF(rect.x(), rect.y() + sunk, rect.width(), rect.height() - self.edge)
        enabled = self.isEnabled()
        border = self.look.colour(self.border if enabled else "hairline")
        if enabled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.edge_colour())
            lower = QRectF(rect.x(), rect.bottom() - face.height(), rect.width(), face.height())
            painter.drawRoundedRect(lower, shape.radius, shape.radius)
        painter.setBrush(self.look.colour(self._face_fill()))
        painter.setPen(QPen(border, shape.line))
        half = shape.line / 2
        painter.drawRoundedRect(face.adjusted(half, half, -half, -half), shape.radius - half, shape.radius - half)
        if self._ring:
            self._paint_ring(painter, face)
        return face

    def _face_fill(self) -> str:
        if not self.isEnabled():
            return "idle_key"
        return _PRESSED.get(self.fill, self.fill) if self.isDown() and self.tells_press else self.fill

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        """Signs and pictures beside the texts."""

    def edge_colour(self) -> QColor:
        return self.look.colour(self.border)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        elif on_keypad(event):
            event.ignore()  # a digit to whoever takes digits, whatever the number lock says
        elif (onward := direction(event)) is not None:
            self.focusNextPrevChild(onward)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = is_shown(event)
        with self._alone():
            super().focusInEvent(event)
        if self._ring:
            self.look.on_focus(self.control_id)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = False
        super().focusOutEvent(event)

    def _paint_ring(self, painter: QPainter, face: QRectF) -> None:
        """Two rings, dark and light, so that one of them stands out on any fill."""
        shape = self.look.theme.shape
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for inset, colour in ((shape.focus / 2, "focus"), (shape.focus * 1.25, "surface")):
            painter.setPen(QPen(self.look.colour(colour), shape.focus if colour == "focus" else shape.focus / 2))
            painter.drawRoundedRect(
                face.adjusted(inset, inset, -inset, -inset), shape.radius - inset, shape.radius - inset
            )

    def _texts_height(self, width: float) -> float:
        size, words = self._sizes(width)
        height = self.look.height(self.label, width, size, bold=True)
        return height + (self.look.height(self.detail, width, words) + 4 if self.detail else 0)

    def _centred(self) -> bool:
        return True

    def _detail_ink(self) -> str:
        return "ink_soft" if self.isEnabled() else "idle_ink"


class MainButton(PressButton):
    """The one expected press of a screen."""

    fill = "accent"
    border = "accent"
    ink = "on_accent"
    label_size = "button"
    least_height = "main_button"

    def edge_colour(self) -> QColor:
        return self.look.colour("accent_deep")

    def _detail_ink(self) -> str:
        return "on_accent" if self.isEnabled() else "idle_ink"


class ChoiceButton(PressButton):
    """One of several equal ways, label in the middle."""


class ChoiceCard(PressButton):
    """One of several equal ways: picture and texts at the left, a sign that it leads on at the right."""

    def __init__(self, parent: QWidget, look: Look, control_id: str) -> None:
        super().__init__(parent, look, control_id)
        self.picture_id = ""

    def show_picture(self, picture_id: str | None) -> None:
        self.picture_id = picture_id or ""
        self.update()

    def text_area(self, width: float, height: float) -> QRectF:
        if self._small(width):
            return QRectF(28, 0, width - 56, height - self.edge)
        left = self._picture_width(height) + 48 if self._pictured else 44
        return QRectF(left, 0, width - left - 100, height - self.edge)

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        if self._pictured:
            drawing = load_drawing(self.look.pictures, self.picture_id, self.look.theme.colours)
            width = self._picture_width(face.height() + self.edge)
            box = QRectF(24, face.y() + 14, width, face.height() - 28)
            drawing.paint(painter, box, drawing.still, self.look.scale)
        if self._small(face.width()):
            return
        square = QRectF(face.right() - 84, face.center().y() - 24, 48, 48)
        draw_icon(painter, "chevron", square, self.look.colour("accent" if self.isEnabled() else "idle_ink"), 8)

    def _small(self, width: float) -> bool:
        """One of two in a row of a narrow screen: the words need all of it."""
        return self.look.bare and width < _SMALL_CARD

    @property
    def _pictured(self) -> bool:
        return bool(self.picture_id) and not self.look.bare

    def _picture_width(self, height: float) -> float:
        if self.look.theme.percent > 100:
            return 170.0  # the words need the width
        return min(250.0, max(170.0, (height - 40) * 1.15))

    def _centred(self) -> bool:
        return False


class QuietButton(PressButton):
    """A way out that must not shout."""

    fill = "ground"
    border = "outline"
    ink = "ink"
    label_size = "quiet"
    edge_kind = "edge_low"
    least_height = "quiet_button"

    def height_for(self, width: float) -> float:
        least, air = self.look.least("quiet_button"), 20 if self.look.tight else 36
        return max(least, self._texts_height(self.text_area(width, least).width()) + air)


class MoreButton(QuietButton):
    """Turns to the next part of a screen that does not fit at once. Its words never push out what it leads to."""

    fill = "accent_tint"
    border = "accent"
    ink = "ink"

    def label_px(self) -> int:
        """As large as one line allows."""
        wished, usual = super().label_px(), self.look.base.type.quiet
        width = self.text_area(self.look.rect(self).width() or 900, 0).width()
        sizes = (wished, (wished + usual) // 2, usual)
        return next((s for s in sizes if self.look.width(self.label, s, bold=True) <= width), usual)

    def height_for(self, _width: float) -> float:
        return float(self.look.theme.space.quiet_button)


class FrameButton(PressButton):
    """Part of the frame: the same place on every screen. `icon` may be empty. A stacked one has its sign above."""

    fill = "surface"
    border = "outline"
    ink = "ink"
    label_size = "frame"
    edge_kind = "edge_low"
    least_height = "frame_button"

    def __init__(self, parent: QWidget, look: Look, control_id: str, icon: str = "", *, stacked: bool = False) -> None:
        super().__init__(parent, look, control_id)
        self.icon_name = icon
        self.stacked = stacked
        self.chosen = False
        self.size_px = 0  # 0: the theme's

    def label_px(self) -> int:
        return self.size_px or super().label_px()

    def show_chosen(self, chosen: bool, *, on_accent: bool = False) -> None:
        """Mark the current language: filled, and with a tick, so that colour is not the only sign."""
        self.chosen = chosen
        self.fill = "accent" if chosen else "surface"
        self.border = ("surface" if on_accent else "accent") if chosen else "outline"
        self.ink = "on_accent" if chosen else "ink"
        self.mark(chosen, among=True)
        self.update()

    def natural_width(self) -> float:
        return self._inner_width() + (28 if self.stacked else 56)

    @property
    def sign_width(self) -> float:
        """That a sign beside the words takes."""
        return self._sign_edge() + _SIGN_GAP

    def natural_height(self) -> float:
        """Of a stacked one."""
        return self._sign_edge() + self.look.line_height(self.label_px(), self.label) + 24 + self.edge

    def text_area(self, width: float, height: float) -> QRectF:
        if self.stacked:
            top = 10 + self._sign_edge()
            return QRectF(10, top, width - 20, height - self.edge - top - 6)
        inner = min(width - 24, self._inner_width())
        left = (width - inner) / 2 + (self.sign_width if self._sign() else 0)
        return QRectF(left, 0, (width + inner) / 2 - left, height - self.edge)

    def paint_extras(self, painter: QPainter, face: QRectF) -> None:
        sign, edge = self._sign(), self._sign_edge()
        if not sign:
            return
        if self.stacked:
            square = QRectF(face.center().x() - edge / 2, face.y() + 12, edge, edge)
        else:
            left = self.text_area(face.width(), face.height()).x() - edge - _SIGN_GAP
            square = QRectF(left, face.center().y() - edge / 2, edge, edge)
        draw_icon(painter, sign, square, self.look.colour(self.ink if self.isEnabled() else "idle_ink"), edge / 7.4)

    def edge_colour(self) -> QColor:
        return self.look.colour("accent_deep" if self.chosen else self.border)

    def _inner_width(self) -> float:
        text = self.look.width(self.label, self.label_px(), bold=True, language=self.letters) + 2
        return text + (self.sign_width if self._sign() and not self.stacked else 0)

    def _sign_edge(self) -> float:
        """A sign grows with its words."""
        return _SIGN * self.label_px() / self.look.base.type.frame if self.size_px else _SIGN

    def _sign(self) -> str:
        return "check" if self.chosen else self.icon_name

    def _centred(self) -> bool:
        return self.stacked or not self._sign()
