"""The counter between a running kiosk and a console: what is seen, what is done once, what is refused and why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyotp
import pytest
from PySide6.QtWidgets import QApplication

from drivers.printer import cups
from kiosk.app.cli import main
from kiosk.app.console_records import StoredRecords
from kiosk.app.counter import SignedInCounter, open_counter
from kiosk.app.counter_stage import OpenCounter
from kiosk.app.form_desk import waiting_folder
from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from kiosk.app.settings import PrinterSettings, Settings
from kiosk.app.staff_accounts import open_accounts, open_sign_in
from kiosk.app.stage import Stage
from kiosk.domain.accounts import Role, Session
from kiosk.domain.claim_note import Numbers, Stated
from kiosk.domain.decision.inputs import Flag
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.flow.states import AwaitingStaff, AwaitingVisualCheck, Consenting, Idle, OutOfService, State, VisitState
from kiosk.flow.states_documents import ChoosingDocument
from kiosk.ports.counter import Act, ActReport, ActState, Change, Ending, Finish, Lane, Refusal, Sight, Standing
from kiosk.ports.journal import JournalEntry
from kiosk.ports.printing import PrinterState
from kiosk.runtime.clocks import RealClock
from kiosk.staff.sign_in import Enrolled
from kiosk.staff.visit_list import NoteStanding, VisitBook, VisitStanding
from tests.conftest import LogWatch
from tests.drivers.printer.service import QUEUE, print_service
from tests.kiosk.app.plays import catalogue

ROOT = Path(__file__).parents[3]
SECONDS = 60.0
CLOCK = RealClock()

pytestmark = pytest.mark.usefixtures("qapp", "unhurried_line")


class Room:
    """One kiosk and the consoles beside it. Everything happens on this thread but what the counter does on its own."""

    def __init__(self, folders: DataFolders, settings: Settings | None = None) -> None:
        self.folders, self.settings = folders, settings or Settings()
        self.desks: list[SignedInCounter] = []
        self._open()

    def _open(self) -> None:
        self.stage = Stage(self.settings, self.folders, CLOCK, catalogue())
        self.counter = OpenCounter(self.stage)
        self.stage.start()

    def close(self, *, killed: bool = False) -> None:
        self.counter.close()
        self.stage.lane.engine.pump = lambda: False  # type: ignore[method-assign]  # a process that ended has no turn
        if killed:
            self.stage.lane.stop = lambda _left: self.stage.lane.abandon()  # type: ignore[assignment, method-assign]
        self.stage.stop()

    def restart(self, *, killed: bool = False) -> None:
        self.close(killed=killed)
        self._open()

    def sits(self, name: str, role: Role = Role.SUPERVISOR, *, locked: bool = False) -> SignedInCounter:
        now = CLOCK.now()
        self.desks.append(open_counter(self.folders, Session(name, role, now, now, locked=locked)))
        return self.desks[-1]

    def turn(self) -> None:
        self.stage.pump()
        QApplication.processEvents()

    def until(self, holds: Callable[[], Any]) -> Any:
        end = time.monotonic() + SECONDS
        while not (found := holds()):
            assert time.monotonic() < end
            self.turn()
            time.sleep(0.002)
        return found

    def no_card(self, desk: SignedInCounter) -> Standing:
        """Somebody begins a visit without a card, once a press would be meant for the screen."""
        self.until(lambda: self.stage.lane.view.screen == "idle" and not self.stage.lane.gave_way_just_now)
        self.stage.lane.tapped("idle.no_card")
        return self.lane(desk, ChoosingDocument).standing

    def lane(self, desk: SignedInCounter, state: type[State]) -> Lane:
        """As the console sees it, once it is there."""

        def seen() -> Lane | None:
            lanes = [lane for lane in desk.lanes() if lane.standing.state == state.__name__]
            current = [lane for lane in lanes if lane.standing.run == self.stage.lane.state.lane.prefix]
            offered = [lane for lane in current if lane.standing.mark == self.counter.lane._mark]
            return offered[0] if offered else None

        found = self.until(seen)
        assert isinstance(found, Lane)
        return found

    def done(self, desk: SignedInCounter, standing: Standing, action: str, **more: Any) -> ActReport:
        report = desk.act(standing, action, **more)
        if report.state is not ActState.ASKED:
            return report
        settled = self.until(lambda: (r := desk.report(report.act_id)) and r.state is not ActState.ASKED and r)
        assert isinstance(settled, ActReport)
        return settled

    def entries(self, event: str) -> list[dict[str, Any]]:
        return [json.loads(entry.fields) for entry in self.stage.journal.iterate() if entry.event == event]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(DataFolders(tmp_path / "data"))
    yield opened
    for desk in opened.desks:
        desk.close()
    opened.close()


def given_up(room: Room, desk: SignedInCounter, standing: Standing) -> None:
    """Done is told a moment before the lane says that it stands elsewhere; until then the visit is the kiosk's."""
    assert room.done(desk, standing, "cancel").state is ActState.DONE
    room.until(lambda: all(lane.standing.visit_id != standing.visit_id for lane in desk.lanes()))


def with_staff(room: Room, desk: SignedInCounter) -> Standing:
    """A visit without a card that staff have taken over."""
    standing = room.no_card(desk)
    assert room.done(desk, standing, "take_over").state is ActState.DONE
    return room.lane(desk, AwaitingStaff).standing


# --- what is seen -----------------------------------------------------------------------------------------


def test_a_console_sees_the_lane_its_step_and_what_the_patient_reads(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    lane = room.lane(desk, Idle)
    assert (lane.alive, lane.standing.screen, lane.standing.visit_id) == (True, "idle", None)
    standing = room.no_card(desk)
    assert standing.visit_id is not None
    assert standing.visit_id.startswith("K1-")
    assert {offer.action for offer in standing.offers} >= {"take_over", "step_back", "incident"}
    content = desk.content("K1")
    assert content is not None
    assert (content.visit_id, content.mark) == (standing.visit_id, standing.mark)
    assert content.sentences[0] == catalogue().render(room.stage.lane.view.title, "ja")
    assert content.outcome is not None


def test_nobody_who_is_not_signed_in_sees_content_or_pictures(room: Room) -> None:
    technician = room.sits("kato", Role.MAINTENANCE)
    room.lane(technician, Idle)
    assert technician.content("K1") is None
    technician.close()
    desk = room.sits("sato")
    assert desk.content("K1") is not None
    desk.close()
    room.desks.clear()
    assert desk._line.content("K1", desk._token) is None
    assert desk._line.content("K1", "") is None
    assert desk._line.beat_age("K1") is not None


def test_the_patients_screen_is_seen_small_and_not_where_something_is_typed(room: Room) -> None:
    desk = room.sits("sato")
    room.lane(desk, Idle)
    seen: list[Any] = []

    def ask(sight: Sight, visit: str | None) -> Any:
        seen.clear()
        asking = threading.Thread(target=lambda: seen.append(desk.picture("K1", sight, visit)))
        asking.start()
        room.until(lambda: seen)
        asking.join()
        return seen[0]

    picture = ask(Sight.SCREEN, None)
    assert picture is not None
    assert (picture.width, len(picture.rgb)) == (270, 270 * picture.height * 3)
    assert len(set(picture.rgb)) > 10
    assert ask(Sight.SCREEN, "K1-other") is None
    assert ask(Sight.PHOTO, None) is None


# --- acts -------------------------------------------------------------------------------------------------


def test_an_act_is_done_once_and_stands_in_the_journal_with_who_and_why(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    standing = with_staff(room, desk)
    report = room.done(desk, standing, "incident", reason="mixed_up")
    assert report.state is ActState.DONE
    assert [(e["staff"], e["reason"], e["act"]) for e in room.entries("incident.opened")] == [
        ("sato", "mixed_up", report.act_id)
    ]
    again = room.lane(desk, AwaitingStaff).standing
    assert room.done(desk, again, "cancel").state is ActState.DONE
    assert [closed.outcome.alerts[-1] for closed in room.stage.closed] == ["wrong_person"]


def test_a_button_acts_on_nothing_but_the_step_it_was_drawn_from(room: Room) -> None:
    desk = room.sits("sato")
    standing = with_staff(room, desk)
    for other in (replace(standing, visit_id="K1-other"), replace(standing, mark=standing.mark - 1)):
        report = room.done(desk, other, "cancel")
        assert (report.state, report.why) == (ActState.REFUSED, Refusal.MOVED_ON)
    assert room.stage.closed == []
    assert [e["why"] for e in room.entries("staff.refused")] == ["moved_on", "moved_on"]
    assert room.done(desk, standing, "cancel").state is ActState.DONE
    late = room.done(desk, standing, "cancel")
    assert late.why is Refusal.MOVED_ON


def test_what_the_role_may_not_and_what_has_no_reason_is_refused_at_the_console(room: Room) -> None:
    desk, technician, locked = (
        room.sits("sato", Role.RECEPTION),
        room.sits("kato", Role.MAINTENANCE),
        room.sits("ito", locked=True),
    )
    standing = with_staff(room, desk)
    refused = {
        technician.act(standing, "cancel").why,
        locked.act(standing, "cancel").why,
        desk.act(standing, "pause", reason="cleaning").why,
    }
    assert refused == {Refusal.NOT_ALLOWED}
    assert desk.act(standing, "incident").why is Refusal.REASON_NEEDED
    assert desk.act(standing, "correct").why is Refusal.UNKNOWN
    assert room.done(desk, standing, "choose", index=0).why is Refusal.NO_MEANING


def test_a_row_that_did_not_pass_a_console_is_refused_by_the_kiosk(room: Room) -> None:
    """Whoever writes into the file has no more rights than the role that stands in the row."""
    desk = room.sits("sato", Role.RECEPTION)
    room.lane(desk, Idle)
    for number, changes in enumerate(({"role": "reception"}, {"role": "king"}, {"reason": None}, {"action": "all"})):
        act_id = f"{'abcd'[number]}" * 20
        act = replace(_act(act_id), **changes)  # type: ignore[arg-type]
        room.counter.store.ask(act, 0)
        settled = room.until(lambda i=act_id: (r := desk.report(i)) and r.state is not ActState.ASKED and r)
        assert settled.state is ActState.REFUSED
    assert not room.stage.lane.state.lane.paused


def _act(act_id: str) -> Act:
    return Act(act_id, "K1", "pause", "sato", "supervisor", CLOCK.now(), reason="cleaning")


def test_what_cannot_be_recorded_is_not_done(room: Room, log_watch: LogWatch) -> None:
    log_watch.announce("journal refused an entry")
    desk = room.sits("suzuki")
    standing = room.lane(desk, Idle).standing
    room.stage.disk.fill()
    report = room.done(desk, standing, "pause", reason="cleaning")
    assert (report.state, report.why) == (ActState.REFUSED, Refusal.NOT_RECORDED)
    room.stage.disk.empty()
    assert room.entries("lane.paused") == []


# --- pauses and modes, also over a restart ------------------------------------------------------------------


def test_a_pause_and_a_mode_outlast_a_restart_and_a_kill(room: Room) -> None:
    desk, second = room.sits("suzuki"), room.sits("sato", Role.RECEPTION)
    standing = room.lane(desk, Idle).standing
    assert room.done(desk, standing, "declare_disaster", reason="notice").state is ActState.DONE
    assert room.done(second, standing, "declare_disaster", reason="notice").state is ActState.DONE
    assert room.done(desk, standing, "pause", reason="cleaning").state is ActState.DONE
    assert room.entries("mode.switched")[0]["second"] == "sato"
    for killed in (False, True):
        room.restart(killed=killed)
        state = room.stage.lane.state
        assert isinstance(state, OutOfService)
        assert state.code is FailureCode.LANE_PAUSED
        assert state.lane.settings.flags == {Flag.DISASTER}
    standing = room.lane(desk, OutOfService).standing
    assert standing.paused
    assert room.done(desk, standing, "resume").state is ActState.DONE
    room.restart(killed=True)
    assert isinstance(room.stage.lane.state, Idle)


def test_two_from_the_reception_declare_nothing(room: Room) -> None:
    first, second = room.sits("sato", Role.RECEPTION), room.sits("tanaka", Role.RECEPTION)
    standing = room.lane(first, Idle).standing
    for desk in (first, second):
        assert room.done(desk, standing, "declare_outage", reason="situation").state is ActState.DONE
    assert not room.stage.back_room.line.down
    boss = room.sits("suzuki")
    assert room.done(boss, standing, "declare_outage", reason="situation").state is ActState.DONE
    assert room.stage.back_room.line.down
    room.restart()
    assert room.stage.back_room.line.down


def test_a_mode_that_waited_for_a_kiosk_is_too_late(room: Room) -> None:
    desk = room.sits("suzuki")
    room.lane(desk, Idle)
    act = replace(_act("a" * 20), action="declare_disaster", at=CLOCK.now().replace(year=2020))
    room.counter.store.ask(act, 0)
    settled = room.until(lambda: (r := desk.report("a" * 20)) and r.state is not ActState.ASKED and r)
    assert settled.why is Refusal.TOO_LATE


# --- exactly once -----------------------------------------------------------------------------------------


def test_an_act_of_an_earlier_run_that_the_journal_knows_is_not_done_again(room: Room) -> None:
    desk = room.sits("suzuki")
    room.lane(desk, Idle)
    head = room.stage.journal.newest()
    assert head is not None
    room.close(killed=True)
    with closing(open_journal(room.folders)) as journal:
        fields: dict[str, str | int | float | bool | None] = {"lane": "K1", "staff": "suzuki", "act": "a" * 20}
        journal.append(JournalEntry("lane.resumed", fields), CLOCK.now())
        refused = {"action": "pause", "staff": "suzuki", "why": "too_late", "act": "c" * 20}
        journal.append(JournalEntry("staff.refused", {**refused}), CLOCK.now())
    for act in (_act("a" * 20), _act("c" * 20)):
        desk._store.ask(act, head.seq)
    room._open()
    reports = [
        room.until(lambda i=act: (r := desk.report(i)) and r.state is not ActState.ASKED and r)
        for act in ("a" * 20, "c" * 20)
    ]
    assert [(r.state, r.why) for r in reports] == [(ActState.DONE, None), (ActState.REFUSED, Refusal.TOO_LATE)]
    assert not room.stage.lane.state.lane.paused


def test_an_act_that_waited_for_the_kiosk_is_done_when_it_starts(room: Room) -> None:
    desk = room.sits("suzuki")
    standing = room.lane(desk, Idle).standing
    room.close(killed=True)
    report = desk.act(standing, "pause", reason="cleaning")
    assert report.state is ActState.ASKED
    assert desk.wait(report.act_id, 0.0) == report
    assert not desk.lanes()[0].alive
    room._open()
    room.until(lambda: room.stage.lane.state.lane.paused)
    assert len(room.entries("lane.paused")) == 1


def test_a_file_that_fails_after_the_effect_does_not_cause_a_second_one(
    room: Room, monkeypatch: pytest.MonkeyPatch, log_watch: LogWatch
) -> None:
    log_watch.announce("counter: K403")
    desk = room.sits("suzuki")
    standing = room.lane(desk, Idle).standing
    settle, failures = room.counter.store.settle, iter(range(3))

    def failing(report: ActReport) -> bool:
        if next(failures, None) is not None:
            raise NeedsStaff(FailureCode.JOURNAL_FAILED, "counter.sqlite")
        return settle(report)

    monkeypatch.setattr(room.counter.store, "settle", failing)
    assert room.done(desk, standing, "pause", reason="cleaning").state is ActState.DONE
    assert next(failures, None) is None
    assert len(room.entries("lane.paused")) == 1


# --- the journal --------------------------------------------------------------------------------------------


def test_whoever_looked_or_appended_stands_in_the_journal(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    visit = with_staff(room, desk).visit_id
    assert visit is not None
    assert desk.finish(visit, Ending("accepted", "at_counter")) is Finish.ALREADY, "a running kiosk still holds it"
    room.close(killed=True)
    for _ in range(3):
        desk.viewed(visit)
    desk.known(visit, "00042")
    desk.correct(visit, "name", "misread", "氏名の字が違う")
    desk.correct_claim(visit, (Change("number", "98765", "１２３４５６７８９０１"),), "2")
    desk.settle_claim(visit)
    desk.open_incident(visit, "何でも書ける", "note")
    desk.exported("visits", 3, personal=False)
    assert desk.finish(visit, Ending("left", "kiosk_stopped")) is Finish.DONE
    assert desk.finish(visit, Ending("accepted", "kiosk_stopped", "oral")) is Finish.ALREADY
    with pytest.raises(ValueError, match="whatever"):
        desk.finish(visit, Ending("whatever", "kiosk_stopped"))
    room._open()
    assert room.entries("record.viewed") == [{"staff": "sato", "what": "visit"}]
    assert room.entries("incident.opened")[0]["reason"] == "other"
    assert room.entries("visit.finished") == [{"reason": "kiosk_stopped", "result": "left", "staff": "sato"}]
    stored = room.folders.journal.read_bytes()
    assert not [text for text in ("氏名の字が違う", "98765", "１２３４５６７８９０１") if text.encode() in stored]
    with closing(StoredRecords(Settings(), room.folders)) as records:
        first, second = records.corrections(visit)
    assert (first.item, first.before, first.after) == ("number", "98765", "１２３４５６７８９０１")
    assert (second.item, second.route) == (None, "2")
    assert room.stage.journal.verify().ok


# --- a visual check, and what stays on the disk ---------------------------------------------------------------


def test_a_visual_check_from_the_console_with_photo_and_picture_that_touch_no_disk(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    lane = room.stage.lane
    room.stage.world.show("other")
    room.stage.place_card()
    room.until(lambda: lane.view.screen in ("face", "identify") and not lane.gave_way_just_now)
    lane.tapped("method.staff")
    standing = room.lane(desk, AwaitingVisualCheck).standing
    assert standing.called_at is not None
    room.until(lambda: (content := desk.content("K1")) and content.photo)

    photo = desk.picture("K1", Sight.PHOTO, standing.visit_id)
    assert photo is not None
    assert len(photo.rgb) == photo.width * photo.height * 3
    seen = [room.until(lambda: desk.picture("K1", Sight.CAMERA, standing.visit_id)) for _ in range(2)]
    assert len(set(seen[0].rgb)) > 10
    assert desk.picture("K1", Sight.PHOTO, "K1-other") is None
    assert room.entries("record.viewed") == [{"staff": "sato", "what": "photo"}] * 2, "photo and camera, once each"

    raw = room.stage.lane.executor.photo_of(str(standing.visit_id))
    assert raw is not None
    rows = [bytes(picture.rgb[-3000:]) for picture in (photo, *seen)]
    written = b"".join(path.read_bytes() for path in room.folders.root.rglob("*") if path.is_file())
    assert len(written) > 10_000
    assert not [part for part in (bytes(raw.reveal()[:200]), *rows) if part in written]

    report = room.done(desk, standing, "visual_check", reason="face_failed")
    assert report.state is ActState.DONE
    room.lane(desk, Consenting)
    assert room.entries("identity.confirmed") == [{"method": "visual", "reason": "face_failed", "staff": "sato"}]
    room.until(lambda: room.entries("eligibility.answered"))
    state = lane.state
    assert isinstance(state, VisitState)
    assert state.visit.answer is not None
    name = state.visit.answer.persons[0].name
    assert name
    visit = str(standing.visit_id)
    told = [desk.persons("K1", visit) for _ in range(2)][-1]
    assert ("answer", name) in [(person.source, person.name) for person in told]
    assert room.entries("record.viewed")[2:] == [{"staff": "sato", "what": "patient"}], "written down first, and once"
    assert desk.persons("K1", "K1-other") == ()
    desk._token = "somebody else's"
    assert desk.persons("K1", visit) == ()
    for path in (*room.folders.root.glob("counter.sqlite*"), *room.folders.root.glob("journal.sqlite*")):
        content = path.read_bytes()
        assert name.encode() not in content
        assert b"\x6a\x50\x20\x20" not in content  # a JPEG 2000 picture begins so


# --- the commands ---------------------------------------------------------------------------------------------

PASSWORD = "correct horse battery"


def account(room: Room, name: str, role: Role) -> pyotp.TOTP:
    with closing(open_accounts(room.folders)) as accounts:
        made = open_sign_in(room.folders, accounts, room.stage.journal).enrol(name, role, Secret(PASSWORD), "suzuki")
    assert isinstance(made, Enrolled)
    totp = pyotp.parse_uri(made.uri)
    assert isinstance(totp, pyotp.TOTP)
    return totp


def command(room: Room, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    """`kiosk staff …` as a process of its own, while the kiosk goes on."""
    environment = os.environ | {"MADOGUCHI_DATA": str(room.folders.root), "LC_ALL": "C.UTF-8"}
    line = [sys.executable, "-m", "kiosk.app.cli", "staff", *arguments]
    with subprocess.Popen(line, cwd=ROOT, env=environment, stdin=-1, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(typed)
        process.stdin.close()
        room.until(lambda: process.poll() is not None)
        assert process.stdout is not None
        assert process.stderr is not None
        return process.returncode, process.stdout.read(), process.stderr.read()


def test_lanes_and_acts_from_the_command_line(room: Room) -> None:
    totp = account(room, "suzuki", Role.SUPERVISOR)
    room.turn()
    code, out, _ = command(room, "lanes", "--json")
    assert code == 0
    lane = json.loads(out)["lanes"][0]
    assert (lane["lane"], lane["state"], lane["alive"], lane["visit_id"]) == ("K1", "Idle", True, None)
    good = f"{PASSWORD}\n{totp.now()}\n"
    code, out, err = command(room, "act", "K1", "pause", "--reason", "cleaning", "--as", "suzuki", typed=good)
    assert (code, err) == (0, ""), err
    room.until(lambda: room.stage.lane.state.lane.paused)
    assert room.entries("lane.paused")[0]["staff"] == "suzuki"


def test_the_command_line_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MADOGUCHI_DATA", str(tmp_path / "data"))
    assert main(["staff", "lanes", "--lang", "en"]) == 0
    assert "No lane has run" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()
    assert main(["staff", "act", "K1", "pause", "--lang", "en"]) == 2
    assert "--as NAME" in capsys.readouterr().err
    assert main(["staff", "act", "K7", "pause", "--as", "sato", "--lang", "en"]) == 1
    assert "K7" in capsys.readouterr().err
    assert main(["staff", "act", "K1", "dance", "--as", "sato", "--lang", "en"]) == 2
    assert "take_over" in capsys.readouterr().err


# --- finished at the console --------------------------------------------------------------------------------


def out_files(room: Room) -> list[str]:
    return sorted(path.name for path in room.folders.out.iterdir() if not path.name.startswith("."))


CERTIFICATE = Stated(numbers=Numbers("06138459", "１２", "345", "01"), birth_date=date(1960, 1, 31))


def test_a_visit_accepted_at_the_console_hands_its_note_over_once(room: Room) -> None:
    desk, other = room.sits("sato", Role.RECEPTION), room.sits("suzuki")
    visit = with_staff(room, desk).visit_id
    assert visit is not None
    room.close(killed=True)
    report = desk.finish(visit, Ending("accepted", "at_counter", "certificate", stated=CERTIFICATE))
    assert report is Finish.HANDED_OVER
    assert other.finish(visit, Ending("accepted", "at_counter", "certificate", stated=CERTIFICATE)) is Finish.ALREADY
    names = [f"claim_note_{visit}.json", f"claim_note_{visit}.txt"]
    assert out_files(room) == names
    note = json.loads((room.folders.out / names[0]).read_text("utf-8"))
    assert (note["decision"], note["number"], note["branch"]) == ("D20", "345", "01")
    for name in names:  # as the レセコン does
        (room.folders.out / name).unlink()
    room._open()
    room.until(lambda: room.stage.lane.view.screen == "idle")
    assert out_files(room) == [], "the next start hands nothing over again"
    assert [entry["file"] for entry in room.entries("handover.done")] == [names[0]]
    book = VisitBook()
    book.read(room.stage.journal.iterate(visit))
    row = book.rows[visit]
    assert (row.standing, row.document, row.decision) == (VisitStanding.FINISHED, "certificate", "D20")
    assert row.note is NoteStanding.OPEN


def test_a_running_kiosk_delivers_what_the_console_finished(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    standing = with_staff(room, desk)
    given_up(room, desk, standing)
    assert standing.visit_id is not None
    stated = replace(CERTIFICATE, numbers=Numbers())
    said = desk.finish(standing.visit_id, Ending("accepted", "at_counter", "oral", stated=stated))
    assert said is Finish.HANDED_OVER
    room.stage.back_room.desk.look()
    room.until(lambda: len(out_files(room)) == 2)
    note = json.loads((room.folders.out / f"claim_note_{standing.visit_id}.json").read_text("utf-8"))
    assert note["claim_route"] == "3"


def test_what_the_rules_of_the_day_do_not_accept_stays_open(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    standing = with_staff(room, desk)
    given_up(room, desk, standing)
    assert standing.visit_id is not None
    said = desk.finish(standing.visit_id, Ending("accepted", "at_counter", "old_card", stated=CERTIFICATE))
    assert said is Finish.NOT_BY_RULE
    assert room.entries("visit.finished") == []
    assert out_files(room) == []


def test_after_a_mix_up_nothing_goes_out(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    visit = with_staff(room, desk).visit_id
    assert visit is not None
    room.close(killed=True)
    desk.open_incident(visit, "mixed_up")
    assert not desk.close_incident(visit, "no_mix_up", "compared"), "that is for a supervisor"
    assert desk.finish(visit, Ending("accepted", "at_counter", "certificate", stated=CERTIFICATE)) is Finish.DONE
    assert out_files(room) == []
    supervisor = room.sits("suzuki")
    assert supervisor.close_incident(visit, "put_right", "checked_records", "診療録を直した")
    assert not supervisor.close_incident(visit, "no_mix_up", "compared"), "nothing is open any more"
    with pytest.raises(ValueError, match="whatever"):
        supervisor.close_incident(visit, "whatever", "compared")
    room._open()
    assert [entry["result"] for entry in room.entries("incident.closed")] == ["put_right"]
    assert "診療録を直した".encode() not in room.folders.journal.read_bytes()


def test_a_console_that_dies_between_store_and_journal_hands_over_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    visit = with_staff(room, desk).visit_id
    assert visit is not None
    room.close(killed=True)
    journal = desk._journal

    def dies(*_given: Any) -> None:
        raise NeedsStaff(FailureCode.DISK_FULL, "journal")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "append_all", dies)
        with pytest.raises(NeedsStaff):
            desk.finish(visit, Ending("accepted", "at_counter", "certificate", stated=CERTIFICATE))
    assert desk.finish(visit, Ending("accepted", "at_counter", "certificate", stated=CERTIFICATE)) is Finish.HANDED_OVER
    room._open()
    assert len(out_files(room)) == 2
    assert len(room.entries("visit.finished")) == 1


# --- sheets that wait ---------------------------------------------------------------------------------------

SHEET = b"%PDF-1.4 a sheet"


def test_waiting_sheets_are_printed_by_staff_and_only_then(room: Room) -> None:
    desk = room.sits("sato", Role.RECEPTION)
    standing = room.lane(desk, Idle).standing
    assert room.done(desk, standing, "print").why is Refusal.NO_MEANING
    room.stage.printer.state = PrinterState.PAPER_OUT
    assert not room.stage.desk._queue.add("K1-1", SHEET, CLOCK.now())
    room.stage.printer.state = PrinterState.READY
    assert room.done(desk, standing, "print").state is ActState.DONE
    room.until(lambda: not list(waiting_folder(room.folders).glob("*.pdf")))
    assert [path.read_bytes() for path in (room.folders.root / "forms").glob("*.pdf")] == [SHEET]
    assert room.entries("staff.action")[-1]["action"] == "print"


@pytest.mark.cups
def test_waiting_sheets_come_out_of_the_printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSWER_SECONDS", "PRINT_SECONDS"):
        monkeypatch.setattr(cups, name, SECONDS)
    with tempfile.TemporaryDirectory(prefix="cups-") as folder, print_service(Path(folder)) as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        room = Room(DataFolders(tmp_path / "data"), Settings(printer=PrinterSettings(name=QUEUE)))
        try:
            desk = room.sits("sato", Role.RECEPTION)
            room.stage.printer.state = PrinterState.PAPER_OUT
            assert not room.stage.desk._queue.add("K1-1", SHEET, CLOCK.now())
            room.stage.printer.state = PrinterState.READY
            standing = room.lane(desk, Idle).standing
            assert room.done(desk, standing, "print").state is ActState.DONE
            room.until(lambda: not list(waiting_folder(room.folders).glob("*.pdf")))
            assert service.printed() == [SHEET]
            desk.close()
        finally:
            room.close()
