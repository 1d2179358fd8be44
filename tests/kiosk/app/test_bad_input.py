"""Broken things from outside: each ends where staff can see it, and the kiosk comes back."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from drivers.gateway.simulated_requests import face_key
from kiosk.app.cli import main
from kiosk.app.player import Observer, Player
from kiosk.app.result import Result
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.screen import View
from tests.conftest import LogWatch
from tests.kiosk.app.plays import AtEachPoll, assets_but, catalogue, player, written

# --- answers of the terminal -----------------------------------------------------------------------------------

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE m [<!ENTITY l0 "ha">{_LAUGHS}]><XmlMsg>&l9;</XmlMsg>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><XmlMsg>&x;</XmlMsg>'
WHOLE = (
    '<?xml version="1.0" encoding="UTF-8"?><XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult></MessageHeader>'
    "<MessageBody><ProcessingResultStatus>1</ProcessingResultStatus></MessageBody></XmlMsg>"
)

DAMAGED = {
    "empty": b"",
    "cut off": WHOLE[:-40].encode(),
    "cut in a letter": WHOLE.encode()[:-60] + "花".encode()[:2],
    "billion laughs": LAUGHS.encode(),
    "a file from outside": OUTSIDE.encode(),
    "50 MB": WHOLE.encode().ljust(50 << 20),
    "deep": (b"<a>" * 50_000) + (b"</a>" * 50_000),
    "another encoding": WHOLE.encode("utf-16"),
    "bytes that are not its encoding": WHOLE.replace("<MessageBody>", "<MessageBody>花").encode("cp932"),
    "an unknown encoding": WHOLE.replace("UTF-8", "klingon").encode(),
    "another document": b"<?xml version='1.0'?><html/>",
    "zeros": bytes(4096),
    "noise": bytes(range(256)) * 16,
}


def answering(content: bytes) -> Observer:
    """Somebody writes this for every request; the terminal itself is down."""

    def answer(stage: Stage) -> None:
        for request in stage.folders.req.glob("*.xml"):
            asked = re.search(r"<ArbitraryFileIdentifier>(.+)</ArbitraryFileIdentifier>", request.read_text("utf-8"))
            assert asked is not None
            name = f"OQSsiquc01res_face_4719999996{face_key(asked[1])}_20261124093000.xml"
            path = stage.folders.face / name
            if not path.exists():
                path.write_bytes(content)

    return AtEachPoll(answer)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_hostile_answer_leads_to_staff(tmp_path: Path, name: str) -> None:
    scenario = written(
        tmp_path,
        """\
        terminal: {state: down}
        steps:
          - camera: self
          - place_card
          - expect: {screen: fallback, within: 20}
          - tap: fallback.none
          - expect: {screen: visit}
          - staff: {action: take_over, staff: sato}
          - expect: {screen: staff_called}
          - remove_card
          - expect: {screen: idle, within: 70}
        outcome: {status: handed_to_staff, identity: face, eligibility: unconfirmed}
        """,
    )
    result = player().play(scenario, observer=answering(DAMAGED[name]))
    assert result.passed, result.failure
    assert result.outcome is not None
    assert set(result.outcome["alerts"]) & {"answer_damaged", "answer_encrypted"}
    assert result.files == []
    assert result.journal_ok


# --- parts of the program -----------------------------------------------------------------------------


def say(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    return printed.err


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("models/face_recognition_sface_2021dec_int8bq.onnx", b"another model", "K221"),
        ("models/face_detection_yunet_2023mar_int8bq.onnx", None, "K220"),
    ],
)
def test_a_wrong_model_stops_the_play_and_shows_in_the_doctor(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: str,
    content: bytes | None,
    code: str,
) -> None:
    monkeypatch.setattr("kiosk.app.cli.ASSETS", assets_but(tmp_path / "assets", file, content))
    monkeypatch.setenv("MADOGUCHI_DATA", str(tmp_path / "data"))
    assert main(["play", "face-ok", "--lang", "en"]) == 1
    said = say(capsys)
    assert code in said
    assert Path(file).name in said
    assert "Install the kiosk program again." in said
    assert main(["doctor", "--lang", "en"]) == 1
    printed = capsys.readouterr().out
    assert Path(file).name in printed


@pytest.mark.parametrize(
    ("picture", "step"), [("live_front.jpg", "camera: self"), ("card.jpg", "place_card")], ids=["live", "card"]
)
def test_a_broken_picture_is_named(tmp_path: Path, picture: str, step: str) -> None:
    assets = assets_but(tmp_path / "assets", f"personas/hanako/{picture}", b"\xff\xd8\xff no picture")
    result = Player(Settings(), catalogue(), assets=assets).play(written(tmp_path, f"steps:\n  - {step}"))
    assert result.failure is not None
    assert "K212" in result.failure
    assert picture in result.failure


def test_a_frozen_camera_is_no_dead_end(tmp_path: Path) -> None:
    """The shipped scenario freezes it under way; here it is frozen from the beginning."""
    text = "steps:\n  - fault: {camera: freeze}\n  - place_card\n  - expect: {screen: identify, message: camera.gone}"
    result = player().play(written(tmp_path, text))
    assert result.passed, result.failure


def test_an_unknown_persona_stops_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as caught:
        player().play(written(tmp_path, "name: x\npersona: nobody"))
    assert caught.value.code is FailureCode.PERSONA_UNKNOWN


# --- the disk and the journal -------------------------------------------------------------------------


def disk_full_at(folder: Path, screen: str, *, tap: str | None, observer: Observer) -> Result:
    before = {
        "idle": ["expect: {screen: idle}", "fault: {disk: full}", "camera: self", "place_card"],
        "face": ["place_card", "expect: {screen: face}", "fault: {disk: full}", "camera: self"],
        "consent": ["camera: self", "place_card", "expect: {screen: consent}", "fault: {disk: full}"],
        "result": [
            *("camera: self", "place_card", "expect: {screen: consent}", "tap: consent.all"),
            *("expect: {screen: result}", "fault: {disk: full}"),
        ],
    }[screen]
    steps = [
        *before,
        *([f"tap: {tap}"] if tap else []),
        "expect: {screen: out_of_service, message: outage.disk}",
        "wait: 40",
        "expect: {screen: out_of_service}",
        "fault: {disk: free}",
        "remove_card",
        "expect: {screen: idle, within: 60}",
        "place_card",
        "camera: self",
        "expect: {screen: consent}",
        "tap: consent.all",
        "expect: {screen: result}",
        "remove_card",
        "expect: {screen: idle}",
    ]
    scenario = written(folder, "steps:\n" + "".join(f"  - {step}\n" for step in steps))
    return player().play(scenario, observer=observer)


class VisitsTold(Observer):
    """What the journal tells of visits, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str | None]] = []

    def over(self, stage: Stage) -> None:
        visits = ("visit.opened", "visit.closed")
        self.told = [(e.event, e.visit_id) for e in stage.journal.iterate() if e.event in visits]


@pytest.mark.parametrize(
    ("screen", "tap"), [("idle", None), ("face", None), ("consent", None), ("result", "result.next")]
)
def test_a_full_disk_at_each_stage(tmp_path: Path, log_watch: LogWatch, screen: str, tap: str | None) -> None:
    log_watch.announce("K402")
    journal = VisitsTold()
    result = disk_full_at(tmp_path, screen, tap=tap, observer=journal)
    assert result.passed, result.failure
    assert result.visits[-1]["status"] == "accepted"
    assert result.journal_ok
    assert [visit["status"] for visit in result.visits[:-1]] == ["handed_to_staff"]
    assert len(result.files) == 1, "nothing was handed over that could not be recorded"
    names = [visit["visit_id"] for visit in result.visits]
    assert journal.told == [(event, name) for name in names for event in ("visit.opened", "visit.closed")]


def test_power_comes_back_while_the_disk_is_full(tmp_path: Path, log_watch: LogWatch) -> None:
    """The visit that the power cut left is closed as soon as that can be told."""
    log_watch.announce("K402")
    journal = VisitsTold()
    scenario = written(
        tmp_path,
        """\
        steps:
          - place_card
          - expect: {screen: face}
          - fault: {disk: full, power: cut}
          - expect: {screen: out_of_service, message: outage.disk}
          - fault: {disk: free}
          - remove_card
          - expect: {screen: idle, within: 60}
        """,
    )
    result = player().play(scenario, observer=journal)
    assert result.passed, result.failure
    assert result.journal_ok
    [visit] = result.visits
    assert journal.told == [(event, visit["visit_id"]) for event in ("visit.opened", "visit.closed")]


class JournalHeld(Observer):
    """Another program holds the journal from the consent screen on, until the kiosk went out of service."""

    def __init__(self) -> None:
        self._other: sqlite3.Connection | None = None

    def ready(self, stage: Stage) -> None:
        stage.journal._db.execute("PRAGMA busy_timeout = 20")  # five seconds of a real machine are long here
        before = stage.before_view

        def seen(view: View) -> None:
            if view.screen == "consent" and self._other is None:
                self._other = sqlite3.connect(stage.folders.journal, isolation_level=None)
                self._other.execute("BEGIN IMMEDIATE")
            if view.screen == "out_of_service" and self._other is not None:
                self._other.close()
            before(view)

        stage.before_view = seen


def test_a_journal_that_another_program_holds(tmp_path: Path, log_watch: LogWatch) -> None:
    log_watch.announce("K403")
    scenario = written(
        tmp_path,
        """\
        steps:
          - camera: self
          - place_card
          - expect: {screen: out_of_service}
          - remove_card
          - expect: {screen: idle, within: 60}
        outcome: {status: handed_to_staff}
        """,
    )
    result = player().play(scenario, observer=JournalHeld())
    assert result.passed, result.failure
    assert result.journal_ok


def test_a_journal_of_a_newer_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    player().play(written(tmp_path, "steps: []"), data=tmp_path / "data")
    monkeypatch.setenv("MADOGUCHI_DATA", str(tmp_path / "data"))
    with closing(sqlite3.connect(tmp_path / "data/journal.sqlite")) as raw:
        raw.execute("PRAGMA user_version = 99")
    for command in (["run"], ["journal", "verify"]):
        assert main([*command, "--lang", "en"]) == 1
        assert "K405" in say(capsys)
