"""Which devices are real by the settings, whose cards are believed, and what the doctor says about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from drivers.pcsc.survey import Survey
from drivers.simulated.card import simulated_ca_certificates, simulated_record_issuers
from kiosk.app.authorities import record_authorities, trusted_authorities
from kiosk.app.device_checks import (
    AuthoritiesCheck,
    GlassCheck,
    PrinterCheck,
    ReaderCheck,
    SoundCheck,
    StaffReaderCheck,
    SwitchesCheck,
    device_checks,
)
from kiosk.app.hardware import NoCamera, hardware
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.app.stage import SIMULATED, Stage
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.messages import Text
from kiosk.ports.printing import PrinterReport, PrinterState
from kiosk.runtime.clocks import RealClock
from kiosk.staff.readiness import State, examine
from tests.kiosk.app.plays import catalogue


def settings(**sections: dict[str, Any]) -> Settings:
    return Settings().overridden(sections)


@pytest.fixture
def pictures(tmp_path: Path) -> str:
    cv2.imwrite(str(tmp_path / "p001.png"), np.full((48, 64, 3), 77, np.uint8))
    return str(tmp_path / "p%03d.png")


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    folder = tmp_path / "authorities"
    folder.mkdir()
    (folder / "ca.pem").write_bytes(simulated_ca_certificates()[0].public_bytes(Encoding.PEM))
    (folder / "ca.CER").write_bytes(simulated_ca_certificates()[1].public_bytes(Encoding.DER))
    (folder / "README.txt").write_text("notes")
    for key_id, key in simulated_record_issuers().items():
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{key_id.hex()}.pub").write_bytes(pem)
    return folder


def test_without_settings_everything_is_simulated() -> None:
    real = hardware(Settings(), RealClock())
    assert (real.reader, real.camera, real.front_camera) == (None, None, None)
    assert (real.deployment, real.simulated(SIMULATED)) == ("virtual", SIMULATED)


def test_a_real_reader_leaves_nothing_of_the_card_simulated(authorities: Path) -> None:
    real = hardware(settings(card={"reader": "ACR*", "authorities": str(authorities)}), RealClock())
    assert real.deployment == "own_reader"
    assert real.simulated(SIMULATED) == ("simulated.all", "simulated.terminal", "simulated.camera")
    assert isinstance(real.front_camera, NoCamera)
    with pytest.raises(NeedsStaff) as caught:
        real.front_camera.open()
    assert (caught.value.code, caught.value.detail) == (FailureCode.CAMERA_GONE, "settings.camera.front")


def test_without_authorities_test_cards_are_believed_and_the_journal_says_so() -> None:
    real = hardware(settings(card={"reader": "*"}, camera={"source": "0"}), RealClock())
    assert real.simulated(SIMULATED) == ("simulated.all", "simulated.card", "simulated.terminal")
    assert real.reader is not None
    assert (real.reader.trusted, real.reader.tests_only) == (simulated_ca_certificates(), True)


def test_authorities_are_a_folder_of_certificates_and_keys(authorities: Path) -> None:
    chosen = settings(card={"authorities": str(authorities)})
    assert set(trusted_authorities(chosen)) == set(simulated_ca_certificates())
    keys = record_authorities(chosen)
    assert {key_id: key.public_numbers() for key_id, key in keys.items()} == {
        key_id: key.public_numbers() for key_id, key in simulated_record_issuers().items()
    }
    finding = AuthoritiesCheck(chosen).run()
    assert finding.cause == Text("doctor.authorities.ok", (("certificates", "2"), ("keys", "1")))


@pytest.mark.parametrize("name", ["00.pub", "xyz.pub", f"{'00' * 16}.pub", "bad.crt"])
def test_a_file_that_is_none_stops_the_start(authorities: Path, name: str) -> None:
    (authorities / name).write_bytes(b"-----BEGIN NOTHING-----")
    with pytest.raises(Fatal) as caught:
        hardware(settings(card={"reader": "*", "authorities": str(authorities)}), RealClock())
    assert (caught.value.code, caught.value.detail) == (
        FailureCode.SETTINGS_WRONG,
        f"settings.card.authorities: {name}",
    )


def test_a_folder_without_certificates_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"settings\.card\.authorities"):
        hardware(settings(card={"reader": "*", "authorities": str(tmp_path)}), RealClock())


@pytest.mark.usefixtures("qtbot")
def test_the_kiosk_looks_through_the_cameras_of_the_settings(tmp_path: Path, pictures: str) -> None:
    chosen, clock = settings(camera={"source": pictures, "front": pictures}), RealClock()
    stage = Stage(chosen, DataFolders(tmp_path / "data"), clock, catalogue(), hardware=hardware(chosen, clock))
    try:
        devices = stage.devices()
        for camera in (devices.camera, devices.front_camera):
            camera.open()
            assert int(camera.next_frame().picture[0, 0, 0]) == 77
            camera.close()
        assert not stage.cause_fault("camera", "unplug")
        assert stage.cause_fault("reader", "unplug")
    finally:
        stage.stop()


# --- the doctor -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "state", "cause", "remedy"),
    [
        (Survey(("ACR1252",), "ACR1252"), State.OK, "doctor.reader.chosen", None),
        (Survey(("RC-S300",)), State.FAIL, "doctor.reader.absent", "doctor.reader.absent.others"),
        (Survey(), State.FAIL, "doctor.reader.absent", "doctor.reader.absent.none"),
        (Survey(fault="NO"), State.FAIL, "doctor.reader.no_service", "doctor.reader.no_service.remedy"),
        (Survey(fault="8010006A", refused=True), State.FAIL, "doctor.reader.refused", "doctor.reader.refused.remedy"),
    ],
)
def test_the_reader_that_is_meant(seen: Survey, state: State, cause: str, remedy: str | None) -> None:
    finding = ReaderCheck("ACR*", lambda _wanted: seen).run()
    assert (finding.state, finding.cause.id) == (state, cause)
    assert (finding.remedy.id if finding.remedy else None) == remedy
    for language in catalogue().languages:
        for text in filter(None, (finding.cause, finding.remedy)):
            assert "[[" not in catalogue().render(text, language)


def test_reception_does_not_wait_for_the_reader_of_staff_cards() -> None:
    assert StaffReaderCheck("desk", lambda _wanted: Survey()).run().state is State.WARN
    assert StaffReaderCheck("desk", lambda _wanted: Survey(("desk",), "desk")).run().state is State.OK
    assert [check.id for check in device_checks(settings(staff={"card_reader": "desk"}), RealClock())] == [
        "staff_reader"
    ]


def test_cameras_that_give_pictures_and_one_that_is_not_there(tmp_path: Path, pictures: str) -> None:
    chosen = settings(camera={"source": pictures, "front": str(tmp_path / "absent.mp4")})
    report = examine(device_checks(chosen, RealClock()))
    states = {line.check: line.finding.state for line in report.lines}
    assert states == {"camera": State.OK, "front_camera": State.FAIL}
    assert "absent.mp4" in report.lines[1].finding.detail


def test_nothing_is_checked_that_is_simulated() -> None:
    assert device_checks(Settings(), RealClock()) == ()
    with_reader = [check.id for check in device_checks(settings(card={"reader": "*"}), RealClock())]
    assert with_reader == ["reader", "authorities", "staff_codes", "front_camera"]
    finding = AuthoritiesCheck(Settings()).run()
    assert finding.state is State.WARN


@dataclass(frozen=True)
class Queue:
    state: PrinterState
    taking: bool = True

    def report(self) -> PrinterReport:
        return PrinterReport(self.state)

    def accepts(self) -> bool:
        return self.taking


@pytest.mark.parametrize(
    ("queue", "state", "cause", "remedy"),
    [
        (Queue(PrinterState.READY), State.OK, "doctor.printer.ok", None),
        (
            Queue(PrinterState.READY, taking=False),
            State.WARN,
            "doctor.printer.stopped",
            "doctor.printer.stopped.remedy",
        ),
        (Queue(PrinterState.STOPPED), State.WARN, "doctor.printer.stopped", "doctor.printer.stopped.remedy"),
        (Queue(PrinterState.PAPER_OUT), State.WARN, "failure.K421.cause", "doctor.printer.paper.remedy"),
        (Queue(PrinterState.GONE), State.FAIL, "doctor.printer.absent", "doctor.printer.absent.remedy"),
    ],
)
def test_the_printer_that_is_meant(queue: Queue, state: State, cause: str, remedy: str | None) -> None:
    finding = PrinterCheck("office", queue).run()
    assert (finding.state, finding.cause.id) == (state, cause)
    assert (finding.remedy.id if finding.remedy else None) == remedy
    for language in catalogue().languages:
        for text in filter(None, (finding.cause, finding.remedy)):
            assert "[[" not in catalogue().render(text, language)


def test_document_camera_and_printer_have_lines_of_their_own(tmp_path: Path, pictures: str) -> None:
    """A print service that has no such queue, or none at all, is no printer."""
    named = {"name": "no-such-queue"}
    found = {
        source: examine(device_checks(settings(documents={"camera": source}, printer=named), RealClock()))
        for source in (pictures, str(tmp_path / "absent.mp4"))
    }
    states = [[(line.check, line.finding.state) for line in report.lines] for report in found.values()]
    printer = ("printer", State.FAIL)
    assert states == [[("document_camera", State.OK), printer], [("document_camera", State.FAIL), printer]]
    assert not device_checks(Settings(), RealClock())


def test_sticks_are_looked_at_by_the_kiosk_only(tmp_path: Path) -> None:
    chosen = settings(documents={"usb": [str(tmp_path)]})
    assert hardware(chosen, RealClock()).sticks is None
    assert hardware(chosen, RealClock(), file_bytes=lambda: 1).sticks is not None
    assert hardware(settings(documents={"usb": []}), RealClock(), file_bytes=lambda: 1).sticks is None
    for wrong in ("media", "/"):
        with pytest.raises(Fatal, match=r"settings\.documents\.usb"):
            settings(documents={"usb": [wrong]})


def test_how_switches_are_used() -> None:
    for access, cause in (
        ({}, "doctor.switches.off"),
        ({"scanning": "auto", "next_key": ""}, "doctor.switches.auto"),
        ({"scanning": "step"}, "doctor.switches.step"),
    ):
        finding = SwitchesCheck(settings(access=access)).run()
        assert finding.cause.id == cause
        assert "[[" not in catalogue().render(finding.cause, "ja")


@pytest.mark.parametrize(
    ("chosen", "way", "state", "cause"),
    [
        ({}, "alsa", State.OK, "doctor.sound.ok"),
        ({}, None, State.ABSENT, "doctor.sound.silent"),
        ({"on": False}, "alsa", State.ABSENT, "doctor.sound.off"),
    ],
)
def test_whether_the_kiosk_is_heard(chosen: dict[str, object], way: str | None, state: State, cause: str) -> None:
    finding = SoundCheck(settings(sound=chosen), lambda _device: way).run()
    assert (finding.state, finding.cause.id) == (state, cause)
    assert "[[" not in catalogue().render(finding.cause, "ja")


@pytest.mark.parametrize(
    ("screen", "lane", "state", "cause", "remedy"),
    [
        ({}, {}, State.OK, "doctor.glass.ok", None),
        ({"short_mm": 200.0}, {}, State.WARN, "doctor.glass.small", "254 mm"),
        ({"bottom_mm": 950.0}, {}, State.WARN, "doctor.glass.reach", "床から18〜85 cm"),
        ({"bottom_mm": 850.0}, {"width": 1920, "height": 1080}, State.OK, "doctor.glass.ok", None),
        (
            {"bottom_mm": 100.0, "short_mm": 300.0},
            {"width": 1920, "height": 1080},
            State.WARN,
            "doctor.glass.reach",
            None,
        ),
    ],
)
def test_whether_the_screen_is_reached_by_somebody_seated(
    screen: dict[str, object], lane: dict[str, object], state: State, cause: str, remedy: str | None
) -> None:
    finding = GlassCheck(settings(screen=screen, lane=lane)).run()
    assert (finding.state, finding.cause.id) == (state, cause)
    if remedy:
        assert finding.remedy is not None
        assert remedy in catalogue().render(finding.remedy, "ja")
