"""Port of the smart-card side: a reader that reports cards, and a session on one card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from kiosk.domain.card import CardHolder, CardSummary, CertificateInfo
from kiosk.domain.secret import Secret

Transmit = Callable[[bytes], bytes]
"""One command APDU in, one response APDU (data and status word) out.

Raises `Retriable(CARD_LOST)` when the card is gone, `NeedsStaff(READER_HUNG)` when nothing answers in time.
After any exception the connection is dead for good."""


@dataclass(frozen=True)
class CardInserted:
    """A card was noticed. `insertion` counts up and never repeats while the reader object lives."""

    insertion: int


@dataclass(frozen=True)
class CardTaken:
    insertion: int


@dataclass(frozen=True)
class ReaderVanished:
    """The reader is gone, and with it every card it held: no `CardTaken` follows."""

    detail: str = ""


@dataclass(frozen=True)
class ReaderAppeared:
    """The reader is there, or answers again after `READER_HUNG`. A card that lay there when it hung stays out of reach
    until it was taken away."""

    name: str


ReaderEvent = CardInserted | CardTaken | ReaderVanished | ReaderAppeared


class CardConnection(Protocol):
    """Exclusive access to the card of one insertion."""

    @property
    def atr(self) -> bytes: ...
    def transmit(self, command: bytes) -> bytes: ...
    def close(self) -> None:
        """Release the card and clear its security status. Never raises."""


class CardReader(Protocol):
    """Watches one reader and opens connections."""

    def start(self, listener: Callable[[ReaderEvent], None]) -> None:
        """Begin to report; the listener is called from any thread. The present state is reported first."""

    def connect(self, insertion: int) -> CardConnection:
        """Raises `Retriable(CARD_LOST)` when another insertion is current, `Retriable(CARD_SILENT)` when
        something lies there without a chip, `NeedsStaff(READER_BUSY)` when it is held by another program."""

    def stop(self) -> None: ...


@dataclass(frozen=True)
class FacePhoto:
    """Answer of the card-face application. `jp2` is None when the card holds no photo."""

    holder: CardHolder
    jp2: Secret | None


@dataclass(frozen=True, repr=False)
class CardAttributes:
    """The four attributes (基本4情報) of the text application, as the card writes them: family and given name
    separated by U+3000, digits of the address full-width."""

    name: str
    address: str
    birth_date: date
    sex: str  # "1" male, "2" female, "9" not applicable, "0" unknown


class RecordCheck(StrEnum):
    """Outcome of checking the issuer's signature over a record of the card."""

    GENUINE = "genuine"
    FORGED = "forged"  # a signature or a hash is wrong
    ISSUER_UNKNOWN = "issuer_unknown"  # made by a CA that the set-up does not know: nothing was proven


@dataclass(frozen=True)
class CredentialAccepted:
    pass


@dataclass(frozen=True)
class CredentialRejected:
    tries_left: int


@dataclass(frozen=True)
class CredentialBlocked:
    pass


CredentialResult = CredentialAccepted | CredentialRejected | CredentialBlocked


class CardSession(Protocol):
    """Operations on an Individual Number Card over one `transmit`. Reads are repeated by the caller at will;
    a credential is presented once per call and never by itself again."""

    def summarise(self) -> CardSummary:
        """Kind, certificate and counters, without spending a try."""

    def read_face(self, number_b: Secret) -> FacePhoto | CredentialRejected | CredentialBlocked:
        """Present 照合番号B to the card-face application and read EF 0002. Wipes `number_b`."""

    def read_attributes_by_number(self, number_b: Secret) -> CardAttributes | CredentialRejected | CredentialBlocked:
        """Present 照合番号B to the text application and read the four attributes. Wipes `number_b`; the last try is
        never spent. Ends whatever another application has verified."""

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool = False) -> CredentialResult:
        """Present the 利用者証明用暗証番号. Wipes `pin`. Refuses with `CredentialRejected(1)` without touching the
        counter when one try is left and `last_try_confirmed` is False."""

    def read_certificate(self) -> CertificateInfo | None:
        """The user-authentication certificate alone: of a phone, after `verify_pin`."""

    def sign(self, challenge: bytes) -> bytes:
        """Signature over the challenge with the user-authentication key, after a good PIN or where the
        simulated terminal authentication switch is on. 256 bytes on today's card."""

    def prove_presence(self) -> bool:
        """A key that cannot leave the card signs a fresh random value: after a good PIN the user-authentication key,
        else the card-face application's own (§4.4), for which `read_face` has to come before. True when it
        verifies."""

    def check_record(self) -> RecordCheck:
        """Whether the issuer signed what `read_face` gave. A few reads more, for after the photo."""
