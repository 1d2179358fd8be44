"""Two lanes with one set of folders: what staff do at one means nothing at the other."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from drivers.simulated.persona import load_persona
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import LaneSettings
from kiosk.app.stage import Stage
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.states import VisitState
from tests.kiosk.app.plays import catalogue, that_day, unhurried

SECONDS = 180

pytestmark = pytest.mark.usefixtures("qapp")

Pair = tuple[Stage, Stage]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    clock = that_day()

    def stage(lane: str, persona: str, seed: int) -> Stage:
        settings = replace(unhurried(), lane=LaneSettings(id=lane))
        person = load_persona(ASSETS / "personas", persona)
        return Stage(
            settings, DataFolders(tmp_path / "data"), clock, catalogue(), persona=person, rng=random.Random(seed)
        )

    stages = stage("K1", "hanako", 1), stage("K2", "kenji", 2)
    for each in stages:
        each.start()
    yield stages
    for each in stages:
        each.stop()


def go_on(pair: Pair, holds: Callable[[], bool]) -> None:
    """Both, until it holds."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, [each.lane.view.screen for each in pair]
        for each in pair:
            each.pump()
        QApplication.processEvents()
        time.sleep(0.01)


def until(pair: Pair, *screens: str) -> None:
    """Both go on until each shows its screen."""
    go_on(pair, lambda: tuple(each.lane.view.screen for each in pair) == screens)


def press(pair: Pair, control: str) -> None:
    """At both, once a press is meant for the screen: one that came by itself takes none at once."""
    go_on(pair, lambda: not any(each.lane.gave_way_just_now for each in pair))
    for each in pair:
        each.lane.tapped(control)


def wait_for_staff(pair: Pair) -> list[VisitState]:
    """The visits of both, each with a card whose photo was read."""
    for each in pair:
        each.place_card()
    until(pair, "face", "face")
    press(pair, "method.staff")
    until(pair, "visual", "visual")
    states = [each.lane.state for each in pair]
    assert all(isinstance(state, VisitState) for state in states)
    return [state for state in states if isinstance(state, VisitState)]


def test_a_visual_check_at_one_lane_confirms_nobody_at_the_other(pair: Pair) -> None:
    first, second = wait_for_staff(pair)
    assert first.visit.id.startswith("K1-")
    assert second.visit.id.startswith("K2-")
    pair[0].lane.staff_acted("visual_check", "sato", "face_failed")
    until(pair, "consent", "visual")
    confirmed, waiting = (each.lane.state for each in pair)
    assert isinstance(confirmed, VisitState)
    assert isinstance(waiting, VisitState)
    assert (confirmed.visit.identity, confirmed.visit.staff) == (IdentityMethod.VISUAL, "sato")
    assert (waiting.visit.identity, waiting.visit.staff) == (IdentityMethod.NONE, None)


def test_photo_and_picture_belong_to_the_lane_of_their_visit(pair: Pair) -> None:
    states = wait_for_staff(pair)
    own, other = (pair[0].lane.executor.photo_of(state.visit.id) for state in states)
    assert own is not None
    assert other is None
    kenji = pair[1].lane.executor.photo_of(states[1].visit.id)
    assert kenji is not None
    assert kenji.reveal() != own.reveal()
    assert pair[0].lane.executor.picture_of(states[1].visit.id) is None


def test_each_lane_takes_the_answers_to_its_own_questions(pair: Pair) -> None:
    """Look-ups and consents of both are under way at once; what each hands over is about its own patient."""
    wait_for_staff(pair)
    for each in pair:
        each.lane.staff_acted("visual_check", "sato", "face_failed")
    until(pair, "consent", "consent")
    press(pair, "consent.all")
    until(pair, "result", "result")
    states = [each.lane.state for each in pair]
    answers = [state.visit.answer for state in states if isinstance(state, VisitState)]
    assert [[person.name for person in answer.persons] for answer in answers if answer] == [
        ["見本　花子"],
        ["例示　健二"],
    ]
    assert [(answer.file_identifier or "").partition("-")[0] for answer in answers if answer] == ["K1", "K2"]
    press(pair, "result.next")
    until(pair, "take_card", "take_card")
    out = pair[0].folders.out
    go_on(pair, lambda: len(list(out.glob("*.xml"))) == 2)
    files = sorted(out.glob("*.xml"))
    handed = sorted(name for file in files for name in ("見本　花子", "例示　健二") if name in file.read_text("utf-8"))
    assert handed == ["例示　健二", "見本　花子"]
    waiting = [path.name for folder in ("req", "res", "face") for path in (pair[0].folders.root / folder).glob("*.xml")]
    assert waiting == []
