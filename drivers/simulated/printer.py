"""A simulated printer with its troubles. What it printed lies in a folder, as paper in a tray."""

from __future__ import annotations

from kiosk.domain.failures import FailureCode, Retriable
from kiosk.ports.printing import Printer, PrinterReport, PrinterState


class SimulatedPrinter:
    """`tray` takes the sheets."""

    def __init__(self, tray: Printer) -> None:
        self._tray = tray
        self.state = PrinterState.READY

    def report(self) -> PrinterReport:
        return PrinterReport(self.state) if self.state is not PrinterState.READY else self._tray.report()

    def print(self, name: str, pdf: bytes) -> None:
        if self.state is PrinterState.PAPER_OUT:
            raise Retriable(FailureCode.PRINTER_PAPER_OUT, "simulated")
        if self.state is not PrinterState.READY:
            raise Retriable(FailureCode.PRINTER_GONE, "simulated")
        self._tray.print(name, pdf)
