"""A running PC/SC service for this folder's tests, apart from the machine's own, with two virtual reader slots."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from drivers.pcsc import PcscReader
from drivers.pcsc.service import Context
from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.vpcd import PORT, READER, VpcdSlot
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.card import CardInserted, CardReader, CardTaken, ReaderEvent, ReaderVanished

FOLDER = Path(tempfile.mkdtemp(prefix="pcscd-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

# The service's library looks once for where the service is, at the first call of the process.
os.environ["PCSCLITE_CSOCK_NAME"] = str(FOLDER / "pcscd" / "pcscd.comm")

PATIENCE_SECONDS = 10.0
"""After which a test fails rather than hangs. Nothing here takes a second."""

SCRIPT = str(Path(__file__).with_name("cage.py"))


class Cage:
    """The process that holds the service, and what tests may do to it."""

    def __init__(self) -> None:
        rights = [] if os.geteuid() == 0 else ["--map-root-user"]
        self._control, theirs = socket.socketpair()
        self._control.settimeout(PATIENCE_SECONDS * 2)
        self._process = subprocess.Popen(
            ["unshare", *rights, "--mount", "--net", sys.executable, SCRIPT, str(FOLDER), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    def order(self, text: str) -> None:
        self._control.sendall(f"{text}\n".encode())
        assert self._control.recv(16) == b"ok\n", f"the cage does not {text}"

    def dial(self, port: int = PORT) -> socket.socket:
        """A connection to the virtual reader, as `VpcdSlot` takes it."""
        self._control.sendall(f"dial {port}\n".encode())
        answer, handles, _, _ = socket.recv_fds(self._control, 16, 1)
        if answer != b"ok\n":
            raise NeedsStaff(FailureCode.READER_GONE)
        return socket.socket(fileno=handles[0])

    def inside(self, *command: str) -> list[str]:
        """The command, to be run where the virtual reader's port is."""
        rights = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self._process.pid), *rights, "--net", *command]

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._control.close()
        self._process.wait(PATIENCE_SECONDS)


def may_unshare() -> bool:
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    return subprocess.run(["unshare", *rights, "--mount", "--net", "true"], check=False).returncode == 0


@pytest.fixture(scope="session")
def cage() -> Iterator[Cage]:
    if os.environ.get("CI") != "true" and not may_unshare():
        pytest.skip("this system lets nobody make namespaces")
    cage = Cage()
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
    """`run("opensc-tool", "-n")`: what it prints, both streams; `check=False` for a command that may fail."""

    def run(*command: str, check: bool = True, environment: Mapping[str, str] | None = None) -> str:
        assert cage.running
        done = subprocess.run(
            command,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        text = done.stdout.decode(errors="replace")
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{text}"
        return text

    return run
