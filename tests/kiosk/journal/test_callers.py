"""Whoever writes entries names events and fields that the catalogue holds: seen in the source, before it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journal.catalogue import EventCatalogue, load_catalogue

ROOT = Path(__file__).parents[3]
NOTE = "note"  # the short form inside kiosk.flow.audit: note("event", field=…)


@pytest.fixture(scope="module")
def catalogue() -> EventCatalogue:
    return load_catalogue((ROOT / "assets/rules/journal.toml").read_bytes())


def calls(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Line, event and field names of each call whose event stands there as a literal."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        event = node.args[0]
        if not isinstance(event, ast.Constant) or not isinstance(event.value, str):
            continue
        if node.func.id == NOTE and path.parent.name == "flow":
            yield node.lineno, event.value, [keyword.arg for keyword in node.keywords if keyword.arg]
        elif node.func.id == "JournalEntry":
            keys = node.args[1].keys if len(node.args) > 1 and isinstance(node.args[1], ast.Dict) else []
            yield node.lineno, event.value, [key.value for key in keys if isinstance(key, ast.Constant)]


def test_every_event_and_field_that_is_written_stands_in_the_catalogue(catalogue: EventCatalogue) -> None:
    found = 0
    for path in sorted((ROOT / "kiosk").rglob("*.py")):
        for line, event, fields in calls(path):
            where = f"{path.relative_to(ROOT)}:{line}"
            assert event in catalogue.events, where
            assert set(fields) <= set(catalogue.events[event].fields), where
            needed = {rule.name for rule in catalogue.events[event].fields.values() if not rule.optional}
            assert needed <= set(fields) or not fields, where
            found += 1
    assert found > 0
