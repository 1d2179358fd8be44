"""The handbook's decision table, made from the rule data: `python -m kiosk.app.decision_handbook` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.app.catalogue import LANGUAGES, load_catalogue
from kiosk.app.claim import claim_rules
from kiosk.app.paths import ASSETS
from kiosk.domain.decision.table import Choice, DecisionRow, DecisionTable
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.rules import Row

PAGE = ASSETS / "handbook" / "decisions.md"
_SEPARATOR = {"ja": "、", "en": "; "}
_OR = {"ja": "か", "en": " or "}


class _Words:
    """The catalogue in one language."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self._catalogue = catalogue
        self.language = language

    def __call__(self, message_id: str) -> str:
        return self._catalogue.render(Text(message_id), self.language)

    def joined(self, ids: Iterable[str]) -> str:
        return _SEPARATOR[self.language].join(self(name) for name in ids)


def page(table: DecisionTable, catalogue: Catalogue) -> str:
    """Both languages, one after the other. Raises KeyError where a value has no word."""
    return "\n".join("\n".join(_part(table, _Words(catalogue, language))) for language in LANGUAGES)


def _part(table: DecisionTable, say: _Words) -> list[str]:
    lines = [f"# {say('decision.handbook.title')}", "", say("decision.handbook.lead"), ""]
    head = ("precedence", "id", "days", "when", "outcome", "claim", "ask", "then", "why", "source")
    lines += _head(say, head)
    lines += [_row(number, row, say) for number, row in enumerate(table.rows, start=1)]
    lines += ["", f"## {say('decision.handbook.beside')}", "", *_head(say, ("id", "when", "then", "why", "source"))]
    lines += [_beside(choice, say) for choice in table.beside]
    lines += ["", f"## {say('decision.handbook.dates')}", "", *_head(say, ("days", "meaning", "source"))]
    lines += [
        _line(_days(row), say(f"decision.date.{row.text('id')}"), row.source)
        for row in table.rules.sections.get("dates", ())
    ]
    return [*lines, ""]


def _row(number: int, row: DecisionRow, say: _Words) -> str:
    return _line(
        str(number),
        row.id,
        _days(row.row),
        _conditions(row.when, say),
        say(f"decision.outcome.{row.outcome.value}"),
        say(f"decision.claim.{row.claim.value}"),
        say.joined(f"decision.ask.{name}" for name in row.ask),
        say.joined(f"decision.then.{name}" for name in row.then),
        say(row.why),
        row.row.source,
    )


def _beside(choice: Choice, say: _Words) -> str:
    done = say.joined(f"decision.then.{name}" for name in choice.row.get("then", ()))
    return _line(choice.id, _conditions(choice.when, say), done, say(choice.row.text("why")), choice.row.source)


def _conditions(when: Mapping[str, tuple[str, ...]], say: _Words) -> str:
    if not when:
        return say("decision.handbook.always")
    return _SEPARATOR[say.language].join(
        _OR[say.language].join(say(f"decision.when.{fact}.{value}") for value in values)
        for fact, values in when.items()
    )


def _days(row: Row) -> str:
    if row.valid_from is None and row.valid_to is None:
        return "–"
    return f"{row.valid_from or ''} – {row.valid_to or ''}".strip()


def _head(say: _Words, columns: tuple[str, ...]) -> list[str]:
    return [_line(*(say(f"decision.handbook.{name}") for name in columns)), _line(*("---" for _ in columns))]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def main() -> None:
    PAGE.write_text(page(claim_rules().table, load_catalogue(ASSETS / "messages")), encoding="utf-8")


if __name__ == "__main__":
    main()
