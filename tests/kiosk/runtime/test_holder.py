"""Who the holder is in words, and what the facility holds: best effort, never a failure, nothing left behind."""

from __future__ import annotations

import pytest

from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Outcome, Status
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ports.handover import NoteFields
from tests.kiosk.runtime.fakes import AT, ATTRIBUTES, DAY, UNTIL, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_number_that_opened_the_photo_opens_the_words(bench: Bench) -> None:
    found = bench.until_photo().does(fx.ReadHolder(3, "v"))
    assert [type(event) for event in found] == [ev.HolderRead]
    assert found[0].attributes == ATTRIBUTES  # type: ignore[attr-defined]
    assert found[0].held.patient_number == "7"  # type: ignore[attr-defined]
    bench.does(fx.ReadHolder(4, "v"))
    assert bench.world.calls.count("read_attributes") == 1
    kept = bench.executor.vault.get("v")
    assert kept is not None
    number = kept.number_b
    assert number is not None
    bench.does(fx.ForgetVisit("v"))
    assert number.wiped
    assert all(secret.wiped for secret in bench.world.secrets)
    assert kept.attributes is None


def test_without_the_number_nothing_is_tried_on_the_card(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    known = InsuredPerson(kana="ミホン　ハナコ", birth_date=DAY)
    [event] = bench.does(fx.ReadHolder(2, "v", known))
    assert event == ev.HolderRead(bench.clock.now(), 2)
    assert "read_attributes" not in bench.world.calls
    assert bench.world.looked_for == [known]


def test_what_was_said_comes_before_what_the_card_says(bench: Bench) -> None:
    known = InsuredPerson(name="別の名", kana="ベツノナ")
    bench.until_photo().does(fx.ReadHolder(3, "v", known))
    [asked] = bench.world.looked_for
    assert (asked.name, asked.kana, asked.birth_date) == ("別の名", "ベツノナ", ATTRIBUTES.birth_date)


@pytest.mark.parametrize("broken", ["read_attributes", "held"])
def test_a_part_that_fails_leaves_the_other(bench: Bench, broken: str) -> None:
    errors = {"read_attributes": Retriable(FailureCode.CARD_LOST), "held": NeedsStaff(FailureCode.JOURNAL_FAILED)}
    bench.until_photo().world.errors[broken] = errors[broken]
    [event] = bench.does(fx.ReadHolder(3, "v", InsuredPerson(name="見本　花子")))
    assert isinstance(event, ev.HolderRead)
    assert (event.attributes is None, event.held is None) == (broken == "read_attributes", broken == "held")
    assert event.at >= AT


# --- visits that are left open ---------------------------------------------------------------------


class OutageDesk:
    def __init__(self) -> None:
        self.left: list[PendingVisit] = []

    def left_open(self, visit: PendingVisit) -> None:
        self.left.append(visit)


QUERY = fx.QueryCard(3, "v", "AA", UNTIL, IdentityMethod.FACE, DAY)
HANDED = Outcome(Status.HANDED_TO_STAFF, identity=IdentityMethod.FACE)
SILENT = Retriable(FailureCode.TERMINAL_SILENT)


def ending(
    outcome: Outcome, *effects: fx.Effect, error: Exception | None = SILENT, photo: bool = True
) -> list[PendingVisit]:
    desk = OutageDesk()
    bench = Bench(outage=desk)
    if photo:
        bench.until_photo()
    else:
        bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    if error is not None:
        bench.world.errors["query_card"] = bench.world.errors["query_number"] = error
    bench.does(*effects)
    bench.does(fx.CloseVisit("v", outcome), fx.ForgetVisit("v"))
    return desk.left


def test_a_visit_without_an_answer_is_left_open_with_the_card_s_four_items() -> None:
    [left] = ending(HANDED, QUERY)
    assert left.face == CardFace(ATTRIBUTES.name, ATTRIBUTES.birth_date, ATTRIBUTES.sex, ATTRIBUTES.address)
    assert (left.visit_id, left.cause, left.numbers) == ("v", "K301", None)


def test_without_the_words_of_the_card_at_least_its_birth_date() -> None:
    [left] = ending(HANDED, fx.QueryNumber(4, "v", Numbers("06479992", "1", "2"), DAY, DAY), photo=False)
    assert (left.face, left.numbers) == (CardFace(birth_date=DAY), Numbers("06479992", "1", "2"))


def test_the_numbers_of_the_last_visit_serve_where_no_others_are_known() -> None:
    [left] = ending(HANDED, fx.ReadHolder(2, "v"), QUERY)
    assert left.numbers == Numbers("06479992", "1", "2")


@pytest.mark.parametrize(("route", "known"), [("1", True), ("3", False)])
def test_the_sevens_of_an_unknown_claim_are_no_numbers(route: str, known: bool) -> None:
    note = NoteFields(route, "D30", {"insurer_number": "77777777", "number": "777777777", "kana": "ミホン"})
    accepted = Outcome(Status.ACCEPTED, claim_route=route, document=Document.ORAL, share=30)
    [left] = ending(accepted, QUERY, fx.HandOver(5, "v", None, accepted, note))
    assert (left.numbers is not None, left.kana, left.document, left.share_percent) == (known, "ミホン", "oral", 30)


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (Outcome(Status.ABANDONED), SILENT),
        (Outcome(Status.ACCEPTED, eligibility=Eligibility.VALID), SILENT),
        (HANDED, None),
    ],
)
def test_who_left_or_was_answered_is_not_listed(outcome: Outcome, error: Exception | None) -> None:
    assert ending(outcome, QUERY, error=error) == []
