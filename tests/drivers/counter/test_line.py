"""The line between kiosk and console: what one end holds, the other end gets, and nobody else."""

from __future__ import annotations

import os
import resource
import socket
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from drivers.counter.client import SocketLine
from drivers.counter.server import LineServer
from drivers.counter.wire import LINE_MOST, receive, send
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Outcome, Status
from kiosk.ports.counter import LaneContent, LivePerson, Pixels, Sight
from kiosk.ports.handover import NoteFields

PATIENCE = 60.0  # real seconds after which a test gives up

CONTENT = LaneContent(
    "K1",
    7,
    "K1-1",
    ("顔を確認しています", "そのままお待ちください"),
    ("やめる",),
    "ja",
    needs=(Text("staff.need.several"),),
    facts=(Text("staff.fact.lost", (("date", date(2026, 4, 1)), ("reason", "死亡"))),),
    choices=(Text("staff.choice", (("name", "見本　花子"),)),),
    outcome=Outcome(
        Status.HANDED_TO_STAFF,
        IdentityMethod.FACE,
        Eligibility.MULTIPLE,
        Document.CARD,
        consents=("surgery",),
        alerts=("name_black_dot",),
        consents_until=datetime(2026, 11, 25, tzinfo=UTC),
    ),
    note=NoteFields("2", "D31", {"insurer_number": "06130012"}, "摘要", ("phone",), (("1", "not_known"),)),
    photo=True,
)


PERSONS = (
    LivePerson("card", "見本　花子", None, date(1950, 4, 2)),
    LivePerson("answer", "見本　花子", "ﾐﾎﾝ ﾊﾅｺ", None),
)


@dataclass(frozen=True)
class WatchedPixels(Pixels):
    """Tells when it was wiped."""

    wiped: threading.Event = field(default_factory=threading.Event)

    def wipe(self) -> None:
        super().wipe()
        self.wiped.set()


@dataclass
class Memory:
    """A kiosk's memory made of what a test puts into it."""

    nudges: int = 0
    given: list[WatchedPixels] = field(default_factory=list)

    def nudged(self) -> None:
        self.nudges += 1

    def beat_age(self) -> float:
        return 0.25

    def content(self, token: str) -> LaneContent | None:
        return CONTENT if token == "open" else None

    def picture(self, token: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        if (token, sight, visit_id) != ("open", Sight.PHOTO, "K1-1"):
            return None
        self.given.append(WatchedPixels(40, 30, bytearray(range(240)) * 15))
        return self.given[-1]

    def persons(self, token: str, visit_id: str) -> tuple[LivePerson, ...]:
        return PERSONS if (token, visit_id) == ("open", "K1-1") else ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Deeper than the path of a socket may be long."""
    deep = tmp_path / ("deep" * 25) / "counter"
    deep.mkdir(parents=True)
    return deep


@pytest.fixture
def memory(folder: Path) -> Iterator[Memory]:
    held = Memory()
    server = LineServer(folder, "K1", held)
    yield held
    server.close()
    assert list(folder.iterdir()) == []


def test_everything_that_staff_see_arrives_as_it_was(folder: Path, memory: Memory) -> None:
    line = SocketLine(folder)
    assert line.nudge("K1")
    assert memory.nudges == 1
    assert line.beat_age("K1") == 0.25
    assert line.content("K1", "open") == CONTENT
    assert line.content("K1", "closed") is None
    assert line.persons("K1", "open", "K1-1") == PERSONS
    assert line.persons("K1", "closed", "K1-1") == ()


def test_a_picture_arrives_and_is_wiped_where_it_came_from(folder: Path, memory: Memory) -> None:
    line = SocketLine(folder)
    seen = line.picture("K1", "open", Sight.PHOTO, "K1-1")
    assert seen is not None
    assert (seen.width, seen.height, bytes(seen.rgb)) == (40, 30, bytes(range(240)) * 15)
    assert memory.given[0].wiped.wait(PATIENCE), "the kiosk wipes it once it has sent the last byte"
    assert not any(memory.given[0].rgb)
    seen.wipe()
    assert not any(seen.rgb)
    assert line.picture("K1", "open", Sight.CAMERA, "K1-1") is None
    assert line.picture("K1", "open", Sight.PHOTO, "K1-2") is None
    assert line.picture("K1", "", Sight.PHOTO, "K1-1") is None


def test_without_a_kiosk_there_is_no_answer(folder: Path) -> None:
    line = SocketLine(folder)
    assert (line.nudge("K1"), line.beat_age("K1"), line.content("K1", "open")) == (False, None, None)
    server = LineServer(folder, "K1", Memory())
    server.close()
    server.close()
    assert line.beat_age("K1") is None
    assert SocketLine(folder / "absent").beat_age("K1") is None


def test_a_killed_kiosk_leaves_its_socket_and_the_next_one_takes_its_place(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # the path is too long from anywhere else
    try:
        left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        left.bind("K1.sock")
        left.close()
    finally:
        os.chdir(here)
    assert SocketLine(folder).beat_age("K1") is None
    server = LineServer(folder, "K1", Memory())
    try:
        assert SocketLine(folder).beat_age("K1") == 0.25
        assert stat.S_IMODE((folder / "K1.sock").stat().st_mode) & 0o077 == 0
    finally:
        server.close()


@pytest.mark.parametrize(
    "garbage",
    [b"\n", b"[]\n", b"{}\n", b'{"what": "all"}\n', b'{"what": "picture", "sight": "x", "bytes": 0}\n', b"x" * 99],
)
def test_what_is_no_question_gets_no_answer_and_breaks_nothing(folder: Path, memory: Memory, garbage: bytes) -> None:
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect("K1.sock")
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    finally:
        os.chdir(here)
    assert SocketLine(folder).nudge("K1")
    assert memory.nudges == 1


def test_the_line_goes_on_after_a_time_without_room_for_a_connection(folder: Path) -> None:
    server = LineServer(folder, "K1", Memory())
    here = os.getcwd()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as first:
            os.chdir(folder)
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, most[1]))
            first.connect("K1.sock")
            server._thread.join(0.1)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, most)
        os.chdir(here)
    try:
        assert SocketLine(folder).nudge("K1")
    finally:
        server.close()


def test_a_message_is_measured_before_it_is_taken() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(PATIENCE)
        there.settimeout(PATIENCE)
        send(here, {"a": 1}, b"body")
        assert receive(there) == ({"a": 1}, bytearray(b"body"))
        here.sendall(b'{"bytes": 99999999999}\n')
        with pytest.raises(ValueError, match="no message"):
            receive(there)
        here.setblocking(False)
        here.send(b"x" * (LINE_MOST // 8))
        here.close()
        with pytest.raises(ValueError, match="no message"):
            receive(there)
