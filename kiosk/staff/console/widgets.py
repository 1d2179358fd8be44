"""The few parts of which all pages of the console are built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from itertools import pairwise

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.ports.counter import Pixels
from kiosk.staff.console.theme import COLOURS, SIZES

ENTER = "Return"
"""Shown on the button that it presses from a field; on any other button it presses the one that has the focus."""

_SHOWN = {"Escape": "Esc", ENTER: "Enter", "Alt+Left": "Alt ←", "Alt+Right": "Alt →", "Ctrl+Shift+C": "Ctrl ⇧ C"}
_BADGE = 26  # width of the sign that shows a key of one letter


_LINES = {"": 20, "small": 19, "strong": 23, "title": 28, "step": 36, "head": 19}
"""Pixels from line to line: the fonts of the two languages differ too much in their own."""


_WORD_JOINER = "\u2060"
_TIED = 12
"""So many letters at most stay on one line, however narrow."""


def _tied(text: str) -> str:
    """Japanese breaks before any letter; a word stays whole, and its end does not stand alone on the next line."""
    made, tied = text[:1], 1
    for before, after in pairwise(text):
        inside = (_is_kana(after) and before not in "、。 \n") or (_is_kanji(before) and _is_kanji(after))
        tied = tied + 1 if inside and tied < _TIED else 1
        made += _WORD_JOINER + after if tied > 1 else after
    return made


def _is_kana(letter: str) -> bool:
    return "ぁ" <= letter <= "ゖ"


def _is_kanji(letter: str) -> bool:
    return "一" <= letter <= "鿿"


class Label(QLabel):
    """Plain text; where it may take several lines, with room between them, which Japanese needs. `copied`: people may
    copy it, letter by letter as it is."""

    def __init__(self, text: str, *, wrap: bool, size: str = "", copied: bool = False) -> None:
        super().__init__()
        self.plain = ""
        self._copied = copied
        self._line = _LINES.get(size, _LINES[""])
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802
        if text == self.plain and self.text():
            return
        self.plain = text
        self.setAccessibleName(text)
        if self.wordWrap():
            shown = escape(text if self._copied else _tied(text)).replace("\n", "<br>")
            super().setText(f'<div style="line-height: {self._line}px">{shown}</div>' if text else "")
        else:
            super().setText(text)


def label(text: str = "", *, size: str = "", tone: str = "", wrap: bool = False, select: bool = False) -> Label:
    """`size`: small, strong, title, step or head."""
    made = Label(text, wrap=wrap, size=size, copied=select)
    made.setProperty("kind", size)
    made.setProperty("tone", tone)
    if select:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def chip(text: str, tone: str = "") -> Label:
    made = label(text, tone=tone)
    made.setObjectName("chip")
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def retone(widget: QWidget, tone: str) -> None:
    """Another tone for a widget that is already styled."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class QuickButton(QPushButton):
    """Pressed by its key at once: Qt itself shows the press for a tenth of a second first."""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Shortcut:
            self.click()
            return True
        return super().event(event)


class KeyButton(QuickButton):
    """A button that shows the key by which it is pressed."""

    def __init__(self, text: str, key: str = "", *, role: str = "", on_press: Callable[[], None] | None = None) -> None:
        super().__init__(text)
        self.key = key
        self.setProperty("role", role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if key:
            if key != ENTER:
                self.setShortcut(QKeySequence(key))
            self.setAccessibleDescription(key)
            room = self._badge_width() + 16
            self.setStyleSheet(f"QPushButton {{ padding-right: {room}px; padding-left: 14px; }}")
        self.setAccessibleName(text)
        if on_press is not None:
            self.clicked.connect(lambda _checked=False: on_press())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self.key:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self.palette().buttonText().color() if self.isEnabled() else QColor(COLOURS.outline)
        width = self._badge_width()
        box = QRectF(self.width() - width - 8, (self.height() - 20) / 2, width, 20)
        painter.setPen(ink)
        painter.drawRoundedRect(box, 3, 3)
        font = QFont(self.font())
        font.setPixelSize(SIZES.small)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._shown_key())
        painter.end()

    def _shown_key(self) -> str:
        return _SHOWN.get(self.key, self.key)

    def _badge_width(self) -> int:
        return _BADGE if len(self.key) == 1 else 14 + 8 * len(self._shown_key())


class Panel(QFrame):
    """A white field with a heading. `body` is where its parts go."""

    def __init__(self, title: str = "", *, name: str = "panel", margin: int = SIZES.gap) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(6)
        self.heading = label(title, size="head", wrap=True)
        self.body.addWidget(self.heading)
        self.heading.setVisible(bool(title))


class NextBox(QFrame):
    """次にすること: what is to be done, above everything else. `tone`: now (a person is needed), care, good, calm."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("next")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = title
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 10, 14, 10)
        self._column.setSpacing(4)
        self.sentences: tuple[str, ...] = ()

    def say(self, sentences: Iterable[str], tone: str) -> None:
        told = tuple(dict.fromkeys(sentences))
        if (told, tone) == (self.sentences, self.property("tone")):
            return
        self.sentences = told
        empty(self._column)
        self._column.addWidget(label(self._title, size="head", tone=tone if tone != "calm" else ""))
        for number, sentence in enumerate(told):
            self._column.addWidget(label(sentence, size="strong" if number == 0 else "", wrap=True))
        self.setAccessibleName(" ".join((self._title, *told)))
        retone(self, tone)


class Picture(QLabel):
    """A picture in its place, undistorted. Overwritten when it is taken away."""

    def __init__(self, caption: str, size: QSize, *, fill: bool = False) -> None:
        """`fill`: what does not fit in is cut off at the edges, so that two faces are of one size."""
        super().__init__()
        self._fill = fill
        self.setObjectName("picture")
        self.setFixedSize(size)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(caption)
        self._image: QImage | None = None

    @property
    def filled(self) -> bool:
        return self._image is not None

    def show_pixels(self, pixels: Pixels) -> None:
        """Takes a copy and wipes what was given."""
        self.forget()
        image = QImage(pixels.rgb, pixels.width, pixels.height, pixels.width * 3, QImage.Format.Format_RGB888)
        self._image = image.convertToFormat(QImage.Format.Format_RGB32)
        pixels.wipe()
        ratio = self.devicePixelRatioF()
        mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding if self._fill else Qt.AspectRatioMode.KeepAspectRatio
        place = self.size() * ratio
        fitted = self._image.scaled(place, mode, Qt.TransformationMode.SmoothTransformation)
        left, top = (fitted.width() - place.width()) // 2, (fitted.height() - place.height()) // 2
        if self._fill:
            fitted = fitted.copy(left, top, place.width(), place.height())
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(QPixmap.fromImage(fitted))

    def forget(self) -> None:
        if self._image is not None:
            self._image.fill(0)
            self._image = None
        self.setPixmap(QPixmap())


def empty(layout: QLayout) -> None:
    """Take everything out. What was there is hidden at once, so that no key reaches it any more."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            empty(inner)


def row(*parts: QWidget | int | None, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; a number is a gap, None takes what room is left."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for part in parts:
        if part is None:
            made.addStretch()
        elif isinstance(part, int):
            made.addSpacing(part)
        else:
            made.addWidget(part)
    return made


def column(*parts: QWidget | QLayout | None, spacing: int = SIZES.gap, margin: int = 0) -> QVBoxLayout:
    made = QVBoxLayout()
    made.setContentsMargins(margin, margin, margin, margin)
    made.setSpacing(spacing)
    for part in parts:
        if part is None:
            made.addStretch(1)
        elif isinstance(part, QLayout):
            made.addLayout(part)
        else:
            made.addWidget(part)
    return made


def scrolled(inner: QWidget) -> QScrollArea:
    """Grows downwards only: nothing is ever to be found by scrolling sideways."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


_copied: list[str] = []


def copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    _copied[:] = [text]


def forget_copied() -> None:
    """What was copied here goes with the session; what another program put there since stays."""
    if _copied and QGuiApplication.clipboard().text() == _copied[0]:
        QGuiApplication.clipboard().clear()
    _copied.clear()
