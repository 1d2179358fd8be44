"""A whole visit through AT-SPI, as somebody goes through it who sees nothing: what is announced, and what is found and
pressed by role and name. The screen reader's side is `at_spi_ear.py`."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from drivers.simulated.persona import load_persona
from kiosk.app.catalogue import load_catalogue
from kiosk.app.lane import UNASKED_CHANGE_SECONDS
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.domain.messages import Text

ROOT = Path(__file__).parents[3]
EAR = Path(__file__).with_name("at_spi_ear.py")
SYSTEM_PYTHON = "/usr/bin/python3"
SECONDS = 180.0
"""A loaded machine is slow; nothing is measured by it."""

PATIENT, BENCH = "PatientWindow", "BenchWindow"
BUTTON = "push button"

pytestmark = [pytest.mark.xvfb, pytest.mark.atspi]


class Ear:
    """Who hears and presses, and never sees."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._catalogue = load_catalogue(ASSETS / "messages")
        self.told: list[str] = []  # names of all that was read

    def _ask(self, **command: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(command), file=self._process.stdin, flush=True)
        assert select.select([self._process.stdout], [], [], SECONDS)[0], command
        return json.loads(self._process.stdout.readline())

    def say(self, message_id: str, **values: str) -> str:
        return self._catalogue.render(Text(message_id, tuple(values.items())), "ja").replace("\u200b", "")

    def reads(self, window: str = PATIENT) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        self._until(lambda: self._read_into(found, window), lambda: window)
        self.told += [f"{e['name']} {e['description']} {e['text'] or ''}" for e in found]
        return found

    def _read_into(self, found: list[dict[str, Any]], window: str) -> bool:
        """Not while something that is read goes away."""
        answer = self._ask(do="read", window=window)
        if isinstance(answer, list):
            found[:] = answer
        return isinstance(answer, list)

    def buttons(self) -> list[str]:
        return [e["name"] for e in self.reads() if e["role"] == BUTTON and "sensitive" in e["states"]]

    def heard(self) -> list[str]:
        return [sentence for sentence, _urgent in self._ask(do="heard")]

    def hears(self, message_id: str) -> None:
        """Waits for it."""
        self._until(lambda: self.has_heard(message_id), lambda: f"{message_id}: {self.heard()}")

    def has_heard(self, message_id: str) -> bool:
        wanted = self.say(message_id)
        return any(wanted in sentence for sentence in self.heard())

    def name(self, control: str) -> str:
        """Of the key of a digit, the digit."""
        return control if control.isdigit() else self.say(control)

    def presses(self, control: str, role: str = BUTTON) -> None:
        command = {"do": "press", "window": PATIENT, "role": role, "name": self.name(control)}
        tried: list[Any] = []

        def pressed() -> bool:
            tried.append(self._ask(**command))
            return bool(tried[-1]["pressed"])

        self._until(pressed, lambda: f"{command}: {tried[-1]}")

    def presses_until(self, control: str, holds: Callable[[], bool]) -> None:
        """A screen that came unasked takes no press for a moment; nobody who listens is that quick."""

        def pressed() -> bool:
            self._ask(do="press", window=PATIENT, role=BUTTON, name=self.name(control))
            time.sleep(UNASKED_CHANGE_SECONDS)
            return holds()

        self._until(pressed, lambda: f"{control}: {self.heard()}")

    def finds(self, control: str, role: str) -> bool:
        return any((e["role"], e["name"]) == (role, self.say(control)) for e in self.reads())

    def reads_checked(self, name: str) -> None:
        """That alone is switched on."""
        self._until(lambda: [e["name"] for e in self.reads() if _is_on(e)] == [name], lambda: f"{name}: {self.reads()}")

    def reads_name(self, role: str, name: str) -> None:
        self._until(lambda: [e["name"] for e in self.reads() if e["role"] == role] == [name], lambda: name)

    def on_the_bench(self, button: str) -> None:
        self._until(lambda: self._ask(do="press", window=BENCH, id=button)["pressed"], lambda: button)

    def _until(self, holds: Callable[[], Any], why: Callable[[], str]) -> None:
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, why()
            time.sleep(0.1)


def _is_on(element: dict[str, Any]) -> bool:
    return element["role"] == "check box" and "checked" in element["states"]


def _started(stack: ExitStack, command: list[str], **options: Any) -> subprocess.Popen[str]:
    process = stack.enter_context(
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
    )
    stack.callback(process.terminate)
    return process


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def desktop() -> Iterator[tuple[ExitStack, dict[str, str]]]:
    """A session of its own: display, session bus, window manager, and accessibility switched on as Orca does."""
    with ExitStack() as stack:
        # Short: a socket's path has to fit into 108 bytes.
        own = stack.enter_context(tempfile.TemporaryDirectory(prefix="at-", ignore_cleanup_errors=True))
        screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
        environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "AT_SPI_BUS_ADDRESS")}
        environment |= {"HOME": own, "XDG_RUNTIME_DIR": own, "XDG_CACHE_HOME": own, "GSETTINGS_BACKEND": "memory"}
        environment |= {"DISPLAY": f":{_first_line(_started(stack, screen))}", "LC_ALL": "C.UTF-8"}
        bus = ["dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"]
        environment["DBUS_SESSION_BUS_ADDRESS"] = _first_line(_started(stack, bus, env=environment))
        turned_on = [
            *("dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus"),
            *("org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", "string:IsEnabled"),
            "variant:boolean:true",
        ]
        subprocess.run(turned_on, env=environment, check=True, capture_output=True)
        _started(stack, ["openbox"], env=environment)
        yield stack, environment


@pytest.fixture
def ear(desktop: tuple[ExitStack, dict[str, str]], tmp_path: Path) -> Iterator[Ear]:
    stack, environment = desktop
    ear = _started(stack, [SYSTEM_PYTHON, str(EAR)], env=environment, stdin=subprocess.PIPE)
    assert _first_line(ear) == '"ready"'
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f"[flow]\npatience = {5 * SECONDS}\nstaff_patience = {5 * SECONDS}\n", encoding="ascii")
    command = [sys.executable, "-m", "kiosk.app.cli", "run", "--config", str(settings)]
    _started(stack, command, cwd=ROOT, env=environment | {"MADOGUCHI_DATA": str(tmp_path / "data")})
    heard = Ear(ear)
    to_the_front = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^madoguchi$", "windowactivate"]
    subprocess.run(to_the_front, env=environment, check=True, timeout=SECONDS, capture_output=True)
    yield heard
    assert ear.stdin is not None
    ear.stdin.close()


def test_a_visit_of_somebody_who_sees_nothing(ear: Ear, tmp_path: Path) -> None:
    """Nothing begins by itself, staff are offered first, a PIN only to whoever asks for it; the result is announced and
    handed over, and no announcement tells who the person is."""
    ear.on_the_bench("bench.place")
    ear.hears("auth.title")
    ways = [ear.say(f"control.method.{way}") for way in ("staff", "face", "pin")]
    assert [name for name in ear.buttons() if name in ways] == ways

    assert "暗証番号" not in " ".join(ear.heard())

    ear.presses_until("control.method.pin", lambda: ear.has_heard("pin.keep_secret"))
    _the_pin_stays_hidden(ear)
    ear.presses("control.back")

    ear.presses_until("control.method.staff", lambda: ear.has_heard("visual.title"))
    ear.on_the_bench("bench.staff.visual_check")
    ear.hears("consent.title")
    ear.presses_until("control.consent.choose", lambda: ear.finds("control.consent.medication", "check box"))
    ear.presses("control.consent.medication", "check box")
    ear.reads_checked(ear.say("control.consent.medication"))
    ear.presses("control.consent.ok")
    ear.hears("result.ok")
    ear.presses_until("control.result.next", lambda: ear.has_heard("card.take"))
    ear.on_the_bench("bench.take")
    ear.hears("finish.done")

    assert list(DataFolders(tmp_path / "data").out.iterdir()), "handed over"
    said = " ".join(ear.heard())
    who = load_persona(ASSETS / "personas", "hanako")
    for told in (*who.card.name.split(), *who.card.kana.split(), who.record.number, who.record.insurer_number, "割"):
        assert told not in said


def _the_pin_stays_hidden(ear: Ear) -> None:
    [field] = [e for e in ear.reads() if e["role"] == "password text"]
    assert "focused" in field["states"], "so that a screen reader says no key"
    for digit in "19":
        ear.presses(digit)
    ear.reads_name("password text", ear.say("pin.entered", n="2", length="4"))
    [field] = [e for e in ear.reads() if e["role"] == "password text"]
    assert set(field["text"] or "") <= {"●"}
    assert field["value"] is None
    assert not any("19" in told for told in (*ear.told, *ear.heard()))


ASKER = """
import sys
from PySide6.QtGui import QAccessible, QGuiApplication
from kiosk.app import listeners
application = QGuiApplication([])
listeners.LOOK_MS = 0
found = listeners.Listeners()
for line in sys.stdin:
    QAccessible.setActive(line.strip() == "on")
    print(found.there(), found.hearing().name, flush=True)
"""


def test_a_screen_reader_that_has_ended_is_noticed(desktop: tuple[ExitStack, dict[str, str]]) -> None:
    """Accessibility stays switched on after it."""
    stack, environment = desktop
    offscreen = environment | {"QT_QPA_PLATFORM": "offscreen"}
    asker = _started(stack, [sys.executable, "-c", ASKER], cwd=ROOT, env=offscreen, stdin=subprocess.PIPE)

    def listens(accessible: str = "on") -> str:
        print(accessible, file=asker.stdin, flush=True)
        return _first_line(asker)

    assert listens() == "False NOBODY"
    ear = _started(stack, [SYSTEM_PYTHON, str(EAR)], env=environment, stdin=subprocess.PIPE)
    assert _first_line(ear) == '"ready"'
    assert listens() == "True ANNOUNCEMENTS"
    assert listens("off") == "False NOBODY"
    ear.kill()
    ear.wait()
    end = time.monotonic() + SECONDS
    while listens().startswith("True"):
        assert time.monotonic() < end
    assert asker.stdin is not None
    asker.stdin.close()
