"""Signing in: two factors, short codes, rests, the envelope; each act told, no secret kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from kiosk.domain.accounts import Account, Role, Session, account_rules, aged
from kiosk.domain.rules import load_rules
from kiosk.domain.secret import Secret
from kiosk.journal.catalogue import load_catalogue
from kiosk.ports.accounts import StaffCard
from kiosk.ports.journal import JournalEntry
from kiosk.staff.sign_in import Enrolled, Flaw, Refused, SignIn, Why
from tests.conftest import LogWatch

ASSETS = Path(__file__).parents[3] / "assets"
CATALOGUE = load_catalogue((ASSETS / "rules/journal.toml").read_bytes())
RULES = account_rules(load_rules(ASSETS / "rules/accounts.toml"), date(2026, 11, 24))
AT = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
PASSWORD, UNLOCK = "correct horse battery", "271828"


class Memory:
    """Implements `AccountStore`."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}

    def all(self) -> tuple[Account, ...]:
        return tuple(self.accounts[name] for name in sorted(self.accounts))

    def find(self, name: str) -> Account | None:
        return self.accounts.get(name)

    def add(self, account: Account) -> bool:
        return self.accounts.setdefault(account.name, account) is account

    def change(self, name: str, change: Callable[[Account], Account]) -> Account | None:
        if name in self.accounts:
            self.accounts[name] = change(self.accounts[name])
        return self.accounts.get(name)

    def close(self) -> None:
        pass


class Reversed:
    """Implements `TotpSealer`, so that a test sees whether it is asked."""

    def seal(self, name: str, secret: str) -> str:
        return f"{name}:{secret[::-1]}"

    def open(self, name: str, sealed: str) -> str:
        assert sealed.startswith(f"{name}:")
        return sealed.partition(":")[2][::-1]


class Desk:
    def __init__(self) -> None:
        self.store = Memory()
        self.told: list[JournalEntry] = []
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.sign = SignIn(self.store, Reversed(), RULES, self.note, hasher=cheap)
        self.totp: dict[str, pyotp.TOTP] = {}

    def note(self, entry: JournalEntry) -> None:
        CATALOGUE.check(entry)
        self.told.append(entry)

    def enrol(self, name: str, role: Role) -> None:
        made = self.sign.enrol(name, role, Secret(PASSWORD), "suzuki")
        assert isinstance(made, Enrolled)
        parsed = pyotp.parse_uri(made.uri)
        assert isinstance(parsed, pyotp.TOTP)
        self.totp[name] = parsed

    def enter(
        self, name: str = "sato", password: str = PASSWORD, code: str | None = None, now: datetime = AT
    ) -> Session | Refused:
        return self.sign.sign_in(name, Secret(password), code or self.totp[name].at(now), now)

    def entered(self, name: str = "sato", now: datetime = AT) -> Session:
        session = self.enter(name, now=now)
        assert isinstance(session, Session)
        return session

    @property
    def events(self) -> list[str]:
        return [entry.event for entry in self.told]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.enrol("suzuki", Role.SUPERVISOR)
    made.enrol("sato", Role.RECEPTION)
    made.told.clear()
    return made


# --- accounts -----------------------------------------------------------------------------------------


def test_first_start_creates_the_administrator_and_nothing_has_a_default() -> None:
    desk = Desk()
    assert desk.sign.needs_administrator
    assert desk.sign.enrol("sato", Role.RECEPTION, Secret(PASSWORD), "sato") is Flaw.FIRST
    assert desk.store.all() == ()
    desk.enrol("suzuki", Role.SUPERVISOR)
    assert not desk.sign.needs_administrator
    assert desk.told[0].fields == {"account": "suzuki", "change": "added", "role": "supervisor", "staff": "suzuki"}


@pytest.mark.parametrize(
    ("name", "password", "flaw"),
    [
        ("Sato", PASSWORD, Flaw.NAME),
        ("sato", PASSWORD, Flaw.TAKEN),
        ("abe", "short", Flaw.PASSWORD_SHORT),
        ("abe", "x" * 129, Flaw.PASSWORD_LONG),
        ("abe", "my name is ABE, right", Flaw.PASSWORD_NAME),
    ],
)
def test_flaws(desk: Desk, name: str, password: str, flaw: Flaw) -> None:
    assert desk.sign.enrol(name, Role.RECEPTION, Secret(password), "suzuki") is flaw
    assert desk.told == []


def test_a_password_counts_characters_not_bytes(desk: Desk) -> None:
    assert desk.sign.enrol("abe", Role.RECEPTION, Secret("あいうえお".encode()), "suzuki") is Flaw.PASSWORD_SHORT
    long_enough = desk.sign.enrol("abe", Role.RECEPTION, Secret("あいうえおかきくけこさし".encode()), "suzuki")
    assert isinstance(long_enough, Enrolled)


def test_secrets_are_stored_hashed_or_sealed_only(desk: Desk) -> None:
    desk.sign.set_unlock(desk.entered(), Secret(UNLOCK))
    kept = json.dumps([vars(account) for account in desk.store.all()], default=str)
    assert PASSWORD not in kept
    assert UNLOCK not in kept
    assert desk.totp["sato"].secret not in kept
    assert kept.count("$argon2id$") == 3


def test_the_last_supervisor_stays(desk: Desk) -> None:
    assert not desk.sign.disable("suzuki", "suzuki")
    assert not desk.sign.disable("nobody", "suzuki")
    assert desk.sign.disable("sato", "suzuki")
    assert isinstance(desk.enter(), Refused)
    desk.enrol("abe", Role.SUPERVISOR)
    assert desk.sign.disable("suzuki", "abe")


def test_renewed_secrets_take_the_place_of_the_old(desk: Desk) -> None:
    old = desk.totp["sato"]
    desk.sign.set_unlock(desk.entered(), Secret(UNLOCK))
    for _ in range(6):
        desk.enter(code="000000")
    assert desk.sign.renew("sato", Secret("sato's own words"), "suzuki") is Flaw.PASSWORD_NAME
    made = desk.sign.renew("sato", Secret("quite another one"), "suzuki")
    assert isinstance(made, Enrolled)
    fresh = pyotp.parse_uri(made.uri)
    assert isinstance(fresh, pyotp.TOTP)
    assert fresh.secret != old.secret
    assert desk.store.accounts["sato"].unlock_hash is None
    assert desk.enter(code=old.at(AT)) == Refused(Why.WRONG)
    assert isinstance(desk.enter(password="quite another one", code=fresh.at(AT)), Session)
    assert desk.sign.renew("nobody", Secret(PASSWORD), "suzuki") is Flaw.NAME


# --- full sign-in --------------------------------------------------------------------------------------


def test_password_and_code(desk: Desk) -> None:
    session = desk.entered()
    assert session == Session("sato", Role.RECEPTION, AT, AT)
    assert desk.events == ["account.entered"]
    assert desk.sign.may(session, "desk")
    assert not desk.sign.may(session, "accounts")
    assert not desk.sign.may(replace(session, locked=True), "desk")


@pytest.mark.parametrize(
    ("password", "code"),
    [("wrong horse battery", None), (PASSWORD, "000000"), (PASSWORD, ""), (PASSWORD, "abc"), ("", None)],
)
def test_each_factor_is_needed_and_none_is_named(desk: Desk, password: str, code: str | None) -> None:
    given = desk.totp["sato"].at(AT) if code is None else code
    assert desk.sign.sign_in("sato", Secret(password), given, AT) == Refused(Why.WRONG)
    assert desk.told == [JournalEntry("account.refused", {"account": "sato"})]


def test_who_does_not_exist_is_refused_alike(desk: Desk) -> None:
    assert desk.sign.sign_in("nobody", Secret(PASSWORD), "123456", AT) == Refused(Why.WRONG)
    assert desk.told == [JournalEntry("account.refused", {"account": None})]


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_that_is_a_little_off(desk: Desk, seconds: int, good: bool) -> None:
    code = desk.totp["sato"].at(AT + timedelta(seconds=seconds))
    assert isinstance(desk.enter(code=code), Session) is good


def test_a_code_counts_once(desk: Desk) -> None:
    code = desk.totp["sato"].at(AT)
    assert isinstance(desk.enter(code=code), Session)
    assert desk.enter(code=code) == Refused(Why.WRONG)
    assert desk.enter(code=desk.totp["sato"].at(AT - timedelta(seconds=30))) == Refused(Why.WRONG)
    assert isinstance(desk.enter(now=AT + timedelta(seconds=30)), Session)


def test_failures_in_a_row_make_the_account_rest(desk: Desk) -> None:
    for _ in range(RULES.limits["free_failures"]):
        assert desk.enter(code="000000") == Refused(Why.WRONG)
    refused = desk.enter(code="000000")
    assert refused == Refused(Why.RESTS, AT + timedelta(seconds=60))
    assert desk.events[-1] == "account.locked"
    assert desk.enter() == Refused(Why.RESTS, AT + timedelta(seconds=60))
    assert isinstance(desk.enter("suzuki"), Session)  # others do not rest
    assert isinstance(desk.enter(now=AT + timedelta(seconds=60)), Session)
    assert desk.enter(code="000000", now=AT + timedelta(seconds=61)) == Refused(Why.WRONG)


# --- the short code ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "111111"])
def test_unlock_codes_that_are_none(desk: Desk, code: str) -> None:
    assert desk.sign.set_unlock(desk.entered(), Secret(code)) is Flaw.UNLOCK


def test_a_locked_session_goes_on_by_the_short_code(desk: Desk) -> None:
    session = desk.entered()
    assert desk.sign.set_unlock(session, Secret(UNLOCK)) is None
    later = AT + timedelta(seconds=RULES.limits["idle_lock_s"])
    locked = aged(session, later, RULES.limits)
    assert locked is not None
    assert desk.sign.unlock(locked, Secret(UNLOCK), later) == replace(session, seen_at=later)
    assert desk.told[-1].fields == {"account": "sato", "by": "unlock"}


def test_after_wrong_short_codes_only_a_full_sign_in_helps(desk: Desk) -> None:
    session = desk.entered()
    desk.sign.set_unlock(session, Secret(UNLOCK))
    session = replace(session, locked=True)
    whys = []
    for _ in range(RULES.limits["unlock_tries"]):
        refused = desk.sign.unlock(session, Secret("999998"), AT)
        assert isinstance(refused, Refused)
        assert refused.session is not None
        whys.append(refused.why)
        session = refused.session
    assert whys == [Why.WRONG, Why.WRONG, Why.FULL_SIGN_IN]
    assert desk.sign.unlock(session, Secret(UNLOCK), AT) == Refused(Why.FULL_SIGN_IN, session=session)


def test_no_short_code_without_one_and_for_a_disabled_account(desk: Desk) -> None:
    session = replace(desk.entered(), locked=True)
    assert desk.sign.unlock(session, Secret(UNLOCK), AT) == Refused(Why.FULL_SIGN_IN, session=session)
    desk.sign.set_unlock(session, Secret(UNLOCK))
    desk.sign.disable("sato", "suzuki")
    assert desk.sign.unlock(session, Secret(UNLOCK), AT) == Refused(Why.FULL_SIGN_IN, session=session)


# --- the envelope -----------------------------------------------------------------------------------------


def test_the_envelope_opens_once_and_loudly(desk: Desk, log_watch: LogWatch) -> None:
    log_watch.announce("emergency account")
    envelope = "ABCD EFGH IJKL MNOP"
    assert desk.sign.seal_emergency("envelope", Secret(envelope), "suzuki") is None
    assert desk.sign.seal_emergency("envelope", Secret(envelope), "suzuki") is Flaw.TAKEN
    assert desk.sign.sign_in("envelope", Secret(envelope), "", AT) == Refused(Why.WRONG)
    assert desk.sign.open_emergency("envelope", Secret("ABCD EFGH IJKL"), "phone_lost", AT) == Refused(Why.WRONG)
    session = desk.sign.open_emergency("envelope", Secret(envelope), "phone_lost", AT)
    assert isinstance(session, Session)
    assert session.sealed
    assert desk.told[-1] == JournalEntry("account.unsealed", {"account": "envelope", "reason": "phone_lost"})
    assert desk.sign.open_emergency("envelope", Secret(envelope), "phone_lost", AT) == Refused(Why.WRONG)
    assert desk.sign.unlock(replace(session, locked=True), Secret(UNLOCK), AT).why is Why.FULL_SIGN_IN  # type: ignore[union-attr]


def test_the_envelope_rests_as_well(desk: Desk) -> None:
    desk.sign.seal_emergency("envelope", Secret("ABCD EFGH IJKL MNOP"), "suzuki")
    answers = [desk.sign.open_emergency("envelope", Secret("no"), "x", AT) for _ in range(6)]
    assert [isinstance(a, Refused) and a.why for a in answers] == [Why.WRONG] * 4 + [Why.RESTS] * 2
    assert desk.sign.open_emergency("sato", Secret(PASSWORD), "x", AT) == Refused(Why.WRONG)


def test_what_cannot_be_recorded_is_refused(desk: Desk) -> None:
    class Full(Exception):
        pass

    def full(_entry: JournalEntry) -> None:
        raise Full

    desk.sign._note = full
    with pytest.raises(Full):
        desk.enter()
    with pytest.raises(Full):
        desk.sign.enrol("abe", Role.RECEPTION, Secret(PASSWORD), "suzuki")
    assert desk.store.find("abe") is None


# --- a card as second factor --------------------------------------------------------------------------

CARD, OTHER = StaffCard("ab" * 32), StaffCard("cd" * 32)


def with_card(desk: Desk, name: str = "sato", card: StaffCard = CARD) -> Flaw | None:
    return desk.sign.register_card(desk.entered(name), Secret(PASSWORD), card, AT)


def by_card(desk: Desk, card: StaffCard | None, password: str = PASSWORD, name: str = "sato") -> Session | Refused:
    return desk.sign.sign_in(name, Secret(password), "", AT, card)


def test_a_registered_card_takes_the_place_of_the_code_and_not_of_the_password(desk: Desk) -> None:
    assert isinstance(by_card(desk, CARD), Refused), "not registered yet"
    assert with_card(desk) is None
    for _ in range(2):
        session = by_card(desk, CARD)
        assert isinstance(session, Session), "unlike a code, a card proves itself anew each time"
    assert isinstance(by_card(desk, CARD, "wrong wrong wrong"), Refused)
    assert isinstance(by_card(desk, OTHER), Refused)
    assert isinstance(by_card(desk, None), Refused)
    assert isinstance(desk.enter(now=AT + timedelta(minutes=5)), Session), "the authenticator stays"
    told = [entry.fields["by"] for entry in desk.told if entry.event == "account.entered"]
    assert told == ["password_and_totp", "password_and_card", "password_and_card", "password_and_totp"]
    assert CARD.key not in str(desk.told)


def test_a_card_is_registered_by_its_person_with_the_password_and_for_one_person_only(desk: Desk) -> None:
    wrong = desk.sign.register_card(desk.entered(), Secret("wrong wrong wrong"), CARD, AT)
    assert wrong is Flaw.SECRET
    assert desk.events[-1] == "account.refused"
    assert with_card(desk, "suzuki") is None
    later = Session("sato", Role.RECEPTION, AT, AT)
    assert desk.sign.register_card(later, Secret(PASSWORD), CARD, AT) is Flaw.CARD
    assert desk.sign.register_card(replace(later, locked=True), Secret(PASSWORD), OTHER, AT) is Flaw.SECRET


def test_an_account_that_rests_takes_no_password_for_a_card_either(desk: Desk) -> None:
    session = desk.entered()
    for _ in range(5):
        assert desk.sign.register_card(session, Secret("wrong wrong wrong"), OTHER, AT) is Flaw.SECRET
    assert desk.events[-1] == "account.locked"
    assert desk.sign.register_card(session, Secret(PASSWORD), OTHER, AT) is Flaw.SECRET
    assert desk.sign.register_card(session, Secret(PASSWORD), OTHER, AT + timedelta(minutes=2)) is None


def test_a_lost_card_is_removed_and_opens_nothing(desk: Desk) -> None:
    with_card(desk)
    assert desk.sign.remove_card("sato", "suzuki")
    assert not desk.sign.remove_card("sato", "suzuki")
    change = desk.told[-1].fields
    assert (change["change"], change["account"], change["staff"]) == ("card_removed", "sato", "suzuki")
    assert isinstance(by_card(desk, CARD), Refused)


def test_who_lost_everything_gets_new_secrets_and_the_old_card_is_forgotten(desk: Desk) -> None:
    with_card(desk)
    made = desk.sign.renew("sato", Secret(PASSWORD), "suzuki")
    assert isinstance(made, Enrolled)
    assert isinstance(by_card(desk, CARD), Refused)
