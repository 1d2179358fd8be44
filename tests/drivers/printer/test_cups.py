"""Printing through a print service that really runs: paper out, a stuck sheet, no queue, and all of it put right."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.printer import cups
from drivers.printer.cups import CupsPrinter, report_of
from drivers.printer.queue import PrintQueue
from kiosk.domain.failures import FailureCode, Retriable
from kiosk.ports.printing import PrinterState
from kiosk.runtime.clocks import RealClock
from tests.drivers.printer.service import QUEUE, PrintService, print_service

PDF = b"%PDF-1.4 a sheet"
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that takes long to come is printed all the same."""
    for name in ("ANSWER_SECONDS", "PRINT_SECONDS"):
        monkeypatch.setattr(cups, name, 60.0)


@pytest.fixture(scope="module")
def running() -> Iterator[PrintService]:
    with tempfile.TemporaryDirectory(prefix="cups-") as folder, print_service(Path(folder)) as service:
        yield service


@pytest.fixture
def service(running: PrintService) -> Iterator[PrintService]:
    yield running
    running.trouble(None)
    running.ask("cancel", "-a", "-x", QUEUE)
    running.ask("cupsenable", QUEUE)
    for sheet in running.tray.glob("*.pdf"):
        sheet.unlink()


@pytest.fixture
def printer(service: PrintService) -> CupsPrinter:
    return CupsPrinter(QUEUE, RealClock(), service.environment)


@pytest.mark.cups
def test_a_sheet_is_printed_as_it_was_sent(service: PrintService, printer: CupsPrinter) -> None:
    assert printer.report().state is PrinterState.READY
    printer.print("K1-20261124-0001", PDF)
    assert service.printed() == [PDF]


@pytest.mark.cups
def test_without_paper_it_waits_and_is_printed_once_there_is_some(
    service: PrintService, printer: CupsPrinter, tmp_path: Path
) -> None:
    queue = PrintQueue(printer, tmp_path / "waiting")
    service.trouble("paper")
    assert not queue.add("K1-0001", PDF, AT)
    assert printer.report().state is PrinterState.PAPER_OUT
    assert [path.stat().st_mode & 0o777 for path in queue.waiting()] == [0o600]
    assert service.printed() == []
    service.trouble(None)
    assert queue.print_waiting() == 0
    assert queue.waiting() == ()
    assert service.printed() == [PDF], "printed once, and the job that was taken back never"


@pytest.mark.cups
def test_a_queue_that_somebody_has_to_switch_on_again(service: PrintService, printer: CupsPrinter) -> None:
    service.trouble("fails")
    with pytest.raises(Retriable) as caught:
        printer.print("K1-0002", PDF)
    assert caught.value.code in (FailureCode.PRINTER_FAILED, FailureCode.PRINTER_PAPER_OUT)
    with pytest.raises(Retriable):
        printer.print("K1-0002", PDF)
    service.trouble(None)
    service.ask("cupsenable", QUEUE)
    printer.print("K1-0002", PDF)
    assert service.printed() == [PDF]


@pytest.mark.cups
def test_no_such_queue_and_no_service(service: PrintService) -> None:
    for printer in (
        CupsPrinter("nosuch", RealClock(), service.environment),
        CupsPrinter(QUEUE, RealClock(), {"CUPS_SERVER": "/nowhere/cups.sock"}),
    ):
        assert printer.report().state is PrinterState.GONE
        with pytest.raises(Retriable) as caught:
            printer.print("K1-0003", PDF)
        assert caught.value.code is FailureCode.PRINTER_GONE


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("", PrinterState.GONE),
        ("something else", PrinterState.GONE),
        ("printer a is idle.  enabled since now\n\tAlerts: none", PrinterState.READY),
        ("printer a is idle.  enabled since now\n\tAlerts: media-low-report", PrinterState.READY),
        ("printer a now printing a-1.  enabled since now\n\tAlerts: media-empty-error", PrinterState.PAPER_OUT),
        ("printer a is idle.  enabled since now\n\tAlerts: offline-report", PrinterState.GONE),
        ("printer a disabled since now -\n\tAlerts: paused", PrinterState.STOPPED),
        ("printer a is idle.  enabled since now\n\tAlerts: cover-open-error", PrinterState.STOPPED),
    ],
)
def test_words_of_the_service(told: str, state: PrinterState) -> None:
    assert report_of(told).state is state


CLIENTS = {
    "cancel": 'echo "$*" > "$TAKEN_BACK"',
    "lp": "echo 'request id is test-7 (1 file(s))'",
    "lpstat": """case "$*" in
  *-p*) echo 'printer test is idle.  enabled since now' ;;
  *) [ "$*" != "-W $FALLS_SILENT -o test" ] && [ "$*" != "-l -W $FALLS_SILENT -o test" ] ;;
esac""",
}


@pytest.mark.parametrize("falls_silent", ["not-completed", "completed"])
def test_a_service_that_falls_silent_has_printed_nothing(tmp_path: Path, falls_silent: str) -> None:
    """It took the job and was gone, or too busy to answer: the sheet waits and is not forgotten."""
    for name, script in CLIENTS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "FALLS_SILENT": falls_silent}
    environment["TAKEN_BACK"] = str(tmp_path / "taken back")
    queue = PrintQueue(CupsPrinter(QUEUE, RealClock(), environment), tmp_path / "waiting")
    assert not queue.add("K1-0007", PDF, AT)
    assert [path.read_bytes() for path in queue.waiting()] == [PDF]
    assert (tmp_path / "taken back").read_text() == "-x test-7\n"


@pytest.mark.cups
def test_a_queue_that_refuses_jobs_may_look_idle(service: PrintService, printer: CupsPrinter) -> None:
    assert printer.accepts()
    service.ask("cupsreject", QUEUE)
    try:
        assert printer.report().state is PrinterState.READY
        assert not printer.accepts()
    finally:
        service.ask("cupsaccept", QUEUE)
    assert not CupsPrinter("nosuch", RealClock(), service.environment).accepts()
