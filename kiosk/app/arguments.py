"""Kinds of command line arguments: what cannot be is wrong usage."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError

MOST_PORT = 65_535


def port(text: str) -> int:
    """Of TCP."""
    if text.isdecimal() and 1 <= int(text) <= MOST_PORT:
        return int(text)
    raise ArgumentTypeError(f"{text[:60]} (1-{MOST_PORT})")


def seconds(text: str) -> float:
    """From 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if 0 <= value < math.inf:
        return value
    raise ArgumentTypeError(f"{text[:60]} (0 or more)")
