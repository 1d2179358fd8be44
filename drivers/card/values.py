"""Values that several records of the card have in common."""

from __future__ import annotations

from datetime import date

_SEXES = frozenset({"0", "1", "2", "9"})


def day(value: bytes) -> date:
    """`YYYYMMDD` in ASCII. Raises `ValueError`."""
    if len(value) != 8 or not value.isdigit():
        raise ValueError("not a date")
    return date(int(value[:4]), int(value[4:6]), int(value[6:]))


def sex(value: bytes) -> str:
    """One digit of ISO/IEC 5218. Raises `ValueError`."""
    text = value.decode("ascii", "replace")
    if text not in _SEXES:
        raise ValueError("not a sex code")
    return text
