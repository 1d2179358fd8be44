"""A question that lies over the page: a reason, a few fields, a yes. No window of its own: locking covers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from kiosk.staff.console.widgets import KeyButton, column, label, row
from kiosk.staff.console.words import Words

_WIDTH = 560
MANY = 6
"""More options or fields than these stand in two columns."""


@dataclass(frozen=True)
class Asked:
    """One field. `hidden`: shown as dots."""

    name: str
    label: str
    hidden: bool = False
    most: int = 120
    value: str = ""
    hint: str = ""  # shown while it is empty


@dataclass(frozen=True)
class Option:
    """One answer; its number is its key."""

    id: str
    label: str
    value: str = ""  # comes into the first field when it is chosen


Done = Callable[[str | None, dict[str, str]], str | None]
"""The option chosen and what the fields hold. A sentence that comes back says why it is not accepted."""


class Prompt(QWidget):
    """Options alone are answered by one press. With fields, an option is chosen and then confirmed."""

    def __init__(
        self,
        over: QWidget,
        words: Words,
        title: str,
        *,
        message: str = "",
        options: Sequence[Option] = (),
        fields: Sequence[Asked] = (),
        confirm: str = "",
        on_done: Done,
        on_closed: Callable[[], None],
    ) -> None:
        super().__init__(over)
        self.setObjectName("veil")
        self._on_done, self._on_closed = on_done, on_closed
        self._chosen: str | None = None
        self._over = False
        self._options: list[KeyButton] = []
        self._values: dict[str, str] = {}
        frame = QFrame()
        frame.setObjectName("prompt")
        frame.setFixedWidth(_WIDTH)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.setSpacing(10)
        inside.addWidget(label(title, size="title", wrap=True))
        if message:
            inside.addWidget(label(message, wrap=True))
        for number, option in enumerate(options, 1):
            button = KeyButton(option.label, str(number) if number < 10 else "", role="choice")
            button.setCheckable(bool(fields))
            button.clicked.connect(lambda _checked=False, chosen=option.id: self._choose(chosen))
            button.setObjectName(f"option.{option.id}")
            self._options.append(button)
            self._values[option.id] = option.value
        inside.addLayout(_placed(self._options, len(options) > MANY))
        self.fields: dict[str, QLineEdit] = {}
        columns: list[QLayout] = []
        for asked in fields:
            edit = QLineEdit()
            edit.setObjectName(f"field.{asked.name}")
            edit.setAccessibleName(asked.label)
            edit.setMaxLength(asked.most)
            if asked.hidden:
                edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.returnPressed.connect(self.confirm)
            self.fields[asked.name] = edit
            edit.setText(asked.value)
            edit.setPlaceholderText(asked.hint)
            columns.append(column(label(asked.label, size="head"), edit, spacing=2))
        inside.addLayout(_placed(columns, len(columns) > MANY))
        self.trouble = label("", tone="now", wrap=True)
        self.trouble.hide()
        inside.addWidget(self.trouble)
        cancel = KeyButton(words.say("console.cancel"), "Escape", on_press=self.close_prompt)
        buttons: list[QWidget | None] = [None, cancel]
        if fields or not options:
            done = KeyButton(confirm or words.say("console.confirm"), "Return", role="main", on_press=self.confirm)
            done.setObjectName("prompt.confirm")
            buttons.append(done)
        inside.addLayout(row(*buttons))
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(frame, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        self.setGeometry(over.rect())
        self.show()
        self.raise_()
        first = next(iter(self.fields.values()), None) if not options else self._options[0]
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)
        self.setAccessibleName(title)

    def confirm(self) -> None:
        if self._options and self._chosen is None:
            self._options[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        trouble = self._on_done(self._chosen, {name: edit.text() for name, edit in self.fields.items()})
        if trouble is None:
            self.close_prompt()
            return
        self.trouble.setText(trouble)
        self.trouble.show()
        for edit in self.fields.values():
            if edit.echoMode() is QLineEdit.EchoMode.Password:
                edit.clear()

    def close_prompt(self) -> None:
        """May be called again: an answer can open the next question, which closes this one."""
        if self._over:
            return
        self._over = True
        for edit in self.fields.values():
            edit.clear()
        self.hide()
        self.setParent(None)
        self.deleteLater()
        self._on_closed()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_prompt()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(18, 40, 61, 150))
        painter.end()

    def answer(self, option: str) -> None:
        """As if its button was pressed."""
        self._choose(option)

    def _choose(self, option: str) -> None:
        self._chosen = option
        for button in self._options:
            button.setChecked(button.objectName() == f"option.{option}")
        if not self.fields:
            self.confirm()
            return
        first = next(iter(self.fields.values()))
        if any(self._values.values()):
            first.setText(self._values[option])
            first.selectAll()
        empty = next((edit for edit in self.fields.values() if not edit.text()), first)
        empty.setFocus(Qt.FocusReason.OtherFocusReason)


def _placed(parts: Sequence[QWidget | QLayout], two: bool) -> QGridLayout:
    """Below each other; many of them in two columns, read downwards."""
    grid = QGridLayout()
    grid.setSpacing(10)
    rows = -(-len(parts) // 2) if two else max(1, len(parts))
    for place, part in enumerate(parts):
        if isinstance(part, QWidget):
            grid.addWidget(part, place % rows, place // rows)
        else:
            grid.addLayout(part, place % rows, place // rows)
    return grid
