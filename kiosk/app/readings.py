"""Results of a certified reader beside the kiosk: the watcher on the kiosk's own time, and files for scenarios."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from drivers.gateway.face_folder import POLL_S, FaceFolderWatcher
from kiosk.app.files import is_file
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.eligibility import DeviceEvent

SPECIMENS = "specimens"
"""Folder of the assets in which shipped result files lie."""

_FACE_NAME = re.compile(r"OQSsiquc01res_face_[A-Za-z0-9_.-]+\.(xml|err)")


class Ticking(Protocol):
    """A clock that calls again and again."""

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]: ...


class ReadingsOnClock:
    """Implements `kiosk.ports.eligibility.DeviceResults` where the clock is not the machine's: its polls are the
    clock's, so that nothing happens while simulated time stands still."""

    def __init__(self, watcher: FaceFolderWatcher, clock: Ticking) -> None:
        self._watcher, self._clock = watcher, clock
        self._end: Callable[[], None] = lambda: None

    def start(self, listener: Callable[[DeviceEvent], None]) -> None:
        self.stop()
        self._watcher.listen(listener)
        self._watcher.scan()
        self._end = self._clock.every(POLL_S, self._scan)

    def stop(self) -> None:
        self._end()
        self._end = lambda: None

    def _scan(self) -> None:
        self._watcher.scan()


def find_reading(name: str, scenario: Path, assets: Path) -> Path:
    """The file beside the scenario, else the shipped specimen. Raises `Fatal(SCENARIO_WRONG)` naming it."""
    for folder in (scenario.parent, assets / SPECIMENS):
        if is_file(folder / name):
            return folder / name
    shipped = ", ".join(sorted(p.name for p in (assets / SPECIMENS).glob("reader-*.xml")))
    raise Fatal(FailureCode.SCENARIO_WRONG, f"device_result: {name} ({shipped})")


def face_name(source: Path, institution_code: str, serial: int, moment: str) -> str:
    """As a certified reader names its file, unless the file has such a name already."""
    if _FACE_NAME.fullmatch(source.name):
        return source.name
    kind = source.suffix if source.suffix == ".err" else ".xml"
    return f"OQSsiquc01res_face_{institution_code}{serial:020x}_{moment}{kind}"
