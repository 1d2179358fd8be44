"""Port of the store of staff accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk.domain.accounts import Account


class AccountStore(Protocol):
    """Durable when a call returns. Raises `NeedsStaff(JOURNAL_FAILED | JOURNAL_BROKEN | DISK_FULL)` and
    `Fatal(JOURNAL_NEWER)` naming the file."""

    def all(self) -> tuple[Account, ...]:
        """By name."""

    def find(self, name: str) -> Account | None: ...

    def add(self, account: Account) -> bool:
        """False when there is one of this name, which stays as it is."""

    def change(self, name: str, change: Callable[[Account], Account]) -> Account | None:
        """Reads and writes under one lock, so that no failure of another process is lost. None when there is none."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class StaffCard:
    """A card that has just proven the key on it. `key`: SHA-256 of the public half, hexadecimal."""

    key: str = field(repr=False)


class CardTrouble(StrEnum):
    """Why no card was proven; message ids `accounts.card.<value>`."""

    NO_READER = "no_reader"
    NO_CARD = "no_card"
    UNSUITABLE = "unsuitable"  # without a key of its own, or one that it does not hold


class StaffCards(Protocol):
    """The reader for staff cards at the console."""

    def present(self) -> StaffCard | CardTrouble:
        """The card that lies there, or comes within a few seconds."""


class TotpSealer(Protocol):
    """Keeps the secrets of the second factor from who has only the file."""

    def seal(self, name: str, secret: str) -> str: ...
    def open(self, name: str, sealed: str) -> str:
        """Raises `NeedsStaff(JOURNAL_BROKEN)` when it does not open."""
