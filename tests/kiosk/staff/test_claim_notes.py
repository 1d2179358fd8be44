"""Claim notes of the counter: what each document leads to, and what corrections make of a note."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kiosk.app.claim import claim_rules
from kiosk.domain.claim_note import Numbers, Stated
from kiosk.domain.decision.inputs import Flag
from kiosk.ports.handover import NoteFields
from kiosk.staff.claim_notes import Correction, corrected, decided_at_counter

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
RULES = claim_rules()
KNOWN = Stated(
    name="見本　花子", birth_date=date(1960, 1, 31), address="架空県", numbers=Numbers("06138459", "１", "123", "00")
)
UNKNOWN = Stated(kana="ミホン　ハナコ", birth_date=date(1960, 1, 31))


@pytest.mark.parametrize(
    ("document", "stated", "eligibility", "row", "route"),
    [
        ("certificate", KNOWN, "unconfirmed", "D20", "normal"),
        ("notice", KNOWN, "unconfirmed", "D15", "normal"),
        ("card", KNOWN, "valid", "D01", "normal"),
        ("card", KNOWN, "unconfirmed", "D30", "1"),
        ("oral", KNOWN, "unconfirmed", "D30", "1"),
        ("oral", UNKNOWN, "unconfirmed", "D33", "3"),
        ("attestation", UNKNOWN, "unconfirmed", "D33", "3"),
        ("attestation", KNOWN, "unconfirmed", "D33", "1"),
    ],
)
def test_the_table_says_what_follows(document: str, stated: Stated, eligibility: str, row: str, route: str) -> None:
    decided = decided_at_counter(document, stated, eligibility, DAY, RULES)
    assert decided is not None
    decision, note = decided
    assert (decision.id, note.route if note else None) == (row, route)


def test_what_counts_no_more_on_that_day_is_not_accepted_and_in_a_disaster_nothing_is_asked_for() -> None:
    assert decided_at_counter("old_card", KNOWN, "unconfirmed", DAY, RULES) is None
    decided = decided_at_counter("oral", UNKNOWN, "unconfirmed", DAY, RULES, frozenset({Flag.DISASTER}))
    assert decided is not None
    assert decided[1] is not None
    assert decided[1].route == "disaster"


NOTE = NoteFields("3", "D33", {"number": "777777777", "kana": "ミホン", "phone": "03"}, "old remarks", ("employer",))


def test_a_corrected_item_stands_in_note_and_remarks() -> None:
    told = [Correction(AT, "sato", "phone", "03", "090"), Correction(AT, "sato", "employer", None, "試験商店")]
    after = corrected(NOTE, told, RULES.claims, DAY)
    assert (after.items["phone"], after.items["employer"]) == ("090", "試験商店")
    assert "090" in after.remarks
    assert "employer" not in after.missing
    assert NOTE.items["phone"] == "03"


def test_another_route_goes_into_the_history_and_the_last_word_counts() -> None:
    told = [
        Correction(AT, "sato", route="2"),
        Correction(AT, "sato", "number", "777777777", "123"),
        Correction(AT, "sato", "number", "123", "124"),
    ]
    after = corrected(NOTE, told, RULES.claims, DAY)
    assert (after.route, after.items["number"], after.history) == ("2", "124", (("3", "not_for_this"),))


def test_numbers_of_a_normal_claim_are_corrected_and_taken_back() -> None:
    note = NoteFields("normal", "D20", {"number": "1", "branch": "00"}, "", ("insurer_number",))
    told = [Correction(AT, "sato", "insurer_number", None, "06138459"), Correction(AT, "sato", "branch", "00", "")]
    after = corrected(note, told, RULES.claims, DAY)
    assert (dict(after.items), after.missing) == ({"number": "1", "insurer_number": "06138459"}, ())


def test_what_cannot_be_read_any_more_changes_nothing() -> None:
    assert corrected(NOTE, [Correction(AT, "sato", "phone")], RULES.claims, DAY) is NOTE
