"""A running PC/SC service for this folder's tests, apart from the machine's own, with two virtual reader slots."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.pcsc import PcscReader, reader
from drivers.pcsc.service import Context
from drivers.simulated.card import VirtualCard
from drivers.simulated.faults import Chip
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.vpcd import READER, VpcdSlot
from kiosk.app.bench.service import SOCKET_VARIABLE, Cage, new_folder, socket_path, what_is_missing
from kiosk.ports.card import CardInserted, CardReader, CardTaken, ReaderEvent, ReaderVanished

FOLDER = new_folder()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

# The service's library looks once for where the service is, at the first call of the process.
os.environ[SOCKET_VARIABLE] = socket_path(FOLDER)

PATIENCE_SECONDS = 60.0
"""After which a test fails rather than hangs. Nothing here takes a second."""


@pytest.fixture(scope="session")
def cage() -> Iterator[Cage]:
    if os.environ.get("CI") != "true" and (missing := what_is_missing()):
        pytest.skip(f"not here: {', '.join(missing)}")
    cage = Cage(FOLDER)
    try:
        cage.order("start")
        yield cage
    finally:
        cage.end()


@pytest.fixture
def slot(cage: Cage) -> Iterator[VpcdSlot]:
    """The first slot of the virtual reader, empty and noticed to be so."""
    slot = VpcdSlot(cage.dial)
    empty(slot)
    yield slot
    slot.remove()


def empty(slot: VpcdSlot) -> None:
    """Takes the card away and waits until the service has noticed: a card laid down sooner would count as the old one.

    A connection that ended on a pulled card makes the reader look empty before the service has looked; it counts what
    came and what went.
    """
    slot.remove()
    context = Context()
    wait_until(lambda: not (seen := context.state(READER)).present and seen.events % 2 == 0)
    context.release()


@pytest.fixture
def lay(slot: VpcdSlot) -> Callable[[Chip | None], None]:
    """`lay(card())`: in place of what lies there; returns once the service has noticed both."""

    def lay(chip: Chip | None) -> None:
        empty(slot)
        slot.place(chip)
        context = Context()
        wait_until(lambda: context.state(READER).present)
        context.release()

    return lay


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the service says first is there when a reader has started, however long the machine takes for it."""
    monkeypatch.setattr(reader, "_FIRST_LOOK_SECONDS", PATIENCE_SECONDS)


class Watch:
    """Keeps what a reader reports, and waits for it."""

    def __init__(self) -> None:
        self.events: list[ReaderEvent] = []

    def __call__(self, event: ReaderEvent) -> None:
        self.events.append(event)

    def until(self, holds: Callable[[list[ReaderEvent]], bool]) -> None:
        wait_until(lambda: holds(list(self.events)), lambda: str(self.events))

    def inserted(self) -> int:
        """Number of the card that lies there; waits for one."""

        def lies(events: list[ReaderEvent]) -> bool:
            cards = [event for event in events if isinstance(event, CardInserted | CardTaken | ReaderVanished)]
            return bool(cards) and isinstance(cards[-1], CardInserted)

        self.until(lies)
        return next(event.insertion for event in reversed(self.events) if isinstance(event, CardInserted))

    def taken(self, insertion: int) -> None:
        self.until(lambda events: CardTaken(insertion) in events)


def wait_until(holds: Callable[[], bool], seen: Callable[[], str] = str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, seen()
        time.sleep(0.005)


@pytest.fixture
def watched(cage: Cage) -> Iterator[Callable[..., tuple[PcscReader, Watch]]]:
    """`watched("name", busy_seconds=…)`: a started reader and what it reports."""
    started: list[CardReader] = []

    def make(name: str = "Virtual PCD 00 00", **options: float) -> tuple[PcscReader, Watch]:
        made, watch = PcscReader(name, **{"exchange_seconds": PATIENCE_SECONDS, **options}), Watch()
        started.append(made)
        made.start(watch)
        return made, watch

    assert cage.running
    yield make
    for each in started:
        each.stop()


@pytest.fixture
def card() -> Callable[..., VirtualCard]:
    def make(name: str = "hanako", *, contact: bool = False, **fields: object) -> VirtualCard:
        persona = Persona(name, {}, CardFields(**fields), RecordFields())  # type: ignore[arg-type]
        return VirtualCard(persona, photo_jp2=bytes(range(256)) * 20, contact=contact)

    return make


@pytest.fixture
def run(cage: Cage) -> Callable[..., str]:
    """`run("opensc-tool", "-n")`: what it prints; `check=False` for a command that may fail, `errors=False` without
    its second stream."""

    def run(*command: str, check: bool = True, errors: bool = True) -> str:
        assert cage.running
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors else None,
            timeout=300,
            check=False,
        )
        text = done.stdout.decode(errors="replace")
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{text}"
        return text

    return run
