"""What a lane takes from the rules."""

from __future__ import annotations

from datetime import date

from kiosk.app.lane import number_b_limits
from kiosk.app.paths import ASSETS
from kiosk.domain.rules import RuleTable, load_rules
from kiosk.runtime.executor import NumberBLimits

IDENTITY = load_rules(ASSETS / "rules" / "identity.toml")


def test_how_often_the_number_of_the_card_front_is_tried_is_ruled() -> None:
    assert number_b_limits(IDENTITY, date(2026, 11, 24)) == NumberBLimits(pictures=3, reserve=6)


def test_without_a_rule_nothing_is_presented() -> None:
    assert number_b_limits(IDENTITY, date(2020, 1, 1)).pictures == 0
    assert number_b_limits(RuleTable({}), date(2026, 11, 24)) == NumberBLimits(0, 0)
