from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.certificate_window import (
    CertificateRule,
    CertificateState,
    GraceReading,
    add_months,
    certificate_rule,
    certificate_state,
    certificate_window,
)
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules

RULES = load_rules(Path(__file__).resolve().parents[3] / "assets" / "rules" / "certificate.toml")
MONTH_END = CertificateRule(3, 3, GraceReading.END_OF_MONTH)
DAY = CertificateRule(3, 3, GraceReading.DAY)
TODAY = date(2026, 11, 24)
ORDER = list(CertificateState)


def test_the_example_of_both_readings() -> None:
    """documents reference 6: ends 2025-05-10, grace to 2025-08-10 or 2025-08-31."""
    ends = date(2025, 5, 10)
    assert certificate_window(ends, DAY).grace_ends_on == date(2025, 8, 10)
    assert certificate_window(ends, MONTH_END).grace_ends_on == date(2025, 8, 31)
    for rule in (DAY, MONTH_END):
        window = certificate_window(ends, rule)
        assert (window.grace_ends_earliest, window.grace_ends_latest) == (date(2025, 8, 10), date(2025, 8, 31))


@pytest.mark.parametrize(
    ("ends", "rule", "state"),
    [
        (TODAY, MONTH_END, CertificateState.EXPIRES_SOON),
        (TODAY - timedelta(days=1), MONTH_END, CertificateState.IN_GRACE),
        (date(2026, 10, 24), DAY, CertificateState.IN_GRACE),
        (date(2026, 8, 10), MONTH_END, CertificateState.IN_GRACE),
        (date(2026, 8, 10), DAY, CertificateState.LAPSED),
        (date(2026, 8, 24), DAY, CertificateState.IN_GRACE),  # the last day
        (date(2026, 8, 23), DAY, CertificateState.LAPSED),
        (date(2026, 7, 24), MONTH_END, CertificateState.LAPSED),
        (date(2026, 12, 15), DAY, CertificateState.EXPIRES_SOON),
        (date(2027, 2, 24), DAY, CertificateState.EXPIRES_SOON),  # the first day of the alert
        (date(2027, 2, 25), DAY, CertificateState.VALID),
        (date(2031, 2, 11), MONTH_END, CertificateState.VALID),
        (date(2026, 11, 23), CertificateRule(), CertificateState.LAPSED),
    ],
)
def test_state_on_a_day(ends: date, rule: CertificateRule, state: CertificateState) -> None:
    assert certificate_state(ends, TODAY, rule) is state


def test_the_day_of_not_after_is_japans() -> None:
    not_after = datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Japan
    assert certificate_window(not_after, DAY).ends_on == TODAY
    assert certificate_window(not_after + timedelta(seconds=1), DAY).ends_on == date(2026, 11, 25)


@given(st.dates(), st.dates(), st.integers(0, 24), st.integers(0, 24), st.sampled_from(GraceReading))
def test_states_follow_one_another(ends: date, on: date, alert: int, grace: int, reading: GraceReading) -> None:
    rule = CertificateRule(alert, grace, reading)
    window = certificate_window(ends, rule)
    assert window.alert_from <= window.ends_on <= window.grace_ends_earliest <= window.grace_ends_latest
    today = certificate_state(ends, on, rule)
    if on < date.max:
        assert ORDER.index(certificate_state(ends, on + timedelta(days=1), rule)) >= ORDER.index(today)


@given(st.dates(), st.integers(-600, 600))
def test_months_keep_the_day_where_the_month_has_it(day: date, months: int) -> None:
    there = add_months(day, months)
    assert there.day == day.day or there in (date.min, date.max) or (there + timedelta(days=1)).day == 1


def test_the_rule_in_force() -> None:
    assert certificate_rule(RULES, TODAY) == MONTH_END
    assert certificate_rule(RULES, TODAY, GraceReading.DAY) == DAY
    assert certificate_rule(RULES, date(2024, 12, 1)).grace_months == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[[certificate]]\nalert_months=3\ngrace_months=3\ngrace_reading='never'\nsource='x'",
        b"[[certificate]]\nalert_months=3\ngrace_reading='day_plus'\nsource='x'",
    ],
)
def test_a_faulty_rule_file_is_named(content: bytes) -> None:
    with pytest.raises(Fatal) as caught:
        certificate_rule(load_rules(content), TODAY)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
