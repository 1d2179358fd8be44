"""The desk behind the visits: kept at once, delivered when the target is there, nobody waits, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from drivers.gateway.file_targets import OutFolder
from drivers.simulated.orca import SimulatedOrca
from kiosk.app.backroom import BackRoom, Surroundings
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff, Retriable
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import Patient
from kiosk.ports.eligibility import ReferenceRegistration, ResultFile
from kiosk.ports.handover import FinishedVisit, NoteFields
from kiosk.runtime.clocks import JAPAN, SimulatedClock
from tests.conftest import LogWatch

AT = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
PERSON = InsuredPerson(
    insurer_number="06479992",
    symbol="2026",
    number="158",
    name="見本　花子",
    kana="ﾐﾎﾝ ﾊﾅｺ",
    birth_date=date(1985, 6, 12),
)
ANSWER = EligibilityAnswer(Eligibility.VALID, AT.date(), None, (PERSON,))
PATIENT = Patient("00007", "ミホン　ハナコ", date(1985, 6, 12), insurer_number="06479992", symbol="2026", number="0158")
NOTE = NoteFields("3", "D32", {"insurer_number": "77777777"}, "不詳", (), (("1", "no_numbers"),))
PATIENCE = 60.0


def visit(number: int = 1, **changes: object) -> FinishedVisit:
    values: dict[str, object] = {
        "answer": ANSWER,
        "file": ResultFile(f"OQSsiquc01res_{number}.xml", b"<XmlMsg/>"),
    }
    return FinishedVisit(f"K1-{number}", AT, "", **(values | changes))  # type: ignore[arg-type]


class Registrar:
    """The terminal, as far as the desk uses it."""

    def __init__(self) -> None:
        self.seen: list[ReferenceRegistration] = []
        self.fails = False

    def register_reference(self, registration: ReferenceRegistration, **_: object) -> None:
        if self.fails:
            raise Retriable(FailureCode.TERMINAL_SILENT)
        self.seen.append(registration)

    def reachable(self) -> bool:
        return True

    def purge_done(self, _older_than: timedelta) -> int:
        return 0


class Room:
    """The back room of one program after the other, on the same folders and the same simulated time."""

    def __init__(self, root: Path) -> None:
        self.folders = DataFolders(root)
        self.folders.create()
        self.clock = SimulatedClock(AT)
        self.settings = Settings()
        self.registrar = Registrar()
        self.opened: BackRoom | None = None

    def open(self, **around: object) -> BackRoom:
        self.close()
        self.journal = open_journal(self.folders)
        self.opened = BackRoom(
            self.settings,
            self.folders,
            self.clock,
            self.journal,
            self.registrar,
            ASSETS,
            Surroundings(people=(PATIENT,), **around),  # type: ignore[arg-type]
        )
        self.opened.start()
        return self.opened

    def close(self) -> None:
        if self.opened is not None:
            self.opened.close(PATIENCE)
            self.journal.close()
            self.opened = None

    def passes(self, seconds: float) -> None:
        until = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until:
            assert self.clock.wait_quiet(PATIENCE)
            self.clock.advance(until)
        assert self.clock.wait_quiet(PATIENCE)

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folders.out.iterdir())

    def events(self, name: str) -> list[str]:
        return [entry.fields for entry in self.journal.iterate() if entry.event == name]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path / "data")
    yield made
    made.close()


def test_a_visit_goes_out_at_once_and_once(room: Room) -> None:
    desk = room.open().desk
    assert desk.hand_over(visit()) == "OQSsiquc01res_1.xml"
    desk.hand_over(visit())
    room.passes(60)
    assert room.files == ["OQSsiquc01res_1.xml"]
    assert len(room.events("handover.delivered")) == 1


def test_note_and_file_of_one_visit(room: Room) -> None:
    room.open().desk.hand_over(visit(note=NOTE))
    room.passes(1)
    assert room.files == ["OQSsiquc01res_1.xml", "claim_note_K1-1.json", "claim_note_K1-1.txt"]
    assert '"no_numbers"' in (room.folders.out / "claim_note_K1-1.json").read_text("utf-8")


def test_a_share_that_is_away_is_tried_again_until_it_is_back(room: Room) -> None:
    desk = room.open().desk
    room.folders.out.rmdir()
    desk.hand_over(visit())
    room.passes(120)
    room.folders.out.mkdir()
    room.passes(600)
    assert room.files == ["OQSsiquc01res_1.xml"]
    assert len(room.events("handover.waiting")) == 1  # not one for each attempt


def test_what_waits_survives_a_restart(room: Room) -> None:
    room.folders.out.rmdir()
    room.open().desk.hand_over(visit())
    room.passes(10)
    room.close()
    room.folders.out.mkdir()
    room.open()
    room.passes(60)
    assert room.files == ["OQSsiquc01res_1.xml"]
    room.open()
    room.passes(60)
    assert len(room.events("handover.delivered")) == 1


def test_a_slow_target_holds_up_neither_the_visit_nor_the_folder(room: Room, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("kiosk", "ascii")
    with SimulatedOrca(["00007"]) as orca:
        orca.faults.http_status = 503
        room.settings = Settings().overridden(
            {
                "hand_over": {
                    "orca_url": orca.url,
                    "orca_user": "ormaster",
                    "orca_password_file": str(tmp_path / "password"),
                    "fhir": True,
                }
            }
        )
        room.open().desk.hand_over(visit())
        room.passes(30)
        assert room.files == ["OQSsiquc01res_1.xml", "fhir_K1-1.json"]
        assert orca.accepted == []
        orca.faults.http_status = 0
        room.passes(700)
        assert [entry.patient for entry in orca.accepted] == ["00007"]


def test_the_patient_is_found_and_what_was_learnt_is_kept(room: Room) -> None:
    opened = room.open()
    opened.desk.hand_over(visit(answer=EligibilityAnswer(Eligibility.VALID, None, None, (PERSON,)), share_percent=30))
    held = opened.patients.held(PERSON)
    assert held is not None
    assert (held.patient_number, held.last_visit, held.share_percent) == ("00007", AT.date(), 30)
    assert room.events("patient.matched") == ['{"by":"numbers","finding":"found"}']
    assert room.registrar.seen == []  # only with a list of the facility's own


def test_the_reference_number_is_registered_after_the_first_confirmed_visit(room: Room, tmp_path: Path) -> None:
    source = tmp_path / "patients.csv"
    source.write_text(
        "患者番号,フリガナ,生年月日,保険者番号,記号,番号\n00007,ミホン　ハナコ,1985-06-12,06479992,2026,158\n", "utf-8"
    )
    room.settings = Settings().overridden({"patients": {"file": str(source)}})
    desk = room.open().desk
    room.registrar.fails = True
    desk.hand_over(visit())
    room.passes(1)
    assert room.events("reference.failed") == ['{"code":"K301"}']
    room.registrar.fails = False
    desk.hand_over(visit(2))
    room.passes(1)
    assert [(each.reference_number, each.number) for each in room.registrar.seen] == [("00007", "158")]
    confirmed = EligibilityAnswer(
        Eligibility.VALID, None, None, (InsuredPerson(**{**PERSON.__dict__, "reference_number": "00007"}),)
    )
    desk.hand_over(visit(3, answer=confirmed))
    room.passes(1)
    assert len(room.registrar.seen) == 1


def test_a_wrong_list_leaves_the_former_one(room: Room, tmp_path: Path, log_watch: LogWatch) -> None:
    log_watch.announce("patients.csv:2 birth_date")
    source = tmp_path / "patients.csv"
    source.write_text("患者番号,フリガナ,生年月日\n00007,ミホン　ハナコ,1985-06-12\n", "utf-8")
    room.settings = Settings().overridden({"patients": {"file": str(source)}})
    room.open()
    source.write_text("患者番号,フリガナ,生年月日\n00007,ミホン　ハナコ,someday\n", "utf-8")
    opened = room.open()
    assert opened.patients.held(PERSON) is not None
    assert room.events("patients.refused") == ['{"column":"birth_date","line":2}']


def test_a_target_that_cannot_be_told_keeps_nobody_else_from_it(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from drivers.gateway.file_targets import FhirFolder

    room.settings = Settings().overridden({"hand_over": {"fhir": True}})

    def broken(*_: object) -> None:
        raise Fatal(FailureCode.INTERNAL, "fhir")

    monkeypatch.setattr(FhirFolder, "parcels", broken)
    room.open().desk.hand_over(visit())
    room.passes(1)
    assert room.files == ["OQSsiquc01res_1.xml"]
    assert room.events("handover.refused") == ['{"reason":"K599","target":"fhir"}']


def test_a_full_disk_is_said_and_nothing_is_half_kept(room: Room) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "no space")

    desk = room.open(stage=full).desk
    desk.hand_over(visit())
    room.passes(30)
    assert room.files == []
    room.open()
    room.passes(60)
    assert room.files == ["OQSsiquc01res_1.xml"]


def test_store_that_refuses_is_told_to_the_flow(room: Room) -> None:
    class Full:
        def put(self, *_: object) -> bool:
            raise NeedsStaff(FailureCode.DISK_FULL)

        def due(self, *_: object) -> tuple[()]:
            return ()

    desk = room.open(keep=lambda _store: Full()).desk
    with pytest.raises(NeedsStaff):
        desk.hand_over(visit())


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.kiosk.app.test_desk import Room, visit
room = Room(Path({data!r}))
room.registrar.fails = True
desk = room.open().desk
for number in range(int(sys.argv[1]), 100_000):
    desk.hand_over(visit(number))
    print(number, flush=True)
"""


def test_killed_at_any_moment_every_visit_that_was_kept_goes_out_once(tmp_path: Path) -> None:
    """Killed again and again in the middle of its work, while the receiving system takes files away."""
    data, taken, kept = tmp_path / "data", [], 0
    script = CHILD.format(root=str(Path(__file__).parents[3]), data=str(data))
    for after in (5, 1, 9, 3):
        child = subprocess.Popen([sys.executable, "-c", script, str(kept)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(after):
            kept = int(child.stdout.readline()) + 1
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        child.stdout.close()
        kept = int(rest[-1]) + 1 if rest else kept
        for path in (data / "out").glob("*.xml"):
            taken.append(path.name)
            path.unlink()
    room = Room(data)
    room.open()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and len(taken) + len(room.files) < kept:
        room.passes(5)
    room.close()
    went = taken + [name for name in room.files if name.endswith(".xml")]
    assert len(went) == len(set(went))
    assert {f"OQSsiquc01res_{number}.xml" for number in range(kept)} <= set(went)
    assert not list((data / "out").glob(".*"))
    assert OutFolder.id == "out"
