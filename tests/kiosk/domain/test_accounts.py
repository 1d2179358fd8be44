"""Roles, rests and the ageing of a session."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kiosk.domain.accounts import NAME, Account, Role, Session, account_rules, aged, failed, rest_after, touched
from kiosk.domain.failures import Fatal
from kiosk.domain.rules import load_rules

TABLE = load_rules(Path(__file__).parents[3] / "assets/rules/accounts.toml")
RULES = account_rules(TABLE, date(2026, 11, 24))
AT = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
SESSION = Session("sato", Role.RECEPTION, AT, AT)
IDLE, DAY = RULES.limits["idle_lock_s"], RULES.limits["full_sign_in_s"]


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        ("desk", {Role.RECEPTION, Role.SUPERVISOR}),
        ("correct", {Role.RECEPTION, Role.SUPERVISOR}),
        ("modes", {Role.SUPERVISOR}),
        ("accounts", {Role.SUPERVISOR}),
        ("audit", {Role.SUPERVISOR}),
        ("devices", {Role.SUPERVISOR, Role.MAINTENANCE}),
    ],
)
def test_who_may(act: str, roles: set[Role]) -> None:
    assert {role for role in Role if RULES.allows(role, act)} == roles


def test_an_act_that_nobody_has_is_a_slip() -> None:
    with pytest.raises(KeyError):
        RULES.allows(Role.SUPERVISOR, "fly")
    with pytest.raises(Fatal, match="role"):
        account_rules(TABLE, date(2020, 1, 1))


def test_rests_grow_and_stay_finite() -> None:
    rests = [rest_after(n, RULES.limits) for n in range(20)]
    assert rests == sorted(rests)
    assert rests[RULES.limits["free_failures"]] == 0 < rests[RULES.limits["free_failures"] + 1]
    assert rest_after(10**6, RULES.limits) == RULES.limits["longest_rest_s"]


def test_a_failure_counts_and_may_begin_a_rest() -> None:
    account = Account("sato", Role.RECEPTION, "hash")
    assert failed(account, AT, 0) == Account("sato", Role.RECEPTION, "hash", failures=1)
    assert failed(account, AT, 60).rests_until == later(60)


@pytest.mark.parametrize(
    ("now", "locked"),
    [(later(0), False), (later(IDLE - 1), False), (later(IDLE), True), (later(DAY - 1), True)],
)
def test_an_idle_session_locks(now: datetime, locked: bool) -> None:
    session = aged(SESSION, now, RULES.limits)
    assert session is not None
    assert session.locked is locked


def test_a_full_sign_in_is_due_again_and_a_clock_that_went_back_ends_it() -> None:
    assert aged(SESSION, later(DAY), RULES.limits) is None
    assert aged(SESSION, later(-1), RULES.limits) is None


def test_acts_keep_a_session_awake_unless_it_is_locked() -> None:
    assert touched(SESSION, later(5)).seen_at == later(5)
    locked = aged(SESSION, later(IDLE), RULES.limits)
    assert locked is not None
    assert touched(locked, later(IDLE + 1)) == locked


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("sato", True),
        ("s2_x", True),
        ("a", False),
        ("Sato", False),
        ("1a", False),
        ("a b", False),
        ("a" * 33, False),
        ("佐藤", False),
    ],
)
def test_names(name: str, good: bool) -> None:
    assert bool(NAME.fullmatch(name)) is good


def test_secrets_do_not_show() -> None:
    shown = repr(Account("sato", Role.RECEPTION, "HASH", "TOTP", "UNLOCK"))
    assert not any(secret in shown for secret in ("HASH", "TOTP", "UNLOCK"))
