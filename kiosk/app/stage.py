"""The virtual deployment on a stage: world, kiosk and window, for `kiosk run` and `kiosk play` alike."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent

from drivers.documents.card_front import OcrCardFrontReader
from drivers.documents.desk import DocumentTable
from drivers.documents.reader import FileDocumentReader
from drivers.face.sface import SFaceMatcher
from drivers.gateway import whole_file
from drivers.gateway.face_folder import FaceFolderWatcher
from drivers.gateway.folders import FolderGateway
from drivers.simulated.disk import DrillDisk
from drivers.simulated.document_camera import SimulatedDocumentCamera
from drivers.simulated.persona import Persona
from drivers.simulated.printer import SimulatedPrinter
from drivers.sound import SilentOutput
from kiosk.app.backroom import BackRoom, Surroundings
from kiosk.app.bridge import Bridge
from kiosk.app.card_photo import card_picture
from kiosk.app.fault_menu import fault_menu
from kiosk.app.form_desk import PrintingDesk, make_printer
from kiosk.app.hardware import Hardware
from kiosk.app.identity import make_matcher, staff_codes
from kiosk.app.journal import open_journal
from kiosk.app.kiosk_window import habits_of
from kiosk.app.lane import ClosedVisit, Lane, LaneClock
from kiosk.app.my_face import portrait
from kiosk.app.no_reader import NoReader, has_own_reader
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.power import PoweredCamera
from kiosk.app.presence import Presence
from kiosk.app.readings import ReadingsOnClock
from kiosk.app.rehearsal import PracticeRoom, Window
from kiosk.app.settings import Settings
from kiosk.app.simulation import simulated_parts
from kiosk.app.voice_desk import VoiceDesk
from kiosk.app.world import Town, VirtualWorld, WorldClock
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import CardPhotoContent, View
from kiosk.flow.closing import visit_id_of
from kiosk.flow.events import Tapped
from kiosk.flow.states import State
from kiosk.journal.history import STARTED, interrupted
from kiosk.ports.card import CardReader
from kiosk.ports.documents import DocumentGuide, DocumentReader
from kiosk.ports.eligibility import DeviceResults
from kiosk.ports.face import Camera, FaceMatcher
from kiosk.ports.journal import Journal
from kiosk.ports.sound import SoundOutput
from kiosk.runtime.clocks import RealClock
from kiosk.runtime.engine import PendingTimer
from kiosk.runtime.executor import Devices
from kiosk.runtime.line import WatchedGateway
from kiosk.ui.scanning import Scanner
from kiosk.ui.upkeep import Upkeep
from kiosk.ui.window import PatientWindow

log = logging.getLogger("kiosk.app")

SIMULATED = ("simulated.all", "simulated.card", "simulated.terminal", "simulated.authentication")
"""What is not real in the virtual deployment; the first stands on every screen."""

STICK_SECONDS = 2.0
"""Between two looks whether a USB stick was pulled out."""

JOIN_SECONDS = 5.0
"""Real time that the end waits for work that is still going on."""

MY_FACE = "simulated.my_face"


class StageClock(LaneClock, WorldClock, Protocol):
    """A clock for lane and world."""


class Stage:
    """`before_view` sees every view before it is drawn, `after_view` after; `staff_ignored` hears of an action of staff
    that means nothing on the present screen. For the counter: `before_start` gets every lane before it runs, `on_state`
    every state that is shown, and `look` is called whenever the lane's thread has a turn."""

    def __init__(
        self,
        settings: Settings,
        folders: DataFolders,
        clock: StageClock,
        catalogue: Catalogue,
        *,
        persona: Persona | None = None,
        matcher: FaceMatcher | None = None,
        front_reader: OcrCardFrontReader | None = None,
        documents: DocumentReader | None = None,
        assets: Path = ASSETS,
        rng: random.Random | None = None,
        own_camera: Camera | None = None,
        hardware: Hardware | None = None,
        town: Town | None = None,
        sound: SoundOutput | None = None,
    ) -> None:
        """`own_camera` looks at real people, and the card's photo is made of whoever sits there."""
        self.own_camera = own_camera
        self.hardware = hardware or Hardware()
        self.reading_table = SimulatedDocumentCamera(clock, settings.virtual.seed) if hardware is None else None
        self.settings = settings
        self.folders = folders
        self.clock = clock
        self.assets = assets
        self.catalogue = catalogue
        folders.create()
        self.journal = open_journal(folders)
        self.world = VirtualWorld(settings, folders, clock, persona, assets=assets, rng=rng, town=town)
        self.matcher = matcher or make_matcher(settings, assets, clock.now().date())
        self.staff_codes = staff_codes(settings)
        self.front_reader = front_reader or OcrCardFrontReader()
        self.disk = DrillDisk()
        self.documents = self._document_table(documents or FileDocumentReader(lambda: clock.now().date()))
        self._endings: list[Callable[[], None]] = []
        if self.hardware.sticks is not None:
            self._endings.append(clock.every(STICK_SECONDS, self.hardware.sticks.notice_gone))
        self.printer = SimulatedPrinter(make_printer(settings, folders, clock))
        self.desk = PrintingDesk(settings, folders, self.printer, assets)
        self._endings.append(clock.every(max(1.0, settings.printer.retry), self.print_waiting))
        self.before_view: Callable[[View], None] = lambda _view: None
        self.after_view: Callable[[View], None] = lambda _view: None
        self.staff_ignored: Callable[[str], None] = lambda _action: None
        self.before_start: Callable[[Lane], None] = lambda _lane: None
        self.on_state: Callable[[View, State], None] = lambda _view, _state: None
        self.look: Callable[[], None] = lambda: None
        self.window = PatientWindow(
            catalogue,
            fonts_folder=assets / "fonts",
            pictures_folder=assets / "pictures",
            on_tap=self.tapped,
            on_typed=lambda field, value: self.on_screen.typed(field, value),
            on_written=lambda field, text: self.on_screen.written(field, text),
            on_signed=lambda picture: self.on_screen.signed(picture),
            reduced_motion=settings.lane.reduced_motion,
            glass=settings.screen.glass,
        )
        self.window.resize(settings.lane.width, settings.lane.height)
        self.voice = VoiceDesk(sound or SilentOutput(), catalogue, assets, settings.sound, clock, self._pressed)
        self.scanner = Scanner(
            self.window,
            settings.access.switches,
            on_group=self.voice.focused,
            on_press=self._busy,
            busy_until=lambda: self.voice.speaks_until,
        )
        self.upkeep = Upkeep(self.window, habits_of(settings.screen))
        self.window.look.on_focus = self.voice.focused
        self.window.look.on_digit = self._digit_typed
        self.bridge = Bridge(self.pump, lambda frame: self.window.show_preview(frame.picture), self.upkeep.seen)
        self._presence = Presence(assets, clock.now().date(), self.bridge, lambda: self.window.personal)
        self.practice = PracticeRoom(settings, clock, assets, self._practice_window())
        self._closed_before: list[ClosedVisit] = []
        self.lane = self._new_lane()

    def start(self) -> None:
        left = self._interrupted()
        self.before_start(self.lane)
        self.lane.start(interrupted=left, version=version("madoguchi"))
        self.back_room.outage.on_lost = self.lane.line_lost
        self.back_room.outage.on_back = self.lane.line_back
        if self.lane.state.lane.outage_declared:
            self.back_room.outage.declare(True)
        self.back_room.start()

    def _interrupted(self) -> tuple[str, ...] | None:
        return interrupted(self.journal.since(STARTED), self.settings.lane.id)

    def pump(self) -> bool:
        now = self.clock.monotonic()
        self.upkeep.tick(now, self.clock.now())
        self.voice.tick(now)
        self.look()
        worked = self.lane.engine.pump()
        worked = self.practice.pump() or worked
        self.scanner.tick(now)
        return worked

    def stop(self) -> None:
        self.bridge.close()
        self.disk.empty()
        for end in self._endings:
            end()
        self.practice.close(JOIN_SECONDS)
        self.lane.stop(lambda: self._interrupted() or ())
        self.lane.workers.join(JOIN_SECONDS)
        self.back_room.close(JOIN_SECONDS)
        self.journal.close()
        self.world.close()
        self.voice.close()
        self.window.close()
        # Its connections hold everything here; no garbage collector sees through them.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def warm_up(self) -> None:
        """Load the face models and the OCR ahead of the first card. A failure shows where it matters, at that card."""
        for part in (self.matcher, self.front_reader):
            try:
                part.load()
            except KioskError as error:
                log.error("%s", error)

    def place_card(self) -> None:
        """Put the person's card down; with a camera of our own, one whose photo is taken now."""
        camera = self.own_camera
        if camera is None:
            self.world.place_card()
            return
        if not isinstance(self.matcher, SFaceMatcher):
            raise NeedsStaff(FailureCode.ENGINE_UNUSABLE, "--my-face")
        engine = self.matcher.engine()
        self.world.place_card_with_taken_photo(lambda: portrait(engine, camera, self.clock))

    def _digit_typed(self) -> None:
        self.voice.typed()
        self._busy()

    def _busy(self) -> None:
        """A slow hand is no absent person."""
        for lane in self._lanes():
            lane.engine.linger()

    def _pressed(self, control: str) -> None:
        """By something that is no finger, on any thread."""
        for lane in self._lanes():
            lane.engine.post(Tapped(self.clock.now(), control))

    def tapped(self, control: str) -> None:
        if not self.practice.tapped(control):
            self.lane.tapped(control)

    def _lanes(self) -> tuple[Lane, ...]:
        rehearsal = self.practice.lane
        return (self.lane,) if rehearsal is None else (self.lane, rehearsal)

    @property
    def on_screen(self) -> Lane:
        """Whose screen the window shows: that of a rehearsal as long as one goes on."""
        return self.practice.lane or self.lane

    @property
    def view(self) -> View:
        """As the window shows it."""
        return self.lane.view if self.practice.lane is None else self._drawn

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be pumped."""
        return all(lane.engine.idle for lane in self._lanes())

    def timers(self) -> Iterator[PendingTimer]:
        for lane in self._lanes():
            if lane.engine.timer is not None:
                yield lane.engine.timer

    def _practice_window(self) -> Window:
        return Window(
            camera=lambda: self.own_camera or self.hardware.camera or self.world.camera,
            draw=self._draw,
            preview=lambda frame: self.bridge.framed.emit(frame),
            wake=lambda: self.bridge.woken.emit(),
            tell=lambda event: self.lane.engine.post(event),
        )

    def _show_card_photo(self, state: State) -> None:
        """Staff are about to compare it with the person."""
        visit_id = visit_id_of(state)
        photo = self.lane.executor.photo_of(visit_id) if visit_id is not None else None
        picture = card_picture(photo, self.assets, self.clock.now().date())
        if picture is not None:
            self.window.show_card_photo(picture)
            picture.fill(0)

    def cause_fault(self, device: str, what: str) -> bool:
        """One entry of the fault menu; False when there is no such thing, or the device is a real one."""
        action = fault_menu(self).get((device, what))
        if action is None or device in self.hardware.real_devices or (device == "camera" and self.own_camera):
            return False
        if device == "reader" and not has_own_reader(self.settings):
            return False
        action()
        return True

    def print_waiting(self) -> None:
        """Sheets that the printer refused, once more."""
        self.desk.print_waiting()

    def cut_power(self) -> None:
        """The kiosk dies without a word and starts again; the world goes on."""
        self.practice.end()
        self._camera.cut()
        self.lane.abandon()
        self._closed_before += self.lane.closed
        self.back_room.close(0.0)
        self.journal.close()
        self.journal = open_journal(self.folders)
        self.lane = self._new_lane()
        self.start()

    @property
    def closed(self) -> list[ClosedVisit]:
        """Finished visits in order, those before a power cut too."""
        return [*self._closed_before, *self.lane.closed]

    def devices(self) -> Devices:
        """The drivers of a new lane."""
        settings, folders = self.settings, self.folders
        played = settings.eligibility.simulated_requests
        people = self.world.patients() if played else ()
        gateway = FolderGateway(
            folders.req,
            folders.res,
            folders.face,
            folders.out,
            clock=self.clock,
            institution_code=settings.facility.institution_code,
            rng=self.world.random,
            lane=settings.lane.id,
            simulated_card_queries=played,
            stage=self.disk.staging(whole_file.stage),
            on_late=lambda count: self.lane.answers_late(count),
        )
        real = self.hardware
        self.back_room = BackRoom(
            settings,
            folders,
            self.clock,
            self.records(),
            gateway,
            self.assets,
            Surroundings(played, people, self.disk.staging(whole_file.stage), self.disk.parcels),
        )
        self._camera = PoweredCamera(self.practice.shared(self.own_camera or real.camera or self.world.camera))
        return Devices(
            reader=self._reader(),
            session=self.world.session if real.reader is None else real.reader.session,
            front_camera=real.front_camera or self.world.front_camera,
            front_reader=self.front_reader,
            camera=self._camera,
            matcher=self.matcher,
            gateway=WatchedGateway(gateway, self.back_room.line),
            staff_codes=self.staff_codes,
            documents=self.documents,
            forms=self.desk,
            readings=self._readings(),
            patients=self.back_room.patients,
            desk=self.back_room.desk,
            outage=self.back_room.outage,
        )

    def _reader(self) -> CardReader:
        if self.hardware.reader is not None:
            return self.hardware.reader.driver
        return self.world.reader if has_own_reader(self.settings) else NoReader()

    def _document_table(self, reader: DocumentReader) -> DocumentTable:
        def guide() -> DocumentGuide:
            from drivers.documents.guide import FrameGuide

            return FrameGuide()

        real = self.hardware
        return DocumentTable(
            reader, self.clock, camera=real.document_camera or self.reading_table, guide=guide, sticks=real.sticks
        )

    def _readings(self) -> DeviceResults:
        watcher = FaceFolderWatcher(
            self.folders.face,
            clock=self.clock,
            institution_code=self.settings.facility.institution_code,
            readers=frozenset(self.settings.device.readers),
        )
        return watcher if isinstance(self.clock, RealClock) else ReadingsOnClock(watcher, self.clock)

    def records(self) -> Journal:
        """The journal as a new lane writes it."""
        return self.disk.journal(self.journal)

    def _new_lane(self) -> Lane:
        played = self.hardware.simulated(SIMULATED if self.own_camera is None else (MY_FACE, *SIMULATED))
        return Lane(
            self.settings,
            self.devices(),
            self.clock,
            self.records(),
            simulated=simulated_parts(played, self.settings),
            deployment=self.hardware.deployment if has_own_reader(self.settings) else "beside_reader",
            rng=self.world.random,
            on_view=self._show,
            on_preview=self._presence.frame,
            wake=lambda: self.bridge.woken.emit(),
            on_staff_ignored=lambda action: self.staff_ignored(action),
        )

    def choose(self, persona: Persona) -> None:
        """Another person comes; a photo that was taken is forgotten, and the screen says so."""
        self.world.choose(persona)
        self.lane.show()

    def _show(self, view: View, state: State) -> None:
        if self.own_camera is not None and not self.world.photo_taken:
            view = replace(view, simulated=Text(SIMULATED[0]))
        if self.practice.follow(state):
            self.on_state(view, state)
        else:
            self._draw(view, state)

    def _draw(self, view: View, state: State | None = None) -> None:
        """`state`: of a real visit."""
        self._drawn = view
        self.before_view(view)
        self.window.show_view(view)
        self.voice.shown(view)
        if state is not None:
            self.on_state(view, state)
            if isinstance(view.content, CardPhotoContent):
                self._show_card_photo(state)
        self.world.read_screen(view)
        self.after_view(view)
