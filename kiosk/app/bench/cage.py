"""A PC/SC service of one's own: a process in namespaces of its own, where pcscd runs and nobody else hears it.

Run as `unshare -mn python cage.py FOLDER FD`. FOLDER becomes /run in here; the service's socket can be used from
outside through it. Orders come as lines over the socket FD, each is answered by one line; `dial PORT` is answered by
a connection to that port in here.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

READER_FILE = """FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:0x8C7B
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID 0x8C7B
"""
PATIENCE_SECONDS = 10.0


def bring_loopback_up() -> None:
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, get_flags, request), 16)
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def _end_with_parent() -> None:
    """Even where the parent is killed: nobody else could find this service."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Service:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "pcscd.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["pcscd", "--foreground", "--info", "--config", str(self._folder / "readers")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
            )
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("pcscd does not start")
            time.sleep(0.005)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect("/run/pcscd/pcscd.comm")
            except OSError:
                return False
        return True

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Without a chance to clean up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def main() -> None:
    folder, control = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    os.environ["PATH"] += os.pathsep + os.pathsep.join(["/usr/sbin", "/sbin"])
    (folder / "pcscd").mkdir(exist_ok=True)
    (folder / "readers").mkdir(exist_ok=True)
    (folder / "readers" / "vpcd").write_text(READER_FILE)
    subprocess.run(["mount", "--bind", str(folder), "/run"], check=True)
    bring_loopback_up()
    service = Service(folder)
    try:
        for line in control.makefile("r"):
            order, *arguments = line.split()
            if order == "dial":
                with socket.create_connection(("127.0.0.1", int(arguments[0])), 2) as connection:
                    socket.send_fds(control, [b"ok\n"], [connection.fileno()])
                continue
            {"start": service.start, "stop": service.stop, "kill": service.kill}[order]()
            control.sendall(b"ok\n")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
