"""A console with made-up data, offscreen; the test moves its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk.app.catalogue import load_catalogue as load_sentences
from kiosk.domain.accounts import Role, account_rules
from kiosk.domain.messages import Catalogue
from kiosk.domain.rules import load_rules
from kiosk.journal.catalogue import load_catalogue
from kiosk.staff.console.gallery import MadeUp

ASSETS = Path(__file__).parents[4] / "assets"
DAY = date(2026, 11, 24)
LONG_MS = 60_000
"""After which a test gives up."""


@pytest.fixture(scope="session")
def sentences() -> Catalogue:
    return load_sentences(ASSETS / "messages")


@pytest.fixture(scope="session")
def meanings() -> dict[str, dict[str, str]]:
    events = load_catalogue((ASSETS / "rules/journal.toml").read_bytes()).events
    return {name: dict(rule.meaning) for name, rule in events.items()}


class At:
    """A console and the hands of whoever sits at it."""

    def __init__(self, made: MadeUp) -> None:
        self.made, self.window = made, made.window

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """By way of the window system, as a keyboard does: shortcuts first, then whatever has the focus."""
        QApplication.processEvents()  # what was just put into a layout is shown by its event
        QTest.keyClick(self.window.windowHandle(), key, modifier)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        QApplication.processEvents()
        edit = QApplication.focusWidget()
        assert isinstance(edit, QLineEdit)
        QTest.keyClicks(edit, text)

    def wait(self, seconds: float) -> None:
        self.made.clock.at += timedelta(seconds=seconds)
        self.made.clock.seconds += seconds
        self.window.tick()

    def texts(self) -> str:
        """Everything on the screen, as text and for screen readers."""
        QApplication.processEvents()
        found: list[str] = [self.window.windowTitle()]
        for widget in [self.window, *self.window.findChildren(QWidget)]:
            if widget.isVisibleTo(self.window):
                found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
                for name in ("plain", "text"):
                    value = getattr(widget, name, "")
                    found.append(str(value() if callable(value) else value))
        return "\n".join(found)


@pytest.fixture
def at(qtbot: QtBot, sentences: Catalogue, meanings: dict[str, dict[str, str]]) -> Iterator[Callable[..., At]]:
    rows = load_rules(ASSETS / "rules/handover.toml").rows("note_label", DAY)
    labels = {row.text("item"): row.text("ja") for row in rows}
    opened: list[MadeUp] = []

    def make(who: str | None = "suzuki", *, accounts: bool = True, language: str = "ja") -> At:
        rules = account_rules(load_rules(ASSETS / "rules/accounts.toml"), DAY)
        made = MadeUp(sentences, rules, meanings, labels, language=language)
        qtbot.addWidget(made.window)
        opened.append(made)
        if accounts:
            for name, role in (("suzuki", Role.SUPERVISOR), ("sato", Role.RECEPTION), ("ito", Role.MAINTENANCE)):
                made.add(name, role)
            made.window.door.show_presence()
        made.window.resize(1280, 800)
        with qtbot.waitExposed(made.window, timeout=LONG_MS):
            made.window.show()
        made.window.activateWindow()
        qtbot.waitUntil(made.window.isActiveWindow, timeout=LONG_MS)
        if who is not None:
            made.enter(who)
            QApplication.processEvents()
        return At(made)

    yield make
    for made in opened:
        made.window.close()


@pytest.fixture
def signed_in(at: Callable[..., At]) -> At:
    return at()
