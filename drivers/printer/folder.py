"""A folder in place of a printer: each sheet is a PDF file that its owner only can read."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.ports.printing import PrinterReport, PrinterState

PART = ".part"
"""Ending of a file that is not whole yet."""


class FolderPrinter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def report(self) -> PrinterReport:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            return PrinterReport(PrinterState.GONE, errno.errorcode.get(error.errno or 0, "OS"))
        usable = os.access(self._folder, os.W_OK | os.X_OK)
        return PrinterReport(PrinterState.READY if usable else PrinterState.GONE)

    def print(self, name: str, pdf: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._folder / f"{name}.pdf", pdf)
        except OSError as error:
            raise Retriable(FailureCode.PRINTER_GONE, errno.errorcode.get(error.errno or 0, "OS")) from None


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all, mode 0600, on the disk when it returns. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # shares that cannot do it do not need it
            os.fsync(folder)  # the name is on the disk only with its folder
    finally:
        os.close(folder)


def not_kept(error: OSError) -> NeedsStaff:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return NeedsStaff(FailureCode.DISK_FULL if full else FailureCode.FORM_NOT_DRAWN, type(error).__name__)
