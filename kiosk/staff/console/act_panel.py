"""Every act allowed now as a button with its key. A button carries the standing it was drawn from, whatever becomes of
the lane while somebody reaches for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from kiosk.domain.staff_actions import StaffAction
from kiosk.ports.counter import LaneContent, Standing
from kiosk.staff.acts import Button, buttons, likely_reason
from kiosk.staff.console.page import Around
from kiosk.staff.console.prompt import Option
from kiosk.staff.console.widgets import KeyButton, column, empty, label, row

UNASKED_SECONDS = 0.4
"""For so long after the buttons changed by themselves, a press was meant for those before and is not taken."""


class ActPanel(QWidget):
    def __init__(self, around: Around, *, columns: int = 3) -> None:
        super().__init__()
        self._around, self._columns = around, columns
        self._inside = column(spacing=8)
        self.setLayout(self._inside)
        self._drawn: tuple[object, ...] | None = None
        self._changed_at = float("-inf")
        self.standing: Standing | None = None
        self.reason: QComboBox | None = None
        self.buttons: dict[str, KeyButton] = {}

    def show_lane(self, standing: Standing | None, content: LaneContent | None) -> None:
        """Drawn anew only where something about it changed."""
        choices = tuple(self._around.words.text(choice) for choice in content.choices) if content else ()
        marked = None if standing is None else (standing.lane, standing.visit_id, standing.mark, standing.offers)
        drawn = (marked, choices)
        if drawn != self._drawn:
            first = self._drawn is None
            self._drawn = drawn
            self._draw(standing, choices)
            if not first:
                self._changed_at = self._around.services.monotonic()
        for button in self.buttons.values():
            button.setEnabled(not self._around.live.busy)

    def forget(self) -> None:
        self._drawn, self.standing, self.buttons, self.reason = None, None, {}, None
        empty(self._inside)

    # --- parts ------------------------------------------------------------------------------------

    def _draw(self, standing: Standing | None, choices: tuple[str, ...]) -> None:
        empty(self._inside)
        self.standing, self.buttons, self.reason = standing, {}, None
        if standing is None:
            return
        made = buttons(standing, self._around.services.attendance.may)
        names = [button.action.name for button in made]
        looking = next((button for button in made if button.action.name == "visual_check"), None)
        if looking is not None:
            self._draw_looking(standing, looking, next((b for b in made if b.action.name == "refuse"), None))
        if "choose" in names and choices:
            self._draw_choices(standing, next(b for b in made if b.action.name == "choose"), choices)
        apart = {"choose"} | ({"visual_check", "refuse"} if looking else set())
        rest = [button for button in made if button.action.name not in apart]
        main = [button for button in rest if button.main]
        for button in main:
            self._inside.addWidget(self._button(standing, button, "main"))
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, button in enumerate(button for button in rest if not button.main):
            role = "refuse" if button.action.name in ("refuse", "incident") else ""
            grid.addWidget(self._button(standing, button, role), place // self._columns, place % self._columns)
        self._inside.addLayout(grid)

    def _draw_looking(self, standing: Standing, looking: Button, refusing: Button | None) -> None:
        """目視確認: one press confirms; the reason that the situation gives stands beside it and can be changed."""
        words, action = self._around.words, looking.action
        confirm = self._button(standing, looking, "main" if looking.main else "")
        self.reason = QComboBox()
        self.reason.setAccessibleName(words.say("console.reason"))
        for reason in action.reasons:
            self.reason.addItem(words.known(f"counter.reason.{reason}", reason), reason)
        likely = likely_reason(action, standing.needs)
        self.reason.setCurrentIndex(max(0, self.reason.findData(likely)))
        line = row(confirm)
        line.setStretch(0, 2)
        if refusing is not None:
            line.addWidget(self._button(standing, refusing, "refuse"), 1)
        self._inside.addLayout(line)
        self._inside.addLayout(row(label(words.say("console.reason"), size="small"), self.reason, None))

    def _draw_choices(self, standing: Standing, button: Button, choices: tuple[str, ...]) -> None:
        self._inside.addWidget(label(self._around.words.known("counter.act.choose"), size="head"))
        for index, text in enumerate(choices):
            key = f"Ctrl+{index + 1}" if index < 9 else ""
            made = KeyButton(text, key, role="choice")
            made.clicked.connect(lambda _checked=False, n=index: self._do(standing, button.action, index=n))
            self.buttons[f"choose.{index}"] = made
            self._inside.addWidget(made)

    def _button(self, standing: Standing, button: Button, role: str) -> KeyButton:
        action = button.action
        made = KeyButton(self._around.words.known(f"counter.act.{action.name}", action.name), action.key, role=role)
        made.setObjectName(f"act.{action.name}")
        made.clicked.connect(lambda _checked=False: self._press(standing, button))
        self.buttons[action.name] = made
        return made

    def _press(self, standing: Standing, button: Button) -> None:
        action = button.action
        if self._just_changed():
            return
        if action.name == "visual_check" and self.reason is not None:
            self._do(standing, action, reason=self.reason.currentData())
        elif button.offer.documents:
            self._ask(
                action,
                "console.which_document",
                "console.document",
                button.offer.documents,
                lambda chosen: self._do(standing, action, document=chosen),
            )
        elif action.reasons:
            self._ask(
                action,
                "console.why",
                "counter.reason",
                action.reasons,
                lambda chosen: self._do(standing, action, reason=chosen),
            )
        else:
            self._do(standing, action)

    def _ask(
        self, action: StaffAction, question: str, kind: str, values: tuple[str, ...], then: Callable[[str | None], None]
    ) -> None:
        words = self._around.words

        def done(chosen: str | None, _fields: dict[str, str]) -> None:
            then(chosen)

        self._around.ask(
            words.known(f"counter.act.{action.name}", action.name),
            message=words.say(question),
            options=[Option(value, words.named(kind, value)) for value in values],
            on_done=done,
        )

    def _do(
        self,
        standing: Standing,
        action: StaffAction,
        *,
        reason: str | None = None,
        document: str | None = None,
        index: int | None = None,
    ) -> None:
        if index is not None and self._just_changed():
            return
        self._around.live.act(standing, action.name, reason=reason, document=document, index=index)
        for made in self.buttons.values():
            made.setEnabled(False)

    def _just_changed(self) -> bool:
        return self._around.services.monotonic() - self._changed_at < UNASKED_SECONDS
