"""Sound files through the programs of PipeWire, PulseAudio or ALSA, whichever is there.

Qt's own multimedia module is not among the Qt packages of this program; what these programs play goes to wherever the
machine's owner has sent its sound.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger("drivers.sound")

PATIENCE_SECONDS = 60.0
"""No sentence is longer. A program that hangs on a dead device is ended."""

ANSWER_SECONDS = 2.0

END_SECONDS = 0.2
"""A program that was killed is gone long before."""

JACK_SECONDS = 1.0
"""Between two looks at the headphones."""

FULL_VOLUME = 100
_PULSE_FULL = 65_536
_SILENT_DB = -60.0

Pipeline = list[list[str]]


class SilentOutput:
    """Where sound is switched off."""

    def play(self, files: Sequence[Path], volume: int) -> None:
        pass

    def stop(self) -> None:
        pass

    def headphones(self) -> bool:
        return False

    def audible(self) -> bool:
        return False

    def close(self) -> None:
        pass


class ProgramOutput:
    """Implements `kiosk.ports.sound.SoundOutput`. `device` is an ALSA device, empty for the machine's own choice;
    `jack` an ALSA control such as `Headphone Jack`, empty where the machine does not tell. `environment` adds to that
    of the programs."""

    def __init__(self, device: str = "", jack: str = "", environment: Mapping[str, str] | None = None) -> None:
        self._device, self._jack = device, jack
        self._environment = {**os.environ, **(environment or {})}
        self._waiting = threading.Condition()
        self._job: tuple[tuple[Path, ...], int] | None = None
        self._running: list[subprocess.Popen[bytes]] = []
        self._turn = 0
        self._ended = False
        self._told = False
        self._plugged = False
        self._threads = [threading.Thread(target=self._run, name="sound", daemon=True)]
        if jack:
            self._threads.append(threading.Thread(target=self._watch_jack, name="jack", daemon=True))
        for thread in self._threads:
            thread.start()

    @property
    def way(self) -> str | None:
        """See `way_of`. Looked at anew each time: a service may come later than the kiosk, and a loudspeaker may be
        plugged in."""
        return way_of(self._device, self._environment)

    def play(self, files: Sequence[Path], volume: int) -> None:
        with self._waiting:
            self._turn += 1
            self._job = (tuple(files), max(0, min(FULL_VOLUME, volume)))
            self._end_running()
            self._waiting.notify_all()

    def stop(self) -> None:
        with self._waiting:
            self._turn += 1
            self._job = None
            self._end_running()

    def headphones(self) -> bool:
        return self._plugged

    def audible(self) -> bool:
        return self.way is not None

    def _watch_jack(self) -> None:
        while True:
            self._plugged = self._jack_says()
            with self._waiting:
                if self._waiting.wait_for(lambda: self._ended, JACK_SECONDS):
                    return

    def _jack_says(self) -> bool:
        try:
            told = subprocess.run(
                ["amixer", "cget", f"iface=CARD,name={self._jack}"],
                capture_output=True,
                timeout=ANSWER_SECONDS,
                env=self._environment,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return b"values=on" in told.stdout

    def close(self) -> None:
        with self._waiting:
            self._ended = True
            self._job = None
            self._end_running()
            self._waiting.notify_all()
        for thread in self._threads:
            thread.join(ANSWER_SECONDS)

    def quiet(self) -> bool:
        """Whether nothing sounds and nothing waits."""
        with self._waiting:
            return self._job is None and not self._running

    # --- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._waiting:
                while self._job is None and not self._ended:
                    self._waiting.wait()
                if self._ended or self._job is None:
                    return
                (files, volume), turn = self._job, self._turn
            for file in files:
                if not self._sound(file, volume, turn):
                    break
            with self._waiting:
                if self._turn == turn:
                    self._job = None

    def _sound(self, file: Path, volume: int, turn: int) -> bool:
        """False when something else is to sound, or nothing can."""
        way = self.way
        if way is None or volume == 0:
            return False
        try:
            last = self._started(self._pipeline(way, file, volume), turn)
        except OSError as error:
            self._tell(f"{way}: {error.strerror}")
            return False
        if last is None:
            return False
        try:
            last.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._tell(f"{way}: no end")
        with self._waiting:
            if self._turn != turn:
                return False
            if last.returncode:
                self._tell(f"{way}: {last.returncode}")
            self._end_running()
        return last.returncode == 0

    def _started(self, pipeline: Pipeline, turn: int) -> subprocess.Popen[bytes] | None:
        with self._waiting:
            if self._turn != turn:
                return None
            source: int = subprocess.DEVNULL
            for place, command in enumerate(pipeline):
                is_last = place == len(pipeline) - 1
                process = subprocess.Popen(
                    command,
                    stdin=source,
                    stdout=subprocess.DEVNULL if is_last else subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=self._environment,
                )
                if source != subprocess.DEVNULL:
                    os.close(source)
                source = subprocess.DEVNULL
                if process.stdout is not None:
                    source = os.dup(process.stdout.fileno())
                    process.stdout.close()
                self._running.append(process)
            return self._running[-1]

    def _pipeline(self, way: str, file: Path, volume: int) -> Pipeline:
        share = volume / FULL_VOLUME
        if way == "pipewire":
            return [["pw-play", f"--volume={share:.2f}", str(file)]]
        if way == "pulse":
            return [["paplay", f"--volume={round(share * _PULSE_FULL)}", str(file)]]
        gain = max(_SILENT_DB, 20 * math.log10(share))
        device = ["-D", self._device] if self._device else []
        return [
            ["opusdec", "--quiet", "--force-wav", "--gain", f"{gain:.1f}", str(file), "-"],
            ["aplay", "-q", *device, "-"],
        ]

    def _end_running(self) -> None:
        """Called by whoever shows the next screen: what a dead device holds in a call that cannot be broken off is left
        behind, and ends with that call."""
        for process in self._running:
            with contextlib.suppress(OSError):
                process.kill()
        for process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_SECONDS)
        self._running.clear()

    def _tell(self, what: str) -> None:
        """Once: a missing loudspeaker is no event of a visit."""
        if not self._told:
            log.warning("sound: %s", what)
        self._told = True


def way_of(device: str = "", environment: Mapping[str, str] = os.environ) -> str | None:
    """`pipewire`, `pulse` or `alsa`; None where nothing can sound. `device` as for `ProgramOutput`."""

    def has(program: str) -> bool:
        return shutil.which(program, path=environment.get("PATH")) is not None

    if not device:
        runtime = Path(environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
        if has("pw-play") and (runtime / "pipewire-0").exists():
            return "pipewire"
        if has("paplay") and ((runtime / "pulse" / "native").exists() or environment.get("PULSE_SERVER")):
            return "pulse"
    if has("aplay") and has("opusdec") and (device or _has_alsa_device()):
        return "alsa"
    return None


def _has_alsa_device() -> bool:
    try:
        return bool(Path("/proc/asound/pcm").read_text(encoding="ascii").strip())
    except OSError:
        return False
