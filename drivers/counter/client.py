"""The console's end of the line."""

from __future__ import annotations

import os
import socket
from datetime import date
from pathlib import Path
from typing import Any

from drivers.counter.wire import SECONDS, Values, address, receive, send, unpacked
from kiosk.ports.counter import LaneContent, LivePerson, Pixels, Sight


class SocketLine:
    """Implements `kiosk.ports.counter.CounterLine`: a connection for each question, so that a kiosk may come and go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def nudge(self, lane: str) -> bool:
        return self._ask(lane, {"what": "nudge"}) is not None

    def beat_age(self, lane: str) -> float | None:
        answer = self._ask(lane, {"what": "beat"})
        age = answer[0].get("age") if answer else None
        return float(age) if isinstance(age, int | float) else None

    def content(self, lane: str, token: str) -> LaneContent | None:
        answer = self._ask(lane, {"what": "content", "token": token})
        found = answer[0].get("content") if answer else None
        try:
            return unpacked(found) if found else None
        except (ValueError, TypeError, KeyError):
            return None

    def picture(self, lane: str, token: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        request = {"what": "picture", "token": token, "sight": sight.value, "visit_id": visit_id}
        answer = self._ask(lane, request)
        if answer is None:
            return None
        width, height = answer[0].get("width"), answer[0].get("height")
        if not isinstance(width, int) or not isinstance(height, int) or not 0 < width * height * 3 == len(answer[1]):
            return None
        return Pixels(width, height, answer[1])

    def persons(self, lane: str, token: str, visit_id: str) -> tuple[LivePerson, ...]:
        answer = self._ask(lane, {"what": "persons", "token": token, "visit_id": visit_id})
        found = answer[0].get("persons") if answer else None
        try:
            return tuple(_person(**values) for values in found or ())
        except (ValueError, TypeError):
            return ()

    def _ask(self, lane: str, request: dict[str, Any]) -> tuple[Values, bytearray] | None:
        """None where no kiosk answers."""
        try:
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(SECONDS)
                connection.connect(address(folder, lane))
                send(connection, request)
                return receive(connection)
        except (OSError, ValueError):
            return None
        finally:
            os.close(folder)


def _person(source: str, name: str | None, kana: str | None, birth_date: str | None) -> LivePerson:
    return LivePerson(source, name, kana, date.fromisoformat(birth_date) if birth_date else None)
