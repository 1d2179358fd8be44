"""The Japanese era calendar (和暦): the years that cards, documents and claims are written in.

The table holds the eras of living people. Dates before the Gregorian calendar came into force in Japan
(1 January 1873, 明治6年) have no place on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

_GREGORIAN_SINCE = date(1873, 1, 1)


class Era(Enum):
    """An era (元号) with the letter and the numeral that machine-readable forms use for it.

    Sources of the first days: 明治5年太政官布告第337号 (calendar reform) for the lower end of 明治; 大正 and 昭和 by
    the change of reign on the same day; 昭和64年政令第1号 and 平成31年政令第143号 for 平成 and 令和.
    """

    MEIJI = ("明治", "M", 1, date(1868, 1, 25))
    TAISHO = ("大正", "T", 2, date(1912, 7, 30))
    SHOWA = ("昭和", "S", 3, date(1926, 12, 25))
    HEISEI = ("平成", "H", 4, date(1989, 1, 8))
    REIWA = ("令和", "R", 5, date(2019, 5, 1))

    def __init__(self, title: str, letter: str, numeral: int, starts: date) -> None:
        self.title = title
        self.letter = letter
        self.numeral = numeral
        self.starts = starts


_NEWEST_FIRST = tuple(sorted(Era, key=lambda era: era.starts, reverse=True))


@dataclass(frozen=True)
class Wareki:
    """A day in the era calendar. Year 1 is the one printed as 元年."""

    era: Era
    year: int
    month: int
    day: int


def to_wareki(day: date) -> Wareki:
    """Raises `ValueError` for days before the Gregorian calendar in Japan."""
    if day < _GREGORIAN_SINCE:
        raise ValueError("before the Gregorian calendar in Japan")
    era = next(era for era in _NEWEST_FIRST if era.starts <= day)
    return Wareki(era, day.year - era.starts.year + 1, day.month, day.day)


def to_gregorian(day: Wareki) -> date:
    """Raises `ValueError` when no such day exists or another era already (or still) held on it."""
    if day.year < 1:
        raise ValueError("era years begin at 1")
    found = date(day.era.starts.year + day.year - 1, day.month, day.day)
    if found < _GREGORIAN_SINCE or to_wareki(found) != day:
        raise ValueError("the era does not contain this day")
    return found


def era_year(day: date) -> int:
    """The year within its era; 1 for 元年."""
    return to_wareki(day).year


def two_digit_era_year(day: date) -> str:
    """The era year as cards print and 照合番号B holds it: `01` for 元年, `55` for 昭和55年."""
    return f"{era_year(day):02d}"


def era_of_letter(letter: str) -> Era:
    """Raises `ValueError` for a letter that names no era."""
    for era in Era:
        if era.letter == letter.upper():
            return era
    raise ValueError("no such era letter")


def era_of_title(title: str) -> Era:
    """Raises `ValueError` for a title that names no era."""
    for era in Era:
        if era.title == title:
            return era
    raise ValueError("no such era title")
