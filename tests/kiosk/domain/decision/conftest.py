from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.domain.decision.decide import DecisionRules
from kiosk.domain.decision.table import decision_table
from kiosk.domain.rules import load_rules

RULES = Path(__file__).resolve().parents[4] / "assets" / "rules"


@pytest.fixture(scope="session")
def rules() -> DecisionRules:
    """The shipped files, for a facility that has set nothing."""
    return DecisionRules(
        table=decision_table(load_rules(RULES / "decisions.toml")),
        shares=load_rules(RULES / "shares.toml"),
        claims=load_rules(RULES / "claims.toml"),
    )
