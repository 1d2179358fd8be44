"""`kiosk journal` from outside: an auditor's questions, the end of retention, a damaged file, and the key."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.app import journal_commands
from kiosk.app.cli import main
from kiosk.app.counter import open_counter
from kiosk.app.journal import event_catalogue, open_journal
from kiosk.app.journal_commands import operator, retention_ends
from kiosk.app.journal_export import COLUMNS
from kiosk.app.journal_key import CREDENTIAL, open_sealer
from kiosk.app.paths import DataFolders
from kiosk.domain.accounts import Role, Session
from kiosk.domain.failures import FailureCode, Fatal, KioskError
from kiosk.ports.counter import Change, Ending, Finish
from kiosk.ports.journal import JournalEntry
from kiosk.runtime.clocks import JAPAN, RealClock
from tests.kiosk.app.plays import day_that_lasts

AT = datetime(2020, 2, 3, 9, 30, tzinfo=JAPAN)
NOTE, PATIENT = "=lives with her daughter", "00012345"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolders:
    monkeypatch.setenv("MADOGUCHI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    return DataFolders(tmp_path / "data")


@pytest.fixture
def filled(folders: DataFolders) -> DataFolders:
    with closing(open_journal(folders)) as journal:
        for visit, patient in (("v-1", PATIENT), ("v-2", "00099999")):
            journal.append_all(
                [
                    JournalEntry("visit.opened", {}, visit),
                    JournalEntry("patient.known", {"patient": patient}, visit),
                    JournalEntry("identity.confirmed", {"method": "visual", "staff": "sato", "reason": "child"}, visit),
                    JournalEntry("consent.given", {"items": "checkup"}, visit),
                    JournalEntry("record.viewed", {"staff": "suzuki", "what": "visit"}, visit),
                    JournalEntry("staff.action", {"action": "accept", "staff": "sato", "note": NOTE}, visit),
                ],
                AT,
            )
        journal.append(JournalEntry("lane.paused", {"lane": "K1", "staff": "suzuki"}), AT)
        journal.append(JournalEntry("identity.confirmed", {"method": "face"}, "v-3"), AT)
    return folders


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


# --- export -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("question", "events"),
    [
        ("visual_checks", {"identity.confirmed": 2}),
        ("consents", {"consent.given": 2}),
        ("changes", {"lane.paused": 1}),
        ("access", {"patient.known": 2, "identity.confirmed": 2, "record.viewed": 2, "staff.action": 2}),
        ("sign_ins", {}),
    ],
)
def test_questions(question: str, events: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "export", "--only", question]) == 0
    rows = list(csv.DictReader(io.StringIO(told(capsys))))
    assert {name: sum(row["event"] == name for row in rows) for name in {row["event"] for row in rows}} == events
    if question == "visual_checks":
        assert {(row["staff"], row["reason"]) for row in rows} == {("sato", "child")}


@pytest.mark.usefixtures("filled")
def test_who_saw_this_patient(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "export", "--patient", PATIENT, "--only", "access", "--json"]) == 0
    exported = json.loads(told(capsys))
    assert {entry["visit_id"] for entry in exported["entries"]} == {"v-1"}
    assert [e["fields"]["staff"] for e in exported["entries"] if e["event"] == "record.viewed"] == ["suzuki"]
    assert exported["chain"]["ok"]
    assert PATIENT not in json.dumps(exported)
    assert main(["journal", "export", "--patient", "1"]) == 0
    assert told(capsys).splitlines() == [",".join(COLUMNS)]


def test_whatever_the_console_appends_answers_an_auditor(
    filled: DataFolders, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who saw this patient's data, every visual check with its reason, every consent, every change."""
    with closing(open_journal(filled)) as journal:
        now = RealClock().now()
        session = Session("suzuki", Role.SUPERVISOR, now, now)
        with closing(open_counter(filled, session, journal=journal)) as counter:
            journal.append(JournalEntry("visit.opened", {}, "K9-1"), now)
            counter.known("K9-1", "00777")
            counter.viewed("K9-1")
            counter.viewed("K9-1", "photo")
            counter.correct("K9-1", "name", "misread", "字が違う")
            counter.correct_claim("K9-1", (Change("number", None, "12"),))
            counter.settle_claim("K9-1")
            assert counter.finish("K9-1", Ending("accepted", "at_counter")) is Finish.DONE
            counter.open_incident("K9-1", "mixed_up")
            refused = {"action": "refuse", "staff": "suzuki", "reason": "cannot_tell"}
            journal.append(JournalEntry("staff.action", {**refused}, "K9-1"), now)
    day = now.date().isoformat()

    def answers(question: str) -> list[str]:
        capsys.readouterr()
        command = ["journal", "export", "--only", question, "--patient", "00777", "--format", "json"]
        assert main([*command, "--from", day, "--to", day]) == 0
        return [entry["event"] for entry in json.loads(capsys.readouterr().out)["entries"]]

    appended = ["record.corrected", "claim.corrected", "visit.finished", "incident.opened"]
    assert answers("access") == ["patient.known", "record.viewed", "record.viewed", *appended, "staff.action"]
    assert answers("changes") == [*appended[:2], "claim.settled", *appended[2:]]
    assert answers("visual_checks") == ["staff.action"]


@pytest.mark.usefixtures("filled")
def test_personal_fields_only_on_demand(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["journal", "export", "--visit", "v-1"]) == 0
    assert NOTE not in (table := told(capsys))
    assert table.count("＊") == 2
    assert main(["journal", "export", "--visit", "v-1", "--personal", "-o", str(tmp_path / "x.json")]) == 0
    path = tmp_path / "x.json"
    assert path.stat().st_mode & 0o777 == 0o600
    entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
    assert next(e for e in entries if e["event"] == "staff.action")["fields"]["note"] == NOTE


def test_an_export_is_an_event(filled: DataFolders) -> None:
    assert main(["journal", "export", "--visit", "v-2", "--only", "consents"]) == 0
    with closing(open_journal(filled)) as journal:
        newest = journal.newest()
        assert newest is not None
        assert (newest.event, newest.visit_id) == ("record.exported", "v-2")
        assert json.loads(newest.fields) == {
            "entries": 1,
            "personal": False,
            "staff": operator(),
            "what": "consents",
        }


@pytest.mark.usefixtures("filled")
def test_range_of_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "export", "--from", "2020-02-04"]) == 0
    assert len(told(capsys).splitlines()) == 1
    assert main(["journal", "export", "--from", "2020-02-03", "--to", "2020-02-03"]) == 0
    assert len(told(capsys).splitlines()) == 1 + 14


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["export", "--only", "gossip"], 2, "no question"),
        (["export", "--visit", "山田"], 1, "no visit"),
        (["export", "--from", "2020-02-30"], 2, "no date"),
        (["export", "--from", "2020-02-03", "--to", "2020-02-02"], 2, "reversed"),
        (["purge", "--before", "2999-01-01"], 2, "retention"),
        (
            ["verify", "--public-key", "/nowhere"],
            2,
            "/nowhere cannot be read. Name with --public-key the copy of journal.pub",
        ),
        (["verify", "--public-key", __file__], 2, "test_journal_commands.py is no public key of a journal."),
    ],
)
def test_mistakes(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", *arguments, "--lang", "en"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("action", ["export", "purge", "recover"])
def test_without_a_journal(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", action, "--lang", "en"]) == 1
    assert "There is no journal" in capsys.readouterr().err


# --- retention ----------------------------------------------------------------------------------------------


def test_purge(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_journal(filled)) as journal:
        journal.append(JournalEntry("patient.known", {"patient": "7"}, "v-9"), datetime.now(JAPAN))
    assert main(["journal", "purge", "--dry-run", "--json"]) == 0
    assert json.loads(told(capsys))["visits"] == 2
    day = day_that_lasts()
    assert main(["journal", "purge", "--json"]) == 0
    assert json.loads(told(capsys)) == {
        "before": retention_ends(day).isoformat(),
        "visits": 2,
        "done": True,
    }
    assert main(["journal", "verify"]) == 0
    told(capsys)
    assert main(["journal", "export", "--personal", "--json"]) == 0
    entries = json.loads(told(capsys))["entries"]
    known = {e["visit_id"]: e["fields"]["patient"] for e in entries if e["event"] == "patient.known"}
    assert known == {"v-1": None, "v-2": None, "v-9": "7"}
    assert [e["fields"]["visits"] for e in entries if e["event"] == "journal.purged"] == [2]
    assert main(["journal", "purge", "--lang", "en"]) == 0
    assert "0 visits" in told(capsys)


def test_a_facility_keeps_longer_and_never_shorter_than_the_rule_allows(
    filled: DataFolders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kiosk.toml"
    purge = ["journal", "purge", "--dry-run", "--json", "--lang", "en", "--config", str(file)]
    file.write_text(f"[facility]\ndata = '{filled.root}'\n[journal]\nretention_years = 30\n")
    day = day_that_lasts()
    assert main(purge) == 0
    assert json.loads(told(capsys)) == {
        "before": retention_ends(day, 30).isoformat(),
        "visits": 0,
        "done": False,
    }
    file.write_text(file.read_text().replace("years = 30", "years = 2"))
    assert main(purge) == 2
    assert "retention_years: 0, 3 …" in capsys.readouterr().err


def test_retention_over_a_leap_day() -> None:
    assert retention_ends(date(2028, 2, 29)) == date(2023, 2, 28)
    assert retention_ends(date(2026, 11, 22)) == date(2021, 11, 22)


# --- recovery -----------------------------------------------------------------------------------------------


def test_recover_leaves_a_sound_journal_alone(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    before = filled.journal.read_bytes()
    assert main(["journal", "recover", "--lang", "en"]) == 0
    assert "not damaged" in told(capsys)
    assert filled.journal.read_bytes() == before


def test_recover_saves_what_verifies(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(filled.journal)) as raw, raw:
        raw.execute("DROP TRIGGER entries_no_update")
        raw.execute("UPDATE entries SET fields = '{}' WHERE seq = 9")
    assert main(["journal", "verify"]) == 1
    told(capsys)
    assert main(["journal", "recover", "--json"]) == 0
    done = json.loads(told(capsys))
    assert (done["kept"], done["lost"]) == (8, 6)
    assert Path(done["file"]).stat().st_mode & 0o777 == 0o600
    assert main(["journal", "verify", "--json"]) == 0
    assert json.loads(told(capsys))["entries"] == 9
    assert main(["journal", "export", "--visit", "v-1", "--personal", "--json"]) == 0
    assert NOTE in told(capsys)


def test_recover_from_noise(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    filled.journal.write_bytes(b"noise" * 5000)
    assert main(["journal", "recover", "--lang", "en"]) == 0
    assert "0 entries were saved" in told(capsys)
    assert main(["journal", "verify"]) == 0


def test_recover_refuses_a_newer_file(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(filled.journal)) as raw:
        raw.execute("PRAGMA user_version = 99")
    before = filled.journal.read_bytes()
    assert main(["journal", "recover"]) == 1
    assert "K405" in capsys.readouterr().err
    assert filled.journal.read_bytes() == before


# --- the key ------------------------------------------------------------------------------------------------


def test_key_is_made_once_for_its_owner_only(folders: DataFolders) -> None:
    first = open_sealer(folders, create=True)
    again = open_sealer(folders, create=True)
    assert first is not None
    assert again is not None
    assert first.public_key == again.public_key
    key = folders.root / "journal.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert (folders.root / "journal.pub").read_text(encoding="ascii").strip() == first.public_key.hex()
    assert sorted(path.name for path in folders.root.iterdir()) == ["journal.key", "journal.pub"]
    key.chmod(0o640)
    with pytest.raises(Fatal, match="chmod 600"):
        open_sealer(folders, create=True)
    key.chmod(0o600)
    key.write_text("short")
    with pytest.raises(Fatal) as caught:
        open_sealer(folders, create=True)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert "short" not in str(caught.value)


def test_a_credential_of_the_service_comes_first(folders: DataFolders, tmp_path: Path) -> None:
    own = open_sealer(folders, create=True)
    credential = tmp_path / CREDENTIAL
    credential.write_text("ab" * 32)
    credential.chmod(0o400)
    given = open_sealer(folders, create=True, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert own is not None
    assert given is not None
    assert own.public_key != given.public_key


def test_reading_makes_no_key(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    (filled.root / "journal.key").unlink()
    assert main(["journal", "verify"]) == 0
    assert main(["journal", "export", "--personal", "--lang", "en"]) == 1
    assert "journal.key" in capsys.readouterr().err
    assert not (filled.root / "journal.key").exists()


def test_a_public_key_kept_elsewhere(filled: DataFolders, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_journal(filled)) as journal:
        journal.append(JournalEntry("kiosk.stopped"), AT + timedelta(days=1))
    kept = tmp_path / "kept.pub"
    kept.write_bytes((filled.root / "journal.pub").read_bytes())
    assert main(["journal", "verify", "--public-key", str(kept), "--json"]) == 0
    assert json.loads(told(capsys))["checkpoints"] == 1
    kept.write_text("00" * 32)
    assert main(["journal", "verify", "--public-key", str(kept), "--lang", "en"]) == 1
    assert "signature" in capsys.readouterr().err


def test_operator_is_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, word in (("taro.yamada@x", "taro_yamada_x"), ("山田", "unknown")):
        monkeypatch.setattr(journal_commands.getpass, "getuser", lambda name=name: name)
        assert operator() == word


def test_questions_name_events_that_exist() -> None:
    assert set(event_catalogue().audit) == {"access", "visual_checks", "consents", "changes", "sign_ins"}


def test_errors_of_the_store_reach_the_user(filled: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    filled.journal.write_bytes(b"noise" * 5000)
    assert main(["journal", "export"]) == 1
    assert FailureCode.JOURNAL_BROKEN.value in capsys.readouterr().err
    with pytest.raises(KioskError):
        open_journal(filled)
