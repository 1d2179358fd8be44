"""Status words (ISO/IEC 7816-4, 5.6; JICSAP 1.1 where it differs): the one place where they have names."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    OK = 0x9000
    DATA_MAYBE_CORRUPT = 0x6281
    END_OF_FILE = 0x6282
    VERIFICATION_FAILED = 0x6300  # no counter given
    EXECUTION_ERROR = 0x6400
    MEMORY_FAILURE = 0x6581
    WRONG_LENGTH = 0x6700
    CHANNEL_UNSUPPORTED = 0x6881
    SECURE_MESSAGING_UNSUPPORTED = 0x6882
    WRONG_FILE_STRUCTURE = 0x6981
    SECURITY_STATUS_MISSING = 0x6982
    METHOD_BLOCKED = 0x6983
    REFERENCE_BLOCKED = 0x6984  # what the plastic card answers for a blocked PIN
    CONDITIONS_NOT_MET = 0x6985
    NO_FILE_SELECTED = 0x6986
    SECURE_MESSAGING_INACTIVE = 0x69FC
    FUNCTION_UNSUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    WRONG_PARAMETERS = 0x6A86
    DATA_OBJECT_NOT_FOUND = 0x6A88
    OFFSET_OUTSIDE_FILE = 0x6B00
    INSTRUCTION_UNKNOWN = 0x6D00
    CLASS_UNKNOWN = 0x6E00
    NO_DIAGNOSIS = 0x6F00  # also the first answer of some cards after power came back


_BLOCKED = frozenset({Status.METHOD_BLOCKED, Status.REFERENCE_BLOCKED})


def name(status: int) -> str:
    """For technicians: `6982 SECURITY_STATUS_MISSING`, or the bare number."""
    try:
        return f"{status:04X} {Status(status).name}"
    except ValueError:
        return f"{status:04X}"


def tries_left(status: int) -> int | None:
    """The count in `63Cx`, 0 for a blocked credential, None when the status word says nothing about tries."""
    if status & 0xFFF0 == 0x63C0:
        return status & 0x0F
    return 0 if status in _BLOCKED else None


def with_tries(count: int) -> int:
    """`63Cx` for a count of 0 to 15."""
    return 0x63C0 | min(count, 0x0F)


def bytes_waiting(status: int) -> int | None:
    """The count in `61xx` (GET RESPONSE), None otherwise."""
    return (status & 0xFF) or 256 if status >> 8 == 0x61 else None


def right_length(status: int) -> int | None:
    """The length that `6Cxx` asks for, None otherwise."""
    return (status & 0xFF) or 256 if status >> 8 == 0x6C else None
