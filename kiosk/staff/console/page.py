"""What a page of the console is given and what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.failures import KioskError
from kiosk.staff.console.background import Background
from kiosk.staff.console.live import Live
from kiosk.staff.console.prompt import Asked, Done, Option
from kiosk.staff.console.services import Services
from kiosk.staff.console.words import Words


class Around(Protocol):
    """The window, as its pages see it."""

    services: Services
    words: Words
    background: Background
    live: Live

    def open_visit(self, visit_id: str) -> None: ...
    def go(self, page: str) -> None: ...
    def back(self) -> None: ...
    def tell(self, sentence: str, tone: str = "good") -> None:
        """One line for a few seconds at the lower edge."""

    def tell_error(self, error: KioskError) -> None: ...
    def ask(
        self,
        title: str,
        *,
        message: str = "",
        options: Sequence[Option] = (),
        fields: Sequence[Asked] = (),
        confirm: str = "",
        on_done: Done,
    ) -> None: ...
    def count(self, page: str, number: int, tone: str) -> None:
        """The number beside the page's name."""

    def run(self, job: Any, then: Any, *, after: Any = None, slow: bool = False) -> None:
        """In the background; an error is told. `after` is called in either case, before that or before `then`.
        `slow`: see `Background`."""


class Page(QWidget):
    """`id` names the page in messages (`console.page.<id>`). Pages are made when the console opens and thrown away when
    it locks."""

    id = ""

    def __init__(self, around: Around) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a press beside everything leaves the field that took the keys
        self.around = around
        self.shown = False  # kept by the window
        self.words = around.words

    def say(self, message_id: str, **values: str) -> str:
        return self.words.say(message_id, **values)

    def begin(self) -> None:
        """The console opens: what the number beside the page's name needs is read."""

    def opened(self) -> None:
        """It is shown now."""

    def live_changed(self) -> None:
        """Another look at the lanes was taken."""

    def tick(self) -> None:
        """Once a second."""

    def seek(self) -> None:
        """Ctrl+F."""

    def closed(self) -> None:
        """It is not shown any more, or the console locks: pictures and names go."""
