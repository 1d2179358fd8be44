"""Sheets that wait: none is lost, none is read by others, the oldest comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.printer.folder import FolderPrinter
from drivers.printer.queue import PrintQueue
from drivers.simulated.printer import SimulatedPrinter
from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.ports.printing import PrinterReport, PrinterState

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def printer(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(FolderPrinter(tmp_path / "tray"))


@pytest.fixture
def queue(tmp_path: Path, printer: SimulatedPrinter) -> PrintQueue:
    return PrintQueue(printer, tmp_path / "waiting")


def tray(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "tray").glob("*"))


def test_printed_at_once_and_nothing_stays(queue: PrintQueue, tmp_path: Path) -> None:
    assert queue.add("K1-0001", b"one", AT)
    assert tray(tmp_path) == ["K1-0001.pdf"]
    assert list((tmp_path / "waiting").iterdir()) == []
    assert (tmp_path / "tray" / "K1-0001.pdf").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "waiting").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("state", [PrinterState.PAPER_OUT, PrinterState.GONE, PrinterState.STOPPED])
def test_waits_and_is_printed_later(
    queue: PrintQueue, printer: SimulatedPrinter, tmp_path: Path, state: PrinterState
) -> None:
    printer.state = state
    assert not queue.add("K1-0002", b"two", AT + timedelta(minutes=1))
    assert not queue.add("K1-0001", b"one", AT)
    assert queue.print_waiting() == 2
    assert [path.stem[-4:] for path in queue.waiting()] == ["0001", "0002"], "the oldest first"
    printer.state = PrinterState.READY
    again = PrintQueue(printer, tmp_path / "waiting")
    assert again.print_waiting() == 0, "a new start finds what waited"
    assert tray(tmp_path) == ["K1-0001.pdf", "K1-0002.pdf"]


class RefusingOne:
    """Prints all but one sheet, as a print service does that cannot draw it."""

    def __init__(self, tray: FolderPrinter) -> None:
        self._tray = tray

    def report(self) -> PrinterReport:
        return self._tray.report()

    def print(self, name: str, pdf: bytes) -> None:
        if pdf == b"cannot be drawn":
            raise Retriable(FailureCode.PRINTER_FAILED, "aborted")
        self._tray.print(name, pdf)


def test_a_sheet_that_the_printer_refuses_holds_up_none_behind_it(printer: SimulatedPrinter, tmp_path: Path) -> None:
    printer.state = PrinterState.PAPER_OUT
    before = PrintQueue(printer, tmp_path / "waiting")
    for minute, content in enumerate((b"cannot be drawn", b"two", b"three")):
        assert not before.add(f"K1-000{minute}", content, AT + timedelta(minutes=minute))
    again = PrintQueue(RefusingOne(FolderPrinter(tmp_path / "tray")), tmp_path / "waiting")
    assert again.print_waiting() == 1
    assert tray(tmp_path) == ["K1-0001.pdf", "K1-0002.pdf"]
    assert [path.read_bytes() for path in again.waiting()] == [b"cannot be drawn"]


def test_half_a_sheet_of_before_a_power_cut_is_gone_and_whole_ones_stay(
    printer: SimulatedPrinter, tmp_path: Path
) -> None:
    printer.state = PrinterState.PAPER_OUT
    folder = tmp_path / "waiting"
    PrintQueue(printer, folder).add("K1-0001", b"one", AT)
    (folder / ".x7f3_q.part").write_bytes(b"half of somebody's form")
    again = PrintQueue(printer, folder)
    assert list(folder.iterdir()) == list(again.waiting())
    assert len(again.waiting()) == 1


def test_a_name_that_leads_elsewhere_is_refused(queue: PrintQueue) -> None:
    with pytest.raises(NeedsStaff):
        queue.add("../x", b"", AT)


def test_a_folder_that_cannot_be_written(tmp_path: Path, printer: SimulatedPrinter) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NeedsStaff) as caught:
        PrintQueue(printer, tmp_path / "file").add("K1-0001", b"", AT)
    assert caught.value.code is FailureCode.FORM_NOT_DRAWN
    blocked = FolderPrinter(tmp_path / "file")
    assert blocked.report().state is PrinterState.GONE
    with pytest.raises(Retriable):
        blocked.print("K1-0001", b"")
