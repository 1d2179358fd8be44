"""The chain shows every change in the middle, and a cut end when a head was noted down."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.journal import chain
from kiosk.journal.chain import ALTERED, CUT, MISSING, REPLACED, canonical, follow, link, verify
from kiosk.ports.journal import ChainHead, StoredEntry

AT = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def line(count: int, start: int = 0) -> list[StoredEntry]:
    rows: list[StoredEntry] = []
    head: ChainHead | None = None
    for number in range(start, start + count):
        rows.append(follow(head, AT, f"v{number}", "visit.opened", canonical({"insertion": number})))
        head = ChainHead(rows[-1].seq, rows[-1].hash)
    return rows


def test_the_worked_example_holds() -> None:
    result = doctest.testmod(chain)
    assert result.attempted == 4
    assert result.failed == 0


VALUES = st.none() | st.booleans() | st.integers() | st.floats(-1e6, 1e6) | st.text(st.characters(codec="utf-8"))
FIELDS = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), VALUES, max_size=6)


@given(FIELDS)
def test_canonical_text_does_not_depend_on_order_and_reads_back(
    fields: dict[str, str | int | float | bool | None],
) -> None:
    text = canonical(fields)
    assert text == canonical(dict(reversed(fields.items())))
    back = json.loads(text)
    expected = {name: round(value, 3) if isinstance(value, float) else value for name, value in fields.items()}
    assert back == expected


def test_zero_has_one_form() -> None:
    assert canonical({"a": -0.0}) == canonical({"a": 0.0}) == canonical({"a": -0.0001}) == '{"a":0.000}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: float | str) -> None:
    with pytest.raises(ValueError):
        canonical({"a": value})


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError):
        follow(None, AT.replace(tzinfo=None), None, "reader.lost", "{}")


def test_every_part_of_an_entry_is_covered() -> None:
    base = link("00", 1, "t", "v", "e", "{}")
    others = [
        link("01", 1, "t", "v", "e", "{}"),
        link("00", 2, "t", "v", "e", "{}"),
        link("00", 1, "u", "v", "e", "{}"),
        link("00", 1, "t", None, "e", "{}"),
        link("00", 1, "t", "v", "f", "{}"),
        link("00", 1, "t", "v", "e", "{ }"),
        link("00", 1, "t", "ve", "", "{}"),
    ]
    assert len({base, *others}) == len(others) + 1


@pytest.mark.parametrize("count", [0, 1, 7])
def test_an_untouched_line_verifies(count: int) -> None:
    report = verify(line(count))
    assert (report.ok, report.entries, report.first_bad, report.reason) == (True, count, None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"fields": '{"insertion":9}'},
        {"fields": '{"insertion": 3}'},
        {"at": "2026-11-24T09:30:00.000+09:00"},
        {"visit_id": None},
        {"event": "visit.closed"},
        {"hash": "0" * 64},
    ],
)
def test_an_edited_entry_is_found(change: dict[str, str | None]) -> None:
    rows = line(7)
    rows[3] = replace(rows[3], **change)
    report = verify(rows)
    assert (report.ok, report.entries, report.first_bad, report.reason) == (False, 3, 4, ALTERED)


def test_an_edited_entry_with_a_new_hash_is_found_at_the_next() -> None:
    rows = line(7)
    fields = canonical({"insertion": 99})
    old = rows[3]
    rows[3] = replace(old, fields=fields, hash=link(rows[2].hash, old.seq, old.at, old.visit_id, old.event, fields))
    report = verify(rows)
    assert (report.first_bad, report.reason) == (5, ALTERED)


def test_a_removed_entry_is_found_even_when_the_rest_is_renumbered() -> None:
    rows = line(7)
    del rows[3]
    assert (verify(rows).first_bad, verify(rows).reason) == (4, MISSING)
    renumbered = [replace(row, seq=number) for number, row in enumerate(rows, start=1)]
    assert (verify(renumbered).first_bad, verify(renumbered).reason) == (4, ALTERED)


def test_exchanged_and_inserted_entries_are_found() -> None:
    rows = line(7)
    rows[2], rows[3] = replace(rows[3], seq=3), replace(rows[2], seq=4)
    assert (verify(rows).first_bad, verify(rows).reason) == (3, ALTERED)
    rows = line(7)
    longer = [*rows[:3], line(4, start=50)[3], *(replace(row, seq=row.seq + 1) for row in rows[3:])]
    assert (verify(longer).first_bad, verify(longer).reason) == (4, ALTERED)


def test_a_cut_end_shows_only_against_a_known_head() -> None:
    rows = line(7)
    known = ChainHead(rows[-1].seq, rows[-1].hash)
    assert verify(rows, known).ok
    assert verify(rows[:5]).ok
    report = verify(rows[:5], known)
    assert (report.ok, report.entries, report.first_bad, report.reason) == (False, 5, 6, CUT)


def test_a_line_written_anew_shows_against_a_known_head() -> None:
    rows = line(7)
    report = verify(line(9, start=20), ChainHead(rows[-1].seq, rows[-1].hash))
    assert (report.ok, report.first_bad, report.reason) == (False, 7, REPLACED)
