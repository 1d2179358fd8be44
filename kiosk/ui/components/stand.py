"""Where one component stands alone, is brought into a state by the means that a hand or a key has, and is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import View
from kiosk.ui.fonts import load_fonts
from kiosk.ui.gallery import ASSETS, LAYOUTS, StillPicture, gallery_window
from kiosk.ui.linebreak import plain
from kiosk.ui.look import Look
from kiosk.ui.samples import SAMPLES
from kiosk.ui.scanning import ScanFrame, framed
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.pad import Pad

W = TypeVar("W", bound=QWidget)

AIR = 36.0
"""Design pixels around what stands there: room for the frame of a switch."""

_PORTRAIT_WIDTH = 1000.0


class Stand(QWidget):
    """Draws like the patient's window, but holds one component. Needs a QApplication."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        load_fonts(ASSETS / "fonts")
        self.catalogue = catalogue
        self.look = Look(ASSETS / "pictures", reduced_motion=True)
        self.screen_window = gallery_window(catalogue)
        self.ground = "ground"
        self.worn = ("ja", 100, "light")
        self.frame = ScanFrame(self, self.look)
        self._faces: dict[str, StillPicture] = {}

    def wear(self, language: str, percent: int, palette: str, scale: float) -> None:
        """`scale`: screen pixels for a design pixel."""
        self.worn = (language, percent, palette)
        self.look.language = language
        self.look.scale = scale
        self.look.wear(palette, percent)

    def words(self, text: Text) -> str:
        return self.catalogue.render(text, self.look.language)

    def say(self, message_id: str, **values: str) -> str:
        return self.words(Text(message_id, tuple(values.items())))

    def length(self, text: Text) -> float:
        """To order texts by, in the present language."""
        return self.look.width(plain(self.words(text)), 40)

    def face(self, name: str = "live_front") -> StillPicture:
        if name not in self._faces:
            self._faces[name] = StillPicture(ASSETS / "personas" / "hanako" / f"{name}.jpg")
        return self._faces[name]

    def put(self, widget: W, width: float = _PORTRAIT_WIDTH, height: float | None = None) -> W:
        """Give it its place; without `height` the one it asks for."""
        high = height if height is not None else float(widget.height_for(width))  # type: ignore[attr-defined]
        self.look.place(widget, QRectF(AIR, AIR, width, high))
        if isinstance(widget, DigitPad | Pad):
            widget.arrange()
        return widget

    def whole_screen(self, view: View, layout: str = "portrait") -> QWidget:
        """A whole screen instead of a component."""
        window, (language, percent, palette), (wide, high) = self.screen_window, self.worn, LAYOUTS[layout].size
        window.resize(round(wide * self.look.scale), round(high * self.look.scale))
        worn = replace(view, language=language, text_size=percent, palette=palette, low=LAYOUTS[layout].low)
        window.leave_light(1.0)
        window.show_view(SAMPLES["finished"])  # whatever lay open is closed by another screen
        window.show_view(replace(worn, languages=self.catalogue.languages))
        return window

    @contextmanager
    def holding(self, specimen: Specimen) -> Iterator[QWidget]:
        """The window in which it stands in its state."""
        self.ground = "ground"
        widget = specimen.make(self)
        root = widget.window()
        if root is self:
            air = round(2 * AIR * self.look.scale)
            right, bottom = widget.geometry().right(), widget.geometry().bottom()
            self.resize(right + 1 + air // 2, bottom + 1 + air // 2)
            widget.show()
        root.show()
        root.activateWindow()
        specimen.hold(self, widget)
        QApplication.processEvents()
        try:
            yield root
        finally:
            self.frame.hide()
            if root is self:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # no event loop runs here
            else:
                root.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.colour(self.ground))
        painter.end()


Make = Callable[[Stand], QWidget]
Hold = Callable[[Stand, QWidget], None]


def as_it_is(_stand: Stand, _widget: QWidget) -> None:
    """No hand, no key."""


@dataclass(frozen=True)
class Specimen:
    """A component in one state. `differs` names the state that it must not look like; `ring`: it shows by a ring where
    the keys are. `measured`: its contrast means something."""

    state: str
    make: Make
    hold: Hold = as_it_is
    differs: str = ""
    ring: bool = False
    measured: bool = True


@dataclass(frozen=True)
class Component:
    """All states of one component. `worded`: it looks different in each language. `whole`: it is a screen. `part`: how
    much of its size is drawn in a picture; `columns`: how many states stand side by side, 0 for all."""

    name: str
    specimens: tuple[Specimen, ...]
    worded: bool = True
    whole: bool = False
    part: float = 0.3
    columns: int = 0


def pressed(_stand: Stand, widget: QWidget) -> None:
    assert isinstance(widget, QAbstractButton)
    widget.setDown(True)


def focused(_stand: Stand, widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason)


def resting(_stand: Stand, widget: QWidget) -> None:
    widget.setEnabled(False)


def scanned(stand: Stand, *widgets: QWidget) -> None:
    stand.frame.setGeometry(framed(stand, stand.look, widgets))
    stand.frame.show()
    stand.frame.raise_()
