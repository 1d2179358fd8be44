"""No reader of our own: beside a certified reader it is that one which reads the cards."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.card import CardConnection, ReaderAppeared, ReaderEvent

BESIDE = "settings.device.beside"


def has_own_reader(settings: Settings) -> bool:
    """Always, but beside a certified reader only where one is named, real or simulated."""
    return not settings.device.beside or bool(settings.card.reader or settings.virtual.reader)


class NoReader:
    """Implements `kiosk.ports.card.CardReader`: nothing is wrong, and no card ever comes."""

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        listener(ReaderAppeared(""))

    def connect(self, insertion: int) -> CardConnection:  # noqa: ARG002
        raise NeedsStaff(FailureCode.READER_GONE, BESIDE)

    def stop(self) -> None:
        """Nothing to stop."""
