"""The machine the kiosk runs on: clock, disk, display, folders, fonts."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.domain.failures import FailureCode
from kiosk.domain.messages import Text
from kiosk.staff.checks.limits import Limits
from kiosk.staff.readiness import Finding, State

JAPAN_OFFSET = timedelta(hours=9)
SFNT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"true")  # TrueType and OpenType, ISO/IEC 14496-22, 4.5


@dataclass(frozen=True)
class ClockCheck:
    """`newest` is the time of the newest journal entry: a clock behind it was set back or lost its battery."""

    now: Callable[[], datetime]
    system_offset: Callable[[], timedelta | None]  # of the machine's own time zone
    newest: Callable[[], datetime | None]
    limits: Limits
    id: str = "clock"

    def run(self) -> Finding:
        now = self.now()
        detail = now.isoformat(timespec="seconds")
        newest = self.newest()
        if not self.limits.clock_earliest <= now.date() <= self.limits.clock_latest:
            return Finding(State.FAIL, Text("doctor.clock.implausible"), Text("doctor.clock.remedy"), detail)
        if newest is not None and now + self.limits.journal_ahead < newest:
            detail = f"{detail} < {newest.isoformat(timespec='seconds')}"
            return Finding(State.FAIL, Text("doctor.clock.behind"), Text("doctor.clock.remedy"), detail)
        if now.utcoffset() != JAPAN_OFFSET:
            return Finding(State.FAIL, Text("doctor.clock.zone"), Text("doctor.clock.zone.remedy"), detail)
        if self.system_offset() != JAPAN_OFFSET:
            return Finding(State.WARN, Text("doctor.clock.system_zone"), Text("doctor.clock.zone.remedy"), detail)
        return Finding(State.OK, Text("doctor.clock.ok"), detail=detail)


@dataclass(frozen=True)
class DiskCheck:
    """Room on the volume that will hold `folder`, and leave to write there, whether it exists already or not."""

    folder: Path
    limits: Limits
    id: str = "disk"

    def run(self) -> Finding:
        there = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            code = FailureCode.DATA_FOLDER_UNUSABLE.value
            return Finding(State.FAIL, Text(f"failure.{code}.cause"), Text(f"failure.{code}.remedy"), str(there))
        free = shutil.disk_usage(there).free
        values = (("free", f"{free / 1e9:.1f}"),)
        if free < self.limits.disk_fail_bytes:
            return Finding(State.FAIL, Text("doctor.disk.full", values), Text("failure.K402.remedy"), str(there))
        if free < self.limits.disk_warn_bytes:
            return Finding(State.WARN, Text("doctor.disk.low", values), Text("doctor.disk.remedy"), str(there))
        return Finding(State.OK, Text("doctor.disk.ok", values), detail=str(there))


@dataclass(frozen=True)
class FolderCheck:
    """Does a folder take a file under a temporary name and rename it, as every hand-over does? With `made_at_start`
    an absent folder is no fault. What is written never ends in .xml, so that no program takes it for a request."""

    id: str
    path: Path
    made_at_start: bool = False

    def run(self) -> Finding:
        detail = str(self.path)
        if not self.path.exists():
            if self.made_at_start:
                return Finding(State.ABSENT, Text("doctor.folder.later"), detail=detail)
            return Finding(State.FAIL, Text("doctor.folder.absent"), Text("doctor.folder.remedy"), detail)
        if not self.path.is_dir():
            return Finding(State.FAIL, Text("doctor.folder.no_folder"), Text("doctor.folder.remedy"), detail)
        try:
            self._write_and_rename()
        except OSError as error:
            detail = f"{detail}: {errno.errorcode.get(error.errno or 0, 'OSError')}"
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                code = FailureCode.DISK_FULL.value
                return Finding(State.FAIL, Text(f"failure.{code}.cause"), Text(f"failure.{code}.remedy"), detail)
            return Finding(State.FAIL, Text("doctor.folder.refused"), Text("doctor.folder.remedy"), detail)
        return Finding(State.OK, Text("doctor.folder.ok"), detail=detail)

    def _write_and_rename(self) -> None:
        mark = secrets.token_hex(8)
        first, second = self.path / f".{mark}.tmp", self.path / f".{mark}.checked"
        try:
            with first.open("xb") as file:
                file.write(mark.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            first.replace(second)
            if second.read_bytes() != mark.encode("ascii"):
                raise OSError(errno.EIO, "read back something else")
        finally:
            for left in (first, second):
                with suppress(OSError):
                    left.unlink()


@dataclass(frozen=True)
class FontsCheck:
    """Are the bundled fonts there, and fonts by their first bytes? Without them Japanese text shows as empty boxes."""

    folder: Path
    files: tuple[str, ...]
    id: str = "fonts"

    def run(self) -> Finding:
        wrong = [name for name in self.files if not self._is_font(self.folder / name)]
        if wrong:
            return Finding(State.FAIL, Text("doctor.fonts.wrong"), Text("failure.K504.remedy"), ", ".join(wrong))
        return Finding(State.OK, Text("doctor.fonts.ok"), detail=", ".join(self.files))

    @staticmethod
    def _is_font(path: Path) -> bool:
        try:
            with path.open("rb") as file:
                return file.read(4) in SFNT_STARTS
        except OSError:
            return False


@dataclass(frozen=True)
class DisplayCheck:
    """Is there a screen to draw on? Asks the socket that the environment names, as Qt will."""

    environ: Mapping[str, str]
    id: str = "display"
    x11_sockets: Path = Path("/tmp/.X11-unix")

    def run(self) -> Finding:
        platform = self.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
        if platform in ("offscreen", "minimal"):
            return Finding(State.WARN, Text("doctor.display.hidden"), Text("doctor.display.remedy"), platform)
        if platform in ("linuxfb", "eglfs", "vnc"):  # draws without a display server
            return Finding(State.OK, Text("doctor.display.ok"), detail=platform)
        servers = self._servers()
        if not servers:
            return Finding(State.ABSENT, Text("doctor.display.none"), Text("doctor.display.remedy"))
        for name, place in servers:
            if place is None or _answers(place):
                return Finding(State.OK, Text("doctor.display.ok"), detail=name)
        names = ", ".join(name for name, _ in servers)
        return Finding(State.FAIL, Text("doctor.display.dead"), Text("doctor.display.remedy"), names)

    def _servers(self) -> list[tuple[str, Path | None]]:
        """What is announced, with its socket; None for an X server on another machine, which is taken as it is."""
        found: list[tuple[str, Path | None]] = []
        wayland = self.environ.get("WAYLAND_DISPLAY")
        if wayland:
            found.append((wayland, Path(self.environ.get("XDG_RUNTIME_DIR", "/")) / wayland))
        x11 = self.environ.get("DISPLAY")
        if x11:
            host, _, number = x11.rpartition(":")
            local = host in ("", "unix")
            found.append((x11, self.x11_sockets / f"X{number.partition('.')[0]}" if local else None))
        return found


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
