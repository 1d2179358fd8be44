"""Nothing of a face remains: the memory of a kiosk during a visit and after it, its files and its log."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from drivers.face.jpeg2000 import decode_photo
from drivers.face.rules import load_face_rules
from drivers.face.sface import SFaceMatcher
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.card import VirtualCard
from drivers.simulated.card.photo import face_photo_jp2
from drivers.simulated.persona import load_persona, persona_names
from drivers.simulated.terminal import SimulatedTerminal
from kiosk.app.guards import OVERWRITE_FREED_MEMORY
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.domain.secret import Secret
from kiosk.domain.verification_number import verification_number_b
from kiosk.ports.face import Picture
from kiosk.runtime.clocks import RealClock
from tests.kiosk.app.memory.search import core_limit, found_in_memory, mapped_files, open_files
from tests.kiosk.app.search import SecretSearch

ROOT = Path(__file__).parents[4]
PERSONAS = ASSETS / "personas"
FACE = "hanako"
NEEDLE = 48  # bytes in a row that are no accident
KINDS = (
    *("photo as on the card", "photo decoded", "embedding", "embedding of a frame"),
    *("camera frame", "frame on the screen"),
)
DURING = ("photo as on the card", "embedding", "frame on the screen")
SECONDS = 60.0
"""After which a test gives up."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@dataclass
class Seen:
    """What was found, and when."""

    during: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    core: str = ""
    identity: str = ""
    log: bytes = b""


class FilmClock(RealClock):
    """Passes while the camera waits for its next frame, and not otherwise."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += max(seconds, 0.0)


class World:
    """Card, camera and terminal of one visit, answered over the kiosk's standard input and output."""

    def __init__(self, data: Path) -> None:
        self.persona = load_persona(PERSONAS, FACE)
        self.jp2 = face_photo_jp2(PERSONAS / FACE / "card.jpg")
        self.chip = VirtualCard(self.persona, photo_jp2=self.jp2, terminal_authenticated=True)
        self.chip.power_on()
        self.camera = SimulatedCamera(FilmClock(), PERSONAS)
        self.camera.show(FACE, "self")
        self.camera.open()
        folders = DataFolders(data)
        people = [load_persona(PERSONAS, name) for name in persona_names(PERSONAS)]
        self.terminal = SimulatedTerminal(
            folders.req, folders.res, folders.face, clock=RealClock(), register=people, seed=1
        )
        rules = load_face_rules(ASSETS / "rules" / "face.toml", date(2026, 11, 24))
        photo = decode_photo(Secret(self.jp2), rules.photo)
        matcher = SFaceMatcher(ASSETS / "models", rules)
        embedding = matcher.reference(Secret(self.jp2)).embedding
        self.needles = {
            "photo as on the card": pieces(self.jp2, 8),
            "photo decoded": [bytes(np.ascontiguousarray(photo[row, 60:180]))[:NEEDLE] for row in range(90, 220, 16)],
            "embedding": pieces(embedding.tobytes(), 4),
            "embedding of a frame": [],
            "camera frame": [],
            "frame on the screen": [],
        }
        grey = np.ascontiguousarray(photo[:, :, 0])
        self.needles["photo decoded"] += [bytes(grey[row, 80:160])[:NEEDLE] for row in range(98, 220, 16)]
        self.frames = 0
        self.turning = False
        self.film: deque[Picture] = deque(maxlen=30)
        self.engine = matcher.engine()

    def number_b(self) -> bytes:
        card = self.persona.card
        return bytes(verification_number_b(card.birth_date, card.card_expires.year, card.security_code).reveal())

    def note_embeddings(self) -> None:
        """Of the last frames, as the network gives them and at length 1. Takes too long to be done during the visit."""
        for picture in self.film:
            look = self.engine.look(picture)
            if look.face is not None and look.aligned is not None:
                embedding = self.engine.embed(picture, look.face, look.aligned)
                for one in (embedding, self.engine.combine([embedding])):
                    self.needles["embedding of a frame"] += pieces(one.tobytes(), 1)

    def frame(self) -> bytes:
        picture = self.camera.next_frame().picture
        self.film.append(picture)
        self.frames += 1
        if self.frames % 5 == 3:
            for row in (180, 240):
                pixels = np.ascontiguousarray(picture[row, 250:310])
                drawn = np.concatenate([pixels, np.full((60, 1), 255, np.uint8)], axis=1)
                self.needles["camera frame"].append(pixels.tobytes()[:NEEDLE])
                self.needles["frame on the screen"].append(np.ascontiguousarray(drawn).tobytes()[:NEEDLE])
        return picture.tobytes()


def pieces(content: bytes, count: int) -> list[bytes]:
    step = (len(content) - NEEDLE) // count
    return [content[at : at + NEEDLE] for at in range(step // 2, len(content) - NEEDLE, step)][:count]


def visit(tmp_path: Path, environment: dict[str, str]) -> Seen:
    data, temporary = tmp_path / "data", tmp_path / "temporary"
    temporary.mkdir()
    DataFolders(data).create()
    world, seen = World(data), Seen()
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.app.memory.kiosk_alone", str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary), **environment},
        )
        try:
            with polled(world):
                answer(process, world, seen)
            process.wait(SECONDS)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
    seen.log = log.read_bytes()
    return seen


@contextmanager
def polled(world: World) -> Iterator[None]:
    stop = threading.Event()

    def poll() -> None:
        while not stop.wait(0.05):
            world.terminal.poll()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def found_when_painted(pid: int, world: World) -> dict[str, int]:
    """What is there once the window has painted the last frame."""
    end = time.monotonic() + SECONDS
    while True:
        time.sleep(0.2)
        found = found_in_memory(pid, world.needles)
        if all(found[kind] for kind in DURING) or time.monotonic() > end:
            return found


def answer(process: subprocess.Popen[bytes], world: World, seen: Seen) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    while head := process.stdout.read(5):
        letter, length = head[:1], struct.unpack("<I", head[1:])[0]
        content = process.stdout.read(length)
        reply = b""
        if letter == b"A":
            reply = bytes(world.chip.transmit(content))
        elif letter == b"N":
            reply = world.number_b()
        elif letter == b"F":
            # The challenge runs, and the last frame was noted: all there is to find is there.
            if world.turning and world.frames % 5 == 3 and not seen.during:
                seen.during = found_when_painted(process.pid, world)
                seen.core = core_limit(process.pid)
            reply = world.frame()
        elif letter == b"S":
            turn = content.decode().partition(" ")[2]
            world.camera.ask(turn or "straight")
            world.turning = turn in ("left", "right")
        elif letter == b"O":
            seen.identity = content.decode()
            world.note_embeddings()
            seen.after = found_in_memory(process.pid, world.needles)
            seen.files = mapped_files(process.pid) | open_files(process.pid)
        process.stdin.write(struct.pack("<I", len(reply)) + reply)
        process.stdin.flush()


def test_the_search_finds_everything_during_the_visit_and_nothing_after_it(tmp_path: Path) -> None:
    seen = visit(tmp_path, OVERWRITE_FREED_MEMORY)
    assert seen.identity == "face", seen.log.decode("utf-8", "replace")[-2000:]
    assert all(seen.during[kind] > 0 for kind in DURING), seen.during
    assert seen.after == dict.fromkeys(KINDS, 0)
    assert seen.core == "0"
    search = SecretSearch()
    jp2 = face_photo_jp2(PERSONAS / FACE / "card.jpg")
    search.add_content("photo", jp2)
    left = [path for folder in ("data", "temporary") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert left, "a journal at least"
    for path in left:
        assert not search.found_in(path.read_bytes()), path.name
    assert not search.found_in(seen.log)
    mapped = {name for name in seen.files if name.startswith(str(tmp_path))}
    assert not [name for name in mapped if "journal" not in name and not name.endswith(("log", "kiosk.lock"))]


def test_kiosk_run_starts_once_more_in_that_environment() -> None:
    """Seen from outside: a second look at its own variables, without a display."""
    code = (
        "import os, sys; from kiosk.app import guards; real = os.execv;"
        "sys.modules['kiosk.app.guards'].os.execv = lambda _p, a: real(sys.executable, [sys.executable, '-c', "
        '\'import os; print(os.environ["PYTHONMALLOC"], os.environ["GLIBC_TUNABLES"])\']);'
        "sys.argv = ['kiosk', 'run']; from kiosk.app.cli import main; main()"
    )
    clean = {name: value for name, value in os.environ.items() if name not in OVERWRITE_FREED_MEMORY}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=clean, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [OVERWRITE_FREED_MEMORY["PYTHONMALLOC"], OVERWRITE_FREED_MEMORY["GLIBC_TUNABLES"]]
