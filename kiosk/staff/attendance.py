"""Who stands at the console: nobody, somebody signed in, or somebody whose screen is locked. Without Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from kiosk.domain.accounts import Account, AccountRules, Role, Session, aged, touched
from kiosk.domain.failures import KioskError
from kiosk.domain.secret import Secret
from kiosk.ports.accounts import AccountStore, StaffCard
from kiosk.staff.sign_in import Enrolled, Flaw, Refused, SignIn, Why


class Presence(StrEnum):
    FIRST_START = "first_start"  # nobody could sign in: the administrator is made
    SIGNED_OUT = "signed_out"
    LOCKED = "locked"
    OPEN = "open"


class Attendance:
    """Keeps the one session of a console. `changed` hears of every change of presence, also of a silent one.

    Secrets that are handed in are wiped here.
    """

    def __init__(
        self,
        store: AccountStore,
        desk: SignIn,
        rules: AccountRules,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._desk, self._rules, self._now = store, desk, rules, now
        self.changed = changed
        self.session: Session | None = None
        self._last = self.presence

    @property
    def presence(self) -> Presence:
        if self.session is not None:
            return Presence.LOCKED if self.session.locked else Presence.OPEN
        return Presence.FIRST_START if self._desk.needs_administrator else Presence.SIGNED_OUT

    @property
    def name(self) -> str | None:
        return self.session.account if self.session else None

    @property
    def role(self) -> Role | None:
        return self.session.role if self.session else None

    @property
    def sealed(self) -> bool:
        """The emergency account is in use: every page has to say so."""
        return self.session is not None and self.session.sealed

    @property
    def unlock_digits(self) -> int:
        return self._rules.limits["unlock_digits"]

    @property
    def idle_seconds(self) -> int:
        return self._rules.limits["idle_lock_s"]

    def may(self, act: str) -> bool:
        return self.session is not None and self._desk.may(self.session, act)

    def has_unlock_code(self) -> bool:
        """Whether whoever is signed in can come back by the short code."""
        account = self._store.find(self.session.account) if self.session else None
        return account is not None and account.unlock_hash is not None and not account.sealed

    # --- coming and going -------------------------------------------------------------------------

    def sign_in(self, name: str, password: Secret, code: str, card: StaffCard | None = None) -> Refused | None:
        try:
            answer = self._desk.sign_in(name.strip(), password, code.replace(" ", ""), self._now(), card)
        finally:
            password.wipe()
        return self._take(answer)

    def open_emergency(self, name: str, password: Secret, reason: str) -> Refused | None:
        try:
            answer = self._desk.open_emergency(name.strip(), password, reason, self._now())
        finally:
            password.wipe()
        return self._take(answer)

    def unlock(self, code: Secret) -> Refused | None:
        """After too many failures the session is over: only a full sign-in helps."""
        session = self.session
        try:
            if session is None:
                return Refused(Why.FULL_SIGN_IN)
            answer = self._desk.unlock(session, code, self._now())
        finally:
            code.wipe()
        if isinstance(answer, Refused) and answer.why is Why.FULL_SIGN_IN:
            self.session = None
            self._tell()
            return answer
        if isinstance(answer, Refused):
            self.session = answer.session
            return answer
        return self._take(answer)

    def lock(self) -> None:
        """At once; who has no short code signs in fully."""
        if self.session is not None and not self.session.locked:
            code = self.has_unlock_code()
            self.session = replace(self.session, locked=True) if code else None
            self._tell()

    def sign_out(self) -> None:
        self.session = None
        self._tell()

    def touch(self) -> None:
        """The person did something."""
        if self.session is not None:
            self.session = touched(self.session, self._now())

    def look(self) -> None:
        """Called often: what became of the session by now. It ends with its account, wherever that was disabled."""
        if self.session is None:
            return
        after = None if self._is_disabled(self.session) else aged(self.session, self._now(), self._rules.limits)
        if after is not None and after.locked and not self.session.locked and not self.has_unlock_code():
            after = None
        self.session = after
        self._tell()

    # --- accounts ---------------------------------------------------------------------------------

    def accounts(self) -> tuple[Account, ...]:
        return self._store.all()

    def enrol(self, name: str, role: Role, password: Secret) -> Enrolled | Flaw:
        """The first account names itself as who made it."""
        try:
            return self._desk.enrol(name, role, password, self.name or name)
        finally:
            password.wipe()

    def renew(self, name: str, password: Secret) -> Enrolled | Flaw:
        try:
            return self._desk.renew(name, password, self._by())
        finally:
            password.wipe()

    def seal_emergency(self, name: str, password: Secret) -> Flaw | None:
        try:
            return self._desk.seal_emergency(name, password, self._by())
        finally:
            password.wipe()

    def disable(self, name: str) -> bool:
        return self._desk.disable(name, self._by())

    def register_card(self, password: Secret, card: StaffCard) -> Flaw | None:
        try:
            session = self.session
            return self._desk.register_card(session, password, card, self._now()) if session else Flaw.SECRET
        finally:
            password.wipe()

    def remove_card(self, name: str) -> bool:
        return self._desk.remove_card(name, self._by())

    def set_unlock(self, code: Secret) -> Flaw | None:
        try:
            return self._desk.set_unlock(self.session, code) if self.session else Flaw.UNLOCK
        finally:
            code.wipe()

    def second_person(self, name: str, password: Secret, code: str) -> Session | Refused:
        """Somebody else vouches at the same console; whose session it is does not change."""
        try:
            return self._desk.sign_in(name.strip(), password, code.replace(" ", ""), self._now())
        finally:
            password.wipe()

    # --- parts ------------------------------------------------------------------------------------

    def _by(self) -> str:
        if self.name is None:
            raise PermissionError("nobody is signed in")
        return self.name

    def _is_disabled(self, session: Session) -> bool:
        """Opening the emergency account disables it for the next time. While the accounts cannot be read, who is signed
        in stays."""
        if session.sealed:
            return False
        try:
            account = self._store.find(session.account)
        except KioskError:
            return False
        return account is None or account.disabled

    def _take(self, answer: Session | Refused) -> Refused | None:
        if isinstance(answer, Refused):
            return answer
        self.session = answer
        self._tell()
        return None

    def _tell(self) -> None:
        now = self.presence
        if now is not self._last:
            self._last = now
            self.changed()
