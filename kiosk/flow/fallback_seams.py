"""Where the states of the card and the 被保険者資格申立書 give a visit to the guided fallback, which knows all of them.

`origin` is the state that asked for the form, with the lane and visit as they are now: its visit's `fallback` holds
what is known so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.domain.attestation import AttestationForm
from kiosk.flow.events import StaffActed
from kiosk.flow.states import AwaitingStaff, HandingOver, Lane, ReadingPhoto, Visit, VisitState
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    EnteringDocument,
    QueryingNumbers,
    RecallingHolder,
    ShowingDocumentResult,
)
from kiosk.flow.states_form import FillingForm, ReviewingForm

if TYPE_CHECKING:
    from kiosk.flow.table import Move

ONWARD = (
    *(AwaitingStaff, ChoosingDocument, EnteringDocument, QueryingNumbers, AskingVisit, RecallingHolder),
    *(AskingUnchanged, FillingForm, ReviewingForm, ReadingPhoto, ShowingDocumentResult, HandingOver),
)
"""Where a visit on another way may lead."""


@dataclass(frozen=True)
class FallbackSide:
    """What the fallback offers to those who lead to it."""

    after_form: Callable[[VisitState, AttestationForm, datetime], Move]
    go_on: Callable[[Lane, Visit, datetime], Move]
    accept_visit: Callable[[VisitState, StaffActed], Move]


_offered: list[FallbackSide] = []


def offer(side: FallbackSide) -> None:
    """Called once, when the table is filled."""
    _offered[:] = [side]


def after_form(origin: VisitState, form: AttestationForm, at: datetime) -> Move:
    """What the visit becomes with the finished form."""
    return _offered[0].after_form(origin, form, at)


def go_on(lane: Lane, visit: Visit, at: datetime) -> Move:
    """A visit that went another way, once its bearer was confirmed."""
    return _offered[0].go_on(lane, visit, at)


def accept_visit(state: VisitState, act: StaffActed) -> Move:
    """Staff accept the visit on what they have seen."""
    return _offered[0].accept_visit(state, act)
