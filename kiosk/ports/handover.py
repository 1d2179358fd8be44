"""Port of the hand-over of a finished visit to other systems: レセコン, ORCA, a FHIR folder.

Every target gets what it needs as one parcel, made while the visit's data are at hand. Parcels wait in a store that
survives a restart. A parcel is delivered at least once; a target recognises a repeated one, so it never counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.eligibility import ResultFile


@dataclass(frozen=True)
class NoteFields:
    """The claim note of the routes ①②③, as it is typed: `items` in order, then the text of the 摘要欄."""

    route: str
    decision: str | None = None
    items: Mapping[str, str] = field(default_factory=dict, repr=False)
    remarks: str = field(default="", repr=False)
    missing: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()  # routes that were tried before, each with the reason it failed


@dataclass(frozen=True)
class FinishedVisit:
    """What there is to hand over. `at` is aware; `share_percent` only where it is known, never guessed."""

    visit_id: str
    at: datetime
    institution_code: str
    answer: EligibilityAnswer | None = field(default=None, repr=False)
    file: ResultFile | None = None
    patient_number: str | None = field(default=None, repr=False)
    share_percent: int | None = None
    note: NoteFields | None = None


@dataclass(frozen=True)
class Parcel:
    """One delivery to one target. `part` tells parcels of one visit to one target apart."""

    visit_id: str
    target: str
    part: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Waiting:
    """A parcel in the store. `tried` is how often a delivery began; after a crash the last one may have arrived."""

    id: int
    parcel: Parcel
    tried: int


class DeliveryRefused(NeedsStaff):
    """The target will not take this parcel, however often it is offered. `reason` is the target's own code."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(FailureCode.OUT_WRITE_FAILED, f"{target} {reason}".rstrip())
        self.reason = reason


class Target(Protocol):
    """One receiving system."""

    @property
    def id(self) -> str: ...

    def parcels(self, visit: FinishedVisit) -> tuple[Parcel, ...]:
        """What this target gets of the visit; empty when nothing. Touches nothing outside."""

    def deliver(self, parcel: Parcel, *, repeated: bool) -> None:
        """`repeated`: an earlier delivery may have arrived. Raises `DeliveryRefused`, or another `KioskError` where it
        should be tried again later."""


class HandOverDesk(Protocol):
    """Where the flow leaves a finished visit."""

    def hand_over(self, visit: FinishedVisit) -> str:
        """Keeps the visit for every target, durably and once, and returns without waiting for any of them; what cannot
        be delivered now is tried again until it is. `patient_number` and `institution_code` are filled in. Returns the
        name of its first file. Raises `NeedsStaff(JOURNAL_FAILED | DISK_FULL)` where nothing can be kept."""


class DeliveryStore(Protocol):
    """Raises `NeedsStaff(JOURNAL_FAILED | DISK_FULL)`. Moments are seconds since 1970."""

    def put(self, parcel: Parcel, at: float) -> bool:
        """False where a parcel of the same visit, target and part is known already: it is not stored again."""

    def due(self, at: float, most: int, target: str | None = None) -> tuple[Waiting, ...]:
        """The oldest parcels whose time has come, of one target or of all."""

    def alone(self, target: str) -> AbstractContextManager[bool]:
        """Whether no other program delivers to this target; then none begins to before the block is left. The end of a
        program, however it comes, leaves it."""

    def began(self, parcel_id: int) -> None:
        """Durable before the delivery starts."""

    def done(self, parcel_id: int) -> None:
        """The content is erased; that it was delivered stays known."""

    def later(self, parcel_id: int, at: float, code: str) -> None:
        """Not before that moment."""

    def refused(self, parcel_id: int, code: str) -> None:
        """Kept for staff, offered no more."""

    def counts(self) -> Mapping[str, int]:
        """Parcels by state: waiting, refused, done."""

    def purge_done(self, before: float) -> int:
        """Forgets deliveries finished before that moment; returns how many."""
