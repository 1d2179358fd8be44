"""Which ways of identification are open, and how to begin one."""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow.effects import RunFace
from kiosk.flow.states import CheckingFace, ChoosingMethod, ConfirmingLastTry, EnteringPin, Lane, Visit
from kiosk.flow.table import Move, go
from kiosk.ports.face import FaceHint


def face_open(lane: Lane, visit: Visit) -> bool:
    return visit.photo and visit.face_attempts < lane.settings.face_attempts and "camera_gone" not in visit.alerts


def pin_open(visit: Visit) -> bool:
    return visit.pin_tries is not None and visit.pin_tries > 0


def start_face(lane: Lane, visit: Visit, *, retry: bool = False, hint: FaceHint | None = None) -> Move:
    lane, ticket = lane.with_ticket()
    return go(
        CheckingFace(lane, visit, ticket, hint=hint, retry=retry),
        RunFace(ticket, visit.id, lane.settings.face_seconds),
    )


def choose_method(lane: Lane, visit: Visit, why: str | None, *, staff_wanted: bool = False) -> Move:
    """The choice screen. Staff are called at once when no way is left that the person can go alone."""
    alone = face_open(lane, visit) or pin_open(visit)
    return go(ChoosingMethod(lane, visit, why=why, staff_wanted=staff_wanted or not alone))


def start_pin(lane: Lane, visit: Visit, *, wrong: bool = False) -> Move:
    """The second, explicit yes before the last try is asked for whatever the settings say."""
    if visit.pin_tries is not None and (visit.pin_tries == 1 or visit.pin_tries < lane.settings.pin_confirm_below):
        return go(ConfirmingLastTry(lane, visit))
    return go(EnteringPin(lane, visit, wrong=wrong))


def without_photo(visit: Visit) -> Visit:
    return replace(visit, photo=False)
