"""Signing in to the console: password and second factor once a day, a short code in between, a sealed way out.

Every entry is derived here, beside what it tells of, and comes before the answer: what cannot be recorded is refused.
Who is refused does not learn which of the secrets was wrong, nor whether there is such an account.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kiosk.domain.accounts import NAME, Account, AccountRules, Role, Session, failed, rest_after
from kiosk.domain.secret import Secret
from kiosk.ports.accounts import AccountStore, StaffCard, TotpSealer
from kiosk.ports.journal import JournalEntry

log = logging.getLogger("kiosk.staff")

ISSUER = "Madoguchi"
Note = Callable[[JournalEntry], None]


class Why(StrEnum):
    """Why somebody was refused; message ids `accounts.refused.<value>`."""

    WRONG = "wrong"
    RESTS = "rests"
    FULL_SIGN_IN = "full_sign_in"  # the short code is not enough any more


class Flaw(StrEnum):
    """What is wrong with a new account or secret; message ids `accounts.flaw.<value>`."""

    NAME = "name"
    TAKEN = "taken"
    PASSWORD_SHORT = "password_short"
    PASSWORD_LONG = "password_long"
    PASSWORD_NAME = "password_name"
    UNLOCK = "unlock"
    SECRET = "secret"  # the password is wrong
    CARD = "card"  # somebody else's already
    FIRST = "first"  # the first account has to be a supervisor's


@dataclass(frozen=True)
class Refused:
    why: Why
    until: datetime | None = None
    session: Session | None = None  # to go on with, after a wrong unlock code


@dataclass(frozen=True)
class Enrolled:
    """Shown once: how the second factor gets into an authenticator."""

    name: str
    uri: str


class SignIn:
    """All secrets that are handed in stay the caller's to wipe."""

    def __init__(
        self,
        store: AccountStore,
        sealer: TotpSealer,
        rules: AccountRules,
        note: Note,
        *,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._store, self._sealer, self._rules, self._note = store, sealer, rules, note
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(pyotp.random_base32())

    @property
    def needs_administrator(self) -> bool:
        """Nobody could add or open anything: the first start."""
        return not any(_administers(account) for account in self._store.all())

    def may(self, session: Session, act: str) -> bool:
        """Raises KeyError for an act that no role has. A locked session may nothing."""
        return not session.locked and self._rules.allows(session.role, act)

    def enrol(self, name: str, role: Role, password: Secret, by: str) -> Enrolled | Flaw:
        """A new account with its second factor. `by`: who adds it; of the first one, itself."""
        if self.needs_administrator and role is not Role.SUPERVISOR:
            return Flaw.FIRST
        if (flaw := self._flaw(name, password)) is not None:
            return flaw
        account, enrolled = self._with_secrets(Account(name, role, ""), password)
        return enrolled if self._add(account, "added", by) else Flaw.TAKEN

    def renew(self, name: str, password: Secret, by: str) -> Enrolled | Flaw:
        """New password and second factor for who lost theirs; the account is enabled again and rests no longer."""
        found = self._store.find(name)
        if found is None or found.sealed:
            return Flaw.NAME
        if (flaw := self._flaw_of_password(name, password)) is not None:
            return flaw
        self._changed(found, "secrets_renewed", by)
        fresh, enrolled = self._with_secrets(Account(name, found.role, ""), password)
        self._store.change(name, lambda _found: fresh)
        return enrolled

    def seal_emergency(self, name: str, password: Secret, by: str) -> Flaw | None:
        """An account for the day on which nobody can sign in: its password goes into an envelope, it opens once."""
        if (flaw := self._flaw(name, password)) is not None:
            return flaw
        account = Account(name, Role.SUPERVISOR, self._hasher.hash(bytes(password.reveal())), sealed=True)
        return None if self._add(account, "sealed", by) else Flaw.TAKEN

    def disable(self, name: str, by: str) -> bool:
        """False when there is none, or when nobody would be left who can add accounts."""
        account = self._store.find(name)
        if account is None or not any(_administers(a) for a in self._store.all() if a.name != name):
            return False
        self._changed(account, "disabled", by)
        self._store.change(name, lambda found: replace(found, disabled=True, unlock_hash=None))
        return True

    def register_card(self, session: Session, password: Secret, card: StaffCard, now: datetime) -> Flaw | None:
        """The card of whoever is signed in, as second factor beside the authenticator; it takes the password again.
        An earlier card of theirs counts no more."""
        account = self._store.find(session.account)
        if account is not None and account.rests_until is not None and now < account.rests_until:
            return Flaw.SECRET  # who found the console open must not try passwords here instead
        if account is None or session.locked or session.sealed or not self._is(account.password_hash, password):
            if account is not None:
                self._refuse(account, now)
            return Flaw.SECRET
        if any(other.card_key == card.key for other in self._store.all() if other.name != account.name):
            return Flaw.CARD
        self._changed(account, "card_registered", session.account)
        self._store.change(account.name, lambda found: replace(found, card_key=card.key))
        return None

    def remove_card(self, name: str, by: str) -> bool:
        """A lost card opens nothing any more; the authenticator stays. False where there is none."""
        account = self._store.find(name)
        if account is None or account.card_key is None:
            return False
        self._changed(account, "card_removed", by)
        self._store.change(name, lambda found: replace(found, card_key=None))
        return True

    def sign_in(
        self, name: str, password: Secret, code: str, now: datetime, card: StaffCard | None = None
    ) -> Session | Refused:
        """Password and a second factor: a code (RFC 6238), which counts once only, or the registered card, which has
        just proven its key."""
        account = self._store.find(name)
        good = self._is(account.password_hash if account else self._nobody, password)
        if account is None or account.disabled or account.sealed:
            self._note(JournalEntry("account.refused", {"account": account.name if account else None}))
            return Refused(Why.WRONG)
        if account.rests_until is not None and now < account.rests_until:
            return Refused(Why.RESTS, account.rests_until)
        by_card = card is not None and account.card_key is not None and compare_digest(card.key, account.card_key)
        step = account.last_step if by_card else self._step(account, code, now)
        if not good or step is None:
            return self._refuse(account, now)
        used = False

        def take(found: Account) -> Account:
            nonlocal used
            used = not by_card and step <= found.last_step  # another console was faster with the same code
            last = max(step, found.last_step)
            return found if used else replace(found, failures=0, rests_until=None, last_step=last)

        self._store.change(name, take)
        if used:
            return self._refuse(account, now)
        by = "password_and_card" if by_card else "password_and_totp"
        self._note(JournalEntry("account.entered", {"account": name, "by": by}))
        return Session(name, account.role, now, now)

    def set_unlock(self, session: Session, code: Secret) -> Flaw | None:
        """The short code of whoever has signed in fully."""
        digits = bytes(code.reveal())
        if len(digits) != self._rules.limits["unlock_digits"] or not digits.isdigit() or len(set(digits)) == 1:
            return Flaw.UNLOCK
        made = self._hasher.hash(digits)
        self._store.change(session.account, lambda found: replace(found, unlock_hash=made))
        return None

    def unlock(self, session: Session, code: Secret, now: datetime) -> Session | Refused:
        """A locked session goes on. After too many failures only a full sign-in helps."""
        account = self._store.find(session.account)
        spent = session.unlock_failures >= self._rules.limits["unlock_tries"]
        if account is None or account.disabled or account.unlock_hash is None or session.sealed or spent:
            return Refused(Why.FULL_SIGN_IN, session=session)
        if not self._is(account.unlock_hash, code):
            self._note(JournalEntry("account.refused", {"account": account.name}))
            after = replace(session, unlock_failures=session.unlock_failures + 1)
            last = after.unlock_failures >= self._rules.limits["unlock_tries"]
            return Refused(Why.FULL_SIGN_IN if last else Why.WRONG, session=after)
        self._note(JournalEntry("account.entered", {"account": account.name, "by": "unlock"}))
        return replace(session, locked=False, unlock_failures=0, seen_at=now)

    def open_emergency(self, name: str, password: Secret, reason: str, now: datetime) -> Session | Refused:
        """Loud: an entry of its own, a warning in the log, and a session whose every page says so. The account is
        disabled by this and has to be sealed anew."""
        account = self._store.find(name)
        good = self._is(account.password_hash if account else self._nobody, password)
        if account is None or account.disabled or not account.sealed:
            self._note(JournalEntry("account.refused", {"account": account.name if account else None}))
            return Refused(Why.WRONG)
        if account.rests_until is not None and now < account.rests_until:
            return Refused(Why.RESTS, account.rests_until)
        if not good:
            return self._refuse(account, now)
        self._note(JournalEntry("account.unsealed", {"account": name, "reason": reason}))
        log.warning("the sealed emergency account was opened")
        self._store.change(name, lambda found: replace(found, disabled=True))
        return Session(name, account.role, now, now, sealed=True)

    # --- parts ----------------------------------------------------------------------------------------

    def _with_secrets(self, account: Account, password: Secret) -> tuple[Account, Enrolled]:
        secret = pyotp.random_base32()
        sealed = self._sealer.seal(account.name, secret)
        made = replace(account, password_hash=self._hasher.hash(bytes(password.reveal())), totp_sealed=sealed)
        uri = pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=ISSUER)
        return made, Enrolled(account.name, uri)

    def _flaw(self, name: str, password: Secret) -> Flaw | None:
        if not NAME.fullmatch(name):
            return Flaw.NAME
        if self._store.find(name) is not None:
            return Flaw.TAKEN
        return self._flaw_of_password(name, password)

    def _flaw_of_password(self, name: str, password: Secret) -> Flaw | None:
        limits, content = self._rules.limits, bytes(password.reveal())
        length = len(content.decode("utf-8", "replace"))
        if length < limits["password_least"]:
            return Flaw.PASSWORD_SHORT
        if length > limits["password_most"]:
            return Flaw.PASSWORD_LONG
        return Flaw.PASSWORD_NAME if name.encode() in content.lower() else None

    def _add(self, account: Account, change: str, by: str) -> bool:
        self._changed(account, change, by)
        return self._store.add(account)

    def _changed(self, account: Account, change: str, by: str) -> None:
        role = account.role.value
        self._note(
            JournalEntry("account.changed", {"account": account.name, "change": change, "role": role, "staff": by})
        )

    def _is(self, made: str, secret: Secret) -> bool:
        try:
            return self._hasher.verify(made, bytes(secret.reveal()))
        except (Argon2Error, InvalidHashError):
            return False

    def _step(self, account: Account, code: str, now: datetime) -> int | None:
        """The time step whose code this is, when it is near enough and later than the last one that counted."""
        if account.totp_sealed is None:
            return None
        totp = pyotp.TOTP(self._sealer.open(account.name, account.totp_sealed))
        current, around = totp.timecode(now), self._rules.limits["totp_steps_around"]
        steps = range(current - around, current + around + 1)
        good = [step for step in steps if pyotp.utils.strings_equal(code.strip(), totp.generate_otp(step))]
        return next((step for step in good if step > account.last_step), None)

    def _refuse(self, account: Account, now: datetime) -> Refused:
        self._note(JournalEntry("account.refused", {"account": account.name}))
        limits = self._rules.limits
        after = self._store.change(
            account.name, lambda found: failed(found, now, rest_after(found.failures + 1, limits))
        )
        seconds = rest_after(after.failures, limits) if after else 0
        if after is None or not seconds:
            return Refused(Why.WRONG)
        self._note(JournalEntry("account.locked", {"account": account.name, "seconds": seconds}))
        return Refused(Why.RESTS, after.rests_until)


def _administers(account: Account) -> bool:
    return account.role is Role.SUPERVISOR and not account.disabled and not account.sealed
