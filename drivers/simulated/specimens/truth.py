"""What the layouts share: the items that are printed, and their groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from drivers.simulated.specimens.contents import Contents
from drivers.simulated.specimens.sheet import Sheet
from kiosk.domain.documents import FieldKey as Key

Drawn = tuple[Sheet, dict[Key, str]]
"""A sheet and the values that a reader should find on it."""

Layout = Callable[[Contents, date], Drawn]


def truth(contents: Contents, *keys: Key, **more: str) -> dict[Key, str]:
    """Expected values of the items that are printed, without the empty ones."""
    every = {
        Key.INSURER_NAME: contents.insurer_name,
        Key.INSURER_NO: contents.insurer_no,
        Key.SYMBOL: contents.symbol,
        Key.NUMBER: contents.number,
        Key.BRANCH: contents.branch,
        Key.NAME: contents.name,
        Key.KANA: contents.kana,
        Key.BIRTH: contents.birth.isoformat(),
        Key.SEX: contents.sex,
        Key.HOUSEHOLDER: contents.householder,
        Key.RELATION: contents.relation,
        Key.RATIO: str(contents.ratio or ""),
        Key.ACQUIRED: contents.acquired.isoformat(),
        Key.ISSUED: contents.issued.isoformat(),
        Key.VALID_FROM: contents.valid_from.isoformat(),
        Key.VALID_TO: contents.valid_to.isoformat(),
    }
    found = {key: every[key] for key in keys}
    found |= {Key(name): value for name, value in more.items()}
    return {key: value for key, value in found.items() if value}


NUMBERS = (Key.INSURER_NO, Key.SYMBOL, Key.NUMBER, Key.BRANCH)
PERSON = (Key.NAME, Key.KANA, Key.BIRTH, Key.SEX)
