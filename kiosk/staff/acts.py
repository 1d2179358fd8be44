"""Which acts stand on the buttons of a visit, in which order, and what they ask for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiosk.domain.staff_actions import ACTIONS, BY_NAME, Scope, StaffAction
from kiosk.ports.counter import Offer, Standing
from kiosk.staff.visit_list import NoteStanding, VisitRow, VisitStanding, next_steps

May = Callable[[str], bool]
"""Whether whoever is signed in may do a thing of `assets/rules/accounts.toml`."""

PRESSING = ("visual_check", "choose", "answered", "accept", "requery", "take_over")
"""Acts that may be the one clear next step, the more helpful first."""


@dataclass(frozen=True)
class Button:
    """One act as it is offered now. `main`: the clear next step."""

    action: StaffAction
    offer: Offer
    main: bool = False


def buttons(standing: Standing, may: May) -> tuple[Button, ...]:
    """Of the visit at a lane: the clear next step first, the others in the order of the table."""
    offers = {offer.action: offer for offer in standing.offers if offer.action in BY_NAME}
    allowed = [action for action in ACTIONS if action.name in offers and action.scope is Scope.VISIT]
    allowed = [action for action in allowed if may(action.may)]
    wanted = bool(standing.needs) or standing.called_at is not None
    first = next((name for name in PRESSING if wanted and name in {action.name for action in allowed}), None)
    made = [Button(action, offers[action.name], action.name == first) for action in allowed]
    return tuple(sorted(made, key=lambda button: not button.main))


def lane_buttons(standing: Standing, may: May) -> tuple[Button, ...]:
    """Acts on the lane itself: pausing it, and the modes of the facility."""
    offers = {offer.action: offer for offer in standing.offers}
    return tuple(
        Button(action, offers[action.name])
        for action in ACTIONS
        if action.scope is Scope.LANE and action.name in offers and may(action.may)
    )


def record_buttons(row: VisitRow, may: May, *, held: bool) -> tuple[Button, ...]:
    """Acts on what is written down. `held`: a running kiosk still has the visit."""
    if held:
        wanted: tuple[str, ...] = ()
    else:
        open_end = row.standing in (VisitStanding.WITH_STAFF, VisitStanding.CUT_OFF, VisitStanding.GOING_ON)
        note, lacks = row.note is not NoteStanding.NONE, bool(row.missing)
        wanted = tuple(
            name
            for name, there in (
                ("close_incident", row.incident),
                ("correct_claim", note and lacks),
                ("settle_claim", row.note is NoteStanding.OPEN),
                ("finish", open_end),
                ("correct_claim", note and not lacks),
                ("correct", True),
                ("open_incident", not row.incident),
            )
            if there
        )
    allowed = [BY_NAME[name] for name in wanted if may(BY_NAME[name].may)]
    return tuple(
        Button(action, Offer(action.name), number == 0 and action.name in _SETTLING and bool(next_steps(row)))
        for number, action in enumerate(allowed)
    )


_SETTLING = ("close_incident", "correct_claim", "settle_claim", "finish")
"""Of these, the first one is the clear next step."""

_REASON_BY_NEED = {
    "staff.need.face_failed": "face_failed",
    "staff.need.liveness": "face_failed",
    "staff.need.pin_locked": "pin_unknown",
    "staff.need.camera": "face_failed",
}


def likely_reason(action: StaffAction, needs: Iterable[str]) -> str | None:
    """The reason that the situation itself gives, so that one press is enough; it can be changed before."""
    if not action.reasons:
        return None
    known = next((_REASON_BY_NEED[need] for need in needs if need in _REASON_BY_NEED), None)
    if known in action.reasons:
        return known
    return "asked" if "asked" in action.reasons else None
