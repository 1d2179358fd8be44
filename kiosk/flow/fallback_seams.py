"""Where the guided fallback and the 被保険者資格申立書 meet; neither imports the other.

The fallback calls `begin_form(origin, at)` when the decision table asks for the form. `origin` is the state that
asked: "back" leads there, and its visit's `fallback` holds what is known so far. The form ends by
`after_form(lane, visit, stated, at)`, given up by `form_given_up(lane, visit, at)`; `visit` is the one the form went on
with, its `fallback` untouched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.domain.claim_note import Stated
from kiosk.flow.states import AwaitingStaff, Lane, Visit, VisitState
from kiosk.flow.table import Move, go

BeginForm = Callable[[VisitState, datetime], Move]
AfterForm = Callable[[Lane, Visit, Stated, datetime], Move]
GivenUp = Callable[[Lane, Visit, datetime], Move]

_begin: list[BeginForm] = []
_after: list[AfterForm] = []
_given_up: list[GivenUp] = []


def offer_form(begin: BeginForm) -> None:
    """Called once by the module of the form."""
    _begin[:] = [begin]


def await_form(after: AfterForm, given_up: GivenUp) -> None:
    """Called once by the module of the fallback."""
    _after[:], _given_up[:] = [after], [given_up]


def begin_form(origin: VisitState, at: datetime) -> Move:
    """Without a form on the screen a person brings the paper."""
    if _begin:
        return _begin[0](origin, at)
    return go(AwaitingStaff(origin.lane, origin.visit, "staff.need.form"))


def after_form(lane: Lane, visit: Visit, stated: Stated, at: datetime) -> Move:
    return _after[0](lane, visit, stated, at)


def form_given_up(lane: Lane, visit: Visit, at: datetime) -> Move:
    return _given_up[0](lane, visit, at)
