"""The button of the voice, and what it lays over the content while the voice is on: again, louder, softer, stop.

Switching on takes one press, so that whoever cannot read hears the screen at once.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import View
from kiosk.ui.keys import on_keypad
from kiosk.ui.look import Look
from kiosk.ui.widgets.button import FrameButton
from kiosk.ui.widgets.sheet import SheetGround, spread

_ICONS = {"voice.repeat": "again", "voice.louder": "louder", "voice.softer": "softer", "voice.stop": "voice_off"}
_CLOSE = "voice.close"

_KEYPAD = {
    Qt.Key.Key_Slash: "voice",
    Qt.Key.Key_Asterisk: "voice.repeat",
    Qt.Key.Key_Plus: "voice.louder",
    Qt.Key.Key_Minus: "voice.softer",
}
_MEDIA = {
    Qt.Key.Key_VolumeMute: "voice",
    Qt.Key.Key_MediaPlay: "voice.repeat",
    Qt.Key.Key_VolumeUp: "voice.louder",
    Qt.Key.Key_VolumeDown: "voice.softer",
}


def voice_key(event: QKeyEvent) -> str | None:
    """The control that a key of a numeric keypad or a volume key stands for."""
    key = Qt.Key(event.key())
    return _MEDIA.get(key) or (_KEYPAD.get(key) if on_keypad(event) else None)


class VoiceChoice:
    """`changed` is called when the sheet opens or closes."""

    def __init__(
        self,
        window: QWidget,
        look: Look,
        render: Callable[[Text], str],
        on_tap: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._look = look
        self._render = render
        self._on_tap = on_tap
        self._changed = changed
        self.is_open = False
        self._on = False
        self._shown: tuple[str, str] = ("", "")
        self.button = FrameButton(window, look, "voice", "voice_off", stacked=True)
        self.button.clicked.connect(self._pressed)
        self.button.hide()
        self._ground = SheetGround(window, look)
        self._ground.hide()
        self._choices = [self._choice(window, control, icon) for control, icon in (*_ICONS.items(), (_CLOSE, "back"))]

    def show_view(self, view: View) -> None:
        if not view.voice_on or (view.screen, view.language) != self._shown:
            self.is_open = False
        self._shown = (view.screen, view.language)
        self._on = view.voice_on
        self.button.icon_name = "voice_on" if view.voice_on else "voice_off"
        label = self._render(Text("control.voice.on" if view.voice_on else "control.voice.off"))
        self.button.show_label(label, more_heard=self._render(Text("control.voice.more")) if view.voice_on else "")
        self.button.setVisible(True)
        for choice in self._choices:
            choice.show_label(self._render(Text(f"control.{choice.control_id}")))

    def buttons(self) -> list[FrameButton]:
        """In reading order, without those that are not seen now."""
        return [self.button, *(self._choices if self.is_open else ())]

    def holds(self, widget: QWidget | None) -> bool:
        return widget is self.button or widget in self._choices

    def reveal(self, control_id: str) -> None:
        """Open the sheet if that is where this control is."""
        if self._on and not self.is_open and control_id in _ICONS:
            self.open_sheet(True)

    def press_key(self, event: QKeyEvent) -> bool:
        """Take a key that means the voice. Whoever wants to hear again, or louder, wants to hear."""
        control = voice_key(event)
        if control is not None:
            self._on_tap(control if self._on else "voice")
        return control is not None

    def open_sheet(self, wanted: bool) -> None:
        without_finger = self.button.shows_ring or QAccessible.isActive()
        if any(choice.shows_ring for choice in self._choices):
            self.button.setFocus(Qt.FocusReason.TabFocusReason)
        self.is_open = wanted
        self._changed()
        if wanted and without_finger:
            self._choices[0].setFocus(Qt.FocusReason.TabFocusReason)

    def place_sheet(self, area: QRectF, lowest_top: float | None) -> None:
        """Over the content while it is open; nothing to press above `lowest_top`."""
        self._ground.setVisible(self.is_open)
        for choice in self._choices:
            choice.setVisible(self.is_open)
        if self.is_open:
            columns = 2 if area.width() > area.height() else 1
            spread(self._look, self._ground, self._choices, area, lowest_top, columns=columns)

    def _pressed(self) -> None:
        if self._on:
            self.open_sheet(not self.is_open)
        else:
            self._on_tap("voice")

    def _chosen(self, control: str) -> None:
        if control in (_CLOSE, "voice.repeat"):  # who listens again looks at the screen again
            self.open_sheet(False)
        if control != _CLOSE:
            self._on_tap(control)

    def _choice(self, window: QWidget, control: str, icon: str) -> FrameButton:
        button = FrameButton(window, self._look, control, icon)
        button.clicked.connect(lambda: self._chosen(control))
        button.hide()
        return button
