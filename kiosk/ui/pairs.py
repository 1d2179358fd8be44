"""A sample of all combinations that holds every pair: each value of one factor meets each value of every other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

Row = tuple[str, ...]
Pair = tuple[int, str, int, str]


def all_rows(factors: Mapping[str, Sequence[str]]) -> list[Row]:
    return list(product(*factors.values()))


def covering_rows(factors: Mapping[str, Sequence[str]]) -> list[Row]:
    """Few rows that together hold every pair, always the same ones. Not the fewest: for each missing pair of the two
    longest factors, then of all others, the rest of the row is chosen that brings the most new pairs."""
    columns = [list(values) for values in factors.values()]
    missing = {pair for row in product(*columns) for pair in _pairs(row)} if len(columns) < 3 else set(_every(columns))
    longest = sorted(range(len(columns)), key=lambda n: -len(columns[n]))[:2]
    rows: list[Row] = []
    first = product(*(columns[n] for n in sorted(longest)))
    for values in first:
        _add(rows, missing, columns, dict(zip(sorted(longest), values, strict=True)))
    while missing:
        place, value, other, second = min(missing)
        _add(rows, missing, columns, {place: value, other: second})
    return rows


def _add(rows: list[Row], missing: set[Pair], columns: Sequence[Sequence[str]], fixed: Mapping[int, str]) -> None:
    choices = [[fixed[n]] if n in fixed else column for n, column in enumerate(columns)]
    # Ties go round, so that no value comes up more often than another.
    turn = len(rows)
    candidates = list(product(*choices))
    candidates = candidates[turn % len(candidates) :] + candidates[: turn % len(candidates)]
    best = max(candidates, key=lambda row: sum(pair in missing for pair in _pairs(row)))
    rows.append(best)
    missing.difference_update(_pairs(best))


def _pairs(row: Sequence[str]) -> Iterator[Pair]:
    for (place, value), (other, second) in combinations(enumerate(row), 2):
        yield place, value, other, second


def _every(columns: Sequence[Sequence[str]]) -> Iterator[Pair]:
    for (place, values), (other, seconds) in combinations(enumerate(columns), 2):
        for value, second in product(values, seconds):
            yield place, value, other, second
