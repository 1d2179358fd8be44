"""Is the answer about the person whose card this is?

Source: documents reference 2.2 (9); eligibility interface reference 1.7 and 2.7. Twins and mix-ups within a family do
happen, so surname and birth date are never enough; `●` and its like never block.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.domain.card import CardHolder
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.insurance import age_on, normal_insurer_number
from kiosk.domain.kana import NameMatch, compare_kana, compare_names, has_gap, script_of
from kiosk.domain.rules import RuleTable

_WITH_SCHEME = 8
_KNOWN_SEX = frozenset({"1", "2"})


class Mismatch(StrEnum):
    """Why the answer must not be used for this card."""

    BIRTH_DATE = "birth_date"
    BIRTH_DATE_MISSING = "birth_date_missing"
    SEX = "sex"
    NAME = "name"
    RATIO_AGAINST_AGE = "ratio_against_age"


@dataclass(frozen=True)
class GuardFinding:
    """`reasons` is empty when all is well. `compared` names what could be compared: birth_date, sex, name, kana."""

    reasons: tuple[Mismatch, ...] = ()
    compared: tuple[str, ...] = ()
    name_has_gap: bool = False  # the answer's name holds a stand-in for a lost character: check by kana, claim as is
    name_varies: bool = False  # the same name in another form of a kanji, or only the reading agrees

    @property
    def ok(self) -> bool:
        return not self.reasons


def compare(
    holder: CardHolder | None, person: InsuredPerson, *, name: str | None = None, kana: str | None = None
) -> GuardFinding:
    """Compares what the card says (`name` and `kana` where the card gave them) with one person of the answer."""
    reasons: list[Mismatch] = []
    compared: list[str] = []
    if holder is not None:
        if person.birth_date is None:
            reasons.append(Mismatch.BIRTH_DATE_MISSING)
        else:
            compared.append("birth_date")
            if person.birth_date != holder.birth_date:
                reasons.append(Mismatch.BIRTH_DATE)
        if holder.sex in _KNOWN_SEX and person.sex in _KNOWN_SEX:
            compared.append("sex")
            if holder.sex != person.sex:
                reasons.append(Mismatch.SEX)
    written = _best(*(_written(name, other) for other in (person.name, person.name_of_other)))
    spoken = _best(compare_kana(kana, person.kana), compare_kana(kana, person.kana_of_other))
    compared += [what for what, match in (("name", written), ("kana", spoken)) if match is not NameMatch.UNKNOWN]
    matches = {written, spoken} - {NameMatch.UNKNOWN}
    if matches == {NameMatch.DIFFERENT}:
        reasons.append(Mismatch.NAME)
    return GuardFinding(
        tuple(reasons),
        tuple(compared),
        name_has_gap=has_gap(person.name or ""),
        name_varies=NameMatch.SIMILAR in matches or len(matches) > 1,
    )


def _written(card: str | None, answer: str | None) -> NameMatch:
    """Names that cannot be told apart by their writing say nothing: one with lost characters, and one in another
    script, as insurers write people from abroad."""
    match = compare_names(card, answer)
    if match is NameMatch.DIFFERENT and (has_gap(answer or "") or script_of(card or "") != script_of(answer or "")):
        return NameMatch.UNKNOWN
    return match


def ratio_doubts(person: InsuredPerson, born: date | None, on: date, rules: RuleTable) -> tuple[Mismatch, ...]:
    """Whether the answer states a share, or an insurer, that nobody of this age has: then it is another person's.

    `born` is what the card says; without it the answer's own birth date is taken. `rules` is shares.toml.
    """
    born = born or person.birth_date
    if born is None:
        return ()
    stated = {
        "contribution_ratio": person.contribution_ratio is not None,
        "elderly_ratio": person.elderly_ratio is not None,
        "preschool": person.preschool,
    }
    insurer = normal_insurer_number(person.insurer_number or "")
    age = age_on(born, on)
    for row in rules.rows("plausible", on):
        prefix = row.get("prefix")
        holds = stated.get(row.text("item"), False) if prefix is None else _begins(insurer, prefix)
        if holds and not row.number("from_age") <= age < row.get("until_age", age + 1):
            return (Mismatch.RATIO_AGAINST_AGE,)
    return ()


def share_changed(share: int | None, last: int | None) -> bool:
    """Whether the patient paid another share at the last visit. It may: staff are told, nothing is stopped."""
    return share is not None and last is not None and share != last


def _begins(insurer: str, prefix: str) -> bool:
    """Six-digit numbers (国保) have no 法別番号: theirs begin with the prefecture."""
    return len(insurer) == _WITH_SCHEME and insurer.startswith(prefix)


def _best(*matches: NameMatch) -> NameMatch:
    order = (NameMatch.EQUAL, NameMatch.SIMILAR, NameMatch.DIFFERENT, NameMatch.UNKNOWN)
    return min(matches, key=order.index)
