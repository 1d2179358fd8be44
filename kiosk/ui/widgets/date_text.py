"""The text of a date while it is being pressed: era letter, year, month, day, each of them possibly not yet there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from kiosk.domain.attestation import read_day, read_month
from kiosk.domain.wareki import to_wareki

ERAS = ("S", "H", "R", "T", "W")
"""昭和, 平成, 令和, 大正, and western years; the usual ones first."""

WESTERN = "W"
_FORM = re.compile(r"([TSHR]?)(\d{0,4})-(\d{0,2})(?:-(\d{0,2}))?")


@dataclass(frozen=True)
class DateText:
    """`parts` are year, month and day as pressed; `at` says which of them the next digit goes to, `anew` whether it
    takes the place of what stands there."""

    era: str = ""
    parts: tuple[str, ...] = ("", "", "")
    at: int = 0
    anew: bool = field(default=False, compare=False)

    @property
    def lengths(self) -> tuple[int, ...]:
        return (4 if self.era == WESTERN else 2, 2, 2)[: len(self.parts)]

    def text(self) -> str:
        """As the flow reads it; empty where nothing was pressed."""
        if not self.era and not any(self.parts):
            return ""
        era = "" if self.era == WESTERN else self.era
        return era + "-".join(self.parts).rstrip("-") if not any(self.parts[1:]) else era + "-".join(self.parts)

    def chosen(self, era: str) -> DateText:
        return replace(
            self, era=era, parts=("", *self.parts[1:]) if WESTERN in (era, self.era) else self.parts, at=0, anew=True
        )

    def pressed(self, digit: str) -> DateText:
        """A full part hands on to the next; so does a digit after which no second one can come."""
        part = "" if self.anew else self.parts[self.at]
        if len(part) >= self.lengths[self.at]:
            return self
        part += digit
        parts = (*self.parts[: self.at], part, *self.parts[self.at + 1 :])
        new = replace(self, parts=parts, anew=False)
        alone = (self.at == 1 and part > "1") or (self.at == 2 and part > "3")
        full = len(part) == self.lengths[self.at] or (len(part) == 1 and alone)
        return new.forward() if full else new

    def forward(self) -> DateText:
        at = min(self.at + 1, len(self.parts) - 1)
        return replace(self, at=at, anew=at != self.at)

    def erased(self) -> DateText:
        at = self.at
        if not self.parts[at] and at > 0:
            at -= 1
        return replace(self, parts=(*self.parts[:at], self.parts[at][:-1], *self.parts[at + 1 :]), at=at, anew=False)


def date_text(text: str, parts: int) -> DateText:
    """The pressed state that a text stands for; `parts` is 3 for a day, 2 for a month."""
    empty = DateText(parts=("",) * parts)
    day = read_day(text) if parts == 3 else None
    if day is not None:
        return _whole(day)
    month = read_month(text) if parts == 2 else None
    if month is not None and re.fullmatch(r"\d.*", text):
        return DateText(WESTERN, (str(month[0]), str(month[1] or "")), 1)
    match = _FORM.fullmatch(text) or re.fullmatch(r"([TSHR]?)(\d{0,4})()()", text)
    if match is None:
        return empty
    era, *found = match.groups()
    digits = tuple((value or "") for value in found)[:parts]
    first_gap = next((n for n, value in enumerate(digits) if not value), parts - 1)
    return DateText(era or (WESTERN if len(digits[0]) > 2 else ""), digits, first_gap)


def _whole(day: date) -> DateText:
    rest = (str(day.month), str(day.day))
    try:
        written = to_wareki(day)
    except ValueError:
        return DateText(WESTERN, (str(day.year), *rest), 2)
    if written.era.letter not in ERAS:
        return DateText(WESTERN, (str(day.year), *rest), 2)
    return DateText(written.era.letter, (str(written.year), *rest), 2)
