"""The handbook's page on the ways of identification: every combination, computed by the rules that the flow uses.

`python -m kiosk.flow.identity_page` writes it; a test compares, and plays every row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from itertools import product
from pathlib import Path

from kiosk.domain.card import CardHolder, CardKind, CardSummary, CertificateInfo
from kiosk.domain.failures import FailureCode
from kiosk.domain.rules import load_rules
from kiosk.flow.events import CardPresented, CardRead, EffectFailed
from kiosk.flow.machine import initial_state, step
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import FallingBack, Lane, ReadingCard, State, Visit
from kiosk.flow.view import view
from kiosk.flow.ways import STAFF, begins, offered

ASSETS = Path(__file__).parents[2] / "assets"
PAGE = ASSETS / "handbook" / "identity.md"
RULES = ASSETS / "rules" / "identity.toml"
ON = date(2026, 11, 24)
"""The day whose rules the page shows."""

AT = datetime(ON.year, ON.month, ON.day, 9, 30, tzinfo=timezone(timedelta(hours=9)))


def _card(days: int | None, *, trusted: bool = True, kind: CardKind = CardKind.INDIVIDUAL_NUMBER) -> CardSummary:
    """A card whose certificate ends so many days from now; None: it has none."""
    if days is None:
        return CardSummary(kind)
    end = AT + timedelta(days=days)
    return CardSummary(kind, CertificateInfo("0A", end - timedelta(days=1825), end, "CN=CA", trusted, False), 3, 10)


KINDS: Mapping[str, CardSummary | FailureCode] = {
    "certificate in date": _card(400),
    "certificate ended less than three months ago": _card(-30),
    "certificate ended longer ago": _card(-200),
    "no certificate on the card": _card(None),
    "certificate of an unknown authority": _card(400, trusted=False),
    "card that breaks off or answers wrongly": FailureCode.CARD_BROKEN,
    "card taken away too early": FailureCode.CARD_LOST,
    "住基カード": _card(None, kind=CardKind.JUKI),
    "another chip card": _card(None, kind=CardKind.OTHER),
    "no chip that answers (a case, paper)": _card(None, kind=CardKind.SILENT),
    "reader that hangs": FailureCode.READER_HUNG,
    "reader held by another program": FailureCode.READER_BUSY,
}
"""What may lie there, as the reader reports it."""

PINLESS = "PIN-less"
PINS = ("3 tries", "1 try", "locked", "unknown", PINLESS)

_TRIES = {"3 tries": 3, "1 try": 1, "locked": 0, "unknown": None, PINLESS: None}

_HEAD = f"""# Proof of identity: which way, when

Made from `assets/rules/identity.toml` of {ON} by `python -m kiosk.flow.identity_page`; a test compares, and plays
every row through the flow. Do not edit.

A facility changes order and choice by `flow.identity_ways` (default: face, pin, staff) and says with `flow.staffed`
whether somebody can come.

## What lies on the reader

Only the first two come to the proof of identity. "Staff" is the button that calls somebody; where it is missing, staff
have been called already.

| On the reader | Screen | Says | Buttons |
|---|---|---|---|
[[kinds]]

## Which way

- **PIN**: a PIN with one try left asks for a second yes first. `locked` and `PIN-less` never show the pad; a PIN whose
  tries cannot be read is not risked.
- **Face** is offered while the card's photo is in memory, the camera works, and attempts (three) and time (30 s) are
  left.
- **Small child** (under the years in the rules): nothing begins by itself; face may be tried.
- **Without sight**: while a screen reader runs nothing begins by itself. With one, or with the voice on, staff are
  offered first, and no PIN is asked for that the person did not choose.
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
    return _HEAD.replace("[[kinds]]", "\n".join(_kind_row(kind) for kind in KINDS)) + "\n".join(lines) + "\n"


def after_reading(kind: str) -> State:
    """The state of a kiosk on whose reader this was just found."""
    settings = FlowSettings(
        identity_rules=load_rules(RULES),
        certificate_rules=load_rules(ASSETS / "rules" / "certificate.toml"),
        trusted_certificates_only=True,
    )
    state, _ = step(initial_state(settings, "page"), CardPresented(AT, 1))
    assert isinstance(state, ReadingCard)
    found = KINDS[kind]
    if isinstance(found, CardSummary):
        return step(state, CardRead(AT, state.ticket, found))[0]
    return step(state, EffectFailed(AT, state.ticket, found))[0]


def _kind_row(kind: str) -> str:
    state = after_reading(kind)
    seen = view(state)
    buttons = [f"`{control.id}`" for control in seen.controls] + (["staff"] if seen.staff else [])
    why = state.cause if isinstance(state, FallingBack) else seen.body[0].id
    said = [f"`{text}`" for text in (seen.title.id, why)]
    return f"| {kind} | `{seen.screen}` | {', '.join(said)} | {', '.join(buttons)} |"


def _word(value: bool) -> str:
    return "yes" if value else "no"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
