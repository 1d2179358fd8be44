from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.insurance import (
    Insurer,
    ShareSource,
    age_on,
    check_digit,
    check_digit_holds,
    insurer,
    normal_insurer_number,
    padded_insurer_number,
    preschool_until,
    share_and_source,
    share_by_age,
    share_percent,
    well_formed_insurer_number,
    with_check_digit,
)
from kiosk.domain.rules import load_rules

RULES = Path(__file__).resolve().parents[3] / "assets" / "rules"
SHARES = load_rules(RULES / "shares.toml")
INSURERS = load_rules(RULES / "insurers.toml")
TODAY = date(2026, 11, 24)
# eligibility interface reference 2.2, documents reference 2.2 (3)
PUBLISHED = (
    "01320019 138057 06479992 33120015 77777779 01320027 01040013 06050116 10131142 39131206 138990 "
    "479998 39479993 12479994 54479993 01130012 39131016"
)

births = st.dates(date(1900, 1, 1), date(2026, 12, 31))
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize("number", PUBLISHED.split())
def test_published_numbers_have_the_right_check_digit(number: str) -> None:
    assert check_digit_holds(number)


@pytest.mark.parametrize("number", ["77777777", "99999999", "06479993", "", "1", "0647999X", "０６４７９９９２", "²²"])
def test_numbers_that_fail(number: str) -> None:
    assert not check_digit_holds(number)


@given(st.text("0123456789", min_size=1, max_size=12))
def test_a_made_number_holds_and_leading_zeros_change_nothing(digits: str) -> None:
    number = with_check_digit(digits)
    assert check_digit_holds(number)
    assert check_digit("00" + digits) == check_digit(digits)


@given(st.text("0123456789", min_size=2, max_size=8), st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    number = with_check_digit(digits)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not check_digit_holds(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("text", ["x", "", "１", "12a"])
def test_check_digit_of_no_digits_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        check_digit(text)


@pytest.mark.parametrize(
    ("received", "number"),
    [
        ("  479998", "479998"),
        ("00479998", "479998"),
        ("０６４７９９９２", "06479992"),
        ("06-479992", "06479992"),
        ("06479992", "06479992"),
        (" 不明 ", "不明"),
        ("", ""),
    ],
)
def test_normal_insurer_number(received: str, number: str) -> None:
    assert normal_insurer_number(received) == number


def test_a_request_pads_with_blanks() -> None:
    assert padded_insurer_number("479998") == "  479998"
    assert padded_insurer_number("06479992") == "06479992"


@given(st.text(max_size=20))
def test_any_text_comes_back_the_same_the_second_time(text: str) -> None:
    once = normal_insurer_number(text)
    assert normal_insurer_number(once) == once
    assert normal_insurer_number(padded_insurer_number(once)) == once
    assert isinstance(well_formed_insurer_number(text), bool)
    insurer(text, INSURERS, TODAY)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("01479997", Insurer("kyokai", "協会けんぽ", "沖縄県")),
        ("39479993", Insurer("late_elderly", "後期高齢者医療", "沖縄県")),
        ("393016", Insurer("municipal_union", "国民健康保険組合", "高知県")),
        ("  479998", Insurer("municipal", "国民健康保険", "沖縄県")),
        ("12479994", Insurer("public_12", "生活保護（医療扶助）", "沖縄県", True)),
        ("06999992", Insurer("kumiai", "健保組合", None)),
        ("05479992", None),
        ("0647999", None),
    ],
)
def test_what_a_number_says(number: str, expected: Insurer | None) -> None:
    assert insurer(number, INSURERS, TODAY) == expected


@pytest.mark.parametrize(
    ("born", "on", "share"),
    [
        (date(2020, 4, 2), date(2027, 3, 31), 20),  # sixth birthday after 1 April: a year more
        (date(2020, 4, 2), date(2027, 4, 1), 30),
        (date(2020, 4, 1), date(2026, 3, 31), 20),  # born on 1 April: six years are full on 31 March
        (date(2020, 4, 1), date(2026, 4, 1), 30),
        (date(1956, 5, 2), date(2026, 5, 31), 30),  # 70: from the month after the birthday
        (date(1956, 5, 2), date(2026, 6, 1), None),
        (date(1956, 5, 1), date(2026, 5, 1), None),  # born on the 1st: from that month
        (date(1956, 5, 1), date(2026, 4, 30), 30),
        (date(1951, 11, 24), TODAY, None),
        (date(2026, 11, 24), TODAY, 20),
        (date(2026, 11, 25), TODAY, None),  # not born yet
    ],
)
def test_share_by_age(born: date, on: date, share: int | None) -> None:
    assert share_by_age(born, on, SHARES) == share


@given(births, days)
def test_age_rule_answers_every_pair_of_dates(born: date, on: date) -> None:
    share = share_by_age(born, on, SHARES)
    age = age_on(born, on)
    assert share in (20, 30, None)
    if 0 <= age < 6:
        assert share == 20
    if 7 <= age < 70:
        assert share == 30
    if age < 0 or age >= 71:
        assert share is None


@given(births)
def test_preschool_ends_on_a_31_march_between_five_and_seven(born: date) -> None:
    end = preschool_until(born, 6)
    assert (end.month, end.day) == (3, 31)
    assert age_on(born, end) in (5, 6)  # five only for those born on 1 April


def test_born_on_29_february() -> None:
    assert age_on(date(2020, 2, 29), date(2026, 2, 28)) == 5
    assert age_on(date(2020, 2, 29), date(2026, 3, 1)) == 6
    assert preschool_until(date(2020, 2, 29), 6) == date(2026, 3, 31)


LATE = InsuredPerson(
    insurer_number="39479993", contribution_ratio=10, valid_from=date(2026, 8, 1), valid_to=date(2027, 7, 31)
)
RECIPIENT = InsuredPerson(
    insurer_number="479998", elderly_ratio=20, elderly_from=date(2026, 8, 1), elderly_to=date(2027, 7, 31)
)


@pytest.mark.parametrize(
    ("person", "born", "on", "share"),
    [
        (LATE, date(1950, 2, 11), TODAY, 10),
        (LATE, date(1958, 2, 11), TODAY, 10),  # 68 with a disability
        (LATE, date(1950, 2, 11), date(2027, 8, 1), None),  # the ratio's year is over
        (InsuredPerson(insurer_number="39479993"), date(1960, 1, 1), TODAY, None),
        (RECIPIENT, date(1955, 5, 3), TODAY, 20),
        (RECIPIENT, date(1955, 5, 3), date(2027, 8, 1), None),
        (InsuredPerson(insurer_number="479998"), date(1955, 5, 3), TODAY, None),  # 71 without a ratio
        (InsuredPerson(insurer_number="01479997"), date(1971, 5, 20), TODAY, 30),
        (InsuredPerson(birth_date=date(1971, 5, 20)), None, TODAY, 30),
        (InsuredPerson(), None, TODAY, None),
        (InsuredPerson(preschool=True), None, TODAY, 20),
        (InsuredPerson(insurer_number="07479991"), date(1990, 1, 1), TODAY, None),
        (InsuredPerson(card_class="A1"), date(1970, 1, 15), TODAY, None),
    ],
)
def test_share_of_a_person(person: InsuredPerson, born: date | None, on: date, share: int | None) -> None:
    assert share_percent(person, born, on, SHARES) == share


def test_a_share_says_where_it_comes_from() -> None:
    assert share_and_source(LATE, None, TODAY, SHARES) == (10, ShareSource.ANSWER)
    assert share_and_source(InsuredPerson(), date(1971, 5, 20), TODAY, SHARES) == (30, ShareSource.AGE)
