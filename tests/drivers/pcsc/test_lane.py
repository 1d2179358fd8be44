"""A whole kiosk on a PC/SC reader that its settings name: the virtual reader behind a real service stands for any."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from drivers.simulated.card import VirtualCard, simulated_ca_certificates, simulated_record_issuers
from drivers.simulated.card.certificates import digital_signature_authority
from drivers.simulated.card.photo import face_photo_jp2
from drivers.simulated.card_front import card_front_picture
from drivers.simulated.persona import Persona, load_persona
from kiosk.app.catalogue import load_catalogue
from kiosk.app.hardware import hardware
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.stage import Stage
from kiosk.domain.outcome import IdentityMethod, Status
from tests.kiosk.app.plays import that_day, unhurried

pytestmark = pytest.mark.pcscd

LONG_MS = 180_000
PERSONAS = ASSETS / "personas"
HANAKO = load_persona(PERSONAS, "hanako")

Open = Callable[..., Stage]


def chip_of(persona: Persona) -> VirtualCard:
    """A card that needs its PIN, as physical ones do."""
    return VirtualCard(persona, photo_jp2=face_photo_jp2(PERSONAS / str(persona.face) / "card.jpg"))


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    """A folder as a technician fills it: CA certificates and keys for records."""
    folder = tmp_path / "authorities"
    folder.mkdir()
    for number, certificate in enumerate(simulated_ca_certificates()):
        (folder / f"ca{number}.cer").write_bytes(certificate.public_bytes(Encoding.DER))
    for key_id, key in simulated_record_issuers().items():
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{key_id.hex()}.pub").write_bytes(pem)
    return folder


@pytest.fixture
def opened(cage, slot, qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """`opened(card={…}, camera={…})`: a kiosk as `kiosk run` puts it together, before a reader without a card."""
    assert cage.running
    stages: list[tuple[Stage, QTimer]] = []

    def open_(**changes: dict[str, object]) -> Stage:
        settings = unhurried().overridden({"card": {"reader": "virtual*00 00"}} | changes)
        clock = that_day()
        folders = DataFolders(tmp_path / "data")
        stage = Stage(settings, folders, clock, load_catalogue(ASSETS / "messages"), hardware=hardware(settings, clock))
        stage.start()
        stage.window.show()
        timer = QTimer()
        timer.timeout.connect(stage.pump)
        timer.start(20)
        stages.append((stage, timer))
        qtbot.waitUntil(lambda: stage.lane.view.screen == "idle", timeout=LONG_MS)
        return stage

    yield open_
    slot.remove()
    for stage, timer in stages:
        timer.stop()
        stage.stop()


def fields(stage: Stage, event: str) -> str:
    """Of the first such entry in the journal."""
    return next(entry.fields for entry in stage.journal.since("kiosk.started") if entry.event == event)


@pytest.fixture
def front(tmp_path: Path) -> str:
    """What a camera above the reader would see, as files."""
    picture = card_front_picture(HANAKO.card, PERSONAS / "hanako" / "card.jpg", seed=1)
    cv2.imwrite(str(tmp_path / "front001.png"), picture)
    return str(tmp_path / "front%03d.png")


def shows(stage: Stage, screen: str) -> bool:
    """The screen, and for long enough that a press is meant for it."""
    return stage.lane.view.screen == screen and not stage.lane.gave_way_just_now


def test_a_visit_by_pin(opened: Open, slot, qtbot: QtBot, authorities: Path, front: str) -> None:
    stage = opened(card={"reader": "virtual*00 00", "authorities": str(authorities)}, camera={"front": front})

    def comes(screen: str) -> None:
        qtbot.waitUntil(lambda: shows(stage, screen), timeout=LONG_MS)

    slot.place(chip_of(HANAKO))
    comes("face")
    assert stage.window.press("method.pin")
    comes("pin")
    assert stage.window.type_text("pin", "1234")
    assert stage.window.press("pin.ok")
    comes("consent")
    assert stage.window.press("consent.all")
    comes("result")
    assert stage.window.press("result.next")
    comes("take_card")
    slot.remove()
    qtbot.waitUntil(lambda: bool(stage.closed), timeout=LONG_MS)
    outcome = stage.closed[0].outcome
    assert (outcome.status, outcome.identity) == (Status.ACCEPTED, IdentityMethod.PIN)
    assert '"deployment":"own_reader"' in fields(stage, "kiosk.started")
    assert "simulated.card" not in fields(stage, "simulation.used")


def test_a_visit_by_face(opened: Open, slot, qtbot: QtBot, authorities: Path, front: str) -> None:
    stage = opened(card={"reader": "Virtual PCD 00 00", "authorities": str(authorities)}, camera={"front": front})
    stage.world.show("self")
    slot.place(chip_of(HANAKO))
    qtbot.waitUntil(lambda: stage.lane.view.screen == "consent", timeout=LONG_MS)


def test_without_a_camera_for_the_front_the_pin_is_left(opened: Open, slot, qtbot: QtBot) -> None:
    stage = opened()
    slot.place(chip_of(HANAKO))
    qtbot.waitUntil(lambda: stage.lane.view.screen == "identify", timeout=LONG_MS)
    assert {"method.pin", "method.staff"} <= stage.lane.view.control_ids()
    assert '"code":"K210"' in fields(stage, "identity.failed")
    assert "simulated.card" in fields(stage, "simulation.used")  # cards of the simulator's authority are believed


def test_a_card_of_unknown_authorities_goes_to_the_staff(opened: Open, slot, qtbot: QtBot, authorities: Path) -> None:
    for file in authorities.iterdir():
        file.unlink()
    other = digital_signature_authority().certificate.public_bytes(Encoding.PEM)
    (authorities / "other.pem").write_bytes(other)
    stage = opened(card={"reader": "Virtual PCD 00 00", "authorities": str(authorities)})
    slot.place(chip_of(HANAKO))
    qtbot.waitUntil(lambda: "card.untrusted" in stage.lane.view.message_ids(), timeout=LONG_MS)


def test_the_bench_cannot_play_the_real_reader(opened: Open) -> None:
    stage = opened()
    assert not stage.cause_fault("reader", "unplug")
    assert stage.cause_fault("camera", "unplug")
    assert stage.lane.view.screen == "idle"


def test_a_power_cut_watches_the_same_reader_again(opened: Open, slot, qtbot: QtBot) -> None:
    stage = opened()
    assert stage.cause_fault("power", "cut")
    slot.place(chip_of(HANAKO))
    qtbot.waitUntil(lambda: stage.lane.view.screen == "identify", timeout=LONG_MS)


# --- the processes ----------------------------------------------------------------------------------------------------

KIOSK = (sys.executable, "-m", "kiosk.app.cli")


def settings_file(folder: Path, reader: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(f'[facility]\ndata = "{folder / "data"}"\n\n[card]\nreader = "{reader}"\n', encoding="utf-8")
    return path


def test_kiosk_run_with_a_configured_reader(cage, slot, tmp_path: Path, qtbot: QtBot) -> None:
    assert cage.running
    command = [*KIOSK, "run", "--no-bench", "--config", str(settings_file(tmp_path, "virtual pcd*"))]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    folders = DataFolders(tmp_path / "data")

    def journal() -> list[str]:
        if not folders.journal.exists():
            return []
        opened = open_journal(folders, must_exist=True)
        try:
            return [entry.event for entry in opened.since("kiosk.started")]
        finally:
            opened.close()

    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            qtbot.waitUntil(lambda: "kiosk.started" in journal(), timeout=LONG_MS)
            slot.place(chip_of(HANAKO))
            qtbot.waitUntil(lambda: "card.read" in journal(), timeout=LONG_MS)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=180)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize(
    ("reader", "state", "words"),
    [
        ("virtual pcd*", "ok", "Virtual PCD 00 00"),
        ("ACR1252", "fail", "ACR1252"),
    ],
)
def test_the_doctor_knows_the_configured_reader(cage, run, tmp_path: Path, reader: str, state: str, words: str) -> None:
    assert cage.running
    config = str(settings_file(tmp_path, reader))
    report = json.loads(run(*KIOSK, "doctor", "--json", "--config", config, check=False, errors=False))
    line = next(check for check in report["checks"] if check["id"] == "reader")
    assert line["state"] == state
    assert words in line["cause"]
