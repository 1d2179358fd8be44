"""The card's photo of whoever sits there: a true match, a true refusal, and nothing of it on the disk."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from drivers.simulated.camera import SimulatedCamera
from kiosk.app import my_face
from kiosk.app.console import Console
from kiosk.app.hardware import camera_of
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.run import bench_beside
from kiosk.app.stage import Stage
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.messages import Text
from kiosk.domain.screen import CameraContent, View
from kiosk.runtime.clocks import RealClock
from kiosk.ui.bench import SCENES
from tests.kiosk.app.plays import catalogue, that_day, unhurried
from tests.kiosk.app.search import SecretSearch

SECONDS = 180

pytestmark = pytest.mark.usefixtures("qapp")


class Sitting:
    """A stage whose own camera sees people of the test's choice; they turn as the screen says."""

    def __init__(self, stage: Stage, camera: SimulatedCamera) -> None:
        self.stage = stage
        self.camera = camera
        stage.after_view = self._obey

    def _obey(self, view: View) -> None:
        turn = view.content.turn if isinstance(view.content, CameraContent) else None
        self.camera.ask(turn or "straight")

    def until(self, holds: Callable[[View], bool]) -> View:
        end = time.monotonic() + SECONDS
        while not holds(self.stage.lane.view):
            assert time.monotonic() < end, self.stage.lane.view.screen
            self.stage.pump()
            QApplication.processEvents()
            time.sleep(0.01)
        return self.stage.lane.view


@pytest.fixture
def sitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    monkeypatch.setattr(my_face.portrait, "__defaults__", (float(SECONDS),))
    clock, settings = that_day(), unhurried()
    settings = replace(settings, flow=replace(settings.flow, result_seconds=0.5))
    camera = SimulatedCamera(clock, ASSETS / "personas")
    stage = Stage(settings, DataFolders(tmp_path / "data"), clock, catalogue(), rng=random.Random(3), own_camera=camera)
    stage.start()
    yield Sitting(stage, camera)
    stage.stop()


def test_who_sits_there_matches_and_somebody_else_does_not(sitting: Sitting, tmp_path: Path) -> None:
    stage, camera = sitting.stage, sitting.camera
    camera.show("kenji", "self")  # the persona, hanako, is somebody else
    stage.place_card()
    taken = stage.world._taken
    assert taken is not None
    shown = sitting.until(lambda view: view.screen == "consent")
    assert shown.simulated is not None
    assert shown.simulated.id == "simulated.my_face"
    stage.world.remove_card()
    sitting.until(lambda view: view.screen == "idle" or "result" in view.screen)
    sitting.until(lambda view: view.screen == "idle")
    camera.show("hanako", "self")
    stage.place_card()
    assert stage.world._taken is taken, "the photo stays that of the first person"
    sitting.until(lambda view: "face.retry" in view.message_ids())
    stage.world.remove_card()
    search = SecretSearch()
    search.add_content("photo", taken)
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or not search.found_in(path.read_bytes()), path.name
    stage.world.choose(stage.world.persona)
    assert stage.world._taken is None


def test_the_screen_says_so_only_while_the_photo_is_the_present_face(sitting: Sitting) -> None:
    stage, camera = sitting.stage, sitting.camera
    said = catalogue().render(Text("simulated.my_face"), "ja")
    assert said not in stage.window.texts()
    camera.show("kenji", "self")
    stage.place_card()
    sitting.until(lambda view: view.screen != "idle")
    assert said in stage.window.texts()
    stage.world.remove_card()
    sitting.until(lambda view: view.screen == "idle")
    assert said in stage.window.texts()
    stage.choose(stage.world.persona)
    assert said not in stage.window.texts()


def test_the_bench_offers_no_scenes_that_nobody_would_see(sitting: Sitting) -> None:
    bench = bench_beside(sitting.stage, Console(catalogue(), "en"))
    dead = {b.objectName() for b in bench.findChildren(QPushButton) if not b.isEnabled()}
    assert dead == {
        *(f"bench.scene.{scene}" for scene in SCENES),
        "bench.fault.camera.unplug",
        "bench.fault.camera.plug",
    }
    assert not sitting.stage.cause_fault("camera", "unplug")
    bench.close()


def test_nobody_there_places_no_card(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(my_face.portrait, "__defaults__", (0.3,))
    sitting.camera.show(None, "none")
    with pytest.raises(NeedsStaff) as caught:
        sitting.stage.place_card()
    assert caught.value.code is FailureCode.PHOTO_MISSING
    assert sitting.stage.lane.view.screen == "idle"


def test_a_camera_that_is_not_there_is_said(sitting: Sitting) -> None:
    sitting.camera.unplug()
    with pytest.raises(NeedsStaff) as caught:
        sitting.stage.place_card()
    assert caught.value.code is FailureCode.CAMERA_GONE


def test_the_camera_is_named_by_number_or_path() -> None:
    assert camera_of("0", RealClock()) is not None
    assert camera_of("film.mp4", RealClock()) is not None
