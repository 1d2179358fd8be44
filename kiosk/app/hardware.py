"""The real devices that settings name; what they do not name, the virtual deployment plays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.camera.opencv import OpenCvCamera
from drivers.documents.sticks import UsbSticks
from drivers.pcsc import PcscReader
from kiosk.app.authorities import record_authorities, trusted_authorities
from kiosk.app.settings import SIMULATED_CAMERA, Settings
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.card import CardSession, Transmit
from kiosk.ports.clock import Clock
from kiosk.ports.face import Camera, Frame

DOCUMENT_PIXELS = (1920, 1080)
"""Asked of the camera over the reading table: the small print of an A4 sheet needs them."""

FACE_PIXELS = (640, 480)

SIMULATED_CARD, SIMULATED_FACE = "simulated.card", "simulated.camera"


@dataclass(frozen=True)
class RealReader:
    """A PC/SC reader with the authorities of its cards. `tests_only`: those are the simulator's."""

    driver: PcscReader
    trusted: Sequence[x509.Certificate]
    record_issuers: Mapping[bytes, rsa.RSAPublicKey]
    tests_only: bool

    def session(self, transmit: Transmit) -> CardSession:
        from drivers.card.session import IndividualNumberCardSession

        return IndividualNumberCardSession(
            transmit,
            trusted=self.trusted,
            record_issuers=self.record_issuers,
            longest_answer=self.driver.longest_answer,
        )


@dataclass(frozen=True)
class Hardware:
    """None where a device is simulated. With a real reader there is no simulated picture of the card's front."""

    reader: RealReader | None = None
    camera: Camera | None = None
    front_camera: Camera | None = None
    document_camera: Camera | None = None
    sticks: UsbSticks | None = None

    @property
    def deployment(self) -> str:
        return "virtual" if self.reader is None else "own_reader"

    @property
    def real_devices(self) -> frozenset[str]:
        devices = {"reader": self.reader, "camera": self.camera}
        return frozenset(name for name, device in devices.items() if device is not None)

    def simulated(self, virtual: Sequence[str]) -> tuple[str, ...]:
        """What is not real, as message ids; `virtual` is all that the virtual deployment plays."""
        if self.reader is None:
            return tuple(virtual)
        untrue = {"simulated.authentication"} | (set() if self.reader.tests_only else {SIMULATED_CARD})
        return (*(what for what in virtual if what not in untrue), *([SIMULATED_FACE] if self.camera is None else []))


@dataclass(frozen=True)
class NoCamera:
    """Where a camera would be needed and none is set up. Implements `Camera`."""

    setting: str

    def open(self) -> None:
        raise NeedsStaff(FailureCode.CAMERA_GONE, self.setting)

    def next_frame(self) -> Frame:
        raise NeedsStaff(FailureCode.CAMERA_GONE, self.setting)

    def close(self) -> None:
        """Nothing to release."""


def hardware(settings: Settings, clock: Clock, *, file_bytes: Callable[[], int] | None = None) -> Hardware:
    """`file_bytes` is the size of the largest document that can be read; without it no USB stick is looked at.

    Nothing is opened yet. Raises `Fatal(SETTINGS_WRONG)` for authorities that cannot be read."""
    reader = None
    if settings.card.reader:
        reader = RealReader(
            PcscReader(settings.card.reader),
            trusted_authorities(settings),
            record_authorities(settings),
            tests_only=not settings.card.authorities,
        )
    front: Camera | None = camera_of(settings.camera.front, clock)
    if front is None and reader is not None:
        front = NoCamera("settings.camera.front")
    sticks = None
    if settings.documents.usb and file_bytes is not None:
        sticks = UsbSticks([Path(root) for root in settings.documents.usb], file_bytes)
    face = camera_of(settings.camera.source, clock)
    return Hardware(reader, face, front, document_camera(settings, clock), sticks)


def document_camera(settings: Settings, clock: Clock) -> OpenCvCamera | None:
    return camera_of(settings.documents.camera, clock, DOCUMENT_PIXELS)


def camera_of(source: str, clock: Clock, size: tuple[int, int] = FACE_PIXELS) -> OpenCvCamera | None:
    """A device number, or the path of a video or of numbered pictures; None for the simulated camera and for none."""
    if source in ("", SIMULATED_CAMERA):
        return None
    device = re.fullmatch(r"(?:/dev/video)?(\d+)", source, re.ASCII)
    return OpenCvCamera(clock, int(device.group(1)) if device else source, size=size)
