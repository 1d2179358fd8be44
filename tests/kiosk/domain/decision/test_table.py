"""A rule file is refused when it says what no visit could mean."""

from __future__ import annotations

import pytest

from kiosk.domain.decision.decide import DecisionRules
from kiosk.domain.decision.facts import FACTS
from kiosk.domain.decision.table import decision_table
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules

ROW = """
[[row]]
id = "D34"
outcome = "staff"
why = "decision.D34"
say = "decision.say.staff"
source = "a source"
"""


def table(text: str) -> None:
    decision_table(load_rules(text.encode()))


def test_smallest_table() -> None:
    table(ROW)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "last row"),
        (ROW + 'when = { card = ["ok"] }', "last row"),
        (ROW + "valid_from = 2026-01-01", "last row"),
        (ROW + "valid_to = 2026-01-01", "last row"),
        (ROW + 'when = { colour = ["red"] }', "D34: colour"),
        (ROW + 'when = { card = ["broken"] }', "D34: card"),
        (ROW + 'when = { card = "ok" }', "D34: card"),
        (ROW + 'ask = ["horoscope"]', "D34: ask horoscope"),
        (ROW + 'then = ["dance"]', "D34: then dance"),
        (ROW.replace('"staff"', '"perhaps"'), "D34: 'perhaps'"),
        (ROW + 'claim = "4"', "D34: '4'"),
        (ROW + 'document = "passport"', "D34: 'passport'"),
        (ROW.replace('why = "decision.D34"\n', ""), "why"),
        (ROW + '[[ask]]\nid = "form"\nsource = "s"\nwhen = { form = ["perhaps"] }', "ask form: form"),
    ],
)
def test_wrong_table_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(Fatal) as caught:
        table(text)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert named in caught.value.detail


def test_every_word_of_a_condition_that_the_file_needs_exists_and_is_used(rules: DecisionRules) -> None:
    """Facts that no row reads would be dead weight."""
    entries = (*rules.table.rows, *rules.table.asks, *rules.table.thens, *rules.table.beside)
    assert {fact for entry in entries for fact in entry.when} == set(FACTS)


def test_no_row_stands_behind_one_that_takes_all_its_visits(rules: DecisionRules) -> None:
    """A row is dead when an earlier one asks for less and holds on all its days."""
    for index, row in enumerate(rules.table.rows):
        for earlier in rules.table.rows[:index]:
            wider = all(
                fact in row.when and set(row.when[fact]) <= set(values) for fact, values in earlier.when.items()
            )
            longer = (
                earlier.row.valid_from is None
                or (row.row.valid_from is not None and earlier.row.valid_from <= row.row.valid_from)
            ) and (
                earlier.row.valid_to is None
                or (row.row.valid_to is not None and row.row.valid_to <= earlier.row.valid_to)
            )
            assert not (wider and longer), f"{row.id} behind {earlier.id}"
