"""Which ways of identification are open, in which order, and what begins by itself; read from `identity.toml`."""

from __future__ import annotations

from datetime import date, datetime

from kiosk.domain.insurance import age_on
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Lane, Visit

STAFF = "staff"
ATTEMPT_LEAST_S = 3.0
"""A shorter attempt at the face check would end before a person has looked up."""


def facts(lane: Lane, visit: Visit) -> frozenset[str]:
    """What holds of this visit, in the words of the rules."""
    settings = lane.settings
    held = {
        "photo": visit.photo,
        "camera": "camera_gone" not in visit.alerts,
        "face_left": visit.face_attempts < settings.face_attempts and attempt_seconds(lane, visit) >= ATTEMPT_LEAST_S,
        "pin": visit.pin_tries is not None and visit.pin_tries > 0,
        "staffed": settings.staffed,
        "grown_up": grown_up(lane, visit),
        "no_screen_reader": not lane.screen_reader,
        "by_sight": not by_ear(lane),
    }
    return frozenset(fact for fact, holds in held.items() if holds)


def offered(lane: Lane, visit: Visit) -> tuple[str, ...]:
    """Ways in the facility's order, for whoever goes by ear with those first that need no sight. Never empty: where
    nothing is left, somebody has to come."""
    held = facts(lane, visit)
    rows = lane.settings.identity_rules.rows("way", visit.on)
    possible = {row.text("way") for row in rows if held.issuperset(row.get("when", ()))}
    ways = tuple(way for way in lane.settings.identity_ways if way in possible)
    if by_ear(lane):
        first = [row.text("way") for row in lane.settings.identity_rules.rows("by_ear", visit.on)]
        ways = tuple(sorted(ways, key=lambda way: way not in first))
    return ways or (STAFF,)


def by_ear(lane: Lane) -> bool:
    """Whether the person before the kiosk hears the screens."""
    return lane.voice_on or lane.screen_reader


def is_open(lane: Lane, visit: Visit, way: str) -> bool:
    return way in offered(lane, visit)


def begins(lane: Lane, visit: Visit) -> str | None:
    """The way that starts without a press: the facility's first one, where it is open and may."""
    first = lane.settings.identity_ways[:1]
    if not first or not is_open(lane, visit, first[0]):
        return None
    row = lane.settings.identity_rules.first("begins", visit.on, way=first[0])
    if row is None or not facts(lane, visit).issuperset(row.get("when", ())):
        return None
    return first[0]


def grown_up(lane: Lane, visit: Visit) -> bool:
    """Whether the card's birth date is not that of a small child. Unknown counts as grown up."""
    limit = lane.settings.identity_rules.first("limit", visit.on, name="grown_up_from_years")
    if visit.holder is None or limit is None:
        return True
    return age_on(visit.holder.birth_date, visit.on) >= limit.number("value")


def limit(settings: FlowSettings, on: date, name: str, default: float) -> float:
    row = settings.identity_rules.first("limit", on, name=name)
    return default if row is None else row.real("value")


def attempt_seconds(lane: Lane, visit: Visit) -> float:
    """How long the next attempt may look for a face; the time of the challenge is kept back from the stage's cap."""
    settings = lane.settings
    left = settings.face_stage_seconds - visit.face_spent - settings.face_challenge_seconds
    return min(settings.face_seconds, left)


def liveness_needed(settings: FlowSettings, at: datetime) -> bool:
    """Always, but for a facility that switched it off until a day; a day that cannot be read switches nothing off."""
    try:
        until = date.fromisoformat(settings.face_liveness_off_until)
    except ValueError:
        return True
    return at.date() > until
