"""Where the time of work on several threads went: every moment belongs to one part, or to several in equal shares."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

WAITING = "waiting"
"""Part of a thread that waits for others; it takes no share."""

BETWEEN = "between"
"""Part of the moments in which no thread is inside a part: handing over from one thread to another."""


class _Switch(NamedTuple):
    at: float
    thread: int
    part: str | None


class Stopwatch:
    """Parts may lie within parts; the innermost counts. Use from any thread."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._own = threading.local()
        self._switches: list[_Switch] = []

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        stack: list[str] = self._own.__dict__.setdefault("stack", [])
        stack.append(name)
        self._switch(name)
        try:
            yield
        finally:
            stack.pop()
            self._switch(stack[-1] if stack else None)

    def moment(self) -> float:
        return self._now()

    def shares(self, begin: float, end: float) -> dict[str, float]:
        """Seconds of each part between two moments; together exactly `end - begin`."""
        running: dict[int, str] = {}
        seconds: dict[str, float] = defaultdict(float)
        reached = begin
        for switch in sorted(self._switches, key=lambda s: s.at):
            at = min(max(switch.at, begin), end)
            _share(running, at - reached, seconds)
            reached = at
            if switch.part is None:
                running.pop(switch.thread, None)
            else:
                running[switch.thread] = switch.part
        _share(running, end - reached, seconds)
        return dict(seconds)

    def _switch(self, part: str | None) -> None:
        self._switches.append(_Switch(self._now(), threading.get_ident(), part))


def _share(running: dict[int, str], length: float, seconds: dict[str, float]) -> None:
    if length <= 0:
        return
    busy = [part for part in running.values() if part != WAITING] or [BETWEEN]
    for part in busy:
        seconds[part] += length / len(busy)
