"""Real and simulated time.

The simulated clock stands still while anyone works and jumps to the next due moment when everybody waits: minutes
play in seconds, and the work in between is really done.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

log = logging.getLogger("kiosk.runtime")

JAPAN = ZoneInfo("Asia/Tokyo")


class RealClock:
    """The machine's clock, in Japanese local time."""

    def now(self) -> datetime:
        return datetime.now(JAPAN)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def work_begins(self) -> None:
        """Nobody has to wait for work on real time."""

    def work_ends(self) -> None:
        """See `work_begins`."""

    def in_background(self) -> None:
        """See `SimulatedClock`."""

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Call `action` again and again on a thread of its own; the returned function ends that. A time at which it
        raises is left out: deliveries and retention must not end for ever with one defect that nobody sees."""
        stop = threading.Event()

        def loop() -> None:
            while not stop.wait(seconds):
                try:
                    action()
                except Exception as error:
                    log.error("%s in what happens every %g s", type(error).__name__, seconds)

        threading.Thread(target=loop, name="periodic", daemon=True).start()
        return stop.set


class SteadyClock(RealClock):
    """The machine's clock as it was at the last `follow`, and from there as time really passes: a machine whose clock
    is put right, or wrong, in the middle of a visit changes no moment of that visit."""

    def __init__(
        self, wall: Callable[[], float] = time.time, since_start: Callable[[], float] = time.monotonic
    ) -> None:
        """`wall` gives seconds since 1970 and may jump, `since_start` seconds that never do."""
        self._wall, self._since_start = wall, since_start
        self._ahead = wall() - since_start()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._since_start() + self._ahead, JAPAN)

    def follow(self) -> float:
        """Take the machine's time from now on. Returns by how many seconds it had jumped, back where negative."""
        ahead = self._wall() - self._since_start()
        jumped, self._ahead = ahead - self._ahead, ahead
        return jumped


class SimulatedClock:
    """Time that one thread, the player's, moves.

    Workers announce themselves with `work_begins` before they start and `work_ends` when their results are
    delivered; a worker in `sleep` does not count as busy.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(JAPAN) if start.tzinfo else start.replace(tzinfo=JAPAN)
        self._elapsed = 0.0
        self._busy = 0
        self._closed = False
        self._order = itertools.count()
        self._thread = threading.local()
        self._sleepers: list[tuple[float, int, threading.Event, bool]] = []
        self._periodic: dict[int, tuple[float, float, Callable[[], None]]] = {}
        self._changed = threading.Condition()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        gate = threading.Event()
        with self._changed:
            if self._closed:
                return
            behind = getattr(self._thread, "background", False)
            heapq.heappush(self._sleepers, (self._elapsed + max(seconds, 0.0), next(self._order), gate, behind))
            self._busy -= 1
            self._changed.notify_all()
        gate.wait()

    def work_begins(self) -> None:
        with self._changed:
            self._busy += 1

    def work_ends(self) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        key = next(self._order)
        with self._changed:
            self._periodic[key] = (self._elapsed + seconds, seconds, action)

        def stop() -> None:
            with self._changed:
                self._periodic.pop(key, None)

        return stop

    def wait_quiet(self, real_seconds: float) -> bool:
        """Wait, on real time, until no worker is busy. False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy <= 0, real_seconds)

    @property
    def quiet(self) -> bool:
        with self._changed:
            return self._busy <= 0

    def in_background(self) -> None:
        """Nobody waits for what the calling thread does: its sleep is no reason for time to go on."""
        self._thread.background = True

    def next_sleeper(self) -> float | None:
        """When the next worker wakes; periodic actions and work in the background do not count, they never end."""
        with self._changed:
            return min((at for at, _, _, behind in self._sleepers if not behind), default=None)

    @property
    def anybody_sleeps(self) -> bool:
        """Those included for whose work nobody waits."""
        with self._changed:
            return bool(self._sleepers)

    def advance(self, until: float) -> None:
        """Move to the next due moment, at most to `until`, and let exactly that happen."""
        with self._changed:
            due = [until]
            if self._sleepers:
                due.append(self._sleepers[0][0])
            due += [at for at, _, _ in self._periodic.values()]
            self._elapsed = max(self._elapsed, min(due))
            for key, (at, seconds, _) in list(self._periodic.items()):
                if at <= self._elapsed:
                    self._periodic[key] = (self._elapsed + seconds, seconds, self._periodic[key][2])
                    due_action: Callable[[], None] | None = self._periodic[key][2]
                    break
            else:
                due_action = None
                # One at a time: of two that work at once, chance would decide which is done first.
                if self._sleepers and self._sleepers[0][0] <= self._elapsed:
                    _, _, gate, _ = heapq.heappop(self._sleepers)
                    self._busy += 1
                    gate.set()
        if due_action:
            due_action()

    def leap(self, until: float) -> tuple[Callable[[], None], ...]:
        """Over a time in which nobody is there and nobody sleeps: returns each periodic action that fell due, to be
        called once, as a timer does that was late."""
        with self._changed:
            self._elapsed = max(self._elapsed, until)
            late = [key for key, (at, _, _) in self._periodic.items() if at <= self._elapsed]
            for key in late:
                _, seconds, action = self._periodic[key]
                self._periodic[key] = (self._elapsed + seconds, seconds, action)
            return tuple(self._periodic[key][2] for key in late)

    def close(self) -> None:
        """Let every sleeper go, so that its thread can end."""
        with self._changed:
            self._closed = True
            while self._sleepers:
                _, _, gate, _ = heapq.heappop(self._sleepers)
                self._busy += 1
                gate.set()
