"""Brings finished visits to their targets: stored first, delivered until each target has its parcel once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from kiosk.domain.failures import KioskError
from kiosk.ports.clock import Clock
from kiosk.ports.handover import DeliveryRefused, DeliveryStore, FinishedVisit, Parcel, Target

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 600.0
BATCH = 50


class Fate(StrEnum):
    """What became of one attempt to deliver."""

    DELIVERED = "delivered"
    WAITING = "waiting"  # a target in trouble; it is tried again
    REFUSED = "refused"  # for staff


def _nobody(_parcel: Parcel, _fate: Fate, _code: str, _tried: int) -> None:
    """Nobody listens."""


class Dispatcher:
    """`accept` and `deliver` may be called from any thread. Of several programs with one store, such as the kiosk and
    the console, only one delivers to a target at a time: the others leave it to that one.

    `on_fate` is told of every attempt: the parcel, what became of it, the code of a failure, and how many attempts
    there had been before.
    """

    def __init__(
        self,
        store: DeliveryStore,
        targets: Iterable[Target],
        clock: Clock,
        on_fate: Callable[[Parcel, Fate, str, int], None] = _nobody,
    ) -> None:
        self._store, self._clock, self._on_fate = store, clock, on_fate
        self._targets = {target.id: target for target in targets}

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self._targets)

    def accept(self, visit: FinishedVisit) -> tuple[Parcel, ...]:
        """Stores what every target gets, and returns it. A second call for the visit stores nothing again."""
        now = self._clock.now().timestamp()
        stored: list[Parcel] = []
        for name, target in self._targets.items():
            try:
                parcels = target.parcels(visit)
            except KioskError as error:  # what one target cannot be told must not keep the others from it
                self._on_fate(Parcel(visit.visit_id, name, "", b""), Fate.REFUSED, error.code.value, 0)
                continue
            for parcel in parcels:
                self._store.put(parcel, now)
            stored += parcels
        return tuple(stored)

    def waits(self, target: str) -> bool:
        """Whether something is due for this target."""
        return bool(self._store.due(self._clock.now().timestamp(), 1, target))

    def deliver(self, only: str | None = None) -> int:
        """Delivers what is due, to one target or to all; returns how many parcels arrived. A target in trouble does
        not hold up the others, and a parcel of a target that is switched off waits."""
        arrived = 0
        for name in self._targets if only is None else (only,):
            with self._store.alone(name) as alone:
                arrived += self._deliver_to(name) if alone else 0
        return arrived

    def _deliver_to(self, name: str) -> int:
        now = self._clock.now().timestamp()
        target, arrived, troubled = self._targets[name], 0, False
        for waiting in self._store.due(now, BATCH, name):
            pause = min(FIRST_PAUSE_S * 2 ** min(waiting.tried, 10), LONGEST_PAUSE_S)
            if troubled:
                self._store.later(waiting.id, now + pause, "")
                continue
            self._store.began(waiting.id)
            try:
                target.deliver(waiting.parcel, repeated=waiting.tried > 0)
            except DeliveryRefused as refusal:
                self._store.refused(waiting.id, refusal.reason)
                self._on_fate(waiting.parcel, Fate.REFUSED, refusal.reason, waiting.tried)
            except KioskError as error:
                troubled = True
                self._store.later(waiting.id, now + pause, error.code.value)
                self._on_fate(waiting.parcel, Fate.WAITING, error.code.value, waiting.tried)
            else:
                self._store.done(waiting.id)
                self._on_fate(waiting.parcel, Fate.DELIVERED, "", waiting.tried)
                arrived += 1
        return arrived
