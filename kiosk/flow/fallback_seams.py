"""Where the 被保険者資格申立書 gives its visit back to the guided fallback, which begins it; the form knows no more of it.

`origin` is the state that asked for the form, with the lane and visit as they are now: its visit's `fallback` holds
what is known so far.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.domain.attestation import AttestationForm
from kiosk.flow.states import AwaitingStaff, VisitState
from kiosk.flow.table import Move, go

AfterForm = Callable[[VisitState, AttestationForm, datetime], Move]

_after: list[AfterForm] = []


def await_form(after: AfterForm) -> None:
    """Called once by the module of the fallback."""
    _after[:] = [after]


def after_form(origin: VisitState, form: AttestationForm, at: datetime) -> Move:
    """What the visit becomes with the finished form. Without a fallback that decides, a person does."""
    return _after[0](origin, form, at) if _after else go(AwaitingStaff(origin.lane, origin.visit, "staff.need.form"))
