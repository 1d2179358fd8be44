"""Switch scanning: a large frame goes from control to control in reading order, rows of keys first as a whole, and a
switch takes what it stands on. It begins with the first press of a switch and rests when nobody presses one, or when
somebody touches the screen, so that other people never see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.look import Look, Run
from kiosk.ui.switches import AUTO, OFF, Switches
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.window import PatientWindow

FEW = 4
"""So many controls of the content are offered one by one; more of them by rows."""

ROWS = 12
"""So many have a name of their own."""

HEAR_SECONDS = 20.0
"""So long the frame waits for the voice at most: the hints of the camera may never end."""

_AROUND = 11.0  # of the frame outside of what it stands on: half the gap between two targets
_TOUCHES = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)


class ScanFrame(QWidget):
    """Dark, bright, dark: it stands out on every ground and in every palette. A finger goes through it."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("scan")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def runs(self) -> list[Run]:
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            radius = float(self._look.theme.shape.radius)
            for width, inset, colour in ((22.0, 11.0, "on_signal"), (12.0, 11.0, "signal")):
                painter.setPen(QPen(self._look.colour(colour), width))
                painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def framed(window: QWidget, look: Look, here: Sequence[QWidget]) -> QRect:
    """Where the frame lies around all of these, in pixels of the window."""
    place = QRect()
    for widget in here:
        place = place.united(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()))
    around = round(2 * _AROUND * look.scale)
    return place.adjusted(-around, -around, around, around) & window.rect()


@dataclass(frozen=True)
class Group:
    """What the frame stands on as a whole. `name`: how the voice calls it; a single control has its own."""

    name: str
    members: tuple[PressButton, ...]


class Scanner(QObject):
    """Belongs to one window; `tick` is called several times a second. `on_group` hears the name of a row; `busy_until`
    says to when, on the scale of `tick`, the voice still speaks; `on_press` is told of every press of a switch."""

    def __init__(
        self,
        window: PatientWindow,
        switches: Switches,
        *,
        on_group: Callable[[str], None] = lambda _name: None,
        on_press: Callable[[], None] = lambda: None,
        busy_until: Callable[[], float] = lambda: 0.0,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._switches = switches
        self._on_group, self._on_press, self._busy_until = on_group, on_press, busy_until
        self._frame = ScanFrame(window, window.look)
        self._choose, self._onward = (_key(name) for name in (switches.choose, switches.onward))
        self._now = 0.0
        self._pressed_at = -switches.ignore
        self._groups: list[Group] = []
        self._seen: tuple[object, ...] = ()
        self._group: int | None = None  # None: it rests
        self._member: int | None = None  # None: the group as a whole
        self._new = False  # the screen was not yet read
        self._rounds = 0
        self._moves_at = 0.0
        if switches.mode != OFF:
            window.own_keys = frozenset(key for key in (self._choose, self._onward) if key is not None)
            application = QApplication.instance()
            assert application is not None
            application.installEventFilter(self)

    @property
    def offered(self) -> tuple[str, ...]:
        """The controls on which the frame stands; none while it rests."""
        return tuple(button.control_id for button in self._here())

    def tick(self, monotonic: float) -> None:
        self._now = monotonic
        if self._group is None:
            return
        self._look_again()
        patience = HEAR_SECONDS if self._new else 2 * self._switches.seconds
        if monotonic >= max(self._moves_at, min(self._busy_until(), self._moves_at + patience)):
            if self._new:
                self._arrived()
            elif self._switches.mode == AUTO:
                self._advance()
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return False
        if event.type() in _TOUCHES:
            self._rest()
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        key = Qt.Key(event.key())
        if key not in (self._choose, self._onward):
            return False
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self._switch(onward=key == self._onward)
        return True

    # ---------- the switches ----------

    def _switch(self, *, onward: bool) -> None:
        if self._now - self._pressed_at < self._switches.ignore:
            return
        self._pressed_at = self._now
        self._on_press()
        self._rounds = 0
        if self._window.covered:
            self._window.uncover()
        elif self._group is None:
            self._begin()
        elif self._look_again():
            pass  # what the frame stood on has just given way: the press was meant for that
        elif onward:
            self._advance()
        else:
            self._take()
        self._show()

    def _begin(self) -> None:
        self._seen = ()
        self._group = 0
        self._look_again()

    def _take(self) -> None:
        if self._group is None or not self._groups:
            return
        members = self._groups[self._group].members
        if self._member is None and len(members) > 1:
            self._member = 0
            self._arrived()
            return
        members[self._member or 0].click()
        self._start_over(0.0)

    def _advance(self) -> None:
        if self._group is None or not self._groups:
            return
        members = self._groups[self._group].members
        if self._member is not None:
            last = self._member + 1 == len(members)
            self._member = None if last else self._member + 1  # after the last the row as a whole again: the way out
            self._arrived()
            return
        self._rounds += self._group + 1 == len(self._groups)
        if self._switches.mode == AUTO and self._rounds >= self._switches.rounds:
            self._rest()
        else:
            self._go((self._group + 1) % len(self._groups))

    def _go(self, group: int) -> None:
        self._group, self._member = group, None
        self._arrived()

    def _rest(self) -> None:
        self._group = self._member = None
        self._frame.hide()

    # ---------- what is there ----------

    def _look_again(self) -> bool:
        """Another screen, or other keys on it, begin at the first control; true then."""
        groups = list(_groups(self._window))
        seen = (self._window.screen_id, *(tuple(b.control_id for b in g.members) for g in groups))
        self._groups = groups
        if seen != self._seen:
            same_screen = self._seen[:1] == seen[:1]
            self._seen = seen
            self._start_over(0.0 if same_screen else self._switches.seconds)
            return True
        return False

    def _start_over(self, reading: float) -> None:
        """At the first control, which is named after so many seconds, when the voice has said its sentence."""
        if self._group is not None:
            self._group, self._member, self._new = 0, None, True
            self._moves_at = self._now + reading

    def _here(self) -> Sequence[PressButton]:
        if self._group is None or not self._groups:
            return ()
        members = self._groups[self._group].members
        return members if self._member is None else members[self._member : self._member + 1]

    def _arrived(self) -> None:
        self._new = False
        self._moves_at = self._now + self._switches.seconds
        here = self._here()
        if len(here) == 1:
            here[0].setFocus(Qt.FocusReason.TabFocusReason)
        elif self._group is not None and here:
            focused = self._window.focusWidget()
            if focused is not None:
                focused.clearFocus()
            self._on_group(self._groups[self._group].name)

    def _show(self) -> None:
        here = [button for button in self._here() if button.isVisibleTo(self._window)]
        self._frame.setVisible(bool(here))
        if not here:
            return
        place = framed(self._window, self._window.look, here)
        if self._frame.geometry() != place:
            self._frame.setGeometry(place)
        self._frame.raise_()


def _groups(window: PatientWindow) -> Iterator[Group]:
    """From the first control of the content on, in reading order: content, what stands below it, what stands above."""
    inside, *frame = window.offered()
    rows = _rows(window, inside)
    if len(inside) <= FEW:
        yield from (Group(button.control_id, (button,)) for button in inside)
    else:
        yield from (_group(f"scan.row.{min(number, ROWS)}", row) for number, row in enumerate(rows, 1))
    for part in frame:
        yield from (_group(_name_of(row), row) for row in _rows(window, part))


def _group(name: str, row: Sequence[PressButton]) -> Group:
    return Group(row[0].control_id if len(row) == 1 else name, tuple(row))


def _name_of(row: Sequence[PressButton]) -> str:
    ids = [button.control_id for button in row]
    if all(name.startswith("language") for name in ids):
        return "language"
    return "scan.above" if "voice" in ids else "scan.below"


def _rows(window: PatientWindow, buttons: Sequence[PressButton]) -> list[list[PressButton]]:
    """Buttons whose middles stand side by side on the same pad or beside none, from the top: also those that a pad has
    in a column of their own."""
    rows: list[list[PressButton]] = []
    for button in buttons:
        place = _place(window, button)
        for row in rows:
            first = row[0]
            beside = place.top() < _place(window, first).center().y() < place.bottom()
            if beside and first.parentWidget() is button.parentWidget():
                row.append(button)
                break
        else:
            rows.append([button])
    pads = list(dict.fromkeys(row[0].parentWidget() for row in rows))
    return sorted(rows, key=lambda row: (pads.index(row[0].parentWidget()), _place(window, row[0]).top()))


def _place(window: PatientWindow, button: PressButton) -> QRectF:
    return QRectF(button.mapTo(window, QPoint(0, 0)), button.size())


def _key(name: str) -> Qt.Key | None:
    return Qt.Key[f"Key_{name}"] if name else None
