"""Rules as dated rows.

A rule file is TOML. Each table of it is a section: either an array of rows (`[[section]]`) or one table with shared
values and `rows = [...]`. `valid_from`, `valid_to` (both inclusive, both optional) and `source` may stand at the
section or at the row; every row must end up with a source. All other keys are the row's values.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal

_SHARED = ("valid_from", "valid_to", "source")


@dataclass(frozen=True)
class Row:
    """One row: its values, the days on which it is in force, and where it was taken from."""

    values: Mapping[str, Any]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def text(self, key: str) -> str:
        """Raises `Fatal(SETTINGS_WRONG)` naming the key where the value is no text."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise Fatal(FailureCode.SETTINGS_WRONG, key)
        return value

    def number(self, key: str) -> int:
        """Raises `Fatal(SETTINGS_WRONG)` naming the key where the value is no whole number."""
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Fatal(FailureCode.SETTINGS_WRONG, key)
        return value

    def real(self, key: str) -> float:
        """Raises `Fatal(SETTINGS_WRONG)` naming the key where the value is no finite number."""
        value = self.values.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
            raise Fatal(FailureCode.SETTINGS_WRONG, key)
        return float(value)


@dataclass(frozen=True)
class RuleTable:
    """All sections of one rule file."""

    sections: Mapping[str, tuple[Row, ...]]
    titles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # shared values of a section, e.g. its name

    def rows(self, section: str, on: date, **match: Any) -> tuple[Row, ...]:
        """Rows in force on the day whose values equal all of `match`. An unknown section has no rows."""
        return tuple(
            row
            for row in self.sections.get(section, ())
            if row.in_force(on) and all(row.values.get(key) == value for key, value in match.items())
        )

    def since(self) -> date:
        """The first day on which every section has a row in force; `date.min` where none begins on a day."""
        first = [min(row.valid_from or date.min for row in rows) for rows in self.sections.values() if rows]
        return max(first, default=date.min)

    def first(self, section: str, on: date, **match: Any) -> Row | None:
        return next(iter(self.rows(section, on, **match)), None)


def load_rules(source: bytes | Path) -> RuleTable:
    """Raises `Fatal(ASSET_MISSING)` for an unreadable file, `Fatal(SETTINGS_WRONG)` naming what is wrong in it."""
    name = source.name if isinstance(source, Path) else "rules"
    if isinstance(source, Path):
        try:
            source = source.read_bytes()
        except OSError:
            raise Fatal(FailureCode.ASSET_MISSING, name) from None
    try:
        data = tomllib.loads(source.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{name}: {error}") from None
    sections: dict[str, tuple[Row, ...]] = {}
    titles: dict[str, Mapping[str, Any]] = {}
    for section, content in data.items():
        shared: Mapping[str, Any] = {}
        if isinstance(content, dict):
            shared = {key: value for key, value in content.items() if key != "rows"}
            content = content.get("rows")
        if not isinstance(content, list):
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{name}: {section}")
        titles[section] = {key: value for key, value in shared.items() if key not in _SHARED}
        sections[section] = tuple(_row(row, shared, f"{name}: {section}[{i}]") for i, row in enumerate(content))
    return RuleTable(sections, titles)


def _row(row: Any, shared: Mapping[str, Any], where: str) -> Row:
    if not isinstance(row, dict):
        raise Fatal(FailureCode.SETTINGS_WRONG, where)
    limits = {key: row.get(key, shared.get(key)) for key in _SHARED}
    for key in ("valid_from", "valid_to"):
        value = limits[key]
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{where}.{key}")
    if not isinstance(limits["source"], str) or not limits["source"]:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{where}.source")
    values = {key: value for key, value in row.items() if key not in _SHARED}
    return Row(values, limits["source"], limits["valid_from"], limits["valid_to"])
