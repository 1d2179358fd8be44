from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.card import CardHolder
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.guard import GuardFinding, Mismatch, compare, ratio_doubts, share_changed
from kiosk.domain.rules import load_rules

SHARES = load_rules(Path(__file__).parents[3] / "assets" / "rules" / "shares.toml")
BORN = date(1950, 2, 11)
HOLDER = CardHolder(birth_date=BORN, sex="2", card_expires=date(2031, 2, 11))


def person(**values: object) -> InsuredPerson:
    return InsuredPerson(**({"birth_date": BORN, "sex": "2", "name": "見本　花子", "kana": "ﾐﾎﾝ ﾊﾅｺ"} | values))  # type: ignore[arg-type]


def test_all_agrees() -> None:
    finding = compare(HOLDER, person(), name="見本　花子", kana="ミホン　ハナコ")
    assert finding == GuardFinding((), ("birth_date", "sex", "name", "kana"))
    assert finding.ok


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"birth_date": date(1950, 2, 12)}, (Mismatch.BIRTH_DATE,)),
        ({"birth_date": None}, (Mismatch.BIRTH_DATE_MISSING,)),
        ({"sex": "1"}, (Mismatch.SEX,)),
        ({"name": "見本　太郎", "kana": "ﾐﾎﾝ ﾀﾛｳ"}, (Mismatch.NAME,)),
        ({"birth_date": date(1980, 1, 1), "sex": "1", "name": "例示　健二", "kana": "ﾚｲｼﾞ ｹﾝｼﾞ"},
         (Mismatch.BIRTH_DATE, Mismatch.SEX, Mismatch.NAME)),
    ],
)  # fmt: skip
def test_what_stops_the_hand_over(values: dict[str, object], reasons: tuple[Mismatch, ...]) -> None:
    finding = compare(HOLDER, person(**values), name="見本　花子", kana="ミホン　ハナコ")
    assert finding.reasons == reasons
    assert not finding.ok


@pytest.mark.parametrize("sex", ["3", None, "9"])
def test_a_sex_that_is_not_stated_is_no_mismatch(sex: str | None) -> None:
    finding = compare(HOLDER, person(sex=sex))
    assert finding.ok
    assert "sex" not in finding.compared


@pytest.mark.parametrize("sex", ["9", "0"])
def test_a_card_without_sex_compares_none(sex: str) -> None:
    assert compare(CardHolder(BORN, sex, date(2031, 2, 11)), person(sex="1")).compared == ("birth_date",)


@pytest.mark.parametrize("gap", "●■〓？?")
def test_a_lost_character_never_blocks_but_is_told(gap: str) -> None:
    finding = compare(HOLDER, person(name=f"見{gap}　花子"), name="見本　花子")
    assert finding.ok
    assert finding.name_has_gap
    assert finding.name_varies


@pytest.mark.parametrize(
    ("card", "answer"),
    [
        ("見本　花子", "●崎　花子"),
        ("見本　花子", "●　花子"),
        ("ＳＡＭＰＬＥ　ＤＡＮＩＥＬ", "サンプル　ダニエル"),
        ("例示　健二", "レイジ　ケンジ"),
    ],
)
def test_a_writing_that_tells_nobody_apart_stops_nothing(card: str, answer: str) -> None:
    """The chip gives no reading: what is left are birth date and sex."""
    finding = compare(HOLDER, person(name=answer), name=card)
    assert finding.ok
    assert "name" not in finding.compared


@pytest.mark.parametrize("twin", ["双葉　光", "双葉　輝美", "別人　輝"])
def test_a_twin_is_told_by_the_writing_alone(twin: str) -> None:
    assert compare(HOLDER, person(name=twin, kana="ﾌﾀﾊﾞ ﾋｶﾙ"), name="双葉　輝").reasons == (Mismatch.NAME,)


def test_a_reading_decides_where_the_writing_is_lost_beyond_its_length() -> None:
    assert compare(HOLDER, person(name="●　花子"), name="見本　花子", kana="ミホン　ハナコ").ok


def test_another_spelling_of_one_of_the_two_is_enough() -> None:
    finding = compare(HOLDER, person(kana="ﾐﾓﾄ ﾊﾅｺ"), name="見本　花子", kana="ミホン　ハナコ")
    assert finding.ok
    assert finding.name_varies


def test_a_registered_other_name_counts() -> None:
    other = person(name="SAMPLE DANIEL", kana="ｻﾝﾌﾟﾙ ﾀﾞﾆｴﾙ", name_of_other="見本　花子", kana_of_other=None)
    assert compare(HOLDER, other, name="見本　花子").ok


def test_nothing_known_of_the_card_compares_nothing() -> None:
    assert compare(None, person()) == GuardFinding((), ())


texts = st.none() | st.text(max_size=12)


@given(texts, texts, texts, texts, st.none() | st.sampled_from("1239x"), st.none() | st.dates())
def test_any_answer_gives_a_finding(
    name: str | None, kana: str | None, card_name: str | None, card_kana: str | None, sex: str | None, born: date | None
) -> None:
    answer = InsuredPerson(name=name, kana=kana, sex=sex, birth_date=born)
    finding = compare(HOLDER, answer, name=card_name, kana=card_kana)
    assert finding.ok == (not finding.reasons)
    if born != BORN:
        assert not finding.ok


@pytest.mark.parametrize(
    ("born", "values", "doubted"),
    [
        (date(1950, 2, 11), {"contribution_ratio": 10, "insurer_number": "39479993"}, False),
        (date(1961, 11, 23), {"contribution_ratio": 10, "insurer_number": "39479993"}, False),  # 65, with a disability
        (date(1961, 11, 25), {"contribution_ratio": 10, "insurer_number": "39479993"}, True),
        (date(1971, 5, 20), {"insurer_number": "39479993"}, True),
        (date(1971, 5, 20), {"insurer_number": "390013"}, False),  # 高知, not 後期
        (date(1955, 1, 1), {"elderly_ratio": 20}, False),
        (date(1985, 1, 1), {"elderly_ratio": 20}, True),
        (date(2023, 7, 2), {"preschool": True}, False),
        (date(2015, 7, 2), {"preschool": True}, True),
        (None, {"contribution_ratio": 10}, True),
    ],
)
def test_a_share_that_nobody_of_that_age_has(born: date | None, values: dict[str, object], doubted: bool) -> None:
    """Without a card the answer's own birth date counts."""
    someone = InsuredPerson(birth_date=date(1985, 1, 1), **values)  # type: ignore[arg-type]
    assert bool(ratio_doubts(someone, born, date(2026, 11, 24), SHARES)) is doubted


def test_another_share_than_last_time_is_told() -> None:
    assert share_changed(20, 10)
    assert not share_changed(10, 10)
    assert not share_changed(None, 10)
    assert not share_changed(10, None)
