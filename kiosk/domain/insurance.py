"""Insurance numbers and the share the patient pays.

Sources: eligibility interface reference 2.1-2.4; documents reference 2.2 (3). Prefixes, prefectures and shares
are rows of `assets/rules/insurers.toml` and `assets/rules/shares.toml`; this module holds the arithmetic only.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.rules import RuleTable

LONG = 8  # digits of 被用者保険, 後期, 退職 and 公費負担者番号
SHORT = 6  # digits of 国民健康保険


class ShareSource(StrEnum):
    """Where a share comes from."""

    ANSWER = "answer"  # a ratio the eligibility answer states for that day
    AGE = "age"  # the age rule


@dataclass(frozen=True)
class Insurer:
    """What an insurer number (保険者番号) says about itself. `scheme` is an id of insurers.toml."""

    scheme: str
    scheme_ja: str
    prefecture: str | None  # Japanese name; None where the number names none of the 47
    public_expense: bool = False


def check_digit(digits: str) -> int:
    """検証番号 of the digits that stand before it: weights 2, 1, 2, 1 … from the right, digit sums, complement to ten.

    Raises ValueError for anything but ASCII digits.
    """
    if not digits.isascii() or not digits.isdecimal():
        raise ValueError("digits expected")
    total = 0
    for position, digit in enumerate(reversed(digits)):
        product = int(digit) * (1 if position % 2 else 2)
        total += product // 10 + product % 10
    return (10 - total % 10) % 10


def check_digit_holds(number: str) -> bool:
    """True if the last digit is right. A wrong one is a warning for typed numbers, never a reason to drop data."""
    if len(number) < 2 or not number.isascii() or not number.isdecimal():
        return False
    return check_digit(number[:-1]) == int(number[-1])


def with_check_digit(digits: str) -> str:
    return f"{digits}{check_digit(digits)}"


def normal_insurer_number(text: str) -> str:
    """Half-width, without blanks and hyphens; 国保 padded to eight places with zeros or blanks becomes its six digits.

    Text that is no number comes back trimmed, because what the system says is kept.
    """
    folded = "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "-‐‑‒–—−")
    if len(folded) == LONG and folded.isascii() and folded.isdecimal() and folded.startswith("00"):
        return folded[LONG - SHORT :]
    return folded if folded.isascii() and folded.isdecimal() else text.strip()


def padded_insurer_number(number: str) -> str:
    """The eight characters of a request: shorter numbers get half-width blanks on the left (reference 1.5)."""
    return normal_insurer_number(number).rjust(LONG)


def well_formed_insurer_number(number: str) -> bool:
    return len(number) in (SHORT, LONG) and number.isascii() and number.isdecimal()


def insurer(number: str, rules: RuleTable, on: date) -> Insurer | None:
    """The scheme behind a number, or None where the number is malformed or its prefix unknown.

    39 is 高知 in a six-digit number and 後期高齢者 in an eight-digit one, so length decides before the prefix.
    """
    number = normal_insurer_number(number)
    if not well_formed_insurer_number(number):
        return None
    short = len(number) == SHORT
    prefix = "" if short else number[:2]
    row = rules.first("scheme", on, prefix=prefix)
    if row is None:
        return None
    scheme, scheme_ja = row.text("id"), row.text("ja")
    place = number[:2] if short else number[2:4]
    if short:
        union = rules.first("scheme", on, prefix="", third=number[2])
        if union is not None:
            scheme, scheme_ja = union.text("id"), union.text("ja")
    prefecture = rules.first("prefecture", on, code=place)
    return Insurer(
        scheme=scheme,
        scheme_ja=scheme_ja,
        prefecture=prefecture.text("ja") if prefecture else None,
        public_expense=bool(row.get("public_expense", False)),
    )


def birthday(birth_date: date, age: int) -> date:
    """The birthday in the year in which `age` is reached; 29 February counts as 1 March in common years."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def reached_on(birth_date: date, age: int) -> date:
    """The day at whose end the age is reached in law: the day before the birthday (年齢計算ニ関スル法律)."""
    return birthday(birth_date, age) - timedelta(days=1)


def age_on(birth_date: date, on: date) -> int:
    """Completed years by birthdays; negative before birth."""
    years = on.year - birth_date.year
    return years if on >= birthday(birth_date, years) else years - 1


def preschool_until(birth_date: date, age: int) -> date:
    """The first 31 March on or after the day the age is reached."""
    reached = reached_on(birth_date, age)
    march = date(reached.year, 3, 31)
    return march if reached <= march else date(reached.year + 1, 3, 31)


def month_after(day: date) -> date:
    """The first day of the following month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def age_group(birth_date: date, on: date, rules: RuleTable) -> str | None:
    """Id of the row of shares.toml that the day falls into, or None where no row is in force or nobody is born yet.

    Raises OverflowError or ValueError never: dates near the calendar's end simply match no later row.
    """
    if on < birth_date:
        return None
    group: str | None = None
    for row in rules.rows("age", on):
        start = row.get("from_age")
        if start is None or _begins(birth_date, row.number("from_age"), row.text("begins")) <= on:
            group = row.text("id")
    return group


def share_by_age(birth_date: date, on: date, rules: RuleTable) -> int | None:
    """Per cent by age alone; None where the rule leaves it open (70 and over) or the dates make no sense."""
    group = age_group(birth_date, on, rules)
    row = rules.first("age", on, id=group) if group else None
    percent = row.get("percent") if row else None
    return percent if isinstance(percent, int) else None


def share_percent(person: InsuredPerson, birth_date: date | None, on: date, rules: RuleTable) -> int | None:
    """The share (一部負担金の割合) in per cent, or None where it must not be guessed and staff asks."""
    share = share_and_source(person, birth_date, on, rules)
    return share[0] if share else None


def share_and_source(
    person: InsuredPerson, birth_date: date | None, on: date, rules: RuleTable
) -> tuple[int, ShareSource] | None:
    """As `share_percent`, with where it comes from.

    A ratio counts only within the dates the answer gives it. Groups with rules of their own (自衛官, 医療扶助)
    and everybody of 70 or more without a ratio give None.
    """
    if rules.first("own_rules", on, card_class=person.card_class or "") is not None:
        return None
    if rules.first("own_rules", on, prefix=_prefix(person.insurer_number)) is not None:
        return None
    if person.contribution_ratio is not None:
        if _within(person.valid_from, person.valid_to, on):
            return person.contribution_ratio, ShareSource.ANSWER
        return None
    if rules.first("ratio_needed", on, prefix=_prefix(person.insurer_number)) is not None:
        return None
    if person.elderly_ratio is not None and _within(person.elderly_from, person.elderly_to, on):
        return person.elderly_ratio, ShareSource.ANSWER
    if person.preschool and (row := rules.first("age", on, id="preschool")) is not None:
        return row.number("percent"), ShareSource.ANSWER
    born = birth_date or person.birth_date
    share = share_by_age(born, on, rules) if born else None
    return None if share is None else (share, ShareSource.AGE)


def _begins(birth_date: date, age: int, how: str) -> date:
    try:
        if how == "after_school_entry":
            return preschool_until(birth_date, age) + timedelta(days=1)
        if how == "month_after":
            return month_after(reached_on(birth_date, age))
        return birthday(birth_date, age)
    except (ValueError, OverflowError):
        return date.max


def _within(start: date | None, end: date | None, on: date) -> bool:
    return (start is None or start <= on) and (end is None or on <= end)


def _prefix(number: str | None) -> str:
    number = normal_insurer_number(number or "")
    return number[:2] if len(number) == LONG else ""
