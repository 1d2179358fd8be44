"""The calls to the PC/SC service that this driver needs, and the only import of pyscard.

The low-level interface is used throughout: pyscard's own monitors end when the service stops and tell nobody.
Without pyscard, and without the service's library, every call answers as a service that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from drivers.pcsc.codes import Code, ServiceError
from drivers.pcsc.lengths import SHORT_ANSWER

try:
    from smartcard import scard
except ImportError:
    scard = None

NOTIFICATION = "\\\\?PnP?\\Notification"
"""Pseudo reader whose state changes when readers come and go."""

PRESENT = 0x20
_CHANGED = 0x02
_COUNT_SHIFT = 16

_FEATURE_REQUEST = 0x42000D48  # CM_IOCTL_GET_FEATURE_REQUEST, PC/SC part 10
_GET_TLV_PROPERTIES = 0x12
_MAX_APDU_DATA_SIZE = 0x0A
_LONGEST_ANSWER = 65_536


def installed() -> bool:
    """Whether pyscard is here, and the library that it calls."""
    return scard is not None


class ReaderState(NamedTuple):
    """`events` counts the card events of the reader; `raw` is what the next wait compares with."""

    present: bool
    events: int
    raw: int


UNKNOWN = ReaderState(False, 0, 0)
"""Comparing with it answers at once."""


class Context:
    """One connection to the service. Not for use from several threads, but for `cancel`."""

    def __init__(self) -> None:
        """Raises `ServiceError`."""
        if scard is None:
            raise ServiceError(Code.NO_SERVICE)
        result, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        _check(result)

    def readers(self) -> list[str]:
        result, names = scard.SCardListReaders(self._handle, [])
        if result & 0xFFFFFFFF == Code.NO_READERS:
            return []
        _check(result)
        return [name for name in names if name != NOTIFICATION]

    def wait(self, reader: str | None, known: ReaderState, readers: int, seconds: float) -> ReaderState | None:
        """Until the reader's state differs from `known`, or their number from `readers`. None when nothing came."""
        states: list[tuple[str, int]] = [(NOTIFICATION, readers << _COUNT_SHIFT)]
        if reader is not None:
            states.append((reader, known.raw))
        result, found = scard.SCardGetStatusChange(self._handle, int(seconds * 1000), states)
        if result & 0xFFFFFFFF == Code.TIMEOUT:
            return None
        _check(result)
        return next((_state(raw) for name, raw, _ in found if name == reader), None)

    def state(self, reader: str) -> ReaderState:
        """The present state, without waiting."""
        result, found = scard.SCardGetStatusChange(self._handle, 0, [(reader, 0)])
        _check(result)
        return _state(found[0][1])

    def cancel(self) -> None:
        """Wake a `wait` on another thread; lost when none waits just then."""
        scard.SCardCancel(self._handle)

    def connect(self, reader: str) -> Card:
        """Exclusive access to the card, with the protocol that card and reader prefer."""
        result, handle, protocol = scard.SCardConnect(
            self._handle, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        _check(result)
        return Card(handle, protocol)

    def release(self) -> None:
        scard.SCardReleaseContext(self._handle)


class Card:
    """An exclusive connection to a card."""

    def __init__(self, handle: object, protocol: int) -> None:
        self._handle = handle
        self._header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def atr(self) -> bytes:
        result, _reader, _state, _protocol, atr = scard.SCardStatus(self._handle)
        _check(result)
        return bytes(atr)

    def transmit(self, command: bytes) -> bytes:
        """Raises `ServiceError(OK)` when the service reports success and gives no answer."""
        sent = list(command)
        try:
            result, answer = scard.SCardTransmit(self._handle, self._header, sent)
        finally:
            sent[:] = [0] * len(sent)
        _check(result)
        if len(answer) < 2:
            raise ServiceError(Code.OK)
        received = bytes(answer)
        answer[:] = [0] * len(answer)
        return received

    def longest_answer(self) -> int:
        """Most bytes of data that one answer can carry through this reader; 256 when it does not say."""
        for tag, value in _objects(self._control(_FEATURE_REQUEST)):
            if tag == _GET_TLV_PROPERTIES:
                for name, size in _objects(self._control(int.from_bytes(value, "big"))):
                    if name == _MAX_APDU_DATA_SIZE:
                        return max(SHORT_ANSWER, min(int.from_bytes(size, "little"), _LONGEST_ANSWER))
        return SHORT_ANSWER

    def disconnect(self) -> None:
        """Take the power from the card, so that nothing stays verified. Failing means that the card is gone."""
        scard.SCardDisconnect(self._handle, scard.SCARD_UNPOWER_CARD)

    def _control(self, code: int) -> bytes:
        result, answer = scard.SCardControl(self._handle, code, [])
        return bytes(answer) if result & 0xFFFFFFFF == Code.OK else b""


def _check(result: int) -> None:
    if result & 0xFFFFFFFF != Code.OK:
        raise ServiceError(result)


def _state(raw: int) -> ReaderState:
    return ReaderState(bool(raw & PRESENT), raw >> _COUNT_SHIFT & 0xFFFF, raw & ~_CHANGED)


def _objects(data: Sequence[int]) -> list[tuple[int, bytes]]:
    """Tag, length and value of one byte, one byte and so many; what is cut off at the end is left out."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        found.append((data[at], bytes(data[at + 2 : at + 2 + data[at + 1]])))
        at += 2 + data[at + 1]
    return found
