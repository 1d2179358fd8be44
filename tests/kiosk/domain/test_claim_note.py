"""Claim notes: what is typed, what is missing, and a history that only grows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.claim_note import (
    DISASTER,
    ITEMS,
    ClaimNote,
    ClaimRoute,
    EntryKind,
    NotClosed,
    Numbers,
    RouteStep,
    Stated,
    UnknownDigits,
    WhyNot,
    close,
    correct,
    kind_of,
    missing_items,
    open_note,
    remarks,
    send_to,
    unknown_numbers,
    waiting_items,
    warnings,
)
from kiosk.domain.failures import Fatal
from kiosk.domain.insurance import check_digit_holds
from kiosk.domain.rules import RuleTable, load_rules

RULES = load_rules(Path(__file__).resolve().parents[3] / "assets" / "rules" / "claims.toml")
ON = date(2026, 11, 24)
AT = datetime(2026, 12, 1, 10, 0)
SAID = Stated(
    name="見本　花子",
    kana="ﾐﾎﾝ ﾊﾅｺ",
    birth_date=date(1980, 2, 11),
    insurance_kind="社保",
    insurer_name="わからない",
    employer="架空商事",
    address="架空県架空市試験町1-2-3",
    phone="090-0000-0000",
)


def unknown(said: Stated = SAID, digits: UnknownDigits | None = None) -> ClaimNote:
    return open_note("3", None, said, (), RULES, ON, digits)


def without(item: str) -> Stated:
    return Stated(**{name: getattr(SAID, name) for name in Stated.__dataclass_fields__ if name != item})


def test_unknown_claim_as_in_the_source() -> None:
    note = unknown()
    assert [note.value(item) for item in ("insurer_number", "symbol", "number", "branch")] == [
        "77777777",
        None,
        "777777777",
        None,
    ]
    noted = correct(note, {"contacted_on": "2026-10-05"}, AT, "sato")
    assert remarks(noted, RULES, ON) == (
        "不詳／ﾐﾎﾝ ﾊﾅｺ／社保／わからない／架空商事／架空県架空市試験町1-2-3／090-0000-0000／患者連絡日 2026-10-05"
    )
    assert missing_items(note, RULES, ON) == ()
    assert waiting_items(note, RULES, ON) == ("contacted_on",)


def test_digits_are_the_facilitys() -> None:
    assert unknown(digits=UnknownDigits(valid_check_digit=True)).value("insurer_number") == "77777779"
    assert unknown(digits=UnknownDigits(number_digits=7)).value("number") == "7777777"
    assert unknown(digits=UnknownDigits(insurer_digits=6)).value("insurer_number") == "777777"


@given(st.integers(0, 20), st.integers(0, 20))
def test_any_number_of_digits(insurer: int, number: int) -> None:
    made = unknown_numbers("3", RULES, ON, UnknownDigits(insurer, number, valid_check_digit=True))
    assert made.insurer_number is not None
    assert check_digit_holds(made.insurer_number)
    assert made.number is not None
    assert set(made.number) == {"7"}


@pytest.mark.parametrize("item", ["kana", "insurance_kind", "insurer_name", "employer", "address", "phone"])
@pytest.mark.parametrize("empty", [None, "", "  ", "　"])
def test_each_prescribed_item_is_missed(item: str, empty: str | None) -> None:
    values = {name: getattr(SAID, name) for name in Stated.__dataclass_fields__}
    note = unknown(Stated(**{**values, item: empty}))
    assert missing_items(note, RULES, ON) == (item,)
    assert f"【{item}】" in remarks(note, RULES, ON, {item: f"【{item}】"})
    closing = close(correct(note, {"contacted_on": "2026-12-01"}, AT, "sato"), RULES, AT, "sato")
    assert closing == NotClosed((item,))


def test_what_the_remarks_do_not_hold_is_not_kept() -> None:
    note = unknown()
    assert note.value("name") is None
    assert note.value("birth_date") is None
    assert open_note("1", Numbers(None, None, "1"), SAID, (), RULES, ON).value("address") is None


@pytest.mark.parametrize(
    ("words", "kind", "place"),
    [
        ("社保", "society", "shiharai_kikin"),
        ("会社などの健康保険", "society", "shiharai_kikin"),
        ("society", "society", "shiharai_kikin"),
        ("協会けんぽ", "kyokai", "shiharai_kikin"),
        ("全国健康保険協会 東京支部", "kyokai", "shiharai_kikin"),
        ("共済組合", "mutual", "shiharai_kikin"),
        ("国民健康保険", "municipal", "kokuhoren"),
        ("国保", "municipal", "kokuhoren"),
        ("国保組合", "municipal_union", "kokuhoren"),
        ("医師国民健康保険組合", "municipal_union", "kokuhoren"),
        ("後期高齢者医療", "late_elderly", "kokuhoren"),
        ("わからない", "unknown", None),
        ("雇用", None, None),
        (None, None, None),
    ],
)
def test_kind_of_insurance_as_patients_say_it(words: str | None, kind: str | None, place: str | None) -> None:
    row = kind_of(words, RULES, ON)
    assert (row.text("id") if row else None) == kind
    note = unknown(Stated(insurance_kind=words))
    assert send_to(note, RULES, ON) == place


def test_id_of_a_kind_is_written_in_words_and_words_stay_as_said() -> None:
    assert unknown(Stated(insurance_kind="late_elderly")).value("insurance_kind") == "後期高齢者医療"
    assert unknown(Stated(insurance_kind="○○健保")).value("insurance_kind") == "○○健保"


def test_who_has_no_employer_is_not_asked_for_one() -> None:
    note = unknown(Stated(insurance_kind="国民健康保険"))
    assert note.value("employer") == "なし"
    assert "employer" not in missing_items(note, RULES, ON)
    assert unknown(Stated(insurance_kind="国民健康保険", employer="架空農園")).value("employer") == "架空農園"


def test_known_numbers_are_typed_as_they_are() -> None:
    note = open_note("1", Numbers("　 479998", "１２－３４", "００５６", "01"), SAID, (), RULES, ON)
    assert [note.value(item) for item in ("insurer_number", "symbol", "number", "branch")] == [
        "479998",
        "１２－３４",
        "００５６",
        "01",
    ]
    assert remarks(note, RULES, ON) == ""
    assert missing_items(note, RULES, ON) == ()
    assert warnings(note) == ()


def test_insurer_number_is_missed_and_a_wrong_one_is_a_warning() -> None:
    assert missing_items(open_note("1", Numbers(None, "1", "2"), SAID, (), RULES, ON), RULES, ON) == ("insurer_number",)
    typed = open_note("2", Numbers("06479993", "1", "2"), SAID, (), RULES, ON)
    assert warnings(typed) == ("insurer_number_check_digit",)
    assert missing_items(typed, RULES, ON) == ()
    assert warnings(unknown()) == ()


def test_individual_number_never_stays_in_a_note() -> None:
    note = unknown(Stated(address="架空市 123456789018", kana="個人番号 1234 5678 9018", phone="09012345678"))
    written = " ".join(value for entry in note.entries for _, value in entry.values)
    assert "123456789018" not in written
    assert "9018" not in written
    assert "09012345678" in written
    assert warnings(note) == ("my_number_masked",)
    assert {"address", "kana"} <= set(missing_items(note, RULES, ON))
    changed = correct(unknown(), {"address": "123456789018"}, AT, "sato")
    assert "123456789018" not in (changed.value("address") or "")


def test_one_line_whatever_is_written() -> None:
    note = unknown(Stated(address="架空県\n架空市\r\n\x00一丁目　二番"))
    assert note.value("address") == "架空県 架空市 一丁目　二番"


def test_closing_waits_for_everything_and_happens_once() -> None:
    note = unknown()
    assert close(note, RULES, AT, "sato") == NotClosed(("contacted_on",))
    ready = correct(note, {"contacted_on": "2026-12-01"}, AT, "sato")
    closed = close(ready, RULES, AT, "suzuki")
    assert isinstance(closed, ClaimNote)
    assert closed.closed
    assert not ready.closed
    assert closed.entries[-1].by == "suzuki"
    assert close(closed, RULES, AT, "sato") is closed


def test_later_numbers_are_appended_and_nothing_is_lost() -> None:
    note = open_note("3", None, SAID, (RouteStep(ClaimRoute.CURRENT, WhyNot.NO_NUMBERS),), RULES, ON)
    found = {"insurer_number": "06479992", "symbol": "12", "number": "34", "branch": "01"}
    better = correct(note, found, AT, "sato", ClaimRoute.CURRENT)
    assert better.entries[: len(note.entries)] == note.entries
    assert better.route == "1"
    assert better.value("insurer_number") == "06479992"
    assert remarks(better, RULES, ON) == ""
    assert [(step.route, step.reason) for step in better.history] == [
        (ClaimRoute.CURRENT, WhyNot.NO_NUMBERS),
        (ClaimRoute.UNKNOWN, WhyNot.NOT_FOR_THIS),
    ]
    assert [entry.kind for entry in better.entries] == [EntryKind.OPENED, EntryKind.CORRECTED]
    closed = close(better, RULES, AT, "sato")
    assert isinstance(closed, ClaimNote)


def test_correction_opens_a_closed_note_again() -> None:
    closed = close(correct(unknown(), {"contacted_on": "2026-12-01"}, AT, "sato"), RULES, AT, "sato")
    assert isinstance(closed, ClaimNote)
    assert not correct(closed, {"phone": ""}, AT, "sato").closed
    assert missing_items(correct(closed, {"phone": ""}, AT, "sato"), RULES, ON) == ("phone",)


@pytest.mark.parametrize(("changes", "route"), [({"colour": "red"}, None), ({}, ClaimRoute.NORMAL)])
def test_correction_of_what_no_note_has(changes: dict[str, str], route: ClaimRoute | None) -> None:
    with pytest.raises(ValueError):
        correct(unknown(), changes, AT, "sato", route)


@given(st.lists(st.dictionaries(st.sampled_from(ITEMS), st.text("ab１", max_size=3)), max_size=5))
def test_entries_only_grow_and_the_newest_value_counts(steps: list[dict[str, str]]) -> None:
    note = unknown()
    expected = {item: note.value(item) for item in ITEMS}
    for changes in steps:
        before = note.entries
        note = correct(note, changes, AT, "sato")
        assert note.entries[:-1] == before
        expected |= {item: value or None for item, value in changes.items()}
    assert {item: note.value(item) for item in ITEMS} == expected


def test_disaster_needs_one_of_insurer_and_employer() -> None:
    note = open_note(DISASTER, None, SAID, (), RULES, ON)
    assert [note.value("insurer_number"), note.value("number")] == ["99999999", "999999999"]
    assert remarks(note, RULES, ON).startswith("不詳／見本　花子／1980-02-11／")
    assert missing_items(note, RULES, ON) == ()
    assert missing_items(open_note(DISASTER, None, without("employer"), (), RULES, ON), RULES, ON) == ()
    neither = open_note(DISASTER, None, Stated(name="見本"), (), RULES, ON)
    assert missing_items(neither, RULES, ON) == ("birth_date", "phone", "insurer_name", "employer")
    moved = correct(note, {"number": "1"}, AT, "sato", ClaimRoute.CURRENT)
    assert moved.history == ()


def test_rule_file_without_the_route_is_said() -> None:
    with pytest.raises(Fatal, match="route 3"):
        open_note("3", Numbers(), SAID, (), RuleTable({}), ON)
    with pytest.raises(Fatal, match="unknown 3"):
        open_note("3", None, SAID, (), RuleTable({}), ON)


def test_nothing_personal_is_printed() -> None:
    note = unknown()
    assert (
        f"{note!r} {note.entries[0]!r} {SAID!r} {SAID.numbers!r}"
        == "ClaimNote(3, 1 entries) Entry(opened, 3) Stated() Numbers()"
    )
