"""Staff accounts, for who may change them: added, renewed, disabled, and the sealed envelope."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QUrl, QUrlQuery
from PySide6.QtWidgets import QWidget

from kiosk.domain.accounts import Account, Role
from kiosk.domain.failures import KioskError
from kiosk.domain.secret import Secret
from kiosk.ports.accounts import CardTrouble, StaffCard
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.prompt import Asked, Option
from kiosk.staff.console.table import Row, Table
from kiosk.staff.console.widgets import KeyButton, NextBox, Panel, Picture, column, empty, label, row
from kiosk.staff.sign_in import Enrolled, Flaw


class AccountsPage(Page):
    id = "accounts"

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.next = NextBox(self.say("console.next"))
        heads = [self.say(f"console.head.{head}") for head in ("account", "role", "account_state")]
        self.table = Table(
            heads, (220, 160, 0), name=self.say("console.page.accounts"), on_choose=lambda _c: self._chose()
        )
        self.add = KeyButton(self.say("console.accounts.add"), "A", on_press=self._add)
        self.renew = KeyButton(self.say("console.accounts.renew"), "R", on_press=self._renew)
        self.disable = KeyButton(self.say("console.accounts.disable"), "X", on_press=self._disable)
        self.envelope = KeyButton(self.say("console.accounts.envelope"), "E", on_press=self._seal)
        self.card = KeyButton(self.say("console.accounts.card"), "C", on_press=self._register_card)
        self.lost = KeyButton(self.say("console.accounts.card_lost"), "L", on_press=self._remove_card)
        self._side_inside = column(spacing=8)
        self.side = Panel()
        self.side.body.addLayout(self._side_inside)
        self.side.body.addStretch()
        self.side.hide()
        middle = row(spacing=12)
        middle.addWidget(self.table, 3)
        middle.addWidget(self.side, 2)
        buttons = row(self.add, self.renew, self.disable, self.envelope, None)
        cards = row(self.card, self.lost, None)
        for button in (self.card, self.lost):
            if around.services.cards is None:
                button.hide()
        whole = column(self.next, middle, buttons, cards, spacing=10)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def opened(self) -> None:
        may = self.around.services.attendance.may("accounts")
        for button in (self.add, self.envelope):
            button.setEnabled(may)
        self._show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def closed(self) -> None:
        for picture in self.side.findChildren(Picture):
            picture.forget()
        empty(self._side_inside)
        self.side.hide()

    def _show(self) -> None:
        attendance = self.around.services.attendance
        if not attendance.may("accounts"):
            self.next.say([self.say("console.accounts.not_yours")], "calm")
            self.table.show_rows([])
            return
        accounts = attendance.accounts()
        self.table.show_rows([self._row(account) for account in accounts])
        envelopes = [account for account in accounts if account.sealed and not account.disabled]
        told = self.say("console.accounts.no_envelope") if not envelopes else self.say("console.accounts.next")
        self.next.say([told], "calm" if envelopes else "care")
        self.table.choose_first()
        self._chose()

    def _row(self, account: Account) -> Row:
        now = self.around.services.now()
        marks = [self.say(f"accounts.{name}") for name in ("disabled", "sealed") if getattr(account, name)]
        if account.rests_until is not None and now < account.rests_until:
            marks.append(self.say("console.accounts.rests", time=self.words.clock(account.rests_until)))
        if not account.unlock_hash and not account.disabled and not account.sealed:
            marks.append(self.say("console.accounts.no_unlock"))
        if account.card_key is not None:
            marks.append(self.say("console.accounts.has_card"))
        cells = (account.name, self.say(f"accounts.role.{account.role.value}"), "・".join(marks))
        return Row(account.name, cells, {2: "care"} if account.disabled else {})

    def _chose(self) -> None:
        may = self.around.services.attendance.may("accounts")
        chosen = next((a for a in self.around.services.attendance.accounts() if a.name == self.table.chosen), None)
        self.renew.setEnabled(may and chosen is not None and not chosen.sealed)
        self.disable.setEnabled(may and chosen is not None and not chosen.disabled)
        self.lost.setEnabled(may and chosen is not None and chosen.card_key is not None)

    # --- what is pressed --------------------------------------------------------------------------

    def _add(self) -> None:
        def done(role: str | None, given: dict[str, str]) -> str | None:
            name = given["name"].strip()
            return self._secrets(
                given,
                lambda password: self.around.services.attendance.enrol(name, Role(role or Role.RECEPTION), password),
            )

        self.around.ask(
            self.say("console.accounts.add"),
            options=[Option(role.value, self.say(f"accounts.role.{role.value}")) for role in Role],
            fields=[Asked("name", self.say("console.first.name"), most=32), *self._passwords()],
            on_done=done,
        )

    def _renew(self) -> None:
        name = self.table.chosen
        if name is None:
            return
        self.around.ask(
            self.say("console.accounts.renew"),
            message=self.say("console.accounts.renew.about", name=name),
            fields=self._passwords(),
            on_done=lambda _c, given: self._secrets(
                given, lambda password: self.around.services.attendance.renew(name, password)
            ),
        )

    def _disable(self) -> None:
        name = self.table.chosen
        if name is None:
            return

        def done(_chosen: str | None, _given: dict[str, str]) -> str | None:
            try:
                good = self.around.services.attendance.disable(name)
            except KioskError as error:
                return self.say(f"failure.{error.code.value}.cause")
            if not good:
                return self.say("cli.accounts.last")
            self._show()
            self.around.tell(self.say("cli.accounts.disabled", name=name))
            return None

        self.around.ask(
            self.say("console.accounts.disable"),
            message=self.say("console.accounts.disable.about", name=name),
            on_done=done,
        )

    def _seal(self) -> None:
        def done(_chosen: str | None, given: dict[str, str]) -> str | None:
            name, text = given["name"].strip(), self.around.services.password()
            try:
                flaw = self.around.services.attendance.seal_emergency(name, Secret(text))
            except KioskError as error:
                return self.say(f"failure.{error.code.value}.cause")
            if flaw is not None:
                return self.say(f"accounts.flaw.{flaw.value}")
            self._show()
            self._show_side([self.say("console.accounts.envelope.about", name=name)], text)
            return None

        self.around.ask(
            self.say("console.accounts.envelope"),
            message=self.say("console.accounts.envelope.ask"),
            fields=[Asked("name", self.say("console.first.name"), most=32)],
            on_done=done,
        )

    def _register_card(self) -> None:
        """One's own, whatever the role: with the password, and the card in the hand."""
        cards = self.around.services.cards
        if cards is None:
            return

        def done(_chosen: str | None, given: dict[str, str]) -> str | None:
            password = Secret(unicodedata.normalize("NFC", given["password"]).encode())
            self.around.tell(self.say("accounts.card.lay"), "care")
            self.around.run(cards.present, lambda card: self._with_card(card, password), slow=True)
            return None

        self.around.ask(
            self.say("console.accounts.card"),
            message=self.say("console.accounts.card.about"),
            fields=[Asked("password", self.say("console.door.password"), hidden=True, most=128)],
            on_done=done,
        )

    def _with_card(self, card: StaffCard | CardTrouble, password: Secret) -> None:
        if isinstance(card, CardTrouble):
            password.wipe()
            self.around.tell(self.say(f"accounts.card.{card.value}"), "now")
            return
        try:
            flaw = self.around.services.attendance.register_card(password, card)
        except KioskError as error:
            self.around.tell_error(error)
            return
        if flaw is not None:
            self.around.tell(self.say(f"accounts.flaw.{flaw.value}"), "now")
            return
        self._show()
        self.around.tell(self.say("accounts.card.registered"))

    def _remove_card(self) -> None:
        name = self.table.chosen
        if name is None:
            return

        def done(_chosen: str | None, _given: dict[str, str]) -> str | None:
            try:
                self.around.services.attendance.remove_card(name)
            except KioskError as error:
                return self.say(f"failure.{error.code.value}.cause")
            self._show()
            self.around.tell(self.say("accounts.card.removed", name=name))
            return None

        self.around.ask(
            self.say("console.accounts.card_lost"),
            message=self.say("console.accounts.card_lost.about", name=name),
            on_done=done,
        )

    # --- parts ------------------------------------------------------------------------------------

    def _passwords(self) -> list[Asked]:
        return [
            Asked("password", self.say("console.first.password"), hidden=True, most=128),
            Asked("again", self.say("console.first.again"), hidden=True, most=128),
        ]

    def _secrets(self, given: dict[str, str], work: Callable[[Secret], Enrolled | Flaw]) -> str | None:
        if given["password"] != given["again"]:
            return self.say("console.first.differ")
        try:
            made = work(Secret(unicodedata.normalize("NFC", given["password"]).encode()))
        except KioskError as error:
            return self.say(f"failure.{error.code.value}.cause")
        if isinstance(made, Flaw):
            return self.say(f"accounts.flaw.{made.value}")
        self._show()
        secret = QUrlQuery(QUrl(made.uri)).queryItemValue("secret")
        grouped = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
        self._show_side(
            [self.say("console.enrolled.title", name=made.name), self.say("console.enrolled.about")], grouped, made.uri
        )
        return None

    def _show_side(self, told: list[str], secret: str, uri: str = "") -> None:
        """Shown once; it goes with the page."""
        empty(self._side_inside)
        for number, text in enumerate(told):
            self._side_inside.addWidget(label(text, size="strong" if number == 0 else "", wrap=True))
        pixels = self.around.services.qr(uri) if uri else None
        if pixels is not None:
            picture = Picture(self.say("console.enrolled.picture"), QSize(224, 224))
            picture.show_pixels(pixels)
            self._side_inside.addWidget(picture)
        self._side_inside.addWidget(label(secret, size="strong", wrap=True))
        done: QWidget = KeyButton(self.say("console.enrolled.done"), on_press=self.closed)
        self._side_inside.addWidget(done)
        self.side.show()
