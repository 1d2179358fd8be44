"""Brings finished visits to their targets: stored first, delivered until each target has its parcel once."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.domain.failures import KioskError
from kiosk.ports.clock import Clock
from kiosk.ports.handover import DeliveryRefused, DeliveryStore, FinishedVisit, Target

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 600.0
BATCH = 50


class Dispatcher:
    """`accept` is called once a visit is finished, `deliver` regularly, both from any one thread at a time."""

    def __init__(self, store: DeliveryStore, targets: Iterable[Target], clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._targets = {target.id: target for target in targets}

    def accept(self, visit: FinishedVisit) -> int:
        """Stores what every target gets; returns how many parcels are new. A second call for the visit adds none."""
        now = self._clock.now().timestamp()
        parcels = [parcel for target in self._targets.values() for parcel in target.parcels(visit)]
        return sum(self._store.put(parcel, now) for parcel in parcels)

    def deliver(self) -> int:
        """Delivers what is due; returns how many parcels arrived. A target in trouble does not hold up the others, and
        a parcel of a target that is switched off waits."""
        now = self._clock.now().timestamp()
        arrived = 0
        troubled: set[str] = set()
        for waiting in self._store.due(now, BATCH):
            name = waiting.parcel.target
            target = self._targets.get(name)
            pause = min(FIRST_PAUSE_S * 2 ** min(waiting.tried, 10), LONGEST_PAUSE_S)
            if target is None or name in troubled:
                self._store.later(waiting.id, now + pause, "")
                continue
            self._store.began(waiting.id)
            try:
                target.deliver(waiting.parcel, repeated=waiting.tried > 0)
            except DeliveryRefused as refusal:
                self._store.refused(waiting.id, refusal.reason)
            except KioskError as error:
                troubled.add(name)
                self._store.later(waiting.id, now + pause, error.code.value)
            else:
                self._store.done(waiting.id)
                arrived += 1
        return arrived
