"""The states of a rehearsal, which is nobody's visit: nothing of it is asked, sent, or kept."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.flow.states import State


@dataclass(frozen=True)
class PracticeStage(State):
    """Base: a card on the reader begins a real visit here as on the start screen."""


@dataclass(frozen=True)
class Practising(PracticeStage):
    """Explains the rehearsal and offers to begin it. `asking`: is anybody still there? `done`: one was finished."""

    asking: bool = False
    done: bool = False


@dataclass(frozen=True)
class Rehearsing(PracticeStage):
    """A made-up visit goes on, on a lane of its own that this one knows nothing of."""


PRACTICE_STATES: tuple[type[State], ...] = (Practising, Rehearsing)
