"""The claim note: nothing of it is typed again, each item goes to the clipboard by one press."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.ports.handover import NoteFields
from kiosk.staff.claim_notes import Correction
from kiosk.staff.console.page import Around
from kiosk.staff.console.widgets import KeyButton, Panel, column, copy, empty, label, row
from kiosk.staff.console.words import DASH

REMARKS = "remarks"


class NotePanel(Panel):
    def __init__(self, around: Around, *, key: str = "") -> None:
        super().__init__(around.words.say("console.note.title"))
        self._around, self._key = around, key
        self._inside = column(spacing=6)
        self.body.addLayout(self._inside)
        self.note: NoteFields | None = None
        self._corrections: tuple[Correction, ...] = ()
        self.told = column(spacing=2)
        self.body.addLayout(self.told)
        self.hide()

    def forget(self) -> None:
        self.show_note(None)
        self.show_corrections(())

    def show_corrections(self, corrections: tuple[Correction, ...]) -> None:
        """What stood there before, and what stands there since."""
        if corrections == self._corrections:
            return
        self._corrections = corrections
        empty(self.told)
        words = self._around.words
        if corrections:
            self.told.addWidget(label(words.say("console.note.corrected"), size="head"))
            self.show()
        for one in corrections:
            if one.route is not None:
                text = f"{self._name('route')}　→ {words.named('console.route', one.route)}"
            elif one.after is None:
                text = f"{self._name(one.item or '')}　{words.say('console.note.value_gone')}"
            else:
                text = f"{self._name(one.item or '')}　{one.before or DASH} → {one.after or DASH}"
            who = f"{words.text_date(one.at.date())} {words.clock(one.at)} {one.staff}"
            self.told.addWidget(label(text, size="strong", wrap=True, select=True))
            self.told.addWidget(label(who, size="small", wrap=True))

    def show_note(self, note: NoteFields | None) -> None:
        if note == self.note:
            return
        self.note = note
        empty(self._inside)
        self.setVisible(note is not None or bool(self._corrections))
        if note is None:
            return
        words = self._around.words
        head = row(label(words.named("console.route", note.route), size="strong"), None)
        head.addWidget(KeyButton(words.say("console.note.copy_all"), self._key, on_press=self._copy_all))
        self._inside.addLayout(head)
        grid = QWidget()
        places = QGridLayout(grid)
        places.setContentsMargins(0, 0, 0, 0)
        places.setHorizontalSpacing(12)
        places.setVerticalSpacing(2)
        places.setColumnStretch(1, 1)
        for place, (item, value) in enumerate(self._values()):
            places.addWidget(label(self._name(item), size="small"), place, 0)
            places.addWidget(label(value, size="" if item == REMARKS else "strong", wrap=True, select=True), place, 1)
            button = KeyButton(words.say("console.copy"), role="quiet", on_press=partial(self._copy, value))
            button.setAccessibleName(f"{words.say('console.copy')} {self._name(item)}")
            button.setObjectName(f"copy.{item}")
            places.addWidget(button, place, 2)
        self._inside.addWidget(grid)
        if note.missing:
            missing = "、".join(self._name(item) for item in note.missing)
            self._inside.addWidget(label(words.say("console.note.missing", items=missing), tone="care", wrap=True))

    def _values(self) -> list[tuple[str, str]]:
        note = self.note
        if note is None:
            return []
        order = list(self._around.services.note_labels)
        known = sorted(note.items.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
        return [*known, *([(REMARKS, note.remarks)] if note.remarks else [])]

    def _name(self, item: str) -> str:
        """As the receipt computer calls it, whatever the language of the console."""
        return self._around.services.note_labels.get(item, item)

    def _copy(self, value: str) -> None:
        copy(value)
        self._around.tell(self._around.words.say("console.copied"))

    def _copy_all(self) -> None:
        self._copy("\r\n".join(f"{self._name(item)}：{value}" for item, value in self._values()))
