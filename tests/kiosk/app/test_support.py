"""The support bundle, the metrics and the waiting lists tell counts and nobody's data."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.app.backroom import open_pending
from kiosk.app.cli import main
from kiosk.app.console import Console
from kiosk.app.failure_handbook import PAGE, page
from kiosk.app.handover import open_deliveries
from kiosk.app.log_file import kept_log
from kiosk.app.metrics import metrics_text, write_metrics
from kiosk.app.paths import DataFolders
from kiosk.app.pending_check import PendingCheck, Waiting, waiting_in
from kiosk.app.settings import HandOverSettings, Settings, StaffSettings
from kiosk.app.support import bundle, shown_settings
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.ports.handover import Parcel
from kiosk.runtime.clocks import JAPAN
from kiosk.staff.readiness import State
from tests.conftest import LogWatch
from tests.kiosk.app.plays import catalogue, player, written
from tests.kiosk.app.test_secrets import BOTH_WAYS, unusual
from tests.kiosk.app.watch import people, secrets_of_everybody

AT = datetime(2026, 11, 24, 10, 0, tzinfo=JAPAN)
FACE = CardFace("見本　花子", None, "2", "架空県架空市試験町１－２－３")


def test_a_bundle_after_visits_holds_no_secret_and_nobody(tmp_path: Path) -> None:
    folders = DataFolders(tmp_path / "data")
    with kept_log(folders, "kiosk"):
        assert player().play(written(tmp_path, BOTH_WAYS), data=folders.root).failure is None
        _log_what_nobody_should()
    settings = replace(
        Settings(),
        staff=StaffSettings(("sato:00112233:44556677",)),
        hand_over=HandOverSettings(orca_url="http://orca:secret@host", orca_user="orca", orca_password_file="/x/pw"),
    )
    content = bundle(settings, folders, Console(catalogue(), "en"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    everything = b"\n".join(parts.values())
    assert unusual().found_in(everything) | secrets_of_everybody().found_in(everything) == set()
    text = everything.decode()
    for person in people():
        for personal in (person.card.name, person.card.kana, person.card.address, person.record.number):
            assert personal not in text or len(personal) < 5  # a number of four digits is in many others
    for secret in ("44556677", "orca:secret", "/x/pw", "sato", MY_NUMBER, PHONE):
        assert secret not in text
    assert not re.search(r"K1-\d{8}-\d{6}", text)
    journal = json.loads(parts["journal.json"])
    assert (journal["sound"], journal["events"]["visit.closed"]) == (True, 1)
    log = parts["log.txt"].decode()
    assert "defect ValueError < test_support.py" in log
    assert "/home" not in log
    assert json.loads(parts["versions.json"])["program"]
    assert json.loads(parts["doctor.json"])["checks"]
    assert b"madoguchi_journal_entries" in parts["metrics.txt"]


MY_NUMBER, PHONE = "123456789018", "090-1234-5678"


def _log_what_nobody_should() -> None:
    """Mistakes that nobody has made yet: each of them ends before the file."""
    log = logging.getLogger("kiosk.app")
    log.info("asked for %s and %s", MY_NUMBER, PHONE)
    log.info("K1-20261124-083000-ab12-7 in /home/sato/madoguchi/journal.sqlite")
    try:
        raise ValueError(people()[0].card.name)
    except ValueError:
        log.info("defect", exc_info=True)


def test_the_log_itself_is_masked_small_and_for_its_owner_only(tmp_path: Path) -> None:
    folders = DataFolders(tmp_path)
    with kept_log(folders, "kiosk"):
        _log_what_nobody_should()
        logging.getLogger("some.library").info("quotes everything")
        for _ in range(2000):
            logging.getLogger("drivers.store").info("a line that comes again " * 40)
    files = sorted((tmp_path / "log").iterdir())
    assert [file.name for file in files] == ["kiosk.log", "kiosk.log.1", "kiosk.log.2"]
    assert all(file.stat().st_size <= 512 * 1024 for file in files)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
    with kept_log(DataFolders(tmp_path / "small"), "kiosk"):
        _log_what_nobody_should()
        logging.getLogger("some.library").info("quotes everything")
    written_text = (tmp_path / "small" / "log" / "kiosk.log").read_text("utf-8")
    for secret in (MY_NUMBER, PHONE, people()[0].card.name, "quotes everything"):
        assert secret not in written_text


def test_without_a_place_for_the_log_the_program_goes_on(tmp_path: Path, log_watch: LogWatch) -> None:
    log_watch.announce("no log")
    (tmp_path / "log").write_text("in the way", encoding="utf-8")
    with kept_log(DataFolders(tmp_path), "kiosk"):
        logging.getLogger("kiosk.app").info("lost")
    assert (tmp_path / "log").read_text(encoding="utf-8") == "in the way"


def test_a_line_that_finds_no_room_is_not_printed_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with kept_log(DataFolders(tmp_path), "kiosk"):
        monkeypatch.setattr(logging.getLogger("kiosk").handlers[-1], "flush", full)
        _log_what_nobody_should()
        monkeypatch.undo()
    assert "".join(capfd.readouterr()) == ""


def test_settings_are_shown_without_what_may_name_anybody() -> None:
    shown = shown_settings(replace(Settings(), staff=StaffSettings(("a:b:c",))))
    assert shown["staff"]["codes"] == "(set) 1"
    assert shown["flow"]["patience"] == 60.0
    assert shown["lane"]["id"] == "K1"


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[facility]\ndata = "{tmp_path / "data"}"\n', encoding="utf-8")
    target = tmp_path / "bundle.zip"
    assert main(["support-bundle", "--config", str(config), "-o", str(target)]) == 0
    assert zipfile.ZipFile(target).testzip() is None
    assert target.stat().st_mode & 0o077 == 0


def test_waiting_lists_in_figures_and_readiness(tmp_path: Path) -> None:
    folders = DataFolders(tmp_path)
    folders.create()
    assert waiting_in(folders) == Waiting()
    assert PendingCheck(folders).run().state is State.OK
    with closing(open_deliveries(folders)) as deliveries:
        deliveries.put(Parcel("K1-1", "out", "one.xml", b"x"), AT.timestamp())
    with closing(open_pending(folders)) as pending:
        pending.add(PendingVisit("K1-1", AT, FACE))
    assert waiting_in(folders) == Waiting(parcels=1, open=1)
    finding = PendingCheck(folders).run()
    assert (finding.state, finding.cause.id) == (State.WARN, "doctor.pending.waits")
    with closing(open_pending(folders)) as pending:
        pending.outage_began(AT, "K301")
    finding = PendingCheck(folders).run()
    assert (finding.cause.id, finding.detail) == ("doctor.pending.outage", "K301")
    figures = metrics_text(folders, AT)
    assert 'madoguchi_waiting{list="open"} 1' in figures
    assert "madoguchi_line_down 1" in figures
    assert "見本" not in figures


def test_metrics_of_a_day_in_the_form_of_prometheus(tmp_path: Path) -> None:
    result = player().play(
        written(tmp_path, "terminal: {state: online}\nsteps:\n  - tap: staff\n"), data=tmp_path / "d"
    )
    assert result.failure is None
    folders = DataFolders(tmp_path / "d")
    lines = metrics_text(folders, AT).splitlines()
    sample = re.compile(r'madoguchi_[a-z_]+(\{[a-z]+="[A-Za-z0-9_]+"\})? -?\d+')
    assert all(line.startswith(("# HELP ", "# TYPE ")) or sample.fullmatch(line) for line in lines)
    write_metrics(tmp_path / "kiosk.prom", folders, AT + timedelta(seconds=5))
    assert (tmp_path / "kiosk.prom").stat().st_mode & 0o044 == 0o044, "the collector has an account of its own"
    written_text = (tmp_path / "kiosk.prom").read_text(encoding="utf-8")
    assert f"madoguchi_written_seconds {int(AT.timestamp()) + 5}" in written_text


def test_a_place_that_takes_no_figures_ends_nothing(tmp_path: Path, log_watch: LogWatch) -> None:
    log_watch.announce("metrics")
    write_metrics(tmp_path / "absent" / "kiosk.prom", DataFolders(tmp_path), AT)


def test_the_page_of_failures_is_the_programs_own_list() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(catalogue())
