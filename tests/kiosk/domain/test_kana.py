from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.kana import (
    NameMatch,
    compare_kana,
    compare_names,
    fold_kana,
    fold_name,
    full_width_kana,
    half_width_kana,
    has_gap,
)

KATAKANA = "".join(chr(c) for c in range(0x30A1, 0x30F5))
kana = st.text(KATAKANA.translate(dict.fromkeys(map(ord, "ヮヰヱ"))) + "ー　", max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾐﾎﾝ ﾊﾅｺ", "ミホン　ハナコ"),
        ("みほん はなこ", "ﾐﾎﾝﾊﾅｺ"),
        ("ｼﾖｳｼﾞ ｷﾖｳｺ", "ショウジ　キョウコ"),  # small kana written large
        ("ﾂｼﾞ ﾖﾂﾔ", "ツジ・ヨッヤ"),
        ("ヰノウヱ", "イノウエ"),
        ("ヴィクトル", "ビクトル"),
        ("ヴァレンチノ", "バレンチノ"),
        ("ヴ", "ブ"),
        ("ｵｵﾉ ﾖｰｺ", "オオノ ヨ－コ"),
        ("ハ゜ン", "パン"),
    ],
)
def test_readings_that_are_the_same(one: str, other: str) -> None:
    if one == "ハ゜ン":
        one = unicodedata.normalize("NFC", "ハ\u309aン")
    assert compare_kana(one, other) is NameMatch.EQUAL


@pytest.mark.parametrize(("one", "other"), [("ミホン", "ミホ"), ("ハナコ", "ハナエ"), ("ハ", "バ")])
def test_readings_that_differ(one: str, other: str) -> None:
    assert compare_kana(one, other) is NameMatch.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("見本　花子", "見本 花子", NameMatch.EQUAL),
        ("ＳＡＭＰＬＥ　ＤＡＮＩＥＬ", "Sample Daniel", NameMatch.EQUAL),
        ("葛󠄀城　一", "葛城　一", NameMatch.EQUAL),  # variation selector
        ("髙﨑　花江", "高崎　花江", NameMatch.SIMILAR),
        ("渡邉　斎", "渡辺　齋", NameMatch.SIMILAR),
        ("𠮷田", "吉田", NameMatch.SIMILAR),
        ("●橋　良子", "髙橋　良子", NameMatch.SIMILAR),
        ("■橋　良子", "●橋　良子", NameMatch.SIMILAR),
        ("〓橋", "？橋", NameMatch.SIMILAR),
        ("●橋", "●橋", NameMatch.SIMILAR),  # two lost characters need not be the same one
        ("●橋　良子", "大髙橋　良子", NameMatch.DIFFERENT),  # one mark stands for one character
        ("見本　花子", "見本　華子", NameMatch.DIFFERENT),
        ("見本　花子", None, NameMatch.UNKNOWN),
        ("", "見本", NameMatch.UNKNOWN),
        ("　", "見本", NameMatch.UNKNOWN),
    ],
)
def test_written_names(one: str, other: str | None, match: NameMatch) -> None:
    assert compare_names(one, other) is match
    assert compare_names(other, one) is match


def test_gaps() -> None:
    assert all(has_gap(name) for name in ("●橋", "■橋", "〓橋", "?橋", "？橋"))
    assert not has_gap("見本　花子")


def test_half_width() -> None:
    assert half_width_kana("ミホン　ハナコ") == "ﾐﾎﾝ ﾊﾅｺ"
    assert half_width_kana("ゴロウ　パフュ－ム・ヴ") == "ｺﾞﾛｳ ﾊﾟﾌｭ－ﾑ･ｳﾞ"
    assert half_width_kana("見本 Ａ") == "見本 Ａ"


@given(kana)
def test_half_width_and_back(text: str) -> None:
    assert full_width_kana(half_width_kana(text)) == text.replace("　", " ")


@given(kana)
def test_width_never_changes_the_reading(text: str) -> None:
    assert fold_kana(half_width_kana(text)) == fold_kana(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_compared_the_same_both_ways(one: str, other: str) -> None:
    assert compare_kana(one, other) is compare_kana(other, one)
    assert compare_names(one, other) is compare_names(other, one)
    assert compare_names(one, one) in (NameMatch.EQUAL, NameMatch.SIMILAR, NameMatch.UNKNOWN)


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)
    assert fold_kana(fold_kana(text)) == fold_kana(text)
