"""What a patient pays at most in a month (高額療養費 自己負担限度額), by 適用区分 and date.

Source: eligibility interface reference 2.5. Amounts are rows of `assets/rules/ceilings.toml`; where a class has no full
row for a day there is no answer, never a guess. All amounts are yen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.insurance import birthday
from kiosk.domain.rules import Row, RuleTable

_SECTIONS = ("ceiling", "ceiling_2026_08")


@dataclass(frozen=True)
class Ceiling:
    """`base` alone, or `base` and `percent` of what the cost exceeds `over`. None where a kind does not exist."""

    base: int
    over: int | None = None
    percent: int = 0
    from_fourth: int | None = None  # 多数回該当
    outpatient: int | None = None
    halved: bool = False  # the month of the 75th birthday

    def amount(self, cost: int) -> int:
        """The ceiling for a month's whole medical cost (総医療費). Raises ValueError below zero."""
        if cost < 0:
            raise ValueError("cost below zero")
        if self.over is None or cost <= self.over:
            return self.base
        # rounded half up, the rule for the receipt's one per cent
        return self.base + ((cost - self.over) * self.percent + 50) // 100


def ceiling(limit_class: str | None, on: date, rules: RuleTable, birth_date: date | None = None) -> Ceiling | None:
    """None for an unknown class, and where the amounts of that day are not known completely."""
    row = _row(limit_class, on, rules)
    if row is None:
        return None
    percent = row.get("percent")
    if percent is not None and row.get("over") is None:
        return None
    halved = birth_date is not None and _is_half_month(birth_date, on, rules)
    parts = {key: row.get(key) for key in ("ceiling", "over", "from_fourth", "outpatient")}
    values = {key: value // (2 if halved else 1) if isinstance(value, int) else None for key, value in parts.items()}
    base = values["ceiling"]
    if base is None:
        return None
    return Ceiling(base, values["over"], percent or 0, values["from_fourth"], values["outpatient"], halved)


def receipt_note(limit_class: str | None, on: date, rules: RuleTable) -> tuple[str, str] | None:
    """特記事項 of the receipt: code and text, e.g. ("28", "区ウ")."""
    row = rules.first("note", on, **{"class": limit_class}) if limit_class else None
    return (row.text("code"), row.text("ja")) if row else None


def limit_in_force(person: InsuredPerson, on: date) -> str | None:
    """The 適用区分 within the dates the answer gives it."""
    if person.limit_class is None or (person.limit_from and on < person.limit_from):
        return None
    return None if person.limit_to and person.limit_to < on else person.limit_class


def _row(limit_class: str | None, on: date, rules: RuleTable) -> Row | None:
    if not limit_class:
        return None
    found = (rules.first(section, on, **{"class": limit_class}) for section in _SECTIONS)
    return next((row for row in found if row is not None), None)


def _is_half_month(birth_date: date, on: date, rules: RuleTable) -> bool:
    """Whoever is born on the first of a month changes schemes with the month and keeps whole ceilings."""
    row = rules.first("half", on)
    if row is None:
        return False
    try:
        day = birthday(birth_date, row.number("age"))
    except (ValueError, OverflowError):
        return False
    return day.day != 1 and (day.year, day.month) == (on.year, on.month)
