"""A running PC/SC service for this folder's tests, apart from the machine's own, with two virtual reader slots."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.pcsc import PcscReader
from drivers.pcsc.service import Context
from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.vpcd import POLLED_SECONDS, READER, VpcdSlot
from kiosk.app.bench.service import SOCKET_VARIABLE, Cage, new_folder, socket_path, what_is_missing
from kiosk.ports.card import CardInserted, CardReader, CardTaken, ReaderEvent, ReaderVanished

FOLDER = new_folder()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

# The service's library looks once for where the service is, at the first call of the process.
os.environ[SOCKET_VARIABLE] = socket_path(FOLDER)

PATIENCE_SECONDS = 45.0
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
    context = Context()
    wait_until(lambda: not context.state(READER).present)
    if context.state(READER).events % 2:
        # A connection that ended on a pulled card makes the reader look empty before the service has looked: a card
        # laid down meanwhile would count as the old one.
        time.sleep(POLLED_SECONDS)
    context.release()
    yield slot
    slot.remove()


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
    readers: list[CardReader] = []

    def make(name: str = "Virtual PCD 00 00", **options: float) -> tuple[PcscReader, Watch]:
        reader, watch = PcscReader(name, **options), Watch()
        readers.append(reader)
        reader.start(watch)
        return reader, watch

    assert cage.running
    yield make
    for reader in readers:
        reader.stop()


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
            timeout=150,
            check=False,
        )
        text = done.stdout.decode(errors="replace")
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{text}"
        return text

    return run
