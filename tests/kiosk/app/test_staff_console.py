"""What the console reads of a data folder, and the command that opens it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import cv2
import numpy
import pytest
from PySide6.QtGui import QImage

from drivers.store.patients import SqlitePatients
from kiosk.app.backroom import open_pending
from kiosk.app.catalogue import load_catalogue
from kiosk.app.cli import main
from kiosk.app.console_records import StoredRecords
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.app.staff_console import meanings, note_labels, qr_code
from kiosk.domain.accounts import account_rules
from kiosk.domain.patients import Patient
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.domain.rules import load_rules
from kiosk.ports.journal import JournalEntry
from kiosk.runtime.clocks import JAPAN
from kiosk.staff.console.gallery import draw
from kiosk.staff.console.pages import PAGES
from kiosk.staff.console.services import Person

AT = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
VISIT = "K1-20261124-083000-ab12-7"
BORN = date(1985, 3, 14)


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    made = DataFolders(tmp_path / "data")
    made.create()
    return made


@pytest.fixture
def records(folders: DataFolders) -> Iterator[StoredRecords]:
    with closing(StoredRecords(Settings(), folders)) as made:
        yield made


def note(folders: DataFolders, event: str, **fields: str) -> None:
    with closing(open_journal(folders)) as journal:
        journal.append(JournalEntry(event, dict(fields), VISIT), AT)


def test_a_console_that_starts_before_every_kiosk_finds_an_empty_day(records: StoredRecords) -> None:
    assert records.opened(AT.date(), AT.date()) == ()
    assert records.pending() == ()
    assert records.person(VISIT) == Person()


def test_whose_visit_it_was_stands_in_the_facilitys_own_list(records: StoredRecords, folders: DataFolders) -> None:
    with closing(SqlitePatients(folders.root / "patients.sqlite")) as patients:
        patients.replace([Patient("208817", "ヤマダ　タロウ", BORN, name="山田　太郎")])
    note(folders, "patient.known", patient="208817")
    assert records.person(VISIT) == Person("山田　太郎", "ヤマダ　タロウ", BORN, "208817")
    with closing(open_journal(folders)) as journal:
        journal.destroy_keys([VISIT], AT)  # its retention has ended
    assert records.person(VISIT) == Person()


def test_a_name_comes_from_the_claim_note_while_it_is_there(records: StoredRecords, folders: DataFolders) -> None:
    content = {
        "claim_route": "3",
        "decision": "D32",
        "items": {"insurer_number": "77777777", "name": "山田　太郎", "birth_date": "1985-03-14"},
        "remarks": "不詳",
        "missing": ["employer"],
    }
    file = folders.out / f"claim_note_{VISIT}.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    found = records.note(VISIT)
    assert found is not None
    assert (found.route, found.items["insurer_number"], found.missing) == ("3", "77777777", ("employer",))
    assert records.person(VISIT) == Person("山田　太郎", None, BORN)
    file.write_text("[1]", encoding="utf-8")
    assert records.note(VISIT) is None
    file.unlink()
    assert records.person(VISIT) == Person()


def test_a_visit_of_the_list_is_settled_once_and_by_name(records: StoredRecords, folders: DataFolders) -> None:
    note(folders, "visit.opened", language="ja")
    with closing(open_pending(folders)) as pending:
        pending.add(PendingVisit(VISIT, AT, CardFace("山田　太郎", BORN)))
    assert records.person(VISIT).name == "山田　太郎"
    assert records.settle_pending(VISIT, "sato")
    assert not records.settle_pending(VISIT, "sato")
    events = [(entry.event, json.loads(entry.fields).get("staff")) for entry in records.of_visit(VISIT)]
    assert events == [("visit.opened", None), ("pending.settled", "sato")]
    assert records.person(VISIT) == Person()


def test_the_code_for_the_authenticator_is_read_by_a_camera() -> None:
    uri = "otpauth://totp/Madoguchi:suzuki?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Madoguchi"
    pixels = qr_code(uri)
    picture = numpy.frombuffer(bytes(pixels.rgb), numpy.uint8).reshape(pixels.height, pixels.width, 3)
    assert cv2.QRCodeDetector().detectAndDecode(numpy.ascontiguousarray(picture))[0] == uri


def test_every_page_is_drawn(tmp_path: Path, qapp: object) -> None:
    del qapp
    rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), AT.date())
    sentences = load_catalogue(ASSETS / "messages")
    labels = note_labels(AT.date())
    written = draw(tmp_path, sentences, rules, meanings(), labels, sizes=[(1280, 800)], languages=["en"])
    names = {path.stem.removeprefix("en-1280-") for path in written}
    assert names >= {*PAGES, "door-sign-in", "door-locked", "visit-live", "prompt-two-people"}
    sizes = {(image.width(), image.height()) for image in (QImage(str(path)) for path in written)}
    assert sizes == {(1280, 800)}


def test_without_a_display_the_command_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["staff", "--lang", "en"]) == 1
    assert "--shots" in capsys.readouterr().err
