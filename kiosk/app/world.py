"""The virtual deployment: a simulated world around the real program.

The world outlives the program: its folders, the card on the reader and the terminal stay when the kiosk loses power.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.card import VirtualCard, simulated_ca_certificates, simulated_record_issuers
from drivers.simulated.card.photo import face_photo_jp2
from drivers.simulated.front_camera import SimulatedFrontCamera
from drivers.simulated.own_patients import own_patients
from drivers.simulated.persona import Persona, load_persona, persona_names
from drivers.simulated.population import Population
from drivers.simulated.reader import SimulatedReader
from drivers.simulated.terminal import SimulatedTerminal, TerminalState
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.readings import face_name
from kiosk.app.service_reader import ServiceReader, WorldReader
from kiosk.app.settings import Settings
from kiosk.domain.patients import Patient
from kiosk.domain.screen import CameraContent, View
from kiosk.ports.card import CardSession, Transmit
from kiosk.ports.clock import Clock
from kiosk.runtime.workers import WorkCounter

TERMINAL_POLL_SECONDS = 0.1


class WorldClock(Clock, WorkCounter, Protocol):
    def in_background(self) -> None: ...
    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]: ...


@dataclass(frozen=True)
class Town:
    """Made-up people behind the personas: all whom the terminal knows, and who of them was at the facility before."""

    population: Population
    regulars: tuple[Persona, ...] = ()


@dataclass(frozen=True)
class CardInWorld:
    """A persona's card with counters that survive every visit."""

    persona: Persona
    chip: VirtualCard | None
    photo: Path | None


class VirtualWorld:
    """Reader, cameras, terminal and the people, all simulated."""

    def __init__(
        self,
        settings: Settings,
        folders: DataFolders,
        clock: WorldClock,
        persona: Persona | None = None,
        *,
        assets: Path = ASSETS,
        rng: random.Random | None = None,
        town: Town | None = None,
    ) -> None:
        """`rng` chooses the names of requests. Without one no two runs choose alike: their files meet in one folder."""
        self.settings = settings
        self._town = town
        self._clock = clock
        self.folders = folders
        self.personas_folder = assets / "personas"
        self.persona = persona or load_persona(self.personas_folder, settings.virtual.persona)
        self.reader = _reader_of(settings, clock)
        self.camera = SimulatedCamera(clock, self.personas_folder)
        self.front_camera = SimulatedFrontCamera(clock, seed=settings.virtual.seed)
        self.scene = "none"
        self.random = rng or random.Random()
        self._taken: bytes | None = None
        self._cards: dict[str, CardInWorld] = {}
        folders.create()
        self._known = [load_persona(self.personas_folder, name) for name in persona_names(self.personas_folder)]
        self._people = self._register()
        self.terminal = SimulatedTerminal(
            folders.req,
            folders.res,
            folders.face,
            clock=clock,
            register=self._people,
            seed=settings.virtual.seed,
            population=town.population if town else None,
        )
        self._stop_terminal: Callable[[], None] = lambda: None
        if settings.virtual.terminal and settings.eligibility.simulated_requests:
            self._stop_terminal = clock.every(TERMINAL_POLL_SECONDS, self._poll_terminal)

    def session(self, transmit: Transmit) -> CardSession:
        """The kiosk's own card code, trusting the simulator's test authority and no other."""
        from drivers.card.session import IndividualNumberCardSession

        return IndividualNumberCardSession(
            transmit,
            trusted=simulated_ca_certificates(),
            record_issuers=simulated_record_issuers(),
            longest_answer=self.reader.longest_answer,
        )

    # --- what people do ---------------------------------------------------------------------------

    def choose(self, persona: Persona) -> None:
        """Another person comes to the counter; the terminal knows them as their record says."""
        self.persona = persona
        self.forget_taken_photo()
        self.terminal.set_register(self._register())
        self.show(self.scene)

    def admit(self, persona: Persona) -> None:
        """Another person of the town comes. Cards of those who left are not kept."""
        self.persona = persona
        self._taken = None
        self._cards.clear()
        self.show("none")

    def place_card(self) -> None:
        card = self._card()
        self.front_camera.card = (card.persona.card, card.photo)
        self.reader.place(card.chip)

    def place_card_with_taken_photo(self, take: Callable[[], bytes]) -> None:
        """Like `place_card`, with a photo that `take` makes the first time; choosing a person forgets it."""
        if self._taken is None:
            self._taken = take()
        self.place_card()

    @property
    def photo_taken(self) -> bool:
        """The card's photo is that of whoever sat there."""
        return self._taken is not None

    def forget_taken_photo(self) -> None:
        self._taken = None
        self._cards.pop(self.persona.name, None)

    def remove_card(self) -> None:
        self.front_camera.card = None
        self.reader.remove()

    def show(self, scene: str) -> None:
        """Who stands before the camera (design 4.2, `camera:`)."""
        self.scene = scene
        face = None if scene == "none" else self.persona.face
        if scene == "alike":
            face, scene = self.persona.alike_face, "self"
        if scene == "other" or (scene != "none" and face is None):
            self.camera.show(self.persona.other_face, "self")
        elif scene == "two":
            self.camera.show(face, scene, self.persona.other_face)
        else:
            self.camera.show(face, scene)

    def read_screen(self, view: View) -> None:
        """Whoever stands before the camera does what the screen says: turns the head, or the photo that they hold."""
        turn = view.content.turn if isinstance(view.content, CameraContent) else None
        self.camera.ask(turn or "straight")

    def receive_reading(self, source: Path) -> Path:
        """A certified reader's result file arrives in `face`, exactly as it is; returns where it lies."""
        name = face_name(
            source,
            self.settings.facility.institution_code,
            self.random.getrandbits(80),
            f"{self._clock.now():%Y%m%d%H%M%S}",
        )
        target = self.folders.face / name
        temporary = target.with_name(f".{name}.tmp")
        temporary.write_bytes(source.read_bytes())
        temporary.replace(target)
        return target

    def read_at_device(self, items: Sequence[str]) -> None:
        """The person puts the card on the certified reader and consents to these items there."""
        self.terminal.read_at_device(self.persona, items, self.settings.facility.institution_code)

    def set_terminal(self, state: TerminalState) -> None:
        self.terminal.state = state

    def close(self) -> None:
        self._stop_terminal()
        self.reader.remove()

    def patients(self) -> tuple[Patient, ...]:
        """The facility's own patients, as its list says: everybody who was here before."""
        return own_patients([*self._people, *(self._town.regulars if self._town else ())])

    def _poll_terminal(self) -> None:
        self.terminal.poll()

    def _register(self) -> list[Persona]:
        return [p for p in self._known if p.name != self.persona.name] + [self.persona]

    def _card(self) -> CardInWorld:
        name = self.persona.name
        if name not in self._cards or self._cards[name].persona != self.persona:
            fields = self.persona.card
            picture = self.personas_folder / self.persona.face / "card.jpg" if self.persona.face else None
            photo = picture if fields.photo and self._taken is None else None
            chip = None
            if fields.kind != "none":
                chip = VirtualCard(
                    self.persona,
                    photo_jp2=face_photo_jp2(photo) if photo else self._taken,
                    terminal_authenticated=self.settings.virtual.terminal_authenticated,
                    random_bytes=random.Random(self.settings.virtual.seed).randbytes,
                )
            self._cards[name] = CardInWorld(self.persona, chip, photo)
        return self._cards[name]


def _reader_of(settings: Settings, clock: WorldClock) -> WorldReader:
    virtual = settings.virtual
    if virtual.reader == "vpcd":
        return ServiceReader(clock, host=virtual.vpcd_host, port=virtual.vpcd_port)
    return SimulatedReader(sleep=clock.sleep)
