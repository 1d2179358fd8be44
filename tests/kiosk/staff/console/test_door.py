"""The door: first start, two factors, the lock, the envelope, and nothing of anybody before it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import pyotp
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton

from kiosk.domain.accounts import Role, Session
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.accounts import CardTrouble, StaffCard
from kiosk.staff.attendance import Presence
from kiosk.staff.console.pages import PAGES
from kiosk.staff.console.samples import visit
from tests.conftest import LogWatch
from tests.kiosk.staff.console.conftest import At

MakeAt = Callable[..., At]
PASSWORD = "correct horse battery"
NAMES = ("佐藤　花子", "サトウ", "山田　太郎", "ヤマダ", "104233", "208817", "77777777", "1985")
"""What a lock screen must not show of the made-up visits."""


def code_of(at: At, name: str) -> str:
    sealed = at.made.store.kept[name].totp_sealed
    assert sealed is not None
    return pyotp.TOTP(sealed).at(at.made.clock.at)


def sign_in(at: At, name: str, password: str, code: str) -> None:
    door = at.window.door
    for field, text in (("name", name), ("password", password), ("code", code)):
        door.fields[field].setText(text)
    at.press(Qt.Key.Key_Tab)
    door.fields["code"].setFocus()
    at.press(Qt.Key.Key_Return)


def test_the_first_start_makes_the_administrator_by_screens_alone(at: MakeAt) -> None:
    here = at(None, accounts=False)
    assert here.made.attendance.presence is Presence.FIRST_START
    here.type("suzuki")
    here.press(Qt.Key.Key_Return)  # to the next empty field
    here.type(PASSWORD)
    here.press(Qt.Key.Key_Return)
    here.type(PASSWORD)
    here.press(Qt.Key.Key_Return)
    account = here.made.store.kept["suzuki"]
    assert account.role is Role.SUPERVISOR
    secret = account.totp_sealed or ""
    assert secret in here.texts().replace(" ", "")
    here.press(Qt.Key.Key_Return)
    assert secret not in here.texts().replace(" ", "")
    assert here.window.door.fields["name"].text() == "suzuki"
    sign_in(here, "suzuki", PASSWORD, code_of(here, "suzuki"))
    here.type("314159")  # the short code is asked for at once
    here.press(Qt.Key.Key_Return)
    here.type("314159")
    here.press(Qt.Key.Key_Return)
    assert here.made.attendance.presence is Presence.OPEN
    assert here.window.pages


def test_a_first_password_that_is_too_short_is_said_so(at: MakeAt) -> None:
    here = at(None, accounts=False)
    door = here.window.door
    for field, text in (("name", "suzuki"), ("password", "short"), ("again", "short")):
        door.fields[field].setText(text)
    door._make_first()
    assert "12文字" in door.trouble.plain
    assert here.made.store.kept == {}


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [("suzuki", "wrong horse battery", ""), ("suzuki", PASSWORD, "000000"), ("nobody", PASSWORD, "")],
)
def test_whoever_is_refused_does_not_learn_why(at: MakeAt, name: str, password: str, code: str) -> None:
    here = at(None)
    sign_in(here, name, password, code or code_of(here, "suzuki"))
    assert here.made.attendance.presence is Presence.SIGNED_OUT
    assert here.window.door.trouble.plain == here.window.words.say("accounts.refused.wrong")
    assert here.window.door.fields["password"].text() == ""
    assert not here.window.pages


def test_both_factors_open_the_console(at: MakeAt) -> None:
    here = at(None)
    sign_in(here, "sato", PASSWORD, code_of(here, "sato"))
    assert here.made.attendance.presence is Presence.OPEN
    assert "sato" in here.texts()


def test_nothing_about_anybody_is_left_when_the_console_locks_itself(at: MakeAt) -> None:
    here = at("suzuki")
    here.window.open_visit(visit(31))
    assert "佐藤　花子" in here.texts()
    here.wait(here.made.attendance.idle_seconds + 1)
    assert here.made.attendance.presence is Presence.LOCKED
    texts = here.texts()
    assert [name for name in NAMES if name in texts] == []
    assert "K1" not in texts
    assert here.window.live.seen.lanes == ()
    assert here.made.counter.log[-1] == ("close",)


def test_a_question_that_lies_over_the_page_is_covered_too(at: MakeAt) -> None:
    here = at("suzuki")
    here.window.open_visit(visit(6, "K2"))
    page = here.window.pages["visit"]
    page.buttons["correct"].click()  # type: ignore[attr-defined]
    assert here.window.prompt is not None
    here.window.prompt.fields["note"].setText("山田　太郎")
    here.window.lock()
    assert here.window.prompt is None
    assert "山田" not in here.texts()


def test_what_was_copied_goes_with_the_session(at: MakeAt) -> None:
    here = at("suzuki")
    here.window.open_visit(visit(6, "K2"))
    copied = here.window.findChild(QPushButton, "copy.name")
    assert isinstance(copied, QPushButton)
    copied.click()
    assert QApplication.clipboard().text() == "山田　太郎"
    here.window.lock()
    assert QApplication.clipboard().text() == ""


def test_who_does_something_is_not_locked_out(at: MakeAt) -> None:
    here = at("suzuki")
    for _ in range(3):
        here.wait(here.made.attendance.idle_seconds - 10)
        here.press(Qt.Key.Key_F2)
        where = here.window.rect().center().toPointF()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(here.window, QMouseEvent(QEvent.Type.MouseButtonPress, where, where, left, left, none))
    assert here.made.attendance.presence is Presence.OPEN


def test_the_short_code_opens_it_again_where_it_was(at: MakeAt) -> None:
    here = at("suzuki")
    here.window.go("pending")
    here.window.lock()
    here.type("271828")
    assert here.made.attendance.presence is Presence.OPEN
    assert here.window.pages["pending"].shown


def test_three_wrong_codes_ask_for_the_full_sign_in(at: MakeAt) -> None:
    here = at("suzuki")
    here.window.lock()
    for _ in range(3):
        here.window.door.fields["unlock"].setText("999999")
        here.window.door._unlock()
    assert here.made.attendance.presence is Presence.SIGNED_OUT
    assert "password" in here.window.door.fields
    assert here.window.door.trouble.plain


def test_the_envelope_opens_once_and_every_page_says_so(at: MakeAt, log_watch: LogWatch) -> None:
    log_watch.announce("sealed emergency account")
    here = at(None)
    assert here.made.desk.seal_emergency("envelope", Secret(b"K7QDM2XHRF4TWNB5YCJE36AV"), "suzuki") is None
    here.window.door.show_emergency()
    here.window.door.fields["name"].setText("envelope")
    here.window.door.fields["password"].setText("K7QDM2XHRF4TWNB5YCJE36AV")
    here.window.door._open_emergency()
    warning = here.window.words.say("accounts.emergency")
    for page in PAGES:
        here.window.go(page)
        assert warning in here.texts()
    assert here.made.store.kept["envelope"].disabled
    here.wait(1)
    assert here.made.attendance.presence is Presence.OPEN
    assert [entry.event for entry in here.made.told][-1] == "account.unsealed"


def test_a_day_later_the_full_sign_in_is_due(at: MakeAt) -> None:
    here = at("suzuki")
    here.wait(13 * 3600)
    assert here.made.attendance.presence is Presence.SIGNED_OUT


def test_a_session_ends_with_its_account_wherever_that_was_disabled(
    at: MakeAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_name: str) -> NoReturn:
        raise NeedsStaff(FailureCode.JOURNAL_FAILED)

    here = at("sato")
    assert here.made.desk.disable("sato", "suzuki")  # at another console
    with monkeypatch.context() as unreadable:
        unreadable.setattr(here.made.store, "find", refuse)
        here.wait(1)
        assert here.made.attendance.presence is Presence.OPEN
    here.wait(1)
    assert here.made.attendance.presence is Presence.SIGNED_OUT
    assert not here.window.pages
    assert "password" in here.window.door.fields


class Reader:
    """A reader for staff cards; what lies on it, the test decides."""

    def __init__(self) -> None:
        self.lies: StaffCard | CardTrouble = CardTrouble.NO_CARD

    def present(self) -> StaffCard | CardTrouble:
        return self.lies


def test_a_staff_card_takes_the_place_of_the_code(at: MakeAt) -> None:
    here, reader, card = at("sato"), Reader(), StaffCard("ab" * 32)
    here.made.window.services.cards = reader
    here.window.go("accounts")
    reader.lies = card
    here.press(Qt.Key.Key_C)
    prompt = here.window.prompt
    assert prompt is not None
    prompt.fields["password"].setText(PASSWORD)
    prompt.confirm()
    assert here.made.store.kept["sato"].card_key == card.key
    here.window.sign_out()
    here.window.door.show_sign_in()
    door = here.window.door
    reader.lies = CardTrouble.NO_CARD
    sign_in(here, "sato", PASSWORD, "")
    assert here.made.attendance.presence is Presence.SIGNED_OUT
    assert "置かれませんでした" in door.trouble.plain
    assert door.fields["password"].text() == PASSWORD, "only the card was missing"
    reader.lies = card
    here.press(Qt.Key.Key_Return)
    assert here.made.attendance.presence is Presence.OPEN
    assert here.made.told[-1].fields["by"] == "password_and_card"


def test_a_supervisor_removes_a_lost_card(at: MakeAt) -> None:
    here = at("suzuki")
    here.made.window.services.cards = Reader()
    here.made.store.change("sato", lambda found: replace(found, card_key="ab" * 32))  # type: ignore[arg-type]
    here.window.go("accounts")
    page = here.window.pages["accounts"]
    page.table.choose("sato")  # type: ignore[attr-defined]
    here.press(Qt.Key.Key_L)
    assert here.window.prompt is not None
    here.window.prompt.confirm()
    assert here.made.store.kept["sato"].card_key is None


def test_a_console_that_cannot_open_says_why(at: MakeAt) -> None:
    """The file of the counter is away, or that of another kiosk that this console shows."""
    here = at(None)

    def refuse(_session: Session) -> NoReturn:
        raise NeedsStaff(FailureCode.JOURNAL_FAILED, "counter.sqlite")

    here.window.services = replace(here.window.services, counter=refuse)
    sign_in(here, "sato", PASSWORD, code_of(here, "sato"))
    assert here.made.attendance.presence is Presence.SIGNED_OUT
    assert here.window.words.say("failure.K403.remedy") in here.texts()


def test_a_defect_is_told_at_the_door_too(at: MakeAt) -> None:
    here = at(None)
    here.window.tell_defect(ValueError("見本　花子"))
    texts = here.texts()
    assert here.window.words.say("failure.K599.remedy") in texts
    assert "花子" not in texts
