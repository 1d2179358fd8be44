"""Sounds through the real programs of ALSA, into a file in place of a loudspeaker."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from drivers.sound import ProgramOutput, SilentOutput
from tests.conftest import LogWatch

SOUNDS = Path(__file__).parents[3] / "assets" / "sounds"
OK, ALARM = (SOUNDS / "earcons" / f"{name}.opus" for name in ("ok", "alarm"))
PATIENCE_SECONDS = 60


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """Where everything lands that the output named `loudspeaker` sounds: 16-bit samples."""
    return tmp_path / "heard.raw"


@pytest.fixture
def output(tmp_path: Path, heard: Path) -> Iterator[ProgramOutput]:
    settings = tmp_path / "asound.conf"
    settings.write_text(
        f"""</usr/share/alsa/alsa.conf>
pcm.loudspeaker {{ type file; slave.pcm "null"; file "{heard}"; format raw; perm 0600 }}
""",
        encoding="utf-8",
    )
    made = ProgramOutput(device="loudspeaker", environment={"ALSA_CONFIG_PATH": str(settings)})
    yield made
    made.close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def loudest(heard: Path) -> int:
    content = heard.read_bytes()
    return max(abs(int.from_bytes(content[at : at + 2], "little", signed=True)) for at in range(0, len(content), 64))


@pytest.mark.sound
def test_a_sound_is_heard_to_its_end(output: ProgramOutput, heard: Path) -> None:
    output.play([OK, OK], 100)
    until(output.quiet)
    assert loudest(heard) > 8_000
    # Each begins the file of the loudspeaker anew: 0.42 s of 48 kHz in 16 bits, and not less.
    assert heard.stat().st_size >= 0.42 * 48_000 * 2


@pytest.mark.sound
def test_volume_is_heard(output: ProgramOutput, heard: Path) -> None:
    output.play([OK], 100)
    until(output.quiet)
    loud = loudest(heard)
    output.play([OK], 40)
    until(output.quiet)
    assert 0.3 < loudest(heard) / loud < 0.5
    heard.unlink()
    output.play([OK], 0)
    until(output.quiet)
    assert not heard.exists()


@pytest.mark.sound
def test_the_next_sound_takes_the_place_of_the_last(output: ProgramOutput, heard: Path) -> None:
    output.play([ALARM] * 50, 100)
    until(lambda: heard.exists() and heard.stat().st_size > 0)
    output.play([OK], 100)
    until(output.quiet)
    output.play([ALARM] * 50, 100)
    output.stop()
    until(output.quiet)


@pytest.mark.sound
def test_a_device_that_is_not_there_is_silence(log_watch: LogWatch) -> None:
    log_watch.announce("drivers.sound: sound: alsa: 1")
    nowhere = ProgramOutput(device="hw:31,0")
    nowhere.play([OK, OK], 100)
    until(nowhere.quiet)
    nowhere.play([OK], 100)
    until(nowhere.quiet)
    nowhere.close()


def test_without_any_program_nothing_happens(tmp_path: Path) -> None:
    output = ProgramOutput(jack="Headphone Jack", environment={"PATH": str(tmp_path)})
    assert output.way is None
    output.play([OK], 100)
    until(output.quiet)
    assert not output.headphones()
    output.close()


def test_pipewire_is_asked_before_pulseaudio_and_that_before_alsa(tmp_path: Path) -> None:
    """Only which is chosen: the services themselves are not here."""
    for program in ("pw-play", "paplay"):
        (tmp_path / program).write_text("#!/bin/sh\n", encoding="ascii")
        (tmp_path / program).chmod(0o700)
    output = ProgramOutput(environment={"PATH": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)})
    assert output.way is None
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse" / "native").touch()
    assert output.way == "pulse"
    (tmp_path / "pipewire-0").touch()
    assert output.way == "pipewire"
    output.close()


def test_silence_is_silent() -> None:
    output = SilentOutput()
    output.play([OK], 100)
    output.stop()
    assert not output.headphones()
    output.close()


class Held:
    """A program in a call to the kernel that nothing breaks off: it stays, whoever kills it."""

    returncode = None

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int:
        assert timeout is not None, "whoever shows the next screen would wait for a device that is dead"
        raise subprocess.TimeoutExpired("aplay", timeout)


def test_a_program_that_cannot_be_ended_holds_up_nobody() -> None:
    made = ProgramOutput(device="loudspeaker", environment={"PATH": "/nowhere"})
    made._running.append(cast("subprocess.Popen[bytes]", Held()))
    made.stop()
    made.play([], 100)
    made.close()
    assert made.quiet()
