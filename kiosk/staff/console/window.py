"""The window: the door, and behind it the rail of pages, the strip above them, and questions that lie over all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kiosk.domain.failures import FailureCode, Fatal, KioskError
from kiosk.domain.messages import Catalogue
from kiosk.ports.counter import Pixels, Refusal
from kiosk.staff.attendance import Presence
from kiosk.staff.console.background import Background
from kiosk.staff.console.door import Door
from kiosk.staff.console.live import Live, needs_now
from kiosk.staff.console.page import Page
from kiosk.staff.console.pages import COUNTED, PAGES, make_page
from kiosk.staff.console.prompt import Asked, Done, Option, Prompt
from kiosk.staff.console.services import Services
from kiosk.staff.console.theme import LEAST_SIZE, SIZES, style
from kiosk.staff.console.visit_page import VisitPage
from kiosk.staff.console.widgets import KeyButton, QuickButton, chip, column, empty, forget_copied, label, retone, row
from kiosk.staff.console.words import Words

LOOK_MS = 200
"""Between two looks at the lanes."""

SECOND_MS = 1000
TOLD_SECONDS = 8.0

_ACTIVITY = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.MouseMove,
        QEvent.Type.TouchBegin,
    )
)


class ConsoleWindow(QWidget):
    """Implements `Around`. Fonts have to be known to Qt already. `timers`: False where somebody else moves time."""

    def __init__(
        self, services: Services, catalogue: Catalogue, language: str, background: Background, *, timers: bool = True
    ) -> None:
        super().__init__()
        self.setObjectName("console")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(*LEAST_SIZE)
        self.services, self.background = services, background
        self.words = Words(catalogue, language)
        self.live = Live(background)
        self.live.changed.connect(self._live_changed)
        self.live.told.connect(self._act_told)
        self.live.failed.connect(self.tell_error)
        self.pages: dict[str, Page] = {}
        self.prompt: Prompt | None = None
        self._shown: Page | None = None
        self._before: str = PAGES[0]
        self._told_until = 0.0
        self._counts: dict[str, tuple[int, str]] = {}
        self._stack = QStackedWidget(self)
        self.setLayout(column(self._stack))
        self.door = Door(services, self.words, background, self._let_in)
        self._timers = [self._timer(LOOK_MS, self.live.look), self._timer(SECOND_MS, self.tick)] if timers else []
        services.attendance.changed = self._presence_changed
        self._app = QApplication.instance()
        if self._app is not None:
            self._app.installEventFilter(self)
        self._dress()
        self._show_door()

    # --- coming and going -------------------------------------------------------------------------

    def tick(self) -> None:
        """Once a second: the session ages, ages on the pages grow."""
        self.services.attendance.look()
        self.door.tick(self.services.now())
        if self._shown is not None:
            self._clock.setText(self.words.clock(self.services.now()))
            self._shown.tick()
            if self.services.monotonic() > self._told_until:
                self._told.hide()

    def lock(self) -> None:
        self.services.attendance.lock()

    def sign_out(self) -> None:
        self.services.attendance.sign_out()

    def switch_language(self) -> None:
        languages = self.services.languages
        after = languages[(languages.index(self.words.language) + 1) % len(languages)]
        self.words = Words(self.words.catalogue, after)
        self._dress()
        self.door.words = self.words
        if self.services.attendance.presence is Presence.OPEN and self._shown is not None:
            page = self._shown.id
            self._open(page if page in PAGES else self._before)
        else:
            self._show_door()

    def _presence_changed(self) -> None:
        """Whoever comes in is let in by the door once it has asked everything; whoever goes is gone at once."""
        if self.services.attendance.presence is not Presence.OPEN:
            self._close_pages()
            forget_copied()
            self.live.close()
            self._show_door()

    def _show_door(self) -> None:
        self._clear_stack()
        self._stack.addWidget(self.door)
        self.door.show()
        self.door.show_presence()
        self.door.tick(self.services.now())
        self.setWindowTitle(self.words.say("console.title"))

    def _let_in(self) -> None:
        session = self.services.attendance.session
        if session is None or session.locked:
            self._show_door()
            return
        try:
            counter = self.services.counter(session)
        except KioskError as error:
            self.services.attendance.sign_out()
            self._show_door()
            self.door.complain(self.words.failure(error))
            return
        self.live.open(counter)
        self._open(self._before)

    # --- pages ------------------------------------------------------------------------------------

    def go(self, page: str) -> None:
        self._show(self._page(page))
        self._before = page

    def _page(self, name: str) -> Page:
        if name not in self.pages:
            self.pages[name] = make_page(name, self)
            self._place.addWidget(self.pages[name])
        return self.pages[name]

    def open_visit(self, visit_id: str) -> None:
        """The visit's own page; going back leads to where it was opened."""
        page = VisitPage(self, visit_id)
        self.pages[page.id] = page
        self._place.addWidget(page)
        self._show(page)

    def back(self) -> None:
        if isinstance(self._shown, VisitPage):
            self.go(self._before)

    def seek(self) -> None:
        if self._shown is not None:
            self._shown.seek()

    def count(self, page: str, number: int, tone: str) -> None:
        if page not in self._marks:
            return
        mark = self._marks[page]
        mark.setText(str(number))
        mark.setVisible(number > 0)
        retone(mark, tone)

    def _open(self, page: str) -> None:
        """Everything is made anew, in the language of now, for whoever is signed in."""
        self._close_pages()
        self._clear_stack()
        inner = QWidget()
        self._stack.addWidget(inner)
        self._place = QStackedWidget()
        side = QHBoxLayout(inner)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addWidget(self._rail())
        self._told = label("", size="strong", wrap=True)
        self._told.setObjectName("told")
        self._told.hide()
        content = column(self._strip(), self._place, self._told, spacing=8, margin=SIZES.gap)
        content.setStretch(1, 1)
        if self.services.attendance.sealed:
            sealed = label(self.words.say("accounts.emergency"), wrap=True)
            sealed.setObjectName("sealed")
            content.insertWidget(0, sealed)
        side.addLayout(content, 1)
        self.go(page)
        for name in COUNTED:
            if not self._page(name).shown:
                self._page(name).begin()
        self._live_changed()

    def _show(self, page: Page) -> None:
        self._leave()
        self._shown = page
        page.shown = True
        self._place.setCurrentWidget(page)
        self._title.setText(self.words.say(f"console.page.{page.id}"))
        for name, button in self._buttons.items():
            button.setChecked(name == page.id)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        page.opened()

    def _leave(self) -> None:
        if self._shown is None:
            return
        self._shown.shown = False
        self._shown.closed()
        if isinstance(self._shown, VisitPage):
            self.pages.pop(self._shown.id, None)
            self._place.removeWidget(self._shown)
            self._shown.deleteLater()
        self._shown = None

    def _close_pages(self) -> None:
        if self.prompt is not None:
            self.prompt.close_prompt()
        self._leave()
        for page in self.pages.values():
            page.closed()
        self.pages = {}

    def _clear_stack(self) -> None:
        while (widget := self._stack.widget(0)) is not None:
            self._stack.removeWidget(widget)
            widget.hide()
            if widget is self.door:
                self.door.forget()
            else:
                widget.deleteLater()

    # --- what pages ask for -----------------------------------------------------------------------

    def tell(self, sentence: str, tone: str = "good") -> None:
        if self._shown is None:
            return
        self._told.setText(sentence)
        retone(self._told, tone)
        self._told.show()
        self._told_until = self.services.monotonic() + TOLD_SECONDS

    def tell_error(self, error: KioskError) -> None:
        self.tell(self.words.failure(error), "now")

    def tell_defect(self, error: BaseException) -> None:
        """Of something that broke where nobody expected it."""
        known = error if isinstance(error, KioskError) else Fatal(FailureCode.INTERNAL)
        if self._shown is None:
            self.door.complain(self.words.failure(known))
        else:
            self.tell_error(known)

    def run(
        self,
        job: Callable[[], Any],
        then: Callable[[Any], None],
        *,
        after: Callable[[], None] | None = None,
        slow: bool = False,
    ) -> None:
        session = self.services.attendance.session

        def still() -> bool:
            now = self.services.attendance.session
            return session is not None and now is not None and (now.account, now.locked) == (session.account, False)

        def done(result: Any) -> None:
            if still():
                if after is not None:
                    after()
                then(result)
            elif isinstance(result, Pixels):
                result.wipe()  # of somebody, for nobody any more

        def failed(error: KioskError) -> None:
            if still() and after is not None:
                after()
            self.tell_error(error)

        self.background.run(job, done, failed, slow=slow)

    def ask(
        self,
        title: str,
        *,
        message: str = "",
        options: Sequence[Option] = (),
        fields: Sequence[Asked] = (),
        confirm: str = "",
        on_done: Done,
    ) -> None:
        if self.prompt is not None:
            self.prompt.close_prompt()
        before = QApplication.focusWidget()

        def closed() -> None:
            self.prompt = None
            self._stack.setEnabled(True)
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)

        self._stack.setEnabled(False)
        self.prompt = Prompt(
            self,
            self.words,
            title,
            message=message,
            options=options,
            fields=fields,
            confirm=confirm,
            on_done=on_done,
            on_closed=closed,
        )

    # --- Qt ---------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _ACTIVITY:
            self.services.attendance.touch()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self.prompt is not None:
            self.prompt.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        for timer in self._timers:
            timer.stop()
        if self._app is not None:
            self._app.removeEventFilter(self)
        self.services.attendance.changed = lambda: None
        self._close_pages()
        self.live.close()
        self.background.close()
        super().closeEvent(event)

    # --- parts ------------------------------------------------------------------------------------

    def _rail(self) -> QWidget:
        rail = QWidget()
        rail.setObjectName("rail")
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rail.setFixedWidth(SIZES.rail)
        inside = QVBoxLayout(rail)
        inside.setContentsMargins(8, 14, 8, 14)
        inside.setSpacing(4)
        name = label(self.words.say("console.name"), size="strong")
        inside.addWidget(name)
        inside.addWidget(label(self.services.facility, size="small", wrap=True))
        inside.addSpacing(10)
        self._buttons: dict[str, QuickButton] = {}
        self._marks = {}
        for number, page in enumerate(PAGES, 1):
            title = self.words.say(f"console.page.{page}")
            button = QuickButton(f"F{number}　{title}")
            button.setObjectName("place")
            button.setAccessibleName(title)
            button.setCheckable(True)
            button.setShortcut(QKeySequence(f"F{number}"))
            button.clicked.connect(lambda _checked=False, chosen=page: self.go(chosen))
            mark = chip("")
            mark.hide()
            over = QHBoxLayout(button)
            over.setContentsMargins(0, 0, 8, 0)
            over.addStretch()
            over.addWidget(mark)
            self._buttons[page], self._marks[page] = button, mark
            inside.addWidget(button)
        inside.addStretch()
        for message, key, press in (
            ("console.language", "F11", self.switch_language),
            ("console.sign_out", "F12", self.sign_out),
        ):
            button = QuickButton(f"{key}　{self.words.say(message)}")
            button.setObjectName("place")
            button.setShortcut(QKeySequence(key))
            button.clicked.connect(lambda _checked=False, act=press: act())
            inside.addWidget(button)
        return rail

    def _strip(self) -> QWidget:
        """Title, what holds for the facility, the time, who is signed in, and the lock."""
        strip = QWidget()
        self._title = label("", size="title")
        self._held: tuple[str, ...] = ()
        self._holds = QHBoxLayout()
        self._holds.setSpacing(6)
        self._clock = label(self.words.clock(self.services.now()), size="title")
        attendance = self.services.attendance
        role = self.words.say(f"accounts.role.{attendance.role.value}") if attendance.role else ""
        who = label(f"{attendance.name}（{role}）" if self.words.language == "ja" else f"{attendance.name} ({role})")
        lock = KeyButton(self.words.say("console.lock"), "Ctrl+L", on_press=self.lock)
        lock.setObjectName("lock")
        line = row(self._title, 12)
        line.addLayout(self._holds)
        line.addStretch()
        for part in (self._clock, who, lock):
            line.addWidget(part)
            line.addSpacing(6)
        line.setContentsMargins(0, 0, 0, 0)
        strip.setLayout(line)
        QShortcut(QKeySequence("Ctrl+F"), strip, self.seek)
        return strip

    def _live_changed(self) -> None:
        if self._shown is None:
            return
        seen = self.live.seen
        calls = seen.calls()
        self.count("lanes", len(calls), "now")
        held = tuple(dict.fromkeys(held for lane in seen.lanes for held in lane.standing.holds if lane.alive))
        if held != self._held:
            self._held = held
            empty(self._holds)
            for message in held:
                told = self.words.known(f"console.hold.{message}", self.words.known(message))
                self._holds.addWidget(chip(told, "care"))
        waiting = any(needs_now(lane) for lane in seen.lanes)
        self.setWindowTitle(("● " if waiting else "") + self.words.say("console.title"))
        for page in list(self.pages.values()):
            if page is self._shown or page.id == "lanes":
                page.live_changed()

    def _act_told(self, action: str, why: Refusal | None) -> None:
        name = self.words.known(f"counter.act.{action}", action)
        if why is None:
            self.tell(self.words.say("console.done", action=name), "good")
        else:
            self.tell(f"{name}：{self.words.say(f'counter.refused.{why.value}')}", "now")
        self.live.look()

    def _timer(self, milliseconds: int, action: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.timeout.connect(action)
        timer.start(milliseconds)
        return timer

    def _dress(self) -> None:
        self.setStyleSheet(style(self.words.language))
