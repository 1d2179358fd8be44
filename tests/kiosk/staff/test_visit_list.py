"""The list of visits: what the journal tells of each, what is filtered, and what is to be done about it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kiosk.app.catalogue import load_catalogue as load_sentences
from kiosk.domain.messages import Text
from kiosk.journal.catalogue import load_catalogue
from kiosk.ports.journal import JournalEntry, StoredEntry
from kiosk.staff.incidents import incidents
from kiosk.staff.visit_list import (
    NoteStanding,
    VisitBook,
    VisitFilter,
    VisitRow,
    VisitStanding,
    counted,
    lane_of,
    next_steps,
    open_notes,
)

AT = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
CATALOGUE = load_catalogue((Path(__file__).parents[3] / "assets/rules/journal.toml").read_bytes())
VISIT = "K1-20261124-083000-ab12-7"
Value = str | int | float | bool | None


class Told:
    """Entries as a journal would hold them."""

    def __init__(self) -> None:
        self.entries: list[StoredEntry] = []

    def __call__(self, event: str, visit: str | None = VISIT, /, **fields: Value) -> None:
        CATALOGUE.check(JournalEntry(event, fields, visit))
        seq = len(self.entries) + 1
        at = (AT + timedelta(seconds=seq)).isoformat(timespec="milliseconds")
        self.entries.append(StoredEntry(seq, at, visit, event, json.dumps(fields), "00"))

    def closed(self, status: str, **more: Value) -> None:
        plain = {"identity": "face", "eligibility": "valid", "document": "card"}
        self("visit.closed", status=status, **{**plain, **more})

    def row(self) -> VisitRow:
        book = VisitBook()
        book.read(self.entries)
        return book.rows[VISIT]


@pytest.fixture
def told() -> Told:
    made = Told()
    made("visit.opened", language="ja")
    return made


def test_a_visit_is_told_by_its_entries(told: Told) -> None:
    told("identity.confirmed", method="visual", staff="sato", reason="face_failed")
    told("eligibility.failed", code="K301")
    told("decision.made", row="D32", route="3", share=30, alerts="share_changed")
    told("claim.opened", route="3", missing="address,phone")
    told.closed(
        "handed_to_staff", identity="visual", eligibility="unconfirmed", claim_route="3", alerts="terminal_silent"
    )
    row = told.row()
    assert (row.lane, row.number) == ("K1", "K1-7")
    assert (row.standing, row.note) == (VisitStanding.WITH_STAFF, NoteStanding.OPEN)
    assert (row.identity, row.reason, row.staff) == ("visual", "face_failed", ("sato",))
    assert (row.decision, row.route, row.missing) == ("D32", "3", ("address", "phone"))
    assert (row.codes, row.alerts) == (("K301",), ("share_changed", "terminal_silent"))


def test_who_looked_has_not_acted(told: Told) -> None:
    told("record.viewed", staff="suzuki", what="visit")
    assert told.row().staff == ()


def test_staff_finish_what_was_handed_to_them(told: Told) -> None:
    told("claim.opened", route="1")
    told.closed("handed_to_staff")
    assert told.row().standing is VisitStanding.WITH_STAFF
    told("claim.settled", staff="sato")
    row = told.row()
    assert (row.standing, row.note, next_steps(row)) == (VisitStanding.FINISHED, NoteStanding.SETTLED, ())


def test_entries_without_their_beginning_and_without_a_visit_change_nothing() -> None:
    told = Told()
    told("kiosk.stopped", None)
    told.closed("accepted")
    book = VisitBook()
    assert book.read(told.entries) is False
    assert (book.rows, book.seq) == ({}, 2)


def test_the_list_grows_by_what_is_added(told: Told) -> None:
    book = VisitBook()
    assert book.read(told.entries)
    assert book.of_day(AT.date())[0].standing is VisitStanding.GOING_ON
    told("photo.read", usable=True)
    assert not book.read(told.entries[1:])
    told.closed("accepted")
    assert book.read(told.entries[2:])
    assert [row.standing for row in book.of_day(AT.date())] == [VisitStanding.ACCEPTED]
    assert book.of_day(date(2026, 11, 23)) == ()


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (VisitFilter(), True),
        (VisitFilter(standing=VisitStanding.ACCEPTED), True),
        (VisitFilter(standing=VisitStanding.ABANDONED), False),
        (VisitFilter(route="normal"), True),
        (VisitFilter(route="3"), False),
        (VisitFilter(lane="K2"), False),
        (VisitFilter(method="face"), True),
        (VisitFilter(method="pin"), False),
        (VisitFilter(text="k1-7"), True),
        (VisitFilter(text="d01 受け付けた"), True),
        (VisitFilter(text="d01 D02"), False),
    ],
)
def test_filter(wanted: VisitFilter, taken: bool) -> None:
    row = VisitRow(VISIT, AT, AT, "accepted", identity="face", route="normal", decision="D01")
    assert wanted.takes(row, "受け付けた") is taken


def test_every_standing_is_counted() -> None:
    rows = [VisitRow(VISIT, AT), VisitRow("K1-20261124-083000-ab12-8", AT, live=False)]
    counts = counted(rows)
    assert set(counts) == set(VisitStanding)
    assert (counts[VisitStanding.GOING_ON], counts[VisitStanding.CUT_OFF], sum(counts.values())) == (1, 1, 2)


def test_a_number_is_written_as_people_say_it() -> None:
    assert VisitRow("K1-20261124-083000-ab12-0007", AT).number == "K1-7"


def test_a_lane_may_have_hyphens_in_its_name() -> None:
    assert lane_of("ward-2-a-20261124-083000-ab12-7") == "ward-2-a"


def test_the_most_pressing_comes_first() -> None:
    row = VisitRow(
        VISIT, AT, AT, "handed_to_staff", alerts=("share_unknown", "person_mismatch"), codes=("K301",), waits=True
    )
    assert next_steps(row) == (
        Text("console.alert.person_mismatch"),
        Text("console.alert.share_unknown"),
        Text("console.next.waits"),
        Text("console.next.with_staff"),
        Text("failure.K301.remedy"),
    )
    assert row.incident


@pytest.mark.parametrize("alert", ["reading_by_numbers", "confirmed_another_day", "several", "hand_over_failed"])
def test_what_an_alert_asks_for_has_its_sentence(alert: str) -> None:
    (step,) = next_steps(VisitRow(VISIT, AT, AT, "accepted", alerts=(alert,)))
    assert step.id in load_sentences(Path(__file__).parents[3] / "assets/messages")


def test_nobody_is_troubled_by_what_went_well() -> None:
    assert next_steps(VisitRow(VISIT, AT, AT, "accepted", alerts=("certificate_expires_soon",))) == ()
    assert next_steps(VisitRow(VISIT, AT)) == ()
    assert next_steps(VisitRow(VISIT, AT, live=False)) == (Text("console.alert.power_cut"),)
    assert next_steps(VisitRow(VISIT, AT, AT, "handed_to_staff")) == (Text("console.next.with_staff"),)


def test_open_notes_are_those_that_nobody_settled(told: Told) -> None:
    told("claim.opened", route="2")
    told("claim.opened", "K1-20261124-083000-ab12-8", route="3")
    told("claim.settled", "K1-20261124-083000-ab12-8", staff="sato")
    found = open_notes(told.entries)
    assert [(visit, route) for visit, (_since, route) in found.items()] == [(VISIT, "2")]


def test_a_mix_up_that_was_closed_troubles_nobody_until_it_comes_again(told: Told) -> None:
    told("guard.mismatch", reasons="birth_date")
    assert told.row().incident
    told("incident.closed", staff="suzuki", result="no_mix_up", reason="compared")
    assert not told.row().incident
    assert next_steps(replace(told.row(), live=False)) == (Text("console.alert.power_cut"),)
    told("incident.opened", staff="sato", reason="mixed_up")
    assert told.row().incident
    assert incidents(told.entries)[0].result is None


def test_what_was_missing_in_a_claim_note_is_asked_for_until_it_is_there(told: Told) -> None:
    told("claim.opened", route="3", missing="employer,phone")
    told.closed("accepted", alerts="claim_note_incomplete")
    told("claim.corrected", staff="sato", items="phone")
    assert Text("console.alert.claim_note_incomplete") in next_steps(told.row())
    told("claim.corrected", staff="sato", items="employer")
    assert next_steps(told.row()) == (Text("console.next.note"),)
