"""Pads that write one answer of a form: letters, digits, or a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.look import Look
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.date_text import ERAS, DateText, date_text
from kiosk.ui.widgets.kana_keys import (
    BACK,
    BLANK,
    HALF_VOICED,
    PAGE,
    SMALL,
    VOICED,
    changed,
    digit_rows,
    kana_pages,
)
from kiosk.ui.widgets.pad import Pad, PadKey, SignKey, WordKey, WrittenLine, even_words
from kiosk.ui.widgets.voice_choice import voice_key

Say = Callable[[str], str]
Written = Callable[[str], None]

_LINE_HEIGHT = 140.0
_KEY_MOST = 128.0
_KEY_LEAST = 96.0
_KEY_SMALLEST = 82.0  # 20 mm on a screen of 21.5 inches
_LINE_LEAST = 90.0
_ERA_LEAST = 108.0  # two lines
_GAP = 24.0
_WORD_COLUMNS = 3
_WORDS = "pad.page.words"


class Echoes:
    """Texts that were sent and will come back by the view, so that a slow one never undoes a quick press."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self._last: str | None = None

    def sent(self, text: str) -> None:
        self._sent.append(text)
        self._last = text

    def is_news(self, text: str) -> bool:
        if text in self._sent:
            if text == self._last:
                self._sent.clear()
            return False
        new = text != self._last
        self._last = text
        self._sent.clear()
        return new


@dataclass(frozen=True)
class Page:
    """Keys that are seen together; a text is what the key writes, None an empty place."""

    name: str  # message id of what the key that leads here says
    rows: tuple[tuple[str | None, ...], ...]


class WritingPad(Pad):
    """Letters by pages, or digits. `on_written` gets the whole text after every press.

    The view gives every text back a moment later: those are known already, another one replaces what stands there.
    """

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        on_written: Written,
        say: Say,
        *,
        field: str,
        kind: str,
        words: tuple[str, ...] = (),
    ) -> None:
        super().__init__(parent, look, field)
        self._on_written = on_written
        self._say = say
        self._kind = kind
        self._limit = 100
        self._text = ""
        self._echoes = Echoes()
        self._pages = _pages(kind, words)
        self._page = 0
        self.line = WrittenLine(self, look)
        self._keys: list[tuple[list[list[PressButton | None]], int]] = []
        for number, page in enumerate(self._pages):
            rows = [[self._key(text, number, page.name) for text in row] for row in page.rows]
            self._keys.append((rows, number))
        self._signs = [self._sign(name) for name in self._sign_names()]

    # --- text -----------------------------------------------------------------------------------

    def show_text(self, text: str, limit: int) -> None:
        self._limit = limit
        if self._echoes.is_news(text):
            self._text = text
        self._refresh()

    def type_whole(self, text: str) -> None:
        self._write(text)

    def _write(self, text: str) -> None:
        self._text = text[: self._limit]
        self._refresh()
        self._echoes.sent(self._text)
        self._on_written(self._text)

    def _pressed(self, text: str) -> None:
        self._write(self._text + text)

    def _sign_pressed(self, name: str) -> None:
        if name == PAGE:
            self._page = (self._page + 1) % len(self._pages)
            self._refresh()
            self.arrange()
        elif name == BLANK:
            self._pressed("　")
        else:
            self._write(changed(self._text, name))

    def _refresh(self) -> None:
        text = self._text
        self.line.show_written(text, text or self._say("pad.empty"))
        full = len(text) >= self._limit
        for rows, number in self._keys:
            for key in (key for row in rows for key in row if key is not None):
                key.setVisible(number == self._page)
                key.setEnabled(not full)
        for sign in self._signs:
            name = sign.control_id.rpartition(".")[2]
            if name == PAGE:
                sign.show_label(self._say(self._pages[(self._page + 1) % len(self._pages)].name))
            elif name != BLANK:
                sign.setEnabled(bool(text))

    # --- keys -----------------------------------------------------------------------------------

    def buttons(self) -> list[PressButton]:
        rows = self._keys[self._page][0]
        return [*(key for row in rows for key in row if key is not None), *self._signs]

    def height_for(self, _width: float) -> float:
        rows = max(len(page.rows) for page in self._pages) + 1
        return _LINE_HEIGHT + rows * (_KEY_MOST + _GAP)

    def least_for(self, width: float) -> float:
        rows = max(len(page.rows) for page in self._pages) + 1
        beside = len(self._signs) == rows and width > _LINE_LEAST + rows * (_KEY_SMALLEST + _GAP)
        return _LINE_LEAST + (rows - beside) * (_KEY_SMALLEST + _GAP)

    def arrange(self) -> None:
        rect = self.look.rect(self)
        rows = self._keys[self._page][0]
        most = max(len(page.rows) for page in self._pages)
        beside = rect.width() > rect.height() and len(self._signs) == most + 1
        count = most if beside else most + 1
        line = min(_LINE_HEIGHT, max(_LINE_LEAST, rect.height() - count * (_KEY_LEAST + _GAP)))
        top = line + _GAP
        height = (rect.height() - top - _GAP * (count - 1)) / count
        width = rect.width()
        if beside:
            # A low screen: the signs stand in a column, the one that erases next to what it erases.
            column = (rect.width() - 5 * _GAP) / 6
            width -= column + _GAP
            *others, erase = self._signs
            self.look.place(erase, QRectF(width + _GAP, 0, column, line))
            self.place_rows([[sign] for sign in others], QRectF(width + _GAP, top, column, rect.height() - top), _GAP)
        else:
            self.place_rows([self._signs], QRectF(0, rect.height() - height, width, height), _GAP)
        even_words(self._signs)
        self.look.place(self.line, QRectF(0, 0, width, line))
        self.place_rows(rows, QRectF(0, top, width, len(rows) * (height + _GAP) - _GAP), _GAP)

    def type_key(self, event: QKeyEvent) -> bool:
        """Any letter of a keyboard, an input method's too."""
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._write(self._text[:-1])
            return True
        text = event.text()
        if not text or not text.isprintable() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if text != "-" and voice_key(event):  # a hyphen belongs to addresses
            return False
        self._pressed(text)
        return True

    def _key(self, text: str | None, page: int, name: str) -> PressButton | None:
        if text is None:
            return None
        kind = WordKey if name == _WORDS and text not in "1234567890" else PadKey
        key = kind(self, self.look, f"key.{page}.{text}")
        key.show_label(text)
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        key.clicked.connect(lambda _checked=False, text=text: self._pressed(text))
        return key

    def _sign(self, name: str) -> SignKey:
        alone = len(self._sign_names()) == 1
        sign = SignKey(self, self.look, f"key.{name}", "erase" if alone else "")
        sign.show_label(self._say("pad.erase" if name == BACK and not alone else f"pad.{name}"))
        sign.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        sign.clicked.connect(lambda _checked=False, name=name: self._sign_pressed(name))
        return sign

    def _sign_names(self) -> tuple[str, ...]:
        if self._kind in ("digits", "phone"):
            return (BACK,)
        return (VOICED, HALF_VOICED, SMALL, BLANK, PAGE, BACK)


def _pages(kind: str, words: tuple[str, ...]) -> tuple[Page, ...]:
    if kind in ("digits", "phone"):
        last = ("-", "0", None) if kind == "phone" else (None, "0", None)
        return (Page("pad.page.digits", (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), last)),)
    pages = [
        Page(f"pad.page.kana{number}", tuple(tuple(None if c == "　" else c for c in row) for row in rows))
        for number, rows in enumerate(kana_pages(katakana=kind == "kana"))
    ]
    if kind != "kana":
        digits = [tuple(row) for row in digit_rows()] if kind == "text" else []
        shown = words[: _WORD_COLUMNS * (5 - len(digits))]
        lists = [shown[n : n + _WORD_COLUMNS] for n in range(0, len(shown), _WORD_COLUMNS)]
        rows = [*digits, *((*row, *(None,) * (_WORD_COLUMNS - len(row))) for row in lists)]
        if rows:
            pages.append(Page(_WORDS, tuple(rows)))
    return tuple(pages)


class DatePad(Pad):
    """Era, year, month and day by their own keys, the way the years are written on cards."""

    def __init__(self, parent: QWidget, look: Look, on_written: Written, say: Say, *, field: str, kind: str) -> None:
        super().__init__(parent, look, field)
        self._on_written = on_written
        self._say = say
        self._parts = 3 if kind == "day" else 2
        self._now = date_text("", self._parts)
        self._echoes = Echoes()
        self.line = WrittenLine(self, look)
        self._eras = [self._era_key(era) for era in ERAS]
        self._digits = [self._digit_key(digit) for digit in "1234567890"]
        self._back = self._sign("back", "erase", self._erase)
        self._next = self._sign("forward", "", self._go_forward)

    def show_text(self, text: str, _limit: int) -> None:
        if self._echoes.is_news(text):
            self._now = date_text(text, self._parts)
        self._refresh()

    def type_whole(self, text: str) -> None:
        self._now = date_text(text, self._parts)
        self._tell(text)

    def _set(self, changed_date: DateText) -> None:
        self._now = changed_date
        self._tell(changed_date.text())

    def _tell(self, text: str) -> None:
        self._refresh()
        self._echoes.sent(text)
        self._on_written(text)

    def _erase(self) -> None:
        self._set(self._now.erased())

    def _go_forward(self) -> None:
        self._set(self._now.forward())

    def _refresh(self) -> None:
        now = self._now
        units = ("pad.year", "pad.month", "pad.day")[: self._parts]
        words = [self._say(f"pad.era.{now.era}") if now.era else ""]
        for place, (part, unit) in enumerate(zip(now.parts, units, strict=True)):
            shown = part or ("＿" if place == now.at else "　")
            words.append(f"{shown}{self._say(unit)}")
        text = " ".join(word for word in words if word)
        self.line.show_written(text, text)
        for era, key in zip(ERAS, self._eras, strict=True):
            key.show_chosen(era == now.era)
        following = ("pad.month", "pad.day")[min(now.at, self._parts - 2)]
        self._next.show_label(self._say("pad.forward").replace("{}", self._say(following)))
        self._next.setEnabled(bool(now.parts[now.at]) and now.at < self._parts - 1)
        self._back.setEnabled(any(now.parts))

    def buttons(self) -> list[PressButton]:
        *most, zero = self._digits
        return [*self._eras, *most, self._back, zero, self._next]

    def height_for(self, _width: float) -> float:
        return _LINE_HEIGHT + 5 * (_KEY_MOST + _GAP)

    def least_for(self, _width: float) -> float:
        return _LINE_LEAST + _ERA_LEAST + _GAP + 4 * (_KEY_SMALLEST + _GAP)

    def arrange(self) -> None:
        rect = self.look.rect(self)
        line = min(_LINE_HEIGHT, max(_LINE_LEAST, rect.height() - 5 * (_KEY_LEAST + _GAP)))
        self.look.place(self.line, QRectF(0, 0, rect.width(), line))
        height = (rect.height() - line - 5 * _GAP) / 5
        era = max(height, _ERA_LEAST)
        self.place_rows([self._eras], QRectF(0, line + _GAP, rect.width(), era), _GAP)
        even_words(self._eras)
        top = line + 2 * _GAP + era
        *most, zero = self._digits
        last: list[QWidget | None] = [self._back, zero, self._next]
        rows: list[list[QWidget | None]] = [[*most[0:3]], [*most[3:6]], [*most[6:9]], last]
        self.place_rows(rows, QRectF(0, top, rect.width(), rect.height() - top), _GAP)

    def type_key(self, event: QKeyEvent) -> bool:
        if event.text() and event.text() in "1234567890":
            self._set(self._now.pressed(event.text()))
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._erase()
        else:
            return False
        return True

    def _era_key(self, era: str) -> SignKey:
        key = SignKey(self, self.look, f"key.era.{era}")
        key.show_label(self._say(f"pad.era.{era}"))
        key.clicked.connect(lambda _checked=False, era=era: self._set(self._now.chosen(era)))
        return key

    def _digit_key(self, digit: str) -> PadKey:
        key = PadKey(self, self.look, f"key.digit.{digit}")
        key.show_label(digit)
        key.clicked.connect(lambda _checked=False, digit=digit: self._set(self._now.pressed(digit)))
        return key

    def _sign(self, name: str, icon: str, action: Callable[[], None]) -> SignKey:
        sign = SignKey(self, self.look, f"key.{name}", icon)
        sign.show_label(self._say(f"pad.{name}"))
        sign.clicked.connect(lambda _checked=False: action())
        return sign
