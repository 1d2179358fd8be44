"""What a benchmark gives: figures with their spread, as data and as lines of text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from kiosk.domain.messages import Text

Say = Callable[[Text], str]

DECIMALS = {"ms": 1, "us": 0, "times": 2, "count": 0, "bytes": 0, "mib": 0, "per_second": 1, "percent": 1}
"""Digits after the point in text, by unit."""


@dataclass(frozen=True)
class Figure:
    """Median of the runs, with the smallest and the largest. The label is `bench_result.<id>`."""

    id: str
    unit: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Requirement:
    """A figure that must reach a value."""

    figure: str
    at_least: float
    met: bool


@dataclass(frozen=True)
class BenchResult:
    """`runs` is how often everything was repeated; every figure is a median over them."""

    name: str
    runs: int
    figures: tuple[Figure, ...]
    requirement: Requirement | None = None
    notes: tuple[Text, ...] = ()

    def figure(self, figure_id: str) -> Figure:
        return next(f for f in self.figures if f.id == figure_id)


class BenchFailed(Exception):
    """A benchmark could not be measured."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.id)
        self.reason = reason


def figure(figure_id: str, unit: str, values: Iterable[float]) -> Figure:
    """Raises `statistics.StatisticsError` without values."""
    seen = list(values)
    return Figure(figure_id, unit, median(seen), min(seen), max(seen))


def at_least(limit: float, of: Figure) -> Requirement:
    return Requirement(of.id, limit, of.value >= limit)


def as_data(result: BenchResult, say: Say) -> dict[str, Any]:
    required = result.requirement
    return {
        "name": result.name,
        "runs": result.runs,
        "figures": {
            f.id.removeprefix(f"{result.name}."): {
                "value": round(f.value, 4),
                "low": round(f.low, 4),
                "high": round(f.high, 4),
                "unit": f.unit,
            }
            for f in result.figures
        },
        "requirement": None
        if required is None
        else {
            "figure": required.figure.removeprefix(f"{result.name}."),
            "at_least": required.at_least,
            "met": required.met,
        },
        "notes": [say(note) for note in result.notes],
    }


def as_lines(result: BenchResult, say: Say) -> list[str]:
    title = say(Text(f"bench_result.{result.name}.title"))
    lines = [say(Text("bench_result.heading", (("name", result.name), ("title", title), ("runs", str(result.runs)))))]
    rows = [[say(Text("bench_result.column.what")), *(say(Text(f"bench_result.column.{c}")) for c in _NUMBERS)]]
    rows += [
        [say(Text(f"bench_result.{f.id}")), *(_number(x, f.unit, say) for x in (f.value, f.low, f.high))]
        for f in result.figures
    ]
    lines += _table(rows)
    if result.requirement is not None:
        outcome = "met" if result.requirement.met else "not_met"
        limit = _number(result.requirement.at_least, "times", say)
        lines.append("  " + say(Text(f"bench_result.required.{outcome}", (("limit", limit),))))
    return lines + ["  " + say(note) for note in result.notes]


_NUMBERS = ("median", "least", "most")


def _number(value: float, unit: str, say: Say) -> str:
    return say(Text(f"bench_result.unit.{unit}", (("n", f"{value:.{DECIMALS[unit]}f}"),)))


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  "
        + row[0]
        + " " * (widths[0] - _columns(row[0]))
        + "".join("  " + " " * (width - _columns(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]


def _columns(text: str) -> int:
    """Columns of a terminal; full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
