from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.wareki import (
    Era,
    Wareki,
    era_of_letter,
    era_of_title,
    era_year,
    to_gregorian,
    to_wareki,
    two_digit_era_year,
)

EDGES = [
    (date(1873, 1, 1), Era.MEIJI, 6),
    (date(1912, 7, 29), Era.MEIJI, 45),
    (date(1912, 7, 30), Era.TAISHO, 1),
    (date(1926, 12, 24), Era.TAISHO, 15),
    (date(1926, 12, 25), Era.SHOWA, 1),
    (date(1980, 2, 17), Era.SHOWA, 55),
    (date(1989, 1, 7), Era.SHOWA, 64),
    (date(1989, 1, 8), Era.HEISEI, 1),
    (date(2019, 4, 30), Era.HEISEI, 31),
    (date(2019, 5, 1), Era.REIWA, 1),
    (date(2020, 6, 30), Era.REIWA, 2),
]


@pytest.mark.parametrize(("day", "era", "year"), EDGES)
def test_every_change_of_era_falls_on_its_day(day: date, era: Era, year: int) -> None:
    assert to_wareki(day) == Wareki(era, year, day.month, day.day)
    assert era_year(day) == year
    assert two_digit_era_year(day) == f"{year:02d}"


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2150, 12, 31)))
def test_there_and_back(day: date) -> None:
    assert to_gregorian(to_wareki(day)) == day


@given(st.sampled_from(Era), st.integers(-2, 130), st.integers(1, 12), st.integers(1, 31))
def test_only_days_of_the_era_convert(era: Era, year: int, month: int, day: int) -> None:
    wareki = Wareki(era, year, month, day)
    try:
        found = to_gregorian(wareki)
    except ValueError:
        return
    assert to_wareki(found) == wareki


@pytest.mark.parametrize(
    "wareki",
    [
        Wareki(Era.SHOWA, 64, 1, 8),
        Wareki(Era.HEISEI, 1, 1, 7),
        Wareki(Era.HEISEI, 0, 5, 5),
        Wareki(Era.MEIJI, 5, 12, 2),
        Wareki(Era.REIWA, 3, 2, 29),
    ],
)
def test_days_outside_the_era_are_refused(wareki: Wareki) -> None:
    with pytest.raises(ValueError):
        to_gregorian(wareki)


def test_before_the_calendar_reform_is_refused() -> None:
    with pytest.raises(ValueError):
        to_wareki(date(1873, 1, 1) - timedelta(days=1))


@pytest.mark.parametrize("era", list(Era))
def test_letters_and_titles_name_their_era(era: Era) -> None:
    assert era_of_letter(era.letter) is era
    assert era_of_letter(era.letter.lower()) is era
    assert era_of_title(era.title) is era


def test_unknown_letter_or_title_is_refused() -> None:
    with pytest.raises(ValueError):
        era_of_letter("X")
    with pytest.raises(ValueError):
        era_of_title("安政")
