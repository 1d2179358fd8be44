from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules

ASSETS = Path(__file__).resolve().parents[3] / "assets" / "rules"
SAMPLE = b"""
[[share]]
percent = 10
valid_to = 2024-12-01
source = "a"

[[share]]
percent = 20
valid_from = 2024-12-02
source = "b"

[codes]
table = "T1"
source = "c"
rows = [{ code = "1" }, { code = "2", valid_from = 2025-01-01, source = "d" }]
"""


def test_rows_of_a_day() -> None:
    rules = load_rules(SAMPLE)
    assert [row.number("percent") for row in rules.rows("share", date(2024, 12, 1))] == [10]
    assert [row.number("percent") for row in rules.rows("share", date(2024, 12, 2))] == [20]
    assert rules.rows("nothing", date(2024, 12, 2)) == ()


def test_rows_share_what_their_section_says() -> None:
    rules = load_rules(SAMPLE)
    assert rules.titles["codes"] == {"table": "T1"}
    assert [(row.text("code"), row.source) for row in rules.rows("codes", date(2026, 1, 1))] == [("1", "c"), ("2", "d")]
    assert rules.first("codes", date(2024, 1, 1), code="2") is None


def test_values_of_the_wrong_kind_are_named() -> None:
    row = load_rules(b"[[a]]\nx = 1\ny = true\nsource='s'").sections["a"][0]
    for read, key in ((row.text, "x"), (row.number, "y"), (row.number, "z")):
        with pytest.raises(Fatal, match=key) as caught:
            read(key)
        assert caught.value.code is FailureCode.SETTINGS_WRONG


@pytest.mark.parametrize(
    "content",
    [
        b"x = ",
        b"\xff",
        b"x = 1",
        b"[[a]]\nx = 1",
        b"[[a]]\nsource = ''",
        b"[a]\nsource = 's'",
        b"[a]\nsource = 's'\nrows = [1]",
        b"[[a]]\nsource = 's'\nvalid_from = '2024-01-01'",
        b"[[a]]\nsource = 's'\nvalid_to = 2024-01-01T00:00:00",
    ],
)
def test_faulty_files(content: bytes) -> None:
    with pytest.raises(Fatal) as caught:
        load_rules(content)
    assert caught.value.code is FailureCode.SETTINGS_WRONG


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"gone\.toml") as caught:
        load_rules(tmp_path / "gone.toml")
    assert caught.value.code is FailureCode.ASSET_MISSING


@given(st.binary(max_size=200))
def test_any_bytes_give_rules_or_a_typed_error(content: bytes) -> None:
    with contextlib.suppress(Fatal):
        assert load_rules(content).sections is not None


@pytest.mark.parametrize("name", ["codes", "shares", "insurers", "certificate"])
def test_shipped_rules_load(name: str) -> None:
    rules = load_rules(ASSETS / f"{name}.toml")
    assert all(rules.sections.values())


def test_code_lists_have_one_text_for_a_code_on_a_day() -> None:
    rules = load_rules(ASSETS / "codes.toml")
    lists = [name for name, title in rules.titles.items() if "table" in title]
    assert len(lists) == 34
    for name in lists:
        for day in (date(2024, 1, 1), date(2026, 11, 24)):
            codes = [row.text("code") for row in rules.rows(name, day)]
            assert len(codes) == len(set(codes)), name
            assert all(row.text("ja") and row.text("en") for row in rules.rows(name, day))
