"""How a console and a kiosk talk over their socket: one line of JSON each way, then as many bytes as it announces.

Both ends are programs of one installation and one start of the machine: no version is negotiated. What arrives is
measured all the same before it is taken.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kiosk.domain.messages import Text
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Outcome, Status
from kiosk.ports.counter import LaneContent
from kiosk.ports.handover import NoteFields

SECONDS = 2.0
"""Longest wait of either side."""

LINE_MOST = 1 << 18
BYTES_MOST = 1 << 24

Values = dict[str, Any]


def socket_name(lane: str) -> str:
    return f"{lane}.sock"


def address(folder_fd: int, lane: str) -> str:
    """A path of a few characters, however long that of the folder is: a socket's may not exceed 107 bytes (unix(7))."""
    return f"/proc/self/fd/{folder_fd}/{socket_name(lane)}"


def folder_of(root: Path) -> Path:
    return root / "counter"


def send(connection: socket.socket, values: Mapping[str, Any], body: bytes | bytearray = b"") -> None:
    line = json.dumps({**values, "bytes": len(body)}, ensure_ascii=False, default=_as_json).encode() + b"\n"
    connection.sendall(line)
    if body:
        connection.sendall(body)


def receive(connection: socket.socket) -> tuple[Values, bytearray]:
    """Raises `ValueError` for what is no message, `OSError` for a line that broke or is silent."""
    line = bytearray()
    while not line.endswith(b"\n"):
        part = connection.recv(1 << 16, socket.MSG_PEEK)
        end = part.find(b"\n") + 1 or len(part)
        if not part or len(line) + end > LINE_MOST:
            raise ValueError("no message")
        line += connection.recv(end)
    values = json.loads(line)
    size = values.pop("bytes", 0) if isinstance(values, dict) else -1
    if not isinstance(size, int) or not 0 <= size <= BYTES_MOST:
        raise ValueError("no message")
    body = bytearray(size)
    view, got = memoryview(body), 0
    while got < size:
        count = connection.recv_into(view[got:])
        if not count:
            raise ValueError("cut off")
        got += count
    return values, body


# --- what staff see of a lane -----------------------------------------------------------------------------


def packed(content: LaneContent) -> Values:
    return {
        **{name: getattr(content, name) for name in _PLAIN},
        **{name: [_text(text) for text in getattr(content, name)] for name in _TEXTS},
        "outcome": asdict(content.outcome) if content.outcome else None,
        "note": {**asdict(content.note), "items": dict(content.note.items)} if content.note else None,
    }


def unpacked(values: Values) -> LaneContent:
    """Raises `ValueError`, `TypeError` or `KeyError` for what is none."""
    note = values["note"]
    if note is not None:
        lists = {"missing": tuple(note["missing"]), "history": tuple((a, b) for a, b in note["history"])}
        note = NoteFields(**{**note, **lists})
    needs, holds, facts, choices = (tuple(_as_text(text) for text in values[name]) for name in _TEXTS)
    return LaneContent(
        str(values["lane"]),
        int(values["mark"]),
        values["visit_id"],
        sentences=tuple(values["sentences"]),
        buttons=tuple(values["buttons"]),
        language=str(values["language"]),
        needs=needs,
        holds=holds,
        facts=facts,
        choices=choices,
        outcome=_outcome(values["outcome"]),
        note=note,
        photo=bool(values["photo"]),
    )


_PLAIN = ("lane", "mark", "visit_id", "sentences", "buttons", "language", "photo")
_TEXTS = ("needs", "holds", "facts", "choices")


def _as_json(value: object) -> str:
    """For `json.dumps`: moments are the only values here that JSON has no word for."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _text(text: Text) -> list[Any]:
    values = [
        [name, value.isoformat() if isinstance(value, date) else value, isinstance(value, date)]
        for name, value in text.values
    ]
    return [text.id, values]


def _as_text(packed: list[Any]) -> Text:
    message_id, values = packed
    return Text(message_id, tuple((name, date.fromisoformat(v) if day else v) for name, v, day in values))


def _outcome(values: Values | None) -> Outcome | None:
    if values is None:
        return None
    until = values["consents_until"]
    return Outcome(
        **{
            **values,
            "status": Status(values["status"]),
            "identity": IdentityMethod(values["identity"]),
            "eligibility": Eligibility(values["eligibility"]),
            "document": Document(values["document"]),
            "consents": tuple(values["consents"]),
            "alerts": tuple(values["alerts"]),
            "consents_until": datetime.fromisoformat(until) if until else None,
        }
    )
