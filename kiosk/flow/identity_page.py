"""The handbook's page on the ways of identification: every combination, computed by the rules that the flow uses.

`python -m kiosk.flow.identity_page` writes it; a test compares, and plays every row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

from kiosk.domain.card import CardHolder, CardKind, CardSummary
from kiosk.domain.rules import load_rules
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Lane, Visit
from kiosk.flow.ways import STAFF, begins, offered

ASSETS = Path(__file__).parents[2] / "assets"
PAGE = ASSETS / "handbook" / "identity.md"
RULES = ASSETS / "rules" / "identity.toml"
ON = date(2026, 11, 24)
"""The day whose rules the page shows."""

PINLESS = "PIN-less"
PINS = ("3 tries", "1 try", "locked", "unknown", PINLESS)

_TRIES = {"3 tries": 3, "1 try": 1, "locked": 0, "unknown": None, PINLESS: None}

_HEAD = f"""# Proof of identity: which way, when

Made from `assets/rules/identity.toml` of {ON} by `python -m kiosk.flow.identity_page`; a test compares, and plays
every row through the flow. Do not edit.

A facility changes order and choice by `flow.identity_ways` (default: face, pin, staff) and says with `flow.staffed`
whether somebody can come. A card without certificate, of another kind or unreadable never comes so far: it is put
right or another document is offered (see `flow.md`).

- **PIN**: a PIN with one try left asks for a second yes first. `locked` and `PIN-less` never show the pad; a PIN whose
  tries cannot be read is not risked.
- **Face** is offered while the card's photo is in memory, the camera works, and attempts (three) and time (30 s) are
  left.
- **Small child** (under the years in the rules): nothing begins by itself; face may be tried.
- "begins" is what starts without a press. "Staff are called" means that the need shows at the counter at once, because
  the person cannot go on alone.

| PIN | Photo | Camera | Attempts | Small child | Staff there | Begins | Offered, in this order | Staff are called |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Case:
    """One combination of what may be."""

    pin: str
    photo: bool
    camera: bool
    attempts: bool
    child: bool
    staffed: bool

    @property
    def summary(self) -> CardSummary:
        return CardSummary(CardKind.INDIVIDUAL_NUMBER, None, _TRIES[self.pin], 10, pinless=self.pin == PINLESS)

    @property
    def holder(self) -> CardHolder:
        return CardHolder(date(2022 if self.child else 1950, 3, 3), "2", date(2031, 3, 3))

    def settings(self, settings: FlowSettings) -> FlowSettings:
        return replace(settings, staffed=self.staffed)

    def lane_and_visit(self, settings: FlowSettings) -> tuple[Lane, Visit]:
        lane = Lane(self.settings(settings))
        visit = Visit(
            "case",
            on=ON,
            summary=self.summary,
            holder=self.holder,
            photo=self.photo,
            pin_tries=None if self.pin == PINLESS else _TRIES[self.pin],
            face_attempts=0 if self.attempts else settings.face_attempts,
            alerts=() if self.camera else ("camera_gone",),
        )
        return lane, visit


@dataclass(frozen=True)
class Answer:
    begins: str | None
    offered: tuple[str, ...]
    staff_called: bool


def cases() -> tuple[Case, ...]:
    yes_no = (True, False)
    return tuple(
        Case(pin, photo, camera, attempts, child, staffed)
        for pin, photo, camera, attempts, child, staffed in product(PINS, yes_no, yes_no, yes_no, (False, True), yes_no)
    )


def answer(case: Case, settings: FlowSettings) -> Answer:
    lane, visit = case.lane_and_visit(settings)
    ways = offered(lane, visit)
    return Answer(begins(lane, visit), ways, ways == (STAFF,))


def page() -> str:
    settings = FlowSettings(identity_rules=load_rules(RULES))
    lines = []
    for case in cases():
        found = answer(case, settings)
        cells = (
            case.pin,
            _word(case.photo),
            "works" if case.camera else "gone",
            "left" if case.attempts else "used up",
            _word(case.child),
            _word(case.staffed),
            found.begins or "the person chooses",
            ", ".join(found.offered),
            _word(found.staff_called),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return _HEAD + "\n".join(lines) + "\n"


def _word(value: bool) -> str:
    return "yes" if value else "no"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
