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

ALERT_SECONDS = 3.0
"""An alert that stands so long after the job began is about this job."""

_POLL_SECONDS = 0.3
_NO_QUEUE = "lpstat"
_GIVEN_UP = ("aborted", "canceled", "printer-stopped")
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
            return PrinterReport(PrinterState.GONE, _NO_QUEUE)
        return report_of(told)

    def accepts(self) -> bool:
        """Whether the queue takes jobs; a queue that refuses them may look idle."""
        told = self._ask("lpstat", "-a", self._name)
        return told is not None and f"{self._name} accepting" in told

    def print(self, name: str, pdf: bytes) -> None:
        """The alerts of a queue are those of its last job until the next one runs: before a job they say nothing."""
        before = self.report()
        if before.state is PrinterState.GONE and before.detail == _NO_QUEUE:
            raise Retriable(FailureCode.PRINTER_GONE, self._name)
        if before.disabled:
            raise Retriable(_code_of(before), before.detail)
        job = self._hand_over(name, pdf)
        try:
            self._wait_for(job)
        except Retriable:  # the sheet waits here from now on, and must not come out there as well
            self._ask("cancel", "-x", job)
            raise

    def _wait_for(self, job: str) -> None:
        began = self._clock.monotonic()
        while job in self._unprinted():
            now = self.report()
            waited = self._clock.monotonic() - began
            troubled = now.state is not PrinterState.READY and waited >= ALERT_SECONDS
            if now.disabled or troubled or waited >= PRINT_SECONDS:
                raise Retriable(_code_of(now), now.detail)
            self._clock.sleep(_POLL_SECONDS)
        if not self._done(job):
            raise Retriable(FailureCode.PRINTER_FAILED, job)

    def _done(self, job: str) -> bool:
        """Whether the service calls the job printed: a job also leaves the queue by being given up. One that it does
        not know any more was printed by a service that keeps no history."""
        told = self._told("lpstat", "-l", "-W", "completed", "-o", self._name)
        lines = iter(told.splitlines())
        for line in lines:
            if line.startswith(f"{job} "):
                alerts = next((rest for rest in lines if rest.strip().startswith("Alerts:")), "")
                return not any(word in alerts for word in _GIVEN_UP)
        return True

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

    def _unprinted(self) -> set[str]:
        told = self._told("lpstat", "-W", "not-completed", "-o", self._name)
        return {line.split()[0] for line in told.splitlines() if line.split()}

    def _told(self, *command: str) -> str:
        """The service's answer about jobs. Its silence says nothing about the sheet, which is not printed until it says
        so: one too many is better than one that nobody has."""
        told = self._ask(*command)
        if told is None:
            raise Retriable(FailureCode.PRINTER_GONE, command[0])
        return told

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
        return PrinterReport(PrinterState.GONE, _NO_QUEUE)
    disabled = " disabled " in first or "paused" in alerts
    if any(word in alerts for word in _PAPER):
        return PrinterReport(PrinterState.PAPER_OUT, detail, disabled)
    if any(word in alerts for word in _GONE):
        return PrinterReport(PrinterState.GONE, detail, disabled)
    if disabled or "-error" in alerts:
        return PrinterReport(PrinterState.STOPPED, detail or "disabled", disabled)
    return PrinterReport(PrinterState.READY, detail)


def _code_of(report: PrinterReport) -> FailureCode:
    return {
        PrinterState.PAPER_OUT: FailureCode.PRINTER_PAPER_OUT,
        PrinterState.GONE: FailureCode.PRINTER_GONE,
    }.get(report.state, FailureCode.PRINTER_FAILED)
