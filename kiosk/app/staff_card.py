"""The staff card at the console's reader: a card comes, proves its key, and is let go."""

from __future__ import annotations

from drivers.card.piv import NoStaffCard, proven_key
from drivers.pcsc import PcscReader
from kiosk.app.card import Arrival
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.ports.accounts import CardTrouble, StaffCard, StaffCards

WAIT_SECONDS = 5.0
"""For a card to be laid down; somebody stands there and waits."""


class PcscStaffCards:
    """Implements `kiosk.ports.accounts.StaffCards`. The reader is opened for each try only, so that it may come and go.

    `name` is the reader's, or a pattern for it; never that of the patients' reader, which its kiosk holds.
    """

    def __init__(self, name: str, wait_seconds: float = WAIT_SECONDS) -> None:
        self._name, self._wait_seconds = name, wait_seconds

    def present(self) -> StaffCard | CardTrouble:
        reader, arrival = PcscReader(self._name), Arrival()
        reader.start(arrival)
        try:
            if reader.name is None:
                return CardTrouble.NO_READER
            if not arrival.came.wait(self._wait_seconds) or arrival.insertion is None:
                return CardTrouble.NO_CARD
            connection = reader.connect(arrival.insertion)
            try:
                return StaffCard(proven_key(connection.transmit).hex())
            finally:
                connection.close()
        except NoStaffCard:
            return CardTrouble.UNSUITABLE
        except KioskError as error:
            return _TROUBLE.get(error.code, CardTrouble.NO_READER)
        finally:
            reader.stop()


_TROUBLE = {FailureCode.CARD_LOST: CardTrouble.NO_CARD, FailureCode.CARD_SILENT: CardTrouble.UNSUITABLE}


def staff_cards(reader: str) -> StaffCards | None:
    """None where the settings name no reader for staff."""
    return PcscStaffCards(reader) if reader else None
