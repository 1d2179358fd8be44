"""The embedded fonts: which of them has a character, and how wide a text is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from drivers.documents.form.truetype import TrueType
from kiosk.domain.failures import FailureCode, Fatal

MAIN, BOLD, MORE = "main", "bold", "more"
_FILES = {MAIN: "BIZUDPGothic-Regular.ttf", BOLD: "BIZUDPGothic-Bold.ttf", MORE: "NotoSansJP-Regular.ttf"}
GETA = "〓"
"""The printers' mark for a character that no font at hand has: somebody writes it by hand."""


@dataclass(frozen=True)
class Run:
    """Characters of one font that stand together."""

    face: str
    text: str


class FontSet:
    """The fonts of a folder. Raises `Fatal(ASSET_MISSING)` naming the file when one is first needed and not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def face(self, name: str) -> TrueType:
        path = self.folder / _FILES[name]
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            raise Fatal(FailureCode.ASSET_MISSING, path.name) from None
        return _load(path, changed)

    def writable(self, text: str) -> str:
        """The text with the mark 〓 for every character that has no shape here."""
        return "".join(c if self._has(MAIN, c) or self._has(MORE, c) else GETA for c in text)

    def missing(self, text: str) -> int:
        """How many characters have no shape here."""
        return sum(not self._has(MAIN, c) and not self._has(MORE, c) for c in text)

    def runs(self, text: str, *, bold: bool = False) -> Iterator[Run]:
        """The text in pieces of one font each, in order."""
        first = BOLD if bold else MAIN
        for face, group in groupby(text, lambda c: first if self._has(first, c) else MORE):
            yield Run(face, "".join(group))

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Points."""
        total = sum(
            self.face(run.face).widths.get(ord(c), 1000.0) for run in self.runs(text, bold=bold) for c in run.text
        )
        return total * size / 1000

    def _has(self, face: str, char: str) -> bool:
        return ord(char) in self.face(face).widths


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> TrueType:
    try:
        return TrueType(path)
    except (OSError, ValueError):
        raise Fatal(FailureCode.ASSET_MISSING, path.name) from None


def forget_fonts() -> None:
    """The next text loads its fonts anew, as the first one after the start of the program does."""
    _load.cache_clear()
