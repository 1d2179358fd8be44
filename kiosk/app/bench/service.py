"""A PC/SC service of one's own, with two slots of the virtual reader, apart from the machine's: for benchmarks and
tests that must not meet other cards, other programs or the network."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from drivers.simulated.vpcd import PORT
from kiosk.domain.failures import FailureCode, NeedsStaff

START_SECONDS = 60.0
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
"""Where clients look for the service. Its library looks once, at the first call of a process."""

_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_AS_ROOT = "--map-root-user"


def what_is_missing() -> list[str]:
    """Programs that are needed and are not here, or the right to make namespaces."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = [name for name in ("pcscd", "unshare") if shutil.which(name, path=path) is None]
    missing += [] if _DRIVER.exists() else ["vsmartcard-vpcd"]
    if not missing and subprocess.run([*_unshare(), "true"], check=False, capture_output=True).returncode:
        missing.append("namespaces")
    return missing


def _unshare() -> list[str]:
    return ["unshare", *([] if os.geteuid() == 0 else [_AS_ROOT]), "--mount", "--net"]


class Cage:
    """Holds the service. `SOCKET_VARIABLE` has to be `socket_path(folder)` before the first call of this process."""

    def __init__(self, folder: Path) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_SECONDS)
        script = Path(__file__).with_name("cage.py")
        self._process = subprocess.Popen(
            [*_unshare(), sys.executable, str(script), str(folder), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    def order(self, what: str) -> None:
        """`start`, `stop` in good order, or `kill`. Raises `NeedsStaff(READER_GONE)` when that fails."""
        self._control.sendall(f"{what}\n".encode())
        if self._control.recv(16) != b"ok\n":
            raise NeedsStaff(FailureCode.READER_GONE, f"pcscd: {what}")

    def stay_on(self, cores: set[int]) -> None:
        """The service, started anew, runs on these cores only."""
        os.sched_setaffinity(self._process.pid, cores)
        self.order("stop")
        self.order("start")

    def dial(self, port: int = PORT) -> socket.socket:
        """A connection to the virtual reader, as `VpcdSlot` takes it."""
        self._control.sendall(f"dial {port}\n".encode())
        answer, handles, _, _ = socket.recv_fds(self._control, 16, 1)
        if answer != b"ok\n":
            raise NeedsStaff(FailureCode.READER_GONE, f"vpcd {port}")
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
        self._process.wait(START_SECONDS)


def socket_path(folder: Path) -> str:
    return str(folder / "pcscd" / "pcscd.comm")


def new_folder() -> Path:
    """Short enough a name for a socket in it."""
    return Path(tempfile.mkdtemp(prefix="pcscd-"))
