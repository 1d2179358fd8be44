"""The kiosk's end of the line: a socket in the data folder that only its owner's programs can open."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from drivers.counter.wire import SECONDS, Values, address, packed, receive, send, socket_name
from kiosk.domain.failures import KioskError
from kiosk.ports.counter import LaneMemory, Pixels, Sight

log = logging.getLogger("drivers.counter")

AT_ONCE = 8
"""Connections that are answered at the same time; more of them wait."""

AGAIN_SECONDS = 0.1
"""After a connection that could not be taken."""

_CREDENTIALS = struct.Struct("3i")


class LineServer:
    """Answers until it is closed. Raises `OSError` where no socket can be made, such as on a share."""

    def __init__(self, folder: Path, lane: str, memory: LaneMemory) -> None:
        self._memory, self._lane = memory, lane
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with suppress(FileNotFoundError):  # of a kiosk that was killed
                os.unlink(socket_name(lane), dir_fd=self._folder)
            before = os.umask(0o177)
            try:
                self._socket.bind(address(self._folder, lane))
            finally:
                os.umask(before)
            self._socket.listen(AT_ONCE)
        except BaseException:
            self._socket.close()
            os.close(self._folder)
            raise
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="counter-line", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """May be called again."""
        if self._closed.is_set():
            return
        self._closed.set()
        with suppress(OSError):  # wakes the thread that waits in accept
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(SECONDS)
        self._socket.close()
        with suppress(OSError):
            os.unlink(socket_name(self._lane), dir_fd=self._folder)
        os.close(self._folder)

    def _serve(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:  # also where the process may open no more files just now: the line goes on after that
                if self._closed.wait(AGAIN_SECONDS):
                    return
                continue
            self._free.acquire()
            threading.Thread(target=self._answer, args=(connection,), name="counter-answer", daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(SECONDS)
                if _user_of(connection) != os.getuid():
                    return
                request, _ = receive(connection)
                self._reply(connection, request)
        except (OSError, ValueError, TypeError, KeyError, KioskError) as error:
            if not self._closed.is_set() and not isinstance(error, ConnectionError | TimeoutError):
                log.debug("%s on the line", type(error).__name__)
        finally:
            self._free.release()

    def _reply(self, connection: socket.socket, request: Values) -> None:
        memory, token = self._memory, str(request.get("token", ""))
        match request.get("what"):
            case "nudge":
                memory.nudged()
                send(connection, {})
            case "beat":
                send(connection, {"age": memory.beat_age()})
            case "content":
                content = memory.content(token)
                send(connection, {"content": packed(content) if content else None})
            case "picture":
                pixels = memory.picture(token, Sight(str(request["sight"])), request.get("visit_id"))
                _send_picture(connection, pixels)
            case "persons":
                found = memory.persons(token, str(request["visit_id"]))
                send(connection, {"persons": [asdict(person) for person in found]})
            case _:
                raise ValueError("unknown request")


def _send_picture(connection: socket.socket, pixels: Pixels | None) -> None:
    if pixels is None:
        send(connection, {"width": 0, "height": 0})
        return
    try:
        send(connection, {"width": pixels.width, "height": pixels.height}, pixels.rgb)
    finally:
        pixels.wipe()


def _user_of(connection: socket.socket) -> int:
    """Who is at the other end (SO_PEERCRED, unix(7)): the rights of the socket are not the only lock."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(credentials)[1])
