"""How to begin a way of identification, and what a face stage has used up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.flow.effects import RunFace
from kiosk.flow.states import CheckingFace, ChoosingMethod, ConfirmingLastTry, EnteringPin, Lane, Visit
from kiosk.flow.table import Move, go
from kiosk.flow.ways import STAFF, attempt_seconds, is_open, liveness_needed, offered
from kiosk.ports.face import FaceHint


def face_open(lane: Lane, visit: Visit) -> bool:
    return is_open(lane, visit, "face")


def pin_open(lane: Lane, visit: Visit) -> bool:
    return is_open(lane, visit, "pin")


def start_face(lane: Lane, visit: Visit, at: datetime, *, retry: bool = False, hint: FaceHint | None = None) -> Move:
    lane, ticket = lane.with_ticket()
    visit = face_stage_left(visit, at)
    seconds = attempt_seconds(lane, visit)
    return go(
        CheckingFace(lane, replace(visit, face_since=at), ticket, hint=hint, retry=retry),
        RunFace(ticket, visit.id, seconds, liveness_needed(lane.settings, at)),
    )


def face_stage_left(visit: Visit, at: datetime) -> Visit:
    """The visit with the seconds of its face stage counted up to now."""
    if visit.face_since is None:
        return visit
    spent = visit.face_spent + max(0.0, (at - visit.face_since).total_seconds())
    return replace(visit, face_spent=spent, face_since=None)


def choose_method(lane: Lane, visit: Visit, why: str | None, *, staff_wanted: bool = False) -> Move:
    """The choice screen. Staff are called at once when no way is left that the person can go alone."""
    alone = any(way != STAFF for way in offered(lane, visit))
    return go(ChoosingMethod(lane, visit, why=why, staff_wanted=staff_wanted or not alone))


def start_pin(lane: Lane, visit: Visit, *, wrong: bool = False) -> Move:
    """The second, explicit yes before the last try is asked for whatever the settings say."""
    if visit.pin_tries is not None and (visit.pin_tries == 1 or visit.pin_tries < lane.settings.pin_confirm_below):
        return go(ConfirmingLastTry(lane, visit))
    return go(EnteringPin(lane, visit, wrong=wrong))


def without_photo(visit: Visit) -> Visit:
    return replace(visit, photo=False)
