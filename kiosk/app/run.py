"""`kiosk run`: the patient kiosk on real time, with the tester's bench in the virtual deployment."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from drivers.documents.reader import FileDocumentReader
from drivers.documents.watch import FolderWatcher
from drivers.simulated.persona import load_persona, persona_names
from drivers.simulated.terminal import TerminalState
from kiosk.app.clock_watch import ClockWatch
from kiosk.app.console import OK, Console
from kiosk.app.counter_stage import open_lane_counter
from kiosk.app.defects import watched_defects
from kiosk.app.guards import DataLock
from kiosk.app.hardware import camera_of, hardware
from kiosk.app.kiosk_window import hold_window
from kiosk.app.listeners import Listeners
from kiosk.app.log_file import kept_log
from kiosk.app.metrics import start_metrics
from kiosk.app.no_reader import has_own_reader
from kiosk.app.paths import DataFolders
from kiosk.app.qt import application
from kiosk.app.scenario import STAFF
from kiosk.app.settings import Settings
from kiosk.app.stage import JOIN_SECONDS, Stage
from kiosk.app.voice_desk import open_sound
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.domain.languages import staff_language
from kiosk.runtime.clocks import SteadyClock
from kiosk.ui.bench import BenchActions, BenchWindow
from kiosk.ui.kiosk_mode import KioskMode
from kiosk.ui.screens import ScreenKeeper

TIMER_MS = 50
"""How often the flow's own timer is looked at."""

SLOW_SECONDS = 8.0

REAL = {
    "reader": ("bench.place", "bench.take", "bench.fault.reader."),
    "camera": ("bench.scene.", "bench.fault.camera."),
}
"""Buttons of the bench, by the beginning of their names, that have no meaning with a real device."""

P = ParamSpec("P")


def run_kiosk(
    settings: Settings,
    folders: DataFolders,
    console: Console,
    *,
    bench: bool,
    fullscreen: bool,
    assets: Path,
    my_face: str | None = None,
) -> int:
    """Runs until the window is closed or the process is told to end; returns the exit code.

    `my_face` is the camera, a device number or a path, of which the card's photo is made.
    """
    folders.create()
    with DataLock(folders.root), kept_log(folders, "kiosk"):
        app = application()
        clock = SteadyClock()
        reader = FileDocumentReader(lambda: clock.now().date())
        stage = Stage(
            settings,
            folders,
            clock,
            console.catalogue,
            assets=assets,
            own_camera=None if my_face is None else camera_of(my_face, clock),
            documents=reader,
            hardware=hardware(settings, clock, file_bytes=reader.bytes_most),
            sound=open_sound(settings.sound),
        )
        beside = bench_beside(stage, console) if bench else None
        close_counter = open_lane_counter(stage)
        held = _hold(app, stage, console) if fullscreen and not bench else None
        _show_windows(app, stage, beside, fullscreen=fullscreen)
        # Loading the models and the OCR takes a second: nobody waits for it at the first card.
        warm_up = threading.Thread(target=stage.warm_up, name="warm-up", daemon=True)
        warm_up.start()
        files = FolderWatcher([stage.folders.documents], stage.documents.present)
        files.start()
        timer = QTimer()
        # Also gives Python the turn in which it handles signals.
        timer.timeout.connect(stage.pump)
        watch = ClockWatch(clock, lambda: stage.lane.state, lambda: stage.journal, assets)
        timer.timeout.connect(watch.look)
        listeners = Listeners()

        def look_who_listens() -> None:
            stage.window.listened(listeners.hearing())
            stage.lane.screen_reader(listeners.there())

        timer.timeout.connect(look_who_listens)
        end_metrics = start_metrics(settings, folders, clock)
        timer.start(TIMER_MS)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: app.exit(OK))
        try:
            with watched_defects(lambda _error: stage.lane.program_failed()):
                return app.exec()
        finally:
            timer.stop()
            end_metrics()
            if held is not None:
                held.release()
            files.stop()
            close_counter()
            stage.stop()
            # The interpreter must not end under libraries that are just loading: they abort the process.
            warm_up.join(JOIN_SECONDS)
            if beside is not None:
                beside.close()


def _hold(app: QApplication, stage: Stage, console: Console) -> KioskMode:
    """In front of patients: nobody leaves it but staff."""
    return hold_window(
        stage.window,
        console.catalogue,
        stage.staff_codes,
        lambda: app.exit(OK),
        language=stage.settings.flow.default_language,
    )


def _show_windows(app: QApplication, stage: Stage, beside: BenchWindow | None, *, fullscreen: bool) -> None:
    """The patient's window as large as the screen allows, the bench to its right."""
    window, lane = stage.window, stage.settings.lane
    available = app.primaryScreen().availableGeometry()
    scale = min(1.0, 0.92 * available.height() / lane.height)
    window.resize(int(lane.width * scale), int(lane.height * scale))
    stage.start()
    if fullscreen:
        ScreenKeeper(window, stage.settings.screen.name).place()
    else:
        window.move(available.left(), available.top())
        window.show()
    if beside is not None:
        beside.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        beside.move(window.frameGeometry().right() + 20, available.top())
        beside.show()


def hand_in(stage: Stage, path: Path) -> None:
    """A file chosen by staff; it stays where it is. Raises `NeedsStaff(PICTURE_BROKEN)`."""
    try:
        with path.open("rb") as file:
            content = file.read(FileDocumentReader().bytes_most() + 1)
    except OSError:
        raise NeedsStaff(FailureCode.PICTURE_BROKEN, path.name) from None
    stage.documents.hand_in(content)


def bench_beside(stage: Stage, console: Console) -> BenchWindow:
    """The tester's bench of a stage. What goes wrong with the simulated world is said on the bench."""
    personas = stage.world.personas_folder
    language = staff_language(stage.settings.flow.default_language, console.language)
    names = [stage.world.persona.name]
    names += [n for n in persona_names(personas) if n not in names]
    people = [(name, load_persona(personas, name).title[language]) for name in names]
    world = stage.world

    def set_terminal(state: str) -> None:
        world.set_terminal(TerminalState.of({"state": state, "seconds": SLOW_SECONDS if state == "slow" else 0}))

    def cause_fault(name: str) -> None:
        device, what = name.split(".")
        stage.cause_fault(device, what)

    def said(action: Callable[P, None]) -> Callable[P, None]:
        @wraps(action)
        def act(*given: P.args, **named: P.kwargs) -> None:
            try:
                action(*given, **named)
            except KioskError as error:
                window.lane.setText(console.sentence(error))

        return act

    actions = BenchActions(
        choose_person=said(lambda name: stage.choose(load_persona(personas, name))),
        place_card=said(stage.place_card),
        take_card=said(world.remove_card),
        read_at_device=said(lambda: world.read_at_device(stage.settings.flow.consent_items)),
        show_scene=said(world.show),
        set_terminal=said(set_terminal),
        cause_fault=said(cause_fault),
        staff_act=said(lambda action: stage.lane.staff_acted(action, STAFF[0], "bench")),
        hand_in_document=said(lambda path: hand_in(stage, path)),
    )
    window = BenchWindow(console.catalogue, language, people, actions)
    for device, groups in REAL.items():
        real = device in stage.hardware.real_devices or (device == "camera" and stage.own_camera is not None)
        absent = device == "reader" and not has_own_reader(stage.settings)
        if real or absent:
            for group in groups:
                window.forbid(group)
    stage.after_view = window.show_lane
    stage.staff_ignored = lambda action: window.show_ignored(action, stage.lane.view)
    return window
