"""What staff may do at the console: one row an act, with its key, who may, and what it asks for.

Whether an act of a visit means anything in the present state is the flow's to say, not this table's.
Sentences: `counter.act.<name>` on the button, `counter.reason.<word>` for a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    VISIT = "visit"  # taken by the kiosk, for the visit and the step that the button was drawn from
    LANE = "lane"  # taken by the kiosk, whatever it is doing
    RECORD = "record"  # appended to the journal by the console; the visit may long be over


@dataclass(frozen=True)
class StaffAction:
    """`may` is an act of the roles in `assets/rules/accounts.toml`. `reasons` are those to choose from; `needs_reason`:
    not without one. `second`: another person has to ask for the same, and one of the two needs this right."""

    name: str
    key: str
    may: str
    scope: Scope = Scope.VISIT
    needs_reason: bool = False
    reasons: tuple[str, ...] = ()
    second: str | None = None
    mode: tuple[str, bool] | None = None  # of the facility, and whether it begins

    @property
    def two_people(self) -> bool:
        return self.second is not None


_LOOKED = ("face_failed", "covered", "child", "pin_unknown", "asked")
_REFUSED = ("not_the_holder", "cannot_tell")
_MODE = ("notice", "situation", "drill")
_OVER = ("over", "drill")


def _mode(name: str, key: str, mode: str, *, begin: bool) -> StaffAction:
    reasons = _MODE if begin else _OVER
    return StaffAction(name, key, "desk", Scope.LANE, True, reasons, second="modes", mode=(mode, begin))


ACTIONS: tuple[StaffAction, ...] = (
    StaffAction("answered", "A", "desk"),
    StaffAction("visual_check", "V", "desk", needs_reason=True, reasons=_LOOKED),
    StaffAction("refuse", "N", "desk", needs_reason=True, reasons=_REFUSED),
    StaffAction("take_over", "T", "desk"),
    StaffAction("step_back", "B", "desk"),
    StaffAction("accept", "D", "desk"),
    StaffAction("choose", "C", "desk"),
    StaffAction("requery", "Q", "desk"),
    StaffAction("print", "P", "desk"),
    StaffAction(
        "withdraw_consent", "W", "correct", needs_reason=True, reasons=("patient_asked", "entered_wrong", "proxy_asked")
    ),
    StaffAction("incident", "I", "desk", needs_reason=True, reasons=("other_card", "mixed_up", "patient_said")),
    StaffAction("cancel", "F", "desk"),
    StaffAction(
        "pause", "Z", "devices", Scope.LANE, needs_reason=True, reasons=("cleaning", "repair", "nobody_there", "closed")
    ),
    StaffAction("resume", "Y", "devices", Scope.LANE),
    _mode("declare_outage", "1", "outage", begin=True),
    _mode("end_outage", "2", "outage", begin=False),
    _mode("declare_disaster", "3", "disaster", begin=True),
    _mode("end_disaster", "4", "disaster", begin=False),
    _mode("declare_emergency", "5", "emergency", begin=True),
    _mode("end_emergency", "6", "emergency", begin=False),
    StaffAction(
        "correct", "K", "correct", Scope.RECORD, needs_reason=True, reasons=("typed_wrong", "misread", "patient_said")
    ),
    StaffAction("correct_claim", "L", "correct", Scope.RECORD),
    StaffAction("settle_claim", "S", "desk", Scope.RECORD),
    StaffAction("open_incident", "J", "desk", Scope.RECORD, needs_reason=True, reasons=("mixed_up", "patient_said")),
    StaffAction(
        "close_incident",
        "H",
        "incidents",
        Scope.RECORD,
        needs_reason=True,
        reasons=("compared", "asked_patient", "checked_records"),
    ),
    StaffAction(
        "finish", "E", "desk", Scope.RECORD, needs_reason=True, reasons=("kiosk_stopped", "at_counter", "patient_left")
    ),
)

BY_NAME = {action.name: action for action in ACTIONS}

INCIDENT_RESULTS = ("no_mix_up", "put_right", "reported")
"""How a possible mix-up of people ends."""

FINISHES = ("accepted", "not_accepted", "left")
"""How staff end a visit that no kiosk holds any more."""
