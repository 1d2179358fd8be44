"""Asks staff for their code before the kiosk is closed. Lies over the patient's screen and goes away by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.secret import Secret
from kiosk.ui.look import Look
from kiosk.ui.widgets.button import QuietButton
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.text import TextBlock

OPEN_MS = 30_000
TRIES = 3
REST_MS = 60_000

Say = Callable[[str], str]


class LeavePanel(QWidget):
    """`judge` gets the code and says whether it is a staff member's; it wipes nothing. `on_leave` is called once it
    was."""

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        say: Say,
        judge: Callable[[Secret], bool],
        on_leave: Callable[[], None],
        *,
        length: int,
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._look = look
        self._say = say
        self._judge = judge
        self._on_leave = on_leave
        self._length = length
        self._wrong = 0
        self.setObjectName("leave")
        self.title = TextBlock(self, look, (look.base.type.title, look.base.type.body), bold=True)
        self.told = TextBlock(self, look, (look.base.type.body_small,))
        self.pad = DigitPad(self, look, self._typed, field="leave_code")
        self.cancel = QuietButton(self, look, "leave.close")
        self.cancel.clicked.connect(self.close_panel)
        self._open = QTimer(self)
        self._open.setSingleShot(True)
        self._open.timeout.connect(self.close_panel)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self.hide()

    def open_panel(self) -> None:
        resting = self._rest.isActive()
        self.title.show_text(self._say("leave.title"))
        self.told.show_text(self._say("leave.resting") if resting else "")
        self.pad.show_pad(self._length, self._say("control.pin.clear"), self._say("control.pin.ok"), _entered)
        self.cancel.show_label(self._say("leave.close"))
        self.pad.setEnabled(not resting)
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self._arrange()
        self._open.start(OPEN_MS)

    def close_panel(self) -> None:
        self.pad.forget()
        self._open.stop()
        self.hide()

    def _typed(self, code: Secret) -> None:
        try:
            good = not self._rest.isActive() and self._judge(code)
        finally:
            code.wipe()
        if good:
            self.close_panel()
            self._on_leave()
            return
        self._wrong += 1
        self._open.start(OPEN_MS)
        if self._wrong % TRIES == 0:
            self._rest.start(REST_MS)
            self.pad.setEnabled(False)
        self.told.show_text(self._say("leave.resting" if self._rest.isActive() else "leave.refused"))
        self._arrange()

    def _arrange(self) -> None:
        rect = self._look.rect(self)
        width = min(rect.width() - 96, 900.0)
        left, top = (rect.width() - width) / 2, 48.0
        for block in (self.title, self.told):
            height = block.height_for(width)
            self._look.place(block, QRectF(left, top, width, height))
            top += height + 16
        bottom = rect.height() - 48
        self._look.place(self.cancel, QRectF(left, bottom - 128, width, 128))
        height = min(self.pad.height_for(width), bottom - 128 - 24 - top)
        self._look.place(self.pad, QRectF(left, top, width, height))
        self.pad.arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with self._look.painting(self) as (painter, rect):
            painter.fillRect(rect, self._look.colour("ground"))


def _entered(count: int, length: int) -> str:
    return f"{count}/{length}"
