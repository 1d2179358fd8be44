"""The decision table as loaded from `assets/rules/decisions.toml`, checked word by word.

The first row in force that fits decides: the file's order is the precedence, best document first (its head says more).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.domain.decision.facts import FACTS
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.outcome import Document
from kiosk.domain.rules import Row, RuleTable

DOCUMENTS = "documents"
"""In `ask`: all that the patient may show, best first."""


class Acceptance(StrEnum):
    """How the visit stands. An accepted one may still wait for what `ask_next` names."""

    ACCEPT = "accept"
    ACCEPT_WITH_CARD = "accept_with_card"
    CONDITIONAL = "conditional"  # accepted only if the query by number succeeds, or the card is registered now
    STAFF = "staff"  # a person decides
    NOT_ACCEPTED = "not_accepted"  # not alone: another document is asked for, and staff comes


class Claim(StrEnum):
    """How a row claims."""

    NORMAL = "normal"
    FIRST_POSSIBLE = "first_possible"
    ORAL = "oral"
    DISASTER = "disaster"
    NONE = "none"


@dataclass(frozen=True)
class DecisionRow:
    id: str
    outcome: Acceptance
    claim: Claim
    when: Mapping[str, tuple[str, ...]]
    ask: tuple[str, ...]
    then: tuple[str, ...]
    why: str  # message id
    say: str  # message id, for the patient
    say_settled: str  # the same, once nothing of `ask` is open
    document: Document
    share_by_staff: bool
    variant: str
    row: Row

    def fits(self, facts: Mapping[str, str], on: date) -> bool:
        return self.row.in_force(on) and _fits(self.when, facts)


@dataclass(frozen=True)
class Choice:
    """A thing that can be asked or done, or a row beside the deciding one, with the cases in which it makes sense."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    group: str
    row: Row

    def fits(self, facts: Mapping[str, str], on: date) -> bool:
        return self.row.in_force(on) and _fits(self.when, facts)


@dataclass(frozen=True)
class DecisionTable:
    rules: RuleTable
    rows: tuple[DecisionRow, ...]
    asks: tuple[Choice, ...]
    thens: tuple[Choice, ...]
    beside: tuple[Choice, ...]

    def decide(self, facts: Mapping[str, str], on: date) -> DecisionRow:
        """There is always one: loading refuses a table whose last row could fail to fit."""
        return next(row for row in self.rows if row.fits(facts, on))

    def ask_next(self, row: DecisionRow, facts: Mapping[str, str], on: date) -> tuple[str, ...]:
        """Ids in the row's order, each once, without those that are settled already."""
        asked: list[str] = []
        for wanted in row.ask:
            group = wanted == DOCUMENTS
            asked += [
                ask.id
                for ask in self.asks
                if (ask.group == DOCUMENTS if group else ask.id == wanted) and ask.fits(facts, on)
            ]
        return tuple(dict.fromkeys(asked))

    def then(self, ids: tuple[str, ...], facts: Mapping[str, str], on: date) -> tuple[str, ...]:
        fitting = {choice.id for choice in self.thens if choice.fits(facts, on)}
        return tuple(name for name in ids if name in fitting)


def decision_table(rules: RuleTable) -> DecisionTable:
    """Raises `Fatal(SETTINGS_WRONG)` naming the row and what is wrong in it."""
    asks, thens, beside = (
        tuple(_choice(section, row) for row in rules.sections.get(section, ())) for section in ("ask", "then", "beside")
    )
    table = DecisionTable(rules, tuple(_row(row) for row in rules.sections.get("row", ())), asks, thens, beside)
    if not table.rows or table.rows[-1].when or not table.rows[-1].row.in_force(date.min):
        raise Fatal(FailureCode.SETTINGS_WRONG, "decisions: the last row must fit every visit")
    if table.rows[-1].row.valid_to is not None:
        raise Fatal(FailureCode.SETTINGS_WRONG, "decisions: the last row must not end")
    known = {"ask": {a.id for a in asks} | {DOCUMENTS}, "then": {t.id for t in thens}}
    for entry in table.rows:
        for key, used in (("ask", entry.ask), ("then", entry.then)):
            if strange := set(used) - known[key]:
                raise Fatal(FailureCode.SETTINGS_WRONG, f"decisions {entry.id}: {key} {', '.join(sorted(strange))}")
    return table


def _row(row: Row) -> DecisionRow:
    where = f"decisions {row.get('id')}"
    try:
        return DecisionRow(
            id=row.text("id"),
            outcome=Acceptance(row.text("outcome")),
            claim=Claim(row.get("claim", Claim.NONE.value)),
            when=_when(row, where),
            ask=tuple(row.get("ask", ())),
            then=tuple(row.get("then", ())),
            why=row.text("why"),
            say=row.text("say"),
            say_settled=row.get("say_settled", row.text("say")),
            document=Document(row.get("document", Document.NONE.value)),
            share_by_staff=row.get("share") == "staff",
            variant=row.get("variant", ""),
            row=row,
        )
    except ValueError as error:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{where}: {error}") from None


def _choice(section: str, row: Row) -> Choice:
    return Choice(row.text("id"), _when(row, f"decisions {section} {row.get('id')}"), row.get("group", ""), row)


def _when(row: Row, where: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for fact, values in row.get("when", {}).items():
        if fact not in FACTS or not isinstance(values, list) or not set(values) <= set(FACTS[fact]):
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{where}: {fact} = {values}")
        found[fact] = tuple(values)
    return found


def _fits(when: Mapping[str, tuple[str, ...]], facts: Mapping[str, str]) -> bool:
    return all(facts[fact] in values for fact, values in when.items())
