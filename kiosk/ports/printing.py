"""Ports of paper: a printer, and the desk that turns a finished form into a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kiosk.domain.attestation import AttestationForm
from kiosk.domain.outcome import IdentityMethod


class PrinterState(StrEnum):
    READY = "ready"
    PAPER_OUT = "paper_out"
    STOPPED = "stopped"  # somebody paused it, or it reports a fault
    GONE = "gone"  # no such printer, or the print service does not answer


@dataclass(frozen=True)
class PrinterReport:
    """`detail` is for technicians: the words of the print service. `disabled`: nothing prints until somebody switches
    the queue on again."""

    state: PrinterState
    detail: str = ""
    disabled: bool = False


class Printer(Protocol):
    """One printer, or a folder in its place."""

    def report(self) -> PrinterReport:
        """Never raises; ends within a few seconds."""

    def print(self, name: str, pdf: bytes) -> None:
        """Returns when the sheet is printed, or with its file whole in the folder. `name` holds nothing personal.
        Raises `Retriable(PRINTER_PAPER_OUT | PRINTER_GONE | PRINTER_FAILED)`, then no sheet will come of it."""


class FormDesk(Protocol):
    """Draws forms and sees that they come onto paper."""

    def keep(self, visit_id: str, form: AttestationForm, at: datetime, identity: IdentityMethod) -> bool:
        """`identity`: how the bearer was confirmed; it is ticked for the facility.

        True when the sheet is printed; False when it waits for the printer, readable by its owner only.
        Raises `NeedsStaff(FORM_NOT_DRAWN | DISK_FULL)` where neither was possible; then nothing remains."""

    def print_waiting(self) -> int:
        """Try the waiting sheets once more, oldest first; the number that still waits."""
