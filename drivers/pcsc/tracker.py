"""From what the service says about a reader to events with insertion numbers. Pure: no service, no thread."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.ports.card import CardInserted, CardTaken, ReaderAppeared, ReaderEvent, ReaderVanished


@dataclass(frozen=True)
class Sighting:
    """One look at the chosen reader. `reader` of None: there is none, `detail` says why."""

    reader: str | None
    present: bool = False
    count: int = 0
    detail: str = ""


@dataclass(frozen=True)
class Lying:
    """A card on the reader: its insertion, and the service's count of card events since which it lies there."""

    insertion: int
    reader: str
    count: int


class Tracker:
    """A card with which an exchange failed stays out of reach until the service has seen it leave or another one
    come: within the service's polling time a second card would answer on the first one's connection, and neither an
    event nor an error would tell.
    """

    def __init__(self) -> None:
        self._reader: str | None = None
        self._seen = False
        self._card: Lying | None = None
        self._spoilt: Sighting | None = None
        self._hanging: set[Lying] = set()
        self._answers_again = False
        self._insertions = 0

    @property
    def reader(self) -> str | None:
        return self._reader

    def begin_again(self) -> None:
        """The next look is the first for whoever listens. Insertion numbers go on."""
        self._reader, self._card, self._seen = None, None, False
        self._forget_hanging()

    def see(self, sighting: Sighting) -> list[ReaderEvent]:
        """The events that this look adds; none when it shows what was known."""
        events: list[ReaderEvent] = []
        if sighting.reader != self._reader or not self._seen:
            if self._reader is not None or sighting.reader is None:
                events.append(ReaderVanished(self._reader or sighting.detail))
            if sighting.reader is not None:
                events.append(ReaderAppeared(sighting.reader))
            self._reader, self._card, self._seen = sighting.reader, None, True
            self._forget_hanging()
        card = self._card
        if card is not None and not (sighting.present and sighting.count == card.count):
            events.append(CardTaken(card.insertion))
            self._card = None
        if sighting != self._spoilt:
            self._spoilt = None
        if self._answers_again and self._reader is not None:
            self._forget_hanging()
            events.append(ReaderAppeared(self._reader))
        if self._card is None and sighting.present and sighting.reader is not None:
            self._insertions += 1
            self._card = Lying(self._insertions, sighting.reader, sighting.count)
            events.append(CardInserted(self._insertions))
        return events

    def reachable(self, insertion: int) -> Lying:
        """The card of this insertion. Raises `NeedsStaff(READER_GONE)` or `Retriable(CARD_LOST)`."""
        if self._reader is None:
            raise NeedsStaff(FailureCode.READER_GONE)
        card = self._card
        if card is None or card.insertion != insertion or self._spoilt is not None:
            raise Retriable(FailureCode.CARD_LOST)
        return card

    def spoil(self, card: Lying) -> None:
        """An exchange with this card failed."""
        if self._card == card:
            self._spoilt = Sighting(card.reader, present=True, count=card.count)

    def hang(self, card: Lying) -> None:
        """A call to the reader about this card does not come back."""
        self.spoil(card)
        if card.reader == self._reader:
            self._hanging.add(card)

    def came_back(self, card: Lying) -> None:
        """It did after all, well or badly: the next look tells that the reader answers again."""
        if card in self._hanging:
            self._hanging.remove(card)
            self._answers_again = not self._hanging

    def _forget_hanging(self) -> None:
        self._hanging.clear()
        self._answers_again = False
