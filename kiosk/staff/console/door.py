"""Everything before the console is open: first start, signing in, the lock, the sealed envelope, the short code.

Nothing about a visit or a person is on these pages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSize, Qt, QUrl, QUrlQuery
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from kiosk.domain.accounts import Role
from kiosk.domain.failures import KioskError
from kiosk.domain.secret import Secret
from kiosk.ports.accounts import CardTrouble, StaffCard, StaffCards
from kiosk.staff.attendance import Attendance, Presence
from kiosk.staff.console.background import Background
from kiosk.staff.console.services import Services
from kiosk.staff.console.widgets import ENTER, KeyButton, Picture, column, empty, label, row
from kiosk.staff.console.words import Words
from kiosk.staff.sign_in import Enrolled, Flaw, Refused

_WIDTH = 520


class Door(QWidget):
    """`on_open` is called once somebody is signed in and has answered what a sign-in asks."""

    def __init__(self, services: Services, words: Words, background: Background, on_open: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("door")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._services, self.words, self._on_open = services, words, on_open
        self._background, self._asking_card = background, False
        self.fields: dict[str, QLineEdit] = {}
        self._frame = QFrame()
        self._frame.setObjectName("prompt")
        self._frame.setFixedWidth(_WIDTH)
        self._inside = QVBoxLayout(self._frame)
        self._inside.setContentsMargins(36, 28, 36, 28)
        self._inside.setSpacing(12)
        self._clock = label("", size="step")
        self._clock.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.trouble = label("", tone="now", wrap=True)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(self._clock)
        outer.addSpacing(12)
        outer.addWidget(self._frame, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)

    @property
    def _attendance(self) -> Attendance:
        return self._services.attendance

    def tick(self, now: datetime) -> None:
        self._clock.setText(f"{now:%H:%M}")

    def show_presence(self) -> None:
        """The page that fits who is there."""
        match self._attendance.presence:
            case Presence.FIRST_START:
                self.show_first_start()
            case Presence.LOCKED:
                self.show_lock()
            case _:
                self.show_sign_in()

    def forget(self) -> None:
        """What was typed or shown once goes away."""
        for edit in self.fields.values():
            edit.clear()
        for picture in self._frame.findChildren(Picture):
            picture.forget()
        self.fields = {}
        empty(self._inside)

    # --- pages ------------------------------------------------------------------------------------

    def show_sign_in(self) -> None:
        say = self.words.say
        self._begin(say("console.door.title"), self._services.facility)
        self._field("name", say("console.door.name"))
        self._field("password", say("console.door.password"), hidden=True)
        factor = "console.door.code" if self._services.cards is None else "console.door.code_or_card"
        self._field("code", say(factor), most=7)
        self._end(say("console.door.sign_in"), self._sign_in, other=("console.door.emergency", self.show_emergency))

    def show_lock(self) -> None:
        say = self.words.say
        digits = str(self._attendance.unlock_digits)
        self._begin(say("console.lock.title"), say("console.lock.who", name=self._attendance.name or ""))
        self._field("unlock", say("console.lock.code", n=digits), hidden=True, most=int(digits))
        self.fields["unlock"].textEdited.connect(
            lambda text: self._unlock() if len(text) == self._attendance.unlock_digits else None
        )
        self._end(say("console.lock.open"), self._unlock, other=("console.lock.other", self._someone_else))

    def show_emergency(self) -> None:
        say = self.words.say
        self._begin(say("console.emergency.title"), say("console.emergency.about"))
        self._field("name", say("console.door.name"))
        self._field("password", say("console.emergency.password"), hidden=True)
        self._end(say("console.emergency.open"), self._open_emergency, other=("console.back", self.show_sign_in))

    def show_first_start(self) -> None:
        say = self.words.say
        self._begin(say("console.first.title"), say("console.first.about"))
        self._field("name", say("console.first.name"))
        self._field("password", say("console.first.password"), hidden=True)
        self._field("again", say("console.first.again"), hidden=True)
        self._end(say("console.first.make"), self._make_first)

    def show_enrolled(self, enrolled: Enrolled, then: Callable[[], None]) -> None:
        """The second factor, once: as a code for the camera of a telephone, and as text to be typed."""
        say = self.words.say
        self._begin(say("console.enrolled.title", name=enrolled.name), say("console.enrolled.about"))
        pixels = self._services.qr(enrolled.uri)
        if pixels is not None:
            picture = Picture(say("console.enrolled.picture"), QSize(224, 224))
            picture.show_pixels(pixels)
            self._inside.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        secret = QUrlQuery(QUrl(enrolled.uri)).queryItemValue("secret")
        grouped = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
        self._inside.addLayout(
            column(label(say("console.enrolled.text"), size="head"), label(grouped, wrap=True), spacing=2)
        )
        self._end(say("console.enrolled.done"), then)

    def show_new_unlock(self) -> None:
        """After a full sign-in by somebody who has no short code yet."""
        say = self.words.say
        digits = str(self._attendance.unlock_digits)
        minutes = str(self._attendance.idle_seconds // 60)
        self._begin(say("console.unlock.title"), say("console.unlock.about", n=digits, minutes=minutes))
        self._field("unlock", say("console.unlock.code", n=digits), hidden=True, most=int(digits))
        self._field("again", say("console.unlock.again"), hidden=True, most=int(digits))
        self._end(say("console.unlock.set"), self._set_unlock, other=("console.unlock.later", self._on_open))

    # --- what is pressed --------------------------------------------------------------------------

    def _sign_in(self) -> None:
        """Without a code, the card is the second factor."""
        if not self._text("code") and self._services.cards is not None:
            self._ask_card(self._services.cards)
            return
        self._tried(lambda: self._attendance.sign_in(self._text("name"), self._secret("password"), self._text("code")))

    def _ask_card(self, cards: StaffCards) -> None:
        """In the background: the person may still be looking for the card."""
        if self._asking_card:
            return
        self._asking_card = True
        self.complain(self.words.say("accounts.card.lay"))

        def seen(card: StaffCard | CardTrouble) -> None:
            self._asking_card = False
            if "password" not in self.fields or "code" not in self.fields:
                return  # another page by now
            if isinstance(card, CardTrouble):
                self.complain(self.words.say(f"accounts.card.{card.value}"))
            else:
                name, password = self._text("name"), self._secret("password")
                self._tried(lambda: self._attendance.sign_in(name, password, "", card))

        def failed(error: KioskError) -> None:
            self._asking_card = False
            self.complain(self.words.say(f"failure.{error.code.value}.cause"))

        self._background.run(cards.present, seen, failed, slow=True)

    def _open_emergency(self) -> None:
        self._tried(lambda: self._attendance.open_emergency(self._text("name"), self._secret("password"), "console"))

    def _unlock(self) -> None:
        if self._text("unlock"):
            self._tried(lambda: self._attendance.unlock(self._secret("unlock")))

    def _someone_else(self) -> None:
        self._attendance.sign_out()
        self.show_sign_in()

    def _tried(self, attempt: Callable[[], Refused | None]) -> None:
        try:
            refused = attempt()
        except KioskError as error:
            self.complain(self.words.say(f"failure.{error.code.value}.cause"))
            return
        if refused is None:
            self._entered()
            return
        until = self.words.clock(refused.until) if refused.until else ""
        sentence = self.words.say(f"accounts.refused.{refused.why.value}", until=until)
        if self._attendance.presence is Presence.SIGNED_OUT and "unlock" in self.fields:
            self.show_sign_in()
        for name in ("password", "code", "unlock"):
            if name in self.fields:
                self.fields[name].clear()
        self.complain(sentence)
        first = next((edit for edit in self.fields.values() if not edit.text()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _entered(self) -> None:
        if self._attendance.sealed or self._attendance.has_unlock_code():
            self._on_open()
        else:
            self.show_new_unlock()

    def _make_first(self) -> None:
        if self._text("password") != self._text("again"):
            self.complain(self.words.say("console.first.differ"))
            return
        try:
            made = self._attendance.enrol(self._text("name"), Role.SUPERVISOR, self._secret("password"))
        except KioskError as error:
            self.complain(self.words.say(f"failure.{error.code.value}.cause"))
            return
        if isinstance(made, Flaw):
            self.complain(self.words.say(f"accounts.flaw.{made.value}"))
            return
        name = made.name

        def then() -> None:
            self.show_sign_in()
            self.fields["name"].setText(name)
            self.fields["password"].setFocus(Qt.FocusReason.OtherFocusReason)

        self.show_enrolled(made, then)

    def _set_unlock(self) -> None:
        if self._text("unlock") != self._text("again"):
            self.complain(self.words.say("console.unlock.differ"))
            return
        flaw = self._attendance.set_unlock(self._secret("unlock"))
        if flaw is not None:
            self.complain(self.words.say(f"accounts.flaw.{flaw.value}"))
            return
        self._on_open()

    # --- parts ------------------------------------------------------------------------------------

    def _begin(self, title: str, about: str) -> None:
        self.forget()
        self._inside.addWidget(label(title, size="title", wrap=True))
        if about:
            self._inside.addWidget(label(about, wrap=True))
        self.setAccessibleName(title)

    def _field(self, name: str, text: str, *, hidden: bool = False, most: int = 128) -> None:
        edit = QLineEdit()
        edit.setObjectName(f"door.{name}")
        edit.setAccessibleName(text)
        edit.setMaxLength(most)
        if hidden:
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText)
        self.fields[name] = edit
        self._inside.addLayout(column(label(text, size="head"), edit, spacing=2))

    def _end(self, main: str, on_main: Callable[[], None], other: tuple[str, Callable[[], None]] | None = None) -> None:
        self.trouble = label("", tone="now", wrap=True)
        self.trouble.hide()
        self._inside.addWidget(self.trouble)
        button = KeyButton(main, ENTER, role="main", on_press=on_main)
        button.setObjectName("door.main")
        self._inside.addWidget(button)
        if other is not None:
            aside = KeyButton(self.words.say(other[0]), role="quiet", on_press=other[1])
            aside.setObjectName("door.other")
            self._inside.addLayout(row(None, aside, None))
        edits = list(self.fields.values())
        for edit, following in zip(edits, [*edits[1:], None], strict=False):
            edit.returnPressed.connect(lambda after=following: self._onward(after, on_main))
        first: QWidget = edits[0] if edits else button
        first.show()  # its layout would do so only after the focus was refused to it
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _onward(self, after: QLineEdit | None, on_main: Callable[[], None]) -> None:
        """Enter goes to the next field that is still empty, from the last one on to the button."""
        if after is not None and not after.text():
            after.setFocus(Qt.FocusReason.TabFocusReason)
        elif all(edit.text() or (name == "code" and self._services.cards) for name, edit in self.fields.items()):
            on_main()

    def complain(self, sentence: str) -> None:
        """Says it on the page that is shown."""
        self.trouble.setText(sentence)
        self.trouble.show()

    def _text(self, name: str) -> str:
        return self.fields[name].text()

    def _secret(self, name: str) -> Secret:
        # The same characters may be typed as different code points on two keyboards.
        return Secret(unicodedata.normalize("NFC", self._text(name)).encode())
