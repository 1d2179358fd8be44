"""A queue of the print service (CUPS), by its own command-line clients.

`lp` hands the PDF over, `lpstat` tells the state; a queue that looks idle may have failed, so that its alerts count.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kiosk.domain.failures import FailureCode, Retriable
from kiosk.ports.clock import Clock
from kiosk.ports.printing import PrinterReport, PrinterState

ANSWER_SECONDS = 5.0
PRINT_SECONDS = 8.0
"""A sheet that is not done by then waits in the kiosk's own queue; the print job is taken back."""

_POLL_SECONDS = 0.3
_JOB = re.compile(r"request id is (\S+)")
_PAPER = ("media-empty", "media-needed", "media-jam", "input-tray-missing")
_GONE = ("offline", "connecting-to-device", "shutdown", "timed-out")


class CupsPrinter:
    """`name` is the queue. `environment` adds to that of the clients, such as `CUPS_SERVER`."""

    def __init__(self, name: str, clock: Clock, environment: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._clock = clock
        self._environment = {**os.environ, "LC_ALL": "C", **(environment or {})}

    def report(self) -> PrinterReport:
        told = self._ask("lpstat", "-l", "-p", self._name)
        if told is None:
            return PrinterReport(PrinterState.GONE, "lpstat")
        return report_of(told)

    def print(self, name: str, pdf: bytes) -> None:
        self._refuse(self.report())
        job = self._hand_over(name, pdf)
        until = self._clock.monotonic() + PRINT_SECONDS
        while job in self._jobs("not-completed"):
            report = self.report()
            if report.state is not PrinterState.READY or self._clock.monotonic() >= until:
                self._take_back(job)
                self._refuse(report)
                raise Retriable(FailureCode.PRINTER_FAILED, job)
            self._clock.sleep(_POLL_SECONDS)
        # A queue that drops what it cannot print empties too: its alerts tell.
        self._refuse(self.report())

    def _refuse(self, report: PrinterReport) -> None:
        codes = {
            PrinterState.PAPER_OUT: FailureCode.PRINTER_PAPER_OUT,
            PrinterState.GONE: FailureCode.PRINTER_GONE,
            PrinterState.STOPPED: FailureCode.PRINTER_FAILED,
        }
        if report.state in codes:
            raise Retriable(codes[report.state], report.detail)

    def _hand_over(self, name: str, pdf: bytes) -> str:
        """The id of the job. The file is readable by its owner only and gone as soon as the service has it."""
        handle, path = tempfile.mkstemp(prefix="madoguchi-", suffix=".pdf")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pdf)
            told = self._ask("lp", "-d", self._name, "-t", name, "-o", "media=A4", "--", path)
        finally:
            Path(path).unlink(missing_ok=True)
        match = _JOB.search(told or "")
        if match is None:
            raise Retriable(FailureCode.PRINTER_FAILED, "lp")
        return match[1]

    def _jobs(self, which: str) -> set[str]:
        told = self._ask("lpstat", "-W", which, "-o", self._name) or ""
        return {line.split()[0] for line in told.splitlines() if line.split()}

    def _take_back(self, job: str) -> None:
        self._ask("cancel", "-x", job)

    def _ask(self, *command: str) -> str | None:
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=ANSWER_SECONDS,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None


def report_of(told: str) -> PrinterReport:
    """The state in the words of `lpstat -l -p`."""
    first, *rest = told.strip().splitlines() or [""]
    alerts = next((line.partition(":")[2].strip() for line in rest if line.strip().startswith("Alerts:")), "")
    detail = alerts if alerts != "none" else ""
    if not first.startswith("printer "):
        return PrinterReport(PrinterState.GONE, "lpstat")
    if any(word in alerts for word in _PAPER):
        return PrinterReport(PrinterState.PAPER_OUT, detail)
    if any(word in alerts for word in _GONE):
        return PrinterReport(PrinterState.GONE, detail)
    if "disabled" in first or "paused" in alerts or "-error" in alerts:
        return PrinterReport(PrinterState.STOPPED, detail or "disabled")
    return PrinterReport(PrinterState.READY, detail)
