"""Practice in the real application: everything is shown, nothing is sent or kept, and whatever is real comes first."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import drivers.simulated.practice as practice
from drivers.simulated.persona import load_persona
from drivers.simulated.practice import PracticeMatcher
from kiosk.app.camera_turn import CameraTurn
from kiosk.app.counter_stage import OpenCounter
from kiosk.app.journal import open_journal
from kiosk.app.metrics import metrics_text
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.player import Observer
from kiosk.app.result import Result
from kiosk.app.stage import Stage
from kiosk.domain.failures import KioskError
from kiosk.domain.screen import CameraContent
from kiosk.domain.secret import Secret
from kiosk.flow.practice import PRACTICE_PIN
from kiosk.ports.face import FaceHint, FaceVerdict, Frame
from kiosk.runtime.clocks import RealClock
from tests.kiosk.app.plays import player, written

BEGIN = "steps: [{camera: self}, {tap: idle.practice}, {tap: practice.place_card}"
BY_PIN = (
    BEGIN + ", {expect: {message: practice.face}}, {tap: method.pin}, {expect: {message: practice.pin}},"
    " {type: {field: pin, text: '9999'}}, {tap: pin.ok}, {expect: {message: pin.wrong}},"
    " {type: {field: pin, text: '1234'}}, {tap: pin.ok}, {tap: language.en}, {tap: consent.choose},"
    " {tap: consent.medication}, {tap: consent.ok}, {expect: {screen: result}}, {tap: confirm.yes},"
    " {tap: result.next}, {tap: practice.take_card}, {expect: {message: practice.done}}, {tap: practice.end},"
    " {expect: {screen: idle}}]"
)
AT_A_START = {"kiosk.started", "simulation.used", "patients.loaded", "reader.returned"}


class Belongings(Observer):
    """What the facility has when the kiosk has started, and what it has at the end."""

    def ready(self, stage: Stage) -> None:
        self.stage = stage
        self.before: dict[str, bytes] | None = None
        stage.on_state = lambda _view, _state: self._first()

    def over(self, stage: Stage) -> None:
        self.after = _files(stage.folders)
        self.language = stage.lane.state.lane.language
        self.waiting = stage.back_room.waiting()
        self.figures = metrics_text(stage.folders, stage.clock.now())
        self.photos = list(stage.lane.executor.vault.ids())

    def _first(self) -> None:
        if self.before is None:
            self.before = _files(self.stage.folders)


def _files(folders: DataFolders) -> dict[str, bytes]:
    """All but the databases, which are written at a start and an end."""
    found = (path for path in folders.root.rglob("*") if path.is_file() and ".sqlite" not in path.name)
    return {str(path.relative_to(folders.root)): path.read_bytes() for path in sorted(found)}


def events(data: Path) -> list[tuple[str, dict[str, object]]]:
    with closing(open_journal(DataFolders(data))) as journal:
        assert journal.verify().ok
        entries = [(entry.event, json.loads(entry.fields)) for entry in journal.since("kiosk.started")]
    return [entry for entry in entries if entry[0] not in AT_A_START]


def play(folder: Path, story: str, observer: Observer | None = None) -> Result:
    result = player().play(written(folder, story), data=folder / "data", observer=observer)
    assert result.failure is None
    return result


def test_a_whole_rehearsal_sends_and_keeps_nothing(tmp_path: Path) -> None:
    belongings = Belongings()
    result = play(tmp_path, BY_PIN, belongings)
    assert result.screens == [
        *("idle", "practice", "reading", "face", "pin", "checking", "pin", "checking", "consent", "consent_items"),
        *("checking", "result", "take_card", "practice", "idle"),
    ]
    assert (result.visits, result.files, result.apdus) == ([], [], 0)
    assert belongings.after == belongings.before
    assert (belongings.waiting, belongings.photos) == (0, [])
    assert "visits_today{" not in belongings.figures
    assert "failures_today{" not in belongings.figures
    assert belongings.language == "en", "who practised in English goes on in English"
    assert [name for name, _ in events(tmp_path / "data")] == ["practice", "language.chosen", "kiosk.stopped"]


def test_a_real_card_ends_it_at_once(tmp_path: Path) -> None:
    """Also while the camera is at work for the rehearsal: the real visit has it next."""
    story = (
        BEGIN + ", {expect: {message: practice.face}}, place_card, {expect: {screen: reading}}, {tap: consent.none},"
        " {expect: {screen: result, message: result.ok}}]\noutcome: {status: accepted, identity: face}"
    )
    result = play(tmp_path, story.replace("{tap: consent.none}", "{expect: {screen: consent}}, {tap: consent.none}"))
    assert len(result.visits) == len(result.files) == 1


def test_staff_end_it_at_once(tmp_path: Path) -> None:
    play(tmp_path, BEGIN + ", {expect: {screen: consent}}, {staff: {action: cancel}}, {expect: {screen: idle}}]")


def test_a_power_cut_leaves_nothing(tmp_path: Path) -> None:
    belongings = Belongings()
    story = BEGIN + ", {expect: {screen: consent}}, {fault: {power: cut}}, {expect: {screen: idle}}]"
    assert play(tmp_path, story, belongings).visits == []
    assert belongings.after == belongings.before
    assert ("power.restored", {"unfinished": 0}) in events(tmp_path / "data")


def test_whoever_goes_away_is_asked_and_then_forgotten(tmp_path: Path) -> None:
    away = play(tmp_path, BEGIN + ", {expect: {screen: consent}}, {wait: 95}, {expect: {screen: idle}}]")
    assert away.screens[-2:] == ["extend_time", "idle"]
    left = play(
        tmp_path,
        BEGIN + ", {expect: {screen: consent}}, {tap: consent.none}, {tap: result.next}, {wait: 95},"
        " {expect: {screen: idle}}]",
    )
    assert left.screens[-2:] == ["take_card", "idle"], "nobody is alarmed about a card that does not exist"


class Watching(Observer):
    """What the counter is told and shown while somebody looks into the camera."""

    def ready(self, stage: Stage) -> None:
        self.stage = stage
        self.told: set[tuple[str, str]] = set()
        self.pictures: list[object] = []
        self.counter = OpenCounter(stage)

    def screen(self, _texts: list[str]) -> None:
        if isinstance(self.stage.view.content, CameraContent):
            view = self.stage.lane.view
            self.told.add((view.screen, view.lane.step.id))
            self.pictures.append(self.counter._screen())

    def over(self, _stage: Stage) -> None:
        self.counter.close()


def test_the_counter_knows_that_somebody_practises_and_sees_no_face(tmp_path: Path) -> None:
    watching = Watching()
    play(tmp_path, BEGIN + ", {expect: {screen: consent}}]", watching)
    assert watching.told == {("practice", "staff.step.practice")}
    assert watching.pictures
    assert set(watching.pictures) == {None}


# ---------- the parts ----------


class Frames:
    """A camera whose frames come with a clock of their own."""

    def __init__(self) -> None:
        self.given: list[Frame] = []
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def next_frame(self) -> Frame:
        self.given.append(Frame(np.full((2, 2, 3), 200, np.uint8), len(self.given) / 10))
        return self.given[-1]

    def close(self) -> None:
        self.opened -= 1


def test_the_face_is_shown_and_overwritten() -> None:
    frames, hints, shown = Frames(), list[FaceHint](), list[int]()
    matcher = PracticeMatcher()
    result = matcher.attempt(
        matcher.reference(Secret(b"x")),
        frames,
        seconds=15,
        on_hint=hints.append,
        on_preview=lambda frame: shown.append(int(frame.picture.max())),
        cancelled=lambda: False,
    )
    assert (result.verdict, result.similarity, hints) == (FaceVerdict.MATCH, None, [FaceHint.HOLD_STILL])
    assert set(shown) == {200}
    assert not any(frame.picture.any() for frame in frames.given)


def test_one_camera_is_used_in_turn() -> None:
    frames, turn = Frames(), threading.Lock()
    rehearsal, visit = (CameraTurn(frames, turn, RealClock()) for _ in range(2))
    rehearsal.open()
    waiting = threading.Thread(target=visit.open, daemon=True)
    waiting.start()
    rehearsal.cut()
    with pytest.raises(KioskError):
        rehearsal.next_frame()
    assert frames.opened == 1
    rehearsal.close()
    rehearsal.close()
    waiting.join()
    assert visit.next_frame().picture.any()
    assert frames.opened == 1
    visit.close()


def test_the_pin_that_is_said_is_the_card_s() -> None:
    assert load_persona(ASSETS / "practice", "person").card.pin == PRACTICE_PIN


def test_its_devices_know_no_way_out() -> None:
    def modules() -> Iterator[str]:
        for node in ast.walk(ast.parse(Path(practice.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""

    outside = {name for name in modules() if not name.startswith(("kiosk.domain", "kiosk.ports"))}
    assert outside == {
        *("__future__", "collections", "collections.abc", "dataclasses", "datetime", "typing", "numpy"),
        "drivers.simulated.persona",
    }
