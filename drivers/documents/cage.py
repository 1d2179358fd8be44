"""Foreign files, opened in a process of their own with limits (see `cage_child`). Its answer is checked before use."""

from __future__ import annotations

import hashlib
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.domain.documents import Blocked
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.rules import RuleTable
from kiosk.ports.face import Picture

_CHILD = Path(__file__).with_name("cage_child.py")
_HEAD = struct.Struct("<I")
_HEAD_MOST = 8_000_000
_CHUNK = 1 << 20
_COORDINATE_MOST = 100_000.0
NOTES = frozenset(
    {
        "changed_after_writing",
        "dates_of_file_differ",
        "signature_unchecked",
        "protected",
        "active_content",
        "attachment",
        "annotation",
        "form_field",
        "covered_text",
        "hidden_text",
        "scan",
    }
)
"""What the child may say about a file; anything else is a lie of a broken child."""


@dataclass(frozen=True)
class Limits:
    """Of one file; rows of `documents.toml`."""

    values: dict[str, int]
    seconds: float

    @property
    def bytes(self) -> int:
        return self.values["bytes"]


_LIMITS = (
    "bytes",
    "pages",
    "processor_seconds",
    "memory_bytes",
    "page_points",
    "characters",
    "objects",
    "pixels",
    "side_pixels",
    "page_pixels",
)


def load_limits(rules: RuleTable, on: date) -> Limits:
    """Raises `Fatal(SETTINGS_WRONG)` naming what is absent."""

    def number(name: str) -> int:
        row = rules.first("limit", on, name=name)
        if row is None:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"documents.toml: limit.{name}")
        return row.number("value")

    return Limits({name: number(name) for name in _LIMITS}, float(number("seconds")))


@dataclass(frozen=True, repr=False)
class Char:
    """A character of the text layer, its frame in points from the upper left corner. Personal data: no repr."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    font: int


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """`scale` is pixels per point, where characters and pixels share their corner; None where the page is turned."""

    chars: tuple[Char, ...]
    picture: Picture
    scale: float | None


@dataclass(frozen=True, eq=False, repr=False)
class Opened:
    """What the child made of a file."""

    kind: str  # pdf | picture
    pages: tuple[Page, ...] = ()
    notes: frozenset[str] = frozenset()
    producer: str = ""
    blocked: Blocked | None = None
    sha256: str = ""
    memory: int = 0  # most bytes resident in the child
    caged: bool = False  # the kernel's filter of system calls was in force

    def wipe(self) -> None:
        for page in self.pages:
            page.picture.fill(0)


def read_bytes(source: bytes | Path, limit: int) -> bytes:
    """At most one byte more than the limit. Raises `NeedsStaff(PICTURE_BROKEN)` with the file's kind of trouble."""
    if isinstance(source, bytes):
        return source[: limit + 1]
    try:
        with source.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        # The name may be a person's: patients name their files as they like.
        raise NeedsStaff(FailureCode.PICTURE_BROKEN, error.strerror or "OS") from None


def open_file(source: bytes | Path, limits: Limits) -> Opened:
    """Bounded by the limits in time and memory, whatever the bytes are. Raises as `read_bytes`."""
    data = read_bytes(source, limits.bytes)
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > limits.bytes:
        return Opened("", blocked=Blocked.TOO_LARGE)
    if not data:
        return Opened("", blocked=Blocked.DAMAGED, sha256=digest)
    answer, ended_by_limit = _ask(data, limits)
    if answer is None:
        return Opened("", blocked=Blocked.TOO_LARGE if ended_by_limit else Blocked.DAMAGED, sha256=digest)
    try:
        return _validated(answer, limits, digest)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError, struct.error):
        return Opened("", blocked=Blocked.DAMAGED, sha256=digest)


def _ask(data: bytes, limits: Limits) -> tuple[bytearray | None, bool]:
    """The child's whole answer; or None, and whether a limit ended it."""
    most = (
        _HEAD.size
        + _HEAD_MOST
        + limits.values["pages"] * 3 * max(limits.values["side_pixels"], limits.values["page_pixels"] + 2) ** 2
    )
    memory = os.memfd_create("document", os.MFD_CLOEXEC)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(memory, view) :]
        os.lseek(memory, 0, os.SEEK_SET)
        process = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD), json.dumps(limits.values)],
            bufsize=0,
            stdin=memory,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
        )
    finally:
        os.close(memory)
    answer = bytearray()
    deadline = time.monotonic() + limits.seconds
    with process, selectors.DefaultSelector() as selector:
        stream = process.stdout
        assert stream is not None
        selector.register(stream, selectors.EVENT_READ)
        whole = False
        while (left := deadline - time.monotonic()) > 0 and len(answer) <= most:
            if selector.select(left):
                part = os.read(stream.fileno(), _CHUNK)
                if not part:
                    whole = True
                    break
                answer += part
        if not whole:
            process.kill()
            return None, True
        try:  # a child that a file has taken over may end its answer and stay
            code = process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            process.kill()
            return None, True
    if code == 0:
        return answer, False
    # Ended by the limit of processor time, or by memory that a library asked for and did not get.
    return None, code in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP, 1)


def _validated(answer: bytearray, limits: Limits, digest: str) -> Opened:
    """Raises one of many errors for an answer that is not exactly what the child has to give."""
    (length,) = _HEAD.unpack_from(answer)
    head = json.loads(bytes(answer[_HEAD.size : _HEAD.size + length]))
    memory, caged = int(head["memory"]), head["caged"] is True
    kind = head["kind"]
    if kind not in ("pdf", "picture"):
        raise ValueError
    if head["blocked"] is not None:
        return Opened(kind, blocked=Blocked(head["blocked"]), sha256=digest, memory=memory, caged=caged)
    if not 1 <= len(head["pages"]) <= limits.values["pages"] or not set(head["notes"]) <= NOTES:
        raise ValueError
    at = _HEAD.size + length
    pages = []
    for one in head["pages"]:
        page, at = _page(one, answer, at, limits)
        pages.append(page)
    if at != len(answer):
        raise ValueError
    producer = head.get("producer", "")
    if not isinstance(producer, str):
        raise ValueError
    return Opened(kind, tuple(pages), frozenset(head["notes"]), producer[:300], None, digest, memory, caged)


def _page(one: dict[str, Any], answer: bytearray, at: int, limits: Limits) -> tuple[Page, int]:
    columns, rows = one["picture"]
    width, _ = one["size"]
    side = max(limits.values["side_pixels"], limits.values["page_pixels"] + 2)
    if not (isinstance(columns, int) and isinstance(rows, int) and 0 < columns <= side and 0 < rows <= side):
        raise ValueError
    size = rows * columns * 3
    pixels = np.frombuffer(answer, np.uint8, size, at).reshape(rows, columns, 3).copy()
    scale = columns / float(width) if one["aligned"] is True else None
    if len(one["chars"]) > limits.values["characters"]:
        raise ValueError
    return Page(tuple(_char(item) for item in one["chars"]), pixels, scale), at + size


def _char(item: list[Any]) -> Char:
    code, left, top, right, bottom, font = item
    frame = (float(left), float(top), float(right), float(bottom))
    if not all(abs(value) < _COORDINATE_MOST for value in frame) or 0xD800 <= code < 0xE000:
        raise ValueError
    return Char(chr(code), *frame, int(font))
