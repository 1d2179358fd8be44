"""The patient's window: draws a `View`, sends back control ids, and computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QCloseEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QMainWindow, QWidget

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import PERSONAL, ChoiceContent, View
from kiosk.domain.secret import Secret
from kiosk.ui.announcer import Announcer, Hearing
from kiosk.ui.covers import Shade, Veil
from kiosk.ui.fit import place_of
from kiosk.ui.fonts import load_fonts
from kiosk.ui.keys import direction
from kiosk.ui.layout import Layout
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look
from kiosk.ui.page import Page
from kiosk.ui.reach import Glass
from kiosk.ui.theme import LIGHT, Theme
from kiosk.ui.widgets.button import MainButton, MoreButton, PressButton
from kiosk.ui.widgets.camera_view import BgrPicture, CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.frame import ScreenFrame
from kiosk.ui.widgets.pad import Pad

PORTRAIT = (1080, 1920)
LANDSCAPE = (1920, 1080)


class PatientWindow(QMainWindow):
    """One lane's screen.

    `on_tap` receives control ids (design 4.2). Digits of the pad leave it only as `on_typed("pin", secret)` when its
    OK key is pressed; whoever receives the secret wipes it. Needs a QApplication.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        fonts_folder: Path,
        pictures_folder: Path,
        on_tap: Callable[[str], None],
        on_typed: Callable[[str, Secret], None],
        on_written: Callable[[str, str], None] = lambda _field, _text: None,
        on_signed: Callable[[bytes | None], None] = lambda _picture: None,
        theme: Theme = LIGHT,
        reduced_motion: bool = False,
        glass: Glass | None = None,
    ) -> None:
        super().__init__()
        load_fonts(fonts_folder)
        self._catalogue = catalogue
        self._look = Look(pictures_folder, theme, reduced_motion=reduced_motion)
        self._frame = ScreenFrame(self, self._look, self._render, on_tap, self._changed)
        self._on_written = on_written
        self._page = Page(self, self._look, self._render, on_tap, on_typed, on_written, on_signed)
        self._glass = glass or Glass()
        self._more = MoreButton(self, self._look, "more")
        self._more.clicked.connect(self.turn_leaf)
        self._more.hide()
        self._layout = Layout(self._look, self._page, self._more)
        self._announcer = Announcer(self, catalogue)
        self._veil = Veil(self, self._look, self.uncover)
        self._shade = Shade(self)
        self._light = QTimer(self)
        self._light.setInterval(self._look.theme.time.pulse // 2)
        self._light.timeout.connect(self._blink)
        self.may_close: Callable[[], bool] = lambda: True
        self.own_keys: frozenset[Qt.Key] = frozenset()  # of switches, whatever else they may mean
        self._area = QRectF()
        self._view: View | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(540, 960)

    def show_view(self, view: View) -> None:
        """Draw the view. Raises KeyError for a sentence that the catalogue lacks, and then changes nothing."""
        if view == self._view:
            return
        if unknown := [i for i in view.message_ids() if i not in self._catalogue]:
            raise KeyError(", ".join(sorted(unknown)))
        another = self._view is None or self._view.screen != view.screen
        if another and self.focusWidget() is not None:
            self.focusWidget().clearFocus()  # before Qt hands it on from what is hidden
        if another and self.personal:
            self._look.forget()
        self._view = view
        if another:
            self._veil.hide()
        self._frame.lit = False
        blinks = view.urgent and not self._look.reduced_motion
        (self._light.start if blinks else self._light.stop)()
        self._look.language = view.language
        self._look.wear(view.palette, view.text_size)
        self._layout.begin((view.screen, view.language, view.text_size, view.low, view.content is None))
        self._frame.show_view(view)
        self._page.show_view(view)
        self._announcer.titled(spoken(self._render(view.title)))
        self._arrange()
        self._order_focus()
        self.update()
        self._announcer.shown(view)
        if another and QAccessible.isActive():
            self._to_the_field()

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogue

    @property
    def look(self) -> Look:
        """How things are drawn now."""
        return self._look

    @property
    def content(self) -> QWidget | None:
        """What stands in the middle of the present screen, if anything."""
        return self._page.content

    @property
    def low(self) -> bool:
        """Whether everything pressed stands within reach of somebody seated."""
        return self._view is not None and self._view.low

    @property
    def area(self) -> QRectF:
        """What the frame leaves to the content, in design pixels."""
        return self._area

    @property
    def leaves(self) -> int:
        """Parts in which the present screen is shown."""
        return self._layout.count

    def show_preview(self, picture: BgrPicture) -> None:
        """A camera picture (BGR, 8 bits); ignored on a screen without a place for it."""
        if isinstance(self._page.content, CameraView | CardPhoto):
            self._page.content.show_preview(picture)

    def show_card_photo(self, picture: BgrPicture) -> None:
        """The photo from the chip; ignored on a screen without a place for it."""
        if isinstance(self._page.content, CardPhoto):
            self._page.content.show_photo(picture)

    def press(self, control_id: str) -> bool:
        """Press the real control in its middle as a finger would. False when it is not there, disabled or covered."""
        self._frame.reveal(control_id)
        for button in self.findChildren(QAbstractButton):
            if button.objectName() != control_id or not button.isEnabled():
                continue
            self.uncover()
            self._turn_to(button)
            if button.isVisibleTo(self):
                centre = button.rect().center()
                if self.childAt(button.mapTo(self, centre)) is not button:
                    return False
                _click(button)
                return True
        return False

    def type_text(self, field: str, text: str) -> bool:
        """Press the keys of `text` on the pad of `field`. False where there is no such pad or key."""
        pad = self._page.content
        if not isinstance(pad, DigitPad) or pad.field != field:
            return False
        return all(self.press(f"pin.digit.{char}") for char in text)

    def writes_whole(self, field: str, text: str) -> bool:
        """Write an answer of the form at once, as a keyboard with an input method does. False where `field` is not
        asked now, or asked by a pad that takes single keys."""
        self.uncover()
        content = self._view.content if self._view else None
        if isinstance(content, ChoiceContent) and content.field == field:
            self._on_written(field, text)
            return True
        pad = self._page.content
        if not isinstance(pad, Pad) or pad.field != field:
            return False
        pad.type_whole(text)
        return True

    def texts(self) -> list[str]:
        """Everything that can be read or heard from the screen now, accessible names included."""
        found: list[str] = [self.windowTitle()]
        for widget in [self, *self.findChildren(QWidget)]:
            if not widget.isVisibleTo(self):
                continue
            found += [widget.accessibleName(), widget.accessibleDescription()]
            if isinstance(widget, QLabel | QAbstractButton):
                found.append(widget.text())
            found += [run.text for run in getattr(widget, "runs", list)()]
        return [text for text in dict.fromkeys(map(plain, found)) if text]

    def grab_png(self, path: Path | str) -> None:
        """Write the window's picture. Raises OSError when the file cannot be written."""
        if not self.grab().save(str(path), "PNG"):
            raise OSError(f"cannot write {path}")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._look.scale, self._look.scale)
        shift = self._look.shift
        size = self._look.rect(self)
        painter.fillRect(size, self._look.colour("ground"))
        painter.translate(shift)
        if self._view is not None:
            self._frame.paint(painter, size, self._area, place_of(self._look, self._page.title), covered=self.covered)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.covered:
            self.uncover()
            return
        pad = self._page.content
        if isinstance(pad, DigitPad | Pad) and pad.type_key(event):
            self._to_the_field()
        elif isinstance(pad, Pad) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
        elif not self._frame.voice.press_key(event):
            onward = direction(event)
            if onward is None:
                super().keyPressEvent(event)
            else:
                self.focusNextPrevChild(onward)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Without a focus yet, the first control of the content comes first, not the language."""
        seen = [w for w in self._reached() if w.isEnabled() and w.isVisibleTo(self)]
        first = next(iter(seen), None)
        if forward and self.focusWidget() is None and first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        moved = super().focusNextPrevChild(forward)
        sheet = self._frame.open_sheet
        if sheet is not None and not sheet.holds(self.focusWidget()):
            self._frame.close_sheets()
        return moved

    def _render(self, text: Text) -> str:
        return self._catalogue.render(text, self._look.language)

    def _arrange(self) -> None:
        if self._view is None:
            return
        wide, high = PORTRAIT if self.height() > self.width() else LANDSCAPE
        self._look.scale = max(0.05, min(self.width() / wide, self.height() / high))
        size = self._look.rect(self)
        lowest_top = self._glass.within_reach(size.height())[0] if self._view.low else None
        for self._frame.languages.spread_out in (True, False):
            self._area, title = self._frame.arrange(size)
            self._layout.arrange(self._area, title, lowest_top=lowest_top)
            if self._layout.as_asked or self._view.screen != "idle":
                break
        self._frame.place_sheets(self._area, lowest_top)
        self._settle()

    def _settle(self) -> None:
        """After everything was placed."""
        self._show_more()
        self._lay_over()
        for widget in self.findChildren(QWidget):
            widget.update()

    def _changed(self) -> None:
        self._arrange()
        self._order_focus()

    def offered(self) -> tuple[list[PressButton], list[PressButton], list[PressButton]]:
        """What can be pressed now: inside the frame, below and above it, each in reading order. A sheet hides what is
        under it, and staff who enter their code are not disturbed."""
        (above, below), sheet = self._frame.buttons(), self._frame.open_sheet
        inside = [*self._page.focusable(), self._more]
        if sheet is not None:
            opener, *choices = sheet.buttons()
            inside, above, below = [*choices, opener], [], []
        staff = self.findChild(QWidget, "leave")
        if staff is not None and staff.isVisible():
            inside, above, below = [], [], []

        def now(buttons: Sequence[PressButton]) -> list[PressButton]:
            return [button for button in buttons if button.isEnabled() and button.isVisibleTo(self)]

        return now(inside), now(below), now(above)

    # ---------- what lies over the screen ----------

    @property
    def screen_id(self) -> str:
        """Of the present view; empty before the first."""
        return self._view.screen if self._view else ""

    @property
    def personal(self) -> bool:
        """Whether the screen tells something about the person, or shows what they wrote."""
        return self._view is not None and isinstance(self._view.content, PERSONAL)

    @property
    def covered(self) -> bool:
        return not self._veil.isHidden()

    def cover(self) -> None:
        """Hide what is personal until somebody is there; nothing of it can be read or heard then."""
        if self.covered or self._view is None:
            return
        title, touch = Text("veil.title"), Text("veil.touch")
        self._veil.show_words(self._render(title), self._render(touch))
        if self.focusWidget() is not None:
            self.focusWidget().clearFocus()  # before Qt hands it on to what would then be pressed unseen
        self._veil.show()
        self._lay_over()
        self.update()
        unseen = self._announcer.hearing is not Hearing.NOBODY
        self._announcer.tell(self._view.language, title, Text("veil.key") if unseen else touch)

    def uncover(self) -> None:
        """Somebody is there."""
        if self.covered:
            self._veil.hide()
            self._arrange()
            self.update()
            self._announcer.again()

    def leave_light(self, light: float) -> None:
        """Show with so much of its light, 0 to 1."""
        self._shade.leave(light)
        self._lay_over()

    def shift_to(self, shift: QPointF) -> None:
        """Everything stands so many design pixels further right and down."""
        if shift != self._look.shift:
            self._look.shift = shift
            self._arrange()

    def _lay_over(self) -> None:
        """What is covered is hidden as well: neither a focus nor a screen reader finds it."""
        if self.covered or self._frame.open_sheet is not None:
            beside = [] if self._page.title_inside or self.covered else [self._page.title]
            for widget in [*self._page.widgets(), self._more]:
                widget.setVisible(widget in beside)
        if self.covered:
            self._look.place(self._veil, self._area.adjusted(-20, -12, 20, 12))
            self._veil.raise_()
        if not self._shade.isHidden():
            self._shade.setGeometry(self.rect())
            self._shade.raise_()

    def _blink(self) -> None:
        """The frame of an urgent screen is a lamp."""
        self._frame.lit = not self._frame.lit
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Qt gives the focus to the first button in order when the window becomes active. Nobody has asked for it, and
        the content comes first."""
        super().changeEvent(event)
        if event.type() is not QEvent.Type.ActivationChange or not self.isActiveWindow():
            return
        self._announcer.again()
        if self.focusWidget() is None:
            self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
            QTimer.singleShot(0, self._focus_nothing)

    def _focus_nothing(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clearFocus()

    def listened(self, hearing: Hearing) -> None:
        """By a screen reader. See `Announcer.listened`."""
        self._announcer.listened(hearing)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self.may_close():
            super().closeEvent(event)
        else:
            event.ignore()

    # ---------- parts of a screen ----------

    def turn_leaf(self) -> None:
        """The next part of a screen that does not fit at once; after the last the first."""
        self._layout.turn()
        self._settle()

    def _turn_to(self, widget: QWidget) -> None:
        """To the leaf on which it stands."""
        leaf = self._layout.leaf_of(widget)
        if leaf is not None and leaf != self._layout.leaf:
            self._layout.leaf = leaf
            self._arrange()

    def _show_more(self) -> None:
        number, count = self._layout.leaf + 1, self._layout.count
        if count > 1:
            name = "control.more.next" if number < count else "control.more.first"
            self._more.show_label(self._render(Text(name, (("n", str(number)), ("of", str(count))))))

    def _order_focus(self) -> None:
        above, below = self._frame.buttons()
        for first, second in pairwise([*above, *self._reached(), self._more, *below]):
            QWidget.setTabOrder(first, second)
        if self._frame.open_sheet is None:  # that lies over the rest
            self._order_tree([*self._frame.badge(), *above, *self._page.widgets(), self._more, *below])

    def _order_tree(self, wanted: list[QWidget]) -> None:
        """Screen readers go from one to the next in this order. What lies over a screen stays above all of them."""
        if [child for child in self.children() if child in wanted] != wanted:
            for widget in reversed(wanted):
                widget.lower()

    def _reached(self) -> list[QWidget]:
        """What takes the focus inside the frame, in reading order."""
        field = self._page.field
        return [*([field] if field else []), *self._page.focusable()]

    def _go_on(self) -> None:
        """Whoever has written an answer goes on by Enter, with nothing in focus."""
        main = next((c for c in self._page.controls if isinstance(c, MainButton) and c.isVisibleTo(self)), None)
        if main is not None:
            main.click()

    def _to_the_field(self) -> None:
        """What keys type belongs to the field of the PIN; while that has the focus, screen readers say no key."""
        field = self._page.field
        if field is not None and not field.hasFocus():
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _click(button: QAbstractButton) -> None:
    centre = QPointF(button.rect().center())
    everywhere = QPointF(button.mapToGlobal(button.rect().center()))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
        event = QMouseEvent(kind, centre, everywhere, left, held, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(button, event)
