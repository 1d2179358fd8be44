"""Joins the counter to a stage: the file, the line, and the pictures that only the running kiosk has."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from drivers.counter.server import LineServer
from drivers.counter.wire import folder_of
from drivers.store.counter import SqliteCounter
from kiosk.app.card_photo import card_picture
from kiosk.app.counter_lane import SHOWS_NOBODY, LaneCounter, Running, Sights
from kiosk.app.form_desk import waiting_folder
from kiosk.app.lane import Lane
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.stage import Stage
from kiosk.domain.accounts import account_rules
from kiosk.domain.failures import KioskError
from kiosk.domain.rules import load_rules
from kiosk.ports.counter import Pixels
from kiosk.ports.face import Picture
from kiosk.runtime.executor import Executor

log = logging.getLogger("kiosk.app")

SCREEN_WIDTH = 270
"""Of the patient's screen as staff see it, in pixels: which screen it is, not what stands in small print."""


def open_counter_store(folders: DataFolders) -> SqliteCounter:
    return SqliteCounter(folders.root / "counter.sqlite")


class OpenCounter:
    """A counter at work; `close` comes before the stage stops."""

    def __init__(self, stage: Stage) -> None:
        """Raises what the store raises. Without a socket, acts still arrive by the file."""
        self._stage = stage
        self.store = open_counter_store(stage.folders)
        try:
            lane = stage.settings.lane.id
            rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), stage.clock.now().date())
            running = Running(
                lane,
                run=lambda: stage.lane.state.lane.prefix,
                state=lambda: stage.lane.state,
                executor=lambda: stage.lane.executor,
                act=lambda event: stage.lane.engine.act(event),
                wake=lambda: stage.bridge.woken.emit(),
                print_waiting=stage.print_waiting,
                sheets=lambda: _sheets(stage.folders),
            )
            self.lane = LaneCounter(
                running,
                self.store,
                lambda: stage.journal,
                stage.records,
                stage.clock,
                stage.catalogue,
                rules,
                Sights(photo=self._photo, camera=_camera, screen=self._screen),
            )
        except BaseException:
            self.store.close()
            raise
        stage.before_start, stage.on_state, stage.look = self._hold, self.lane.shown, self.lane.look
        self._line: LineServer | None = None
        try:
            self._line = LineServer(folder_of(stage.folders.root), lane, self.lane)
        except OSError as error:
            log.error("counter: no line, %s", type(error).__name__)

    def close(self) -> None:
        self._stage.look = lambda: None
        if self._line is not None:
            self._line.close()
        self.lane.close()
        self.store.close()

    def _hold(self, lane: Lane) -> None:
        try:
            lane.hold(self.lane.held())
        except KioskError as error:
            log.error("counter: %s", error.code.value)

    def _photo(self, executor: Executor, visit_id: str) -> Pixels | None:
        """The card's photo, decoded here so that the console needs no decoder for what a stranger's chip holds."""
        stage = self._stage
        picture = card_picture(executor.photo_of(visit_id), stage.assets, stage.clock.now().date())
        return None if picture is None else _pixels(picture)

    def _screen(self) -> Pixels | None:
        if not isinstance(self._stage.view.content, SHOWS_NOBODY):
            return None  # a rehearsal shows whoever practises
        shot = self._stage.window.grab()
        small = shot.scaledToWidth(SCREEN_WIDTH, Qt.TransformationMode.SmoothTransformation).toImage()
        image = small.convertToFormat(QImage.Format.Format_RGB888)
        width, height, line = image.width(), image.height(), image.bytesPerLine()
        rows = bytes(image.constBits())
        return Pixels(width, height, bytearray().join(rows[y * line : y * line + width * 3] for y in range(height)))


def open_lane_counter(stage: Stage) -> Callable[[], None]:
    """Returns what ends it. Without its file the kiosk opens all the same: reception does not wait for a console."""
    try:
        return OpenCounter(stage).close
    except KioskError as error:
        log.error("counter: %s", error)
        return lambda: None


def _camera(executor: Executor, visit_id: str) -> Pixels | None:
    picture = executor.picture_of(visit_id)
    return None if picture is None else _pixels(picture)


def _pixels(picture: Picture) -> Pixels:
    """The picture as the console draws it; what it was made of is overwritten."""
    height, width = picture.shape[:2]
    rgb = bytearray(picture[:, :, ::-1].tobytes())
    picture.fill(0)
    return Pixels(width, height, rgb)


def _sheets(folders: DataFolders) -> int:
    try:
        return sum(1 for _ in waiting_folder(folders).glob("*.pdf"))
    except OSError:
        return 0
