"""How much data an answer can carry through a reader: what the reader says of itself, and what came through."""

from __future__ import annotations

SHORT_ANSWER = 256
FAILURES_ENOUGH = 2
"""One may be a card that was pulled."""

_SHORTEST_EXTENDED = 7


class Lengths:
    """Of one reader. Some say that they carry extended lengths and lose the card on the first: after that has happened
    twice, and never once gone well, they are asked for short answers only."""

    def __init__(self) -> None:
        self._worked = False
        self._failures = 0

    def usable(self, said: int) -> int:
        """Most bytes to ask for, of a reader that says so many."""
        return said if self._worked or self._failures < FAILURES_ENOUGH else SHORT_ANSWER

    def note(self, command: bytes, *, answered: bool) -> None:
        """How a command went."""
        if len(command) < _SHORTEST_EXTENDED or command[4] != 0:
            return
        if answered:
            self._worked = True
        else:
            self._failures += 1
