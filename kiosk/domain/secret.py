"""A container for PINs, verification numbers and other values that must never be printed."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Bytes that do not show in `repr`, `str`, pickles or tracebacks, and that can be overwritten.

    The value lives in one mutable buffer. Whoever consumes it calls `wipe()`; reading a wiped secret
    raises `ValueError`, so a second use cannot go unnoticed.
    """

    __slots__ = ("_buffer", "_wiped")

    def __init__(self, value: bytes | bytearray | str) -> None:
        self._buffer = bytearray(value.encode("ascii") if isinstance(value, str) else value)
        self._wiped = False

    def reveal(self) -> bytearray:
        """The live buffer itself, not a copy: do not keep it beyond the call that needs it."""
        if self._wiped:
            raise ValueError("secret was already wiped")
        return self._buffer

    def wipe(self) -> None:
        """Overwrite the buffer in place. Calling it again does nothing."""
        for i in range(len(self._buffer)):
            self._buffer[i] = 0
        self._wiped = True

    @property
    def wiped(self) -> bool:
        return self._wiped

    def __len__(self) -> int:
        return len(self._buffer)

    def __repr__(self) -> str:
        return "Secret()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be serialised")
