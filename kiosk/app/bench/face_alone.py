"""One face engine in a process of its own, kept to so many cores: time of a frame, memory by part, pictures a second.

Run as `python -m kiosk.app.bench.face_alone SIDE CORES FRAMES`; it prints one JSON object. It is a process because
memory can be told apart only where nothing else was loaded, and cores only before the libraries count them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.app.bench.face import Ours
    from kiosk.ports.face import Picture

SIDES = ("ours", "alternative", "preview")
SECONDS_MOST = 300.0

_MIB = 1 << 20


def alone(side: str, cores: int, frames: int) -> dict[str, float]:
    """What the process found; empty where it could not run, as without the alternative's package."""
    command = [sys.executable, "-m", "kiosk.app.bench.face_alone", side, str(cores), str(frames)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MOST, env=environment, check=False)
    if done.returncode != 0:
        return {}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def cores_here() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> float:
    """MiB of this process in memory now. 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def main() -> None:
    side, cores, frames = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    from drivers.face.detector import MODEL, YuNetDetector
    from drivers.face.models import read_model
    from drivers.face.rules import load_face_rules
    from drivers.simulated.camera import SimulatedCamera
    from drivers.simulated.card.photo import face_photo_jp2
    from kiosk.app.bench import face
    from kiosk.app.paths import ASSETS
    from kiosk.runtime.clocks import JAPAN

    rules = load_face_rules(ASSETS / "rules" / "face.toml", datetime.now(JAPAN).date())
    jp2 = face_photo_jp2(ASSETS / "personas" / face.FACE / "card.jpg")
    camera = SimulatedCamera(face.FrameClock(), ASSETS / "personas")
    camera.show(face.FACE, "self")
    camera.open()
    film = [camera.next_frame().picture for _ in range(frames + 1)]
    before = _memory()
    if side == "preview":
        answer = _preview(face.Ours(ASSETS / "models", rules, jp2), film)
    else:
        if side == "ours":
            YuNetDetector(read_model(ASSETS / "models", MODEL), rules.score_to_track).detect(film[0])
        detector = _memory()
        engine = face.Ours(ASSETS / "models", rules, jp2) if side == "ours" else face.Alternative(rules, jp2)
        engine(film[0])
        loaded = _memory()
        times = [one["total"] * 1000 for picture in film[1:] if (one := engine(picture)) is not None]
        answer = {"total": median(times), "detect": detector - before, "rest": loaded - detector, "process": loaded}
    print(json.dumps(answer))


def _preview(ours: Ours, film: list[Picture]) -> dict[str, float]:
    """Looked at, compared and painted, one frame after the other."""
    from kiosk.app.catalogue import load_catalogue
    from kiosk.app.paths import ASSETS
    from kiosk.app.qt import application
    from kiosk.ui.samples import SAMPLES
    from kiosk.ui.window import PatientWindow

    app = application()
    window = PatientWindow(
        load_catalogue(ASSETS / "messages"),
        fonts_folder=ASSETS / "fonts",
        pictures_folder=ASSETS / "pictures",
        on_tap=lambda _control: None,
        on_typed=lambda _field, value: value.wipe(),
        reduced_motion=True,
    )
    window.resize(1080, 1920)
    window.show()
    window.show_view(SAMPLES["face"])

    def once(picture: Picture) -> None:
        ours(picture)
        window.show_preview(picture)
        app.processEvents()

    once(film[0])
    began = time.perf_counter()
    for picture in film[1:]:
        once(picture)
    return {"pictures": (len(film) - 1) / (time.perf_counter() - began)}


if __name__ == "__main__":
    main()
