"""A kiosk in a process of its own, without the simulated world: what it knows of card and person, it was told.

Standard input and output carry a small protocol to the test, which plays card, camera and terminal.
Arguments: the kiosk's data folder.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import signal
import struct
import sys
import threading
from pathlib import Path

import numpy as np

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from datetime import date

from drivers.card.session import IndividualNumberCardSession
from drivers.gateway.folders import FolderGateway
from drivers.simulated.card import simulated_ca_certificates, simulated_record_issuers
from kiosk.app.bridge import Bridge
from kiosk.app.catalogue import load_catalogue
from kiosk.app.guards import forbid_core_dumps
from kiosk.app.identity import make_matcher
from kiosk.app.journal import open_journal
from kiosk.app.lane import Lane
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.qt import application
from kiosk.app.settings import Settings
from kiosk.domain.screen import CameraContent, View
from kiosk.domain.secret import Secret
from kiosk.flow.states import Idle, State
from kiosk.ports.card import CardInserted, CardTaken
from kiosk.ports.face import Frame
from kiosk.runtime.clocks import RealClock
from kiosk.runtime.executor import Devices
from kiosk.ui.window import PatientWindow

logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)


class Wire:
    """One question at a time: a letter, a length, and bytes; the answer is a length and bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in, self._out = os.fdopen(0, "rb", buffering=0), os.fdopen(1, "wb", buffering=0)

    def ask(self, letter: bytes, content: bytes = b"") -> bytearray:
        with self._lock:
            self._out.write(letter + struct.pack("<I", len(content)) + content)
            (length,) = struct.unpack("<I", self._fill(bytearray(4)))
            return self._fill(bytearray(length))

    def frame(self) -> np.ndarray:
        """Read straight into the picture, as a camera's driver does."""
        picture = np.empty((480, 640, 3), np.uint8)
        with self._lock:
            self._out.write(b"F" + struct.pack("<I", 0))
            self._fill(bytearray(4))
            self._fill(memoryview(picture.reshape(-1)))
        return picture

    def _fill(self, buffer):  # type: ignore[no-untyped-def]
        view = memoryview(buffer)
        while len(view):
            got = self._in.readinto(view)
            if not got:
                os._exit(1)  # the test is gone: a worker's error alone would leave the kiosk asking for ever
            view = view[got:]
        return buffer


WIRE = Wire()
CLOCK = RealClock()


class Connection:
    def transmit(self, command: bytes) -> bytes:
        return bytes(WIRE.ask(b"A", command))

    def close(self) -> None: ...


class Reader:
    listener = staticmethod(lambda _event: None)

    def start(self, listener) -> None:  # type: ignore[no-untyped-def]
        self.listener = listener

    def connect(self, _insertion: int) -> Connection:
        return Connection()

    def stop(self) -> None: ...


class Camera:
    """Fifteen frames a second of its own time, as soon as they are asked for."""

    frames = 0

    def open(self) -> None: ...
    def close(self) -> None: ...

    def next_frame(self) -> Frame:
        self.frames += 1
        return Frame(WIRE.frame(), self.frames / 15)


class CardFront:
    def load(self) -> None: ...

    def read(self, _picture: object) -> Secret:
        return Secret(WIRE.ask(b"N"))


def main() -> None:
    forbid_core_dumps()
    app = application()
    settings = Settings()
    folders = DataFolders(Path(sys.argv[1]))
    folders.create()
    catalogue = load_catalogue(ASSETS / "messages")
    journal = open_journal(folders)
    matcher = make_matcher(settings, ASSETS, date(2026, 11, 24), random.Random(1))
    matcher.load()
    rng = random.Random(2)
    gateway = FolderGateway(
        *(folders.req, folders.res, folders.face, folders.out),
        clock=CLOCK,
        institution_code=settings.facility.institution_code,
        rng=rng,
        simulated_card_queries=True,
    )
    reader = Reader()
    devices = Devices(
        reader,
        lambda transmit: IndividualNumberCardSession(
            transmit, trusted=simulated_ca_certificates(), record_issuers=simulated_record_issuers()
        ),
        Camera(),
        CardFront(),
        Camera(),
        matcher,
        gateway,
    )
    window = PatientWindow(
        catalogue,
        fonts_folder=ASSETS / "fonts",
        pictures_folder=ASSETS / "pictures",
        on_tap=lambda control: lane.tapped(control),
        on_typed=lambda field, value: lane.typed(field, value),
        reduced_motion=True,
    )
    bridge = Bridge(lambda: lane.engine.pump(), lambda frame: window.show_preview(frame.picture), lambda: None)
    over = False

    def show(view: View, state: State) -> None:
        nonlocal over
        window.show_view(view)
        turn = view.content.turn if isinstance(view.content, CameraContent) else None
        WIRE.ask(b"S", f"{view.screen} {turn or ''}".encode())
        over = over or (isinstance(state, Idle) and bool(lane.closed))

    lane = Lane(
        settings,
        devices,
        CLOCK,
        journal,
        simulated=(),
        rng=rng,
        on_view=show,
        on_preview=lambda frame: bridge.framed.emit(frame),
        wake=lambda: bridge.woken.emit(),
    )
    window.show()
    lane.start(interrupted=None, version="test")
    reader.listener(CardInserted(1))
    pressed = False
    while not over:
        app.processEvents()
        lane.engine.pump()
        screen = lane.view.screen
        if screen == "consent" and not pressed and not lane.gave_way_just_now:
            pressed = window.press("consent.none")
        elif screen == "result":
            reader.listener(CardTaken(1))
        if screen == "identify":
            raise SystemExit("the face was not confirmed")
    for _ in range(20):
        app.processEvents()
    gc.collect()
    WIRE.ask(b"O", lane.closed[-1].outcome.identity.value.encode())
    lane.stop()
    journal.close()


if __name__ == "__main__":
    main()
