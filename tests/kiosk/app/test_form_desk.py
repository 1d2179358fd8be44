"""Paper at the end of a visit: where the sheet lies, who may read it, and what a printer in trouble or a power cut
leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest

from drivers.printer.folder import FolderPrinter
from drivers.simulated.persona import load_persona
from drivers.simulated.printer import SimulatedPrinter
from kiosk.app.form_desk import PrintingDesk, make_printer, waiting_folder
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.attestation import AttestationForm
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.printing import PrinterState
from kiosk.runtime.clocks import RealClock
from tests.conftest import LogWatch
from tests.kiosk.app.plays import player, shipped

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FORM = AttestationForm(name="見本　花子", address="東京都架空区")


def text_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def sheets(data: Path, folder: str = "forms") -> list[Path]:
    return sorted((data / folder).glob("*")) if (data / folder).exists() else []


def holding(data: Path, words: tuple[str, ...]) -> list[str]:
    found = []
    for path in data.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(word.encode(code) in content for word in words for code in ("utf-8", "utf-16-le", "cp932")):
            found.append(path.name)
    return found


def test_a_visit_by_form_ends_with_its_sheet(tmp_path: Path) -> None:
    result = player().play(shipped("form-complete"), data=tmp_path)
    assert result.passed, result.failure
    (sheet,) = sheets(tmp_path)
    assert sheet.stem == result.visit_id
    assert sheet.stat().st_mode & 0o777 == 0o600
    text = text_of(sheet)
    written = (
        "見本　花子",
        "ミホン　ハナコ",
        "昭和25年3月3日",
        "東京都架空区一丁目２番３号",
        "03-0000-0000",
        "令和8年11月24日",
    )
    assert [word for word in written if word not in text] == []
    assert "✓ 顔" in text or "✓顔" in text, "the facility's part says how the bearer was confirmed"
    assert "090-0000-0000" not in text, "what was changed on the review is gone"
    assert sheets(tmp_path, "forms-waiting") == []


def test_who_writes_nothing_has_what_the_card_says(tmp_path: Path) -> None:
    result = player().play(shipped("form-unknowns"), data=tmp_path)
    assert result.passed, result.failure
    (sheet,) = sheets(tmp_path)
    text = text_of(sheet)
    assert load_persona(ASSETS / "personas", "hanako").card.name in text
    assert "わからない" in text


def test_without_paper_the_sheet_waits_and_comes_later(tmp_path: Path) -> None:
    result = player().play(shipped("form-printer-without-paper"), data=tmp_path)
    assert result.passed, result.failure
    assert result.outcome is not None
    assert "form_waits_for_printer" in result.outcome["alerts"]
    assert len(sheets(tmp_path)) == 1
    assert sheets(tmp_path, "forms-waiting") == []


@pytest.mark.parametrize("name", ["form-power-cut", "form-abandoned"])
def test_a_form_that_was_not_finished_leaves_nothing(tmp_path: Path, name: str) -> None:
    result = player().play(shipped(name), data=tmp_path)
    assert result.passed, result.failure
    assert sheets(tmp_path) == sheets(tmp_path, "forms-waiting") == []
    # The simulated facility knows its patients by name from the start; nobody told it this spelling.
    assert holding(tmp_path, ("東京都架空区一丁目２番３号", "未完　花江")) == []


def desk(folders: DataFolders, printer: SimulatedPrinter, **printer_settings: object) -> PrintingDesk:
    return PrintingDesk(Settings().overridden({"printer": printer_settings}), folders, printer)


def test_desk_keeps_what_the_printer_refuses(tmp_path: Path) -> None:
    printer = SimulatedPrinter(FolderPrinter(tmp_path / "tray"))
    printer.state = PrinterState.GONE
    folders = DataFolders(tmp_path / "data")
    assert not desk(folders, printer).keep("K1-0001", FORM, AT)
    (waiting,) = waiting_folder(folders).iterdir()
    assert waiting.stat().st_mode & 0o777 == 0o600
    assert "見本　花子" in text_of(waiting)
    printer.state = PrinterState.READY
    assert desk(folders, printer).print_waiting() == 0
    assert [path.name for path in (tmp_path / "tray").iterdir()] == ["K1-0001.pdf"]


def test_copies_are_kept_only_where_the_facility_wants_them(tmp_path: Path) -> None:
    printer = SimulatedPrinter(FolderPrinter(tmp_path / "tray"))
    folders = DataFolders(tmp_path / "data")
    assert desk(folders, printer, name="office").keep("K1-0001", FORM, AT)
    assert sheets(folders.root) == []
    assert desk(folders, printer, name="office", keep=True).keep("K1-0002", FORM, AT)
    assert [path.name for path in sheets(folders.root)] == ["K1-0002.pdf"]


def test_a_copy_that_cannot_be_kept_holds_up_nobody(tmp_path: Path, log_watch: LogWatch) -> None:
    log_watch.announce("ERROR kiosk.app: copy of the form of K1-0001 not kept: K420")
    (tmp_path / "archive").write_bytes(b"")
    printer = SimulatedPrinter(FolderPrinter(tmp_path / "tray"))
    chosen = desk(DataFolders(tmp_path), printer, name="office", keep=True, folder=str(tmp_path / "archive"))
    assert chosen.keep("K1-0001", FORM, AT)
    assert sheets(tmp_path, "tray") == [tmp_path / "tray" / "K1-0001.pdf"]


def test_a_template_that_is_wrong_is_for_staff(tmp_path: Path) -> None:
    printer = SimulatedPrinter(FolderPrinter(tmp_path / "tray"))
    with pytest.raises(NeedsStaff) as caught:
        desk(DataFolders(tmp_path), printer, template=str(tmp_path / "none.pdf")).keep("K1-0001", FORM, AT)
    assert caught.value.code is FailureCode.FORM_NOT_DRAWN


def test_printer_by_the_settings(tmp_path: Path) -> None:
    folders, clock = DataFolders(tmp_path), RealClock()
    assert type(make_printer(Settings(), folders, clock)).__name__ == "FolderPrinter"
    named = Settings().overridden({"printer": {"name": "office"}})
    assert type(make_printer(named, folders, clock)).__name__ == "CupsPrinter"
