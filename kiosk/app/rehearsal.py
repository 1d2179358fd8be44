"""Practice: a lane of its own with a made-up card and terminal, whose screens take the window for a while.

It leaks nothing because there is nothing to leak through: its devices are those of `drivers.simulated.practice`, which
know no folder, its journal drops every entry, and no hand-over, patient list, printer, staff code or counter is given
to it. The real lane stands beside it in the state `Rehearsing` and hears of two things only: that the screen was
touched, and that the visit came to its end.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from drivers.simulated.persona import load_persona
from drivers.simulated.practice import (
    PracticeCard,
    PracticeFront,
    PracticeMatcher,
    PracticePerson,
    PracticeReader,
    PracticeTerminal,
)
from kiosk.app.camera_turn import CameraTurn
from kiosk.app.lane import Lane, LaneClock
from kiosk.app.settings import DeviceSettings, LaneSettings, Settings
from kiosk.domain.screen import View
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.practice import rehearsed
from kiosk.flow.states_practice import Rehearsing
from kiosk.ports.face import Camera, Frame
from kiosk.ports.journal import ChainReport, JournalEntry
from kiosk.runtime.executor import Devices

TAKE_CARD = "practice.take_card"
REAL = ("practice.end", "staff")
"""What is pressed in a rehearsal and meant for the real lane."""

BOTH = ("language.", "voice", "size", "contrast", "low")
"""How the screen looks and sounds is the person's choice: it outlives the rehearsal."""


_CHOSEN = (
    *("language", "voice_on", "voice_volume", "voice_repeats", "screen_reader"),
    *("text_size", "palette", "low"),
)


class NoJournal:
    """Implements `Journal`: a rehearsal is nobody's visit."""

    def append(self, _entry: JournalEntry, _at: datetime) -> int:
        return 0

    def append_all(self, _entries: Sequence[JournalEntry], _at: datetime) -> None:
        """Keeps nothing."""

    def verify(self) -> ChainReport:
        return ChainReport(ok=True, entries=0, first_bad=None, reason=None)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Window:
    """What a rehearsal may use of the kiosk around it. `camera`: for people to see themselves in; `tell`: an event for
    the real lane; `wake`: from any thread, when there is something to pump."""

    camera: Callable[[], Camera]
    draw: Callable[[View], None]
    preview: Callable[[Frame], None]
    wake: Callable[[], None]
    tell: Callable[[ev.Event], None]


class PracticeRoom:
    """Holds a rehearsal exactly as long as the real lane is in `Rehearsing`. Belongs to the window's thread."""

    def __init__(self, settings: Settings, clock: LaneClock, assets: Path, window: Window) -> None:
        self._settings, self._clock, self._window = _settings_of(settings), clock, window
        self._folder = assets / "practice"
        self._turn = threading.Lock()
        self._reader = PracticeReader()
        self._camera: CameraTurn | None = None
        self._began = False
        self.lane: Lane | None = None
        self._left: Lane | None = None  # the last one: its workers may still be at their last step

    def shared(self, camera: Camera) -> Camera:
        """The camera as a real lane uses it."""
        return CameraTurn(camera, self._turn, self._clock)

    def follow(self, state: st.State) -> bool:
        """After every step of the real lane. True: the screen is the rehearsal's."""
        if not isinstance(state, Rehearsing):
            self.end()
        elif self.lane is None:
            self._begin(state.lane)
        return self.lane is not None

    def tapped(self, control: str) -> bool:
        """False: not for the rehearsal, or not for it alone."""
        lane = self.lane
        if lane is None or control in REAL:
            return False
        self._window.tell(ev.Rehearsed(self._clock.now()))
        if control == TAKE_CARD:
            self._reader.remove()
        else:
            lane.tapped(control)
        return not control.startswith(BOTH)

    def pump(self) -> bool:
        return self.lane is not None and self.lane.engine.pump()

    def end(self) -> None:
        """At once, whatever is going on."""
        lane, self.lane = self.lane, None
        if lane is None:
            return
        if self._camera is not None:
            self._camera.cut()
        lane.abandon()
        self._left = lane

    def close(self, seconds: float) -> None:
        """Waits so long, in real time, for work under way."""
        self.end()
        if self._left is not None:
            self._left.workers.join(seconds)

    def _begin(self, like: st.Lane) -> None:
        clock, window = self._clock, self._window
        person = PracticePerson(load_persona(self._folder, "person"), clock.now().date())
        card, front = PracticeCard(person, clock), PracticeFront(clock)
        self._reader = PracticeReader()
        self._camera = CameraTurn(window.camera(), self._turn, clock)
        self._began = False
        devices = Devices(
            reader=self._reader,
            session=lambda _transmit: card,
            front_camera=front,
            front_reader=front,
            camera=self._camera,
            matcher=PracticeMatcher(),
            gateway=PracticeTerminal(person, clock),
        )
        self.lane = Lane(
            self._settings,
            devices,
            clock,
            NoJournal(),
            simulated=(),
            deployment="practice",
            rng=random.Random(0),
            on_view=self._show,
            on_preview=window.preview,
            wake=window.wake,
        )
        self.lane.engine.state = st.Idle(_as_chosen(self.lane.state.lane, like))
        self.lane.start(interrupted=None, version="")
        self._reader.place()

    def _show(self, view: View, state: st.State) -> None:
        if not isinstance(state, st.Idle | st.Finished):
            self._began = True
            self._window.draw(rehearsed(view))
        elif self._began:
            self._began = False
            self._window.tell(ev.Rehearsed(self._clock.now(), over=True))


def _settings_of(settings: Settings) -> Settings:
    """As at the facility, without what is not there in a rehearsal. Nobody is warned of a card left behind."""
    flow = settings.flow
    return replace(
        settings,
        lane=LaneSettings(id="practice"),
        device=DeviceSettings(),
        documents=replace(settings.documents, camera="", usb=()),
        flow=replace(flow, practice=False, card_left_after=flow.patience + flow.extension + 1),
    )


def _as_chosen(lane: st.Lane, like: st.Lane) -> st.Lane:
    """Language, voice, size and colours as the person has them."""
    return replace(
        lane, settings=replace(lane.settings, staff_code_pad=False), **{name: getattr(like, name) for name in _CHOSEN}
    )
