"""`kiosk play day`: the same day for the same seed, and every check can fail."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.app.backroom import open_pending
from kiosk.app.cli import main
from kiosk.app.day.checks import Evidence, examine
from kiosk.app.day.floor import Seen
from kiosk.app.day.patient import Patient
from kiosk.app.day.people import PINS, DayPlan, Manner, plan_day
from kiosk.app.day.run import play_day
from kiosk.app.handover import open_deliveries
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.report import make_report
from kiosk.app.settings import Settings
from kiosk.domain.outcome import Outcome, Status
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.domain.rules import load_rules
from kiosk.ports.handover import Parcel
from kiosk.ports.journal import JournalEntry
from tests.kiosk.app.plays import catalogue

ON = date(2026, 11, 24)


def plan(visits: int = 50, seed: int = 1) -> DayPlan:
    rules = ASSETS / "rules"
    return plan_day(visits, 1, seed, ON, load_rules(rules / "day.toml"), load_rules(rules / "population.toml"))


def test_a_day_keeps_every_promise_and_is_the_same_for_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of each kind: by face, by PIN, with somebody else's kind of card, and with a paper."""
    whole = plan(600)
    usual = [manner for manner in whole.arrivals if not manner.troubles and manner.person.record.validity == "valid"]
    wanted = [("card", "face"), ("card", "pin"), ("other_card", None), ("certificate", None)]
    few = [next(m for m in usual if m.brings == brings and way in (None, m.way)) for brings, way in wanted]
    monkeypatch.setattr(
        "kiosk.app.day.run.plan_day", lambda *_: dataclasses.replace(whole, arrivals=tuple(sorted(few, key=at)))
    )
    days = [play_day(4, 2, 5, ON, Settings(), catalogue()) for _ in range(2)]
    assert [check for check in days[0].checks if not check.ok] == []
    first, second = (json.dumps(day.as_data(), ensure_ascii=False) for day in days)
    assert first == second
    assert days[0].as_data()["report"]["visits"]["status"] == {"accepted": 3, "abandoned": 1, "handed_to_staff": 1}


def at(manner: Manner) -> datetime:
    return manner.at


def test_equal_seeds_plan_equal_days() -> None:
    one, same, other = plan(), plan(), plan(seed=2)
    assert one.arrivals == same.arrivals
    assert one.windows == same.windows
    assert one.arrivals != other.arrivals


def test_people_come_while_it_is_open_and_windows_of_a_device_do_not_overlap() -> None:
    day = plan(400)
    assert all(day.opens <= manner.at < day.closes for manner in day.arrivals)
    assert not any(manner.at.hour == 13 for manner in day.arrivals)
    assert {manner.brings for manner in day.arrivals} == {"card", "certificate", "nothing", "phone", "other_card"}
    for device in {window.device for window in day.windows}:
        own = sorted((w.begin, w.end) for w in day.windows if w.device == device)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(own))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["day", "face-ok"], "alone"),
        (["day", "--visits", "0"], "from 1 to"),
        (["day", "--lanes", "99"], "from 1 to"),
        (["day", "--date", "yesterday"], "no date"),
        (["day", "--date", "2026-03-31"], "from 2026-04-01 on"),
        (["face-ok", "--seed", "3"], "kiosk play day"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", *arguments, "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


# --- the checks ---------------------------------------------------------------------------------------

AT = datetime.fromisoformat("2026-11-24T10:00:00+09:00")
OPENED = JournalEntry("visit.opened", {"insertion": 1}, "K1-1")
CLOSED = JournalEntry(
    "visit.closed",
    {"status": "accepted", "identity": "pin", "eligibility": "valid", "document": "card", "taps": 3},
    "K1-1",
)
DELIVERED = JournalEntry("handover.delivered", {"target": "out", "file": "one.xml", "attempt": 1}, "K1-1")
WAITING = PendingVisit("K1-1", AT, CardFace())


class Left:
    """What a sound day of one visit leaves; a test spoils one thing of it."""

    def __init__(self, folder: Path) -> None:
        self.folders = DataFolders(folder)
        self.folders.create()
        self.entries = [OPENED, CLOSED, DELIVERED]
        self.files = ["one.xml"]
        self.plan = dataclasses.replace(plan(1), arrivals=plan(1).arrivals[:1])
        self.patient = Patient(self.plan.arrivals[0], None, self.plan.pace, 0.0)  # type: ignore[arg-type]
        self.patient.visits = ["K1-1"]
        self.seen = Seen(patients=[self.patient], closed={"K1-1": Outcome(Status.ACCEPTED)})
        self.pending: list[PendingVisit] = []
        self.parcels: list[Parcel] = []
        self.log = ""

    def wrong(self) -> set[str]:
        """The checks that fail."""
        for name in self.files:
            (self.folders.out / name).write_text("x")
        with ExitStack() as stack:
            journal, pending, deliveries = (
                open_journal(self.folders),
                open_pending(self.folders),
                open_deliveries(self.folders),
            )
            for store in (journal, pending, deliveries):
                stack.callback(store.close)
            journal.append_all(self.entries, AT)
            for visit in self.pending:
                pending.add(visit)
            for parcel in self.parcels:
                deliveries.put(parcel, AT.timestamp())
            report = make_report(journal, ON, ON, Settings(), AT)
            evidence = Evidence(self.plan, self.seen, self.folders, journal, pending, report, self.log)
            return {check.id for check in examine(evidence) if not check.ok}


@pytest.fixture
def left(tmp_path: Path) -> Left:
    return Left(tmp_path)


def test_a_sound_day_passes(left: Left) -> None:
    assert left.wrong() == set()


def add(text: str) -> Callable[[Left], None]:
    def spoil(left: Left) -> None:
        left.log += text

    return spoil


SPOILT: dict[str, tuple[Callable[[Left], object], set[str]]] = {
    "never closed": (lambda left: left.entries.remove(CLOSED), {"outcome", "counts"}),
    "closed twice": (lambda left: left.entries.append(CLOSED), {"outcome", "counts"}),
    "turned away": (
        lambda left: left.seen.closed.update({"K1-1": Outcome(Status.ABANDONED)}),
        {"turned_away", "counts"},
    ),
    "stuck": (lambda left: left.seen.stuck.append("1: Consenting"), {"stuck"}),
    "handed over twice": (lambda left: left.entries.append(DELIVERED), {"handed_over"}),
    "never handed over": (lambda left: left.entries.remove(DELIVERED) or left.files.clear(), {"handed_over"}),
    "file of nobody": (lambda left: left.files.append("two.xml"), {"handed_over"}),
    "waits": (lambda left: left.parcels.append(Parcel("K1-1", "out", "two.xml", b"x")), {"handed_over"}),
    "not looked up": (lambda left: left.pending.append(WAITING), {"looked_up"}),
    "somebody not received": (lambda left: left.seen.patients.clear(), {"counts"}),
    "a PIN in the log": (add(f"kiosk: INFO got {PINS[0]}\n"), {"secrets"}),
}


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_what_is_wrong_is_found(left: Left, name: str) -> None:
    spoil, expected = SPOILT[name]
    spoil(left)
    assert left.wrong() == expected


def test_a_name_in_the_log_is_found(left: Left) -> None:
    person = left.plan.arrivals[0].person
    card = dataclasses.replace(person.card, name="水無瀬　和歌子")
    arrival = dataclasses.replace(left.plan.arrivals[0], person=dataclasses.replace(person, card=card))
    left.plan = dataclasses.replace(left.plan, arrivals=(arrival,))
    left.log = "kiosk: INFO 水無瀬 was here\n"
    assert left.wrong() == {"secrets"}


def test_who_left_by_choice_was_not_turned_away(left: Left) -> None:
    left.seen.closed["K1-1"] = Outcome(Status.ABANDONED)
    left.patient.left_by_choice = True
    assert "turned_away" not in left.wrong()


def test_the_report_of_a_played_day_is_dated_by_its_clock(left: Left) -> None:
    journal = open_journal(left.folders)
    assert make_report(journal, ON, ON, Settings(), AT + timedelta(hours=9)).made_at == AT + timedelta(hours=9)
    journal.close()
