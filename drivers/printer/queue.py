"""Sheets that wait for the printer: files in one folder, readable by their owner only, oldest first.

A file is there before printing begins and goes when the sheet is printed, so that a power cut loses none and prints
at most one twice.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from drivers.printer.folder import PART, not_kept, write_whole
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.ports.printing import Printer

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_PRINTS_NOTHING = (FailureCode.PRINTER_GONE, FailureCode.PRINTER_PAPER_OUT)


class PrintQueue:
    """`folder` holds what waits, for this queue alone. One sheet is printed at a time, whoever asks."""

    def __init__(self, printer: Printer, folder: Path) -> None:
        self._printer = printer
        self._folder = folder
        self._one = threading.Lock()
        # Half a sheet that a power cut left was never promised to anybody, and is personal.
        for half in folder.glob(f".*{PART}"):
            with suppress(OSError):
                half.unlink()

    def add(self, name: str, pdf: bytes, at: datetime) -> bool:
        """Keep the sheet, then print it if the printer takes it. True when it is printed, False when it waits.

        Raises `NeedsStaff(DISK_FULL | FORM_NOT_DRAWN)` where it could not even be kept.
        """
        if not _NAME.fullmatch(name):
            raise NeedsStaff(FailureCode.FORM_NOT_DRAWN, "name")
        path = self._folder / f"{at:%Y%m%dT%H%M%S}_{name}.pdf"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            write_whole(path, pdf)
        except OSError as error:
            raise not_kept(error) from None
        return self._print(path) is None

    def waiting(self) -> tuple[Path, ...]:
        try:
            return tuple(sorted(p for p in self._folder.glob("*.pdf") if p.is_file()))
        except OSError:
            return ()

    def print_waiting(self) -> int:
        """Oldest first, as long as the printer prints; how many still wait. A sheet of which no paper comes holds up
        none behind it."""
        for path in self.waiting():
            if self._print(path) in _PRINTS_NOTHING:
                break
        return len(self.waiting())

    def _print(self, path: Path) -> FailureCode | None:
        """None when it is on paper."""
        with self._one:
            try:
                pdf = path.read_bytes()
                self._printer.print(path.stem.partition("_")[2], pdf)
                path.unlink()
            except FileNotFoundError:
                return None  # printed meanwhile by somebody else
            except KioskError as error:
                return error.code
            except OSError:
                return FailureCode.PRINTER_FAILED
        return None
