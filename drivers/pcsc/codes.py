"""Return codes of PC/SC (pcsclite.h) and what they mean for reception. The number decides, never the text."""

from __future__ import annotations

from enum import IntEnum

from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable


class Code(IntEnum):
    OK = 0x00000000
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTOCOL_MISMATCH = 0x8010000F
    COMMUNICATION_ERROR = 0x80100013  # also every waiting call when the service stops
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    NO_READERS = 0x8010002E
    UNSUPPORTED_CARD = 0x80100065
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069
    SECURITY_VIOLATION = 0x8010006A  # polkit lets this user not use the service (Debian 13 and later ask it)


CONTEXT_LOST = frozenset(
    {Code.INVALID_HANDLE, Code.COMMUNICATION_ERROR, Code.NO_SERVICE, Code.SERVICE_STOPPED, Code.CANCELLED}
)
"""The service is gone, or was: a context from before stays dead after its restart."""

NO_READER = frozenset({Code.UNKNOWN_READER, Code.READER_UNAVAILABLE, Code.NO_READERS})
_MUTE = frozenset({Code.UNSUPPORTED_CARD, Code.UNRESPONSIVE_CARD, Code.UNPOWERED_CARD, Code.PROTOCOL_MISMATCH})
_LOST = frozenset({Code.OK, Code.NO_SMARTCARD, Code.NOT_TRANSACTED, Code.RESET_CARD, Code.REMOVED_CARD})


class ServiceError(Exception):
    """A call to the service failed. `code` without sign."""

    def __init__(self, code: int) -> None:
        self.code = code & 0xFFFFFFFF
        super().__init__(code_name(self.code))


def code_name(code: int) -> str:
    """For technicians: `8010000B SHARING_VIOLATION`, or the bare number."""
    try:
        return f"{code:08X} {Code(code).name}"
    except ValueError:
        return f"{code:08X}"


def failure_of(code: int, reader: str) -> KioskError:
    """The failure for a code. Success is one too: an exchange that ends well without an answer lost its card.

    A code that nobody has seen counts as a reader out of order, which is what staff can do something about.
    """
    if code in _LOST:
        return Retriable(FailureCode.CARD_LOST, code_name(code))
    if code in _MUTE:
        return Retriable(FailureCode.CARD_SILENT, code_name(code))
    if code == Code.SHARING_VIOLATION:
        return NeedsStaff(FailureCode.READER_BUSY, reader)
    if code in CONTEXT_LOST or code in NO_READER:
        return NeedsStaff(FailureCode.READER_GONE, code_name(code))
    return NeedsStaff(FailureCode.READER_GONE, f"{reader}: {code_name(code)}")
