"""What playing a scenario gives: the result JSON (design 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kiosk.domain.outcome import Outcome, Status


@dataclass
class Result:
    """One played scenario. `seconds` are of the simulated clock, `machine_seconds` of real work."""

    scenario: str
    passed: bool = True
    failure: str | None = None
    outcome: dict[str, Any] | None = None
    visit_id: str | None = None
    taps: int = 0
    seconds: float = 0.0
    machine_seconds: float = 0.0
    apdus: int = 0
    screens: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    journal_ok: bool = False
    visits: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # steps without effect; for who wrote the scenario, not in the JSON

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "notes"}


def broken(scenario: str, failure: str) -> Result:
    """Of a scenario in which the program itself failed so badly that there is nothing to read from it."""
    outcome = outcome_json(Outcome(Status.ABANDONED))
    return Result(scenario, passed=False, failure=failure, outcome=outcome)


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": outcome.status.value,
        "identity": outcome.identity.value,
        "eligibility": outcome.eligibility.value,
        "document": outcome.document.value,
        "claim_route": outcome.claim_route,
        "consents": list(outcome.consents),
        "decision": outcome.decision,
        "share": outcome.share,
        "alerts": list(outcome.alerts),
        "consents_until": outcome.consents_until.isoformat() if outcome.consents_until else None,
        "prescription": outcome.prescription,
    }


def agrees(wanted: Any, found: Any) -> bool:
    """Lists agree in any order."""
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(map(str, wanted)) == sorted(map(str, found))
    return bool(wanted == found)
