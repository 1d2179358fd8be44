"""The rules about tries, in the one place through which every credential passes.

The counter is asked before a credential is presented, which costs nothing; a blocked one is not presented; the last
try only after somebody's explicit yes. While the card is held exclusively the counter cannot change behind our back,
so what the card said once is not asked again.
"""

from __future__ import annotations

from drivers.card.channel import CardChannel, broken
from drivers.card.profile import Credential
from kiosk.domain.secret import Secret
from kiosk.ports.card import CredentialBlocked, CredentialRejected, CredentialResult


class GuardedCredential:
    """One credential of one application, which has to be current."""

    def __init__(self, channel: CardChannel, aid: bytes, credential: Credential) -> None:
        self._channel = channel
        self._aid = aid
        self._credential = credential
        self._left: int | None = None

    def tries(self) -> int | None:
        """Asks the card. 0 when blocked; None when the card has no such credential or says only that it is already
        verified."""
        self._left = self._channel.tries(self._credential)
        return self._left

    def present(self, value: Secret, *, last_try_confirmed: bool = False) -> CredentialResult:
        """Once, or not at all: `CredentialRejected(1)` when the last try was not confirmed. Wipes the value."""
        try:
            left = self._left if self._left is not None else self._asked()
            if left == 0:
                return CredentialBlocked()
            if left == 1 and not last_try_confirmed:
                return CredentialRejected(1)
            self._left = None
            result = self._channel.present(self._credential, value)
            if isinstance(result, CredentialRejected):
                self._left = result.tries_left
            return result
        finally:
            value.wipe()

    def _asked(self) -> int:
        if self.tries() is None:
            # Some cards answer "already verified" to the question; selecting again makes them count.
            self._channel.select(self._aid, again=True)
            self.tries()
        if self._left is None:
            raise broken("VERIFY tells no counter")
        return self._left
