"""Which of several readers is ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

_CONTACTLESS = re.compile(r"contactless|picc|felica|nfc|(?<![a-z])cl(?![a-z])|rc-s\d+", re.IGNORECASE)
_NO_CARD_PLACE = re.compile(r"(?<![a-z])sam(?![a-z])", re.IGNORECASE)
"""Slots inside a reader, for security modules."""


def choose(readers: Sequence[str], wanted: str = "", followed: str | None = None) -> str | None:
    """The reader of this name, else the first that the pattern fits (`*` and `?`, or a part of the name; upper and
    lower case are the same); without `wanted` the first that calls itself contactless, else the first of all.

    `followed` is the one in use: it stays where it is as good as the first.
    """
    fitting = _fitting(readers, wanted.strip())
    return followed if followed in fitting else next(iter(fitting), None)


def _fitting(readers: Sequence[str], wanted: str) -> list[str]:
    if not wanted:
        usable = [name for name in readers if not _NO_CARD_PLACE.search(name)]
        return [name for name in usable if _CONTACTLESS.search(name)] or usable
    if wanted in readers:
        return [wanted]
    part = wanted.lower()
    # Readers write brackets in their names, which are no classes of characters.
    pattern = part.replace("[", "[[]")
    return [name for name in readers if part in name.lower() or fnmatchcase(name.lower(), pattern)]
