"""Staff accounts: roles, what they may do, how signing in is limited, and how a session ages. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import RuleTable

NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")
"""Names stand in the journal as words; a person's own name is nobody's business there."""


class Role(StrEnum):
    RECEPTION = "reception"  # 受付
    SUPERVISOR = "supervisor"  # 責任者
    MAINTENANCE = "maintenance"  # 保守


@dataclass(frozen=True)
class Account:
    """One member of staff. Hashes and keys never show in `repr`."""

    name: str
    role: Role
    password_hash: str = field(repr=False)  # argon2id, PHC string
    totp_sealed: str | None = field(default=None, repr=False)  # secret of the second factor, encrypted; None: sealed
    unlock_hash: str | None = field(default=None, repr=False)
    disabled: bool = False
    sealed: bool = False  # 非常用: opened once, with its password alone
    failures: int = 0  # in a row
    rests_until: datetime | None = None
    card_key: str | None = field(default=None, repr=False)  # SHA-256 of the key on the person's card, hexadecimal
    last_step: int = 0  # of the second factor: no code counts twice


@dataclass(frozen=True)
class AccountRules:
    may: dict[Role, frozenset[str]]
    limits: dict[str, int]

    def allows(self, role: Role, act: str) -> bool:
        """Raises KeyError for an act that no role has: a slip of the program."""
        if not any(act in acts for acts in self.may.values()):
            raise KeyError(act)
        return act in self.may[role]


def account_rules(rules: RuleTable, on: date) -> AccountRules:
    """Raises `Fatal(SETTINGS_WRONG)` naming what is missing."""
    may = {Role(row.text("role")): frozenset(map(str, row.get("may", ()))) for row in rules.rows("role", on)}
    limits = {row.text("name"): row.number("value") for row in rules.rows("limit", on)}
    if set(may) != set(Role):
        raise Fatal(FailureCode.SETTINGS_WRONG, "accounts.toml: role")
    return AccountRules(may, limits)


def rest_after(failures: int, limits: dict[str, int]) -> int:
    """Seconds for which an account rests after so many failures in a row.

    None for the free ones, then twice as long each time, up to a limit:

    >>> limits = {"free_failures": 4, "first_rest_s": 60, "longest_rest_s": 3600}
    >>> [rest_after(n, limits) for n in (0, 4, 5, 6, 7, 11, 99)]
    [0, 0, 60, 120, 240, 3600, 3600]
    """
    beyond = failures - limits["free_failures"]
    if beyond <= 0:
        return 0
    # The exponent is limited before it is used: thousands of failures must not make a number of thousands of digits.
    return int(min(limits["first_rest_s"] * 2 ** min(beyond - 1, 32), limits["longest_rest_s"]))


def failed(account: Account, at: datetime, seconds: int) -> Account:
    """After one more failure; `seconds` as `rest_after` says for it."""
    until = at + timedelta(seconds=seconds) if seconds else account.rests_until
    return replace(account, failures=account.failures + 1, rests_until=until)


@dataclass(frozen=True)
class Session:
    """Somebody signed in at one console. `locked`: the screen is covered until the unlock code or a full sign-in."""

    account: str
    role: Role
    full_at: datetime
    seen_at: datetime
    locked: bool = False
    unlock_failures: int = 0
    sealed: bool = False  # the emergency account: every page has to say so


def aged(session: Session, now: datetime, limits: dict[str, int]) -> Session | None:
    """What became of a session by now: the same, locked, or None when a full sign-in is due. A clock that went
    backwards counts as time that passed."""
    since_full = (now - session.full_at).total_seconds()
    if not 0 <= since_full < limits["full_sign_in_s"]:
        return None
    idle = (now - session.seen_at).total_seconds()
    return session if 0 <= idle < limits["idle_lock_s"] else replace(session, locked=True)


def touched(session: Session, now: datetime) -> Session:
    """After an act of the person; a locked one stays as it is."""
    return session if session.locked else replace(session, seen_at=now)
