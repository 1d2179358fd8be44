"""`kiosk staff accounts add | list | disable | renew`, and how the console comes to its sign-in."""

from __future__ import annotations

import argparse
import base64
import getpass
import json
import secrets
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

from drivers.store.accounts import SqliteAccounts
from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.journal import open_journal
from kiosk.app.journal_key import open_sealer
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.staff_card import staff_cards
from kiosk.domain.accounts import Account, Role, Session, account_rules
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules
from kiosk.domain.secret import Secret
from kiosk.journal.sealing import Sealer
from kiosk.ports.accounts import AccountStore, CardTrouble, StaffCard, StaffCards
from kiosk.ports.journal import Journal, JournalEntry
from kiosk.runtime.clocks import RealClock
from kiosk.staff.sign_in import Enrolled, Flaw, Refused, SignIn

ENVELOPE_BYTES = 15
"""Of the password in the envelope: 120 bits, 24 letters and digits that nobody has to remember."""


class SealedTotp:
    """Implements `kiosk.ports.accounts.TotpSealer` with the key of the installation."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, name: str, secret: str) -> str:
        return self._sealer.seal_text("totp", name, secret)

    def open(self, name: str, sealed: str) -> str:
        return self._sealer.open_text("totp", name, sealed)


def open_accounts(folders: DataFolders) -> SqliteAccounts:
    return SqliteAccounts(folders.root / "accounts.sqlite")


def open_sign_in(folders: DataFolders, store: AccountStore, journal: Journal) -> SignIn:
    """Makes the key of the installation when there is none yet."""
    sealer, clock = open_sealer(folders, create=True), RealClock()
    if sealer is None:
        raise Fatal(FailureCode.INTERNAL, "no key")
    rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), clock.now().date())

    def note(entry: JournalEntry) -> None:
        journal.append(entry, clock.now())

    return SignIn(store, SealedTotp(sealer), rules, note)


@contextmanager
def _opened(folders: DataFolders) -> Iterator[tuple[AccountStore, SignIn]]:
    folders.create()
    with closing(open_accounts(folders)) as store, closing(open_journal(folders)) as journal:
        yield store, open_sign_in(folders, store, journal)


def _add(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    with _opened(folders) as (store, desk):
        if options.sealed:
            return _add_sealed(options, console, store, desk)
        first = desk.needs_administrator
        role = Role.SUPERVISOR if first else Role(options.role)
        by = options.name if first else _authorised(options, console, store, desk)
        made = _with_new_password(console, options.name, lambda given: desk.enrol(options.name, role, given, by))
    role_name = console.say(f"accounts.role.{role.value}")
    if options.json:
        print(json.dumps({"name": made.name, "role": role.value, "uri": made.uri}))
    else:
        console.print("cli.accounts.first" if first else "cli.accounts.added", name=made.name, role=role_name)
        console.print("cli.accounts.totp", uri=made.uri)
    return OK


def _add_sealed(options: argparse.Namespace, console: Console, store: AccountStore, desk: SignIn) -> int:
    if not store.all():
        raise CommandFailed(USAGE, "accounts.flaw.first")
    by = _authorised(options, console, store, desk)
    text = base64.b32encode(secrets.token_bytes(ENVELOPE_BYTES)).decode()
    password = Secret(text)
    try:
        flaw = desk.seal_emergency(options.name, password, by)
    finally:
        password.wipe()
    if flaw is not None:
        raise CommandFailed(USAGE, f"accounts.flaw.{flaw.value}")
    if options.json:
        print(json.dumps({"name": options.name, "role": Role.SUPERVISOR.value, "password": text}))
    else:
        console.print("cli.accounts.envelope", name=options.name, password=text)
    return OK


def _renew(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    with _opened(folders) as (store, desk):
        by = _authorised(options, console, store, desk)
        account = store.find(options.name)
        if account is None or account.sealed:
            raise CommandFailed(USAGE, "cli.accounts.unknown", name=options.name)
        made = _with_new_password(console, options.name, lambda given: desk.renew(options.name, given, by))
    if options.json:
        print(json.dumps({"name": made.name, "role": account.role.value, "uri": made.uri}))
    else:
        console.print("cli.accounts.renewed", name=made.name)
        console.print("cli.accounts.totp", uri=made.uri)
    return OK


def _with_new_password(console: Console, name: str, work: Callable[[Secret], Enrolled | Flaw]) -> Enrolled:
    password = _asked(console, "cli.accounts.ask_new", name=name)
    try:
        made = work(password)
    finally:
        password.wipe()
    if isinstance(made, Flaw):
        raise CommandFailed(USAGE, f"accounts.flaw.{made.value}")
    return made


def _disable(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    with _opened(folders) as (store, desk):
        by = _authorised(options, console, store, desk)
        if store.find(options.name) is None:
            raise CommandFailed(USAGE, "cli.accounts.unknown", name=options.name)
        if not desk.disable(options.name, by):
            raise CommandFailed(FAILED, "cli.accounts.last")
    if options.json:
        print(json.dumps({"name": options.name, "disabled": True}))
    else:
        console.print("cli.accounts.disabled", name=options.name)
    return OK


def _card(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    """By the person: a full sign-in, the password once more with the card in the hand."""
    cards = staff_cards(options.card_reader)
    if cards is None:
        raise CommandFailed(USAGE, "cli.accounts.card_reader_needed")
    with _opened(folders) as (store, desk):
        session = _session(options.name, console, store, desk, options.card_reader)
        password = _asked(console, "cli.accounts.ask_password", name=options.name)
        try:
            card = _card_of(cards, console)
            flaw = desk.register_card(session, password, card, RealClock().now())
        finally:
            password.wipe()
    if flaw is not None:
        raise CommandFailed(FAILED, f"accounts.flaw.{flaw.value}")
    if options.json:
        print(json.dumps({"name": options.name, "card": True}))
    else:
        console.print("accounts.card.registered")
    return OK


def _card_of(cards: StaffCards, console: Console) -> StaffCard:
    """Raises `CommandFailed` where none proves itself."""
    console.complain(console.say("accounts.card.lay"))
    card = cards.present()
    if isinstance(card, CardTrouble):
        raise CommandFailed(FAILED, f"accounts.card.{card.value}")
    return card


def _remove_card(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    with _opened(folders) as (store, desk):
        by = _authorised(options, console, store, desk)
        if not desk.remove_card(options.name, by):
            raise CommandFailed(USAGE, "cli.accounts.no_card", name=options.name)
    if options.json:
        print(json.dumps({"name": options.name, "card": False}))
    else:
        console.print("accounts.card.removed", name=options.name)
    return OK


def _list(options: argparse.Namespace, console: Console, folders: DataFolders) -> int:
    path = folders.root / "accounts.sqlite"
    accounts: tuple[Account, ...] = ()
    if path.is_file():
        with closing(open_accounts(folders)) as store:
            accounts = store.all()
    if options.json:
        told = [{"name": a.name, "role": a.role.value, "disabled": a.disabled, "sealed": a.sealed} for a in accounts]
        print(json.dumps(told, indent=2))
    elif not accounts:
        console.print("cli.accounts.none")
    for account in () if options.json else accounts:
        marks = [console.say(f"accounts.{name}") for name in ("disabled", "sealed") if getattr(account, name)]
        print("  ".join([account.name, console.say(f"accounts.role.{account.role.value}"), *marks]))
    return OK


ACTIONS: Mapping[str, Callable[[argparse.Namespace, Console, DataFolders], int]] = {
    "add": _add,
    "disable": _disable,
    "renew": _renew,
    "card": _card,
    "remove-card": _remove_card,
    "list": _list,
}


def signed_in(name: str, console: Console, folders: DataFolders) -> Session:
    """Somebody who has just given password and code, as they are asked for. Raises `CommandFailed` where refused."""
    with _opened(folders) as (store, desk):
        return _session(name, console, store, desk)


def _session(name: str, console: Console, store: AccountStore, desk: SignIn, reader: str = "") -> Session:
    """`reader`: for staff cards; an empty code means the card that lies there."""
    account, now = store.find(name), RealClock().now()
    password = _asked(console, "cli.accounts.ask_password", name=name)
    try:
        if account is not None and account.sealed:
            session = desk.open_emergency(name, password, "command_line", now)
        else:
            code = _line(console.say("cli.accounts.ask_code", name=name))
            cards = staff_cards(reader) if not code else None
            card = None if cards is None else _card_of(cards, console)
            session = desk.sign_in(name, password, code, RealClock().now(), card)
    finally:
        password.wipe()
    if isinstance(session, Refused):
        until = f"{session.until:%H:%M}" if session.until else ""
        raise CommandFailed(FAILED, f"accounts.refused.{session.why.value}", until=until)
    if session.sealed:
        console.complain(console.say("accounts.emergency"))
    return session


def _authorised(options: argparse.Namespace, console: Console, store: AccountStore, desk: SignIn) -> str:
    """The name of who does this, after a full sign-in of a person who may, or with the sealed envelope."""
    if options.by is None:
        raise CommandFailed(USAGE, "cli.accounts.by_needed")
    session = _session(options.by, console, store, desk, options.card_reader)
    if not desk.may(session, "accounts"):
        raise CommandFailed(FAILED, "accounts.not_allowed", role=console.say(f"accounts.role.{session.role.value}"))
    return session.account


def _asked(console: Console, message: str, **values: str) -> Secret:
    # The same characters may be typed as different code points on two keyboards.
    return Secret(unicodedata.normalize("NFC", _line(console.say(message, **values))).encode())


def _line(prompt: str) -> str:
    """From the terminal without showing it; from a pipe one line after the other."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
