"""Draws every page of the console with made-up data into PNG files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from PySide6.QtWidgets import QApplication

from kiosk.domain.accounts import Account, AccountRules, Role, Session
from kiosk.domain.messages import Catalogue
from kiosk.domain.secret import Secret
from kiosk.ports.counter import Pixels
from kiosk.ports.journal import JournalEntry
from kiosk.staff.attendance import Attendance
from kiosk.staff.console.background import Inline
from kiosk.staff.console.pages import PAGES
from kiosk.staff.console.sample_ports import SampleCounter, SampleRecords
from kiosk.staff.console.samples import NOW, visit
from kiosk.staff.console.services import Services
from kiosk.staff.console.window import ConsoleWindow
from kiosk.staff.sign_in import SignIn

SIZES = ((1280, 800), (1920, 1080))
LANGUAGES = ("ja", "en")
QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "note": {"correct": ("correct_claim", "phone")},
    "mix-up": {"mix-up": ("close_incident", "put_right", "checked_records")},
    "staff": {"finish": ("finish", "accepted", "certificate"), "form": ("finish", "accepted", "attestation")},
}
"""Questions on the page of a visit: the act, then what is chosen."""


@dataclass
class MemoryAccounts:
    """Implements `AccountStore` without a file."""

    kept: dict[str, Account] = field(default_factory=dict)

    def all(self) -> tuple[Account, ...]:
        return tuple(self.kept[name] for name in sorted(self.kept))

    def find(self, name: str) -> Account | None:
        return self.kept.get(name)

    def add(self, account: Account) -> bool:
        return self.kept.setdefault(account.name, account) is account

    def change(self, name: str, change: object) -> Account | None:
        if name in self.kept:
            self.kept[name] = change(self.kept[name])  # type: ignore[operator]
        return self.kept.get(name)

    def close(self) -> None:
        pass


class PlainSealer:
    """Implements `TotpSealer` for accounts that nobody has."""

    def seal(self, _name: str, secret: str) -> str:
        return secret

    def open(self, _name: str, sealed: str) -> str:
        return sealed


@dataclass
class Clock:
    at: datetime = NOW
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds


class MadeUp:
    """A console with made-up data: a window, its parts, and who is signed in."""

    def __init__(
        self,
        catalogue: Catalogue,
        rules: AccountRules,
        meanings: Mapping[str, Mapping[str, str]],
        note_labels: Mapping[str, str],
        *,
        language: str = "ja",
        qr: Pixels | None = None,
    ) -> None:
        self.clock, self.told = Clock(), list[JournalEntry]()
        self.store = MemoryAccounts()
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.desk = SignIn(self.store, PlainSealer(), rules, self.told.append, hasher=quick)
        self.attendance = Attendance(self.store, self.desk, rules, self.clock.now)
        self.records = SampleRecords()
        self.counters: list[SampleCounter] = []
        services = Services(
            self.attendance,
            self._counter,
            self.records,
            meanings,
            note_labels,
            self.clock.now,
            self.clock.monotonic,
            qr=lambda _text: None if qr is None else Pixels(qr.width, qr.height, bytearray(qr.rgb)),
            password=lambda: "K7QDM2XHRF4TWNB5YCJE36AV",
            facility="みなと内科クリニック" if language == "ja" else "Minato Clinic",
        )
        self.window = ConsoleWindow(services, catalogue, language, Inline(), timers=False)

    @property
    def counter(self) -> SampleCounter:
        return self.counters[-1]

    def add(self, name: str, role: Role, *, unlock: str = "271828") -> None:
        """An account with a short code; the first one has to be a supervisor's."""
        self.desk.enrol(name, role, Secret(b"correct horse battery"), "suzuki")
        if unlock:
            self.desk.set_unlock(Session(name, role, NOW, NOW), Secret(unlock))

    def enter(self, name: str = "suzuki") -> None:
        """As after a full sign-in."""
        account = self.store.find(name)
        if account is None:
            raise KeyError(name)
        self.attendance.session = Session(name, account.role, self.clock.at, self.clock.at)
        self.window._let_in()

    def _counter(self, session: Session) -> SampleCounter:
        self.counters.append(SampleCounter(session))
        return self.counters[-1]


def draw(
    folder: Path,
    catalogue: Catalogue,
    rules: AccountRules,
    meanings: Mapping[str, Mapping[str, str]],
    note_labels: Mapping[str, str],
    qr: Pixels | None = None,
    sizes: Iterable[tuple[int, int]] = SIZES,
    languages: Iterable[str] = LANGUAGES,
) -> list[Path]:
    """Every page, in each language and size; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for language in languages:
        for size in sizes:
            made = MadeUp(catalogue, rules, meanings, note_labels, language=language, qr=qr)
            window = made.window
            window.resize(*size)
            window.show()

            def shot(name: str, window: ConsoleWindow = window, where: str = f"{language}-{size[0]}") -> None:
                QApplication.processEvents()
                QApplication.processEvents()
                path = folder / f"{where}-{name}.png"
                if not window.grab().save(str(path), "PNG"):
                    raise OSError(f"cannot write {path}")
                written.append(path)

            _doors(made, shot)
            _pages(made, shot)
            window.close()
            window.deleteLater()
    return written


def _doors(made: MadeUp, shot: object) -> None:
    take = shot if callable(shot) else print
    take("door-first-start")
    door = made.window.door
    for name, text in (("name", "suzuki"), ("password", "correct horse battery"), ("again", "correct horse battery")):
        door.fields[name].setText(text)
    door._make_first()
    take("door-authenticator")
    for name, role in (("sato", Role.RECEPTION), ("ito", Role.MAINTENANCE)):
        made.add(name, role)
    made.add("suzuki", Role.SUPERVISOR)
    made.desk.set_unlock(Session("suzuki", Role.SUPERVISOR, NOW, NOW), Secret("271828"))
    door.show_sign_in()
    take("door-sign-in")
    door.complain(made.window.words.say("accounts.refused.wrong"))
    take("door-refused")
    door.show_emergency()
    take("door-envelope")
    made.attendance.session = Session("suzuki", Role.SUPERVISOR, NOW, NOW)
    door.show_new_unlock()
    take("door-unlock-code")
    made.enter()
    made.window.lock()
    take("door-locked")


def _pages(made: MadeUp, shot: object) -> None:
    take = shot if callable(shot) else print
    made.enter()
    window = made.window
    for page in PAGES:
        window.go(page)
        take(page)
    window.go("lanes")
    lanes = window.pages["lanes"]
    for name in ("K2", "K3"):
        lanes.choose(name)  # type: ignore[attr-defined]
        take(f"lanes-{name}")
    lanes.choose("K1")  # type: ignore[attr-defined]
    lanes.acts.buttons["accept"].click()  # type: ignore[attr-defined]
    take("prompt-document")
    if window.prompt is not None:
        window.prompt.close_prompt()
    window.go("visits")
    for name, one in (("live", visit(31)), ("note", visit(6, "K2")), ("mix-up", visit(9, "K2")), ("staff", visit(17))):
        window.open_visit(one)
        take(f"visit-{name}")
        for question, keys in QUESTIONS.get(name, {}).items():
            shown = window.pages["visit"]
            shown.buttons[keys[0]].click()  # type: ignore[attr-defined]
            for option in keys[1:]:
                if window.prompt is not None:
                    window.prompt.answer(option)
            take(f"prompt-{question}")
            if window.prompt is not None:
                window.prompt.close_prompt()
        window.back()
    window.go("facility")
    facility = window.pages["facility"]
    facility.buttons["K1", "declare_disaster"].click()  # type: ignore[attr-defined]
    take("prompt-two-people")
    if window.prompt is not None:
        window.prompt.close_prompt()
