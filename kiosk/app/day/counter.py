"""The member of staff at the counter: comes when a screen asks for a person, and does what it asks for."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import cycle

from kiosk.app.day.patient import Patient
from kiosk.app.day.people import Pace
from kiosk.app.scenario import STAFF
from kiosk.app.stage import Stage
from kiosk.flow.closing import visit_id_of
from kiosk.flow.staff_choice import CLEARED, SEVERAL
from kiosk.flow.states import AwaitingStaff, CardForgotten, HandOverFailed, StaffCalledAtIdle

NOBODY_ELSES = ("staff.need.mismatch", "staff.need.not_me")


class Counter:
    """Of one lane. Call `act` when `due` has come; `due` is None while nobody is needed."""

    def __init__(self, stage: Stage, pace: Pace, dice: random.Random) -> None:
        self.due: float | None = None
        self.screen = "idle"  # that the lane shows now
        self._stage, self._pace, self._dice = stage, pace, dice
        self._names = cycle(STAFF)
        self._for: tuple[str | None, str] | None = None
        self._tried = 0

    def notice(self, now: float, patient: Patient | None) -> None:
        """Look at the lane's lamp, and whether a card lies there that nobody stands by."""
        wanted = self._wanted(patient)
        if wanted != self._for:
            self._for, self._tried = wanted, 0
            self.due = None
        if wanted is None:
            self.due = None
        elif self.due is None:
            self.due = now + self._dice.uniform(self._pace.staff_least, self._pace.staff_most)

    def act(self, now: float, patient: Patient | None) -> None:
        self.due = now + self._dice.uniform(self._pace.staff_least, self._pace.staff_most)
        self._tried += 1
        state = self._stage.lane.state
        if isinstance(state, CardForgotten) or (patient is None and state.lane.card is not None):
            self._put_card_aside(patient)
            return
        if self.screen == "visual":
            alike = patient is None or patient.manner.way != "face_other"
            self._act("visual_check" if alike else "refuse")
        elif isinstance(state, AwaitingStaff):
            self._settle(state, patient)
        elif isinstance(state, HandOverFailed):
            if self._tried > 3:
                self._act("cancel")
        elif isinstance(state, StaffCalledAtIdle):
            self._act("cancel")
        else:
            self._act("take_over")

    def _settle(self, state: AwaitingStaff, patient: Patient | None) -> None:
        """First by what is at hand; in the end the visit goes on at the counter."""
        ways: list[Callable[[], None]] = []
        if state.reason in (SEVERAL, *CLEARED):
            ways.append(lambda: self._act("choose", index=0))
        if state.reason not in NOBODY_ELSES:
            paper = patient.manner.paper if patient is not None else None
            if paper is not None:
                ways.append(lambda: self._act("accept", document=paper))
            ways.append(lambda: self._act("accept", document="attestation"))
        if self._tried <= len(ways):
            ways[self._tried - 1]()
            return
        self._act("cancel")
        self._put_card_aside(patient)

    def _put_card_aside(self, patient: Patient | None) -> None:
        """Given back to whoever it belongs to, or kept."""
        if patient is not None:
            patient.take_card()
            if patient.manner.has("card_left"):
                patient.gone = True
        else:
            self._stage.world.remove_card()

    def _act(self, action: str, *, document: str | None = None, index: int | None = None) -> None:
        reason = "face_failed" if action == "visual_check" else None
        self._stage.lane.staff_acted(action, next(self._names), reason, document, index=index)

    def _wanted(self, patient: Patient | None) -> tuple[str | None, str] | None:
        """The visit and the screen for which somebody should come."""
        state = self._stage.lane.state
        left_alone = patient is None and state.lane.card is not None
        if left_alone or self.screen in ("visual", "staff_called", "card_forgotten"):
            return visit_id_of(state), self.screen
        return None
