"""What stands beside a label, as a value."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.documents import values
from drivers.documents.layout import Glyph, Line, line_of
from drivers.documents.values import READERS, Found
from kiosk.domain.documents import FieldKey

Reader = Callable[[Line], Found | None]
WIDE = 10.0


def line(text: str, *, gap: float = 0.0) -> Line:
    """Print of one size; `gap` stands between all letters, a blank takes a letter's width."""
    glyphs = [
        Glyph(c, i * (WIDE + gap), 0, i * (WIDE + gap) + WIDE, 12.5) for i, c in enumerate(text) if not c.isspace()
    ]
    return line_of(glyphs, WIDE)


def read(reader: Reader, text: str) -> tuple[str | None, str | None] | None:
    found = reader(line(text))
    return (found.value, found.warning) if found else None


@pytest.mark.parametrize(
    ("text", "value", "warning"),
    [
        ("06479992", "06479992", None),
        ("０６ ４７ ９９９ ２", "06479992", None),
        ("：06-479992", "06479992", None),
        ("479998", "479998", None),
        ("00479998", "479998", None),
        ("（8桁）06479992", "06479992", None),
        ("06479993", None, "check_digit"),
        ("0647999", None, "format"),
        ("O6479992", None, "format"),
    ],
)
def test_insurer_number(text: str, value: str | None, warning: str | None) -> None:
    assert read(values.insurer_number, text) == (value, warning)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("１２３４", "1234"),
        ("架空・７", "架空・7"),
        ("架空 ·7", "架空・7"),
        ("あいう１２‐３", "あいう12-3"),
        ("12ー34", "12-34"),
    ],
)
def test_symbol(text: str, value: str) -> None:
    assert read(values.symbol, text) == (value, None)


@pytest.mark.parametrize(
    ("text", "value", "warning"),
    [
        ("００１２３４５６", "00123456", None),
        ("123－45", "123-45", None),
        ("12 34", "1234", None),
        ("808（枝番）01", "808", None),
        ("808(技番)01", "808", None),
        ("八百八", None, "format"),
        ("808 本人", None, "format"),
    ],
)
def test_number(text: str, value: str | None, warning: str | None) -> None:
    assert read(values.number, text) == (value, warning)


def test_two_numbers_with_an_unread_word_between_them_are_not_one() -> None:
    left = [Glyph(c, i * 6.0, 0, i * 6.0 + 6, 12) for i, c in enumerate("808")]
    right = [Glyph(c, 60 + i * 6.0, 0, 66 + i * 6.0, 12) for i, c in enumerate("01")]
    found = values.number(line_of(left + right, WIDE))
    assert found is not None
    assert (found.value, found.warning) == (None, "format")


@pytest.mark.parametrize(("text", "value"), [("01", "01"), ("）００", "00"), ("1", None), ("001", None), ("0I", None)])
def test_branch(text: str, value: str | None) -> None:
    assert read(values.branch, text) == (value, None if value else "format")


@pytest.mark.parametrize("reader", [values.symbol, values.number, values.branch, values.words, values.name])
@pytest.mark.parametrize("text", ["-", "なし", "ー", "＊＊＊", ""])
def test_a_dash_or_nothing_is_no_item(reader: Reader, text: str) -> None:
    assert read(reader, text) is None


@pytest.mark.parametrize(
    ("text", "value", "warning"),
    [
        ("昭和25年2月11日", "1950-02-11", None),
        ("昭和 ２５ 年 ２ 月 １１ 日生", "1950-02-11", None),
        ("S25.2.11", "1950-02-11", None),
        ("昭25.2.11", "1950-02-11", None),
        ("令和元年5月1日", "2019-05-01", None),
        ("令和1年5月1日", "2019-05-01", None),
        ("1950年2月11日", "1950-02-11", None),
        ("1950/02/11", "1950-02-11", None),
        ("1950-2-11", "1950-02-11", None),
        ("19500211", "1950-02-11", None),
        ("1950年2月11日（昭和25年2月11日）", "1950-02-11", None),
        ("昭和64年1月7日", "1989-01-07", None),
        ("昭25・2・11", "1950-02-11", None),
        ("Ｒ．８．１１．２２", "2026-11-22", None),
        ("昭和25年（1950年）2月11日", "1950-02-11", None),
        ("1950年（昭和25年）2月11日", "1950-02-11", None),
        ("1989（平成元）年1月8日", "1989-01-08", None),
        ("昭和25年（1951年）2月11日", None, "differs"),
        ("1950年（昭和26年）2月11日", None, "differs"),
        ("8年11月22日", None, "format"),
        ("2026年11月24日 9:30", "2026-11-24", None),
        ("平成31年5月1日", None, "outside_era"),
        ("昭和64年1月8日", None, "outside_era"),
        ("令和7年2月30日", None, "no_such_day"),
        ("2025-13-01", None, "no_such_day"),
        ("1950年2月11日（昭和26年2月11日）", None, "differs"),
        ("令和○年○月○日", None, "format"),
        ("昭和2?年2月11日", None, "format"),
    ],
)
def test_dates(text: str, value: str | None, warning: str | None) -> None:
    assert read(values.day, text) == (value, warning)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("３割", "30"),
        ("3 割", "30"),
        ("三割", "30"),
        ("30%", "30"),
        ("２０％", "20"),
        ("010", "10"),
        ("2割（令和8年7月31日まで）", "20"),
        ("10割", None),
        ("100%", None),
        ("1割または2割", None),
        ("○割", None),
    ],
)
def test_ratio_in_per_cent(text: str, value: str | None) -> None:
    found = read(values.ratio, text)
    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("見本　花子", "見本 花子"),
        ("見本花子様", "見本花子"),
        ("●崎 花子", "●崎 花子"),
        ("ＷＩＬＬＩＡＭＳ ＪＯＨＮ", "WILLIAMS JOHN"),
        ("髙橋 𠮷郎", "髙橋 𠮷郎"),
        ("神 花子", "神 花子"),
        ("見本 花子（ミホン ハナコ）", "見本 花子"),
        ("見本 1子", None),
        ("適用開始年月日", None),
        ("見本 花子です。", None),
    ],
)
def test_name(text: str, value: str | None) -> None:
    found = read(values.name, text)
    assert found is not None
    assert found[0] == value


def test_latin_letters_as_wide_as_kanji_are_put_together() -> None:
    """One letter in each square of 10, a square left between the names."""
    text, half = "SAMPLE DANIEL", {"M": 4.5, "I": 1.0, "E": 2.5}
    glyphs = [
        Glyph(c, i * 10 + 5 - half.get(c, 3.5), 0, i * 10 + 5 + half.get(c, 3.5), 12.5)
        for i, c in enumerate(text)
        if c != " "
    ]
    whole = line_of(glyphs, 6.0)
    assert len(whole.text.split()) > 3
    found = values.name(whole)
    assert found is not None
    assert found.value == text


def test_letters_that_stand_apart_are_put_together_at_their_gaps() -> None:
    places = {"見": 0, "本": 20, "太": 60, "郎": 80}
    apart = line_of([Glyph(c, x, 0, x + 10.0, 12) for c, x in places.items()], WIDE)
    found = values.name(apart)
    assert found is not None
    assert found.value == "見本 太郎"


@pytest.mark.parametrize(
    ("text", "value"),
    [("ﾚｲｼﾞ ﾊﾟﾝ", "レイジ パン"), ("ミホン ハナコ", "ミホン ハナコ"), ("サト一 二ナ", "サトー ニナ"), ("ミホン 1", None)],
)
def test_kana(text: str, value: str | None) -> None:
    found = read(values.kana, text)
    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize(("text", "ambiguous"), [("例示 健ニ", True), ("ニナ", False), ("例示 健二", False)])
def test_a_lone_kana_that_looks_like_a_kanji_is_ambiguous(text: str, ambiguous: bool) -> None:
    assert values.has_ambiguous_letter(text) is ambiguous


@pytest.mark.parametrize(("text", "value"), [("男", "男"), ("女性", "女"), ("男・女", None), ("不詳", None)])
def test_sex(text: str, value: str | None) -> None:
    found = read(values.sex, text)
    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize(("text", "value"), [("本人", "本人"), ("家族（被扶養者）", "家族"), ("本人・家族", None)])
def test_relation(text: str, value: str | None) -> None:
    found = read(values.relation, text)
    assert found is not None
    assert found[0] == value


@given(st.text(max_size=60), st.sampled_from(sorted(READERS)))
def test_no_text_is_too_strange(text: str, key: str) -> None:
    found = READERS[FieldKey(key)](line(text))
    assert found is None or found.value is None or found.value.strip() != ""
