"""Who comes on a simulated day, when, with what, and what they will do: all decided by a seed before the doors open."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from drivers.simulated.persona import HeldFields, Persona
from drivers.simulated.population import Population
from kiosk.app.world import Town
from kiosk.domain.rules import Row, RuleTable
from kiosk.runtime.clocks import JAPAN

PINS = ("7391", "8264", "6483")
"""Nobody else's in this project, so that they can be searched for."""

MISTYPED = "5928"
FACES = (
    *("akira", "aya", "daniel", "hanako", "haruto", "ichiro"),
    *("kenji", "sachiko", "shigeru", "taro", "tomoko", "yoshiko"),
)
_STRANGER = {"kenji": "hanako"}
"""Who stands there in another's place: a pair far apart for the engine."""


@dataclass(frozen=True)
class Manner:
    """One arrival. `person` holds the card, `at` is when they enter."""

    number: int
    at: datetime
    person: Persona
    brings: str
    way: str
    consent: str
    troubles: frozenset[str]
    paper: str | None  # a document carried besides the card
    seed: int  # of the pauses

    def has(self, trouble: str) -> bool:
        return trouble in self.troubles


@dataclass(frozen=True)
class Window:
    """Something that breaks, from when to when."""

    device: str
    what: str
    begin: datetime
    end: datetime
    seconds: float = 0.0


@dataclass(frozen=True)
class Pace:
    look_least: float
    look_most: float
    slow_times: float
    handling: float
    staff_least: float
    staff_most: float
    between_patients: float
    stuck_after: float


@dataclass(frozen=True)
class DayPlan:
    on: date
    opens: datetime
    closes: datetime
    town: Town
    arrivals: tuple[Manner, ...]
    windows: tuple[Window, ...]
    pace: Pace


def plan_day(visits: int, lanes: int, seed: int, on: date, day: RuleTable, population: RuleTable) -> DayPlan:
    """Equal arguments give equal plans. Raises `Fatal` where a rule is missing or wrong."""
    dice = random.Random(f"day:{seed}:{visits}:{lanes}")
    people = Population(max(visits, 2), seed, population, on)
    habits = {row.text("id"): row.number("per_mille") / 1000 for row in day.rows("habit", on)}
    everybody = [_with_face(person, dice, habits) for person in people]
    openings = [(_moment(on, row.text("from")), _moment(on, row.text("to"))) for row in day.rows("opening", on)]
    comers = dice.sample(everybody, visits) if visits <= len(everybody) else everybody
    times = sorted(_arrival(dice, day.rows("arrival", on), openings) for _ in range(visits))
    arrivals = tuple(
        _manner(number, at, person, day, habits, dice)
        for number, (at, person) in enumerate(zip(times, comers, strict=True), start=1)
    )
    regulars = tuple(person for person in everybody if person.held is not None)
    return DayPlan(
        on,
        min(begin for begin, _ in openings),
        max(end for _, end in openings),
        Town(people, regulars),
        arrivals,
        tuple(_windows(dice, day.rows("window", on), openings)),
        Pace(**{row.text("id"): row.real("value") for row in day.rows("pace", on)}),
    )


def chosen(dice: random.Random, rows: Sequence[Row]) -> Row:
    """One row by its weight."""
    return dice.choices(rows, cum_weights=tuple(accumulate(row.number("weight") for row in rows)))[0]


def _with_face(person: Persona, dice: random.Random, habits: dict[str, float]) -> Persona:
    """The twelve faces serve everybody; whoever was here before is known with the insurance that is in force."""
    face = dice.choice(FACES)
    card = replace(person.card, pin=dice.choice(PINS))
    if dice.random() < habits["photo_unreadable"]:
        card = replace(card, photo=False)
    held = None
    record = person.record
    if dice.random() < habits["regular"] and record.validity != "not_found" and not record.public_expense_number:
        held = HeldFields(record.insurer_number, record.symbol, record.number, record.branch)
    other = _STRANGER.get(face, "kenji")
    return replace(person, face=face if card.photo else None, other_face=other, card=card, held=held)


def _manner(
    number: int, at: datetime, person: Persona, day: RuleTable, habits: dict[str, float], dice: random.Random
) -> Manner:
    on = at.date()
    rows = day.rows("trouble", on)
    troubles = frozenset(row.text("id") for row in rows if dice.random() * 1000 < row.number("per_mille"))
    throw = dice.random()
    paper = None
    if throw < habits["carries_notice"]:
        paper = "notice"
    elif throw < habits["carries_notice"] + habits["carries_portal_pdf"]:
        paper = "portal_pdf"
    brings = chosen(dice, day.rows("bring", on)).text("id")
    if "wrong_person" in troubles:
        # The card's own birth date stays; the central record says another one.
        born = person.card.birth_date
        person = replace(person, card=replace(person.card, birth_date=born - timedelta(days=400)))
        person = replace(person, record=replace(person.record, birth_date=born))
    if brings == "other_card":
        person = replace(person, card=replace(person.card, kind=dice.choice(("juki", "transit", "none"))))
    return Manner(
        number,
        at,
        person,
        brings,
        chosen(dice, day.rows("way", on)).text("id"),
        chosen(dice, day.rows("consent", on)).text("id"),
        troubles,
        "certificate" if brings == "certificate" else paper,
        dice.getrandbits(32),
    )


def _arrival(dice: random.Random, rows: Sequence[Row], openings: Sequence[tuple[datetime, datetime]]) -> datetime:
    while True:
        hour = chosen(dice, rows).number("hour")
        at = openings[0][0].replace(hour=hour, minute=0) + timedelta(seconds=dice.randrange(36000) / 10)
        if any(begin <= at < end for begin, end in openings):
            return at


def _windows(
    dice: random.Random, rows: Sequence[Row], openings: Sequence[tuple[datetime, datetime]]
) -> Iterator[Window]:
    """Windows of one device never overlap: each has a stretch of the day of its own."""
    for device in dict.fromkeys(row.text("id").partition(".")[0] for row in rows):
        own = [row for row in rows if row.text("id").startswith(f"{device}.")]
        slots = [row for row in own for _ in range(row.number("times"))]
        dice.shuffle(slots)
        minutes = sum((end - begin).total_seconds() / 60 for begin, end in openings)
        stretch = minutes / len(slots)
        for place, row in enumerate(slots):
            length = row.number("minutes")
            start = place * stretch + dice.random() * max(stretch - length, 0)
            begin = _after(openings, start)
            seconds = row.number("seconds") if row.get("seconds") else 0
            yield Window(device, row.text("id").partition(".")[2], begin, begin + timedelta(minutes=length), seconds)


def _after(openings: Sequence[tuple[datetime, datetime]], minutes: float) -> datetime:
    """The moment after so many minutes of being open."""
    for begin, end in openings:
        length = (end - begin).total_seconds() / 60
        if minutes < length:
            return begin + timedelta(minutes=minutes)
        minutes -= length
    return openings[-1][1]


def _moment(on: date, text: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(text), JAPAN)
