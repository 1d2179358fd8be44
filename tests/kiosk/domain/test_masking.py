from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.masking import is_my_number, mask_my_number, masked_name, my_number_check_digit

# composed: eleven digits and the digit the rule asks for, checked by hand for the first
# 12345678901 from the right: 1*2 0*3 9*4 8*5 7*6 6*7 5*2 4*3 3*4 2*5 1*6 = 212; 212 mod 11 = 3; 11 - 3 = 8
VALID = "123456789018"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("見本　花子", "見＊　花＊"),
        ("ﾐﾎﾝ ﾊﾅｺ", "ミ＊　ハ＊"),
        ("ｺﾞﾄｳ ﾊﾟｳﾛ", "ゴ＊　パ＊"),  # the voicing mark belongs to its kana
        ("林　一", "林＊　一＊"),
        ("SAMPLE  DANIEL", "S＊　D＊"),
        ("●橋　良子", "●＊　良＊"),
        ("𠮷田", "𠮷＊"),
        ("葛󠄀城", "葛󠄀＊"),
        ("　", ""),
    ],
)
def test_masked_name(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@given(st.text(max_size=40))
def test_a_masked_name_shows_one_character_of_each_part(name: str) -> None:
    parts = masked_name(name).split("　") if masked_name(name) else []
    assert all(part.endswith("＊") for part in parts)
    assert len(parts) == len(masked_name(name).split())


def test_check_digit() -> None:
    assert my_number_check_digit(VALID[:11]) == 8
    assert is_my_number(VALID)
    assert not is_my_number("123456789019")
    assert not is_my_number("12345678901")
    assert not is_my_number("１２３４５６７８９０１８")
    with pytest.raises(ValueError, match="eleven"):
        my_number_check_digit("1")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (VALID, "＊" * 12),
        ("番号は1234 5678 9018です", "番号は＊＊＊＊ ＊＊＊＊ ＊＊＊＊です"),
        ("1234-5678-9018", "＊＊＊＊-＊＊＊＊-＊＊＊＊"),
        ("１２３４　５６７８　９０１８", "＊＊＊＊　＊＊＊＊　＊＊＊＊"),
        ("１２３４－５６７８－９０１８", "＊＊＊＊－＊＊＊＊－＊＊＊＊"),
        ("2026 123456789018 5", "2026 ＊＊＊＊＊＊＊＊＊＊＊＊ 5"),
        ("個人番号下４桁：9018", "個人番号下４桁：＊＊＊＊"),
        ("マイナンバー（下4桁） 9018", "マイナンバー（下4桁） ＊＊＊＊"),
        ("個人番号 ********9018", "個人番号 ********＊＊＊＊"),
        ("マイナンバー 1234 5678 9012", "マイナンバー ＊＊＊＊ ＊＊＊＊ ＊＊＊＊"),  # wrong digit, but named
    ],
)
def test_what_is_masked(text: str, masked: str) -> None:
    assert mask_my_number(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "123456789019",
        "20261124093000",
        "06479992",
        "090-0000-0000",
        "マイナンバーカードの有効期限は2031年2月11日",
        "1234567890181",  # thirteen digits in one run
        "",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert mask_my_number(text) == text


digits = st.text("0123456789", min_size=11, max_size=11)
separators = st.sampled_from(["", " ", "-", "　", "－", "‐", " - "])
around = st.text(st.characters(exclude_categories=["Nd"], exclude_characters="-‐－ー 　"), max_size=5)


@given(digits, st.lists(separators, min_size=11, max_size=11), st.booleans(), around, around)
def test_no_way_of_writing_gets_through(eleven: str, between: list[str], wide: bool, before: str, after: str) -> None:
    number = f"{eleven}{my_number_check_digit(eleven)}"
    if wide:
        number = number.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    written = number[0] + "".join(gap + digit for gap, digit in zip(between, number[1:], strict=True))
    assert not any(c.isdecimal() for c in mask_my_number(written))
    assert mask_my_number(before + written + after) == before + mask_my_number(written) + after


@given(st.text(max_size=60))
def test_masking_keeps_the_length_and_is_done_once(text: str) -> None:
    masked = mask_my_number(text)
    assert len(masked) == len(text)
    assert mask_my_number(masked) == masked
