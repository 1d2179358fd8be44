"""Readings of a certified reader: each reported once, however its file comes into the folder."""

from __future__ import annotations

import errno
import os
import queue
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.gateway.face_folder import FaceFolderWatcher
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility
from kiosk.ports.eligibility import (
    DeviceBack,
    DeviceEvent,
    DeviceFault,
    DeviceForeign,
    DeviceResult,
    DeviceSetAside,
    TerminalRefused,
)

SAMPLES = Path(__file__).parent / "samples"
READING = "OQSsiquc01res_face_47199999960a1b2c3d4e5f60718293_20261005101503.xml"
CP932 = "OQSsiquc01res_face_47199999969f8e7d6c5b4a39281706_20261005102210.xml"
REFUSED = "OQSsiquc01res_202610050007.xml"
NOW = datetime(2026, 10, 5, 10, 24, tzinfo=timezone(timedelta(hours=9)))


class HandClock:
    elapsed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


class Desk:
    def __init__(self, face: Path, readers: frozenset[str] = frozenset()) -> None:
        self.face = face
        self.clock = HandClock()
        self.events: list[DeviceEvent] = []
        self.watcher = self.lane(readers)

    def lane(self, readers: frozenset[str] = frozenset()) -> FaceFolderWatcher:
        watcher = FaceFolderWatcher(self.face, clock=self.clock, institution_code="4719999996", readers=readers)
        watcher.listen(self.events.append)
        return watcher

    def put(self, sample: str = READING, name: str | None = None, content: bytes | None = None) -> Path:
        target = self.face / (name or sample)
        target.write_bytes((SAMPLES / sample).read_bytes() if content is None else content)
        return target

    def scan(self) -> list[DeviceEvent]:
        self.events.clear()
        self.watcher.scan()
        return list(self.events)

    def settled(self) -> list[DeviceEvent]:
        self.scan()
        self.clock.sleep(1.5)
        return self.scan()

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.face.iterdir() if path.is_file())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    face = tmp_path / "face"
    face.mkdir()
    return Desk(face)


@pytest.mark.parametrize("sample", [READING, CP932])
def test_a_reading_is_reported_and_put_aside(desk: Desk, sample: str) -> None:
    content = desk.put(sample).read_bytes()
    (event,) = desk.scan()
    assert isinstance(event, DeviceResult)
    assert event.answer.eligibility is Eligibility.VALID
    assert event.answer.by_card
    assert (event.file.name, event.file.content) == (sample, content)
    assert desk.left == []
    assert (desk.face / "done" / sample).read_bytes() == content
    assert desk.scan() == []


def test_a_pipe_under_the_name_of_a_reading_holds_up_nothing(desk: Desk) -> None:
    os.mkfifo(desk.face / READING)
    assert desk.settled() == []
    desk.put(name=READING.replace("20261005101503", "20261005101504"), content=(SAMPLES / READING).read_bytes())
    assert len(desk.scan()) == 1


def test_a_reading_counts_where_only_its_writer_may_date_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of a group everybody may rename a file, but only its owner may set its time (utimensat(2))."""

    def refused(_path: Path, _times: tuple[float, float]) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    desk.put()
    monkeypatch.setattr(os, "utime", refused)
    (event,) = desk.scan()
    assert isinstance(event, DeviceResult)
    assert desk.scan() == [] == desk.left


def test_the_same_reading_again_is_no_second_visit(desk: Desk) -> None:
    desk.put()
    assert len(desk.scan()) == 1
    desk.put()
    desk.put(name="OQSsiquc01res_face_copy_20261005101504.xml")
    assert desk.scan() == [DeviceSetAside("repeated")] * 2
    assert desk.left == []


def test_the_same_reading_after_a_restart_is_no_second_visit(desk: Desk) -> None:
    desk.put()
    desk.scan()
    desk.put()
    desk.watcher = desk.lane()
    assert desk.scan() == [DeviceSetAside("repeated")]
    assert desk.left == []


def test_a_file_that_is_still_being_written_is_waited_for(desk: Desk) -> None:
    content = (SAMPLES / READING).read_bytes()
    for end in (0, 200, 900):
        desk.put(content=content[:end])
        assert desk.scan() == []
        desk.clock.sleep(0.9)
    desk.put(content=content)
    assert [type(event) for event in desk.scan()] == [DeviceResult]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<XmlMsg><MessageHeader>", FailureCode.ANSWER_DAMAGED),
        (b"", FailureCode.ANSWER_DAMAGED),
        (b"\x01\x02\x03 locked", FailureCode.ANSWER_ENCRYPTED),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><XmlMsg>&b;</XmlMsg>', FailureCode.ANSWER_DAMAGED),
    ],
)
def test_a_file_that_stays_unreadable_is_reported_once(desk: Desk, content: bytes, code: FailureCode) -> None:
    desk.put(content=content)
    (event,) = desk.settled()
    assert isinstance(event, DeviceFault)
    assert event.error.code is code
    assert desk.left == []
    assert desk.settled() == []


def test_an_abnormal_end_carries_the_terminals_words(desk: Desk) -> None:
    text = (SAMPLES / REFUSED).read_text("utf-8").replace("20261005093300", "20261005102000")
    desk.put(name=READING, content=text.encode())
    (event,) = desk.scan()
    assert isinstance(event, DeviceFault)
    assert isinstance(event.error, TerminalRefused)
    assert event.error.terminal_code == "SAMPLE-E0001"


def test_an_old_reading_that_lay_there_is_an_earlier_visits(desk: Desk) -> None:
    desk.clock.sleep(3600)
    desk.put()
    assert desk.scan() == [DeviceSetAside("late")]
    assert desk.left == []


def test_a_reading_that_arrives_now_is_somebodys_whatever_its_clock_says(desk: Desk) -> None:
    desk.scan()
    desk.clock.sleep(3600)
    desk.put()
    assert [type(event) for event in desk.scan()] == [DeviceResult]


def test_a_refused_reading_is_reported(desk: Desk) -> None:
    desk.put(name="OQSsiquc01res_face_47199999960a1b2c3d4e5f60718293_20261005101503.err", content=b"")
    (event,) = desk.scan()
    assert isinstance(event, DeviceFault)
    assert isinstance(event.error, TerminalRefused)
    assert desk.left == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("S2lvc2tTYW1wbGU=", "K2-0123456789AB"),  # another kiosk waits for this one
        ("4719999996</Med", "4710000001</Med"),  # another institution
    ],
)
def test_files_of_others_stay(desk: Desk, old: str, new: str) -> None:
    text = (SAMPLES / READING).read_text("utf-8")
    assert old in text
    desk.put(content=text.replace(old, new).encode())
    assert desk.settled() == []
    assert desk.left == [READING]


def test_of_another_institutions_file_that_nobody_takes_staff_are_told_once(desk: Desk) -> None:
    text = (SAMPLES / READING).read_text("utf-8")
    lies = desk.put(content=text.replace("4719999996</Med", "4710000001</Med").encode())
    desk.put(CP932, content=text.replace("S2lvc2tTYW1wbGU=", "K2-0123456789AB").encode())  # another kiosk's
    assert desk.settled() == []
    desk.clock.sleep(10.0)
    assert desk.scan() == [DeviceForeign(1)]
    assert desk.scan() == []
    lies.unlink()
    assert desk.scan() == [DeviceForeign(0)]
    assert desk.scan() == []


def test_other_names_are_none_of_its_business(desk: Desk) -> None:
    for name in ("prescription_20261005101503.xml", f".{READING}.tmp", "OQSsiquc01res_face_x.xml", "readme.txt"):
        desk.put(name=name)
    assert desk.settled() == []
    assert len(desk.left) == 4


def test_two_lanes_on_one_folder_report_a_reading_once(desk: Desk) -> None:
    other = desk.lane()
    desk.put()
    desk.put(CP932)
    assert other.scan() + desk.watcher.scan() == 2
    assert len(desk.events) == 2


def test_a_lane_takes_the_results_of_its_own_readers(desk: Desk) -> None:
    desk.put()
    desk.put(CP932)
    desk.watcher = desk.lane(frozenset({"9f8e7d6c5b4a39281706"}))
    (event,) = desk.scan()
    assert isinstance(event, DeviceResult)
    assert event.file.name == CP932
    assert desk.left == [READING]


def test_a_share_that_vanishes_is_reported_once_and_when_it_is_back(desk: Desk) -> None:
    away = desk.face.with_name("away")
    desk.face.rename(away)
    assert desk.scan() == []
    desk.clock.sleep(2.5)
    (event,) = desk.scan()
    assert isinstance(event, DeviceFault)
    assert event.error.code is FailureCode.TERMINAL_FOLDER_GONE
    desk.clock.sleep(60)
    assert desk.scan() == []
    away.rename(desk.face)
    desk.put()
    assert [type(event) for event in desk.scan()] == [DeviceBack, DeviceResult]


@pytest.fixture
def running(desk: Desk) -> Iterator[queue.Queue[DeviceEvent]]:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    desk.watcher.start(events.put)
    yield events
    desk.watcher.stop()
    desk.watcher.stop()


def test_the_running_watcher_finds_files_and_a_folder_made_anew(desk: Desk, running: queue.Queue[DeviceEvent]) -> None:
    desk.put()
    assert isinstance(running.get(timeout=60), DeviceResult)
    shutil.rmtree(desk.face)
    desk.face.mkdir()
    desk.put(CP932)
    assert isinstance(running.get(timeout=60), DeviceResult)
    assert running.empty()
